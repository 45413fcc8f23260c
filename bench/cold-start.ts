import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { bundleFunctions, stopBundler } from '../lib/bundle.ts';
import { type FunctionName, functionTable } from '../lib/function-table.ts';
import { account, localClient } from '../local/account.ts';
import { startDynamoDb } from '../local/dynamodb.ts';
import { createPlainTables } from './tables.ts';

export interface ColdStart {
  readonly name: string;
  /** What the first request was, and how it was answered. */
  readonly request: string;
  /** Loading the module, and answering the first request, in milliseconds; each of all runs. */
  readonly initMs: readonly number[];
  readonly firstMs: readonly number[];
}

/**
 * A first request of each function that goes as far as it does without the platform around it: to the
 * database and back where the route is public, to the missing token where it is not.
 */
const firstRequests: Readonly<
  Partial<Record<FunctionName, readonly [string, string, Record<string, string>]>>
> = {
  'platform-queries': ['GET', '/health', {}],
  'identity-commands': ['POST', '/organizations', {}],
  'identity-queries': ['GET', '/me', {}],
  'catalog-commands': ['POST', '/venues', {}],
  'catalog-queries': ['GET', '/events/{eventId}', { eventId: `evt_${'0'.repeat(26)}` }],
  'ticketing-commands': ['DELETE', '/holds/{holdId}', { holdId: `hld_${'0'.repeat(26)}` }],
  'ticketing-queries': ['GET', '/holds/{holdId}', { holdId: `hld_${'0'.repeat(26)}` }],
  'orders-commands': ['POST', '/orders/{orderId}/cancel', { orderId: `ord_${'0'.repeat(26)}` }],
  'orders-queries': ['GET', '/orders/{orderId}', { orderId: `ord_${'0'.repeat(26)}` }],
  'admission-commands': ['POST', '/sessions/{sessionId}/check-ins', { sessionId: `ses_${'0'.repeat(26)}` }],
  'admission-queries': ['GET', '/tickets/{ticketId}', { ticketId: `tkt_${'0'.repeat(26)}` }],
};

/** Runs in a fresh process: loads the module, gives it the event, prints both times. */
const script = `
const [file, event] = process.argv.slice(1);
console.info = console.log = () => undefined;
const startedAt = performance.now();
const { handler } = await import(file);
const loadedAt = performance.now();
const answer = await handler(JSON.parse(event), { awsRequestId: 'first' });
const times = { initMs: loadedAt - startedAt, firstMs: performance.now() - loadedAt, status: answer.statusCode };
process.stdout.write('\\n' + JSON.stringify(times));
process.exit();
`;

const eventOf = (method: string, resource: string, pathParameters: Record<string, string>): string =>
  JSON.stringify({
    resource,
    path: resource.replace(/\{(\w+)\}/g, (_, name: string) => pathParameters[name] ?? ''),
    httpMethod: method,
    headers: {},
    multiValueHeaders: {},
    queryStringParameters: null,
    multiValueQueryStringParameters: null,
    pathParameters,
    body: null,
    isBase64Encoded: false,
    requestContext: { requestId: 'first', identity: { sourceIp: '127.0.0.1' } },
  });

/** Init and first request of each API function as bundled, each run in a fresh process, and of one that does nothing. */
export const measureColdStarts = async (runs: number): Promise<readonly ColdStart[]> => {
  const names = Object.keys(firstRequests) as FunctionName[];
  const bundles = await bundleFunctions(
    Object.fromEntries(names.map((name) => [name, functionTable[name].entry])) as Record<
      FunctionName,
      string
    >,
  );
  await stopBundler();
  const dynamoDb = await startDynamoDb();
  const client = new DynamoDBClient(localClient(dynamoDb.endpoint));
  const folder = mkdtempSync(path.join(tmpdir(), 'hello-world-'));
  try {
    await createPlainTables(client, ['identity', 'catalog', 'ticketing', 'orders', 'admission']);
    const environment = {
      STAGE: 'dev',
      IDENTITY_TABLE: 'identity',
      CATALOG_TABLE: 'catalog',
      TICKETING_TABLE: 'ticketing',
      ORDERS_TABLE: 'orders',
      ADMISSION_TABLE: 'admission',
      TICKET_KEYS: 'arn:aws:kms:eu-central-1:000000000000:key/1',
      PAYMENT_PROVIDERS: 'test',
      STRIPE_SECRET_ARN: '',
      STRIPE_API_ORIGIN: 'https://api.stripe.com',
      PAYMENT_NEWS_QUEUE_URL: 'http://127.0.0.1:9/queue',
      MARKETPLACE_PAYMENT_NEWS_QUEUE_URL: 'http://127.0.0.1:9/queue',
      PAYMENT_GRACE_SECONDS: '10',
      SLOW_PAYMENT_SECONDS: '3',
      PLANS_BUCKET: 'plans',
      ISSUER: 'http://127.0.0.1:9/issuer',
      JWKS_URI: 'http://127.0.0.1:9/issuer/jwks.json',
      ID_SECRET_ARN: 'arn:aws:secretsmanager:eu-central-1:000000000000:secret:id',
      MIN_HOLD_SECONDS: '1',
      MAX_HOLD_SECONDS: '7200',
      AWS_REGION: account.region,
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_ENDPOINT_URL_DYNAMODB: dynamoDb.endpoint,
      AWS_ENDPOINT_URL: dynamoDb.endpoint,
    };
    const helloWorld = path.join(folder, 'index.mjs');
    writeFileSync(
      helloWorld,
      `export const handler = async () => ({ statusCode: 200, body: 'hello world' });`,
    );
    const measure = (
      name: string,
      file: string,
      [method, resource, params]: readonly [string, string, Record<string, string>],
    ): ColdStart => {
      const initMs: number[] = [];
      const firstMs: number[] = [];
      let status = 0;
      for (let run = 0; run < runs; run += 1) {
        const output = execFileSync(
          process.execPath,
          [
            '--input-type=module',
            '--eval',
            script,
            pathToFileURL(file).href,
            eventOf(method, resource, params),
          ],
          { env: environment, encoding: 'utf8' },
        );
        const times = JSON.parse(output.split('\n').at(-1) ?? '') as {
          initMs: number;
          firstMs: number;
          status: number;
        };
        initMs.push(times.initMs);
        firstMs.push(times.firstMs);
        status = times.status;
      }
      return { name, request: `${method} ${resource} → ${status}`, initMs, firstMs };
    };
    return [
      measure('hello world', helloWorld, ['GET', '/', {}]),
      ...names.map((name) =>
        measure(
          name,
          path.join(bundles[name].directory, 'index.mjs'),
          firstRequests[name] as [string, string, Record<string, string>],
        ),
      ),
    ];
  } finally {
    client.destroy();
    await dynamoDb.stop();
    rmSync(folder, { recursive: true, force: true });
  }
};
