import { readFileSync } from 'node:fs';
import path from 'node:path';
import { App, Tags, Validations } from 'aws-cdk-lib';
import { bundleFunctions, projectRoot } from './bundle.ts';
import { entriesOf, functionTable } from './function-table.ts';
import { readSettings, type Stage } from './settings.ts';
import { addStacks } from './stacks.ts';

export interface AppOptions {
  /** Default: the context’s `stage`, else `dev`. */
  readonly stage?: Stage;
  /** Where the cloud assembly goes; default a temporary folder (or where the CDK CLI wants it). */
  readonly outdir?: string;
  /** As given by `-c name=value`: `issuer`, `jwksUri`, `audience`, `emulator`, `alarmEmail`, `webOrigins`. */
  readonly context?: Readonly<Record<string, unknown>>;
  /** Checks every resource with cdk-nag (AWS Solutions); synthesis fails on a finding without a reason. */
  readonly check?: boolean;
}

/**
 * Builds the CDK app: bundles the functions and declares the stacks (lib/stacks.ts). `app.synth()` gives the cloud
 * assembly.
 *
 * @example
 * const app = await buildApp({ stage: 'dev', context: { issuer: 'http://127.0.0.1:3000/_local' } });
 * const templates = app.synth().stacks.map((stack) => stack.template);
 */
export const buildApp = async (options: AppOptions = {}): Promise<App> => {
  const bundles = await bundleFunctions(entriesOf(functionTable));
  // CDK’s own checks of the template take longer than all the rest of the synthesis; nothing but this ends them.
  if (!options.check) process.env['CDK_VALIDATION'] = 'false';
  else delete process.env['CDK_VALIDATION'];
  const app = new App({
    ...(options.outdir !== undefined && { outdir: options.outdir }),
    analyticsReporting: false,
    context: {
      ...featureFlags(),
      // Findings of CDK’s own checks are errors.
      '@aws-cdk/core:validateAgainstDefaultRules': options.check ?? false,
      ...options.context,
      ...(options.stage !== undefined && { stage: options.stage }),
    },
  });
  const settings = readSettings(app.node);
  addStacks(app, settings, bundles);
  Tags.of(app).add('application', 'fairground');
  Tags.of(app).add('stage', settings.stage);

  // What an emulator lacks are findings there; the same stacks are checked as AWS gets them.
  if (options.check && !settings.emulator) {
    const { AwsSolutionsChecks } = await import('cdk-nag');
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app, { verbose: true }));
  }
  return app;
};

/** The flags that the CDK CLI gives from cdk.json, so that an app built in process is the same. */
const featureFlags = (): Record<string, unknown> =>
  (
    JSON.parse(readFileSync(path.join(projectRoot, 'cdk.json'), 'utf8')) as {
      context: Record<string, unknown>;
    }
  ).context;
