import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import Stripe from 'stripe';

/**
 * Stripe’s HTTP API as far as payments and refunds go, in its documented shapes: PaymentIntents and Refunds with
 * their states, errors, idempotency keys, and the events that its webhooks deliver.
 * https://docs.stripe.com/api, of the version that the SDK pins.
 */

export const fakeSecretKey = 'rk_test_fake';
export const fakeWebhookSecret = 'whsec_fake';

type Metadata = Record<string, string>;

interface Intent {
  readonly id: string;
  readonly object: 'payment_intent';
  readonly amount: number;
  amount_capturable: number;
  amount_received: number;
  readonly automatic_payment_methods: { readonly enabled: boolean; readonly allow_redirects: 'always' };
  canceled_at: number | null;
  cancellation_reason: string | null;
  readonly capture_method: string;
  readonly client_secret: string;
  readonly confirmation_method: 'automatic';
  readonly created: number;
  readonly currency: string;
  readonly customer: null;
  readonly description: string | null;
  last_payment_error: { code: string; decline_code: string; message: string; type: 'card_error' } | null;
  latest_charge: string | null;
  readonly livemode: false;
  readonly metadata: Metadata;
  readonly next_action: null;
  payment_method: string | null;
  readonly payment_method_options: Record<string, { capture_method?: string }>;
  readonly payment_method_types: readonly string[];
  readonly receipt_email: string | null;
  readonly statement_descriptor_suffix: string | null;
  status: Stripe.PaymentIntent.Status;
}

interface Refund {
  readonly id: string;
  readonly object: 'refund';
  readonly amount: number;
  readonly charge: string;
  readonly created: number;
  readonly currency: string;
  failure_reason?: string;
  readonly metadata: Metadata;
  readonly payment_intent: string;
  readonly reason: null;
  status: 'pending' | 'succeeded' | 'failed';
}

export interface FakeEvent {
  readonly id: string;
  readonly object: 'event';
  readonly api_version: string;
  readonly created: number;
  readonly data: { readonly object: unknown };
  readonly livemode: false;
  readonly pending_webhooks: 1;
  readonly request: { readonly id: string | null; readonly idempotency_key: string | null };
  readonly type: string;
}

export interface FakeRequest {
  readonly method: string;
  readonly path: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly idempotencyKey: string | undefined;
  readonly version: string | undefined;
}

/** What goes wrong with a request. `after`: it is carried out, and only the answer is lost. */
export type Fault =
  | { readonly kind: 'drop'; readonly after: boolean }
  /** Kept under the idempotency key, as Stripe keeps a 500. */
  | { readonly kind: 'error'; readonly after: boolean }
  /** No idempotency key keeps these. */
  | { readonly kind: 'unavailable'; readonly after: boolean }
  | { readonly kind: 'rate_limit' | 'lock_timeout'; readonly retryAfter?: string }
  | { readonly kind: 'unauthorized' }
  /** Answers when `until` does. */
  | { readonly kind: 'slow'; readonly until: Promise<void> };

interface Reply {
  readonly status: number;
  readonly body: unknown;
}

class Refusal extends Error {
  readonly status: number;
  readonly error: Readonly<Record<string, unknown>>;
  /** Whether the endpoint began its work: only then is the answer kept under the key. */
  readonly isKept: boolean;

  constructor(status: number, error: Readonly<Record<string, unknown>>, isKept = true) {
    super(String(error['message']));
    this.status = status;
    this.error = error;
    this.isKept = isKept;
  }
}

const invalid = (message: string, more: Record<string, unknown> = {}, isKept = true): Refusal =>
  new Refusal(400, { message, type: 'invalid_request_error', ...more }, isKept);

const createParams = new Set([
  'amount',
  'currency',
  'capture_method',
  'payment_method_options',
  'automatic_payment_methods',
  'description',
  'statement_descriptor_suffix',
  'receipt_email',
  'metadata',
]);
const refundParams = new Set(['payment_intent', 'amount', 'metadata']);

/** Methods of payment that this account offers, and whether their money can be set aside. */
const offered = { card: true, link: true, bancontact: false } as const;
export type FakeMethod = keyof typeof offered;

export class FakeStripe {
  readonly requests: FakeRequest[] = [];
  readonly events: FakeEvent[] = [];
  /** Says which requests go wrong; none unless set. */
  fault: (request: FakeRequest) => Fault | undefined = () => undefined;
  /** What the next refunds come to at first. */
  refundStatus: 'pending' | 'succeeded' = 'succeeded';
  origin = '';

  private readonly intents = new Map<string, Intent>();
  private readonly refunds = new Map<string, Refund>();
  private readonly kept = new Map<string, Reply & { readonly fingerprint: string; readonly from: string }>();
  private readonly inProgress = new Set<string>();
  private serial = 0;
  private readonly server = createServer((request, response) => {
    this.answer(request, response).catch((error: Error) => {
      response.writeHead(599).end(error.stack);
    });
  });

  /** @param port a free one when left out. */
  async open(port = 0): Promise<this> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject).listen(port, '127.0.0.1', resolve);
    });
    this.origin = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    return this;
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }

  /** The customer pays in the browser: the intent is confirmed with a method of payment. */
  pay(paymentId: string, method: FakeMethod = 'card'): void {
    const intent = this.unpaid(paymentId);
    intent.payment_method = this.id('pm');
    intent.last_payment_error = null;
    intent.latest_charge = this.id('ch');
    const captureMethod = intent.payment_method_options[method]?.capture_method ?? intent.capture_method;
    if (captureMethod === 'manual') {
      if (!offered[method]) throw new Error(`${method} is not offered with manual capture`);
      intent.status = 'requires_capture';
      intent.amount_capturable = intent.amount;
      this.tell('payment_intent.amount_capturable_updated', intent);
    } else {
      intent.status = 'succeeded';
      intent.amount_received = intent.amount;
      this.tell('payment_intent.succeeded', intent);
    }
  }

  /** The customer’s means of payment is refused; another may be tried. */
  decline(paymentId: string, declineCode = 'insufficient_funds'): void {
    const intent = this.unpaid(paymentId);
    intent.status = 'requires_payment_method';
    intent.last_payment_error = {
      code: 'card_declined',
      decline_code: declineCode,
      message: 'Your card was declined.',
      type: 'card_error',
    };
    this.tell('payment_intent.payment_failed', intent);
  }

  /** Somebody cancels in Stripe’s dashboard, or an authorization lapses. */
  cancelElsewhere(paymentId: string): void {
    this.cancel(this.intent(paymentId));
  }

  /** What a bank says of a refund later. */
  settleRefund(refundId: string, status: 'succeeded' | 'failed'): void {
    const refund = [...this.refunds.values()].find(({ metadata }) => metadata['refundId'] === refundId);
    if (refund === undefined) throw new Error(`No refund ${refundId}`);
    refund.status = status;
    if (status === 'failed') refund.failure_reason = 'expired_or_canceled_card';
    this.tell(status === 'failed' ? 'refund.failed' : 'refund.updated', refund);
  }

  /** Keys are pruned when they are a day old: all, or the one that is named. */
  forgetKeys(key?: string): void {
    if (key === undefined) this.kept.clear();
    else this.kept.delete(key);
  }

  /** What the account’s books say of a payment, in minor units. */
  books(paymentId: string): { captured: number; refunded: number; status: string; refunds: number } {
    const intent = this.intent(paymentId);
    const own = this.refundsOf(paymentId).filter(({ status }) => status !== 'failed');
    return {
      captured: intent.amount_received,
      refunded: own.reduce((sum, { amount }) => sum + amount, 0),
      refunds: own.length,
      status: intent.status,
    };
  }

  /** Ids of the payments that a customer was to make. */
  paymentsOf(email: string): readonly string[] {
    return [...this.intents.values()].filter((intent) => intent.receipt_email === email).map(({ id }) => id);
  }

  intent(paymentId: string): Intent {
    const intent = this.intents.get(paymentId);
    if (intent !== undefined) return intent;
    throw new Refusal(
      404,
      {
        code: 'resource_missing',
        doc_url: 'https://stripe.com/docs/error-codes/resource-missing',
        message: `No such payment_intent: '${paymentId}'`,
        param: 'intent',
        type: 'invalid_request_error',
      },
      false,
    );
  }

  private unpaid(paymentId: string): Intent {
    const intent = this.intent(paymentId);
    if (intent.status !== 'requires_payment_method') throw new Error(`${paymentId} is ${intent.status}`);
    return intent;
  }

  private async answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await readRequest(incoming);
    this.requests.push(request);
    const fault = this.fault(request);
    const requestId = this.id('req');
    if (fault?.kind === 'drop' && !fault.after) return void incoming.socket.destroy();

    const { reply, replayedFrom } =
      incoming.headers.authorization === `Bearer ${fakeSecretKey}` && fault?.kind !== 'unauthorized'
        ? await this.replyTo(request, requestId, fault)
        : {
            reply: errorReply(401, { message: 'Invalid API Key provided', type: 'invalid_request_error' }),
            replayedFrom: undefined,
          };
    if (fault?.kind === 'drop') return void incoming.socket.destroy();
    const retryAfter = fault !== undefined && 'retryAfter' in fault ? fault.retryAfter : undefined;
    response.writeHead(reply.status, {
      'content-type': 'application/json',
      'request-id': requestId,
      'stripe-version': request.version ?? '',
      ...(request.idempotencyKey !== undefined && { 'idempotency-key': request.idempotencyKey }),
      ...(replayedFrom !== undefined && {
        'idempotent-replayed': 'true',
        'original-request': replayedFrom,
      }),
      ...(retryAfter !== undefined && { 'retry-after': retryAfter }),
      // Stripe asks not to repeat what it would only replay.
      ...(reply.status >= 500 && { 'stripe-should-retry': 'false' }),
    });
    response.end(JSON.stringify(reply.body));
  }

  private async replyTo(
    request: FakeRequest,
    requestId: string,
    fault: Fault | undefined,
  ): Promise<{ readonly reply: Reply; readonly replayedFrom?: string }> {
    if (fault?.kind === 'rate_limit' || fault?.kind === 'lock_timeout') {
      const error = { code: fault.kind, message: 'Too busy.', type: 'invalid_request_error' };
      return { reply: errorReply(429, error) };
    }
    const outage = errorReply(503, { message: 'Try again.', type: 'api_error' });
    if (fault?.kind === 'unavailable' && !fault.after) return { reply: outage };

    const { idempotencyKey: key } = request;
    const fingerprint = JSON.stringify([request.method, request.path, request.params]);
    const known = key === undefined ? undefined : this.kept.get(key);
    if (known !== undefined) {
      if (known.fingerprint !== fingerprint) {
        const message = `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`;
        return { reply: errorReply(400, { message, type: 'idempotency_error' }) };
      }
      return { reply: fault?.kind === 'unavailable' ? outage : known, replayedFrom: known.from };
    }
    if (key !== undefined && this.inProgress.has(key)) {
      const message = 'There is currently another in-progress request using this Idempotent Key.';
      return {
        reply: errorReply(409, { code: 'idempotency_key_in_use', message, type: 'idempotency_error' }),
      };
    }
    if (key !== undefined) this.inProgress.add(key);
    if (fault?.kind === 'slow') await fault.until;
    const { reply, isKept } = this.carryOut(request, requestId, fault);
    if (key !== undefined) {
      this.inProgress.delete(key);
      if (isKept) this.kept.set(key, { ...reply, fingerprint, from: requestId });
    }
    return { reply: fault?.kind === 'unavailable' ? outage : reply };
  }

  private carryOut(
    request: FakeRequest,
    requestId: string,
    fault: Fault | undefined,
  ): { readonly reply: Reply; readonly isKept: boolean } {
    const broken = errorReply(500, { message: 'An unknown error occurred', type: 'api_error' });
    if (fault?.kind === 'error' && !fault.after) return { reply: broken, isKept: true };
    try {
      const body = structuredClone(this.route(request, requestId));
      return { reply: fault?.kind === 'error' ? broken : { status: 200, body }, isKept: true };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return { reply: errorReply(error.status, error.error), isKept: error.isKept };
    }
  }

  private route(request: FakeRequest, requestId: string): unknown {
    const [, , resource, id, action] = request.path.split('/');
    const cause = { id: requestId, idempotency_key: request.idempotencyKey ?? null };
    const call = `${request.method} ${resource}${id === undefined ? '' : '/id'}${action ? `/${action}` : ''}`;
    switch (call) {
      case 'POST payment_intents':
        return this.create(request.params);
      case 'GET payment_intents/id':
        return this.intent(id ?? '');
      case 'POST payment_intents/id/capture':
        return this.capture(this.intent(id ?? ''), cause);
      case 'POST payment_intents/id/cancel':
        this.require(this.intent(id ?? ''), 'cancel', [
          'requires_payment_method',
          'requires_capture',
          'requires_confirmation',
          'requires_action',
        ]);
        return this.cancel(this.intent(id ?? ''), cause);
      case 'POST refunds':
        return this.refund(request.params, cause);
      case 'GET refunds':
        return this.list(request.params);
      case 'GET refunds/id': {
        const refund = this.refunds.get(id ?? '');
        if (refund === undefined) throw invalid(`No such refund: '${id}'`, { code: 'resource_missing' });
        return refund;
      }
      default:
        throw new Error(`The fake does not know ${call}`);
    }
  }

  private create(params: Readonly<Record<string, unknown>>): Intent {
    checkNames(params, createParams);
    const amount = Number(params['amount']);
    if (!Number.isInteger(amount) || amount < 1)
      throw invalid('Invalid integer: amount', { code: 'parameter_invalid_integer', param: 'amount' }, false);
    if (amount < 50)
      throw invalid('Amount must be at least €0.50', { code: 'amount_too_small', param: 'amount' });
    const suffix = params['statement_descriptor_suffix'] as string | undefined;
    if (suffix !== undefined && (suffix.length > 22 || /[<>\\'"*]/.test(suffix) || !/[A-Za-z]/.test(suffix)))
      throw invalid('The statement descriptor suffix is not valid', { param: 'statement_descriptor_suffix' });
    const id = this.id('pi');
    const intent: Intent = {
      id,
      object: 'payment_intent',
      amount,
      amount_capturable: 0,
      amount_received: 0,
      automatic_payment_methods: { enabled: true, allow_redirects: 'always' },
      canceled_at: null,
      cancellation_reason: null,
      capture_method: String(params['capture_method'] ?? 'automatic_async'),
      client_secret: `${id}_secret_${this.id('cs')}`,
      confirmation_method: 'automatic',
      created: this.now(),
      currency: String(params['currency']),
      customer: null,
      description: (params['description'] as string | undefined) ?? null,
      last_payment_error: null,
      latest_charge: null,
      livemode: false,
      metadata: (params['metadata'] as Metadata | undefined) ?? {},
      next_action: null,
      payment_method: null,
      payment_method_options: (params['payment_method_options'] as never) ?? {},
      payment_method_types: Object.keys(offered),
      receipt_email: (params['receipt_email'] as string | undefined) ?? null,
      statement_descriptor_suffix: suffix ?? null,
      status: 'requires_payment_method',
    };
    this.intents.set(id, intent);
    return intent;
  }

  private capture(intent: Intent, cause: FakeEvent['request']): Intent {
    this.require(intent, 'capture', ['requires_capture']);
    intent.status = 'succeeded';
    intent.amount_received = intent.amount_capturable;
    intent.amount_capturable = 0;
    this.tell('payment_intent.succeeded', intent, cause);
    return intent;
  }

  private cancel(intent: Intent, cause?: FakeEvent['request']): Intent {
    intent.status = 'canceled';
    intent.amount_capturable = 0;
    intent.canceled_at = this.now();
    this.tell('payment_intent.canceled', intent, cause);
    return intent;
  }

  private require(intent: Intent, verb: string, allowed: readonly string[]): void {
    if (allowed.includes(intent.status)) return;
    throw invalid(
      `You cannot ${verb} this PaymentIntent because it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be ${verb}ed: ${allowed.join(', ')}.`,
      {
        code: 'payment_intent_unexpected_state',
        doc_url: 'https://stripe.com/docs/error-codes/payment-intent-unexpected-state',
        payment_intent: structuredClone(intent),
      },
    );
  }

  private refund(params: Readonly<Record<string, unknown>>, cause: FakeEvent['request']): Refund {
    checkNames(params, refundParams);
    const intent = this.intent(String(params['payment_intent']));
    // A refund of what was only authorized sets it free.
    if (intent.status === 'requires_capture') this.cancel(intent, cause);
    if (intent.status !== 'succeeded')
      throw invalid(`This PaymentIntent (${intent.id}) does not have a successful charge to refund.`);
    const rest = intent.amount_received - this.books(intent.id).refunded;
    const amount = Number(params['amount'] ?? rest);
    if (rest === 0) throw invalid('Charge has already been refunded.', { code: 'charge_already_refunded' });
    if (amount > rest)
      throw invalid(`Refund amount (${amount}) is greater than unrefunded amount on charge (${rest})`, {
        param: 'amount',
      });
    const refund: Refund = {
      id: this.id('re'),
      object: 'refund',
      amount,
      charge: intent.latest_charge ?? '',
      created: this.now(),
      currency: intent.currency,
      metadata: (params['metadata'] as Metadata | undefined) ?? {},
      payment_intent: intent.id,
      reason: null,
      status: this.refundStatus,
    };
    this.refunds.set(refund.id, refund);
    this.tell('refund.created', refund, cause);
    this.tell(
      'charge.refunded',
      { id: refund.charge, object: 'charge', amount_refunded: this.books(intent.id).refunded },
      cause,
    );
    return refund;
  }

  private refundsOf(paymentId: string): readonly Refund[] {
    return [...this.refunds.values()].filter(({ payment_intent }) => payment_intent === paymentId);
  }

  /** Newest first, in pages. */
  private list(params: Readonly<Record<string, unknown>>): unknown {
    const all = this.refundsOf(String(params['payment_intent'])).toReversed();
    const after = all.findIndex(({ id }) => id === params['starting_after']) + 1;
    const end = after + Number(params['limit'] ?? 10);
    return { object: 'list', data: all.slice(after, end), has_more: end < all.length, url: '/v1/refunds' };
  }

  private tell(type: string, object: unknown, cause?: FakeEvent['request']): void {
    this.events.push({
      id: this.id('evt'),
      object: 'event',
      api_version: Stripe.API_VERSION,
      created: this.now(),
      data: { object: structuredClone(object) },
      livemode: false,
      pending_webhooks: 1,
      request: cause ?? { id: null, idempotency_key: null },
      type,
    });
  }

  private id(prefix: string): string {
    this.serial += 1;
    return `${prefix}_3Fake${String(this.serial).padStart(8, '0')}`;
  }

  private now(): number {
    return Math.floor(Date.now() / 1_000);
  }
}

const errorReply = (status: number, error: Readonly<Record<string, unknown>>): Reply => ({
  status,
  body: { error },
});

const checkNames = (params: Readonly<Record<string, unknown>>, known: ReadonlySet<string>): void => {
  const unknown = Object.keys(params).find((name) => !known.has(name));
  if (unknown === undefined) return;
  throw invalid(
    `Received unknown parameter: ${unknown}`,
    { code: 'parameter_unknown', param: unknown },
    false,
  );
};

const readRequest = async (incoming: IncomingMessage): Promise<FakeRequest> => {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const url = new URL(incoming.url ?? '/', 'http://stripe');
  const form = incoming.method === 'POST' ? Buffer.concat(chunks).toString() : url.search.slice(1);
  return {
    method: incoming.method ?? '',
    path: url.pathname,
    params: readForm(new URLSearchParams(form)),
    idempotencyKey: incoming.headers['idempotency-key'] as string | undefined,
    version: incoming.headers['stripe-version'] as string | undefined,
  };
};

/** `a[b][c]=1` → `{ a: { b: { c: '1' } } }`. */
const readForm = (form: URLSearchParams): Record<string, unknown> => {
  const params: Record<string, unknown> = {};
  for (const [name, value] of form) {
    const path = name.split(/[[\]]+/).filter((part) => part !== '');
    let place = params;
    for (const part of path.slice(0, -1)) {
      place[part] ??= {};
      place = place[part] as Record<string, unknown>;
    }
    place[path.at(-1) ?? ''] = value;
  }
  return params;
};

/** The webhook request that delivers an event: the body’s text and its signature, made by the SDK’s own helper. */
export const deliveryOf = (
  event: FakeEvent,
  secret: string,
  signedAt: Date = new Date(),
): { readonly rawBody: string; readonly headers: Readonly<Record<string, string>> } => {
  const rawBody = JSON.stringify(event, undefined, 2);
  const signature = Stripe.webhooks.generateTestHeaderString({
    payload: rawBody,
    secret,
    timestamp: Math.floor(signedAt.getTime() / 1_000),
  });
  return {
    rawBody,
    headers: { 'content-type': 'application/json; charset=utf-8', 'stripe-signature': signature },
  };
};
