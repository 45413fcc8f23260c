import { globSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { parseStripeKeys } from '../functions/payments/stripe-keys.ts';
import { type Cloud, type CloudOptions, startCloud } from './cloud.ts';
import { seed } from './demo/seed.ts';

/** `npm start`: the whole platform with demo data, until Ctrl-C. */

const usage = `npm start -- [--port N] [--data DIR] [--stripe-keys FILE [--stripe-api URL]] [--no-demo] [--verbose] [--ttl-sweep-seconds N]

  --port N             port to listen on (3000)
  --data DIR           keep everything in DIR over restarts; without it, it is gone at the end
  --stripe-keys FILE   offer payments by Stripe too, with its keys for tests: {"secretKey", "webhookSecrets"}
  --stripe-api URL     ask this server instead of Stripe
  --no-demo            start empty
  --verbose            print every line that functions log; without it, warnings and errors
  --ttl-sweep-seconds N  look for expired items so often (30); each look reads all tables`;

const projectRoot = path.resolve(import.meta.dirname, '..');
const startedAt = performance.now();
const say = (line: string): void => console.log(line);
const step = (line: string): void =>
  say(`  ${((performance.now() - startedAt) / 1_000).toFixed(1).padStart(5)} s  ${line}`);

const readOptions = () => {
  try {
    const { values } = parseArgs({
      options: {
        port: { type: 'string', default: '3000' },
        data: { type: 'string' },
        'stripe-keys': { type: 'string' },
        'stripe-api': { type: 'string' },
        'no-demo': { type: 'boolean', default: false },
        verbose: { type: 'boolean', default: false },
        'ttl-sweep-seconds': { type: 'string', default: '30' },
        help: { type: 'boolean', default: false },
      },
    });
    const port = Number(values.port);
    if (!Number.isInteger(port) || port < 0 || port > 65_535)
      throw new Error(`--port is a number up to 65535, not ${values.port}`);
    const ttlSweepSeconds = Number(values['ttl-sweep-seconds']);
    if (!Number.isInteger(ttlSweepSeconds) || ttlSweepSeconds < 1)
      throw new Error(`--ttl-sweep-seconds is a whole number, not ${values['ttl-sweep-seconds']}`);
    return {
      ...values,
      port,
      ttlSweepSeconds,
      stripe: readStripe(values['stripe-keys'], values['stripe-api']),
    };
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage}`);
    return process.exit(2);
  }
};

/** What offers Stripe too; nothing without a file of keys. Keys of real money are refused. */
const readStripe = (
  file: string | undefined,
  api: string | undefined,
): Pick<CloudOptions, 'context' | 'secrets'> => {
  if (file === undefined) {
    if (api !== undefined) throw new Error('--stripe-api is of use with --stripe-keys only');
    return {};
  }
  const keys = parseStripeKeys(file, readFileSync(file, 'utf8'));
  if (!/^[rs]k_test_/.test(keys.secretKey))
    throw new Error(`${file}: only keys of Stripe’s test mode (sk_test_…, rk_test_…) are taken here`);
  return {
    context: { paymentProviders: 'stripe,test', ...(api !== undefined && { stripeApiOrigin: api }) },
    secrets: { StripeSecret: JSON.stringify(keys) },
  };
};

/** Functions log one line of JSON a message; what is no JSON was not meant to be logged and is shown. */
const isQuiet = (line: string): boolean => /"level":"(INFO|DEBUG|TRACE)"/.test(line);

const main = async (): Promise<void> => {
  const options = readOptions();
  if (options.help) return say(usage);
  let cloud: Cloud | undefined;
  let ending = false;

  const end = async (exitCode: number): Promise<void> => {
    if (ending) process.exit(1);
    ending = true;
    await cloud?.stop();
    process.exit(exitCode);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (cloud === undefined) process.exit(0);
      say('\nStopping.');
      void end(0);
    });
  }

  say('Fairground is starting.');
  try {
    cloud = await startCloud({
      port: options.port,
      ttlSweepSeconds: options.ttlSweepSeconds,
      ...options.stripe,
      ...(options.data !== undefined && { dataDirectory: path.resolve(options.data) }),
      progress: step,
      log: (line) => {
        if (options.verbose || !isQuiet(line)) console.error(line);
      },
      onBroken: (reason) => {
        console.error(`${reason}. Nothing works any more: start it again.`);
        void end(1);
      },
    });
  } catch (error) {
    const { code, message, stack } = error as NodeJS.ErrnoException;
    console.error(
      code === 'EADDRINUSE'
        ? `Port ${options.port} is taken by another program. Take another one: npm start -- --port ${options.port + 1}`
        : (stack ?? message),
    );
    process.exit(1);
  }
  reloadOnChange(cloud);

  const { origin, url, tokenUrl } = cloud;
  const demo = options['no-demo'] ? undefined : await seed({ url, tokenUrl, log: step });
  step('ready');
  say(`
${inventoryOf(cloud)}
Data      ${options.data === undefined ? 'in memory, gone at the end (--data DIR keeps it)' : path.resolve(options.data)}

API       ${url}            its description: ${url}/openapi.json
Tokens    curl -s ${tokenUrl} -d '{"sub":"you"}'
Events    ${origin}/_local/outbox      lifecycle events as they passed the bus
Queues    ${origin}/_local/queues
Mail      ${origin}/_local/mailbox     every mail that the platform sends
AWS       AWS_ENDPOINT_URL=${origin} for any SDK or the aws CLI
${demo === undefined ? '' : `\nHold two seats of the next concert:\n\n${demo.curl}\n\nand see what is left of it:\n\ncurl -s ${url}/sessions/${demo.sessionId}/seats\n\nand a food truck, and when it is free:\n\n${demo.truckCurl}\n`}
Ctrl-C ends it and all that it started.`);
};

const inventoryOf = ({ resources }: Cloud): string => {
  const count = (type: string): number => resources.filter((resource) => resource.type === type).length;
  return `Runs      ${count('AWS::Lambda::Function')} functions, ${count('AWS::DynamoDB::Table')} tables, ${count('AWS::SQS::Queue')} queues, ${count('AWS::Events::Rule')} rules, from the same template that cdk deploy uses`;
};

const watchIntervalMs = 500;

/** Replaces functions whose sources change. Sources are looked at, not watched: watches lose renamed files. */
const reloadOnChange = (cloud: Cloud): void => {
  let known = fingerprint();
  const look = async (): Promise<void> => {
    const current = fingerprint();
    if (current !== known) {
      known = current;
      try {
        for (const name of await cloud.reload()) step(`reloaded ${name}`);
      } catch (error) {
        console.error(`Not reloaded: ${(error as Error).message}`);
      }
    }
    setTimeout(() => void look(), watchIntervalMs);
  };
  void look();
};

/** Changes whenever a source of the functions does. */
const fingerprint = (): string =>
  globSync('functions/**/*.{ts,cedar,cedarschema}', { cwd: projectRoot })
    .map((file) => `${file} ${statSync(path.join(projectRoot, file), { throwIfNoEntry: false })?.mtimeMs}`)
    .join('\n');

await main();
