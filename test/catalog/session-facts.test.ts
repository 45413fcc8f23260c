import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSessionFacts } from '../../functions/catalog/contracts.ts';
import { doorsOpenAt } from '../../functions/catalog/session.ts';
import { currentScope, inScope } from '../../functions/platform/request-scope.ts';
import type { Table } from '../../functions/platform/table.ts';
import { type Engine, startEngine } from '../support/dynoxide.ts';

let engine: Engine;
let table: Table;
beforeAll(async () => {
  engine = await startEngine();
  table = await engine.createTable('catalog');
});
afterAll(() => engine.stop());

const put = async (sessionId: string, fields: object = {}) => {
  const item = (kind: string, id: string, rest: object) =>
    table.put({ pk: `${kind}#${id}`, sk: kind, organizationId: 'org_1', ...rest }, {});
  await item('SESSION', sessionId, {
    sessionId,
    eventId: 'evt_1',
    venueId: 'ven_1',
    status: 'published',
    publishedAt: '2027-01-01T00:00:00Z',
    timeZone: 'Europe/Bucharest',
    startsAt: '2027-03-28T17:00:00Z',
    endsAt: '2027-03-28T19:00:00Z',
    ...fields,
  });
  await item('EVENT', 'evt_1', { eventId: 'evt_1', name: 'Cântece' });
  await item('VENUE', 'ven_1', {
    venueId: 'ven_1',
    name: 'Ateneul Român',
    address: 'Strada Franklin 1',
    city: 'București',
    country: 'RO',
    location: { lat: 44.4, lon: 26.1 },
    timeZone: 'Europe/Bucharest',
  });
};

describe('facts of a session', () => {
  test('are two calls, then none for five seconds', async () => {
    await put('ses_1');
    let nowMs = 0;
    const factsOf = openSessionFacts(table, () => nowMs);
    const callsOf = (work: () => Promise<unknown>) =>
      inScope({ requestId: 'r', traceparent: undefined }, async () => {
        await work();
        return currentScope()?.cost.calls;
      });
    expect(await callsOf(() => factsOf('ses_1'))).toBe(2);
    expect(await factsOf('ses_1')).toEqual({
      sessionId: 'ses_1',
      organizationId: 'org_1',
      status: 'published',
      isPublic: true,
      startsAt: '2027-03-28T17:00:00Z',
      endsAt: '2027-03-28T19:00:00Z',
      timeZone: 'Europe/Bucharest',
      doorsOpenAt: '2027-03-28T13:00:00.000Z',
      event: { id: 'evt_1', name: 'Cântece' },
      venue: {
        id: 'ven_1',
        name: 'Ateneul Român',
        address: 'Strada Franklin 1',
        city: 'București',
        country: 'RO',
        location: { lat: 44.4, lon: 26.1 },
        timeZone: 'Europe/Bucharest',
      },
    });
    await put('ses_1', { status: 'cancelled' });
    nowMs = 5_000;
    expect(await callsOf(() => factsOf('ses_1'))).toBe(0);
    expect((await factsOf('ses_1'))?.status).toBe('published');
    nowMs = 5_001;
    expect(await callsOf(() => factsOf('ses_1'))).toBe(2);
    expect((await factsOf('ses_1'))?.status).toBe('cancelled');
  });

  test('of a session that there is not yet are looked for each time', async () => {
    const factsOf = openSessionFacts(table, () => 0);
    expect(await factsOf('ses_2')).toBeUndefined();
    await put('ses_2');
    expect((await factsOf('ses_2'))?.sessionId).toBe('ses_2');
  });

  test('a session whose venue is gone is a broken invariant, and not remembered', async () => {
    await put('ses_3', { venueId: 'ven_gone' });
    const factsOf = openSessionFacts(table, () => 0);
    await expect(factsOf('ses_3')).rejects.toThrow('Session ses_3 has no event or no venue');
    await put('ses_3');
    expect((await factsOf('ses_3'))?.venue.id).toBe('ven_1');
  });
});

test.for([
  [undefined, '2027-03-28T13:00:00.000Z'],
  [0, '2027-03-28T17:00:00.000Z'],
  [30, '2027-03-28T16:30:00.000Z'],
  // Across the night in which the clocks go forward: minutes, not hours on a wall.
  [1_440, '2027-03-27T17:00:00.000Z'],
] as const)('doors open %s minutes before the start', ([doorsOpenMinutes, expected]) => {
  expect(doorsOpenAt({ startsAt: '2027-03-28T17:00:00Z', doorsOpenMinutes })).toBe(expected);
});
