import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import type { LeadStatus } from '../../functions/marketplace/leads/lead.ts';
import { leadIndexes, outstandingIndex } from '../../functions/marketplace/leads/lead-indexes.ts';
import { leadKey } from '../../functions/marketplace/leads/lead-store.ts';
import {
  leadCommandRoutes,
  leadDepositRoutes,
  leadMessageRoutes,
  leadQueryRoutes,
} from '../../functions/marketplace/leads/routes.ts';
import {
  marketplaceCommandRoutes,
  marketplacePhotoRoutes,
  marketplaceQueryRoutes,
} from '../../functions/marketplace/routes.ts';
import type { Table } from '../../functions/platform/table.ts';
import { createIssuer } from '../../local/issuer.ts';
import { type Call, callsOf, type LambdaHandler } from '../support/api-call.ts';
import { briefBody } from '../support/brief-body.ts';
import { startEngine } from '../support/dynoxide.ts';
import { type MemoryBucket, memoryBucket } from '../support/memory-bucket.ts';
import { quoteBody } from '../support/quote-body.ts';
import { type Cost, listenToCosts } from '../support/request-costs.ts';
import { truckBody } from '../support/truck-body.ts';

/** `ann` owns this organization, `cat` is of its staff; `bob` belongs to none; `admin`, `eve` and `ada` help everybody. */
export const organizationId = 'org_aaaaaaaaaaaaaaaaaaaaaaaaaa';

/** `dan` owns this one. */
export const otherOrganizationId = 'org_bbbbbbbbbbbbbbbbbbbbbbbbbb';

const routes = {
  ...marketplaceCommandRoutes,
  ...marketplaceQueryRoutes,
  ...marketplacePhotoRoutes,
  ...leadCommandRoutes,
  ...leadDepositRoutes,
  ...leadMessageRoutes,
  ...leadQueryRoutes,
};

export interface Marketplace {
  /** Of the engine. */
  readonly endpoint: string;
  readonly table: Table;
  /** Events and sessions that briefs may name. */
  readonly catalog: Table;
  /** What is sold of them. */
  readonly ticketing: Table;
  readonly objects: MemoryBucket;
  readonly call: Call<keyof typeof routes>;
  /** The cost of the last request that was answered. */
  cost(): Cost;
  stop(): Promise<void>;
}

const stripeSecretArn = 'arn:aws:secretsmanager:eu-central-1:000000000000:secret:stripe';

/**
 * The marketplace’s own Lambda entries on the engine, with a real issuer and the real policies.
 * @param stripe where Stripe is, and the text of its secret; without it is not offered.
 */
export const startMarketplace = async (stripe?: {
  readonly origin: string;
  readonly secret: string;
}): Promise<Marketplace> => {
  const engine = await startEngine();
  const issuer = await createIssuer({ listenOn: '127.0.0.1', host: '127.0.0.1' });
  Object.assign(process.env, {
    STAGE: 'test',
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL: engine.endpoint,
    IDENTITY_TABLE: 'identity',
    MARKETPLACE_TABLE: 'marketplace',
    OBJECTS_BUCKET: 'objects',
    CATALOG_TABLE: 'catalog',
    TICKETING_TABLE: 'ticketing',
    PLANS_BUCKET: 'objects',
    LEADS_COMPLETE_EARLY: 'false',
    MASK_CONTACTS: 'true',
    PAYMENT_PROVIDERS: stripe === undefined ? 'test' : 'stripe,test',
    STRIPE_SECRET_ARN: stripe === undefined ? '' : stripeSecretArn,
    ...(stripe !== undefined && { STRIPE_API_ORIGIN: stripe.origin }),
    PAYMENT_NEWS_QUEUE_URL: 'https://sqs.eu-central-1.amazonaws.com/000000000000/payment-news',
    SLOW_PAYMENT_SECONDS: '3',
    ISSUER: issuer.issuer,
    JWKS_URI: issuer.jwksUri,
    ID_SECRET_ARN: 'arn:aws:secretsmanager:eu-central-1:000000000000:secret:id',
  });
  mockClient(SecretsManagerClient)
    .on(GetSecretValueCommand)
    .resolves({ SecretString: 'a secret of the tests' })
    .on(GetSecretValueCommand, { SecretId: stripeSecretArn })
    .resolves({ SecretString: stripe?.secret ?? '' });
  const objects = memoryBucket();
  const identity = await engine.createTable('identity');
  for (const [subject, role, of] of [
    ['ann', 'owner', organizationId],
    ['cat', 'staff', organizationId],
    ['dan', 'owner', otherOrganizationId],
  ] as const) {
    await identity.put({ pk: `SUBJECT#${subject}`, sk: `ORG#${of}`, organizationId: of, subject, role }, {});
  }
  const catalog = await engine.createTable('catalog');
  const ticketing = await engine.createTable('ticketing');
  const table = await engine.createTable('marketplace', leadIndexes.organizer, leadIndexes.truck, {
    ...outstandingIndex,
    attributes: [],
  });
  const { handler: commands } = await import('../../functions/marketplace/commands.ts');
  const { handler: queries } = await import('../../functions/marketplace/queries.ts');
  const { handler: photos } = await import('../../functions/marketplace/photos/photos.ts');
  const { handler: leadsCommands } = await import('../../functions/marketplace/leads/commands.ts');
  const { handler: leadsMessages } = await import('../../functions/marketplace/messages/messages.ts');
  const { handler: leadsDeposits } = await import('../../functions/marketplace/deposits/deposits.ts');
  const { handler: leadsQueries } = await import('../../functions/marketplace/leads/queries.ts');
  const handlers: Readonly<Record<string, LambdaHandler>> = {
    'marketplace-commands': commands,
    'marketplace-queries': queries,
    'marketplace-photos': photos,
    'leads-commands': leadsCommands,
    'leads-deposits': leadsDeposits,
    'leads-messages': leadsMessages,
    'leads-queries': leadsQueries,
  };
  const tokens: Record<string, string> = {};
  for (const subject of ['ann', 'bob', 'cat', 'dan']) tokens[subject] = await issuer.mint({ sub: subject });
  for (const subject of ['admin', 'eve', 'ada'])
    tokens[subject] = await issuer.mint({ sub: subject, roles: ['admin'] });
  return {
    endpoint: engine.endpoint,
    table,
    cost: listenToCosts(),
    catalog,
    ticketing,
    objects,
    call: callsOf(
      routes,
      (name) => handlers[name] as LambdaHandler,
      (subject) => tokens[subject] ?? '',
    ),
    async stop() {
      await issuer.stop();
      await engine.stop();
    },
  };
};

/** A truck of `ann`; listed unless the fields say otherwise. */
export const newTruck = async ({ call }: Marketplace, fields: object = {}): Promise<string> => {
  const created = await call('createTruck', { body: { ...truckBody, ...fields } });
  const truckId = created.body.id;
  await call('updateTruck', { params: { truckId }, ifMatch: '"r1"', body: { status: 'listed' } });
  return truckId;
};

/** What `dan` looks for. */
export const newBrief = async ({ call }: Marketplace, fields: object = {}): Promise<string> =>
  (await call('createBrief', { as: 'dan', body: { ...briefBody, ...fields } })).body.id;

/** A lead with a fresh truck of `ann`; `dan` asks, unless somebody else is said to. */
export const newLead = async (
  world: Marketplace,
  body: { readonly truckId?: string; readonly message?: string } = {},
  { as = 'dan' }: { readonly as?: string } = {},
): Promise<string> => {
  const truckId = body.truckId ?? (await newTruck(world, { units: 20 }));
  const briefId =
    as === 'dan' ? await newBrief(world) : (await world.call('createBrief', { as, body: briefBody })).body.id;
  return (await world.call('createLead', { as, body: { briefId, ...body, truckId } })).body.id;
};

/** Puts a lead into a status, whatever it was: for what depends on nothing else of it. */
export const setStatus = async (
  { table }: Marketplace,
  leadId: string,
  status: LeadStatus,
): Promise<void> => {
  await table.update(leadKey(leadId), {
    update: 'SET #status = :status',
    names: { '#status': 'status' },
    values: { ':status': status },
  });
};

/** A lead of `dan` with a fresh truck of `ann` whose offer is accepted: a quarter of 6,650.00 is due within an hour. */
export const newAcceptedLead = async (world: Marketplace): Promise<string> => {
  const leadId = await newLead(world, { truckId: await newTruck(world) });
  const params = { leadId };
  await world.call('contactLead', { as: 'ann', params });
  await world.call('quoteLead', { as: 'ann', params, body: quoteBody });
  await world.call('acceptLead', { as: 'dan', params, body: { quoteVersion: 1 } });
  return leadId;
};
