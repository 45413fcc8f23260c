import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Context, DynamoDBRecord, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Lead } from '../../../functions/marketplace/leads/lead.ts';
import { noteWrite, openLeads } from '../../../functions/marketplace/leads/lead-store.ts';
import type { LifecycleEvent } from '../../../functions/platform/lifecycle-event.ts';
import {
  deliveryOf,
  type FakeEvent,
  type FakeMethod,
  FakeStripe,
  fakeSecretKey,
  fakeWebhookSecret,
} from '../../payments/fake-stripe.ts';
import { type Answered, type CallOptions, freshKey } from '../../support/api-call.ts';
import { gatewayEvent } from '../../support/gateway-event.ts';
import { openTableStream } from '../../support/table-stream.ts';
import { type Marketplace, newAcceptedLead, startMarketplace } from '../harness.ts';

/**
 * Deposits by Stripe, whose API is the fake of the tests: the request, the webhook, the queue of news, the stream with its relay,
 * the settlement and the machine, each by the handler that is deployed. `dan` pays, `ann` has the truck; 1,662.50 are due.
 */
const queue = 'https://sqs.eu-central-1.amazonaws.com/000000000000/lead-payment-news';
const lambda = { awsRequestId: 'lambda-1' } as Context;
type Consume = (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;

let world: Marketplace;
let stream: () => Promise<DynamoDBRecord[]>;
let relay: (event: { Records: DynamoDBRecord[] }) => Promise<{ batchItemFailures: unknown[] }>;
let settlement: Consume;
let news: Consume;
let machine: (event: unknown, context: Context) => Promise<unknown>;
let webhook: (event: ReturnType<typeof gatewayEvent>, context: Context) => Promise<{ statusCode: number }>;
const stripe = new FakeStripe();
const outbox: LifecycleEvent[] = [];
const sqs = mockClient(SQSClient);

beforeAll(async () => {
  await stripe.open();
  world = await startMarketplace({
    origin: stripe.origin,
    secret: JSON.stringify({ secretKey: fakeSecretKey, webhookSecrets: [fakeWebhookSecret] }),
  });
  const arn = 'arn:aws:states:eu-central-1:000000000000:stateMachine:leads';
  Object.assign(process.env, {
    BUS_NAME: 'bus',
    LEAD_MACHINE_ARN: arn,
    ORDER_MACHINE_ARN: arn,
    TRUCK_HOLD_EXPIRY_QUEUE_URL: `${queue}-of-timers`,
    ORDERS_TABLE: 'orders',
    ADMISSION_TABLE: 'admission',
    MARKETPLACE_PAYMENT_NEWS_QUEUE_URL: queue,
    PAYMENT_GRACE_SECONDS: '60',
  });
  mockClient(SFNClient).on(StartExecutionCommand).resolves({});
  mockClient(EventBridgeClient)
    .on(PutEventsCommand)
    .callsFake(async ({ Entries = [] }: { Entries: { Detail: string }[] }) => {
      outbox.push(...Entries.map(({ Detail }) => JSON.parse(Detail) as LifecycleEvent));
      return { FailedEntryCount: 0, Entries: Entries.map(() => ({ EventId: 'e' })) };
    });
  stream = await openTableStream(world.endpoint, 'marketplace');
  relay = (await import('../../../functions/marketplace/relay.ts')).handler as typeof relay;
  settlement = (await import('../../../functions/marketplace/deposits/settlement.ts')).handler as Consume;
  news = (await import('../../../functions/marketplace/deposits/payment-news.ts')).handler as Consume;
  machine = (await import('../../../functions/marketplace/leads/machine.ts')).handler;
  webhook = (await import('../../../functions/orders/commands.ts')).handler;
});
afterAll(async () => {
  await world.stop();
  await stripe.close();
});
beforeEach(() => {
  sqs.reset();
  sqs.on(SendMessageBatchCommand).resolves({});
  stripe.fault = () => undefined;
  stripe.refundStatus = 'succeeded';
  outbox.length = 0;
});

const leadOf = async (leadId: string): Promise<Lead> => {
  const lead = await openLeads(world.table).get(leadId);
  if (lead === undefined) throw new Error(`No lead ${leadId}`);
  return lead;
};
const pay = (leadId: string, options: CallOptions = {}): Promise<Answered> =>
  world.call('payDeposit', {
    as: 'dan',
    params: { leadId },
    body: { payment: { provider: 'stripe' } },
    ...options,
  });
/** An accepted lead whose payment is made at Stripe, and not paid. */
const begun = async (): Promise<{ readonly leadId: string; readonly paymentId: string }> => {
  const leadId = await newAcceptedLead(world);
  return { leadId, paymentId: (await pay(leadId)).body.deposit.id };
};
const said = ({ status, body }: Answered) => [status, body.code ?? body.status];

const consume = async (to: Consume, body: unknown): Promise<number> => {
  const record = { messageId: 'm', body: JSON.stringify(body), attributes: { ApproximateReceiveCount: '1' } };
  return (await to({ Records: [record] } as unknown as SQSEvent, lambda)).batchItemFailures.length;
};
/** Events of a payment and its refunds that Stripe has to tell, oldest first. */
const eventsOf = (paymentId: string): readonly FakeEvent[] =>
  stripe.events.filter(({ data, type }) => {
    const { id, payment_intent } = data.object as { id: string; payment_intent?: string };
    return type !== 'charge.refunded' && (id === paymentId || payment_intent === paymentId);
  });
/** Stripe delivers: the webhook is answered 200, and its message comes to the consumer of news, twice. */
const deliver = async (events: readonly FakeEvent[]): Promise<void> => {
  for (const event of events) {
    sqs.resetHistory();
    const request = gatewayEvent('POST', '/payments/stripe/webhook', deliveryOf(event, fakeWebhookSecret));
    expect((await webhook(request, lambda)).statusCode).toBe(200);
    const sent = sqs.commandCalls(SendMessageBatchCommand).map(({ args: [{ input }] }) => input);
    expect(sent.map(({ QueueUrl, Entries = [] }) => [QueueUrl, Entries.length])).toEqual([[queue, 1]]);
    const body = JSON.parse(sent[0]?.Entries?.[0]?.MessageBody ?? '');
    expect([await consume(news, body), await consume(news, body)]).toEqual([0, 0]);
  }
};
const settles = new Set([
  'LEAD-BOOKED',
  'LEAD-CANCELLED',
  'LEAD-EXPIRED',
  'DEPOSIT-LATE',
  'DEPOSIT-REFUND-REQUESTED',
]);
/** Relays what the stream has got, and settles what is told, until nothing is left: what was told of deposits. */
const rest = async (): Promise<readonly string[]> => {
  const told: LifecycleEvent[] = [];
  for (let Records = await stream(); Records.length > 0; Records = await stream()) {
    const before = outbox.length;
    expect((await relay({ Records })).batchItemFailures).toEqual([]);
    const latest = outbox.slice(before);
    told.push(...latest);
    for (const detail of latest)
      if (settles.has(detail.type)) expect(await consume(settlement, { detail })).toBe(0);
  }
  return told.map(({ type }) => type).filter((type) => type.startsWith('DEPOSIT-'));
};
/** Lets the deadline pass, and the machine come. */
const lapse = async (leadId: string): Promise<unknown> => {
  const lead = await leadOf(leadId);
  const change = { what: 'test', by: 'test', requestId: 'r', at: new Date().toISOString() };
  const depositBy = Math.floor(Date.now() / 1_000) - 1;
  await world.table.transact([noteWrite(lead, { depositBy }, change)]);
  return machine({ leadId, stage: lead.stage, timer: 'lapse' }, lambda);
};

test('paid: webhooks twice and out of order book it once; captured, called off, given back', async () => {
  const leadId = await newAcceptedLead(world);
  const first = await pay(leadId);
  const paymentId: string = first.body.deposit.id;
  expect([said(first), first.body.deposit.clientSecret]).toEqual([
    [201, 'accepted'],
    expect.stringContaining(`${paymentId}_secret_`),
  ]);
  const second = await pay(leadId, { key: freshKey() });
  expect([second.body.deposit.id, second.body.deposit.clientSecret]).toEqual([
    paymentId,
    first.body.deposit.clientSecret,
  ]);
  expect(
    (await world.call('getLead', { as: 'dan', params: { leadId } })).body.deposit.clientSecret,
  ).toBeUndefined();
  const elsewhere = await pay(leadId, { body: { payment: { provider: 'test' } } });
  expect(said(elsewhere)).toEqual([422, 'VALIDATION_FAILED']);

  // The first card is declined, the second is taken; the news of it come first.
  stripe.decline(paymentId);
  stripe.pay(paymentId);
  const [declined, authorized] = eventsOf(paymentId) as [FakeEvent, FakeEvent];
  await deliver([authorized, authorized, declined]);
  expect(await leadOf(leadId)).toMatchObject({
    status: 'booked',
    captured: 0,
    deposit: { provider: 'stripe', status: 'authorized', amount: 166_250 },
  });
  expect(await rest()).toEqual(['DEPOSIT-AUTHORIZED', 'DEPOSIT-CAPTURED']);
  await deliver(eventsOf(paymentId).toReversed());
  expect(await rest()).toEqual([]);
  expect(await leadOf(leadId)).toMatchObject({ captured: 166_250, deposit: { status: 'captured' } });
  const taken = { captured: 166_250, refunded: 0, refunds: 0, status: 'succeeded' };
  expect(stripe.books(paymentId)).toEqual(taken);

  stripe.refundStatus = 'pending';
  const params = { leadId };
  const reason = 'The engine broke';
  expect(said(await world.call('cancelLead', { as: 'ann', params, body: { reason } }))).toEqual([
    200,
    'cancelled',
  ]);
  expect(await rest()).toEqual(['DEPOSIT-REFUND-REQUESTED']);
  const { refund } = await leadOf(leadId);
  expect(refund).toMatchObject({ amount: 166_250, status: 'pending' });
  stripe.settleRefund(refund?.refundId ?? '', 'succeeded');
  const refunds = eventsOf(paymentId).filter(({ type }) => type.startsWith('refund.'));
  expect(refunds.map(({ type }) => type)).toEqual(['refund.created', 'refund.updated']);
  await deliver(refunds.toReversed());
  expect(await rest()).toEqual(['DEPOSIT-REFUND-SUCCEEDED']);
  expect((await leadOf(leadId)).refund?.status).toBe('succeeded');
  expect(stripe.books(paymentId)).toEqual({ ...taken, refunded: 166_250, refunds: 1 });
});

describe('a deposit that comes too late', () => {
  test.each<[string, FakeMethod, readonly string[], object, object]>([
    [
      'set aside: it is set free',
      'card',
      ['DEPOSIT-AUTHORIZED', 'DEPOSIT-LATE', 'DEPOSIT-VOIDED'],
      { status: 'expired', captured: 0, deposit: { status: 'voided' } },
      { captured: 0, refunded: 0, refunds: 0, status: 'canceled' },
    ],
    [
      'taken at once: all of it is given back',
      'bancontact',
      ['DEPOSIT-CAPTURED', 'DEPOSIT-LATE', 'DEPOSIT-REFUND-REQUESTED', 'DEPOSIT-REFUND-SUCCEEDED'],
      { status: 'expired', captured: 166_250, refund: { amount: 166_250, status: 'succeeded' } },
      { captured: 166_250, refunded: 166_250, refunds: 1, status: 'succeeded' },
    ],
  ])('is %s', async (_, method, told, lead, books) => {
    const { leadId, paymentId } = await begun();
    expect(await lapse(leadId)).toEqual({ kind: 'done' });
    // Between the end of the lead and its settlement the customer pays.
    stripe.pay(paymentId, method);
    await deliver(eventsOf(paymentId));
    expect(await rest()).toEqual(told);
    await deliver(eventsOf(paymentId).toReversed());
    expect(await rest()).toEqual([]);
    expect(await leadOf(leadId)).toMatchObject(lead);
    expect(stripe.books(paymentId)).toEqual(books);
  });

  test('cannot be paid any more once its lead was settled', async () => {
    const { leadId, paymentId } = await begun();
    await lapse(leadId);
    expect(await rest()).toEqual(['DEPOSIT-VOIDED']);
    expect(() => stripe.pay(paymentId)).toThrow('canceled');
    await deliver(eventsOf(paymentId));
    expect(await leadOf(leadId)).toMatchObject({ status: 'expired', deposit: { status: 'voided' } });
  });

  test('was in time when only its news were late: Stripe is asked before the lead lapses', async () => {
    const { leadId, paymentId } = await begun();
    stripe.pay(paymentId);
    expect(await lapse(leadId)).toEqual({ kind: 'over' });
    expect((await leadOf(leadId)).status).toBe('booked');
    expect(await rest()).toEqual(['DEPOSIT-AUTHORIZED', 'DEPOSIT-CAPTURED']);
    await deliver(eventsOf(paymentId));
    expect(stripe.books(paymentId)).toMatchObject({ captured: 166_250, refunds: 0 });
  });
});

test('a refund that the bank sends back is told, and asked for again under an id of its own', async () => {
  const { leadId, paymentId } = await begun();
  stripe.pay(paymentId);
  await deliver(eventsOf(paymentId));
  await rest();
  await world.call('cancelLead', { as: 'ann', params: { leadId }, body: { reason: 'The engine broke' } });
  expect(await rest()).toEqual(['DEPOSIT-REFUND-REQUESTED', 'DEPOSIT-REFUND-SUCCEEDED']);

  const { refund: first } = await leadOf(leadId);
  stripe.settleRefund(first?.refundId ?? '', 'failed');
  await deliver(eventsOf(paymentId).filter(({ type }) => type.startsWith('refund.')));
  expect(await rest()).toEqual(['DEPOSIT-REFUND-FAILED']);
  const again = await world.call('retryDepositRefund', { as: 'dan', params: { leadId } });
  expect(again.body.deposit.refund.status).toBe('requested');
  expect(await rest()).toEqual(['DEPOSIT-REFUND-REQUESTED', 'DEPOSIT-REFUND-SUCCEEDED']);
  // Old news of the first change nothing.
  await deliver(eventsOf(paymentId).toReversed());
  expect(await rest()).toEqual([]);
  const { refund } = await leadOf(leadId);
  expect([refund?.status, refund?.refundId === first?.refundId]).toEqual(['succeeded', false]);
  expect(stripe.books(paymentId)).toMatchObject({ captured: 166_250, refunded: 166_250, refunds: 1 });
});

test('an authorization that Stripe gives up before it is captured leaves the lead booked, its deposit voided', async () => {
  const { leadId, paymentId } = await begun();
  stripe.pay(paymentId);
  await deliver(eventsOf(paymentId));
  stripe.cancelElsewhere(paymentId);
  expect(await rest()).toEqual(['DEPOSIT-AUTHORIZED', 'DEPOSIT-VOIDED']);
  await deliver(eventsOf(paymentId));
  expect(await leadOf(leadId)).toMatchObject({
    status: 'booked',
    captured: 0,
    deposit: { status: 'voided' },
  });
});

test('Stripe is down: 503 with Retry-After, the time is kept; the same request goes on when it is back', async () => {
  const leadId = await newAcceptedLead(world);
  const key = freshKey();
  stripe.fault = () => ({ kind: 'unavailable', after: false });
  const down = await pay(leadId, { key });
  const { depositBy, hold } = await leadOf(leadId);
  expect([said(down), Number(down.headers['Retry-After']) >= 1, down.body.depositBy]).toEqual([
    [503, 'SERVICE_UNAVAILABLE'],
    true,
    new Date(((depositBy ?? 0) + 1) * 1_000).toISOString(),
  ]);
  expect(hold).toMatchObject({ kind: 'hard', until: depositBy });
  stripe.fault = () => undefined;
  const paid = await pay(leadId, { key });
  expect([said(paid), paid.body.deposit.status]).toEqual([[201, 'accepted'], 'created']);
});
