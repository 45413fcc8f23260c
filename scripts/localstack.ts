import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { DeleteObjectsCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { CreateEmailIdentityCommand, SESv2Client } from '@aws-sdk/client-sesv2';
import { createIssuer } from '../local/issuer.ts';
import { installMinistack, startMinistack } from './ministack.ts';

/**
 * npm run e2e:localstack [-- --deploy-only]
 *
 * Deploys the real stacks to a LocalStack-compatible endpoint with cdklocal, runs the end-to-end journeys
 * against them by URL, and cleans up, also after a failure or Ctrl-C.
 *
 * LOCALSTACK_ENDPOINT   a running endpoint; without it ministack is installed into .ministack/ and started
 * LOCALSTACK_REACHES_US host name by which functions there reach this machine (Docker:
 *                       host.docker.internal); default 127.0.0.1
 * --deploy-only         deploys, prints the URLs and waits for Ctrl-C
 */

const root = path.resolve(import.meta.dirname, '..');
const folder = path.join(root, '.ministack');
const assembly = path.join(folder, 'cdk.out');
const outputsFile = path.join(folder, 'outputs.json');
const region = 'us-east-1';
const account = '000000000000';
const stage = 'dev';
/** Mails come from it on our own server; others may have no SES, or show nobody what it was given. */
const mailFrom = 'tickets@fairground.example';

const startedAt = performance.now();
const say = (text: string): void => {
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1).padStart(5);
  process.stdout.write(`[${seconds} s] ${text}\n`);
};

/** What must be undone, the last first. */
const undo: { readonly what: string; readonly run: () => Promise<void> }[] = [];
let current: ChildProcess | undefined;

const cleanUp = async (): Promise<void> => {
  for (let step = undo.pop(); step !== undefined; step = undo.pop()) {
    say(step.what);
    await step.run().catch((error: unknown) => say(`  failed: ${String(error)}`));
  }
};

const run = async (
  name: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  output: 'shown' | 'logged',
): Promise<number> => {
  const logFile = path.join(folder, `${name}.log`);
  const log = output === 'logged' ? openSync(logFile, 'w') : 'inherit';
  const child = spawn(process.execPath, args, { cwd: root, env, stdio: ['ignore', log, log] });
  current = child;
  const code = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (exitCode) => resolve(exitCode ?? 1));
  });
  current = undefined;
  if (code !== 0 && output === 'logged') {
    process.stdout.write(`${readFileSync(logFile, 'utf8').slice(-6_000)}\n`);
  }
  return code;
};

const main = async (): Promise<number> => {
  mkdirSync(folder, { recursive: true });
  const given = process.env.LOCALSTACK_ENDPOINT;
  const endpoint = given ?? (await ownServer());
  say(`endpoint ${endpoint}`);

  const reachesUs = process.env.LOCALSTACK_REACHES_US ?? '127.0.0.1';
  const issuer = await createIssuer({
    listenOn: reachesUs === '127.0.0.1' ? '127.0.0.1' : '0.0.0.0',
    host: reachesUs,
  });
  undo.push({ what: 'stopping the issuer', run: () => issuer.stop() });
  say(`issuer ${issuer.issuer}`);

  const env = {
    PATH: `${path.dirname(process.execPath)}:${process.env.PATH ?? ''}`,
    HOME: process.env.HOME ?? folder,
    AWS_ENDPOINT_URL: endpoint,
    AWS_ENDPOINT_URL_S3: endpoint,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    CDK_DISABLE_CLI_TELEMETRY: 'true',
  };
  const cdklocal = (name: string, ...args: readonly string[]) =>
    run(
      name,
      [
        path.join(root, 'node_modules/aws-cdk-local/bin/cdklocal'),
        ...args,
        ...['--output', assembly, '--no-notices', '--ci'],
        ...['-c', `stage=${stage}`, '-c', 'emulator=true'],
        ...['-c', `issuer=${issuer.issuer}`, '-c', `jwksUri=${issuer.jwksUri}`],
        ...(given === undefined ? ['-c', `mailFrom=${mailFrom}`] : []),
      ],
      env,
      'logged',
    );

  if ((await cdklocal('bootstrap', 'bootstrap', `aws://${account}/${region}`)) !== 0) return 1;
  say('bootstrapped');
  if (given !== undefined) {
    undo.push({
      what: 'destroying the stacks',
      run: async () => {
        await emptyPlansBucket(endpoint);
        await cdklocal('destroy', 'destroy', '--all', '--force');
      },
    });
  }
  const deploy = ['deploy', '--all', '--require-approval', 'never', '--outputs-file', outputsFile];
  if ((await cdklocal('deploy', ...deploy)) !== 0) return 1;
  const targetUrl = apiUrl(endpoint);
  say(`deployed: ${targetUrl}`);

  const tests = {
    ...env,
    FAIRGROUND_TARGET: 'localstack',
    FAIRGROUND_TARGET_URL: targetUrl,
    FAIRGROUND_TOKEN_URL: issuer.tokenUrl,
    ...(given === undefined && { FAIRGROUND_MAILBOX_URL: `${endpoint}/_ministack/ses/messages` }),
  };
  if (process.argv.includes('--deploy-only')) {
    say(`tokens: POST ${issuer.tokenUrl}; Ctrl-C ends it`);
    await new Promise(() => undefined);
  }
  const vitest = path.join(root, 'node_modules/vitest/vitest.mjs');
  const code = await run('e2e', [vitest, 'run', '--config', 'vitest.e2e.config.ts'], tests, 'shown');
  say(code === 0 ? 'the journeys passed' : 'the journeys failed');
  return code;
};

const ownServer = async (): Promise<string> => {
  installMinistack(folder);
  say('ministack is installed');
  const server = await startMinistack(folder);
  undo.push({ what: 'stopping ministack', run: () => server.stop() });
  await allowSender(server.endpoint);
  return server.endpoint;
};

/** Emulators get no identity by the template (lib/constructs/mail-sender.ts), and this one refuses strangers. */
const allowSender = async (endpoint: string): Promise<void> => {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const client = new SESv2Client({ endpoint, region, credentials });
  await client.send(new CreateEmailIdentityCommand({ EmailIdentity: mailFrom }));
};

interface Outputs {
  readonly ApiUrl?: string;
  readonly PlansBucketName?: string;
}

const outputs = (): Outputs => {
  const stacks = JSON.parse(readFileSync(outputsFile, 'utf8')) as Record<string, Outputs>;
  return Object.assign({}, ...Object.values(stacks)) as Outputs;
};

/** The API’s path on the endpoint: `https://<api id>.execute-api…/v1/` is a name that only AWS resolves. */
const apiUrl = (endpoint: string): string => {
  const { ApiUrl } = outputs();
  if (ApiUrl === undefined) throw new Error(`${outputsFile} has no ApiUrl`);
  const { hostname, pathname } = new URL(ApiUrl);
  const apiId = hostname.split('.')[0];
  return `${endpoint}/_aws/execute-api/${apiId}${pathname.replace(/\/$/, '')}`;
};

/** CloudFormation refuses to delete a bucket that holds something. */
const emptyPlansBucket = async (endpoint: string): Promise<void> => {
  const { PlansBucketName: Bucket } = outputs();
  if (Bucket === undefined) return;
  const client = new S3Client({
    endpoint,
    region,
    forcePathStyle: true,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  for (;;) {
    const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket }));
    if (Contents.length === 0) return;
    await client.send(
      new DeleteObjectsCommand({ Bucket, Delete: { Objects: Contents.map(({ Key }) => ({ Key })) } }),
    );
  }
};

let ending = false;
const end = async (code: number): Promise<void> => {
  if (ending) return;
  ending = true;
  current?.kill('SIGTERM');
  await cleanUp();
  rmSync(assembly, { recursive: true, force: true });
  say(code === 0 ? 'done' : `ended with ${code}`);
  process.exit(code);
};
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  process.on(signal, () => void end(code));
}

try {
  await end(await main());
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  await end(1);
}
