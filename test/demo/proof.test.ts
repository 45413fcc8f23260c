import { describe, expect, test } from 'vitest';
import { drawHall } from '../../local/demo/hall-picture.ts';
import { type Evidence, prove } from '../../local/demo/proof.ts';
import { countBy, percentile } from '../../local/demo/statistics.ts';

/** Three places: ann holds; bob held A-3 and gave it back. */
const honest: Evidence = {
  holds: [
    { id: 'ann', places: ['A-1', 'A-2'], isCancelled: false },
    { id: 'bob', places: ['A-3'], isCancelled: true },
  ],
  repeats: [{ first: { id: 'ann', places: ['A-1', 'A-2'] }, second: { id: 'ann', places: ['A-1', 'A-2'] } }],
  reread: new Map([
    ['ann', { status: 'active', places: ['A-2', 'A-1'] }],
    ['bob', { status: 'cancelled', places: ['A-3'] }],
  ]),
  seats: {
    places: { 'A-1': 'held', 'A-2': 'held', 'A-3': 'available' },
    summary: { available: 1, held: 2, sold: 0 },
    ticketTypes: [{ available: 1, held: 2, sold: 0 }],
  },
};

const failed = (evidence: Evidence) =>
  prove(evidence).flatMap(({ claim, holds, detail }) => (holds ? [] : [`${claim}: ${detail}`]));

describe('the proof', () => {
  test('holds when everything agrees', () => {
    expect(failed(honest)).toEqual([]);
    expect(prove(honest).map(({ detail }) => detail)).toEqual([
      '2 places, 1 holds',
      '1 active, 1 cancelled',
      '1 repeats',
      '2 held',
      '1 available + 2 held + 0 sold = 3',
    ]);
  });

  test('fails when a place has two owners', () => {
    const holds = [...honest.holds, { id: 'cat', places: ['A-2'], isCancelled: false }];
    const reread = new Map([...honest.reread, ['cat', { status: 'active', places: ['A-2'] }]]);
    expect(failed({ ...honest, holds, reread })).toEqual([
      'each place has at most one owner: 1 against it, e.g. A-2: ann and cat',
    ]);
  });

  test('fails when a hold is gone, over or of other places', () => {
    const reread = (id: string, now: { status: string; places: string[] }) =>
      failed({ ...honest, reread: new Map([...honest.reread, [id, now]]) });
    const claim = 'each hold reads back as it was answered: 1 against it, e.g.';
    expect(reread('ann', { status: 'expired', places: ['A-1', 'A-2'] })).toEqual([
      `${claim} ann is expired, not active`,
    ]);
    expect(reread('ann', { status: 'active', places: ['A-1'] })).toEqual([
      `${claim} ann has other places now`,
    ]);
    expect(reread('bob', { status: 'active', places: ['A-3'] })).toEqual([
      `${claim} bob is active, not cancelled`,
    ]);
  });

  test('fails when one key made two holds', () => {
    const repeats = [{ first: { id: 'ann', places: ['A-1'] }, second: { id: 'dan', places: ['A-1'] } }];
    expect(failed({ ...honest, repeats })).toEqual([
      'the same key got the same hold, however often it was sent: 1 against it, e.g. ann and dan',
    ]);
  });

  test('fails when a place is held by nobody, or owned and still offered', () => {
    const withStates = (places: Record<string, string>) =>
      failed({ ...honest, seats: { ...honest.seats, places } })[0];
    const claim = 'the seats document shows exactly these places as held: 1 against it, e.g.';
    expect(withStates({ 'A-1': 'held', 'A-2': 'held', 'A-3': 'held' })).toBe(
      `${claim} A-3 is held by nobody`,
    );
    expect(withStates({ 'A-1': 'held', 'A-2': 'available', 'A-3': 'available' })).toBe(
      `${claim} A-2 is owned, but not held`,
    );
  });

  test('fails when the counts do not add up', () => {
    const summary = { available: 0, held: 2, sold: 0 };
    expect(failed({ ...honest, seats: { ...honest.seats, summary } })).toEqual([
      'no place is lost: its counts add up: 2 against it, e.g. the summary adds up to 2',
    ]);
  });
});

test('percentiles are values that were measured', () => {
  const values = [5, 1, 4, 2, 3];
  expect([0.5, 0.95, 0.99, 0].map((share) => percentile(values, share))).toEqual([3, 5, 5, 1]);
  expect(percentile([], 0.5)).toBe(0);
  expect(countBy(['a', 'b', 'a'])).toEqual([
    ['a', 2],
    ['b', 1],
  ]);
});

test('the picture gives each owner a colour, and text no way out of it', () => {
  const svg = drawHall(
    {
      name: 'Hall <b>',
      size: { width: 100, height: 50 },
      zones: [
        {
          rows: [
            {
              seats: [
                { guid: 'A-1', x: 10, y: 10 },
                { guid: 'A-2', x: 30, y: 10 },
                { guid: 'A-3', x: 50, y: 10 },
              ],
            },
          ],
        },
      ],
      areas: [
        {
          shape: 'rectangle',
          x: 0,
          y: 30,
          color: '"/><script>',
          rectangle: { width: 50, height: 10 },
          text: { text: 'Stage & pit' },
        },
      ],
    },
    new Map([
      ['A-1', 'ann'],
      ['A-3', 'ann'],
    ]),
    'three places',
  );
  expect(svg).toContain('<path stroke="hsl(0 60% 40%)" d="M10 10h0M50 10h0"/>');
  expect(svg).toContain('<path stroke="#d7dbe0" d="M30 10h0"/>');
  expect(svg).toContain('Hall &lt;b&gt;');
  expect(svg).toContain('Stage &amp; pit');
  expect(svg).not.toContain('script');
});
