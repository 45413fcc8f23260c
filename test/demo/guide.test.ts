import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { prove } from '../../local/demo/proof.ts';

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const guide = read('docs/guides/flash-sale-demo.md');

test('the guide lists what is proven, and shows it proven', () => {
  const checks = prove({
    sessionId: 'ses_none',
    holds: [],
    repeats: [],
    reread: new Map(),
    orders: [],
    seats: { places: {}, summary: { available: 0, held: 0, sold: 0 }, ticketTypes: [] },
    books: new Map(),
    listed: [],
    tickets: [],
    scans: [],
    conflicts: [],
    numbers: { tickets: 0, admitted: 0, remaining: 0, conflicts: 0, byGate: new Map() },
  });
  expect(checks).toHaveLength(12);
  for (const { claim } of checks) {
    expect(guide).toContain(`| ${claim} |`);
    expect(guide.match(new RegExp(`^proven  ${claim} \\(`, 'gm'))).toHaveLength(1);
  }
});

test('the guide lists the options that the command takes', () => {
  const options = /options: \{(.*?)\n {4}\},/s.exec(read('local/demo/flash-sale.ts'))?.[1] ?? '';
  const taken = [...options.matchAll(/^ {6}'?([a-z-]+)'?: \{/gm)].map(([, name]) => name);
  const listed = [...guide.matchAll(/^\| `--([a-z-]+) /gm)].map(([, name]) => name);
  expect(listed.toSorted()).toEqual(taken.toSorted());
  expect(taken).toHaveLength(9);
});
