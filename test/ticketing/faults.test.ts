import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Rule, rules } from '../../functions/ticketing/block.ts';
import type { InventoryStore } from '../../functions/ticketing/inventory-store.ts';
import { hall } from './hall.ts';
import {
  type Answered,
  freshKey,
  owners,
  seats,
  slots,
  startTicketing,
  type Ticketing,
  typeId,
} from './harness.ts';

let ticketing: Ticketing;
beforeAll(async () => {
  ticketing = await startTicketing();
});
afterAll(() => ticketing.stop());
afterEach(() => ticketing.clock.run());

/**
 * A process that dies at a write: before it is sent, or after it was applied but before its answer came.
 * Every later call of the dead process fails too, as it would.
 */
const dyingAt =
  (
    write: 'applyRule' | 'putHold' | 'claimWithHold' | 'endHold' | 'extendHold' | 'takeSlot',
    when: 'before' | 'after',
  ) =>
  (store: InventoryStore): InventoryStore => {
    let isDead = false;
    return new Proxy(store, {
      get: (target, name: keyof InventoryStore) => {
        const call = target[name] as (...args: unknown[]) => Promise<unknown>;
        return async (...args: unknown[]) => {
          if (isDead) throw new Error('dead');
          if (name !== write) return call(...args);
          isDead = true;
          if (when === 'after') await call(...args);
          throw new Error(`died ${when} ${write}`);
        };
      },
    });
  };

const body = {
  one: { seats: ['1-1', '1-2'] },
  several: { seats: ['1-3', '2-3'] },
  best: { ticketTypeId: typeId('a'), quantity: 3 },
  standing: { ticketTypeId: typeId('pit'), quantity: 3 },
};
const sale = () => ({
  layout: hall(['aaaaaaaaaa', 'aaaaaaaaaa']),
  ticketTypes: [seats('a'), slots('pit', 30)],
});
const create = (
  sessionId: string,
  wanted: object,
  key: string,
  on = ticketing.instance(),
): Promise<Answered> => on.call('createHold', { params: { sessionId }, body: wanted, key });

/**
 * A process that is held up just before its first write of this kind (and, for rules on blocks, of this
 * rule): `reached` tells when it stands there, `goOn` lets it go.
 */
const heldUpAt = (write: 'applyRule' | 'putHold', rule?: Rule) => {
  const reached = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  const change = (store: InventoryStore): InventoryStore =>
    new Proxy(store, {
      get: (target, name: keyof InventoryStore) => {
        const call = target[name] as (...args: unknown[]) => Promise<unknown>;
        return async (...args: unknown[]) => {
          if (name === write && (rule === undefined || args[2] === rule)) {
            reached.resolve();
            await goOn.promise;
          }
          return call(...args);
        };
      },
    });
  return { instance: ticketing.instance(change), reached: reached.promise, goOn: () => goOn.resolve() };
};

describe('a process that is overtaken', () => {
  test('by a retry of the same request, between claim and hold: one hold, which keeps its claims', async () => {
    const sessionId = await ticketing.sell(sale());
    const key = freshKey();
    const slow = heldUpAt('putHold');
    const first = create(sessionId, body.one, key, slow.instance);
    await slow.reached;
    const second = await create(sessionId, body.one, key);
    expect(second.headers['Idempotent-Replayed']).toBeUndefined();
    slow.goOn();
    const answer = await first;
    expect([answer.status, answer.body.id, answer.headers['Idempotent-Replayed']]).toEqual([
      201,
      second.body.id,
      'true',
    ]);
    const owned = await owners(ticketing.table, sessionId, [second.body.id]);
    expect([...owned.values()]).toEqual([second.body.id, second.body.id]);
  });

  test('by the end of its hold, while it extends it: the places are the next owner’s, and it is told so', async () => {
    const sessionId = await ticketing.sell(sale());
    const made = await create(sessionId, body.one, freshKey());
    const endMs = Date.parse(made.body.expiresAt);
    ticketing.clock.stopAt(endMs - 1);
    const slow = heldUpAt('applyRule', rules.extend);
    const params = { holdId: made.body.id };
    const extending = slow.instance.call('extendHold', { params, body: { seconds: 600 } });
    await slow.reached;
    ticketing.clock.stopAt(endMs);
    const next = await create(sessionId, body.one, freshKey());
    expect(next.status).toBe(201);
    slow.goOn();
    expect((await extending).body.code).toBe('HOLD_EXPIRED');
    expect((await ticketing.call('getHold', { params })).body.status).toBe('expired');
    await owners(ticketing.table, sessionId, [made.body.id, next.body.id]);
  });

  test('by a cancellation, while it extends: it is told, and nothing stays claimed', async () => {
    const sessionId = await ticketing.sell(sale());
    const made = await create(sessionId, body.several, freshKey());
    const slow = heldUpAt('applyRule', rules.extend);
    const params = { holdId: made.body.id };
    const extending = slow.instance.call('extendHold', { params, body: { seconds: 1_200 } });
    await slow.reached;
    expect((await ticketing.call('cancelHold', { params })).status).toBe(204);
    slow.goOn();
    expect((await extending).body.code).toBe('HOLD_NOT_ACTIVE');
    expect((await owners(ticketing.table, sessionId, [])).size).toBe(0);
  });
});

describe('a process that dies while it makes a hold', () => {
  test.each([
    ['before its claim', 'applyRule', 'before', body.one],
    ['after its claim', 'applyRule', 'after', body.one],
    ['between claim and hold', 'putHold', 'before', body.one],
    ['after the hold', 'putHold', 'after', body.one],
    ['before the transaction', 'claimWithHold', 'before', body.several],
    ['after the transaction', 'claimWithHold', 'after', body.several],
    ['between claim and hold of the best available', 'putHold', 'before', body.best],
    ['between claim and hold of standing places', 'putHold', 'before', body.standing],
  ] as const)(
    '%s: the retry has the hold, and nothing is claimed beyond it',
    async (_, write, when, wanted) => {
      const sessionId = await ticketing.sell(sale());
      const key = freshKey();
      const died = await create(sessionId, wanted, key, ticketing.instance(dyingAt(write, when)));
      expect(died.status).toBe(500);
      const retried = await create(sessionId, wanted, key);
      expect([retried.status, retried.body.status]).toEqual([201, 'active']);
      const owned = await owners(ticketing.table, sessionId, [retried.body.id]);
      expect([...owned.values()]).toEqual(retried.body.places.map(() => retried.body.id));
    },
  );

  test('the retry has the best places it claimed first, though others bought meanwhile', async () => {
    for (let round = 0; round < 8; round += 1) {
      const sessionId = await ticketing.sell(sale());
      const key = freshKey();
      await create(sessionId, body.best, key, ticketing.instance(dyingAt('putHold', 'before')));
      const [...claimed] = (await owners(ticketing.table, sessionId, [])).keys();
      for (let buyer = 0; buyer < 3; buyer += 1) await create(sessionId, body.best, freshKey());
      const retried = await create(sessionId, body.best, key);
      const owned = await owners(ticketing.table, sessionId, [retried.body.id]);
      const own = [...owned].filter(([, id]) => id === retried.body.id);
      expect(own.map(([place]) => place)).toEqual(claimed);
    }
  });

  test('the retry promises no more than the claims it found', async () => {
    const sessionId = await ticketing.sell(sale());
    const key = freshKey();
    const startMs = Math.ceil(Date.now() / 1_000) * 1_000;
    ticketing.clock.stopAt(startMs);
    await create(sessionId, body.one, key, ticketing.instance(dyingAt('putHold', 'before')));
    ticketing.clock.stopAt(startMs + 400_000);
    const retried = await create(sessionId, body.one, key);
    expect(retried.body.expiresAt).toBe(new Date(startMs + 601_000).toISOString());
    // Its thirty minutes, too, began with the claims.
    const tooFar = await ticketing.call('extendHold', {
      params: { holdId: retried.body.id },
      body: { seconds: 1_401 },
    });
    expect(tooFar.body.latest).toBe(new Date(startMs + 1_801_000).toISOString());
    ticketing.clock.stopAt(startMs + 600_999);
    await owners(ticketing.table, sessionId, [retried.body.id]);
    expect((await create(sessionId, body.one, freshKey())).status).toBe(409);
    ticketing.clock.stopAt(startMs + 601_000);
    expect((await create(sessionId, body.one, freshKey())).status).toBe(201);
  });

  test('a retry after the claims lapsed begins anew; if they went to others it is refused', async () => {
    const sessionId = await ticketing.sell(sale());
    const key = freshKey();
    const startMs = Math.ceil(Date.now() / 1_000) * 1_000;
    ticketing.clock.stopAt(startMs);
    await create(sessionId, body.one, key, ticketing.instance(dyingAt('putHold', 'before')));
    ticketing.clock.stopAt(startMs + 601_000);
    const retried = await create(sessionId, body.one, key);
    expect(retried.body.expiresAt).toBe(new Date(startMs + 1_202_000).toISOString());

    const another = freshKey();
    await create(sessionId, { seats: ['1-5'] }, another, ticketing.instance(dyingAt('putHold', 'before')));
    ticketing.clock.stopAt(startMs + 1_202_000);
    await create(sessionId, { seats: ['1-5'] }, freshKey());
    expect((await create(sessionId, { seats: ['1-5'] }, another)).status).toBe(409);
  });

  test('and is never retried: the places are blocked until the claim’s second is over, not longer', async () => {
    const sessionId = await ticketing.sell(sale());
    const startMs = Math.ceil(Date.now() / 1_000) * 1_000;
    ticketing.clock.stopAt(startMs);
    await create(sessionId, body.one, freshKey(), ticketing.instance(dyingAt('putHold', 'before')));
    ticketing.clock.stopAt(startMs + 600_999);
    expect((await create(sessionId, body.one, freshKey())).body.places).toEqual(['1-1', '1-2']);
    ticketing.clock.stopAt(startMs + 601_000);
    expect((await create(sessionId, body.one, freshKey())).status).toBe(201);
  });

  test('a retry that asks for more than the crashed try claimed is whole or nothing', async () => {
    const sessionId = await ticketing.sell(sale());
    const key = freshKey();
    await create(sessionId, body.one, key, ticketing.instance(dyingAt('putHold', 'before')));
    // Nothing keeps the body of a try that never made its hold: the key may carry another one.
    const more = await create(sessionId, { seats: ['1-1', '1-2', '1-4'] }, key);
    expect(more.status).toBe(201);
    const owned = await owners(ticketing.table, sessionId, [more.body.id]);
    expect(owned.size).toBe(3);
  });

  test('after taking a customer’s slot: the retry uses that one', async () => {
    const sessionId = await ticketing.sell({ ...sale(), maxHoldsPerCustomer: 1 });
    const key = freshKey();
    const died = await create(sessionId, body.one, key, ticketing.instance(dyingAt('takeSlot', 'after')));
    expect(died.status).toBe(500);
    expect((await create(sessionId, body.several, freshKey())).body.code).toBe('HOLD_LIMIT_REACHED');
    expect((await create(sessionId, body.one, key)).status).toBe(201);
  });
});

describe('a process that dies while it ends or extends a hold', () => {
  test('cancelled, claims not freed: the relay’s consumer frees them', async () => {
    const sessionId = await ticketing.sell(sale());
    const made = await create(sessionId, body.several, freshKey());
    await ticketing.settle();
    const dying = ticketing.instance(dyingAt('endHold', 'after'));
    expect((await dying.call('cancelHold', { params: { holdId: made.body.id } })).status).toBe(500);
    expect((await create(sessionId, body.several, freshKey())).status).toBe(409);
    const told = await ticketing.settle();
    expect(told.map(({ type, data }) => [type, (data as { holdId: string }).holdId])).toEqual([
      ['SEAT-HOLD-CANCELLED', made.body.id],
    ]);
    expect((await create(sessionId, body.several, freshKey())).status).toBe(201);
  });

  test('a late or repeated consumer takes nothing from the next owner', async () => {
    const sessionId = await ticketing.sell(sale());
    const first = await create(sessionId, body.one, freshKey());
    await ticketing.call('cancelHold', { params: { holdId: first.body.id } });
    const second = await create(sessionId, body.one, freshKey());
    const told = await ticketing.settle();
    const cancelled = told.find(({ type }) => type === 'SEAT-HOLD-CANCELLED');
    await ticketing.deliver('claim-release', { detail: cancelled });
    await ticketing.deliver('claim-release', { detail: cancelled });
    const owned = await owners(ticketing.table, sessionId, [first.body.id, second.body.id]);
    expect([...owned.values()]).toEqual([second.body.id, second.body.id]);
  });

  test('a late consumer leaves a hold alone that was made anew under the same id', async () => {
    const sessionId = await ticketing.sell(sale());
    const key = freshKey();
    const first = await create(sessionId, body.one, key);
    await ticketing.call('cancelHold', { params: { holdId: first.body.id } });
    const cancelled = (await ticketing.settle()).find(({ type }) => type === 'SEAT-HOLD-CANCELLED');
    // TTL deleted the record a day later; the key begins a new hold then.
    await ticketing.table.delete({ pk: `HOLD#${first.body.id}`, sk: 'HOLD' }, {});
    const anew = await create(sessionId, body.one, key);
    expect([anew.body.id, anew.body.status]).toEqual([first.body.id, 'active']);
    await ticketing.deliver('claim-release', { detail: cancelled });
    expect((await owners(ticketing.table, sessionId, [anew.body.id])).size).toBe(2);
  });

  test('extended claims, not the hold: it never promises more than its claims, and frees them with it', async () => {
    const sessionId = await ticketing.sell(sale());
    const made = await create(sessionId, body.several, freshKey());
    const { expiresAt } = made.body;
    const dying = ticketing.instance(dyingAt('extendHold', 'before'));
    const died = await dying.call('extendHold', {
      params: { holdId: made.body.id },
      body: { seconds: 1_200 },
    });
    expect(died.status).toBe(500);
    const seen = await ticketing.call('getHold', { params: { holdId: made.body.id } });
    expect(seen.body.expiresAt).toBe(expiresAt);
    ticketing.clock.stopAt(Date.parse(expiresAt));
    await ticketing.deliver('hold-expiry', { holdId: made.body.id });
    expect((await create(sessionId, body.several, freshKey())).status).toBe(201);
  });
});
