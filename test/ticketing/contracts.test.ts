import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { openAvailability } from '../../functions/ticketing/contracts.ts';
import { openInventory } from '../../functions/ticketing/inventory-store.ts';
import { hall } from './hall.ts';
import { freshKey, seats, slots, startTicketing, type Ticketing, typeId } from './harness.ts';

let ticketing: Ticketing;
beforeAll(async () => {
  ticketing = await startTicketing();
});
afterAll(() => ticketing.stop());
afterEach(() => ticketing.clock.run());

test('what the catalog shows of sessions: counts by ticket type, progress while built, nothing of unknown ones', async () => {
  const sessionId = await ticketing.sell({
    layout: hall(['aaaa']),
    ticketTypes: [seats('a'), slots('pit', 30)],
  });
  const building = ticketing.announce({ ticketTypes: [slots('pit', 30)] });
  const store = openInventory(ticketing.table);
  const record = {
    ...building.sale,
    status: 'building',
    blocksTotal: 58,
    blocksBuilt: 12,
    sourceSequence: 2,
  };
  await store.createSale({ ...record, revision: 1 } as never, {
    what: 'sale.begun',
    by: 'test',
    requestId: 'r',
    at: '2026-11-21T10:00:00.000Z',
  });
  await ticketing.call('createHold', {
    params: { sessionId },
    body: { seats: ['1-1', '1-2'] },
    key: freshKey(),
  });
  const availability = openAvailability('ticketing', 'plans');
  const found = await availability([sessionId, building.sessionId, 'ses_00000000000000000000000000']);
  expect([...found]).toEqual([
    [
      sessionId,
      {
        blocksBuilt: 3,
        blocksTotal: 3,
        ticketTypes: {
          [typeId('a')]: { available: 2, held: 2, sold: 0 },
          [typeId('pit')]: { available: 30, held: 0, sold: 0 },
        },
      },
    ],
    [building.sessionId, { blocksBuilt: 12, blocksTotal: 58, ticketTypes: {} }],
  ]);
});

test('the counts are at most a second old', async () => {
  const sessionId = await ticketing.sell({ ticketTypes: [slots('pit', 5)] });
  const availability = openAvailability('ticketing', 'plans');
  const held = async () => (await availability([sessionId])).get(sessionId)?.ticketTypes[typeId('pit')]?.held;
  ticketing.clock.stopAt(Date.now());
  expect(await held()).toBe(0);
  await ticketing.call('createHold', {
    params: { sessionId },
    body: { ticketTypeId: typeId('pit'), quantity: 2 },
    key: freshKey(),
  });
  ticketing.clock.stopAt(Date.now() + 1_001);
  expect(await held()).toBe(2);
});
