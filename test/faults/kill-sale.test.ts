import { expect, test } from 'vitest';
import { killSale } from '../../scripts/kill-sale.ts';

test('a sale whose process is killed has lost nothing it answered (npm run kill-sale: twenty times)', async () => {
  const seed = process.env['KILL_SEED'] ?? crypto.randomUUID();
  console.log(`test/faults/kill-sale: KILL_SEED=${seed}`);
  const rounds = await killSale(1, seed);
  expect(rounds.map(({ holdsAnswered }) => holdsAnswered > 0)).toEqual([true]);
}, 120_000);
