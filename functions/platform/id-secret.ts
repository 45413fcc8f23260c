import { fetchSecret } from './secret.ts';

let secret: Promise<string> | undefined;

/**
 * The key that ids are derived with (HMAC). Fetched once per process; a failure is forgotten, so that
 * the next request tries again.
 */
export const idSecret = (arn: string): Promise<string> => {
  secret ??= fetchSecret(arn).catch((error: unknown) => {
    secret = undefined;
    throw error;
  });
  return secret;
};
