import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createOrder, type NewOrder, type NewOrderPorts } from '../../functions/orders/create-order.ts';
import { openOrders } from '../../functions/orders/order-store.ts';
import { openPromoCodes } from '../../functions/orders/promo-store.ts';
import type { PaymentProvider, ProviderResult } from '../../functions/payments/payment-port.ts';
import { openTestProvider } from '../../functions/payments/test-provider.ts';
import { randomId } from '../../functions/platform/ids.ts';
import type { Change } from '../../functions/platform/lifecycle-event.ts';
import { openOrderClaims } from '../../functions/ticketing/contracts.ts';
import { openPaymentExtension } from '../../functions/ticketing/payment-extension-contracts.ts';
import { freshKey, seats, slots, typeId } from '../ticketing/harness.ts';
import { customer, type OrdersWorld, sell, startOrders } from './harness.ts';

let world: OrdersWorld;
/** Its provider does not answer. */
let down: NewOrderPorts;
beforeAll(async () => {
  world = await startOrders();
  down = portsWith(() => ({ ok: false, reason: 'unavailable', retryAfterSeconds: 7 }));
});
afterAll(() => world.stop());
afterEach(() => world.ticketing.clock.run());

const clock = () => Math.floor(Date.now() / 1_000);
const stamp = (what: string): Change => ({
  what,
  by: 'anonymous',
  requestId: randomId('req'),
  at: new Date().toISOString(),
});

/** The use case with a provider that answers `create` as a test says; undefined lets it through. */
const portsWith = (answer: () => ProviderResult<never> | undefined): NewOrderPorts => {
  const provider = openTestProvider(world.table, clock);
  const told: PaymentProvider = { ...provider, create: async (asked) => answer() ?? provider.create(asked) };
  return {
    orders: openOrders(world.table),
    promoCodes: openPromoCodes(world.table),
    claims: openOrderClaims('ticketing', 'plans', clock),
    extendForPayment: openPaymentExtension('ticketing', 'plans', clock),
    tables: { ticketing: 'ticketing', admission: 'admission' },
    providers: async () => told,
    providerNames: ['test'],
    idSecret: async () => 'secret',
    graceSeconds: 60,
    clock,
  };
};
const wantedOf = async (holdId?: string): Promise<NewOrder> => ({
  orderId: randomId('ord'),
  requestHash: freshKey(),
  holdIds: [holdId ?? (await world.hold(await sell(world), { seats: ['1-1'] }))],
  customer: { ...customer, locale: 'en' },
  provider: 'test',
});

describe('a provider that does not take the payment', () => {
  test('out of reach: the order stands pending, and the same request goes on with it', async () => {
    const wanted = await wantedOf();
    let isDown = true;
    const ports = portsWith(() =>
      isDown ? { ok: false, reason: 'unavailable', retryAfterSeconds: 7 } : undefined,
    );
    expect(await createOrder(ports, wanted, stamp)).toMatchObject({
      kind: 'provider_unavailable',
      retryAfterSeconds: 7,
    });
    expect((await world.get(wanted.orderId)).status).toBe('pending');
    // Its machine ends it, should nobody come back.
    await world.settle();
    expect(world.executions.has(wanted.orderId)).toBe(true);
    isDown = false;
    expect(await createOrder(ports, wanted, stamp)).toMatchObject({
      kind: 'replayed',
      order: { status: 'awaiting_payment' },
    });
  });

  test('refused: the order has ended, also for the repeat; its holds stay', async () => {
    const wanted = await wantedOf();
    const ports = portsWith(() => ({ ok: false, reason: 'refused', code: 'amount_too_small' }));
    const ended = { order: { status: 'cancelled', cancelReason: 'payment_failed' } };
    expect(await createOrder(ports, wanted, stamp)).toMatchObject({ kind: 'created', ...ended });
    expect(await createOrder(ports, wanted, stamp)).toMatchObject({ kind: 'replayed', ...ended });
    await world.settle();
    const hold = await world.ticketing.call('getHold', { params: { holdId: wanted.holdIds[0] ?? '' } });
    expect(hold.body.status).toBe('active');
  });

  test('a pending order whose time is over is not begun again', async () => {
    const wanted = await wantedOf();
    await createOrder(down, wanted, stamp);
    world.ticketing.clock.skip(662);
    expect(
      await createOrder(
        portsWith(() => undefined),
        wanted,
        stamp,
      ),
    ).toMatchObject({
      kind: 'replayed',
      order: { status: 'pending' },
    });
  });
});

test('a hold that lapsed is not ordered beside the one that took its place over, whatever our clock says', async () => {
  const nowMs = Date.now();
  world.ticketing.clock.stopAt(nowMs);
  const sessionId = await sell(world, { holdSeconds: 30 });
  const lapsed = await world.hold(sessionId, { seats: ['1-1', '1-2'] });
  world.ticketing.clock.stopAt(nowMs + 32_000);
  const later = await world.hold(sessionId, { seats: ['1-2', '1-3'] });
  // By the clock of this process the first one is active still.
  const slow = () => Math.floor(nowMs / 1_000);
  const ports = {
    ...portsWith(() => undefined),
    clock: slow,
    claims: openOrderClaims('ticketing', 'plans', slow),
  };
  for (const holdIds of [
    [lapsed, later],
    [later, lapsed],
  ]) {
    const wanted = { ...(await wantedOf()), holdIds };
    expect(await createOrder(ports, wanted, stamp)).toEqual({ kind: 'hold_expired', holdId: lapsed });
    expect(await ports.orders.get(wanted.orderId)).toBeUndefined();
  }
});

describe('holds of an order whose provider is out of reach', () => {
  /** Sessions are sold with holds of ten minutes; orders may be paid a minute longer. */
  const start = Date.parse('2036-11-21T20:00:00Z');
  const at = (seconds: number): string => new Date(start + seconds * 1_000).toISOString();
  const expiryOf = async ({ holdIds }: NewOrder): Promise<unknown> => {
    const answer = await world.ticketing.call('getHold', { params: { holdId: holdIds[0] ?? '' } });
    return [answer.body.status, answer.body.expiresAt];
  };
  const unavailable = (seconds: number) => ({
    kind: 'provider_unavailable',
    retryAfterSeconds: 7,
    holdsExpireAt: at(seconds),
  });
  const wantedAt = async (startsAt = start): Promise<NewOrder> => {
    world.ticketing.clock.stopAt(startsAt);
    return wantedOf();
  };

  test('are extended once: as long as the order may be paid, and no further by the repeat', async () => {
    const wanted = await wantedAt();
    expect(await expiryOf(wanted)).toEqual(['active', at(601)]);
    world.ticketing.clock.skip(100);
    expect(await createOrder(down, wanted, stamp)).toEqual(unavailable(661));
    expect(await expiryOf(wanted)).toEqual(['active', at(661)]);
    world.ticketing.clock.skip(500);
    expect(await createOrder(down, wanted, stamp)).toEqual(unavailable(661));
    expect(await expiryOf(wanted)).toEqual(['active', at(661)]);

    const back = await createOrder(
      portsWith(() => undefined),
      wanted,
      stamp,
    );
    expect(back).toMatchObject({ kind: 'replayed', order: { status: 'awaiting_payment' } });
    expect((await world.pay(wanted.orderId, 'card_ok')).body.status).toBe('confirmed');
  });

  test('nor by another order of the same hold, nor by several requests at once', async () => {
    const first = await wantedAt();
    const others = await Promise.all([1, 2, 3].map(() => wantedOf(first.holdIds[0])));
    const answers = await Promise.all([first, ...others].map((wanted) => createOrder(down, wanted, stamp)));
    expect(answers).toEqual(Array(4).fill(unavailable(661)));
    expect(await createOrder(down, await wantedOf(first.holdIds[0]), stamp)).toEqual(unavailable(661));
    const hold = await world.ticketing.table.get({ pk: `HOLD#${first.holdIds[0]}`, sk: 'HOLD' });
    expect([hold?.['revision'], hold?.['isExtendedForPayment']]).toEqual([2, true]);
  });

  test('not beyond half an hour of their creation, and never shortened', async () => {
    const wanted = await wantedAt();
    await world.ticketing.call('extendHold', {
      params: { holdId: wanted.holdIds[0] ?? '' },
      body: { seconds: 1_790 },
    });
    expect(await createOrder(down, wanted, stamp)).toEqual(unavailable(1_801));
  });

  test('that lapsed are refused by name while it is down; once it is back, what is free can still be paid', async () => {
    const wanted = await wantedAt();
    const dying: NewOrderPorts = { ...down, extendForPayment: () => Promise.reject(new Error('crash')) };
    await expect(createOrder(dying, wanted, stamp)).rejects.toThrow('crash');
    world.ticketing.clock.skip(601);
    expect(await createOrder(down, wanted, stamp)).toEqual({
      kind: 'hold_expired',
      holdId: wanted.holdIds[0],
    });
    const back = await createOrder(
      portsWith(() => undefined),
      wanted,
      stamp,
    );
    expect(back).toMatchObject({ kind: 'replayed', order: { status: 'awaiting_payment' } });
    expect((await world.pay(wanted.orderId, 'card_ok')).body.status).toBe('confirmed');
  });

  test('that were given up meanwhile are refused by name', async () => {
    const wanted = await wantedAt();
    await createOrder(down, wanted, stamp);
    const [holdId = ''] = wanted.holdIds;
    await world.ticketing.call('cancelHold', { params: { holdId } });
    expect(await createOrder(down, wanted, stamp)).toEqual({
      kind: 'hold_not_active',
      holdId,
      status: 'cancelled',
    });
  });
});

describe('prices and promo codes', () => {
  /** An event whose code takes half off, for two orders. */
  const onSale = async (maxUses?: number) => {
    const announced = world.ticketing.announce({
      ticketTypes: [
        { ...slots('pit', 20), fee: { amount: 100, isRefundable: false }, maxPerOrder: 2 } as never,
      ],
    });
    await world.ticketing.deliver('inventory-builder', announced.event('SESSION-PUBLISHING', 2));
    const { eventId, organizationId } = announced.sale as { eventId: string; organizationId: string };
    await openPromoCodes(world.table).create(
      { eventId, organizationId, code: 'HALF', discount: { basisPoints: 5_000 }, maxUses, isActive: true },
      { at: new Date().toISOString(), requestHash: 'x' },
      stamp('promoCode.created'),
    );
    const hold = (quantity = 1) => world.hold(announced.sessionId, { ticketTypeId: typeId('pit'), quantity });
    const uses = async () => (await openPromoCodes(world.table).get({ eventId, code: 'HALF' }))?.uses;
    return { hold, uses };
  };

  test('a code and a fee are lines; what is refunded leaves the fee', async () => {
    const { hold } = await onSale();
    const made = await world.order([await hold()], { promoCode: 'half' });
    expect([made.status, made.body.total.amount]).toEqual([201, 1_100]);
    expect(
      made.body.lines.map(({ kind, amount }: { kind: string; amount: { amount: number } }) => [
        kind,
        amount.amount,
      ]),
    ).toEqual([
      ['ticket', 2_000],
      ['discount', -1_000],
      ['fee', 100],
    ]);
    expect((await world.get(made.body.id)).items.map(({ total, refundable }) => [total, refundable])).toEqual(
      [[1_100, 1_000]],
    );
  });

  test('a use is claimed with the order, refused when none is left, and given back when the order ends', async () => {
    const { hold, uses } = await onSale(1);
    const first = await world.order([await hold()], { promoCode: 'HALF' });
    expect([first.status, await uses()]).toEqual([201, 1]);
    const second = await world.order([await hold()], { promoCode: 'HALF' });
    expect([second.status, second.body.code, second.body.reason]).toEqual([
      409,
      'PROMO_CODE_REFUSED',
      'used_up',
    ]);
    await world.call('cancelOrder', { params: { orderId: first.body.id } });
    await world.call('cancelOrder', { params: { orderId: first.body.id } });
    expect(await uses()).toBe(0);
    expect((await world.order([await hold()], { promoCode: 'HALF' })).status).toBe(201);
    expect((await world.order([await hold()], { promoCode: 'NONE' })).body.reason).toBe('unknown');
  });

  test('five at once for one use: one has it', async () => {
    const { hold, uses } = await onSale(1);
    const holds = await Promise.all(Array.from({ length: 5 }, () => hold()));
    const answers = await Promise.all(holds.map((holdId) => world.order([holdId], { promoCode: 'HALF' })));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409]);
    expect(await uses()).toBe(1);
  });

  test('more of a ticket type than one order may have, by holds that each may', async () => {
    const { hold } = await onSale();
    const refused = await world.order([await hold(2), await hold(1)]);
    expect([refused.status, refused.body.errors]).toEqual([
      422,
      [
        {
          in: 'body',
          pointer: '/holdIds',
          code: 'OVER_ORDER_LIMIT',
          detail: '3 of pit; an order has at most 2.',
        },
      ],
    ]);
  });

  test('a free order claims its use in the transaction that confirms it', async () => {
    const announced = world.ticketing.announce({
      ticketTypes: [{ ...seats('a'), quantity: 5, planCategory: undefined } as never],
    });
    await world.ticketing.deliver('inventory-builder', announced.event('SESSION-PUBLISHING', 2));
    const { eventId, organizationId } = announced.sale as { eventId: string; organizationId: string };
    const promos = openPromoCodes(world.table);
    await promos.create(
      {
        eventId,
        organizationId,
        code: 'GUEST',
        discount: { basisPoints: 10_000 },
        maxUses: 1,
        isActive: true,
      },
      { at: new Date().toISOString(), requestHash: 'x' },
      stamp('promoCode.created'),
    );
    const hold = () => world.hold(announced.sessionId, { ticketTypeId: typeId('a'), quantity: 1 });
    const made = await world.order([await hold()], { promoCode: 'GUEST', payment: undefined });
    expect([made.status, made.body.status, made.body.total.amount]).toEqual([201, 'confirmed', 0]);
    expect((await promos.get({ eventId, code: 'GUEST' }))?.uses).toBe(1);
    const refused = await world.order([await hold()], { promoCode: 'GUEST', payment: undefined });
    expect([refused.status, refused.body.reason]).toEqual([409, 'used_up']);
  });
});
