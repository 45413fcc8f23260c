import { expect, test } from 'vitest';
import { anybody } from './client.ts';
import { euros, putOnSale, ticketTypeOf } from './scenario.ts';
import { waitFor } from './wait-for.ts';

test('the seats document has one letter a place, in the order of the plan', async () => {
  const { session, sessionId } = await putOnSale({
    ticketTypes: [
      { name: 'Stalls', price: euros(45), planCategory: 'Stalls' },
      { name: 'Standing', price: euros(20), quantity: 5 },
    ],
  });
  const visitor = anybody();
  await visitor.ok(201, 'createHold', { params: { sessionId }, body: { seats: ['A-2', 'B-10'] } });
  const seats = await waitFor('the hold to be seen', async () => {
    const { body } = await visitor.ok(200, 'getSeats', { params: { sessionId } });
    return body.summary.held === 2 ? body : undefined;
  });
  expect(seats).toEqual({
    asOf: expect.any(String),
    planVersion: expect.stringMatching(/^pln_/),
    summary: { available: 23, held: 2, sold: 0 },
    ticketTypes: [
      { id: ticketTypeOf(session, 0), available: 18, held: 2, sold: 0 },
      { id: ticketTypeOf(session, 1), available: 5, held: 0, sold: 0 },
    ],
    // Rows A and B, the balcony that this session does not sell, five standing places.
    states: 'ahaaaaaaaa' + 'aaaaaaaaah' + '-----' + 'aaaaa',
  });

  const full = await waitFor('the full form', async () => {
    const { body } = await visitor.ok(200, 'getSeats', { params: { sessionId }, query: { format: 'full' } });
    return body.summary.held === 2 ? body : undefined;
  });
  expect(Object.keys(full.places ?? {})).toHaveLength(25);
  expect(full.places).toMatchObject({ 'A-1': 'available', 'A-2': 'held', 'B-10': 'held' });
  expect(full.places?.['C-1']).toBeUndefined();
  expect(full.places?.[`${ticketTypeOf(session, 1)}-5`]).toBe('available');
});

test('it is at most two seconds stale, and 304 until something changes', async () => {
  const { sessionId } = await putOnSale();
  const visitor = anybody();
  const params = { sessionId };
  const first = await visitor.ok(200, 'getSeats', { params });
  const etag = first.headers.get('etag') ?? '';
  expect(etag).toMatch(/^"[\w-]{22}"$/);
  expect(first.headers.get('cache-control')).toBe('no-cache');
  const unchanged = await visitor.ok(304, 'getSeats', { params, ifNoneMatch: etag });
  expect(unchanged.headers.get('etag')).toBe(etag);

  await visitor.ok(201, 'createHold', { params, body: { seats: ['A-1'] } });
  const heldAt = Date.now();
  const changed = await waitFor(
    'another ETag',
    async () => {
      const answer = await visitor.call('getSeats', { params, ifNoneMatch: etag });
      return answer.ok && answer.status === 200 ? answer : undefined;
    },
    { everyMs: 50 },
  );
  expect(Date.now() - heldAt).toBeLessThan(2_500);
  expect(changed.body.summary).toEqual({ available: 24, held: 1, sold: 0 });
  expect(changed.headers.get('etag')).not.toBe(etag);
});
