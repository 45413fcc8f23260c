import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Lead } from '../../../functions/marketplace/leads/lead.ts';
import { leadLifecycle } from '../../../functions/marketplace/leads/lead-lifecycle.ts';
import { leadKey, noteWrite, openLeads } from '../../../functions/marketplace/leads/lead-store.ts';
import type { Item } from '../../../functions/platform/table.ts';
import { type Answered, type CallOptions, freshKey } from '../../support/api-call.ts';
import { type Marketplace, newAcceptedLead, startMarketplace } from '../harness.ts';

/** `dan` looks for food and pays, `ann` has the truck. A quarter of 6,650.00 is due. */
const due = { amount: 166_250, currency: 'RON' };
let world: Marketplace;
const sqs = mockClient(SQSClient);
type Consume = (event: SQSEvent, context: never) => Promise<SQSBatchResponse>;
let settlement: Consume;
let news: Consume;
beforeAll(async () => {
  world = await startMarketplace();
  sqs.on(SendMessageBatchCommand).resolves({});
  settlement = (await import('../../../functions/marketplace/deposits/settlement.ts')).handler as Consume;
  news = (await import('../../../functions/marketplace/deposits/payment-news.ts')).handler as Consume;
});
afterAll(() => world.stop());

const deliver = async (to: Consume, body: unknown): Promise<number> => {
  const record = { messageId: 'm', body: JSON.stringify(body), attributes: { ApproximateReceiveCount: '1' } };
  const { batchItemFailures } = await to({ Records: [record] } as unknown as SQSEvent, {} as never);
  return batchItemFailures.length;
};
const leadOf = async (leadId: string): Promise<Lead> => {
  const lead = await openLeads(world.table).get(leadId);
  if (lead === undefined) throw new Error(`No lead ${leadId}`);
  return lead;
};
/** Settles what the lead as it is now tells, as if it had just come to be so. */
const settle = async (leadId: string): Promise<void> => {
  const after = (await world.table.get(leadKey(leadId), { consistent: true })) as Item;
  const told = leadLifecycle({
    kind: 'INSERT',
    before: undefined,
    after,
    expired: false,
    seenAt: new Date(),
  } as never);
  const wakes = told.filter(({ type }) =>
    ['LEAD-BOOKED', 'LEAD-CANCELLED', 'DEPOSIT-REFUND-REQUESTED'].includes(type),
  );
  for (const detail of wakes) expect(await deliver(settlement, { detail })).toBe(0);
};

const pay = (leadId: string, method?: string, options: CallOptions = {}): Promise<Answered> =>
  world.call('payDeposit', {
    as: 'dan',
    params: { leadId },
    body: { payment: { provider: 'test', ...(method !== undefined && { method }) } },
    ...options,
  });
const said = ({ status, body }: Answered) => [status, body.code ?? body.status];

describe('paying a deposit', () => {
  test('books the lead; its money is taken then, and given back when the truck calls off', async () => {
    const leadId = await newAcceptedLead(world);
    const tried = await pay(leadId, 'card_ok', { query: { dryRun: 'true' } });
    expect([said(tried), tried.body.dryRun, tried.body.deposit]).toEqual([
      [200, 'accepted'],
      true,
      undefined,
    ]);

    const key = freshKey();
    const paid = await pay(leadId, undefined, { key });
    const id = expect.stringMatching(/^pay_/);
    expect(said(paid)).toEqual([201, 'booked']);
    expect(paid.body.deposit).toEqual({
      id,
      provider: 'test',
      status: 'authorized',
      amount: due,
      captured: { ...due, amount: 0 },
    });
    const again = await pay(leadId, undefined, { key });
    expect([said(again), again.headers['Idempotent-Replayed']]).toEqual([[201, 'booked'], 'true']);
    expect(said(await pay(leadId, 'card_slow', { key }))).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);

    await settle(leadId);
    const params = { leadId };
    const booked = await world.call('getLead', { as: 'ann', params });
    expect(booked.body.deposit).toEqual({
      id,
      provider: 'test',
      status: 'captured',
      amount: due,
      captured: due,
    });
    expect(said(await world.call('retryDepositRefund', { as: 'dan', params }))).toEqual([
      409,
      'NOTHING_TO_REFUND',
    ]);

    const cancelled = await world.call('cancelLead', {
      as: 'ann',
      params,
      body: { reason: 'The engine broke' },
    });
    const refund = { status: 'requested', amount: due };
    expect([said(cancelled), cancelled.body.deposit.refund]).toEqual([[200, 'cancelled'], refund]);
    await settle(leadId);
    const after = await world.call('retryDepositRefund', { as: 'ann', params });
    expect([said(after), after.body.deposit.refund.status]).toEqual([[200, 'cancelled'], 'succeeded']);
  });

  test('is for the organizer, for accepted leads, at providers that there are', async () => {
    const leadId = await newAcceptedLead(world);
    expect(said(await pay(leadId, 'card_ok', { as: 'ann' }))).toEqual([403, 'FORBIDDEN']);
    const body = { payment: { provider: 'stripe' } };
    const elsewhere = await pay(leadId, undefined, { body });
    expect([
      said(elsewhere),
      elsewhere.body.errors.map(({ pointer, code }: never) => [pointer, code]),
    ]).toEqual([[422, 'VALIDATION_FAILED'], [['/payment/provider', 'PROVIDER_NOT_AVAILABLE']]]);
    const unknown = await pay(leadId, undefined, { body: { payment: { provider: 'paypal' } } });
    expect(unknown.body.errors).toEqual([
      {
        in: 'body',
        pointer: '/payment/provider',
        code: 'INVALID_UNION',
        detail: "Invalid discriminator value. Expected 'stripe' | 'test'",
      },
    ]);
    await pay(leadId, 'card_ok');
    const late = await pay(leadId, 'card_ok');
    expect([said(late), late.body.currentStatus, late.body.allowed]).toEqual([
      [409, 'TRANSITION_NOT_ALLOWED'],
      'booked',
      ['completed', 'cancelled'],
    ]);
  });

  test('is over after its deadline', async () => {
    const leadId = await newAcceptedLead(world);
    const depositBy = Math.floor(Date.now() / 1_000) - 60;
    const change = { what: 'test', by: 'test', requestId: 'r', at: new Date().toISOString() };
    await world.table.transact([noteWrite(await leadOf(leadId), { depositBy }, change)]);
    const refused = await pay(leadId);
    expect([said(refused), refused.body.depositBy]).toEqual([
      [409, 'DEPOSIT_OVERDUE'],
      new Date((depositBy + 1) * 1_000).toISOString(),
    ]);
  });

  test('goes on with another card, and with what takes long when its message comes', async () => {
    const leadId = await newAcceptedLead(world);
    const declined = await pay(leadId, 'card_declined');
    expect([said(declined), declined.body.deposit.status]).toEqual([[201, 'accepted'], 'declined']);
    sqs.resetHistory();
    expect(said(await pay(leadId, 'card_slow'))).toEqual([201, 'accepted']);
    const sent = sqs
      .commandCalls(SendMessageBatchCommand)
      .flatMap(({ args: [{ input }] }) => input.Entries ?? []);
    const question = JSON.parse(sent[0]?.MessageBody ?? '{}');
    expect([sent.length, question.kind, question.payableId]).toEqual([1, 'payment', leadId]);
    // As if its time had come.
    await world.table.update(
      { pk: `TEST-PAYMENT#${question.paymentId}`, sk: 'PAYMENT' },
      {
        update: 'SET #from = :from',
        condition: 'attribute_exists(pk)',
        names: { '#from': 'authorizedFrom' },
        values: { ':from': 1 },
      },
    );
    expect(await deliver(news, { ...question, at: 1 })).toBe(0);
    expect(await deliver(news, { ...question, at: 1 })).toBe(0);
    expect(await leadOf(leadId)).toMatchObject({ status: 'booked', deposit: { status: 'authorized' } });
  });
});

test('news of refunds are noted, of unknown leads dropped', async () => {
  const leadId = await newAcceptedLead(world);
  await pay(leadId);
  await settle(leadId);
  await world.call('cancelLead', { as: 'ann', params: { leadId }, body: { reason: 'The engine broke' } });
  await settle(leadId);
  const { deposit, refund } = await leadOf(leadId);
  const told = {
    kind: 'refund',
    provider: 'test',
    paymentId: deposit?.paymentId,
    payableId: leadId,
    refundId: refund?.refundId,
    providerRefundId: 're_1',
    status: 'failed',
  };
  expect(await deliver(news, { ...told, refundId: 'rfd_other' })).toBe(0);
  expect((await leadOf(leadId)).refund?.status).toBe('succeeded');
  expect(await deliver(news, told)).toBe(0);
  expect((await leadOf(leadId)).refund).toMatchObject({ status: 'failed', providerRefundId: 're_1' });
  const retried = await world.call('retryDepositRefund', { as: 'dan', params: { leadId } });
  expect([said(retried), retried.body.deposit.refund.status]).toEqual([[200, 'cancelled'], 'requested']);
  expect((await leadOf(leadId)).refund?.refundId).not.toBe(refund?.refundId);
  expect(await deliver(news, { ...told, payableId: 'lead_nobody' })).toBe(0);
});
