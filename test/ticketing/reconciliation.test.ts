import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Block } from '../../functions/ticketing/block.ts';
import { rules } from '../../functions/ticketing/block.ts';
import { planInventory } from '../../functions/ticketing/block-plan.ts';
import { claimId, type Hold } from '../../functions/ticketing/hold.ts';
import {
  isExpiryMissed,
  isSettledPromise,
  lacksClaims,
  strayClaims,
} from '../../functions/ticketing/hold-drift.ts';
import { openInventory } from '../../functions/ticketing/inventory-store.ts';
import { reconcileHolds } from '../../functions/ticketing/reconcile-holds.ts';
import { hall } from './hall.ts';
import { freshKey, owners, seats, slots, startTicketing, type Ticketing } from './harness.ts';

/** Each drift of holds and claims is planted, left alone while it is young, repaired once and counted. */
let ticketing: Ticketing;
beforeAll(async () => {
  ticketing = await startTicketing();
});
afterAll(() => ticketing.stop());
afterEach(async () => {
  // Nothing of a test is drift to the next one: all claims have lapsed, all holds are ended.
  ticketing.clock.skip(8_000);
  await ticketing.reconcile();
  await ticketing.settle();
});

const layout = hall(['aaaa', 'aaaa']);
const plan = planInventory(layout, [seats('a')]);
const sell = () => ticketing.sell({ layout, ticketTypes: [seats('a')], holdSeconds: 3_600 });
const hold = async (sessionId: string, names: readonly string[], key = freshKey()): Promise<string> => {
  const made = await ticketing.call('createHold', { params: { sessionId }, body: { seats: names }, key });
  expect(made.status).toBe(201);
  return made.body.id;
};
const statusOf = async (holdId: string) =>
  (await ticketing.call('getHold', { params: { holdId } })).body.status;
const claimsOf = async (sessionId: string): Promise<Record<string, string>> => {
  const blocks = await openInventory(ticketing.table).readBlocks(sessionId, plan.shards, true);
  return Object.fromEntries(
    [...blocks].flatMap(([number, { held }]) =>
      Object.entries(held).map(([key, { h }]) => [`${number}/${key}`, `hld_${h}`]),
    ),
  );
};
const now = () => Math.floor(Date.now() / 1_000);
const store = () => openInventory(ticketing.table);
const blockOf = (number: number) => {
  const block = plan.blocks[number];
  if (block === undefined) throw new Error('No such block');
  return block;
};
/** Claims or releases as a write that got lost, or did too much, would have. */
const apply = async (
  rule: keyof typeof rules,
  sessionId: string,
  block: number,
  keys: string[],
  holdId: string,
) => {
  const input = { keys, holdId: claimId(holdId), now: now(), until: now() + 3_600 };
  expect((await store().applyRule(sessionId, blockOf(block), rules[rule], input)).applied).toBe(true);
};
/** A hold whose maker crashed between its claims and its record. */
const crashed = async (sessionId: string, names: readonly string[], key: string): Promise<void> => {
  const broken = ticketing.instance((given) => ({
    ...given,
    putHold: async () => {
      throw new Error('crashed');
    },
  }));
  const made = await broken.call('createHold', { params: { sessionId }, body: { seats: names }, key });
  expect(made.status).toBe(500);
};
const nothing = { repaired: {}, notRepaired: {} };

describe('claims that no hold names', () => {
  test('claim_without_hold: left by a crash; released when it is seen again after ten minutes', async () => {
    const sessionId = await sell();
    const other = await hold(sessionId, ['1-4']);
    await crashed(sessionId, ['1-1', '1-2'], freshKey());
    expect(Object.keys(await claimsOf(sessionId))).toEqual(['0/0', '0/1', '0/3']);
    expect(await ticketing.reconcile()).toMatchObject(nothing);
    ticketing.clock.skip(595);
    expect(await ticketing.reconcile()).toMatchObject(nothing);
    expect(Object.keys(await claimsOf(sessionId))).toEqual(['0/0', '0/1', '0/3']);
    ticketing.clock.skip(10);
    expect(await ticketing.reconcile()).toMatchObject({
      repaired: { claim_without_hold: 1 },
      notRepaired: {},
    });
    expect(await claimsOf(sessionId)).toEqual({ '0/3': other });
    expect(await ticketing.reconcile()).toMatchObject(nothing);
    await hold(sessionId, ['1-1', '1-2']);
  });

  test('one whose maker came back is left alone: it has its hold now', async () => {
    const sessionId = await sell();
    const key = freshKey();
    await crashed(sessionId, ['1-1'], key);
    expect(await ticketing.reconcile()).toMatchObject(nothing);
    const holdId = await hold(sessionId, ['1-1'], key);
    ticketing.clock.skip(605);
    expect(await ticketing.reconcile()).toMatchObject(nothing);
    expect(await claimsOf(sessionId)).toEqual({ '0/0': holdId });
    expect(await statusOf(holdId)).toBe('active');
  });

  test('claim_without_hold: beyond what its hold names; the hold keeps what is its own', async () => {
    const sessionId = await sell();
    const holdId = await hold(sessionId, ['1-1']);
    await apply('claim', sessionId, 0, ['2'], holdId);
    expect(await ticketing.reconcile()).toMatchObject(nothing);
    ticketing.clock.skip(605);
    expect(await ticketing.reconcile()).toMatchObject({
      repaired: { claim_without_hold: 1 },
      notRepaired: {},
    });
    expect(await claimsOf(sessionId)).toEqual({ '0/0': holdId });
    expect([...(await owners(ticketing.table, sessionId, [holdId]))]).toEqual([['0/0', holdId]]);
  });

  test('claim_of_ended_hold: its end was told and nobody gave the places back', async () => {
    const sessionId = await sell();
    const holdId = await hold(sessionId, ['1-1', '2-1']);
    const change = { what: 'hold.cancelled', by: 'test', requestId: 'r', at: new Date().toISOString() };
    expect((await store().endHold(holdId, 'cancelled', now(), change)).changed).toBe(true);
    expect(await ticketing.reconcile()).toMatchObject(nothing);
    ticketing.clock.skip(595);
    expect(await ticketing.reconcile()).toMatchObject(nothing);
    ticketing.clock.skip(10);
    // In each of two blocks.
    expect(await ticketing.reconcile()).toMatchObject({
      repaired: { claim_of_ended_hold: 2 },
      notRepaired: {},
    });
    expect(await claimsOf(sessionId)).toEqual({});
    expect(await ticketing.reconcile()).toMatchObject(nothing);
  });
});

describe('holds that promise what they have not', () => {
  test('hold_without_claims: ended, told and counted as what nobody can repair', async () => {
    const sessionId = await sell();
    const holdId = await hold(sessionId, ['1-1', '1-2', '2-1']);
    await ticketing.settle();
    await apply('release', sessionId, 0, ['0', '1'], holdId);
    const other = await hold(sessionId, ['1-1']);
    expect(await ticketing.reconcile()).toMatchObject(nothing);
    ticketing.clock.skip(50);
    expect(await ticketing.reconcile()).toMatchObject(nothing);
    expect(await statusOf(holdId)).toBe('active');
    ticketing.clock.skip(15);
    expect(await ticketing.reconcile()).toMatchObject({
      repaired: {},
      notRepaired: { hold_without_claims: 1 },
    });
    expect([await statusOf(holdId), await statusOf(other)]).toEqual(['cancelled', 'active']);
    expect(await claimsOf(sessionId)).toEqual({ '0/0': other });
    const told = await ticketing.settle();
    expect(
      told.filter(({ aggregate }) => aggregate.id === holdId).map(({ type, actor }) => [type, actor]),
    ).toEqual([['SEAT-HOLD-CANCELLED', 'system:ticketing-reconciliation']]);
    expect(await ticketing.reconcile()).toMatchObject(nothing);
  });

  test('a hold that was extended, and one whose claims reach further than it, are as they should be', async () => {
    const sessionId = await sell();
    const holdId = await hold(sessionId, ['1-1']);
    const crashedInExtend = await hold(sessionId, ['2-1']);
    ticketing.clock.skip(600);
    await ticketing.call('extendHold', { params: { holdId }, body: {} });
    await apply('extend', sessionId, 1, ['0'], crashedInExtend);
    ticketing.clock.skip(90);
    expect(await ticketing.reconcile()).toMatchObject(nothing);
    expect([await statusOf(holdId), await statusOf(crashedInExtend)]).toEqual(['active', 'active']);
  });

  test('a hold that changed while it was compared is not judged', async () => {
    const changed: Hold = {
      holdId: 'hld_1',
      sessionId: 'ses_1',
      status: 'active',
      until: 2_000,
      createdAt: 0,
      requestHash: '',
      revision: 1,
      places: [{ block: 0, keys: ['0'] }],
    };
    const ended: string[] = [];
    const ports = (revision: number) => ({
      clock: () => 1_000,
      pictures: { of: async () => ({}) as never, mend: () => {} },
      planOf: async () => plan,
      store: {
        getHold: async () => ({ ...changed, revision }),
        applyRule: async () => ({ applied: true, block: { sold: new Set(), held: {} } }),
        endHold: async (holdId: string) => {
          ended.push(holdId);
          return { changed: true, hold: { ...changed, status: 'cancelled' } };
        },
      } as never,
      drift: {
        page: async () => ({ blocks: [], holds: [{ hold: changed, changedAt: 0 }] }),
        readHolds: async () => new Map(),
        readBlocks: async () => new Map(),
      } as never,
      continuation: { read: async () => undefined, write: async () => {} },
    });
    const stamp = (what: string) => ({ what, by: 'test', requestId: 'r', at: '' });
    await reconcileHolds(ports(2), stamp, () => true);
    expect(ended).toEqual([]);
    await reconcileHolds(ports(1), stamp, () => true);
    expect(ended).toEqual(['hld_1']);
  });
});

test('expiry_not_announced: announced ten minutes after it was due, also when another has taken the places', async () => {
  const sessionId = await sell();
  const holdId = await hold(sessionId, ['1-1']);
  await ticketing.settle();
  ticketing.messages.length = 0;
  ticketing.clock.skip(3_605);
  const next = await hold(sessionId, ['1-1']);
  await ticketing.settle();
  expect(await ticketing.reconcile()).toMatchObject(nothing);
  ticketing.clock.skip(585);
  expect(await ticketing.reconcile()).toMatchObject(nothing);
  ticketing.clock.skip(20);
  expect(await ticketing.reconcile()).toMatchObject({
    repaired: { expiry_not_announced: 1 },
    notRepaired: {},
  });
  expect((await ticketing.settle()).map(({ type, aggregate }) => [type, aggregate.id])).toEqual([
    ['SEAT-HOLD-EXPIRED', holdId],
  ]);
  expect(await claimsOf(sessionId)).toEqual({ '0/0': next });
  expect(await ticketing.reconcile()).toMatchObject(nothing);
});

test('what cannot be looked at is told, and keeps nothing else from its repair', async () => {
  const sessionId = await sell();
  const other = await sell();
  await hold(sessionId, ['1-1']);
  const due = await hold(other, ['1-1']);
  const key = { pk: `SESSION#${sessionId}`, sk: 'SESSION' };
  const sale = await ticketing.table.get(key);
  if (sale === undefined) throw new Error('No sale');
  await ticketing.table.delete(key, {});
  // The settings of a sale are kept for five seconds.
  ticketing.clock.skip(3_600 + 605);
  expect(await ticketing.reconcile()).toMatchObject({
    repaired: { expiry_not_announced: 1 },
    notRepaired: { hold_not_examined: 1 },
  });
  expect(await statusOf(due)).toBe('expired');
  await ticketing.table.put(sale, {});
});

test('a run is bounded, the next one goes on where it ended; what a pass of blocks at rest costs', async () => {
  await ticketing.sell({ ticketTypes: [slots('standing', 6_000)] });
  const first = await ticketing.reconcile(1);
  expect(first.looked).toBeLessThanOrEqual(250);
  const second = await ticketing.reconcile(1);
  const whole = await ticketing.reconcile();
  expect([first.looked > 0, second.looked > 0]).toEqual([true, true]);
  expect(first.looked + second.looked).toBe(whole.looked);
  expect(whole.looked).toBeGreaterThanOrEqual(300);
  // Eight kilobytes a unit, for all that is in the table; at rest nothing is written.
  expect(whole.readUnits).toBeLessThan(30);
  expect(whole.writeUnits).toBe(0);
});

describe('what is drift', () => {
  const base: Hold = {
    holdId: 'hld_a',
    sessionId: 'ses_1',
    status: 'active',
    until: 1_000,
    createdAt: 400,
    requestHash: '',
    revision: 1,
    places: [{ block: 3, keys: ['0', '1'] }],
  };
  const block = (held: Block['held']): Block => ({ sold: new Set(), held });
  const stray = (hold: Hold | undefined, held: Block['held'], at = 700) =>
    strayClaims(block(held), 3, new Map(hold && [[hold.holdId, hold]]), at).map(({ kind, keys, until }) => [
      kind,
      keys.join(''),
      until,
    ]);
  const own = { '0': { h: 'a', u: 1_000 }, '1': { h: 'a', u: 1_000 } };

  test.each([
    ['those of an active hold', base, own, []],
    ['no hold', undefined, own, [['claim_without_hold', '01', 1_000]]],
    ['no hold, but lapsed', undefined, { '0': { h: 'a', u: 699 } }, []],
    [
      'no hold, in its last second',
      undefined,
      { '0': { h: 'a', u: 700 } },
      [['claim_without_hold', '0', 700]],
    ],
    ['an ended hold', { ...base, status: 'expired' as const }, own, [['claim_of_ended_hold', '01', 1_000]]],
    [
      'one more than the hold names',
      base,
      { ...own, '2': { h: 'a', u: 900 } },
      [['claim_without_hold', '2', 900]],
    ],
    [
      'an ended hold, and one more',
      { ...base, status: 'cancelled' as const },
      { ...own, '2': { h: 'a', u: 900 } },
      [
        ['claim_without_hold', '2', 900],
        ['claim_of_ended_hold', '01', 1_000],
      ],
    ],
    [
      'the same keys of another block',
      { ...base, places: [{ block: 4, keys: ['0'] }] },
      { '0': { h: 'a', u: 1_000 } },
      [['claim_without_hold', '0', 1_000]],
    ],
  ] as const)('claims: %s', (_, hold, held, expected) => {
    expect(stray(hold, held)).toEqual(expected);
  });

  test.each([
    ['its claims as long as it lasts', own, false],
    ['longer', { ...own, '1': { h: 'a', u: 1_001 } }, false],
    ['one shorter', { ...own, '1': { h: 'a', u: 999 } }, true],
    ['one missing', { '0': { h: 'a', u: 1_000 } }, true],
    ['one another’s', { ...own, '1': { h: 'b', u: 1_000 } }, true],
  ] as const)('a hold with %s', (_, held, expected) => {
    expect(lacksClaims(base, new Map([[3, block(held)]]))).toBe(expected);
  });

  test('a hold whose block is missing has lost its claims', () => {
    expect(lacksClaims(base, new Map())).toBe(true);
  });

  test.each([
    ['active', 1_600, false],
    ['active', 1_601, true],
    ['expired', 9_999, false],
    ['confirmed', 9_999, false],
  ] as const)('a hold %s until 1,000 at %i: its end was missed: %s', (status, at, expected) => {
    expect(isExpiryMissed({ ...base, status }, at)).toBe(expected);
  });

  test.each([
    ['active', 960, false],
    ['active', 961, true],
    ['active', 1_000, true],
    ['active', 1_001, false],
    ['cancelled', 961, false],
  ] as const)('a hold %s, changed at 900, at %i: it is compared: %s', (status, at, expected) => {
    expect(isSettledPromise({ hold: { ...base, status }, changedAt: 900 }, at)).toBe(expected);
  });
});
