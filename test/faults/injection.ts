import { AsyncLocalStorage } from 'node:async_hooks';
import { Readable } from 'node:stream';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { KMSClient } from '@aws-sdk/client-kms';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SESv2Client } from '@aws-sdk/client-sesv2';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import Stripe from 'stripe';
import type { JsonService } from '../../local/aws-answer.ts';
import type { FakeStripe } from '../payments/fake-stripe.ts';

/** What can go wrong with one call, as the SDK sees it. */
export const faults = {
  'not sent': 'no connection for this call, however often it is tried',
  'answer lost': 'applied; the connection breaks before the answer comes; the SDK tries again',
  'crash after': 'applied; the process is gone, and all that it would have sent later',
  'sent twice': 'the network delivers the request twice',
  'too slow': 'the first try times out, the next one is answered, and the first arrives after all is done',
  conflict: 'collides with a transaction on the same item, once',
  throttled: 'refused for its rate, however often it is tried',
  'internal error': 'answered with 500, once',
  'partial batch': 'the last entry of the batch is refused, once',
} as const;
export type Fault = keyof typeof faults;

type Service = 'dynamodb' | 'sqs' | 'events' | 's3' | 'secretsmanager' | 'kms' | 'states' | 'ses';

/** One run of a use case: what it called, and what is to go wrong with which call. */
export interface Run {
  readonly calls: string[];
  readonly plan: { readonly call: string; readonly occurrence: number; readonly fault: Fault } | undefined;
  /** Whether the planned fault has happened. */
  struck: boolean;
  /** The process is gone: nothing leaves it any more. */
  dead: boolean;
  /** Requests that the caller gave up and that are still on their way. */
  readonly late: (() => Promise<unknown>)[];
  readonly seen: Map<string, number>;
  readonly byInvocation: Map<string, Call>;
}

interface Call {
  readonly isTarget: boolean;
  attempts: number;
  /** Of Stripe’s: the SDK may try it once more. */
  isOpen: boolean;
}

export const newRun = (plan?: Run['plan']): Run => ({
  calls: [],
  plan,
  struck: false,
  dead: false,
  late: [],
  seen: new Map(),
  byInvocation: new Map(),
});

const current = new AsyncLocalStorage<Run>();
export const within = <T>(run: Run, work: () => Promise<T>): Promise<T> => current.run(run, work);

interface Arguments {
  // biome-ignore lint/suspicious/noExplicitAny: the inputs of eight services’ commands
  readonly input: any;
  readonly request: { readonly headers: Readonly<Record<string, string>> };
}
interface Output {
  readonly response: unknown;
}
/** The SDK tries again without a pause: nothing here gets better by waiting. */
const atOnce = { computeNextBackoffDelay: () => 0, setDelayBase: () => undefined };
type Next = (args: Arguments) => Promise<Output>;
interface Client {
  readonly config: { retryStrategy: () => Promise<object> };
  readonly middlewareStack: { add(middleware: unknown, options: object): void };
}

/** Puts the faults into every client of AWS’s and Stripe’s SDKs of this process, nearest to the wire. Gives how to undo it. */
export const wire = (): (() => void) => {
  const classes = [
    [DynamoDBClient, 'dynamodb'],
    [SQSClient, 'sqs'],
    [EventBridgeClient, 'events'],
    [S3Client, 's3'],
    [SecretsManagerClient, 'secretsmanager'],
    [KMSClient, 'kms'],
    [SFNClient, 'states'],
    [SESv2Client, 'ses'],
  ] as const;
  const undo = classes.map(([{ prototype }, service]) => {
    const wired = new WeakSet<object>();
    const inherited = Object.getPrototypeOf(prototype).send as (...args: unknown[]) => unknown;
    const send = function (this: Client, ...args: unknown[]): unknown {
      if (!wired.has(this)) {
        wired.add(this);
        // A client that saw many failures stops to try again; here each call is to be the first that fails.
        const { retryStrategy } = this.config;
        this.config.retryStrategy = async () => {
          const Strategy = (await retryStrategy()).constructor as new (options: object) => object;
          // Mails alone are not tried again: SES could send them twice.
          return new Strategy({ maxAttempts: service === 'ses' ? 1 : 3, backoff: atOnce });
        };
        this.middlewareStack.add(middlewareOf(service), {
          step: 'deserialize',
          priority: 'low',
          name: 'faults',
        });
      }
      return inherited.apply(this, args);
    };
    Object.defineProperty(prototype, 'send', { value: send, configurable: true, writable: true });
    return () => {
      Reflect.deleteProperty(prototype, 'send');
    };
  });
  undo.push(wireStripe());
  return () => {
    for (const step of undo) step();
  };
};

type HttpClient = ReturnType<typeof Stripe.createNodeHttpClient>;
type MakeRequest = HttpClient['makeRequest'];
type HttpAnswer = Awaited<ReturnType<MakeRequest>>;

/** Puts the same faults between Stripe’s SDK and the fake, where each call is told by its key or path. */
const wireStripe = (): (() => void) => {
  const prototype = Object.getPrototypeOf(Stripe.createNodeHttpClient()) as HttpClient;
  const { makeRequest } = prototype;
  prototype.makeRequest = async function (...request) {
    const send = (): Promise<HttpAnswer> => makeRequest.apply(this, request);
    const run = current.getStore();
    if (run === undefined) return send();
    if (run.dead) throw broken('EPIPE');
    const [, , path, method, headers] = request;
    const name = `${method} ${path.replace(/\?.*/, '').replace(/pi_\w+/, '{id}')}`;
    const key = (headers as Readonly<Record<string, string>>)['Idempotency-Key'];
    const id = `${method} ${path} ${key}`;
    let call = run.byInvocation.get(id);
    // The SDK tries once more, and only what had no answer.
    if (call === undefined || !call.isOpen || call.attempts === 2) {
      call = begin(run, name);
      run.byInvocation.set(id, call);
    }
    call.attempts += 1;
    if (!call.isTarget || run.plan === undefined) return send();
    run.struck = true;
    call.isOpen = !notRepeated.has(run.plan.fault);
    const isFirst = call.attempts === 1;
    const arrives = async (): Promise<void> => void (await (await send()).toJSON());
    switch (run.plan.fault) {
      case 'not sent':
        throw broken('ECONNREFUSED');
      case 'throttled':
        return stripeAnswer(429, { code: 'rate_limit', message: 'Too busy.', type: 'invalid_request_error' });
      case 'crash after':
        await arrives();
        run.dead = true;
        throw broken('EPIPE');
    }
    if (!isFirst) return send();
    switch (run.plan.fault) {
      case 'answer lost':
        await arrives();
        throw broken('ECONNRESET');
      case 'sent twice': {
        const answer = await send();
        await arrives();
        return answer;
      }
      case 'too slow':
        run.late.push(arrives);
        throw broken('ETIMEDOUT');
      case 'conflict':
        return stripeAnswer(409, {
          code: 'idempotency_key_in_use',
          message: 'There is another in-progress request using this key.',
          type: 'idempotency_error',
        });
      case 'internal error': {
        if (key === undefined)
          return stripeAnswer(500, { message: 'An unknown error occurred', type: 'api_error' });
        brokenKeys.add(key);
        return send();
      }
      case 'partial batch':
        throw new Error('Stripe has no batches');
    }
  };
  return () => {
    prototype.makeRequest = makeRequest;
  };
};

/** What the SDK of Stripe takes for an answer. */
const notRepeated = new Set<Fault>(['sent twice', 'throttled', 'internal error']);

/** An answer of Stripe’s that the fake had no part in. It is not to be repeated by the SDK, but a 409. */
const stripeAnswer = (status: number, error: object): HttpAnswer =>
  ({
    getStatusCode: () => status,
    getHeaders: () => ({ 'stripe-should-retry': String(status === 409) }),
    getRawResponse: () => undefined,
    toStream: () => undefined,
    toJSON: async () => ({ error }),
  }) as unknown as HttpAnswer;

/**
 * Stripe keeps a 500 under its key, and replays it: the fake does as well.
 * @returns addresses of customers for whom it does not answer at all.
 */
export const breakStripe = (stripe: FakeStripe): Set<string> => {
  const downFor = new Set<string>();
  stripe.fault = ({ idempotencyKey = '', params }) => {
    if (downFor.has(String(params['receipt_email']))) return { kind: 'unavailable', after: false };
    return brokenKeys.delete(idempotencyKey) ? { kind: 'error', after: false } : undefined;
  };
  return downFor;
};
const brokenKeys = new Set<string>();

/** A call that was not seen before: whether it is the one that is to fail. */
const begin = (run: Run, name: string): Call => {
  const occurrence = (run.seen.get(name) ?? 0) + 1;
  run.seen.set(name, occurrence);
  run.calls.push(name);
  const isTarget = run.plan?.call === name && run.plan.occurrence === occurrence;
  return { isTarget, attempts: 0, isOpen: false };
};

/** Services that answer in this process, with no connection in between: half of the cost of a call. */
export const inProcess = new Map<Service, JsonService>();

/** What a service of this process makes of a request, as it would come over the wire. */
const answeredHere =
  (service: JsonService, operation: string): Next =>
  async ({ request }) => {
    const { body } = request as unknown as { readonly body: string | Uint8Array };
    const answer = await service(operation, JSON.parse(textOf(body)));
    if (answer === undefined) throw new Error(`${operation} is not served here`);
    const response = answerOf(answer.status, answer.body as object, 'application/x-amz-json-1.1');
    return { response: { ...response, body: Readable.from([response.body]) } };
  };

const middlewareOf =
  (service: Service) =>
  (overTheWire: Next, { commandName = '' }: { readonly commandName?: string }) =>
  async (args: Arguments): Promise<Output> => {
    const here = inProcess.get(service);
    const next = here === undefined ? overTheWire : answeredHere(here, commandName.replace('Command', ''));
    const run = current.getStore();
    if (run === undefined) return next(args);
    if (run.dead) throw broken('EPIPE');
    const id = args.request.headers['amz-sdk-invocation-id'] ?? crypto.randomUUID();
    let call = run.byInvocation.get(id);
    if (call === undefined) {
      call = begin(run, nameOf(commandName.replace('Command', ''), args.input));
      run.byInvocation.set(id, call);
    }
    call.attempts += 1;
    if (!call.isTarget || run.plan === undefined) return next(args);
    run.struck = true;
    return strike(run, run.plan.fault, call.attempts === 1, service, next, args);
  };

const strike = async (
  run: Run,
  fault: Fault,
  isFirst: boolean,
  service: Service,
  next: Next,
  args: Arguments,
): Promise<Output> => {
  switch (fault) {
    case 'not sent':
      throw broken('ECONNREFUSED');
    case 'throttled':
      return { response: throttled(service) };
    case 'crash after':
      await arrive(next, args);
      run.dead = true;
      throw broken('EPIPE');
  }
  if (!isFirst) return next(args);
  switch (fault) {
    case 'answer lost':
      await arrive(next, args);
      throw broken('ECONNRESET');
    case 'sent twice': {
      const answer = await next(args);
      await arrive(next, args);
      return answer;
    }
    case 'too slow':
      run.late.push(() => arrive(next, args));
      throw Object.assign(new Error('Nothing came in time'), { name: 'TimeoutError' });
    case 'conflict':
      return { response: conflict(args) };
    case 'internal error':
      return { response: refusal(service, 500, 'InternalServerError') };
    case 'partial batch':
      return partly(service, next, args);
  }
};

/** Sends a request whose answer nobody hears; it is read all the same, since unread ones keep connections. */
const arrive = async (next: Next, args: Arguments): Promise<void> => {
  const { response } = await next(args);
  for await (const _ of (response as { body: AsyncIterable<Buffer> }).body);
};

const broken = (code: string): Error => Object.assign(new Error(`The connection broke (${code})`), { code });

const answerOf = (statusCode: number, body: object | string, contentType = 'application/x-amz-json-1.0') => ({
  statusCode,
  headers: { 'content-type': contentType },
  body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
});

const refusal = (service: Service, status: number, type: string, more: object = {}) =>
  service === 's3'
    ? answerOf(status, `<Error><Code>${type}</Code><Message>Faulty</Message></Error>`, 'application/xml')
    : answerOf(status, { __type: `com.amazonaws#${type}`, message: 'Faulty', ...more });

const throttled = (service: Service) => {
  switch (service) {
    case 's3':
      return refusal(service, 503, 'SlowDown');
    case 'dynamodb':
      return refusal(service, 400, 'ProvisionedThroughputExceededException');
    case 'ses':
      return refusal(service, 429, 'TooManyRequestsException');
    default:
      return refusal(service, 400, 'ThrottlingException');
  }
};

const conflict = ({ input }: Arguments) =>
  input.TransactItems === undefined
    ? refusal('dynamodb', 400, 'TransactionConflictException')
    : refusal('dynamodb', 400, 'TransactionCanceledException', {
        CancellationReasons: input.TransactItems.map((_: unknown, index: number) => ({
          Code: index === 0 ? 'TransactionConflict' : 'None',
        })),
      });

const textOf = (body: string | Uint8Array): string =>
  typeof body === 'string' ? body : new TextDecoder().decode(body);

/** Lets all of a batch through but its last entry. */
const partly = async (service: Service, next: Next, args: Arguments): Promise<Output> => {
  const { input, request } = args;
  const body = JSON.parse(textOf((request as unknown as { body: string | Uint8Array }).body));
  const through = async (changed: object): Promise<Record<string, unknown>> => {
    const text = JSON.stringify(changed);
    const headers = { ...request.headers, 'content-length': String(Buffer.byteLength(text)) };
    const changedRequest = Object.assign(Object.create(Object.getPrototypeOf(request)), request, {
      body: text,
      headers,
    });
    const { response } = await next({ ...args, request: changedRequest });
    const chunks: Buffer[] = [];
    for await (const chunk of (response as { body: AsyncIterable<Buffer> }).body) chunks.push(chunk);
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  };
  if (service === 'dynamodb') {
    const [table = ''] = Object.keys(input.RequestItems);
    const keys = body.RequestItems[table].Keys as object[];
    const UnprocessedKeys = { [table]: { ...body.RequestItems[table], Keys: keys } };
    return { response: answerOf(200, { Responses: {}, UnprocessedKeys }) };
  }
  const entries = body.Entries as { Id?: string }[];
  const last = entries.at(-1);
  const rest = entries.slice(0, -1);
  if (service === 'sqs') {
    const done = rest.length === 0 ? {} : await through({ ...body, Entries: rest });
    const Failed = [{ Id: last?.Id, Code: 'InternalError', SenderFault: false }];
    return { response: answerOf(200, { Successful: [], ...done, Failed }) };
  }
  const done = rest.length === 0 ? { Entries: [] } : await through({ ...body, Entries: rest });
  const Entries = [
    ...(done['Entries'] as object[]),
    { ErrorCode: 'InternalFailure', ErrorMessage: 'Faulty' },
  ];
  return { response: answerOf(200, { FailedEntryCount: 1, Entries }, 'application/x-amz-json-1.1') };
};

/** Which faults can meet a call. */
export const faultsOf = (call: string): readonly Fault[] => {
  const isWrite = /^(PutItem|UpdateItem|DeleteItem|TransactWriteItems|POST)\b/.test(call);
  const isBatch = /^(BatchGetItem|PutEvents|SendMessageBatch)\b/.test(call);
  return (Object.keys(faults) as Fault[]).filter(
    (fault) => (fault !== 'conflict' || isWrite) && (fault !== 'partial batch' || isBatch),
  );
};

/** A call by its operation and what it is about: `UpdateItem block`, `TransactWriteItems hold, block`. */
const nameOf = (operation: string, input: Record<string, never>): string => {
  const what = subjectOf(operation, input);
  return what === '' ? operation : `${operation} ${what}`;
};

type Attributes = Readonly<Record<string, { readonly S?: string } | undefined>>;

const subjectOf = (operation: string, input: Record<string, never>): string => {
  const { Key, Item, TransactItems, RequestItems, ExpressionAttributeValues } = input as {
    Key?: Attributes | string;
    Item?: Attributes;
    TransactItems?: readonly Record<string, { Key?: Attributes; Item?: Attributes }>[];
    RequestItems?: Record<string, { Keys: readonly Attributes[] }>;
    ExpressionAttributeValues?: Attributes;
  };
  if (typeof Key === 'string') return objectOf(Key);
  if (TransactItems !== undefined)
    return distinct(
      TransactItems.flatMap((item) => Object.values(item).map(({ Key, Item }) => thingOf(Key ?? Item ?? {}))),
    );
  if (RequestItems !== undefined)
    return distinct(Object.values(RequestItems).flatMap(({ Keys }) => Keys.map(thingOf)));
  if (operation === 'Query') {
    const { ':pk': pk, ':sk': sk } = ExpressionAttributeValues ?? {};
    const thing = thingOf({ pk, sk });
    return thing === '' ? `by ${thingOf({ sk: pk })}` : `${thing}s`;
  }
  return Key !== undefined || Item !== undefined ? thingOf(Key ?? Item ?? {}) : '';
};

/** What an object is, by the part of its key that is no id. */
const objectOf = (key: string): string =>
  key.split('/').findLast((part) => !/^[a-z]+_[0-9a-z]{26}$/.test(part)) ?? '';

const distinct = (things: readonly string[]): string => [...new Set(things)].join(', ');

/** What an item is, by its keys. */
const thingOf = ({ pk, sk }: Attributes): string => {
  if (pk?.S?.startsWith('CONSUMED#')) return 'handled event';
  if (pk?.S?.startsWith('SUBJECT#')) return 'membership';
  // Lists are by organization, then by kind; what is only counted is named by where it lies.
  const text = sk?.S?.replace(/^org_\w+#/, '') ?? '';
  const kind = /^[A-Z][A-Z_-]*/.exec(/^\d/.test(text) ? (pk?.S ?? '') : text)?.[0] ?? '';
  return (
    { ORG: 'organization', CUSTOMER: 'slot of customer', ID: 'message id', 'RSVP-OF': 'rsvp' }[kind] ??
    kind.toLowerCase().replaceAll(/[_-]/g, ' ')
  );
};
