import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Lead, leadStatus } from '../../../functions/marketplace/leads/lead.ts';
import {
  driftsFrom,
  driftsOf,
  isMoneyLost,
  type LeadDriftKind,
  leadDrifts,
} from '../../../functions/marketplace/reconciliation/lead-drift.ts';
import { paymentStatus, refundState } from '../../../functions/payments/contracts.ts';
import { leadOf, quoteOf, seconds } from '../leads/lead-world.ts';

/** Changed at noon on the first; the offer stands until noon on the tenth, the event is on the 20th from noon to four. */
const changedAt = '2027-03-01T12:00:00.000Z';
const lead = (fields: Partial<Lead>): Lead =>
  leadOf({ since: changedAt, updatedAt: changedAt, quote: quoteOf(), ...fields });
const depositOf = (status: 'created' | 'declined' | 'authorized' | 'captured' | 'voided') =>
  ({ paymentId: 'pay_1', provider: 'stripe', status, amount: 2_200 }) as const;
const refundOf = (status: 'requested' | 'pending' | 'succeeded' | 'failed') =>
  ({ refundId: 'rfd_1', amount: 2_200, status }) as const;
const acceptedUntil = { status: 'accepted', depositBy: seconds('2027-03-01T14:00:00Z') } as const;

/** From when on a lead that nobody touches has drifted, and how. */
test.each<[string, Lead, string, LeadDriftKind]>([
  ['is not reminded', lead({ status: 'new' }), '2027-03-02T12:15:00Z', 'lead_overdue'],
  [
    'is not ended when its event begins',
    lead({ status: 'contacted', remindedAt: '2027-03-02T12:00:00.000Z' }),
    '2027-03-20T12:15:00Z',
    'lead_overdue',
  ],
  ['has an offer that is over', lead({ status: 'quoted' }), '2027-03-10T12:15:00Z', 'lead_overdue'],
  ['has no deposit in time', lead(acceptedUntil), '2027-03-01T14:15:01Z', 'lead_overdue'],
  ['is not completed', lead({ status: 'booked' }), '2027-03-20T16:15:00Z', 'lead_overdue'],
  [
    'waits for a card that may have paid',
    lead({ ...acceptedUntil, deposit: depositOf('created') }),
    '2027-03-01T12:10:00Z',
    'deposit_news_lost',
  ],
  [
    'waits for another card',
    lead({ ...acceptedUntil, deposit: depositOf('declined') }),
    '2027-03-01T12:10:00Z',
    'deposit_news_lost',
  ],
  [
    'is booked, its money not taken',
    lead({ status: 'booked', deposit: depositOf('authorized') }),
    '2027-03-01T12:20:00Z',
    'deposit_not_captured',
  ],
  [
    'was called off before its money was taken',
    lead({ status: 'cancelled', deposit: depositOf('authorized') }),
    '2027-03-01T12:20:00Z',
    'deposit_not_captured',
  ],
  [
    'lapsed, its payment still open',
    lead({ status: 'expired', deposit: depositOf('declined') }),
    '2027-03-01T12:20:00Z',
    'deposit_not_voided',
  ],
  [
    'lapsed, its money still set aside',
    lead({ status: 'expired', deposit: depositOf('authorized') }),
    '2027-03-01T12:20:00Z',
    'deposit_not_voided',
  ],
  [
    'lapsed, its money taken',
    lead({ status: 'expired', deposit: depositOf('captured'), captured: 2_200 }),
    '2027-03-01T12:20:00Z',
    'captured_without_booking',
  ],
  [
    'promised a refund that nobody has asked for',
    lead({ status: 'cancelled', deposit: depositOf('captured'), refund: refundOf('requested') }),
    '2027-03-01T12:20:00Z',
    'refund_not_made',
  ],
  [
    'waits for a bank',
    lead({ status: 'cancelled', deposit: depositOf('captured'), refund: refundOf('pending') }),
    '2027-03-02T12:00:00Z',
    'refund_news_lost',
  ],
  [
    'lost its money when it was to be taken',
    lead({ status: 'booked', deposit: depositOf('voided') }),
    '2027-03-01T12:00:00Z',
    'authorization_lost',
  ],
  [
    'was called off, its money lost',
    lead({ status: 'cancelled', deposit: depositOf('voided') }),
    '2027-03-01T12:00:00Z',
    'authorization_lost',
  ],
])('a lead that %s', (_, drifted, at, kind) => {
  expect(driftsFrom(drifted)).toBe(seconds(at));
  expect(driftsOf(drifted, seconds(at))).toEqual([]);
  expect(driftsOf(drifted, seconds(at) + 1)).toEqual([kind]);
});

test.each<[string, Lead]>([
  ['declined', lead({ status: 'declined' })],
  ['completed, its money taken', lead({ status: 'completed', deposit: depositOf('captured') })],
  ['completed without a deposit', lead({ status: 'completed' })],
  ['expired, its payment given up', lead({ status: 'expired', deposit: depositOf('voided') })],
  ['called off, its policy keeping all', lead({ status: 'cancelled', deposit: depositOf('captured') })],
  [
    'called off and paid back',
    lead({ status: 'cancelled', deposit: depositOf('captured'), refund: refundOf('succeeded') }),
  ],
  // That is for its sides to see to: they are told.
  [
    'called off, its refund refused by a bank',
    lead({ status: 'cancelled', deposit: depositOf('captured'), refund: refundOf('failed') }),
  ],
  [
    'completed, its money lost, and somebody was told',
    lead({ status: 'completed', deposit: depositOf('voided'), raisedAt: changedAt }),
  ],
])('nothing is to come of a lead that is %s', (_, settled) => {
  expect(driftsFrom(settled)).toBeUndefined();
  expect(driftsOf(settled, Number.MAX_SAFE_INTEGER)).toEqual([]);
});

/** Leads in every status with every payment and refund, whether that can be or not. */
const anyLead = fc
  .record({
    status: fc.constantFrom(...leadStatus.options),
    payment: fc.option(fc.constantFrom(...paymentStatus.options), { nil: undefined }),
    refund: fc.option(fc.constantFrom(...refundState.options), { nil: undefined }),
    isReminded: fc.boolean(),
    isRaised: fc.boolean(),
  })
  .map(({ status, payment, refund, isReminded, isRaised }) =>
    lead({
      status,
      ...(status === 'accepted' && acceptedUntil),
      ...(payment !== undefined && { deposit: depositOf(payment) }),
      ...(refund !== undefined && { refund: refundOf(refund) }),
      ...(isReminded && { remindedAt: changedAt }),
      ...(isRaised && { raisedAt: changedAt }),
    }),
  );

test('the index finds a lead from the second on in which it has a drift, and not before', () => {
  const secondsAhead = fc.integer({ min: 0, max: 30 * 86_400 });
  fc.assert(
    fc.property(anyLead, secondsAhead, (drifting, ahead) => {
      const now = seconds(changedAt) + ahead;
      const from = driftsFrom(drifting);
      expect(driftsOf(drifting, now).length > 0).toBe(from !== undefined && from < now);
    }),
    { numRuns: 2_000 },
  );
});

test('a lead that is open, or whose money is not where it belongs, is found sooner or later', () => {
  fc.assert(
    fc.property(anyLead, (drifting) => {
      const { status, deposit, refund, raisedAt } = drifting;
      const isOpen = ['new', 'contacted', 'quoted', 'accepted', 'booked'].includes(status);
      const isSetAside = deposit?.status === 'authorized';
      const isUnderWay =
        deposit?.status === 'captured' && (refund?.status === 'requested' || refund?.status === 'pending');
      const isUntold = isMoneyLost(drifting) && raisedAt === undefined;
      if (isOpen || (isSetAside && status !== 'declined') || isUnderWay || isUntold)
        expect(driftsFrom(drifting)).toBeDefined();
    }),
    { numRuns: 2_000 },
  );
});

test('each kind is repaired by something', () => {
  expect(Object.entries(leadDrifts).map(([kind, { repair }]) => [kind, repair])).toEqual([
    ['captured_without_booking', 'settle'],
    ['deposit_not_captured', 'settle'],
    ['deposit_not_voided', 'settle'],
    ['refund_not_made', 'settle'],
    ['refund_news_lost', 'askAboutRefund'],
    ['authorization_lost', 'raise'],
    ['deposit_news_lost', 'askAboutPayment'],
    ['lead_overdue', 'runTimers'],
  ]);
});
