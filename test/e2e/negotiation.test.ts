import { expect, inject, test } from 'vitest';
import { negotiate } from '../../local/demo/negotiation.ts';

test('a negotiation goes from the brief to the reviews, and each side sees what it may', async () => {
  const { url, tokenUrl } = inject('target');
  const said: string[] = [];
  const { lead } = await negotiate({ url, tokenUrl, say: (line) => said.push(line.trim()) });
  expect(lead).toMatchObject({
    status: 'completed',
    quote: { version: 3, by: 'truck', total: { amount: 825_000, currency: 'RON' } },
    deposit: { amount: { amount: 165_000, currency: 'RON' } },
  });
  expect(said.find((line) => line.startsWith('another organizer sees'))).toMatch(/TRUCK_NOT_AVAILABLE: hold/);
  expect(said.find((line) => line.startsWith('Corazon Maya reads'))).toContain('Call me: •••');
  expect(said.filter((line) => line.startsWith('anybody reads'))).toEqual([
    'anybody reads: 5 of 5. Nobody went hungry.',
  ]);
  const history = said.slice(said.indexOf('What happened, as it is kept') + 1);
  expect(history.map((line) => line.replace(/^.*? {2}/, '').replace(/ by the .*/, ''))).toEqual([
    'new',
    'new → contacted',
    'contacted → quoted',
    'quoted → quoted',
    'quoted → quoted',
    'quoted → accepted',
    'accepted → booked',
    'booked → completed',
  ]);
}, 240_000);
