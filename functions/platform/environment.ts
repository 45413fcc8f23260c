import * as z from 'zod';

/**
 * Reads and checks a function’s environment once, at load: a missing or malformed variable stops the
 * function from starting instead of failing some later request.
 * The same schemas type the environment in lib/, so that a forgotten variable does not compile.
 */
export const readEnvironment = <Schema extends z.ZodObject>(
  schema: Schema,
  source: Record<string, string | undefined> = process.env,
): z.output<Schema> => {
  const result = schema.safeParse(source);
  if (result.success) return result.data;
  const names = result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new Error(`The environment of this function is wrong: ${names.join('; ')}`);
};

/** Variables every function has. */
export const commonEnvironment = z.object({
  STAGE: z.string().min(1),
});

/** Variables of functions that verify tokens. */
export const guardEnvironment = z.object({
  IDENTITY_TABLE: z.string().min(1),
  ISSUER: z.url(),
  JWKS_URI: z.url(),
  /** Audience (or Cognito client id) that tokens must carry; empty when the issuer sets none. */
  AUDIENCE: z.string().default(''),
});

/** Variables of relays. */
export const relayEnvironment = commonEnvironment.extend({ BUS_NAME: z.string().min(1) });

/** Variables of functions with routes that create. */
export const idEnvironment = z.object({
  ID_SECRET_ARN: z.string().min(1),
});
