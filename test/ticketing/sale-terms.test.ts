import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openInventory } from '../../functions/ticketing/inventory-store.ts';
import { isInSalesWindow, orderLimitsExceeded } from '../../functions/ticketing/sale-terms.ts';
import { hall } from './hall.ts';
import {
  type Answered,
  type CallOptions,
  freshKey,
  seats,
  slots,
  startTicketing,
  type Ticketing,
  typeId,
} from './harness.ts';

describe('the sales window of a ticket type, at second 100', () => {
  const second = (at: number) => new Date(at * 1_000).toISOString();
  test.each<[string, Parameters<typeof isInSalesWindow>[0], boolean]>([
    ['none', {}, true],
    ['from then on', { salesFrom: second(100) }, true],
    ['from the next second on', { salesFrom: second(101) }, false],
    ['until the next second', { salesUntil: second(101) }, true],
    ['until then', { salesUntil: second(100) }, false],
    ['over', { salesFrom: second(10), salesUntil: second(20) }, false],
  ])('%s', (_, window, isOpen) => {
    expect(isInSalesWindow(window, 100)).toBe(isOpen);
  });
});

test.each<[string, string[], object[]]>([
  ['nothing', [], []],
  ['as many as there may be', ['tt_a', 'tt_b', 'tt_a'], []],
  [
    'one more, spread over holds',
    ['tt_a', 'tt_b', 'tt_a', 'tt_a', 'tt_b'],
    [{ ticketTypeId: 'tt_a', name: 'A', count: 3, maxPerOrder: 2 }],
  ],
  [
    'types without a limit, and of another session',
    Array(50).fill('tt_b').concat(Array(50).fill('tt_c')),
    [],
  ],
])('places over the limit per order: %s', (_, ofPlaces, exceeded) => {
  const types = [
    { id: 'tt_a', name: 'A', maxPerOrder: 2 },
    { id: 'tt_b', name: 'B' },
  ];
  expect(orderLimitsExceeded(types, ofPlaces)).toEqual(exceeded);
});

describe('holding places on terms', () => {
  let ticketing: Ticketing;
  beforeAll(async () => {
    ticketing = await startTicketing();
  });
  afterAll(() => ticketing.stop());
  afterEach(() => ticketing.clock.run());

  const hold = (sessionId: string, body: object, options: CallOptions = {}): Promise<Answered> =>
    ticketing.instance().call('createHold', { params: { sessionId }, body, ...options });
  const faultsOf = ({ body }: Answered): readonly string[] =>
    body.errors.map(({ pointer, code }: Record<string, string>) => `${pointer} ${code}`);

  const opens = '2027-01-01T10:00:00.000Z';
  const closes = '2027-01-01T12:00:00.000Z';
  const at = (instant: string, offsetMs = 0) => ticketing.clock.stopAt(Date.parse(instant) + offsetMs);
  /** Row 1 is sold in a window, row 2 always; standing places until noon. */
  const sale = () => ({
    layout: hall(['aaaa', 'bbbb']),
    ticketTypes: [
      { ...seats('a'), salesFrom: opens, salesUntil: closes },
      seats('b'),
      { ...slots('pit', 50), salesUntil: closes },
    ],
  });

  test('only from the instant a type goes on sale, and no more from the instant it ends', async () => {
    at(opens, -1);
    const sessionId = await ticketing.sell(sale());
    const refused = await hold(sessionId, { seats: ['1-1', '2-1'] });
    expect(refused.status).toBe(409);
    expect(refused.body).toMatchObject({
      code: 'TICKET_TYPE_NOT_ON_SALE',
      ticketTypes: [{ ticketTypeId: typeId('a'), salesFrom: opens, salesUntil: closes }],
    });
    expect((await hold(sessionId, { seats: ['2-1'] })).status).toBe(201);
    at(opens);
    expect((await hold(sessionId, { seats: ['1-1', '2-2'] })).status).toBe(201);
    at(closes, -1);
    expect((await hold(sessionId, { ticketTypeId: typeId('a'), quantity: 1 })).status).toBe(201);
    at(closes);
    const late = await hold(sessionId, { ticketTypeId: typeId('pit'), quantity: 2 });
    expect([late.status, late.body.ticketTypes]).toEqual([
      409,
      [{ ticketTypeId: typeId('pit'), salesUntil: closes }],
    ]);
    const both = await hold(sessionId, { seats: ['1-4', '2-4', `${typeId('pit')}-1`] });
    expect(both.body.ticketTypes.map(({ ticketTypeId }: { ticketTypeId: string }) => ticketTypeId)).toEqual([
      typeId('a'),
      typeId('pit'),
    ]);
  });

  test('a hold made in time stands after the sale ended: read, repeated, extended', async () => {
    at(closes, -1_000);
    const sessionId = await ticketing.sell(sale());
    const key = freshKey();
    const made = await hold(sessionId, { seats: ['1-1'] }, { key });
    at(closes, 60_000);
    const again = await hold(sessionId, { seats: ['1-1'] }, { key });
    expect([again.status, again.body.id, again.headers['Idempotent-Replayed']]).toEqual([
      201,
      made.body.id,
      'true',
    ]);
    const extended = await ticketing.call('extendHold', {
      params: { holdId: made.body.id },
      body: { seconds: 900 },
    });
    expect(extended.status).toBe(200);
  });

  test('a refusal for its time reads nothing but whether the request is a repeat', async () => {
    at(closes);
    const sessionId = await ticketing.sell(sale());
    const instance = ticketing.instance();
    const ask = () =>
      instance.call('createHold', { params: { sessionId }, body: { seats: ['1-1'] }, key: freshKey() });
    await ask();
    await ask();
    // The sale is in memory by then: one read of the hold that might be there.
    expect(instance.cost()).toEqual({ calls: 1, readUnits: 1, writeUnits: 0 });
  });

  test('no more of a type in one hold than in one order', async () => {
    const sessionId = await ticketing.sell({
      layout: hall(['aaaa', 'bbbb']),
      ticketTypes: [{ ...seats('a'), maxPerOrder: 2 }, seats('b'), { ...slots('pit', 50), maxPerOrder: 1 }],
    });
    const refused = await hold(sessionId, { seats: ['1-1', '1-2', '1-3', '2-1'] });
    expect([refused.status, faultsOf(refused)]).toEqual([422, ['/seats OVER_ORDER_LIMIT']]);
    expect(refused.body.errors[0].detail).toBe('3 of a; an order has at most 2.');
    expect((await hold(sessionId, { seats: ['1-1', '1-2', '2-1', '2-2', '2-3'] })).status).toBe(201);
    const pit = { ticketTypeId: typeId('pit') };
    expect(faultsOf(await hold(sessionId, { ...pit, quantity: 2 }))).toEqual(['/quantity OVER_ORDER_LIMIT']);
    expect((await hold(sessionId, { ...pit, quantity: 1 })).status).toBe(201);
  });

  test('a limit that the organizer lowers takes no hold back: its request still answers with it', async () => {
    const announced = ticketing.announce({ layout: hall(['aaaa']), ticketTypes: [seats('a')] });
    const { sessionId } = announced;
    await ticketing.deliver('inventory-builder', announced.event('SESSION-PUBLISHING', 2));
    const key = freshKey();
    const made = await hold(sessionId, { seats: ['1-1', '1-2', '1-3'] }, { key });
    expect(made.status).toBe(201);
    const lowered = { status: 'published', ticketTypes: [{ ...seats('a'), maxPerOrder: 2 }] };
    await ticketing.deliver('session-sync', announced.event('SESSION-UPDATED', 4, lowered));
    const again = await hold(sessionId, { seats: ['1-1', '1-2', '1-3'] }, { key });
    expect([again.status, again.body]).toEqual([201, made.body]);
    expect((await hold(sessionId, { seats: ['1-1', '1-2', '1-3'] })).status).toBe(422);
  });

  test('terms that the organizer changes are those of the sale; its places stay', async () => {
    at(opens);
    const announced = ticketing.announce(sale());
    const { sessionId } = announced;
    await ticketing.deliver('inventory-builder', announced.event('SESSION-PUBLISHING', 2));
    const show = () => ticketing.instance().call('getSeats', { params: { sessionId } });
    const before = await show();
    expect(before.body.ticketTypes).toEqual([
      { id: typeId('a'), available: 4, held: 0, sold: 0, salesFrom: opens, salesUntil: closes },
      { id: typeId('b'), available: 4, held: 0, sold: 0 },
      { id: typeId('pit'), available: 50, held: 0, sold: 0, salesUntil: closes },
    ]);
    const ticketTypes = [
      { ...seats('a'), maxPerOrder: 2 },
      { ...seats('b'), tax: { name: 'TVA', basisPoints: 900, included: true, isFeeTaxed: true } },
      { ...slots('pit', 50), fee: { amount: 100, isRefundable: false }, salesFrom: closes },
    ];
    const changed = announced.event('SESSION-UPDATED', 4, { status: 'published', ticketTypes });
    await ticketing.deliver('session-sync', changed);
    expect((await openInventory(ticketing.table).readSale(sessionId))?.ticketTypes).toEqual(ticketTypes);
    const after = await show();
    expect(after.body.ticketTypes).toEqual([
      { id: typeId('a'), available: 4, held: 0, sold: 0, maxPerOrder: 2 },
      { id: typeId('b'), available: 4, held: 0, sold: 0 },
      { id: typeId('pit'), available: 50, held: 0, sold: 0, salesFrom: closes },
    ]);
    expect(after.body.states).toBe(before.body.states);
    expect(after.headers['ETag']).not.toBe(before.headers['ETag']);
    expect((await hold(sessionId, { ticketTypeId: typeId('pit'), quantity: 1 })).body.code).toBe(
      'TICKET_TYPE_NOT_ON_SALE',
    );
  });
});
