import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type FactsItem,
  factsKey,
  noteFact,
} from '../../../functions/marketplace/truck-facts/truck-facts-store.ts';
import { type Change, stamp } from '../../../functions/platform/lifecycle-event.ts';
import type { Table } from '../../../functions/platform/table.ts';
import { type Engine, startEngine } from '../../support/dynoxide.ts';

let engine: Engine;
let table: Table;
beforeAll(async () => {
  engine = await startEngine();
  table = await engine.createTable('marketplace');
});
afterAll(() => engine.stop());

const change: Change = stamp('facts.noted', { requestId: 'r', now: new Date('2026-11-21T10:00:00.000Z') });

test('facts that come at once and twice are all kept, and what is known is not written again', async () => {
  const facts = [
    ['lead_a', { createdAt: 100 }],
    ['lead_a', { createdAt: 100, answeredAt: 160 }],
    ['lead_b', { createdAt: 200, end: 'unbooked' }],
    ['lead_a', { createdAt: 100, answeredAt: 130 }],
  ] as const;
  await Promise.all(facts.map(([leadId, fact]) => noteFact(table, 'trk_1', leadId, fact, change)));
  const kept = await table.get<FactsItem>(factsKey('trk_1'), { consistent: true });
  expect(kept?.leads).toEqual({
    lead_a: { createdAt: 100, answeredAt: 130 },
    lead_b: { createdAt: 200, end: 'unbooked' },
  });
  for (const [leadId, fact] of facts) await noteFact(table, 'trk_1', leadId, fact, change);
  expect((await table.get<FactsItem>(factsKey('trk_1'), { consistent: true }))?.version).toBe(kept?.version);
});
