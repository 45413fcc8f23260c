import { type AppOptions, buildApp } from '../../lib/app.ts';

// biome-ignore lint/suspicious/noExplicitAny: a template is JSON of any shape; the rules look into it.
type Json = any;

export interface Resource {
  readonly Type: string;
  readonly Properties?: Json;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

export interface Template {
  readonly Resources: Record<string, Resource>;
}

/** The templates of an app by the last word of the stack’s name: `Data`, `App`, `Api`, … */
export type Templates = Readonly<Record<string, Template>>;

export const emulatorContext = {
  emulator: 'true',
  issuer: 'http://127.0.0.1:4000',
  jwksUri: 'http://127.0.0.1:4000/.well-known/jwks.json',
};

export const synthesize = async (options: AppOptions): Promise<Templates> => {
  const app = await buildApp(options);
  return Object.fromEntries(
    app.synth().stacks.map((stack) => [stack.stackName.split('-').at(-1) ?? '', stack.template as Template]),
  );
};

export const resourcesOf = (templates: Templates, type: string): readonly (readonly [string, Resource])[] =>
  Object.values(templates).flatMap((template) =>
    Object.entries(template.Resources).filter(([, resource]) => resource.Type === type),
  );

/** Name of the function as in lib/function-table.ts. */
export const functionName = (lambda: Resource): string =>
  lambda.Properties.Environment.Variables.POWERTOOLS_SERVICE_NAME;

/** Logical id that `{ Ref }` or `{ Fn::GetAtt }` points to. */
export const target = (reference: Json): string | undefined =>
  reference?.Ref ?? reference?.['Fn::GetAtt']?.[0];

export interface Statement {
  readonly effect: 'Allow' | 'Deny';
  readonly actions: readonly string[];
  readonly resources: readonly Json[];
  readonly condition: Json;
}

/** What the role of a function may do, and what it may not. */
export const statementsOf = (templates: Templates, lambda: Resource): readonly Statement[] => {
  const role = target(lambda.Properties.Role);
  return resourcesOf(templates, 'AWS::IAM::Policy')
    .filter(([, policy]) => policy.Properties.Roles.some((attached: Json) => target(attached) === role))
    .flatMap(([, policy]) => policy.Properties.PolicyDocument.Statement)
    .map((statement: Json) => ({
      effect: statement.Effect,
      actions: [statement.Action].flat(),
      resources: [statement.Resource].flat(),
      condition: statement.Condition,
    }));
};
