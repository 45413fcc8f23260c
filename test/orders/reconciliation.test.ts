import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Order } from '../../functions/orders/order.ts';
import { openTestProvider } from '../../functions/payments/test-provider.ts';
import { randomId } from '../../functions/platform/ids.ts';
import { type OrdersWorld, sell, startOrders } from './harness.ts';

/** Each drift of an order is planted, left alone while it is young, repaired once and counted. */
let world: OrdersWorld;
const planted: string[] = [];
beforeAll(async () => {
  world = await startOrders();
});
afterAll(() => world.stop());
afterEach(async () => {
  // Nothing of a test is drift to the next one.
  for (const orderId of planted.splice(0)) await world.call('cancelOrder', { params: { orderId } });
  await world.settle();
  await world.settle();
});

const now = (): number => Math.floor(Date.now() / 1_000);
const noChange = { what: 'planted', by: 'test', requestId: 'test', at: '' };
const ordered = async (holdSeconds = 600): Promise<Order> => {
  const sessionId = await sell(world, { holdSeconds });
  const made = await world.order([await world.hold(sessionId, { seats: ['1-1', '1-2'] })]);
  planted.push(made.body.id);
  return world.get(made.body.id);
};
const cancel = (orderId: string) => world.call('cancelOrder', { params: { orderId } });
/** Notes on the order what became of its payment, as if the work after it had got no further. */
const note = async (orderId: string, status: 'captured' | 'voided', captured: number): Promise<void> => {
  const order = await world.get(orderId);
  if (order.payment === undefined) throw new Error('No payment');
  const payment = { ...order.payment, status };
  const change = { ...noChange, at: new Date().toISOString() };
  await world.orders.change(order, undefined, { payment, captured }, change);
};
const atProvider = async (orderId: string): Promise<unknown> => {
  const paymentId = (await world.get(orderId)).payment?.paymentId;
  return (await world.table.get({ pk: `TEST-PAYMENT#${paymentId}`, sk: 'PAYMENT' }))?.['status'];
};
const putAtProvider = async (orderId: string, status: string): Promise<void> => {
  const paymentId = (await world.get(orderId)).payment?.paymentId;
  await world.table.update(
    { pk: `TEST-PAYMENT#${paymentId}`, sk: 'PAYMENT' },
    { update: 'SET #status = :status', names: { '#status': 'status' }, values: { ':status': status } },
  );
};
const isMarked = async (orderId: string): Promise<boolean | undefined> =>
  (await world.orders.getMarked(orderId))?.isMarked;

interface Case {
  readonly kind: string;
  /** @returns the id of the order it is planted on. */
  readonly plant: () => Promise<string>;
  /** Seconds from planting during which it is young. */
  readonly youngSeconds: number;
  /** What is so after the repair. */
  readonly repaired: (orderId: string) => Promise<unknown>;
  readonly expected: unknown;
}

const cases: readonly Case[] = [
  {
    kind: 'captured_without_order',
    plant: async () => {
      const { orderId } = await ordered();
      await cancel(orderId);
      await putAtProvider(orderId, 'captured');
      await note(orderId, 'captured', 9_000);
      return orderId;
    },
    youngSeconds: 1_200,
    repaired: async (orderId) => {
      await world.settle();
      const record = await world.orders.read(orderId);
      return [
        record?.order.refunded,
        record?.refunds.map(({ amount, status }) => [amount, status]),
        await isMarked(orderId),
      ];
    },
    expected: [9_000, [[9_000, 'succeeded']], false],
  },
  {
    kind: 'payment_not_captured',
    plant: async () => {
      const { orderId } = await ordered();
      await world.pay(orderId, 'card_ok');
      return orderId;
    },
    youngSeconds: 1_200,
    repaired: async (orderId) => [
      await atProvider(orderId),
      (await world.get(orderId)).captured,
      await isMarked(orderId),
    ],
    expected: ['captured', 9_000, false],
  },
  {
    kind: 'payment_not_voided',
    plant: async () => {
      const { orderId } = await ordered();
      await cancel(orderId);
      return orderId;
    },
    youngSeconds: 1_200,
    repaired: async (orderId) => [
      await atProvider(orderId),
      (await world.get(orderId)).payment?.status,
      await isMarked(orderId),
    ],
    expected: ['voided', 'voided', false],
  },
  {
    kind: 'order_overdue',
    plant: async () => {
      const { orderId } = await ordered(60);
      await world.settle();
      await world.task('await', orderId, `token of ${orderId}`);
      return orderId;
    },
    // 60 s of the hold, 60 s of grace, 15 min of the machine’s own tries.
    youngSeconds: 1_020,
    repaired: async (orderId) => {
      const { status, cancelReason } = await world.get(orderId);
      return [status, cancelReason];
    },
    expected: ['cancelled', 'payment_timeout'],
  },
  {
    kind: 'order_without_machine',
    plant: async () => (await ordered(3_600)).orderId,
    youngSeconds: 300,
    repaired: async (orderId) => {
      const { payBy } = await world.get(orderId);
      const input = world.executions.get(orderId)?.input;
      return [
        input?.orderId,
        input?.payBy === payBy,
        (input?.timeoutSeconds ?? 0) <= (payBy ?? 0) + 1 - now() + 5,
      ];
    },
    expected: [expect.stringMatching(/^ord_/), true, true],
  },
  {
    kind: 'payment_news_lost',
    plant: async () => {
      const { orderId, payment } = await ordered(3_600);
      await world.settle();
      await world.task('await', orderId, `token of ${orderId}`);
      await openTestProvider(world.table, now).pay(payment?.paymentId ?? '', 'card_ok', 0);
      return orderId;
    },
    youngSeconds: 600,
    repaired: async (orderId) => [(await world.get(orderId)).status, (await world.ticketsOf(orderId)).length],
    expected: ['confirmed', 2],
  },
  {
    kind: 'holds_not_given_back',
    plant: async () => {
      const { orderId } = await ordered(3_600);
      await cancel(orderId);
      await putAtProvider(orderId, 'voided');
      await note(orderId, 'voided', 0);
      return orderId;
    },
    youngSeconds: 1_200,
    repaired: async (orderId) => {
      const holdId = (await world.get(orderId)).holds[0]?.holdId ?? '';
      const hold = await world.ticketing.call('getHold', { params: { holdId } });
      return [hold.body.status, await isMarked(orderId)];
    },
    expected: ['cancelled', false],
  },
  {
    kind: 'machine_not_ended',
    plant: async () => {
      const { orderId } = await ordered();
      await world.settle();
      await world.task('await', orderId, `token of ${orderId}`);
      await world.pay(orderId, 'card_declined');
      return orderId;
    },
    youngSeconds: 1_200,
    repaired: async (orderId) => [
      world.answered.filter(({ taskToken }) => taskToken === `token of ${orderId}`),
      await isMarked(orderId),
    ],
    expected: [
      [
        {
          taskToken: expect.stringMatching(/^token of/),
          output: expect.objectContaining({ status: 'cancelled' }),
        },
      ],
      false,
    ],
  },
  {
    kind: 'machine_without_order',
    plant: async () => {
      const orderId = `ord_${'0'.repeat(25)}${planted.length + 1}`;
      await world.task('await', orderId, `token of ${orderId}`);
      return orderId;
    },
    youngSeconds: 300,
    repaired: async (orderId) => [
      world.answered.filter(({ taskToken }) => taskToken === `token of ${orderId}`).length,
      await world.orders.getToken(orderId),
    ],
    expected: [1, undefined],
  },
];

test.each(cases)('$kind: young it is left alone, then repaired once', async (planned) => {
  const { kind, plant, youngSeconds, repaired, expected } = planned;
  const orderId = await plant();
  expect(await world.reconcile()).toEqual(
    expect.objectContaining({ repaired: {}, notRepaired: {}, looked: 1 }),
  );
  world.ticketing.clock.skip(youngSeconds - 10);
  expect(await world.reconcile()).toEqual(expect.objectContaining({ repaired: {}, notRepaired: {} }));
  world.ticketing.clock.skip(15);
  expect(await world.reconcile()).toEqual(
    expect.objectContaining({ repaired: { [kind]: 1 }, notRepaired: {} }),
  );
  expect(await world.reconcile()).toEqual(expect.objectContaining({ repaired: {}, notRepaired: {} }));
  expect(await repaired(orderId)).toEqual(expected);
});

test('authorization_lost: found by the settlement, raised once, repaired by nobody; its organizer sees it and may undo it', async () => {
  const organizationId = randomId('org');
  await world.join('ann', organizationId, 'manager');
  const sessionId = await sell(world, { organizationId });
  await world.catalog.put(
    { pk: `SESSION#${sessionId}`, sk: 'SESSION', sessionId, organizationId, status: 'published' },
    {},
  );
  const made = await world.order([await world.hold(sessionId, { seats: ['1-1', '1-2'] })]);
  const orderId: string = made.body.id;
  await world.pay(orderId, 'card_ok');
  await putAtProvider(orderId, 'voided');
  world.ticketing.clock.skip(1_205);
  expect(await world.reconcile()).toEqual(expect.objectContaining({ repaired: {}, notRepaired: {} }));
  expect((await world.get(orderId)).payment?.status).toBe('voided');
  world.ticketing.clock.skip(2);
  expect(await world.reconcile()).toEqual(
    expect.objectContaining({ repaired: {}, notRepaired: { authorization_lost: 1 } }),
  );
  expect(await world.reconcile()).toEqual(
    expect.objectContaining({ repaired: {}, notRepaired: {}, looked: 0 }),
  );
  const list = await world.call('listOrders', { as: 'ann', params: { sessionId } });
  const [shown] = list.body.items;
  expect([shown.id, shown.status, shown.paymentStatus]).toEqual([orderId, 'confirmed', 'voided']);
  const undone = await world.call('undoOrder', { as: 'ann', params: { orderId }, body: {} });
  expect([undone.status, undone.body.status]).toEqual([202, 'cancelled']);
  await world.settle();
  expect((await world.ticketsOf(orderId)).map(({ status }) => status)).toEqual(['cancelled', 'cancelled']);
  expect(await isMarked(orderId)).toBe(false);
});

test('what cannot be repaired now is told, and repaired by a later run', async () => {
  const { orderId } = await ordered();
  await world.pay(orderId, 'card_ok');
  const order = await world.get(orderId);
  const key = { pk: `TEST-PAYMENT#${order.payment?.paymentId}`, sk: 'PAYMENT' };
  const payment = await world.table.get(key);
  if (payment === undefined) throw new Error('No payment');
  await world.table.delete(key, {});
  world.ticketing.clock.skip(1_205);
  expect(await world.reconcile()).toEqual(
    expect.objectContaining({ repaired: {}, notRepaired: { payment_not_captured: 1 } }),
  );
  await world.table.put(payment, {});
  expect(await world.reconcile()).toEqual(
    expect.objectContaining({ repaired: { payment_not_captured: 1 }, notRepaired: {} }),
  );
  expect((await world.get(orderId)).captured).toBe(9_000);
});

describe('the index of what is outstanding', () => {
  test('an order that goes well is in it until its capture is noted, its machine answered', async () => {
    const { orderId } = await ordered();
    await world.settle();
    await world.task('await', orderId, `token of ${orderId}`);
    expect(await isMarked(orderId)).toBe(true);
    await world.pay(orderId, 'card_ok');
    expect(await isMarked(orderId)).toBe(true);
    await world.settle();
    expect(world.answered.filter(({ taskToken }) => taskToken === `token of ${orderId}`)).toHaveLength(1);
    expect(await isMarked(orderId)).toBe(false);
    expect(await world.reconcile()).toMatchObject({ looked: 0 });
  });

  test('a cancelled order is in it until all is given back; money that comes late brings it back', async () => {
    const { orderId } = await ordered();
    await cancel(orderId);
    await world.settle();
    expect(await isMarked(orderId)).toBe(false);
    await note(orderId, 'captured', 9_000);
    // A voided payment is never captured: that is old news to the rules, but the store marks what it is told.
    expect(await isMarked(orderId)).toBe(true);
    await note(orderId, 'voided', 0);
    await world.orders.unmark(await world.get(orderId), { ...noChange, at: new Date().toISOString() });
  });

  test('a mark that only the last step left behind is taken off, and is no drift: its machine had ended', async () => {
    const { orderId } = await ordered();
    await world.settle();
    await world.pay(orderId, 'card_declined');
    await world.task('await', orderId, `token of ${orderId}`);
    expect(await isMarked(orderId)).toBe(true);
    world.ticketing.clock.skip(1_205);
    expect(await world.reconcile()).toEqual(
      expect.objectContaining({ repaired: {}, notRepaired: {}, looked: 1 }),
    );
    expect(await isMarked(orderId)).toBe(false);
  });

  test('free orders are never in it', async () => {
    const sessionId = await sell(world);
    const made = await world.order([await world.hold(sessionId, { seats: ['2-1'] })], { payment: undefined });
    expect(made.body.status).toBe('confirmed');
    expect(await isMarked(made.body.id)).toBe(false);
  });
});

test('an order that cannot be looked at is told, and keeps no other from its repair', async () => {
  const broken = await ordered();
  await cancel(broken.orderId);
  const sold = await ordered();
  await world.pay(sold.orderId, 'card_ok');
  const sessionId = broken.holds[0]?.sessionId ?? '';
  const key = { pk: `SESSION#${sessionId}`, sk: 'SESSION' };
  const sale = await world.ticketing.table.get(key);
  if (sale === undefined) throw new Error('No sale');
  await world.ticketing.table.delete(key, {});
  world.ticketing.clock.skip(1_205);
  expect(await world.reconcile()).toMatchObject({
    repaired: { payment_not_captured: 1 },
    notRepaired: { order_not_examined: 1 },
  });
  await world.ticketing.table.put(sale, {});
});

test('a run is bounded by its time, and the next one goes on where it ended', async () => {
  const order = await ordered();
  await cancel(order.orderId);
  await world.settle();
  // Sixty orders of one partition, the eleventh: a page has fifty.
  for (let index = 0; index < 60; index += 1) {
    const orderId = `ord_${String(index).padStart(24, '0')}a0`;
    const change = { ...noChange, at: new Date().toISOString() };
    await world.orders.create({ ...order, orderId, createdAt: change.at }, change);
  }
  expect(await world.reconcile(0)).toMatchObject({ looked: 0 });
  expect(await world.reconcile(11)).toMatchObject({ looked: 50 });
  expect(await world.reconcile(1)).toMatchObject({ looked: 10 });
  expect(await world.reconcile()).toEqual(
    expect.objectContaining({ looked: 60, repaired: {}, notRepaired: {} }),
  );
});
