import { expect, inject, test } from 'vitest';
import { flashSale } from '../../local/demo/flash-sale.ts';
import { smallHall } from './scenario.ts';

test('a flash sale of 25 places to 60 customers is proven, from the rush to the last scan', async () => {
  const { kind, url, tokenUrl } = inject('target');
  const said: string[] = [];
  const result = await flashSale({
    url,
    tokenUrl,
    plan: smallHall,
    buyers: 60,
    seed: '3',
    // A LocalStack-compatible server starts a process for each request under way.
    connections: kind === 'embedded' ? 50 : 8,
    // Nobody leaves an order unpaid here, so that nothing waits for a deadline: orders.test.ts does.
    holdSeconds: kind === 'embedded' ? 5 : 60,
    methods: { card_ok: 80, card_declined: 20, card_slow: 0, card_never: 0, card_late: 0 },
    say: (line) => said.push(line),
  });
  expect(result.checks.filter(({ holds }) => !holds)).toEqual([]);
  expect(result).toMatchObject({ isProven: true, places: 25 });
  expect(result.checks).toHaveLength(12);
  expect(said[0]).toBe('plan imported: 25 seats and 0 standing places');
  expect(said.find((line) => line.includes('PLACES_TAKEN'))).toMatch(/p50 .* p95 .* p99/);
  expect(said.find((line) => line.includes('west, offline'))).toMatch(/\d+ let in/);
  expect(said.find((line) => line.includes('its log says'))).toMatch(/\d+ admitted/);
  expect(result.picture).toContain('60 customers at once');
  expect(result.timeline).toContain('scans at the door');
});
