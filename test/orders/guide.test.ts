import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { priceOrder } from '../../functions/orders/pricing.ts';

const guide = readFileSync(new URL('../../docs/guides/prices.md', import.meta.url), 'utf8');

test('the worked example of the guide costs what it says, line by line', () => {
  const [, json = ''] = /<!-- places -->\n```json\n(.*?)```/s.exec(guide) ?? [];
  const price = priceOrder(JSON.parse(json), { code: 'EARLY10', discount: { basisPoints: 1_000 } });

  const lines = [...guide.matchAll(/^\| (\d) \| (ticket|discount|fee|tax) \|.*\| (\(?)(-?\d+)\)? \|$/gm)].map(
    ([, item, kind, bracket, amount]) => ({
      item: Number(item),
      kind,
      amount: Number(amount),
      ...(bracket === '(' && { isIncluded: true }),
    }),
  );
  expect(lines.length).toBe(12);
  expect(price.lines.map(({ label: _, ...line }) => line)).toEqual(lines);

  const row = (name: string) =>
    (new RegExp(`^\\| ${name} \\|(.*)\\|$`, 'm').exec(guide)?.[1] ?? '').split('|').map(Number);
  const totals = price.items.map(({ total }) => total);
  const refunds = price.items.map(({ refundable }) => refundable);
  expect(row('costs')).toEqual([...totals, price.total]);
  expect(row('refunded')).toEqual([...refunds, refunds.reduce((sum, amount) => sum + amount, 0)]);
});
