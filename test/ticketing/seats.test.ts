import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { layoutOf } from '../../functions/catalog/layout.ts';
import { randomId } from '../../functions/platform/ids.ts';
import { seededRandom } from '../../functions/ticketing/best-available.ts';
import { placeKey } from '../../functions/ticketing/block.ts';
import { planInventory } from '../../functions/ticketing/block-plan.ts';
import { generateStadium } from '../../scripts/generate-plan.ts';
import { hall } from './hall.ts';
import { freshKey, seats, slots, startTicketing, type Ticketing, typeId } from './harness.ts';

let ticketing: Ticketing;
beforeAll(async () => {
  ticketing = await startTicketing();
});
afterAll(() => ticketing.stop());
afterEach(() => ticketing.clock.run());

const sale = () => ({
  layout: hall(['aax', 'bb']),
  ticketTypes: [seats('b'), seats('a'), slots('pit', 2)],
});
const show = (sessionId: string, more: object = {}, on = ticketing.instance()) =>
  on.call('getSeats', { params: { sessionId }, ...more });
const hold = (sessionId: string, names: string[]) =>
  ticketing.call('createHold', { params: { sessionId }, body: { seats: names }, key: freshKey() });

describe('the seats document', () => {
  test('one letter a place in the order of the plan, counts by ticket type and in all', async () => {
    const sessionId = await ticketing.sell(sale());
    await hold(sessionId, ['1-2', `${typeId('pit')}-1`]);
    const { status, body, headers } = await show(sessionId);
    expect(status).toBe(200);
    expect(body).toEqual({
      asOf: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      planVersion: expect.stringMatching(/^pln_/),
      summary: { available: 4, held: 2, sold: 0 },
      ticketTypes: [
        { id: typeId('b'), available: 2, held: 0, sold: 0 },
        { id: typeId('a'), available: 1, held: 1, sold: 0 },
        { id: typeId('pit'), available: 1, held: 1, sold: 0 },
      ],
      states: 'ah-aaha',
    });
    expect(headers['Cache-Control']).toBe('no-cache');
  });

  test('?format=full names the places; those not sold in the session are left out', async () => {
    const sessionId = await ticketing.sell(sale());
    await hold(sessionId, ['1-2']);
    const { body } = await show(sessionId, { query: { format: 'full' } });
    expect(body.places).toEqual({
      '1-1': 'available',
      '1-2': 'held',
      '2-1': 'available',
      '2-2': 'available',
      [`${typeId('pit')}-1`]: 'available',
      [`${typeId('pit')}-2`]: 'available',
    });
    expect(body.states).toBeUndefined();
  });

  test('304 while no state has changed, whoever answers; a change, a lapse and another format are 200', async () => {
    const sessionId = await ticketing.sell(sale());
    const first = await show(sessionId);
    const ifNoneMatch = String(first.headers['ETag']);
    const same = await show(sessionId, { ifNoneMatch });
    expect([same.status, same.text, same.headers['ETag']]).toEqual([304, '', ifNoneMatch]);
    expect((await show(sessionId, { ifNoneMatch, query: { format: 'full' } })).status).toBe(200);
    const held = await hold(sessionId, ['1-1']);
    const changed = await show(sessionId, { ifNoneMatch });
    expect(changed.status).toBe(200);
    const afterHold = String(changed.headers['ETag']);
    ticketing.clock.stopAt(Date.parse(held.body.expiresAt) - 1);
    expect((await show(sessionId, { ifNoneMatch: afterHold })).status).toBe(304);
    ticketing.clock.stopAt(Date.parse(held.body.expiresAt));
    expect((await show(sessionId, { ifNoneMatch: afterHold })).headers['ETag']).toBe(ifNoneMatch);
  });

  test('one memory serves it for a second and no longer; an end by the clock needs no read', async () => {
    const sessionId = await ticketing.sell({ ...sale(), holdSeconds: 1 });
    const remembering = ticketing.instance();
    const startMs = Math.ceil(Date.now() / 1_000) * 1_000;
    ticketing.clock.stopAt(startMs);
    expect((await show(sessionId, {}, remembering)).body.states).toBe('aa-aaaa');
    const held = await hold(sessionId, ['1-1']);
    expect(held.body.expiresAt).toBe(new Date(startMs + 2_000).toISOString());
    ticketing.clock.stopAt(startMs + 1_000);
    const remembered = await show(sessionId, {}, remembering);
    expect([remembered.body.states, remembered.body.asOf]).toEqual([
      'aa-aaaa',
      new Date(startMs).toISOString(),
    ]);
    ticketing.clock.stopAt(startMs + 1_001);
    expect((await show(sessionId, {}, remembering)).body.states).toBe('ha-aaaa');
    expect(remembering.cost().readUnits).toBeGreaterThan(0);
    ticketing.clock.stopAt(startMs + 2_000);
    expect((await show(sessionId, {}, remembering)).body.states).toBe('aa-aaaa');
    expect(remembering.cost().calls).toBe(0);
  });

  test('a session that does not exist', async () => {
    expect((await show('ses_00000000000000000000000000')).status).toBe(404);
  });
});

describe('the layout', () => {
  test('is the session’s, cacheable for good; a session without a plan has an empty one', async () => {
    const { layout, ticketTypes } = sale();
    const sessionId = await ticketing.sell({ layout, ticketTypes });
    const shown = await ticketing.call('getPlan', { params: { sessionId } });
    expect(shown.body).toEqual(layout);
    expect(shown.headers['Cache-Control']).toBe('public, max-age=31536000, immutable');
    const again = await ticketing.call('getPlan', {
      params: { sessionId },
      ifNoneMatch: String(shown.headers['ETag']),
    });
    expect(again.status).toBe(304);
    const standing = await ticketing.sell({ ticketTypes: [slots('pit', 2)] });
    expect((await ticketing.call('getPlan', { params: { sessionId: standing } })).body.zones).toEqual([]);
  });
});

test('40,000 places in the worst disorder: at most 60 KB gzipped', async () => {
  const layout = layoutOf(generateStadium(40_000) as never, 'ven_1');
  const ticketTypes = layout.categories.map(({ name }, n) => ({ ...seats(name), id: typeId(String(n)) }));
  const { sessionId, sale: record } = ticketing.announce({ layout, ticketTypes });
  const plan = planInventory(layout, ticketTypes);
  const until = Math.floor(Date.now() / 1_000) + 600;
  const random = seededRandom('the worst disorder');
  const expected = { available: 0, held: 0, sold: 0 };
  // Blocks as they are in the middle of a sale: every place free, held or sold at random.
  const blocks = plan.blocks.map(({ number, shard, places }) => {
    const sold = new Set<string>();
    const held: Record<string, { h: string; u: number }> = {};
    for (const index of places.keys()) {
      const draw = random();
      if (draw < 1 / 3) sold.add(placeKey(index));
      else if (draw < 2 / 3) held[placeKey(index)] = { h: randomId('x').slice(2), u: until };
    }
    expected.sold += sold.size;
    expected.held += Object.keys(held).length;
    expected.available += places.length - sold.size - Object.keys(held).length;
    const key = { pk: `SESSION#${sessionId}#${shard}`, sk: `BLOCK#${String(number).padStart(5, '0')}` };
    return { ...key, held, ...(sold.size > 0 && { sold }) };
  });
  for (let start = 0; start < blocks.length; start += 64) {
    await Promise.all(blocks.slice(start, start + 64).map((block) => ticketing.table.put(block, {})));
  }
  await ticketing.table.put({ pk: `SESSION#${sessionId}`, sk: 'SESSION', ...record, status: 'on_sale' }, {});

  const shown = await ticketing.call('getSeats', { params: { sessionId } });
  expect(shown.body.summary).toEqual(expected);
  expect(shown.body.states).toHaveLength(40_000);
  expect(gzipSync(shown.text).length).toBeLessThanOrEqual(60 * 1_024);
  // All three states are there in strength, or the measure would say little.
  expect(Math.min(expected.available, expected.held, expected.sold)).toBeGreaterThan(13_000);
}, 60_000);
