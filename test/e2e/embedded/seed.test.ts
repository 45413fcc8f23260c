import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, inject, test } from 'vitest';
import { type Seeded, seed } from '../../../local/demo/seed.ts';
import { anybody } from '../client.ts';

test('the demo data is on sale, is found again, and its first command holds two seats', async () => {
  const { url, tokenUrl } = inject('target');
  const said: string[] = [];
  const first = await seed({ url, tokenUrl, log: (line) => said.push(line) });
  expect(said[0]).toBe('demo: venue Paraninfo with its plan of 603 seats');
  const again = await seed({ url, tokenUrl });
  const ids = ({ curl: _, ...rest }: Seeded) => rest;
  expect(ids(again)).toEqual(ids(first));

  expect(first.eventIds).toHaveLength(19);
  const pages = await Promise.all(
    first.eventIds.map((eventId) => anybody().ok(200, 'getEvent', { params: { eventId } })),
  );
  expect(new Set(pages.map(({ body }) => body.status))).toEqual(new Set(['published']));
  const instants = pages.map(({ body }) => Date.parse(body.sessions[0]?.startsAt ?? ''));
  expect(instants).toEqual(instants.toSorted((a, b) => a - b));
  const daysAway = ((instants[0] ?? 0) - Date.now()) / 86_400_000;
  expect(daysAway).toBeGreaterThan(6);
  expect(daysAway).toBeLessThan(15);
  expect(pages[0]?.body).toMatchObject({
    name: 'New York Philharmonic: Wolfe, Strauss, and Sibelius',
    venue: { name: 'Paraninfo' },
  });
  expect(pages.at(-1)?.body.sessions[0]?.ticketTypes).toMatchObject([
    { name: 'Day ticket', available: 10_000 },
  ]);

  const run = promisify(execFile);
  const pasted = JSON.parse((await run('sh', ['-c', again.curl])).stdout) as Record<string, unknown>;
  expect(pasted).toMatchObject({ status: 'active', sessionId: first.sessionId });
  expect(pasted['places']).toHaveLength(2);
  const pastedAgain = JSON.parse((await run('sh', ['-c', again.curl])).stdout) as Record<string, unknown>;
  expect(pastedAgain['id']).toBe(pasted['id']);
  const other = JSON.parse((await run('sh', ['-c', first.curl])).stdout) as Record<string, unknown>;
  expect(other['id']).not.toBe(pasted['id']);
});
