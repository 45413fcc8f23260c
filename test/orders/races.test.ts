import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type OrdersWorld, sell, startOrders } from './harness.ts';

/** Commands on one order, and orders of one hold, at the same instant: one of each is first. */
let world: OrdersWorld;
beforeAll(async () => {
  world = await startOrders();
});
afterAll(() => world.stop());

const rounds = 12;
const ordered = async () => {
  const sessionId = await sell(world);
  const holdId = await world.hold(sessionId, { seats: ['1-1', '1-2'] });
  return { sessionId, holdId, id: (await world.order([holdId])).body.id as string };
};
/** Confirmed, sold, ticketed and captured are one fact, whatever happened in which order. */
const expectWhole = async (sessionId: string, ids: readonly string[]): Promise<void> => {
  await world.settle();
  const orders = await Promise.all(ids.map((id) => world.get(id)));
  const confirmed = orders.filter(({ status }) => status === 'confirmed');
  const places = await world.placesOf(sessionId);
  const sold = Object.keys(places).filter((name) => places[name] === 'sold');
  expect(sold.sort()).toEqual(confirmed.flatMap(({ items }) => items.map(({ place }) => place)).sort());
  for (const order of orders) {
    const isConfirmed = order.status === 'confirmed';
    expect(await world.ticketsOf(order.orderId)).toHaveLength(isConfirmed ? order.items.length : 0);
    expect(order.captured - order.refunded).toBe(isConfirmed ? order.total : 0);
    if (!isConfirmed) expect(['voided', 'declined']).toContain(order.payment?.status);
  }
};

describe.each(Array.from({ length: rounds }, (_, round) => round))('round %i', () => {
  test('paid twice at once: confirmed once', async () => {
    const { sessionId, id } = await ordered();
    const answers = await Promise.all([1, 2, 3].map(() => world.pay(id, 'card_ok')));
    expect(answers.some(({ status }) => status === 202)).toBe(true);
    for (const { status, body } of answers)
      expect([status, body.code ?? body.status]).toEqual(
        status === 202 ? [202, 'confirmed'] : [409, 'TRANSITION_NOT_ALLOWED'],
      );
    await expectWhole(sessionId, [id]);
    expect((await world.get(id)).status).toBe('confirmed');
  });

  test('paid and given up at once: one of both, never half', async () => {
    const { sessionId, id } = await ordered();
    const [paid, cancelled] = await Promise.all([
      world.pay(id, 'card_ok'),
      world.call('cancelOrder', { params: { orderId: id } }),
    ]);
    const { status } = await world.get(id);
    expect(cancelled.status).toBe(status === 'cancelled' ? 202 : 409);
    expect([202, 409]).toContain(paid.status);
    await expectWhole(sessionId, [id]);
  });

  test('paid, given up and timed out at once', async () => {
    const { sessionId, id } = await ordered();
    world.ticketing.clock.skip(662);
    await Promise.all([
      world.pay(id, 'card_ok'),
      world.call('cancelOrder', { params: { orderId: id } }),
      world.task('timeOut', id),
    ]);
    world.ticketing.clock.run();
    expect(['confirmed', 'cancelled']).toContain((await world.get(id)).status);
    await expectWhole(sessionId, [id]);
  });

  test('two orders of one hold, both paid: one has the places, the other is not charged', async () => {
    const { sessionId, holdId, id } = await ordered();
    const other = (await world.order([holdId])).body.id as string;
    await Promise.all([world.pay(id, 'card_ok'), world.pay(other, 'card_ok')]);
    const statuses = (await Promise.all([id, other].map((each) => world.get(each)))).map(
      ({ status }) => status,
    );
    expect(statuses.sort()).toEqual(['cancelled', 'confirmed']);
    await expectWhole(sessionId, [id, other]);
  });
});
