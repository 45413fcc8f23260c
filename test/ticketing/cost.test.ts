import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { currentScope, inScope } from '../../functions/platform/request-scope.ts';
import type { Item } from '../../functions/platform/table.ts';
import { rectangle } from './hall.ts';
import { freshKey, type Instance, seats, startTicketing, type Ticketing, typeId } from './harness.ts';

/** What a hold costs, from `ReturnConsumedCapacity`, in a small session and in the largest. */
let ticketing: Ticketing;
beforeAll(async () => {
  ticketing = await startTicketing();
});
afterAll(() => ticketing.stop());

/** A session of rows of twenty seats, each of which is one block. */
const sell = (count: number, more: object = {}) =>
  ticketing.sell({ layout: rectangle(count / 20, 20), ticketTypes: [seats('a')], ...more });

const row = (number: number): string[] => Array.from({ length: 20 }, (_, seat) => `${number}-${seat + 1}`);

test('the measure tells: an item over 1 KB costs two units', async () => {
  await inScope({ requestId: 'r', traceparent: undefined }, async () => {
    await ticketing.table.put({ pk: 'x', sk: 'x', text: 'x'.repeat(1_000) }, {});
    expect(currentScope()?.cost).toEqual({ calls: 1, readUnits: 0, writeUnits: 1 });
    await ticketing.table.put({ pk: 'x', sk: 'y', text: 'x'.repeat(1_100) }, {});
    expect(currentScope()?.cost).toEqual({ calls: 2, readUnits: 0, writeUnits: 3 });
  });
});

describe.each([600, 40_000])('in a session of %i seats', (count) => {
  let sessionId: string;
  let instance: Instance;
  const hold = async (body: object, key = freshKey()) => {
    const answer = await instance.call('createHold', { params: { sessionId }, body, key });
    return { ...answer, cost: instance.cost() };
  };
  beforeAll(async () => {
    sessionId = await sell(count);
    instance = ticketing.instance();
    // The first request of an instance also reads the session, and remembers it for five seconds.
    ticketing.clock.stopAt(Date.now());
    await hold({ seats: ['30-20'] });
  }, 60_000);
  afterAll(() => ticketing.clock.run());
  const twoWrites = { calls: 2, readUnits: 0, writeUnits: 2 };

  test('a hold of 1 place and of 20 places of one block: two calls, two write units, nothing read', async () => {
    const [first = '', ...others] = row(10);
    const one = await hold({ seats: [first] });
    expect([one.status, one.cost]).toEqual([201, twoWrites]);
    expect(others).toHaveLength(19);
    const rest = await hold({ seats: others });
    expect([rest.status, rest.cost]).toEqual([201, twoWrites]);
    const twenty = await hold({ seats: row(11) });
    expect([twenty.status, twenty.body.places.length, twenty.cost]).toEqual([201, 20, twoWrites]);
  });

  test('the same with the longest key and a trace is one unit more at most', async () => {
    const made = await hold({ seats: row(12) }, 'k'.repeat(255));
    expect(made.status).toBe(201);
    expect(made.cost.calls).toBe(2);
    expect(made.cost.writeUnits).toBeLessThanOrEqual(3);
  });

  test('best available within one block, once the picture is there: the same', async () => {
    const ticketTypeId = typeId('a');
    await hold({ ticketTypeId, quantity: 2 });
    const made = await hold({ ticketTypeId, quantity: 2 });
    expect([made.status, made.cost]).toEqual([201, twoWrites]);
  });

  test('a refused hold: one call', async () => {
    const taken = row(11);
    for (const names of [taken, taken.slice(3, 4), row(10).slice(0, 1)]) {
      const refused = await hold({ seats: names });
      expect([refused.status, refused.cost]).toEqual([409, { calls: 1, readUnits: 0, writeUnits: 1 }]);
    }
  });

  test('a replay: two calls that write nothing', async () => {
    const key = freshKey();
    const body = { seats: row(13).slice(0, 2) };
    await hold(body, key);
    const again = await hold(body, key);
    expect([again.status, again.cost.calls]).toEqual([201, 2]);
  });

  test('a block with 20 held places and a hold of 20 stay within 1 KB', async () => {
    const made = await hold({ seats: row(14) });
    const item = await ticketing.table.get<Item>({ pk: `HOLD#${made.body.id}`, sk: 'HOLD' });
    expect(itemBytes(item)).toBeLessThanOrEqual(1_024);
    const block = await ticketing.table.get<Item>({
      pk: `SESSION#${sessionId}#${13 % (count > 2_500 ? 16 : 1)}`,
      sk: 'BLOCK#00013',
    });
    expect(Object.keys(block?.['held'] as object)).toHaveLength(20);
    expect(itemBytes(block)).toBeLessThanOrEqual(1_024);
  });
});

test('a limit per customer adds one call and one unit', async () => {
  const sessionId = await sell(600, { maxHoldsPerCustomer: 4 });
  const instance = ticketing.instance();
  const hold = (as: string, seat: number) =>
    instance.call('createHold', {
      params: { sessionId },
      body: { seats: [`1-${seat}`] },
      as,
      key: freshKey(),
    });
  ticketing.clock.stopAt(Date.now());
  await hold('ann', 1);
  await hold('bob', 2);
  ticketing.clock.run();
  expect(instance.cost()).toEqual({ calls: 3, readUnits: 0, writeUnits: 3 });
});

/** Size as DynamoDB counts it: names and strings in UTF-8, numbers by digits, containers 3 bytes and 1 per element. */
const itemBytes = (value: unknown): number => {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value === 'number') return Math.ceil(String(value).length / 2) + 1;
  if (typeof value === 'boolean' || value === null) return 1;
  if (value instanceof Set || Array.isArray(value))
    return [...value].reduce((sum: number, element) => sum + itemBytes(element) + 1, 3);
  const fields = Object.entries(value as object).map(
    ([name, field]) => Buffer.byteLength(name) + itemBytes(field),
  );
  return fields.reduce((sum, bytes) => sum + bytes + 1, 3);
};
