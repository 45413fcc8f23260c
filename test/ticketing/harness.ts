import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import type {
  APIGatewayProxyEvent,
  APIGatewayProxyResult,
  Context,
  SQSBatchResponse,
  SQSEvent,
} from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import type { Layout } from '../../functions/catalog/contracts.ts';
import { contentId, randomId } from '../../functions/platform/ids.ts';
import type { LifecycleEvent } from '../../functions/platform/lifecycle-event.ts';
import { serve } from '../../functions/platform/serve.ts';
import type { Item, Table } from '../../functions/platform/table.ts';
import type { SaleTicketType } from '../../functions/ticketing/block-plan.ts';
import { holdCommands } from '../../functions/ticketing/holds-api.ts';
import { type InventoryStore, openInventory, toHold } from '../../functions/ticketing/inventory-store.ts';
import { openPictures } from '../../functions/ticketing/pictures.ts';
import { ticketingCommandRoutes, ticketingQueryRoutes } from '../../functions/ticketing/routes.ts';
import { openSales } from '../../functions/ticketing/sales.ts';
import { createIssuer } from '../../local/issuer.ts';
import { type Engine, startEngine } from '../support/dynoxide.ts';
import { gatewayEvent } from '../support/gateway-event.ts';
import { runReconciliation, type ToldRun } from '../support/reconcile.ts';
import { type Cost, listenToCosts } from '../support/request-costs.ts';
import { openTableStream } from '../support/table-stream.ts';

const routes = { ...ticketingCommandRoutes, ...ticketingQueryRoutes };
export type Operation = keyof typeof routes;

export interface CallOptions {
  /** Subject of the token; none by default, as for most who buy. */
  readonly as?: string;
  /** Tells anonymous clients apart. */
  readonly client?: string;
  readonly sourceIp?: string;
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly key?: string;
  readonly ifMatch?: string;
  readonly ifNoneMatch?: string;
  readonly authorization?: string;
}

export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: what an answer holds is for each test to say
  readonly body: any;
}

type ApiHandler = (event: APIGatewayProxyEvent, context: Context) => Promise<APIGatewayProxyResult>;
type QueueHandler = (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;

/** One running copy of the two API functions, with a memory of its own. */
export interface Instance {
  call(operation: Operation, options?: CallOptions): Promise<Answered>;
  /** The cost of the last request that was answered. */
  cost(): Cost;
}

export interface SaleOptions {
  readonly layout?: Layout;
  readonly ticketTypes: readonly SaleTicketType[];
  readonly holdSeconds?: number;
  readonly maxPlacesPerHold?: number;
  readonly maxHoldsPerCustomer?: number;
  /** By default one of its own. */
  readonly organizationId?: string;
}

export interface Message {
  readonly queueUrl: string;
  readonly body: string;
  readonly delaySeconds: number;
}

export type Consumer =
  | 'inventory-builder'
  | 'session-sync'
  | 'session-sweep'
  | 'hold-expiry'
  | 'claim-release';

/** A clock that tests set: it stands still at an instant, or runs on from there. */
export interface Clock {
  /** Stands still at this instant (ms since the epoch). */
  stopAt(ms: number): void;
  /** Jumps ahead and runs. */
  skip(seconds: number): void;
  run(): void;
}

export interface Ticketing extends Instance {
  /** A token of this subject. */
  mint(subject: string): Promise<string>;
  readonly engine: Engine;
  readonly table: Table;
  readonly clock: Clock;
  /** Messages sent to queues and not taken yet. */
  readonly messages: Message[];
  /** Lifecycle events put on the bus, in order. */
  readonly outbox: LifecycleEvent[];
  /** Another copy of the functions, its store changed as a test wants it (faults). */
  instance(change?: (store: InventoryStore) => InventoryStore): Instance;
  /** A session as the catalog announces it; nothing is built yet. */
  announce(options: SaleOptions): Announced;
  /** A session whose inventory is built: its id. */
  sell(options: SaleOptions): Promise<string>;
  /** Hands a consumer its message and fails when it fails. */
  deliver(consumer: Consumer, body: unknown): Promise<void>;
  /** The same, telling whether it failed. */
  attempt(consumer: Consumer, body: unknown): Promise<boolean>;
  /** Relays what the stream has got since the last time, and hands it to the consumers that want it. */
  settle(): Promise<readonly LifecycleEvent[]>;
  /** One run of the reconciliation, with time for so many pages. */
  reconcile(pages?: number): Promise<ToldRun>;
  stop(): Promise<void>;
}

export interface Announced {
  readonly sessionId: string;
  /** What the catalog says of the session; the sale record keeps the same. */
  readonly sale: object;
  event(type: string, sequence: number, more?: object): object;
}

/** Which lifecycle events each consumer’s rule lets through. */
const rules: Readonly<Record<string, Consumer>> = {
  'SEAT-HOLD-CANCELLED': 'claim-release',
  'SEAT-HOLD-EXPIRED': 'claim-release',
};

export const typeId = (name: string): string =>
  `tt_${name.replaceAll(/[^0-9a-hjkmnp-tv-z]/g, '0').padEnd(26, '0')}`;
export const seats = (category: string): SaleTicketType => ({
  id: typeId(category),
  name: category,
  price: { amount: 4_500, currency: 'EUR' },
  planCategory: category,
});
export const slots = (name: string, quantity: number): SaleTicketType => ({
  id: typeId(name),
  name,
  price: { amount: 2_000, currency: 'EUR' },
  quantity,
});

let keys = 0;
/** A fresh Idempotency-Key. */
export const freshKey = (): string => {
  keys += 1;
  return `a-key-of-the-tests-${process.pid}-${keys}`;
};

export const expiryQueue = 'https://sqs.eu-central-1.amazonaws.com/000000000000/hold-expiry';
export const sweepQueue = 'https://sqs.eu-central-1.amazonaws.com/000000000000/session-sweep';
export const lambda = {
  awsRequestId: 'lambda-1',
  functionName: 'ticketing',
  getRemainingTimeInMillis: () => 30_000,
} as unknown as Context;

/**
 * Ticketing on the engine: the functions’ own Lambda entries, the real relay fed from the table’s stream,
 * a real issuer; S3, SQS and the bus in memory.
 */
export const startTicketing = async (): Promise<Ticketing> => {
  const engine = await startEngine();
  const issuer = await createIssuer({ listenOn: '127.0.0.1', host: '127.0.0.1' });
  Object.assign(process.env, {
    STAGE: 'test',
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL: engine.endpoint,
    AWS_LAMBDA_FUNCTION_NAME: 'ticketing',
    IDENTITY_TABLE: 'identity',
    TICKETING_TABLE: 'ticketing',
    PLANS_BUCKET: 'plans',
    BUS_NAME: 'bus',
    ISSUER: issuer.issuer,
    JWKS_URI: issuer.jwksUri,
    ID_SECRET_ARN: 'arn:aws:secretsmanager:eu-central-1:000000000000:secret:id',
    HOLD_EXPIRY_QUEUE_URL: expiryQueue,
    SESSION_SWEEP_QUEUE_URL: sweepQueue,
  });
  await engine.createTable('identity');
  const table = await engine.createTable('ticketing');
  const clock = setClock();

  mockClient(SecretsManagerClient)
    .on(GetSecretValueCommand)
    .resolves({ SecretString: 'a secret of the tests' });
  const layouts = new Map<string, Layout>();
  mockClient(S3Client)
    .on(GetObjectCommand)
    .callsFake(async ({ Key }: { Key: string }) => {
      const layout = layouts.get(Key);
      if (layout === undefined) throw Object.assign(new Error('no such key'), { name: 'NoSuchKey' });
      return { Body: { transformToString: async () => JSON.stringify(layout) } };
    });
  const messages: Message[] = [];
  mockClient(SQSClient)
    .on(SendMessageBatchCommand)
    .callsFake(async ({ QueueUrl, Entries }: { QueueUrl: string; Entries: Record<string, never>[] }) => {
      for (const { MessageBody, DelaySeconds } of Entries)
        messages.push({ queueUrl: QueueUrl, body: MessageBody ?? '', delaySeconds: DelaySeconds ?? 0 });
      return { Successful: Entries.map(({ Id }) => ({ Id })), Failed: [] };
    });
  const outbox: LifecycleEvent[] = [];
  mockClient(EventBridgeClient)
    .on(PutEventsCommand)
    .callsFake(async ({ Entries }: { Entries: { Detail: string }[] }) => {
      outbox.push(...Entries.map(({ Detail }) => JSON.parse(Detail) as LifecycleEvent));
      return { FailedEntryCount: 0, Entries: Entries.map(() => ({ EventId: 'e' })) };
    });

  const cost = listenToCosts();

  const call =
    (command: ApiHandler, query: ApiHandler) =>
    async (operation: Operation, options: CallOptions = {}): Promise<Answered> => {
      const definition = routes[operation];
      const names = [...definition.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
      const params = Object.fromEntries(names.map((name) => [name, options.params?.[name] ?? '']));
      const path = definition.path.replace(/\{(\w+)\}/g, (_, name: string) => params[name] ?? '');
      const authorization =
        options.authorization ?? (options.as && `Bearer ${await issuer.mint({ sub: options.as })}`);
      const event = gatewayEvent(definition.method, path, {
        headers: {
          ...(authorization && { authorization }),
          ...(options.client && { 'fairground-client': options.client }),
          ...('creates' in definition && { 'idempotency-key': options.key ?? freshKey() }),
          ...(options.ifNoneMatch && { 'if-none-match': options.ifNoneMatch }),
        },
        params,
        ...(options.query && { query: options.query }),
        ...(options.body !== undefined && { body: options.body }),
      });
      if (options.sourceIp) event.requestContext.identity.sourceIp = options.sourceIp;
      const handler = definition.function === 'ticketing-queries' ? query : command;
      const result = await handler(event, lambda);
      return {
        status: result.statusCode,
        headers: result.headers ?? {},
        text: result.body,
        body: result.body === '' ? undefined : JSON.parse(result.body),
      };
    };

  const instance = (change: (store: InventoryStore) => InventoryStore = (store) => store): Instance => {
    const store = change(openInventory(table));
    const sales = () => openSales(store, 'plans');
    const guard = async () => (await import('../../functions/identity/contracts.ts')).identityGuard();
    const idSecretArn = process.env['ID_SECRET_ARN'] ?? '';
    const command = serve({
      routes: ticketingCommandRoutes,
      handlers: holdCommands(store, openPictures(store), sales()),
      guard,
      idSecretArn,
    });
    const { ticketingQueries } = queries;
    const query = serve({
      routes: ticketingQueryRoutes,
      handlers: ticketingQueries(store, openPictures(store), sales()),
    });
    return { call: call(command, query), cost };
  };
  const queries = await import('../../functions/ticketing/seats-api.ts');

  const consumers: Readonly<Record<Consumer, QueueHandler>> = {
    'inventory-builder': (await import('../../functions/ticketing/inventory-builder.ts')).handler,
    'session-sync': (await import('../../functions/ticketing/session-sync.ts')).handler,
    'session-sweep': (await import('../../functions/ticketing/session-sweep.ts')).handler,
    'hold-expiry': (await import('../../functions/ticketing/hold-expiry.ts')).handler,
    'claim-release': (await import('../../functions/ticketing/claim-release.ts')).handler,
  };
  const { handler: reconciliation } = await import('../../functions/ticketing/reconciliation.ts');
  const attempt = async (consumer: Consumer, body: unknown): Promise<boolean> => {
    const { batchItemFailures } = await consumers[consumer](sqsEvent(body), lambda);
    return batchItemFailures.length === 0;
  };
  const deliver = async (consumer: Consumer, body: unknown): Promise<void> => {
    if (!(await attempt(consumer, body))) throw new Error(`${consumer} failed on ${JSON.stringify(body)}`);
  };

  const announce = (options: SaleOptions): Announced => {
    const sessionId = randomId('ses');
    const venueId = randomId('ven');
    const planVersion = options.layout && contentId('pln', JSON.stringify(options.layout));
    if (options.layout) layouts.set(`plans/${venueId}/${planVersion}/layout.json`, options.layout);
    const data = {
      sessionId,
      eventId: randomId('evt'),
      venueId,
      organizationId: options.organizationId ?? randomId('org'),
      status: 'publishing',
      timeZone: 'Atlantic/Canary',
      startsAt: new Date(Date.now() + 86_400_000).toISOString(),
      endsAt: new Date(Date.now() + 90_000_000).toISOString(),
      holdSeconds: options.holdSeconds ?? 600,
      maxPlacesPerHold: options.maxPlacesPerHold ?? 20,
      ...(options.maxHoldsPerCustomer !== undefined && { maxHoldsPerCustomer: options.maxHoldsPerCustomer }),
      ticketTypes: options.ticketTypes,
      ...(planVersion !== undefined && { planVersion }),
    };
    return {
      sessionId,
      sale: data,
      event: (type, sequence, more = {}) => ({
        'detail-type': type,
        detail: {
          id: contentId('lev', `${sessionId}/${sequence}/${type}`),
          type,
          version: 1,
          occurredAt: new Date().toISOString(),
          aggregate: { kind: 'session', id: sessionId, sequence },
          actor: 'ann',
          data: { ...data, ...more },
        },
      }),
    };
  };

  const stream = await openTableStream(engine.endpoint, 'ticketing');
  const { handler: relay } = await import('../../functions/ticketing/relay.ts');
  const settle = async (): Promise<readonly LifecycleEvent[]> => {
    const seen: LifecycleEvent[] = [];
    for (let Records = await stream(); Records.length > 0; Records = await stream()) {
      const before = outbox.length;
      const { batchItemFailures } = await relay({ Records });
      if (batchItemFailures.length > 0) throw new Error('The relay gave records back');
      const told = outbox.slice(before);
      seen.push(...told);
      for (const event of told) {
        const consumer = rules[event.type];
        if (consumer !== undefined) await deliver(consumer, { 'detail-type': event.type, detail: event });
      }
    }
    return seen;
  };

  const commands = (await import('../../functions/ticketing/commands.ts')).handler;
  const query = (await import('../../functions/ticketing/queries.ts')).handler;
  return {
    mint: (sub) => issuer.mint({ sub }),
    engine,
    table,
    clock,
    messages,
    outbox,
    call: call(commands, query),
    cost,
    instance,
    announce,
    async sell(options) {
      const announced = announce(options);
      await deliver('inventory-builder', announced.event('SESSION-PUBLISHING', 2));
      return announced.sessionId;
    },
    deliver,
    attempt,
    settle,
    reconcile: (pages = Number.POSITIVE_INFINITY) => runReconciliation(reconciliation, lambda, pages),
    async stop() {
      clock.run();
      await issuer.stop();
      await engine.stop();
    },
  };
};

const setClock = (): Clock => {
  const RealDate = Date;
  let offsetMs = 0;
  let stoppedAtMs: number | undefined;
  const nowMs = () => stoppedAtMs ?? RealDate.now() + offsetMs;
  globalThis.Date = class extends RealDate {
    constructor(...given: ConstructorParameters<typeof Date> | []) {
      if (given.length === 0) super(nowMs());
      else super(...given);
    }
    static override now(): number {
      return nowMs();
    }
  } as DateConstructor;
  return {
    stopAt(ms) {
      stoppedAtMs = ms;
    },
    skip(seconds) {
      offsetMs = nowMs() + seconds * 1_000 - RealDate.now();
      stoppedAtMs = undefined;
    },
    run() {
      offsetMs = nowMs() - RealDate.now();
      stoppedAtMs = undefined;
    },
  };
};

let messageNumber = 0;
export const sqsEvent = (body: unknown): SQSEvent => {
  messageNumber += 1;
  return {
    Records: [
      {
        messageId: `message-${messageNumber}`,
        receiptHandle: 'r',
        body: typeof body === 'string' ? body : JSON.stringify(body),
        attributes: {
          ApproximateReceiveCount: '1',
          SentTimestamp: '0',
          SenderId: 's',
          ApproximateFirstReceiveTimestamp: '0',
        },
        messageAttributes: {},
        md5OfBody: '',
        eventSource: 'aws:sqs',
        eventSourceARN: 'arn:aws:sqs:eu-central-1:000000000000:queue',
        awsRegion: 'eu-central-1',
      },
    ],
  };
};

/**
 * Who owns what in a session of at most 2,500 places, read from blocks and from holds apart. Throws when a place has two owners or
 * the two disagree: a live hold owns exactly its claims.
 */
export const owners = async (
  table: Table,
  sessionId: string,
  holdIds: readonly string[],
): Promise<ReadonlyMap<string, string>> => {
  const now = Math.floor(Date.now() / 1_000);
  const byBlock = new Map<string, string>();
  for (const [block, { held }] of await openInventory(table).readBlocks(sessionId, 1, true)) {
    for (const [key, claim] of Object.entries(held)) {
      if (claim.u >= now) byBlock.set(`${block}/${key}`, `hld_${claim.h}`);
    }
  }
  const byHold = new Map<string, string>();
  for (const holdId of holdIds) {
    const item = await table.get<Item>({ pk: `HOLD#${holdId}`, sk: 'HOLD' }, { consistent: true });
    const hold = item && toHold(item);
    if (hold === undefined || hold.status !== 'active' || hold.until < now) continue;
    for (const { block, keys: held } of hold.places) {
      for (const key of held) {
        const place = `${block}/${key}`;
        const other = byHold.get(place);
        if (other !== undefined) throw new Error(`${place} belongs to ${other} and to ${holdId}`);
        byHold.set(place, holdId);
      }
    }
  }
  for (const [place, holdId] of byHold) {
    if (byBlock.get(place) !== holdId)
      throw new Error(`${place} is promised to ${holdId} and claimed by ${byBlock.get(place)}`);
  }
  return byBlock;
};
