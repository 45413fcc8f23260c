import { ScanCommand } from '@aws-sdk/client-dynamodb';
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  ListStreamsCommand,
} from '@aws-sdk/client-dynamodb-streams';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
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
import { sessionIndex as ordersBySession, outstandingIndex } from '../../functions/orders/order-indexes.ts';
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
import { breakStripe } from './injection.ts';

export type Operation = keyof typeof routes;

export interface ApiCall {
  readonly as?: string;
  readonly params?: Readonly<Record<string, string>>;
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
  | 'mail';
export type Table = 'identity' | 'catalog' | 'ticketing' | 'orders' | 'admission';

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
  await createQueuesAndBuckets(
    queues,
    ['hold-expiry', 'session-sweep', 'payment-news', 'marketplace-payment-news', 'session-undo', 'notices']
      .map((name) => ({ type: 'AWS::SQS::Queue', name: queueUrl(name), properties: {} }))
      .concat([{ type: 'AWS::S3::Bucket', name: 'plans', properties: {} }]) as never,
  );
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
  door.open((request, response) =>
    answerAws(
      {
        endpoints: {},
        json: {
          events: eventBridge(recording),
          secretsmanager: secretsManager(secrets),
          kms,
          states: machines.service,
        },
        mailbox,
      },
      serviceOf(request) ?? '',
      request,
      response,
    ),
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

  const commands: ApiHandler = (await import('../../functions/orders/commands.ts')).handler;
  const api: Readonly<Record<string, ApiHandler>> = {
    'identity-commands': (await import('../../functions/identity/commands.ts')).handler,
    'catalog-commands': (await import('../../functions/catalog/commands.ts')).handler,
    'ticketing-commands': (await import('../../functions/ticketing/commands.ts')).handler,
    'orders-commands': commands,
    'orders-rsvps': (await import('../../functions/orders/rsvps/commands.ts')).handler,
    'admission-commands': (await import('../../functions/admission/commands.ts')).handler,
    'admission-queries': (await import('../../functions/admission/queries.ts')).handler,
  };
  const consumers: Readonly<Record<Consumer, QueueHandler>> = {
    'inventory-builder': (await import('../../functions/ticketing/inventory-builder.ts')).handler,
    'session-sync': (await import('../../functions/ticketing/session-sync.ts')).handler,
    'session-sweep': (await import('../../functions/ticketing/session-sweep.ts')).handler,
    'hold-expiry': (await import('../../functions/ticketing/hold-expiry.ts')).handler,
    'claim-release': (await import('../../functions/ticketing/claim-release.ts')).handler,
    publication: (await import('../../functions/catalog/publication.ts')).handler,
    'orders-settlement': (await import('../../functions/orders/settlement.ts')).handler,
    'payment-news': (await import('../../functions/orders/payment-news.ts')).handler,
    'session-undo': (await import('../../functions/orders/session-undo.ts')).handler,
    mail: (await import('../../functions/notifications/mail.ts')).handler,
  };
  const orderMachine: TaskHandler = (await import('../../functions/orders/machine.ts')).handler;
  const relays: Readonly<Record<Table, StreamHandler>> = {
    identity: (await import('../../functions/identity/relay.ts')).handler,
    catalog: (await import('../../functions/catalog/relay.ts')).handler,
    ticketing: (await import('../../functions/ticketing/relay.ts')).handler,
    orders: (await import('../../functions/orders/relay.ts')).handler,
    admission: (await import('../../functions/admission/relay.ts')).handler,
  };
  const streams = new DynamoDBStreamsClient(localClient(engine.endpoint));
  const s3 = new S3Client({ ...localClient(queues.endpoint), forcePathStyle: true });

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
      const { Records = [], NextShardIterator } = await streams.send(
        new GetRecordsCommand({ ShardIterator }),
      );
      read.set(id, NextShardIterator);
      found.push(...(Records as unknown as DynamoDBRecord[]));
    }
    // The SDK gives a date where Lambda gives seconds; nothing here asks for it.
    return found.map(({ eventID, eventName, dynamodb }) => {
      const { ApproximateCreationDateTime: _, ...change } = dynamodb ?? {};
      return { eventID: eventID ?? '', eventName, dynamodb: change } as DynamoDBRecord;
    });
  };

  /** Signing a token takes as long as all the rest of a small request. */
  const tokens = new Map<string, Promise<string>>();
  const tokenOf = (sub: string): Promise<string> => {
    const token = tokens.get(sub) ?? issuer.mint({ sub });
    tokens.set(sub, token);
    return token;
  };

  let messages = 0;
  return {
    identityTable,
    catalogTable,
    ticketingTable,
    ordersTable,
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
      { as, params = {}, body, key, ifMatch, handler }: ApiCall,
    ): Promise<ApiAnswer> {
      const definition = routes[operation];
      const path = definition.path.replace(/\{(\w+)\}/g, (_, name: string) => params[name] ?? '');
      const event = gatewayEvent(definition.method, path, {
        headers: {
          ...(as !== undefined && { authorization: `Bearer ${await tokenOf(as)}` }),
          ...(key !== undefined && { 'idempotency-key': key }),
          ...(ifMatch !== undefined && { 'if-match': ifMatch }),
          'fairground-client': 'a client of the fault tests',
        },
        params,
        ...(body !== undefined && { body }),
      });
      const handle = handler ?? api[definition.function];
      if (handle === undefined) throw new Error(`${definition.function} is not here`);
      const { statusCode, headers = {}, body: text } = await handle(event, lambda);
      return {
        status: statusCode,
        etag: String(headers['ETag'] ?? ''),
        body: text === '' ? undefined : JSON.parse(text),
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

    putObject: (key: string, body: unknown) =>
      s3.send(new PutObjectCommand({ Bucket: 'plans', Key: key, Body: JSON.stringify(body) })),

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
            for (let start = 0; start < found.length; start += 100) {
              const { batchItemFailures } = await relays[table]({ Records: found.slice(start, start + 100) });
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
    async scan(table: Table): Promise<readonly Item[]> {
      const items: Item[] = [];
      let from: Record<string, never> | undefined;
      do {
        const page = await engine.client.send(
          new ScanCommand({ TableName: table, ConsistentRead: true, ExclusiveStartKey: from }),
        );
        items.push(...(page.Items ?? []).map((item) => unmarshall(item) as Item));
        from = page.LastEvaluatedKey as Record<string, never> | undefined;
      } while (from !== undefined);
      return items;
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
