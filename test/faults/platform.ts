import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetShardIteratorCommand,
  ListStreamsCommand,
} from '@aws-sdk/client-dynamodb-streams';
import { ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type {
  APIGatewayProxyEvent,
  APIGatewayProxyResult,
  Context,
  DynamoDBBatchResponse,
  DynamoDBRecord,
  DynamoDBStreamEvent,
  SQSBatchResponse,
  SQSEvent,
} from 'aws-lambda';
import { sessionIndex, sessionIndexAttributes } from '../../functions/admission/ticket-index.ts';
import { leadIndexes } from '../../functions/marketplace/leads/lead-indexes.ts';
import { sessionIndex as ordersBySession, outstandingIndex } from '../../functions/orders/order-indexes.ts';
import { withoutFrills } from '../../functions/platform/aws-client.ts';
import { shortHash } from '../../functions/platform/ids.ts';
import type { LifecycleEvent } from '../../functions/platform/lifecycle-event.ts';
import type { Item } from '../../functions/platform/table.ts';
import { routes } from '../../functions/routes.ts';
import { account, arnOf, localClient } from '../../local/account.ts';
import { answered, type JsonService, refused } from '../../local/aws-answer.ts';
import { answerAws, eventBridge, secretsManager, serviceOf } from '../../local/aws-endpoint.ts';
import { inParallel } from '../../local/demo/parallel.ts';
import { EventBus } from '../../local/event-bus.ts';
import { openFrontDoor } from '../../local/front-door.ts';
import { createIssuer } from '../../local/issuer.ts';
import { openKms } from '../../local/kms.ts';
import { openMailbox } from '../../local/mailbox.ts';
import { createQueuesAndBuckets, startQueuesAndBuckets } from '../../local/queues-and-buckets.ts';
import { Secrets } from '../../local/secrets.ts';
import { openState } from '../../local/state.ts';
import {
  deliveryOf,
  type FakeEvent,
  FakeStripe,
  fakeSecretKey,
  fakeWebhookSecret,
} from '../payments/fake-stripe.ts';
import { startEngine } from '../support/dynoxide.ts';
import { gatewayEvent } from '../support/gateway-event.ts';
import { askEngine } from './ask-engine.ts';
import { breakStripe, inProcess } from './injection.ts';
import { connected, underOtherNames } from './names.ts';

export type Operation = keyof typeof routes;

export interface ApiCall {
  readonly as?: string;
  /** Of the caller’s token: `admin`. */
  readonly roles?: string[];
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly key?: string;
  readonly ifMatch?: string;
  /** Answers instead of the function of the route. */
  readonly handler?: ApiHandler;
}

export interface ApiAnswer {
  readonly status: number;
  readonly etag: string;
  // biome-ignore lint/suspicious/noExplicitAny: what an answer holds is for each use case to say
  readonly body: any;
}

const readBody = (type: string, text: string): unknown => {
  if (text === '') return undefined;
  return type.includes('json') ? JSON.parse(text) : text;
};

type ApiHandler = (event: APIGatewayProxyEvent, context: Context) => Promise<APIGatewayProxyResult>;
type QueueHandler = (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;
type TaskHandler = (event: unknown, context: Context) => Promise<unknown>;
type StreamHandler = (event: DynamoDBStreamEvent) => Promise<DynamoDBBatchResponse>;

export type Consumer =
  | 'inventory-builder'
  | 'session-sync'
  | 'session-sweep'
  | 'hold-expiry'
  | 'claim-release'
  | 'publication'
  | 'orders-settlement'
  | 'payment-news'
  | 'session-undo'
  | 'mail'
  | 'thumbnails'
  | 'calendar-imports'
  | 'truck-hold-expiry'
  | 'truck-facts'
  | 'time-taken'
  | 'outgrown'
  | 'leads-settlement'
  | 'deposit-news';
export type Table = 'identity' | 'catalog' | 'ticketing' | 'orders' | 'admission' | 'marketplace';

const lambda = {
  awsRequestId: 'lambda-1',
  functionName: 'faults',
  getRemainingTimeInMillis: () => 30_000,
} as unknown as Context;
/** A process that died is not waited for: its lock on a message is over at once. */
const lambdaOfConsumers = { ...lambda, getRemainingTimeInMillis: () => 1 };

const secretArn = arnOf('secretsmanager', 'secret:id');
const stripeSecretArn = arnOf('secretsmanager', 'secret:data-StripeSecret');
const ticketKeyName = 'ticket-key';

interface StreamPage {
  readonly Records: readonly DynamoDBRecord[];
  readonly NextShardIterator?: string;
}
type StoredItem = Record<string, AttributeValue>;
type Pattern = readonly { readonly table: Table; readonly item: StoredItem }[];
/** Service limit of BatchWriteItem. */
const maxBatchWrites = 25;
const keyIn = (table: Table, item: { readonly [name: string]: { readonly S?: string } } | undefined) =>
  `${table} ${item?.['pk']?.S} ${item?.['sk']?.S}`;

const queueNames = [
  'hold-expiry',
  'session-sweep',
  'payment-news',
  'marketplace-payment-news',
  'session-undo',
  'notices',
  'truck-hold-expiry',
  'time-taken',
  'outgrown',
];
const buckets = ['plans', 'objects'] as const;

/** Step Functions as its callers see it: a name starts once, a token is answered once. */
const rememberedMachines = () => {
  const started = new Set<string>();
  const answeredTokens = new Set<string>();
  const once = (set: Set<string>, name: string, already: string, answer: object) => {
    if (set.has(name)) return refused(already, `${name} was here before`);
    set.add(name);
    return answered(answer);
  };
  const service: JsonService = (operation, input) => {
    switch (operation) {
      case 'StartExecution':
        return once(started, String(input['name']), 'ExecutionAlreadyExists', {
          executionArn: arnOf('states', `execution:orders:${String(input['name'])}`),
          startDate: 0,
        });
      case 'SendTaskSuccess':
        return once(answeredTokens, String(input['taskToken']), 'TaskDoesNotExist', {});
      default:
        return undefined;
    }
  };
  return { started, answeredTokens, service };
};

/**
 * The functions’ own Lambda entries in this process, with the SDK’s own clients, against the engine, fauxqs
 * and the embedded cloud’s EventBridge, Secrets Manager and KMS. Nothing runs by itself: streams and queues are
 * read when a test says so.
 */
export const startPlatform = async () => {
  const engine = await startEngine();
  const queues = await startQueuesAndBuckets();
  const issuer = await createIssuer({ listenOn: '127.0.0.1', host: '127.0.0.1' });
  const queueUrl = (name: string): string => `${queues.endpoint}/${account.accountId}/${name}`;
  await createQueuesAndBuckets(queues, [
    ...queueNames.map((name) => ({ type: 'AWS::SQS::Queue', name: queueUrl(name), properties: {} })),
    ...buckets.map((name) => ({ type: 'AWS::S3::Bucket', name, properties: {} })),
  ] as never);
  const outbox: LifecycleEvent[] = [];
  const bus = new EventBus(
    [{ type: 'AWS::Events::EventBus', name: 'bus', properties: {} }] as never,
    () => undefined,
  );
  const state = openState();
  const secrets = new Secrets(
    [secretArn, stripeSecretArn].map((name) => ({
      type: 'AWS::SecretsManager::Secret',
      name,
      properties: { GenerateSecretString: { PasswordLength: 32, ExcludePunctuation: true } },
    })),
    state,
    { StripeSecret: JSON.stringify({ secretKey: fakeSecretKey, webhookSecrets: [fakeWebhookSecret] }) },
  );
  const stripe = await new FakeStripe().open();
  const downFor = breakStripe(stripe);
  const mailbox = openMailbox();
  const kms = openKms(
    [
      {
        type: 'AWS::KMS::Key',
        name: ticketKeyName,
        properties: { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' },
      },
    ] as never,
    state,
  );
  const machines = rememberedMachines();
  const door = await openFrontDoor(0, () => undefined);
  const recording = {
    putEvents(request: Parameters<EventBus['putEvents']>[0]) {
      const answer = bus.putEvents(request);
      outbox.push(...(request.Entries ?? []).map(({ Detail = '' }) => JSON.parse(Detail) as LifecycleEvent));
      return answer;
    },
  } as EventBus;
  inProcess
    .set('events', eventBridge(recording))
    .set('secretsmanager', secretsManager(secrets))
    .set('kms', kms)
    .set('states', machines.service);
  door.open((request, response) =>
    answerAws({ endpoints: {}, json: {}, mailbox }, serviceOf(request) ?? '', request, response),
  );

  Object.assign(process.env, {
    STAGE: 'test',
    AWS_REGION: account.region,
    AWS_ACCESS_KEY_ID: account.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: account.credentials.secretAccessKey,
    AWS_ENDPOINT_URL: door.origin,
    AWS_ENDPOINT_URL_DYNAMODB: engine.endpoint,
    AWS_ENDPOINT_URL_SQS: queues.endpoint,
    AWS_ENDPOINT_URL_S3: queues.endpoint,
    AWS_LAMBDA_FUNCTION_NAME: 'faults',
    IDENTITY_TABLE: 'identity',
    CATALOG_TABLE: 'catalog',
    TICKETING_TABLE: 'ticketing',
    PLANS_BUCKET: 'plans',
    BUS_NAME: 'bus',
    ISSUER: issuer.issuer,
    JWKS_URI: issuer.jwksUri,
    ID_SECRET_ARN: secretArn,
    HOLD_EXPIRY_QUEUE_URL: queueUrl('hold-expiry'),
    SESSION_SWEEP_QUEUE_URL: queueUrl('session-sweep'),
    ORDERS_TABLE: 'orders',
    ADMISSION_TABLE: 'admission',
    PAYMENT_PROVIDERS: 'test,stripe',
    STRIPE_SECRET_ARN: stripeSecretArn,
    STRIPE_API_ORIGIN: stripe.origin,
    NOTIFICATIONS_TABLE: 'notifications',
    MARKETPLACE_TABLE: 'marketplace',
    MASK_CONTACTS: 'true',
    NOTICES_QUEUE_URL: queueUrl('notices'),
    MAIL_FROM: 'tickets@example.com',
    MAIL_CONFIGURATION_SET: 'mails',
    PAYMENT_NEWS_QUEUE_URL: queueUrl('payment-news'),
    MARKETPLACE_PAYMENT_NEWS_QUEUE_URL: queueUrl('marketplace-payment-news'),
    SESSION_UNDO_QUEUE_URL: queueUrl('session-undo'),
    PAYMENT_GRACE_SECONDS: '60',
    SLOW_PAYMENT_SECONDS: '3',
    ORDER_MACHINE_ARN: arnOf('states', 'stateMachine:orders'),
    TICKET_KEYS: ticketKeyName,
    MIN_HOLD_SECONDS: '60',
    MAX_HOLD_SECONDS: '7200',
    OBJECTS_BUCKET: 'objects',
    LEADS_COMPLETE_EARLY: 'true',
    TRUCK_HOLD_EXPIRY_QUEUE_URL: queueUrl('truck-hold-expiry'),
    TIME_TAKEN_QUEUE_URL: queueUrl('time-taken'),
    OUTGROWN_QUEUE_URL: queueUrl('outgrown'),
    LOOK_AT_SALES_SECONDS: '60',
    LEAD_MACHINE_ARN: arnOf('states', 'stateMachine:leads'),
  });
  const identityTable = await engine.createTable('identity');
  const catalogTable = await engine.createTable('catalog');
  const ticketingTable = await engine.createTable('ticketing');
  const ordersTable = await engine.createTable(
    'orders',
    { ...ordersBySession, attributes: [] },
    { ...outstandingIndex, attributes: [] },
  );
  await engine.createTable('admission', { ...sessionIndex, attributes: sessionIndexAttributes });
  const notificationsTable = await engine.createTable('notifications');
  const marketplaceTable = await engine.createTable('marketplace', leadIndexes.organizer, leadIndexes.truck);

  const commands: ApiHandler = (await import('../../functions/orders/commands.ts')).handler;
  const ofOrders = (await import('../../functions/orders/payment-news.ts')).handler;
  // Each context has a queue of its own under this name.
  process.env['PAYMENT_NEWS_QUEUE_URL'] = queueUrl('marketplace-payment-news');
  const api: Readonly<Record<string, ApiHandler>> = {
    'identity-commands': (await import('../../functions/identity/commands.ts')).handler,
    'catalog-commands': (await import('../../functions/catalog/commands.ts')).handler,
    'ticketing-commands': (await import('../../functions/ticketing/commands.ts')).handler,
    'orders-commands': commands,
    'orders-rsvps': (await import('../../functions/orders/rsvps/commands.ts')).handler,
    'admission-commands': (await import('../../functions/admission/commands.ts')).handler,
    'admission-queries': (await import('../../functions/admission/queries.ts')).handler,
    'marketplace-commands': (await import('../../functions/marketplace/commands.ts')).handler,
    'marketplace-queries': (await import('../../functions/marketplace/queries.ts')).handler,
    'marketplace-photos': (await import('../../functions/marketplace/photos/photos.ts')).handler,
    'leads-commands': (await import('../../functions/marketplace/leads/commands.ts')).handler,
    'leads-queries': (await import('../../functions/marketplace/leads/queries.ts')).handler,
    'leads-messages': (await import('../../functions/marketplace/messages/messages.ts')).handler,
    'leads-deposits': (await import('../../functions/marketplace/deposits/deposits.ts')).handler,
  };
  const consumers: Readonly<Record<Consumer, QueueHandler>> = {
    'inventory-builder': (await import('../../functions/ticketing/inventory-builder.ts')).handler,
    'session-sync': (await import('../../functions/ticketing/session-sync.ts')).handler,
    'session-sweep': (await import('../../functions/ticketing/session-sweep.ts')).handler,
    'hold-expiry': (await import('../../functions/ticketing/hold-expiry.ts')).handler,
    'claim-release': (await import('../../functions/ticketing/claim-release.ts')).handler,
    publication: (await import('../../functions/catalog/publication.ts')).handler,
    'orders-settlement': (await import('../../functions/orders/settlement.ts')).handler,
    'payment-news': ofOrders,
    'session-undo': (await import('../../functions/orders/session-undo.ts')).handler,
    mail: (await import('../../functions/notifications/mail.ts')).handler,
    thumbnails: (await import('../../functions/marketplace/photos/thumbnails.ts')).handler,
    'calendar-imports': (await import('../../functions/marketplace/feeds/imports.ts')).handler,
    'truck-hold-expiry': (await import('../../functions/marketplace/truck-holds/hold-expiry.ts')).handler,
    'truck-facts': (await import('../../functions/marketplace/truck-facts/truck-facts-consumer.ts')).handler,
    'time-taken': (await import('../../functions/marketplace/leads/time-taken-consumer.ts')).handler,
    outgrown: (await import('../../functions/marketplace/event-food/outgrown-consumer.ts')).handler,
    'leads-settlement': (await import('../../functions/marketplace/deposits/settlement.ts')).handler,
    'deposit-news': (await import('../../functions/marketplace/deposits/payment-news.ts')).handler,
  };
  const leadMachine: TaskHandler = (await import('../../functions/marketplace/leads/machine.ts')).handler;
  const calendarRefresh: TaskHandler = (await import('../../functions/marketplace/feeds/refresh.ts')).handler;
  const orderMachine: TaskHandler = (await import('../../functions/orders/machine.ts')).handler;
  const relays: Readonly<Record<Table, StreamHandler>> = {
    identity: (await import('../../functions/identity/relay.ts')).handler,
    catalog: (await import('../../functions/catalog/relay.ts')).handler,
    ticketing: (await import('../../functions/ticketing/relay.ts')).handler,
    orders: (await import('../../functions/orders/relay.ts')).handler,
    admission: (await import('../../functions/admission/relay.ts')).handler,
    marketplace: (await import('../../functions/marketplace/relay.ts')).handler,
  };
  const streams = withoutFrills(new DynamoDBStreamsClient(localClient(engine.endpoint)));
  const s3 = withoutFrills(new S3Client({ ...localClient(queues.endpoint), forcePathStyle: true }));

  const ask = askEngine(engine.endpoint);
  const scanned = async (TableName: Table): Promise<readonly StoredItem[]> => {
    const items: StoredItem[] = [];
    let ExclusiveStartKey: StoredItem | undefined;
    do {
      const page = await ask<{ Items: StoredItem[]; LastEvaluatedKey?: StoredItem }>(
        'DynamoDB_20120810.Scan',
        { TableName, ConsistentRead: true, ExclusiveStartKey },
      );
      items.push(...page.Items);
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey !== undefined);
    return items;
  };
  const read = new Map<string, string | undefined>();
  const records = async (table: Table): Promise<readonly DynamoDBRecord[]> => {
    const { Streams } = await streams.send(new ListStreamsCommand({ TableName: table }));
    const StreamArn = Streams?.[0]?.StreamArn ?? '';
    const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn }));
    const found: DynamoDBRecord[] = [];
    for (const { ShardId = '' } of StreamDescription?.Shards ?? []) {
      const id = `${table}/${ShardId}`;
      if (!read.has(id)) {
        const from = { StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' as const };
        read.set(id, (await streams.send(new GetShardIteratorCommand(from))).ShardIterator);
      }
      const ShardIterator = read.get(id);
      if (ShardIterator === undefined) continue;
      const { Records, NextShardIterator } = await ask<StreamPage>('DynamoDBStreams_20120810.GetRecords', {
        ShardIterator,
      });
      read.set(id, NextShardIterator);
      found.push(...Records);
    }
    return found;
  };

  /** Signing a token takes as long as all the rest of a small request. */
  const tokens = new Map<string, Promise<string>>();
  const tokenOf = (sub: string, roles: string[] = []): Promise<string> => {
    const token = tokens.get(sub) ?? issuer.mint({ sub, roles });
    tokens.set(sub, token);
    return token;
  };

  /** Items that came by copying and that the streams have yet to show. */
  const copied = new Set<string>();

  let messages = 0;
  return {
    identityTable,
    catalogTable,
    ticketingTable,
    ordersTable,
    marketplaceTable,
    stripe,
    /** Addresses of customers for whom Stripe does not answer. */
    downFor,
    outbox,
    secretArn,
    machinesStarted: machines.started as ReadonlySet<string>,
    tokensAnswered: machines.answeredTokens as ReadonlySet<string>,
    relays,

    async call(
      operation: Operation,
      { as, roles, params = {}, query, body, key, ifMatch, handler }: ApiCall,
    ): Promise<ApiAnswer> {
      const definition = routes[operation];
      const path = definition.path.replace(/\{(\w+)\}/g, (_, name: string) => params[name] ?? '');
      const event = gatewayEvent(definition.method, path, {
        headers: {
          ...(as !== undefined && { authorization: `Bearer ${await tokenOf(as, roles)}` }),
          ...(key !== undefined && { 'idempotency-key': key }),
          ...(ifMatch !== undefined && { 'if-match': ifMatch }),
          'fairground-client': 'a client of the fault tests',
        },
        params,
        ...(query !== undefined && { query }),
        ...(body !== undefined && { body }),
      });
      const handle = handler ?? api[definition.function];
      if (handle === undefined) throw new Error(`${definition.function} is not here`);
      const { statusCode, headers = {}, body: text } = await handle(event, lambda);
      return {
        status: statusCode,
        etag: String(headers['ETag'] ?? ''),
        body: readBody(String(headers['Content-Type'] ?? ''), text),
      };
    },

    /** Delivers news of Stripe’s, signed as they are. */
    async webhook(event: FakeEvent): Promise<ApiAnswer> {
      const { method, path } = routes.receiveStripeWebhook;
      const { statusCode, body } = await commands(
        gatewayEvent(method, path, deliveryOf(event, fakeWebhookSecret)),
        lambda,
      );
      return { status: statusCode, etag: '', body: JSON.parse(body) };
    },

    /** Whoever was sending a mail has it no longer to itself. */
    async endMailLease(mailId: string, address: string): Promise<void> {
      await notificationsTable.update(
        { pk: `MAIL#${mailId}#${shortHash(address)}`, sk: 'MAIL' },
        {
          update: 'SET #leaseUntil = :past',
          condition: 'attribute_exists(#leaseUntil)',
          names: { '#leaseUntil': 'leaseUntil' },
          values: { ':past': 1 },
        },
      );
    },

    /** Subjects of the mails that came to an address. */
    mailsTo: (address: string): readonly string[] =>
      mailbox.list(address, 1_000).map(({ subject }) => subject),

    /** Whether the consumer handled the message. */
    async deliver(consumer: Consumer, body: unknown): Promise<boolean> {
      messages += 1;
      const record = {
        messageId: `message-${messages}`,
        receiptHandle: 'r',
        body: JSON.stringify(body),
        attributes: { ApproximateReceiveCount: '1' },
        messageAttributes: {},
        eventSource: 'aws:sqs',
      };
      const { batchItemFailures } = await consumers[consumer](
        { Records: [record] } as never,
        lambdaOfConsumers,
      );
      return batchItemFailures.length === 0;
    },

    /** What the machine of orders asks of its function; throws what makes the machine try again. */
    task: (input: object): Promise<unknown> => orderMachine(input, lambda),

    /** The same of the machine of leads. */
    leadTask: (input: object): Promise<unknown> => leadMachine(input, lambda),

    /** What the schedule of imports wakes. */
    refreshCalendars: (): Promise<unknown> => calendarRefresh({}, lambda),

    putObject: (key: string, body: unknown) =>
      s3.send(new PutObjectCommand({ Bucket: 'plans', Key: key, Body: JSON.stringify(body) })),

    /** Somebody uploads a file. */
    upload: (key: string, body: Uint8Array, contentType: string) =>
      s3.send(new PutObjectCommand({ Bucket: 'objects', Key: key, Body: body, ContentType: contentType })),

    /** Keys of all that is kept of trucks and leads. */
    async objects(): Promise<readonly string[]> {
      const keys: string[] = [];
      let from: string | undefined;
      do {
        const page = await s3.send(new ListObjectsV2Command({ Bucket: 'objects', ContinuationToken: from }));
        keys.push(...(page.Contents ?? []).map(({ Key = '' }) => Key));
        from = page.NextContinuationToken;
      } while (from !== undefined);
      return keys;
    },

    /** Bodies of messages that wait in a queue, delayed ones too. */
    waiting: (name: string): readonly string[] => {
      const { ready, delayed } = queues.server.inspectQueue(name)?.messages ?? { ready: [], delayed: [] };
      return [...ready, ...delayed].map((message) => {
        const { body, message: inner } = message as { body?: string; message?: { body: string } };
        return body ?? inner?.body ?? '';
      });
    },

    /** Relays all streams to their ends and hands ended holds to the consumer that frees their claims. */
    async settle(): Promise<void> {
      let told = outbox.length;
      for (let isQuiet = false; !isQuiet; ) {
        isQuiet = true;
        const relayAll = async (table: Table): Promise<void> => {
          for (let found = await records(table); found.length > 0; found = await records(table)) {
            isQuiet = false;
            const Records = found.filter(({ dynamodb }) => !copied.delete(keyIn(table, dynamodb?.Keys)));
            for (let start = 0; start < Records.length; start += 100) {
              const { batchItemFailures } = await relays[table]({
                Records: Records.slice(start, start + 100),
              });
              if (batchItemFailures.length > 0) throw new Error(`The relay of ${table} gave records back`);
            }
          }
        };
        await Promise.all((Object.keys(relays) as Table[]).map(relayAll));
        const ended = outbox.slice(told).filter(({ type }) => /^SEAT-HOLD-(CANCELLED|EXPIRED)$/.test(type));
        told = outbox.length;
        await inParallel(14, ended, async (detail) => {
          if (!(await this.deliver('claim-release', { 'detail-type': detail.type, detail })))
            throw new Error('Claims could not be freed');
        });
      }
    },

    /** Every item of a table. */
    scan: async (table: Table): Promise<readonly Item[]> =>
      (await scanned(table)).map((item) => unmarshall(item) as Item),

    /** What lies in some tables and hangs together by its names, from some of them on: to be copied. */
    async patternOf(tables: readonly Table[], marks: readonly string[]): Promise<Pattern> {
      const stored = await Promise.all(
        tables.map(async (table) => (await scanned(table)).map((item) => ({ table, item }))),
      );
      return connected(stored.flat())(marks).things;
    },

    /**
     * Puts what a pattern has into its tables under names of its own; of that nobody is told.
     * @returns the new name for one of the pattern.
     */
    async copy(pattern: Pattern): Promise<(name: string) => string> {
      const { renamed, things } = underOtherNames(pattern);
      for (let start = 0; start < things.length; start += maxBatchWrites) {
        const batch = things.slice(start, start + maxBatchWrites);
        const RequestItems = Object.fromEntries(
          [...Map.groupBy(batch, ({ table }) => table)].map(([table, ofTable]) => [
            table,
            ofTable.map(({ item }) => ({ PutRequest: { Item: item } })),
          ]),
        );
        for (const { table, item } of batch) copied.add(keyIn(table, item));
        await ask('DynamoDB_20120810.BatchWriteItem', { RequestItems });
      }
      return renamed;
    },

    async stop(): Promise<void> {
      streams.destroy();
      s3.destroy();
      await door.close();
      await stripe.close();
      mailbox.close();
      state.close();
      await issuer.stop();
      await queues.stop();
      await engine.stop();
    },
  };
};

export type Platform = Awaited<ReturnType<typeof startPlatform>>;
