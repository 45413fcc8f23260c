import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Context } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { catalogQueries } from '../../functions/catalog/catalog-queries.ts';
import { openEventPages, type SessionAvailability } from '../../functions/catalog/event-page.ts';
import { catalogQueryLoaders } from '../../functions/catalog/loaders.ts';
import { markBuilt } from '../../functions/catalog/publication-store.ts';
import { catalogCommandRoutes, catalogQueryRoutes } from '../../functions/catalog/routes.ts';
import { serve } from '../../functions/platform/serve.ts';
import type { Table } from '../../functions/platform/table.ts';
import { createIssuer } from '../../local/issuer.ts';
import { type Call as ApiCall, callsOf, freshKey, type LambdaHandler } from '../support/api-call.ts';
import { type Engine, startEngine } from '../support/dynoxide.ts';
import { type MemoryBucket, memoryBucket } from '../support/memory-bucket.ts';

/** Organizations of the tests. `ann` owns A, `bob` owns B, `cat` is staff of A, `dan` belongs to none. */
export const orgA = 'org_aaaaaaaaaaaaaaaaaaaaaaaaaa';
export const orgB = 'org_bbbbbbbbbbbbbbbbbbbbbbbbbb';
export type Subject = 'ann' | 'bob' | 'cat' | 'dan';

const routes = { ...catalogCommandRoutes, ...catalogQueryRoutes };
export type Operation = keyof typeof routes;

export type { Answered } from '../support/api-call.ts';
export { freshKey };

type Call = ApiCall<Operation>;

/**
 * The catalog on the engine: the commands’ own Lambda entry and the queries as their entry serves them,
 * with a real issuer and the real policies, S3 in memory, and counts that a test sets.
 */
export interface Catalog {
  readonly engine: Engine;
  readonly table: Table;
  readonly objects: MemoryBucket;
  readonly availability: Map<string, SessionAvailability>;
  readonly call: Call;
  /** An access token of the subject. */
  token(subject: Subject): string;
  /** Another instance of the query function, with a memory of its own. */
  anotherInstance(): Call;
  /** What the publication consumer does on SESSION-INVENTORY-BUILT. */
  inventoryBuilt(sessionId: string): Promise<void>;
  stop(): Promise<void>;
}

export const startCatalog = async (): Promise<Catalog> => {
  const engine = await startEngine();
  const issuer = await createIssuer({ listenOn: '127.0.0.1', host: '127.0.0.1' });
  Object.assign(process.env, {
    STAGE: 'test',
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL: engine.endpoint,
    IDENTITY_TABLE: 'identity',
    CATALOG_TABLE: 'catalog',
    PLANS_BUCKET: 'plans',
    ISSUER: issuer.issuer,
    JWKS_URI: issuer.jwksUri,
    ID_SECRET_ARN: 'arn:aws:secretsmanager:eu-central-1:000000000000:secret:id',
    MIN_HOLD_SECONDS: '60',
    MAX_HOLD_SECONDS: '7200',
  });
  const table = await createTables(engine);

  mockClient(SecretsManagerClient)
    .on(GetSecretValueCommand)
    .resolves({ SecretString: 'a secret of the tests' });
  const objects = memoryBucket();

  const { handler: commandHandler } = await import('../../functions/catalog/commands.ts');
  const availability = new Map<string, SessionAvailability>();
  const serveQueries = () =>
    serve({
      routes: catalogQueryRoutes,
      handlers: catalogQueries(table, async () => availability),
      loaders: catalogQueryLoaders(table, openEventPages(table)),
      guard: async () => (await import('../../functions/identity/contracts.ts')).identityGuard(),
    });
  const tokens: Record<string, string> = {};
  for (const subject of ['ann', 'bob', 'cat', 'dan']) tokens[subject] = await issuer.mint({ sub: subject });
  const token = (subject: Subject): string => tokens[subject] ?? '';

  const callOn = (query: LambdaHandler): Call =>
    callsOf(
      routes,
      (name) => (name === 'catalog-queries' ? query : commandHandler),
      (subject) => token(subject as Subject),
    );

  return {
    engine,
    table,
    objects,
    availability,
    token,
    call: callOn(serveQueries()),
    anotherInstance: () => callOn(serveQueries()),
    inventoryBuilt: (sessionId) =>
      markBuilt(table, sessionId, {
        caller: { subject: 'system:catalog-publication' },
        requestId: 'message-1',
        traceparent: undefined,
        now: new Date(),
        lambda: {} as Context,
      }),
    async stop() {
      await issuer.stop();
      await engine.stop();
    },
  };
};

const createTables = async (engine: Engine): Promise<Table> => {
  const identity = await engine.createTable('identity');
  const member = (subject: string, organizationId: string, role: string) =>
    identity.put(
      { pk: `SUBJECT#${subject}`, sk: `ORG#${organizationId}`, organizationId, subject, role },
      {},
    );
  await member('ann', orgA, 'owner');
  await member('bob', orgB, 'owner');
  await member('cat', orgA, 'staff');
  return engine.createTable('catalog');
};
