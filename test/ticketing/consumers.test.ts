import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { layoutOf } from '../../functions/catalog/layout.ts';
import type { Item } from '../../functions/platform/table.ts';
import { planInventory } from '../../functions/ticketing/block-plan.ts';
import { buildInventory } from '../../functions/ticketing/build-inventory.ts';
import {
  type InventoryStore,
  openInventory,
  type SaleWrites,
} from '../../functions/ticketing/inventory-store.ts';
import type { Sale } from '../../functions/ticketing/sale.ts';
import { syncSession } from '../../functions/ticketing/sync-session.ts';
import { generateStadium } from '../../scripts/generate-plan.ts';
import { hall } from './hall.ts';
import {
  type Answered,
  expiryQueue,
  freshKey,
  owners,
  seats,
  slots,
  startTicketing,
  sweepQueue,
  type Ticketing,
  typeId,
} from './harness.ts';

let ticketing: Ticketing;
beforeAll(async () => {
  ticketing = await startTicketing();
});
afterAll(() => ticketing.stop());
beforeEach(async () => {
  await ticketing.settle();
  ticketing.messages.length = 0;
});
afterEach(() => ticketing.clock.run());

const sale = () => ({ layout: hall(['aaaaaaaaaa', 'aaaaaaaaaa']), ticketTypes: [seats('a')] });
const holdSeats = (sessionId: string, names: string[], on = ticketing.instance()): Promise<Answered> =>
  on.call('createHold', { params: { sessionId }, body: { seats: names }, key: freshKey() });
const statusOf = async (holdId: string) =>
  (await ticketing.call('getHold', { params: { holdId } })).body.status;

describe('the expiry of holds', () => {
  test('a hold starts a timer; when it fires the hold is expired, told once, and its claims are gone', async () => {
    const sessionId = await ticketing.sell(sale());
    ticketing.clock.stopAt(Date.now());
    const made = await holdSeats(sessionId, ['1-1', '2-1']);
    await ticketing.settle();
    const [timer, ...others] = ticketing.messages;
    expect(others).toEqual([]);
    expect(timer).toEqual({
      queueUrl: expiryQueue,
      body: JSON.stringify({ holdId: made.body.id }),
      delaySeconds: 601,
    });

    ticketing.clock.stopAt(Date.parse(made.body.expiresAt));
    await ticketing.deliver('hold-expiry', timer?.body);
    await ticketing.deliver('hold-expiry', timer?.body);
    const told = await ticketing.settle();
    expect(told.map(({ type, actor }) => [type, actor])).toEqual([
      ['SEAT-HOLD-EXPIRED', 'system:ticketing-hold-expiry'],
    ]);
    const blocks = await openInventory(ticketing.table).readBlocks(sessionId, 1, true);
    expect([...blocks.values()].map(({ held }) => held)).toEqual([{}, {}]);
    // The item itself says so, not only the clock.
    ticketing.clock.run();
    const item = await ticketing.table.get<Item>({ pk: `HOLD#${made.body.id}`, sk: 'HOLD' });
    expect(item?.['status']).toBe('expired');
  });

  test('an early timer, and that of a hold extended since, wait on', async () => {
    const sessionId = await ticketing.sell(sale());
    const made = await holdSeats(sessionId, ['1-1']);
    const endMs = Date.parse(made.body.expiresAt);
    ticketing.clock.stopAt(endMs - 5_000);
    await ticketing.call('extendHold', { params: { holdId: made.body.id }, body: { seconds: 600 } });
    await ticketing.settle();
    ticketing.messages.length = 0;
    ticketing.clock.stopAt(endMs);
    await ticketing.deliver('hold-expiry', { holdId: made.body.id });
    expect(ticketing.messages.map(({ delaySeconds }) => delaySeconds)).toEqual([596]);
    expect(await statusOf(made.body.id)).toBe('active');
    expect((await ticketing.settle()).map(({ type }) => type)).toEqual([]);
  });

  test('the timer of a cancelled hold, and of one that is gone, does nothing', async () => {
    const sessionId = await ticketing.sell(sale());
    const made = await holdSeats(sessionId, ['1-1']);
    await ticketing.call('cancelHold', { params: { holdId: made.body.id } });
    await ticketing.settle();
    ticketing.messages.length = 0;
    ticketing.clock.stopAt(Date.parse(made.body.expiresAt));
    await ticketing.deliver('hold-expiry', { holdId: made.body.id });
    await ticketing.deliver('hold-expiry', { holdId: 'hld_00000000000000000000000000' });
    expect(await ticketing.settle()).toEqual([]);
    expect(ticketing.messages).toEqual([]);
    expect(await statusOf(made.body.id)).toBe('cancelled');
  });

  test('a late timer takes nothing from the next owner', async () => {
    const sessionId = await ticketing.sell(sale());
    const first = await holdSeats(sessionId, ['1-1', '1-2']);
    ticketing.clock.stopAt(Date.parse(first.body.expiresAt));
    const second = await holdSeats(sessionId, ['1-1']);
    await ticketing.deliver('hold-expiry', { holdId: first.body.id });
    const owned = await owners(ticketing.table, sessionId, [first.body.id, second.body.id]);
    expect([...owned]).toEqual([['0/0', second.body.id]]);
    // What nobody took meanwhile is given back all the same: no dead claim stays.
    const blocks = await openInventory(ticketing.table).readBlocks(sessionId, 1, true);
    expect(Object.keys(blocks.get(0)?.held ?? {})).toEqual(['0']);
  });

  test('given up after it lapsed: told as expired, since that is how it was seen', async () => {
    const sessionId = await ticketing.sell(sale());
    const made = await holdSeats(sessionId, ['1-1']);
    await ticketing.settle();
    ticketing.clock.stopAt(Date.parse(made.body.expiresAt));
    const given = await ticketing.call('cancelHold', { params: { holdId: made.body.id } });
    expect(given.status).toBe(204);
    expect((await ticketing.settle()).map(({ type }) => type)).toEqual(['SEAT-HOLD-EXPIRED']);
  });

  test('told twice, and after the record was deleted, the release changes nothing', async () => {
    const sessionId = await ticketing.sell(sale());
    const made = await holdSeats(sessionId, ['1-1']);
    ticketing.clock.stopAt(Date.parse(made.body.expiresAt));
    await ticketing.deliver('hold-expiry', { holdId: made.body.id });
    const [expired] = (await ticketing.settle()).filter(({ type }) => type === 'SEAT-HOLD-EXPIRED');
    await ticketing.table.delete({ pk: `HOLD#${made.body.id}`, sk: 'HOLD' }, {});
    await ticketing.deliver('claim-release', { detail: expired });
    await ticketing.deliver('claim-release', { detail: expired });
    expect((await holdSeats(sessionId, ['1-1'])).status).toBe(201);
  });

  test('of a message it does not know, it says so by failing', async () => {
    expect(await ticketing.attempt('hold-expiry', { wrong: true })).toBe(false);
    expect(await ticketing.attempt('claim-release', { detail: { type: 'SESSION-CANCELLED' } })).toBe(false);
  });
});

describe('a session that the catalog changes', () => {
  test('postponed: no holds, what is held stays held; with new dates it is on sale again', async () => {
    const announced = ticketing.announce(sale());
    await ticketing.deliver('inventory-builder', announced.event('SESSION-PUBLISHING', 2));
    const { sessionId } = announced;
    const before = { params: { sessionId }, body: { seats: ['1-1'] }, key: freshKey() };
    const made = await ticketing.instance().call('createHold', before);
    await ticketing.deliver('session-sync', announced.event('SESSION-POSTPONED', 4, { status: 'postponed' }));
    const refused = await holdSeats(sessionId, ['1-2']);
    expect(refused.body).toMatchObject({
      status: 409,
      code: 'SESSION_NOT_ON_SALE',
      currentStatus: 'postponed',
    });
    // Who asks again for what they have is still answered with it.
    const repeated = await ticketing.instance().call('createHold', before);
    expect([repeated.status, repeated.body]).toEqual([201, made.body]);
    expect(await statusOf(made.body.id)).toBe('active');
    await ticketing.deliver('session-sync', announced.event('SESSION-UPDATED', 5, { status: 'published' }));
    expect((await holdSeats(sessionId, ['1-2'])).status).toBe(201);
    expect(ticketing.messages).toEqual([]);
  });

  test('a function that remembers the session as on sale forgets within five seconds', async () => {
    const announced = ticketing.announce(sale());
    await ticketing.deliver('inventory-builder', announced.event('SESSION-PUBLISHING', 2));
    const remembering = ticketing.instance();
    ticketing.clock.stopAt(Date.now());
    await holdSeats(announced.sessionId, ['1-1'], remembering);
    await ticketing.deliver('session-sync', announced.event('SESSION-POSTPONED', 4, { status: 'postponed' }));
    ticketing.clock.stopAt(Date.now() + 5_001);
    expect((await holdSeats(announced.sessionId, ['1-2'], remembering)).body.code).toBe(
      'SESSION_NOT_ON_SALE',
    );
  });

  test('cancelled: once no request knows it as on sale, the sweep ends every hold, and tells', async () => {
    const announced = ticketing.announce({ ...sale(), maxHoldsPerCustomer: 10 });
    await ticketing.deliver('inventory-builder', announced.event('SESSION-PUBLISHING', 2));
    const { sessionId } = announced;
    const made = await Promise.all(
      Array.from({ length: 10 }, (_, n) => holdSeats(sessionId, [`1-${n + 1}`, `2-${n + 1}`])),
    );
    const given = await ticketing.call('cancelHold', { params: { holdId: made[0]?.body.id } });
    expect(given.status).toBe(204);
    await ticketing.settle();
    ticketing.messages.length = 0;

    const event = announced.event('SESSION-CANCELLED', 4, { status: 'cancelled' });
    await ticketing.deliver('session-sync', event);
    await ticketing.deliver('session-sync', event);
    const message = { queueUrl: sweepQueue, body: JSON.stringify({ sessionId }), delaySeconds: 16 };
    expect(ticketing.messages).toEqual([message, message]);
    expect((await holdSeats(sessionId, ['1-1'])).body.currentStatus).toBe('cancelled');
    await ticketing.deliver('session-sweep', message.body);
    await ticketing.deliver('session-sweep', message.body);
    const told = await ticketing.settle();
    expect(told.map(({ type }) => type)).toEqual(Array(9).fill('SEAT-HOLD-CANCELLED'));
    for (const { body } of made) expect(await statusOf(body.id)).toBe('cancelled');
    expect([...(await owners(ticketing.table, sessionId, []))]).toEqual([]);
    const late = await ticketing.call('extendHold', { params: { holdId: made[1]?.body.id }, body: {} });
    expect(late.body.code).toBe('HOLD_NOT_ACTIVE');
  });

  test('the sweep of a session that is on sale ends nothing', async () => {
    const sessionId = await ticketing.sell(sale());
    const made = await holdSeats(sessionId, ['1-1']);
    await ticketing.deliver('session-sweep', { sessionId });
    await ticketing.deliver('session-sweep', { sessionId: 'ses_00000000000000000000000000' });
    expect(await statusOf(made.body.id)).toBe('active');
  });

  test('news out of order: the older is dropped, and cancelled is for good', async () => {
    const announced = ticketing.announce(sale());
    await ticketing.deliver('inventory-builder', announced.event('SESSION-PUBLISHING', 2));
    const sync = (type: string, sequence: number, more: object) =>
      ticketing.deliver('session-sync', announced.event(type, sequence, more));
    const read = async () => openInventory(ticketing.table).readSale(announced.sessionId);
    await sync('SESSION-UPDATED', 5, { status: 'published', holdSeconds: 120, maxHoldsPerCustomer: 2 });
    await sync('SESSION-UPDATED', 4, { status: 'published', holdSeconds: 999 });
    expect(await read()).toMatchObject({ holdSeconds: 120, maxHoldsPerCustomer: 2, sourceSequence: 5 });
    await sync('SESSION-UPDATED', 6, { status: 'published', holdSeconds: 60 });
    expect((await read())?.maxHoldsPerCustomer).toBeUndefined();
    await sync('SESSION-CANCELLED', 7, { status: 'cancelled' });
    await sync('SESSION-UPDATED', 8, { status: 'published' });
    expect((await read())?.status).toBe('cancelled');
  });

  test('over: nothing is sold from the instant it ends', async () => {
    const announced = ticketing.announce(sale());
    const endsAt = new Date(Math.ceil(Date.now() / 1_000) * 1_000 + 60_000).toISOString();
    await ticketing.deliver('inventory-builder', announced.event('SESSION-PUBLISHING', 2, { endsAt }));
    ticketing.clock.stopAt(Date.parse(endsAt) - 1);
    expect((await holdSeats(announced.sessionId, ['1-1'])).status).toBe(201);
    ticketing.clock.stopAt(Date.parse(endsAt));
    expect((await holdSeats(announced.sessionId, ['1-2'])).body).toMatchObject({
      code: 'SESSION_NOT_ON_SALE',
      currentStatus: 'over',
    });
  });
});

describe('building the inventory', () => {
  test('on sale when every block stands, told once; a second delivery builds nothing anew', async () => {
    const announced = ticketing.announce(sale());
    const { sessionId } = announced;
    const instance = ticketing.instance();
    expect((await holdSeats(sessionId, ['1-1'], instance)).status).toBe(404);
    const event = announced.event('SESSION-PUBLISHING', 2);
    await ticketing.deliver('inventory-builder', event);
    const told = await ticketing.settle();
    expect(told.map(({ type, data }) => [type, data])).toEqual([
      ['SESSION-INVENTORY-BUILT', { sessionId, eventId: expect.any(String), blocks: 2 }],
    ]);
    // Who asked before, asks again: it sells from the moment it stands.
    const made = await holdSeats(sessionId, ['1-1'], instance);
    expect(made.status).toBe(201);
    await ticketing.deliver('inventory-builder', event);
    expect(await statusOf(made.body.id)).toBe('active');
    await owners(ticketing.table, sessionId, [made.body.id]);
    expect((await ticketing.settle()).map(({ type }) => type)).toEqual(['SEAT-HOLD-CREATED']);
  });

  test('cancelled before it was built: the builder, coming later, does not put it on sale', async () => {
    const announced = ticketing.announce(sale());
    await ticketing.deliver('session-sync', announced.event('SESSION-CANCELLED', 3, { status: 'cancelled' }));
    await ticketing.deliver('inventory-builder', announced.event('SESSION-PUBLISHING', 2));
    expect((await holdSeats(announced.sessionId, ['1-1'])).body.currentStatus).toBe('cancelled');
    expect((await ticketing.settle()).map(({ type }) => type)).toEqual([]);
    await ticketing.deliver('session-sweep', { sessionId: announced.sessionId });
  });

  test('cancelled just when the builder begins: the builder’s record is the one that is cancelled', async () => {
    const announced = ticketing.announce(sale());
    const store = openInventory(ticketing.table);
    const event = announced.event('SESSION-CANCELLED', 3, { status: 'cancelled' }) as {
      detail: { data: never };
    };
    const change = { what: 'sale.synced', by: 'test', requestId: 'r', at: '2026-11-21T10:00:00.000Z' };
    let building = Promise.resolve();
    const overtaken = {
      ...store,
      createSale: async (...args: Parameters<SaleWrites['createSale']>) => {
        building = ticketing.deliver('inventory-builder', announced.event('SESSION-PUBLISHING', 2));
        await building;
        return store.createSale(...args);
      },
    };
    let sweeps = 0;
    await syncSession(overtaken, event.detail.data, 3, change, async () => {
      sweeps += 1;
    });
    await building;
    expect(sweeps).toBe(1);
    expect((await store.readSale(announced.sessionId))?.status).toBe('cancelled');
  });

  test('two builders at once: the slower one takes nothing from those who bought already', async () => {
    const ticketTypes = [slots('pit', 40)];
    const announced = ticketing.announce({ ticketTypes });
    const plan = planInventory(undefined, ticketTypes);
    const store = openInventory(ticketing.table);
    const made: Answered[] = [];
    const slow = {
      ...store,
      createBlock: async (...args: Parameters<SaleWrites['createBlock']>) => {
        if (made.length === 0) {
          made.push({} as Answered);
          await ticketing.deliver('inventory-builder', announced.event('SESSION-PUBLISHING', 2));
          made[0] = await holdSeats(announced.sessionId, [`${typeId('pit')}-1`, `${typeId('pit')}-40`]);
        }
        return store.createBlock(...args);
      },
    };
    const record = {
      ...announced.sale,
      status: 'building',
      blocksTotal: 2,
      blocksBuilt: 0,
      revision: 1,
      sourceSequence: 2,
    };
    const stamp = (what: string) => ({ what, by: 'test', requestId: 'r', at: '2026-11-21T10:00:00.000Z' });
    await buildInventory(slow, record as unknown as Sale, plan, stamp);
    expect(made[0]?.status).toBe(201);
    expect((await owners(ticketing.table, announced.sessionId, [made[0]?.body.id])).size).toBe(2);
  });

  test('cancelled while it is built: it does not go on sale', async () => {
    const announced = ticketing.announce({ ticketTypes: [slots('pit', 10_000)] });
    const building = ticketing.deliver('inventory-builder', announced.event('SESSION-PUBLISHING', 2));
    await expect
      .poll(async () => (await openInventory(ticketing.table).readSale(announced.sessionId))?.status)
      .toBe('building');
    const early = await ticketing.call('getSeats', { params: { sessionId: announced.sessionId } });
    expect([early.status, early.body.currentStatus]).toEqual([409, 'building']);
    await ticketing.deliver('session-sync', announced.event('SESSION-CANCELLED', 3, { status: 'cancelled' }));
    await building;
    expect((await openInventory(ticketing.table).readSale(announced.sessionId))?.status).toBe('cancelled');
    expect((await ticketing.settle()).map(({ type }) => type)).toEqual([]);
  });

  test('a crash at any write: the next run goes on, keeps what stands, and shows its progress on the way', async () => {
    const quantity = 700;
    const ticketTypes = [slots('pit', quantity)];
    const plan = planInventory(undefined, ticketTypes);
    const store = openInventory(ticketing.table);
    const writes = plan.blocks.length + 2;
    // Dies at the first write, at the last, and at some in between.
    for (const [run, at] of [0, 1, 2, 20, writes - 2, writes - 1].entries()) {
      const sessionId = `ses_crash${run}`;
      const record = {
        sessionId,
        status: 'building',
        blocksTotal: plan.blocks.length,
        blocksBuilt: 0,
        revision: 1,
      };
      const stamp = (what: string) => ({ what, by: 'test', requestId: 'r', at: '2026-11-21T10:00:00.000Z' });
      for (const when of ['before', 'after'] as const) {
        await expect(
          buildInventory(
            dyingAt(store, at, when),
            { ...record, ticketTypes } as unknown as Sale,
            plan,
            stamp,
          ),
        ).rejects.toThrow('died');
      }
      await buildInventory(store, { ...record, ticketTypes } as unknown as Sale, plan, stamp);
      expect(await store.readSale(sessionId)).toMatchObject({ status: 'on_sale', blocksBuilt: 35 });
      expect([...(await store.readBlocks(sessionId, plan.shards, true)).keys()]).toEqual(
        plan.blocks.map(({ number }) => number),
      );
    }
  });

  test('40,000 seats of a stadium, in blocks over 16 shards, its progress growing to the end', async () => {
    const layout = layoutOf(generateStadium(40_000) as never, 'ven_1');
    const announced = ticketing.announce({
      layout,
      ticketTypes: layout.categories.map(({ name }, n) => ({ ...seats(name), id: typeId(String(n)) })),
    });
    const progress: number[] = [];
    const building = ticketing.deliver('inventory-builder', announced.event('SESSION-PUBLISHING', 2));
    const store = openInventory(ticketing.table);
    await expect
      .poll(
        async () => {
          const found = await store.readSale(announced.sessionId);
          if (found) progress.push(found.blocksBuilt);
          return found?.status;
        },
        { timeout: 60_000 },
      )
      .toBe('on_sale');
    await building;
    expect(progress).toEqual(progress.toSorted((a, b) => a - b));
    expect(new Set(progress).size).toBeGreaterThan(2);
    const seatsShown = await ticketing.call('getSeats', { params: { sessionId: announced.sessionId } });
    expect(seatsShown.body.summary).toEqual({ available: 40_000, held: 0, sold: 0 });
  }, 60_000);
});

const dyingAt = (
  store: InventoryStore & SaleWrites,
  at: number,
  when: 'before' | 'after',
): InventoryStore & SaleWrites => {
  let written = 0;
  return new Proxy(store, {
    get:
      (target, name: keyof SaleWrites) =>
      async (...args: never[]) => {
        const isLast = written === at;
        written += 1;
        if (isLast && when === 'before') throw new Error('died');
        const result = await (target[name] as (...given: never[]) => Promise<unknown>)(...args);
        if (isLast) throw new Error('died');
        return result;
      },
  });
};
