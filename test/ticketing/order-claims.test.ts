import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Change } from '../../functions/platform/lifecycle-event.ts';
import type { TransactionWrite } from '../../functions/platform/table.ts';
import {
  type ClaimedPlace,
  confirmWrites,
  type EndedOrderHolds,
  lostPlaces,
  type OrderClaims,
  openEndedOrderHolds,
  openOrderClaims,
  takeBackWrites,
} from '../../functions/ticketing/contracts.ts';
import { endedOrderHolds } from '../../functions/ticketing/ended-order-holds.ts';
import { type InventoryStore, openInventory } from '../../functions/ticketing/inventory-store.ts';
import { openPictures } from '../../functions/ticketing/pictures.ts';
import { openSales } from '../../functions/ticketing/sales.ts';
import { hall } from './hall.ts';
import { freshKey, seats, slots, startTicketing, type Ticketing, typeId } from './harness.ts';

/** What orders ask of the inventory: read, sell, take back, hold the next best. */
let ticketing: Ticketing;
let claims: OrderClaims;
let endedHolds: EndedOrderHolds;
beforeAll(async () => {
  ticketing = await startTicketing();
  claims = openOrderClaims('ticketing', 'plans');
  endedHolds = openEndedOrderHolds('ticketing', 'plans');
});
afterAll(() => ticketing.stop());
afterEach(() => ticketing.clock.run());

const seconds = (): number => Math.floor(Date.now() / 1_000);
const change = (what: string): Change => ({
  what,
  by: 'system:test',
  requestId: what,
  at: new Date().toISOString(),
});
const sell = () =>
  ticketing.sell({ layout: hall(['aaaaaa', 'bbb']), ticketTypes: [seats('a'), seats('b'), slots('pit', 3)] });
const hold = async (sessionId: string, body: object, more: object = {}): Promise<string> => {
  const answer = await ticketing.call('createHold', {
    params: { sessionId },
    body,
    key: freshKey(),
    ...more,
  });
  expect(answer.status).toBe(201);
  return answer.body.id;
};
const placesOf = async (...holdIds: string[]): Promise<readonly ClaimedPlace[]> => {
  const held = await claims.readHolds(holdIds);
  return holdIds.flatMap((id) => held.get(id)?.places ?? []);
};
/** Sells places to an order by itself; undefined when it is done, else what was lost. */
const confirm = async (orderId: string, holdIds: readonly string[], places: readonly ClaimedPlace[]) => {
  const writes = confirmWrites('ticketing', orderId, holdIds, places, seconds(), change(`of ${orderId}`));
  const result = await ticketing.table.transact(writes.map(({ write }) => write));
  return result.written ? undefined : lostPlaces(writes, result.refusals);
};
const stateOf = async (sessionId: string): Promise<Record<string, string>> => {
  ticketing.clock.skip(3);
  const answer = await ticketing.call('getSeats', { params: { sessionId }, query: { format: 'full' } });
  return answer.body.places;
};
const statusOf = async (holdId: string): Promise<string> =>
  (await ticketing.call('getHold', { params: { holdId } })).body.status;

test('a hold with its places, by name and with what they sell as; unknown ones are left out', async () => {
  const sessionId = await sell();
  ticketing.clock.stopAt(Date.now());
  const holdId = await hold(sessionId, { seats: ['1-2', '2-1'] });
  const held = await claims.readHolds([holdId, 'hld_00000000000000000000000000']);
  expect([...held.keys()]).toEqual([holdId]);
  expect(held.get(holdId)).toMatchObject({
    holdId,
    sessionId,
    status: 'active',
    until: seconds() + 600,
    sessionState: 'on_sale',
    places: [
      { holdId, sessionId, place: '1-2', shard: 0, block: 0, key: '1', ticketType: seats('a') },
      { holdId, sessionId, place: '2-1', shard: 0, block: 1, key: '0', ticketType: seats('b') },
    ],
  });
  ticketing.clock.skip(601);
  expect((await claims.readHolds([holdId])).get(holdId)?.status).toBe('expired');
});

describe('selling the places of holds', () => {
  test('places are sold, holds confirmed, and that is told', async () => {
    const sessionId = await sell();
    const one = await hold(sessionId, { seats: ['1-1', '2-1'] });
    // The second hold lies in a block of the first: both are written at once.
    const two = await hold(sessionId, { seats: ['1-3'] });
    await ticketing.settle();
    expect(await confirm('ord_1', [one, two], await placesOf(one, two))).toBeUndefined();
    expect(await stateOf(sessionId)).toMatchObject({
      '1-1': 'sold',
      '1-2': 'available',
      '1-3': 'sold',
      '2-1': 'sold',
    });
    expect([await statusOf(one), await statusOf(two)]).toEqual(['confirmed', 'confirmed']);
    const told = await ticketing.settle();
    expect(told.map(({ type, data }) => [type, (data as { orderId: string }).orderId])).toEqual([
      ['SEAT-HOLD-CONFIRMED', 'ord_1'],
      ['SEAT-HOLD-CONFIRMED', 'ord_1'],
    ]);
    expect((await ticketing.call('cancelHold', { params: { holdId: one } })).status).toBe(409);
    expect((await ticketing.call('extendHold', { params: { holdId: one }, body: {} })).body.code).toBe(
      'HOLD_NOT_ACTIVE',
    );
  });

  test.each(['lapsed', 'given up'])(
    'a hold that %s: its places are taken while they are free',
    async (how) => {
      const sessionId = await sell();
      const holdId = await hold(sessionId, { seats: ['1-1'] });
      const places = await placesOf(holdId);
      if (how === 'lapsed') ticketing.clock.skip(601);
      else await ticketing.call('cancelHold', { params: { holdId } });
      expect(await confirm('ord_1', [holdId], places)).toBeUndefined();
      expect(await statusOf(holdId)).toBe('confirmed');
      // Timers and claim releases that come late change nothing.
      await ticketing.deliver('hold-expiry', { holdId });
      await ticketing.settle();
      expect((await stateOf(sessionId))['1-1']).toBe('sold');
    },
  );

  test('places that are somebody else’s are named, and nothing is sold', async () => {
    const sessionId = await sell();
    const holdId = await hold(sessionId, { seats: ['1-1', '1-2', '2-1'] });
    const places = await placesOf(holdId);
    ticketing.clock.skip(601);
    const other = await hold(sessionId, { seats: ['1-2'] });
    const lost = await confirm('ord_1', [holdId], places);
    expect(lost).toMatchObject({ places: [{ place: '1-2', holdId }], takenHolds: [], goneHolds: [] });
    expect([await statusOf(holdId), await statusOf(other)]).toEqual(['expired', 'active']);
    expect(await stateOf(sessionId)).toMatchObject({ '1-1': 'available', '1-2': 'held', '2-1': 'available' });
  });

  test('two orders of one hold: one gets the places, the other learns which it lost', async () => {
    const sessionId = await sell();
    const holdId = await hold(sessionId, { seats: ['1-1', '1-2'] });
    const places = await placesOf(holdId);
    const outcomes = await Promise.all(['ord_1', 'ord_2'].map((id) => confirm(id, [holdId], places)));
    expect(outcomes.filter((outcome) => outcome === undefined)).toHaveLength(1);
    const lost = outcomes.find((outcome) => outcome !== undefined);
    expect(lost).toMatchObject({ places: [{ place: '1-1' }, { place: '1-2' }], takenHolds: [holdId] });
  });

  test('a hold whose record is gone is named apart; without it the free places are taken', async () => {
    const sessionId = await sell();
    const holdId = await hold(sessionId, { seats: ['1-1'] });
    const places = await placesOf(holdId);
    ticketing.clock.skip(601);
    await ticketing.table.delete({ pk: `HOLD#${holdId}`, sk: 'HOLD' }, {});
    expect(await confirm('ord_1', [holdId], places)).toEqual({
      places: [],
      takenHolds: [],
      goneHolds: [holdId],
    });
    expect(await confirm('ord_1', [], places)).toBeUndefined();
    expect((await stateOf(sessionId))['1-1']).toBe('sold');
    expect(await ticketing.table.get({ pk: `HOLD#${holdId}`, sk: 'HOLD' })).toBeUndefined();
  });

  test('a confirmed hold no longer counts among the live ones of its customer', async () => {
    const sessionId = await ticketing.sell({ ticketTypes: [slots('pit', 3)], maxHoldsPerCustomer: 1 });
    const body = { ticketTypeId: typeId('pit'), quantity: 1 };
    const holdId = await hold(sessionId, body, { as: 'ann' });
    const again = () =>
      ticketing.call('createHold', { params: { sessionId }, body, key: freshKey(), as: 'ann' });
    expect((await again()).body.code).toBe('HOLD_LIMIT_REACHED');
    const held = (await claims.readHolds([holdId])).get(holdId);
    await confirm('ord_1', [holdId], held?.places ?? []);
    await claims.freeSlots(held === undefined ? [] : [held]);
    expect((await again()).status).toBe(201);
  });
});

describe('taking places back', () => {
  const takeBack = async (places: readonly ClaimedPlace[]): Promise<boolean> => {
    const writes: readonly TransactionWrite[] = takeBackWrites('ticketing', places);
    return (await ticketing.table.transact(writes)).written;
  };

  test('sold places are on sale again, once; those beside them stay sold', async () => {
    const sessionId = await sell();
    const holdId = await hold(sessionId, { seats: ['1-1', '1-2', '2-1'] });
    const places = await placesOf(holdId);
    await confirm('ord_1', [holdId], places);
    const some = places.filter(({ place }) => place !== '1-2');
    expect(await takeBack(some)).toBe(true);
    expect(await stateOf(sessionId)).toMatchObject({ '1-1': 'available', '1-2': 'sold', '2-1': 'available' });
    expect(await takeBack(some)).toBe(false);
    await hold(sessionId, { seats: ['1-1', '2-1'] });
    expect(await takeBack(places)).toBe(false);
    expect(await stateOf(sessionId)).toMatchObject({ '1-1': 'held', '1-2': 'sold', '2-1': 'held' });
  });
});

describe('the next best places for a customer who lost theirs', () => {
  const wanted = (sessionId: string, quantity: number) => ({
    holdId: 'hld_0000000000000000000000000z',
    sessionId,
    ticketTypeId: typeId('pit'),
    quantity,
    customer: 'cst_1',
  });

  test('are held once, whatever is repeated; not when too few are left', async () => {
    const sessionId = await sell();
    expect(await endedHolds.holdNextBest(wanted(sessionId, 4), change)).toBe(false);
    expect(await endedHolds.holdNextBest(wanted(sessionId, 2), change)).toBe(true);
    expect(await endedHolds.holdNextBest(wanted(sessionId, 2), change)).toBe(true);
    const states = await stateOf(sessionId);
    expect(Object.values(states).filter((state) => state === 'held')).toHaveLength(2);
    expect(await statusOf('hld_0000000000000000000000000z')).toBe('active');
  });

  test('a hold that was lapsing when it was given up, and was extended just then, is given up all the same', async () => {
    const sessionId = await sell();
    const holdId = await hold(sessionId, { seats: ['1-1'] });
    const inventory = openInventory(ticketing.table);
    // By this clock the hold is over; the one that extends it has the true time.
    const ahead = seconds() + 601;
    let isExtended = false;
    const store: InventoryStore = {
      ...inventory,
      async endHold(...call) {
        const ended = await inventory.endHold(...call);
        if (!isExtended) {
          isExtended = true;
          await inventory.extendHold(holdId, ahead + 300, seconds(), change('hold.extended'), true);
        }
        return ended;
      },
    };
    const ports = { store, pictures: openPictures(store), clock: () => ahead };
    await endedOrderHolds(ports, openSales(store, 'plans')).cancelHold(holdId, change);
    expect((await inventory.getHold(holdId))?.status).toBe('cancelled');
    expect((await stateOf(sessionId))['1-1']).toBe('available');
  });

  test('a hold is given up once; a confirmed one stays', async () => {
    const sessionId = await sell();
    const [given, kept] = [
      await hold(sessionId, { seats: ['1-1'] }),
      await hold(sessionId, { seats: ['1-2'] }),
    ];
    await confirm('ord_1', [kept], await placesOf(kept));
    for (const holdId of [given, given, kept, 'hld_00000000000000000000000000'])
      await endedHolds.cancelHold(holdId, change);
    expect([await statusOf(given), await statusOf(kept)]).toEqual(['cancelled', 'confirmed']);
    expect(await stateOf(sessionId)).toMatchObject({ '1-1': 'available', '1-2': 'sold' });
  });
});
