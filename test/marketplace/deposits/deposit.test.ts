import { describe, expect, test } from 'vitest';
import { decideDepositNews, refusePaying } from '../../../functions/marketplace/deposits/deposit.ts';
import { depositDue } from '../../../functions/marketplace/deposits/deposit-due.ts';
import { depositLifecycle } from '../../../functions/marketplace/deposits/deposit-lifecycle.ts';
import { firstRefund, refundAfter } from '../../../functions/marketplace/deposits/deposit-refund.ts';
import type { Lead, LeadDeposit, LeadStatus } from '../../../functions/marketplace/leads/lead.ts';
import { type PaymentStatus, paymentStatus } from '../../../functions/payments/contracts.ts';
import { leadOf, quoteOf, seconds } from '../leads/lead-world.ts';

const depositBy = seconds('2027-03-02T12:00:00Z');
const now = seconds('2027-03-02T11:00:00Z');
const payment = (status: PaymentStatus): LeadDeposit => ({
  paymentId: 'pay_1',
  provider: 'test',
  status,
  amount: 2_200,
});
const leadIn = (status: LeadStatus, known?: PaymentStatus, fields: Partial<Lead> = {}): Lead =>
  leadOf({
    status,
    quote: quoteOf(),
    depositBy,
    ...(known !== undefined && { deposit: payment(known) }),
    ...(known === 'captured' && { captured: 2_200 }),
    ...fields,
  });
const told = (status: PaymentStatus, isFinal = false) => ({
  provider: 'test' as const,
  paymentId: 'pay_1',
  payableId: 'lead_1',
  status,
  isFinal,
});
const decide = (lead: Lead, status: PaymentStatus, more: { isTimeLost?: boolean; at?: number } = {}) =>
  decideDepositNews(lead, told(status), { isTimeLost: more.isTimeLost ?? false, now: more.at ?? now });
const word = (decision: ReturnType<typeof decideDepositNews>): string =>
  decision.kind === 'steps' ? decision.steps.map(({ command }) => command).join() : decision.kind;

describe('paying', () => {
  test.each([
    'new',
    'contacted',
    'quoted',
    'booked',
    'completed',
    'expired',
    'declined',
    'cancelled',
  ] as const)('is nothing for a lead that is %s', (status) => {
    expect(refusePaying(leadIn(status), 'test', now)).toMatchObject({
      kind: 'not_allowed',
      currentStatus: status,
    });
  });

  test('is for an accepted lead, until its deadline and in that second', () => {
    const lead = leadIn('accepted');
    expect(refusePaying(lead, 'test', depositBy)).toBeUndefined();
    expect(refusePaying(lead, 'test', depositBy + 1)).toEqual({ kind: 'overdue', depositBy });
  });

  test('stays at the provider where it was begun', () => {
    const lead = leadIn('accepted', 'declined');
    expect(refusePaying(lead, 'test', now)).toBeUndefined();
    expect(refusePaying(lead, 'stripe', now)).toEqual({ kind: 'other_provider', provider: 'test' });
  });
});

/** For each status of a lead and what is known of its deposit: what each news makes of it. */
const newsTable: readonly (readonly [
  LeadStatus,
  PaymentStatus | undefined,
  Record<PaymentStatus, string>,
])[] = [
  [
    'accepted',
    undefined,
    { created: 'nothing', authorized: 'book', captured: 'book', declined: 'note', voided: 'lapse' },
  ],
  [
    'accepted',
    'created',
    { created: 'nothing', authorized: 'book', captured: 'book', declined: 'note', voided: 'lapse' },
  ],
  [
    'accepted',
    'declined',
    { created: 'nothing', authorized: 'book', captured: 'book', declined: 'nothing', voided: 'lapse' },
  ],
  [
    'booked',
    'authorized',
    { created: 'nothing', authorized: 'nothing', captured: 'note', declined: 'nothing', voided: 'note' },
  ],
  [
    'booked',
    'captured',
    {
      created: 'nothing',
      authorized: 'nothing',
      captured: 'nothing',
      declined: 'nothing',
      voided: 'nothing',
    },
  ],
  [
    'completed',
    'authorized',
    { created: 'nothing', authorized: 'nothing', captured: 'note', declined: 'nothing', voided: 'note' },
  ],
  [
    'cancelled',
    'authorized',
    { created: 'nothing', authorized: 'nothing', captured: 'note', declined: 'nothing', voided: 'note' },
  ],
  [
    'cancelled',
    'captured',
    {
      created: 'nothing',
      authorized: 'nothing',
      captured: 'nothing',
      declined: 'nothing',
      voided: 'nothing',
    },
  ],
  [
    'expired',
    undefined,
    { created: 'nothing', authorized: 'note', captured: 'note', declined: 'note', voided: 'note' },
  ],
  [
    'expired',
    'created',
    { created: 'nothing', authorized: 'note', captured: 'note', declined: 'note', voided: 'note' },
  ],
  [
    'expired',
    'declined',
    { created: 'nothing', authorized: 'note', captured: 'note', declined: 'nothing', voided: 'note' },
  ],
  [
    'expired',
    'authorized',
    { created: 'nothing', authorized: 'nothing', captured: 'note', declined: 'nothing', voided: 'note' },
  ],
  [
    'expired',
    'voided',
    {
      created: 'nothing',
      authorized: 'nothing',
      captured: 'nothing',
      declined: 'nothing',
      voided: 'nothing',
    },
  ],
];

describe('news of a deposit', () => {
  test.each(newsTable)('of a lead %s, known as %s', (status, known, expected) => {
    const lead = leadIn(status, known);
    const words = paymentStatus.options.map((news) => [news, word(decide(lead, news))]);
    expect(Object.fromEntries(words)).toEqual(expected);
  });

  test('that a card was declined ends nothing, however final it is', () => {
    expect(
      decideDepositNews(leadIn('accepted', 'created'), told('declined', true), { isTimeLost: false, now }),
    ).toEqual({
      kind: 'note',
      fields: { deposit: payment('declined'), captured: 0 },
    });
  });

  test('book the time and note the money at once; taken money counts as taken', () => {
    expect(decide(leadIn('accepted'), 'authorized')).toEqual({
      kind: 'steps',
      steps: [{ command: 'book', fields: { deposit: payment('authorized'), captured: 0 } }],
      time: { kind: 'book' },
    });
    expect(decide(leadIn('accepted', 'created'), 'captured')).toMatchObject({
      steps: [{ command: 'book', fields: { deposit: payment('captured'), captured: 2_200 } }],
    });
  });

  test('end the lead when its time is lost, or has begun', () => {
    const lead = leadIn('accepted', 'created');
    expect(decide(lead, 'authorized', { isTimeLost: true })).toEqual({
      kind: 'steps',
      steps: [{ command: 'lapse', fields: { deposit: payment('authorized'), captured: 0 } }],
      time: { kind: 'release' },
    });
    expect(word(decide(lead, 'authorized', { at: lead.window.from }))).toBe('book');
    expect(word(decide(lead, 'authorized', { at: lead.window.from + 1 }))).toBe('lapse');
  });

  test('that nothing was ever taken leave nothing to give back', () => {
    const refund = { refundId: 'rfd_1', amount: 1_100, status: 'requested' } as const;
    const lead = leadIn('cancelled', 'authorized', { refund });
    expect(decide(lead, 'voided')).toMatchObject({ kind: 'note', fields: { refund: undefined } });
    const noted = decide(lead, 'captured');
    expect(noted.kind === 'note' && 'refund' in noted.fields).toBe(false);
  });

  test('of another payment are a mistake', () => {
    const lead = leadIn('accepted', 'created', { deposit: { ...payment('created'), paymentId: 'pay_2' } });
    expect(() => decide(lead, 'authorized')).toThrow('lead_1 has payment pay_2, not pay_1');
  });
});

describe('what is due to a deposit', () => {
  const refund = (status: 'requested' | 'pending' | 'succeeded' | 'failed') => ({
    refundId: 'rfd_1',
    amount: 1_100,
    status,
  });
  test.each([
    ['accepted', 'created', undefined, 'nothing'],
    ['accepted', 'declined', undefined, 'nothing'],
    ['booked', 'authorized', undefined, 'capture'],
    ['booked', 'captured', undefined, 'nothing'],
    ['booked', 'voided', undefined, 'nothing'],
    ['completed', 'authorized', undefined, 'capture'],
    ['cancelled', 'authorized', refund('requested'), 'capture'],
    ['cancelled', 'authorized', undefined, 'capture'],
    ['cancelled', 'captured', undefined, 'nothing'],
    ['cancelled', 'captured', refund('requested'), 'refund'],
    ['cancelled', 'captured', refund('pending'), 'nothing'],
    ['cancelled', 'captured', refund('succeeded'), 'nothing'],
    ['cancelled', 'captured', refund('failed'), 'nothing'],
    ['expired', 'created', undefined, 'void'],
    ['expired', 'declined', undefined, 'void'],
    ['expired', 'authorized', undefined, 'void'],
    ['expired', 'captured', undefined, 'promise_refund'],
    ['expired', 'captured', refund('requested'), 'refund'],
    ['expired', 'captured', refund('succeeded'), 'nothing'],
    ['expired', 'voided', undefined, 'nothing'],
  ] as const)('%s, %s, %j: %s', (status, known, given, expected) => {
    expect(depositDue(leadIn(status, known, { refund: given }))).toBe(expected);
  });

  test('without a deposit is nothing', () => {
    expect(depositDue(leadIn('booked'))).toBe('nothing');
  });
});

test('a refund that takes the place of another has an id of its own, always the same', () => {
  const first = firstRefund({ leadId: 'lead_1' }, 1_100);
  expect(first).toMatchObject({ amount: 1_100, status: 'requested' });
  const second = refundAfter({ ...first, status: 'failed', providerRefundId: 're_1' });
  expect(second).toEqual({ refundId: expect.stringMatching(/^rfd_/), amount: 1_100, status: 'requested' });
  expect(second.refundId).not.toBe(first.refundId);
  expect(refundAfter(first).refundId).toBe(second.refundId);
});

describe('lifecycle events', () => {
  const change = { what: 'test', by: 'dan', requestId: 'r', at: '2027-03-02T11:00:00.000Z' };
  const typesOf = (before: Lead | undefined, after: Lead) =>
    depositLifecycle(before, after, change).map(({ type }) => type);
  const refundIn = (status: 'requested' | 'pending' | 'succeeded' | 'failed', refundId = 'rfd_1') =>
    leadIn('cancelled', 'captured', { refund: { refundId, amount: 1_100, status } });

  test.each([
    ['a payment that is begun', leadIn('accepted'), leadIn('accepted', 'created'), []],
    ['a card that was declined', leadIn('accepted', 'created'), leadIn('accepted', 'declined'), []],
    ['a booking', leadIn('accepted', 'created'), leadIn('booked', 'authorized'), ['DEPOSIT-AUTHORIZED']],
    ['a capture', leadIn('booked', 'authorized'), leadIn('booked', 'captured'), ['DEPOSIT-CAPTURED']],
    ['nothing new', leadIn('booked', 'captured'), leadIn('completed', 'captured'), []],
    [
      'money that is late',
      leadIn('expired', 'created'),
      leadIn('expired', 'authorized'),
      ['DEPOSIT-AUTHORIZED', 'DEPOSIT-LATE'],
    ],
    [
      'money for a time that was lost',
      leadIn('accepted', 'created'),
      leadIn('expired', 'captured'),
      ['DEPOSIT-CAPTURED', 'DEPOSIT-LATE'],
    ],
    [
      'late money that was taken',
      leadIn('expired', 'authorized'),
      leadIn('expired', 'captured'),
      ['DEPOSIT-CAPTURED'],
    ],
    ['late money set free', leadIn('expired', 'authorized'), leadIn('expired', 'voided'), ['DEPOSIT-VOIDED']],
    ['a cancellation', leadIn('booked', 'captured'), refundIn('requested'), ['DEPOSIT-REFUND-REQUESTED']],
    ['a refund that is under way', refundIn('requested'), refundIn('pending'), []],
    ['a refund that was made', refundIn('pending'), refundIn('succeeded'), ['DEPOSIT-REFUND-SUCCEEDED']],
    ['a refund that came back', refundIn('succeeded'), refundIn('failed'), ['DEPOSIT-REFUND-FAILED']],
    ['a refund once more', refundIn('failed'), refundIn('requested', 'rfd_2'), ['DEPOSIT-REFUND-REQUESTED']],
  ] as const)('of %s', (_what, before, after, expected) => {
    expect(typesOf(before, after)).toEqual(expected);
  });

  test('say whose money it is, and how much', () => {
    const [event] = depositLifecycle(
      leadIn('booked', 'captured'),
      { ...refundIn('requested'), revision: 9 },
      change,
    );
    expect(event).toMatchObject({
      type: 'DEPOSIT-REFUND-REQUESTED',
      aggregate: { kind: 'deposit', id: 'lead_1', sequence: 9 },
      organizationId: 'org_organizer',
      data: {
        leadId: 'lead_1',
        truckOrganizationId: 'org_truck',
        status: 'cancelled',
        paymentId: 'pay_1',
        refundId: 'rfd_1',
        amount: { amount: 1_100, currency: 'RON' },
      },
    });
  });
});
