import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { applyDepositNews } from '../../../functions/marketplace/deposits/apply-deposit-news.ts';
import type { Lead, LeadStatus } from '../../../functions/marketplace/leads/lead.ts';
import { outstandingIndex } from '../../../functions/marketplace/leads/lead-indexes.ts';
import {
  type LeadFields,
  leadKey,
  newLeadWrites,
  noteWrite,
} from '../../../functions/marketplace/leads/lead-store.ts';
import { reconcileLeads } from '../../../functions/marketplace/reconciliation/reconcile-leads.ts';
import { holdKey } from '../../../functions/marketplace/truck-holds/hold-item.ts';
import type { RefundState } from '../../../functions/payments/contracts.ts';
import {
  type PaymentProvider,
  paymentStatus,
  paymentTransitions,
} from '../../../functions/payments/payment-port.ts';
import { driftCounts, type ReconciliationRun } from '../../../functions/platform/drift.ts';
import { randomId } from '../../../functions/platform/ids.ts';
import {
  type OutstandingPlace,
  outstandingPartitionOf,
  outstandingPartitions,
} from '../../../functions/platform/outstanding.ts';
import { currentScope, inScope } from '../../../functions/platform/request-scope.ts';
import {
  type DepositWorld,
  depositBy,
  inTime,
  refused,
  startDeposits,
  unavailable,
} from '../deposits/deposit-world.ts';
import { leadOf, quoteOf } from '../leads/lead-world.ts';

/** Each drift of a lead is planted, left alone while it is young, repaired once and counted. */
let world: DepositWorld;
let place: OutstandingPlace | undefined;
beforeAll(async () => {
  world = await startDeposits();
});
afterAll(() => world.stop());
beforeEach(() => {
  world.now = inTime;
  place = undefined;
});
afterEach(async () => {
  // Nothing of a test is drift to the next one.
  const left = await Promise.all(
    outstandingPartitions.map((pk) => world.table.query({ pk, index: outstandingIndex })),
  );
  for (const key of left.flatMap(({ items }) => items)) await world.table.delete(key, {});
});

const continuation = {
  read: async () => place,
  write: async (next: OutstandingPlace | undefined) => {
    place = next;
  },
};
/** A run with time for so many pages. */
const reconcile = async (
  provider: PaymentProvider = world.provider(),
  pages = 64,
): Promise<ReconciliationRun> => {
  let left = pages;
  const counts = driftCounts();
  const ports = { ...world.ports(world.table, provider), clock: world.clock, continuation };
  const looked = await reconcileLeads(ports, counts, world.changing().stamp, () => left-- > 0);
  return { looked, repaired: counts.repaired, notRepaired: counts.notRepaired };
};
/** A run that has time for the partition of one lead. */
const reconcileOnly = (lead: Lead, provider?: PaymentProvider): Promise<ReconciliationRun> => {
  place = { partition: outstandingPartitions.indexOf(outstandingPartitionOf(lead.leadId)) };
  return reconcile(provider, 1);
};
const skip = (ahead: number): void => {
  world.now = new Date(world.now.getTime() + ahead * 1_000);
};
const nothing = { repaired: {}, notRepaired: {} };
const markOf = async ({ leadId }: Lead) => (await world.table.get(leadKey(leadId)))?.['dueAt'];
const note = async (lead: Lead, fields: LeadFields): Promise<void> => {
  const { stamp } = world.changing();
  await world.table.transact([noteWrite(await world.read(lead), fields, stamp('planted'))]);
};
/** A lead that stands in no calendar. */
const put = async (fields: Partial<Lead>): Promise<Lead> => {
  const at = world.now.toISOString();
  const lead = leadOf({ leadId: randomId('lead'), since: at, updatedAt: at, ...fields });
  await world.table.transact(newLeadWrites(lead, world.changing().stamp('planted')));
  return lead;
};
const cancelledByTruck = async (): Promise<Lead> => {
  const lead = await world.newBooked();
  await world.settle(lead);
  return world.cancel(await world.read(lead), 'truck');
};

interface Case {
  readonly kind: string;
  readonly plant: () => Promise<Lead>;
  /** Seconds from planting during which it is young. */
  readonly youngSeconds: number;
  /** What is so after the repair. */
  readonly expected: object;
  /** What the books of the provider say then: status, captured, refunded. */
  readonly books?: readonly unknown[];
}
const cases: readonly Case[] = [
  {
    kind: 'deposit_not_captured',
    plant: () => world.newBooked(),
    youngSeconds: 1_200,
    expected: { status: 'booked', captured: 2_200, deposit: { status: 'captured' } },
    books: ['captured', 2_200, 0],
  },
  {
    kind: 'deposit_not_voided',
    plant: async () => {
      const lead = await world.newAccepted();
      await world.pay(lead, 'card_never');
      await world.lapse(await world.read(lead));
      return lead;
    },
    youngSeconds: 1_200,
    expected: { status: 'expired', captured: 0, deposit: { status: 'voided' } },
    books: ['voided', 0, 0],
  },
  {
    kind: 'captured_without_booking',
    plant: async () => {
      const lead = await world.newAccepted();
      await world.pay(lead, 'card_slow');
      await world.lapse(await world.read(lead));
      skip(5);
      await world.provider().capture(await world.paymentId(lead));
      const news = await world.newsOf(lead, 'captured');
      await applyDepositNews(world.table, await world.read(lead), news, world.changing());
      return lead;
    },
    youngSeconds: 1_200,
    expected: { status: 'expired', captured: 2_200, refund: { amount: 2_200, status: 'succeeded' } },
    books: ['captured', 2_200, 2_200],
  },
  {
    kind: 'refund_not_made',
    plant: cancelledByTruck,
    youngSeconds: 1_200,
    expected: { status: 'cancelled', refund: { amount: 2_200, status: 'succeeded' } },
    books: ['captured', 2_200, 2_200],
  },
  {
    kind: 'refund_news_lost',
    plant: async () => {
      const lead = await cancelledByTruck();
      const { refund } = await world.read(lead);
      if (refund === undefined) throw new Error('No refund');
      await note(lead, { refund: { ...refund, status: 'pending' } });
      return lead;
    },
    youngSeconds: 86_400,
    expected: { status: 'cancelled', refund: { amount: 2_200, status: 'succeeded' } },
    books: ['captured', 2_200, 2_200],
  },
  {
    kind: 'deposit_news_lost',
    plant: async () => {
      const lead = await world.newAccepted();
      await world.pay(lead, 'card_slow');
      return lead;
    },
    youngSeconds: 600,
    expected: { status: 'booked', deposit: { status: 'authorized' }, hold: { kind: 'booking' } },
    books: ['authorized', 0, 0],
  },
  {
    kind: 'lead_overdue',
    // It ends an hour from now, and fifteen minutes are the machine’s own.
    plant: () =>
      put({ status: 'quoted', stage: 3, quote: quoteOf({ expiresAt: '2027-03-01T12:00:00.000Z' }) }),
    youngSeconds: 4_500,
    expected: { status: 'expired', stage: 4 },
  },
];

test.each(cases)('$kind: young it is left alone, then repaired once', async (planned) => {
  const { kind, plant, youngSeconds, expected, books } = planned;
  const lead = await plant();
  skip(youngSeconds);
  expect(await reconcileOnly(lead)).toEqual({ ...nothing, looked: 0 });
  skip(1);
  expect(await reconcileOnly(lead)).toEqual({ repaired: { [kind]: 1 }, notRepaired: {}, looked: 1 });
  expect(await reconcileOnly(lead)).toEqual({ ...nothing, looked: 0 });
  expect(await world.read(lead)).toMatchObject(expected);
  if (books !== undefined) expect(await world.booksOf(lead)).toEqual(books);
});

test('lead_overdue: a reminder comes late, then the end, each once', async () => {
  const lead = await put({ status: 'contacted', stage: 2 });
  skip(86_400 + 901);
  expect(await reconcileOnly(lead)).toEqual({ repaired: { lead_overdue: 1 }, notRepaired: {}, looked: 1 });
  expect(await world.read(lead)).toMatchObject({ status: 'contacted', remindedAt: world.now.toISOString() });
  expect(await reconcileOnly(lead)).toEqual({ ...nothing, looked: 0 });
  world.now = new Date('2027-03-20T12:15:01Z');
  expect(await reconcileOnly(lead)).toEqual({ repaired: { lead_overdue: 1 }, notRepaired: {}, looked: 1 });
  expect(await world.read(lead)).toMatchObject({ status: 'expired', stage: 3 });
});

test('a deposit that did not come: the end of the hold is told, the lead lapses, its payment is given up', async () => {
  const lead = await world.newAccepted();
  await world.pay(lead, 'card_never');
  world.now = new Date('2027-03-01T12:10:01Z');
  // A provider that knows no more than we do is no drift.
  expect(await reconcileOnly(lead)).toEqual({
    repaired: { expiry_not_announced: 1 },
    notRepaired: {},
    looked: 2,
  });
  expect(await world.table.get(holdKey(lead.leadId))).toMatchObject({ status: 'expired', revision: 2 });
  expect(await reconcileOnly(lead)).toEqual({ ...nothing, looked: 1 });
  world.now = new Date('2027-03-01T12:15:02Z');
  expect(await reconcileOnly(lead)).toEqual({ repaired: { lead_overdue: 1 }, notRepaired: {}, looked: 1 });
  expect(await world.read(lead)).toMatchObject({ status: 'expired', deposit: { status: 'created' } });
  skip(1_201);
  expect(await reconcileOnly(lead)).toEqual({
    repaired: { deposit_not_voided: 1 },
    notRepaired: {},
    looked: 1,
  });
  expect(await reconcileOnly(lead)).toEqual({ ...nothing, looked: 0 });
  expect(await world.booksOf(lead)).toEqual(['voided', 0, 0]);
});

test('money that came in time books an overdue lead, also when nobody told of it', async () => {
  const lead = await world.newAccepted();
  await world.pay(lead, 'card_slow');
  world.now = new Date('2027-03-01T12:15:02Z');
  expect(await reconcileOnly(lead)).toEqual({
    repaired: { deposit_news_lost: 1 },
    notRepaired: {},
    looked: 2,
  });
  expect(await world.read(lead)).toMatchObject({ status: 'booked', deposit: { status: 'authorized' } });
  expect(await world.entriesOf(lead)).toEqual([`${lead.leadId} booking`]);
});

test('authorization_lost: found by the settlement, raised once, repaired by nobody; either side may call it off', async () => {
  const lead = await world.newBooked();
  await world.provider().void(await world.paymentId(lead));
  skip(1_201);
  expect(await reconcileOnly(lead)).toEqual({ ...nothing, looked: 1 });
  expect(await world.read(lead)).toMatchObject({ status: 'booked', deposit: { status: 'voided' } });
  skip(1);
  expect(await reconcileOnly(lead)).toEqual({
    repaired: {},
    notRepaired: { authorization_lost: 1 },
    looked: 1,
  });
  expect(await reconcileOnly(lead)).toEqual({ ...nothing, looked: 0 });
  const cancelled = await world.cancel(await world.read(lead), 'organizer');
  expect([cancelled.status, cancelled.refund]).toEqual(['cancelled', undefined]);
  skip(1);
  expect(await reconcileOnly(lead)).toEqual({ ...nothing, looked: 0 });
});

/** What may be noted of a payment, and what it may have become at its provider meanwhile. */
const payments = paymentStatus.options.flatMap((noted) =>
  [noted, ...paymentTransitions[noted]].map((is) => ({ noted, is })),
);
type Planted = (typeof payments)[number] & { readonly lead: Lead; readonly refund?: RefundState };

/** A lead of that status, with that payment noted, and with what the payment is at its provider. */
const plant = async (
  status: LeadStatus,
  { noted, is }: (typeof payments)[number],
  refund?: RefundState,
): Promise<Planted> => {
  const paymentId = randomId('pay');
  const lead = await put({
    truckId: (await world.newTruck()).truckId,
    status,
    stage: 5,
    quote: quoteOf(),
    depositBy,
    cancellationPolicy: [],
    deposit: { paymentId, provider: 'test', status: noted, amount: 2_200 },
    captured: noted === 'captured' ? 2_200 : 0,
    ...(refund !== undefined && { refund: { refundId: randomId('rfd'), amount: 2_200, status: refund } }),
  });
  await world.table.put(
    {
      pk: `TEST-PAYMENT#${paymentId}`,
      sk: 'PAYMENT',
      ...{ paymentId, payableId: lead.leadId, amount: 2_200, currency: 'RON', status: is, rest: 2_200 },
    },
    {},
  );
  return { noted, is, lead, ...(refund !== undefined && { refund }) };
};

test('whatever a payment was and became, and whoever lost it: money comes to where its lead is, or it is told', async () => {
  const planted = await Promise.all([
    ...(['accepted', 'expired'] as const).flatMap((status) =>
      payments
        .filter(({ noted }) => status !== 'accepted' || noted === 'created' || noted === 'declined')
        .map((payment) => plant(status, payment)),
    ),
    ...(['booked', 'completed', 'cancelled'] as const).flatMap((status) =>
      payments
        .filter(({ noted }) => noted === 'authorized' || noted === 'captured')
        .map((payment) => plant(status, payment)),
    ),
    ...(['requested', 'pending'] as const).map((refund) =>
      plant('cancelled', { noted: 'captured', is: 'captured' }, refund),
    ),
  ]);
  expect(planted).toHaveLength(9 + 14 + 12 + 2);
  // A day and an hour later, and then every twenty minutes: past the deadline of the deposits.
  world.now = new Date('2027-03-02T12:00:00Z');
  const told: Record<string, number> = {};
  for (let run = 0; run < 5; run += 1) {
    for (const [kind, count] of Object.entries((await reconcile()).notRepaired))
      told[kind] = (told[kind] ?? 0) + count;
    skip(1_201);
  }
  expect(await reconcile()).toEqual({ ...nothing, looked: 0 });
  // Those that were booked, and whose money was gone when it was to be taken: each once.
  expect(told).toEqual({ authorization_lost: 3 });
  for (const { lead, noted, is, refund } of planted) {
    const { status } = await world.read(lead);
    const story = `${lead.status}, noted ${noted}, is ${is}, ${refund}: ${status}`;
    const wasThere = is === 'authorized' || is === 'captured';
    if (lead.status === 'accepted') expect(status, story).toBe(wasThere ? 'booked' : 'expired');
    else expect(status, story).toBe(lead.status);
    const isKept = status !== 'expired' && refund === undefined;
    const taken = is === 'captured' || (is === 'authorized' && status !== 'expired');
    const books = taken ? ['captured', 2_200, isKept ? 0 : 2_200] : ['voided', 0, 0];
    expect(await world.booksOf(lead), story).toEqual(books);
  }
});

describe('what cannot be repaired now', () => {
  test('is told, keeps no other from its repair, and is repaired by a later run', async () => {
    const booked = await world.newBooked();
    const waiting = await world.newAccepted();
    await world.pay(waiting, 'card_slow');
    const overdue = await put({ status: 'booked', stage: 5, window: { from: 1, to: 2 } });
    skip(1_201);
    const down = { ...world.provider(), capture: unavailable, read: unavailable };
    expect(await reconcile(down)).toEqual({
      repaired: { lead_overdue: 1 },
      notRepaired: { deposit_not_captured: 1, deposit_news_lost: 1 },
      looked: 3,
    });
    expect(await world.read(overdue)).toMatchObject({ status: 'completed' });
    expect(await reconcile()).toEqual({
      repaired: { deposit_not_captured: 1, deposit_news_lost: 1 },
      notRepaired: {},
      looked: 2,
    });
    expect(await world.booksOf(booked)).toEqual(['captured', 2_200, 0]);
  });

  test('is told of a refund that the provider refuses, too: it has failed, and is for its sides to see to', async () => {
    const lead = await cancelledByTruck();
    skip(1_201);
    const no = { ...world.provider(), refund: refused };
    expect(await reconcileOnly(lead, no)).toEqual({
      repaired: { refund_not_made: 1 },
      notRepaired: {},
      looked: 1,
    });
    expect((await world.read(lead)).refund).toMatchObject({ status: 'failed', amount: 2_200 });
    expect(await markOf(lead)).toBeUndefined();
  });

  test('is a lead that is no lead: its neighbours are looked at', async () => {
    const other = await put({ status: 'booked', stage: 5, window: { from: 1, to: 2 } });
    const leadId = `lead_${'0'.repeat(24)}${other.leadId.slice(-2)}`;
    const broken = leadOf({ leadId, status: 'quoted' });
    const mark = { due: other.leadId.slice(-2, -1), dueAt: '2027-01-01T00:00:00.000Z' };
    await world.table.put({ ...leadKey(leadId), ...broken, ...mark }, {});
    expect(await reconcileOnly(other)).toEqual({
      repaired: { lead_overdue: 1 },
      notRepaired: { lead_not_examined: 1 },
      looked: 2,
    });
  });
});

const costOf = (work: () => Promise<unknown>) =>
  inScope({ requestId: 'r', traceparent: undefined }, async () => {
    await work();
    return currentScope()?.cost;
  });

describe('the index of what is outstanding', () => {
  test('has a lead that goes well under the instant by which its next step must have come, and not when it is over', async () => {
    const lead = await world.newAccepted();
    expect(await markOf(lead)).toBe('2027-03-01T12:15:01.000Z');
    await world.pay(lead, 'card_ok');
    expect(await markOf(lead)).toBe('2027-03-01T11:20:00.000Z');
    expect(await world.table.get(holdKey(lead.leadId))).not.toHaveProperty(outstandingIndex.pk);
    await world.settle(lead);
    expect(await markOf(lead)).toBe('2027-03-20T16:15:00.000Z');
    world.now = new Date('2027-03-20T16:15:01Z');
    expect(await reconcileOnly(lead)).toEqual({ repaired: { lead_overdue: 1 }, notRepaired: {}, looked: 1 });
    expect(await markOf(lead)).toBeUndefined();
  });

  test('costs half a unit a partition at rest, whatever else there is; a lead that drifted is read consistently', async () => {
    await world.settle(await world.newBooked());
    expect(await costOf(() => reconcile())).toEqual({ calls: 32, readUnits: 16, writeUnits: 0 });
    await put({ status: 'booked', stage: 5, window: { from: 1, to: 2 } });
    // The lead is read with its page, by the timer, and when it was completed: lead, two lists, history, and its mark.
    expect(await costOf(() => reconcile())).toEqual({ calls: 36, readUnits: 19, writeUnits: 7 });
    expect(await costOf(() => reconcile())).toEqual({ calls: 32, readUnits: 16, writeUnits: 0 });
  });

  test('costs a unit when a lead is made and two when its next instant moves, in writes that happen anyway', async () => {
    const quoted = { status: 'quoted', stage: 3, quote: quoteOf() } as const;
    let lead = leadOf();
    // The lead and its history, written in a transaction, its two lists, the mark.
    expect(
      await costOf(async () => {
        lead = await put(quoted);
      }),
    ).toEqual({ calls: 1, readUnits: 0, writeUnits: 7 });
    const noted = (fields: LeadFields) => costOf(() => note(lead, fields));
    // The lead is read, and put with its lists.
    const read = { calls: 2, readUnits: 1 };
    expect(await noted({ takenAt: inTime.toISOString() })).toEqual({ ...read, writeUnits: 4 });
    const longer = quoteOf({ expiresAt: '2027-03-11T12:00:00.000Z' });
    expect(await noted({ quote: longer })).toEqual({ ...read, writeUnits: 6 });
  });

  test('is gone through in bounded steps: the next run goes on where one ended', async () => {
    // Sixty leads of the eleventh partition: a page has fifty.
    for (let index = 0; index < 60; index += 1)
      await put({
        leadId: `lead_${String(index).padStart(24, '0')}a0`,
        status: 'booked',
        stage: 5,
        window: { from: 1, to: 2 },
      });
    expect(await reconcile(undefined, 0)).toEqual({ ...nothing, looked: 0 });
    expect(await reconcile(undefined, 11)).toEqual({
      repaired: { lead_overdue: 50 },
      notRepaired: {},
      looked: 50,
    });
    expect(await reconcile(undefined, 1)).toEqual({
      repaired: { lead_overdue: 10 },
      notRepaired: {},
      looked: 10,
    });
    expect(await reconcile()).toEqual({ ...nothing, looked: 0 });
  });
});
