import { expect, inject, test } from 'vitest';
import { flashSale } from '../../local/demo/flash-sale.ts';
import { smallHall } from './scenario.ts';

test('a flash sale of 25 places to 150 customers is proven', async () => {
  const { kind, url, tokenUrl } = inject('target');
  const said: string[] = [];
  const result = await flashSale({
    url,
    tokenUrl,
    plan: smallHall,
    buyers: 150,
    // A LocalStack-compatible server starts a process for each request under way.
    connections: kind === 'embedded' ? 50 : 8,
    say: (line) => said.push(line),
  });
  expect(result.checks.map(({ claim, holds }) => [claim, holds])).toEqual([
    ['each place has at most one owner', true],
    ['each hold reads back as it was answered', true],
    ['the same key got the same hold, however often it was sent', true],
    ['the seats document shows exactly these places as held', true],
    ['no place is lost: its counts add up', true],
  ]);
  expect(result).toMatchObject({ isProven: true, places: 25 });
  expect(said[0]).toBe('plan imported: 25 seats and 0 standing places');
  expect(said.find((line) => line.includes('PLACES_TAKEN'))).toMatch(/p50 .* p95 .* p99/);
  expect(result.picture).toContain('150 customers at once');
});
