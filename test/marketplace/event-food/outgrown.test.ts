import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type BookedLead,
  bookedGuests,
  outgrownBriefs,
} from '../../../functions/marketplace/event-food/outgrown.ts';

const lead = (leadId: string, briefId: string, guests: number, sessionId?: string): BookedLead => ({
  leadId,
  briefId,
  guests,
  ...(sessionId !== undefined && { sessionId }),
});
const always = (percent: number | undefined) => () => percent;

describe('guests that food is booked for', () => {
  test('are those of each brief, once for all its trucks', () => {
    expect(bookedGuests([])).toBe(0);
    expect(bookedGuests([lead('a', 'one', 200), lead('b', 'one', 200), lead('c', 'two', 150)])).toBe(350);
  });
});

describe('sales outgrow a brief', () => {
  const booked = [lead('a', 'one', 200, 's')];
  test.each([
    [undefined, 220, []],
    [undefined, 221, [{ briefId: 'one', sessionId: 's', guests: 200, sold: 221 }]],
    [0, 200, []],
    [0, 201, [{ briefId: 'one', sessionId: 's', guests: 200, sold: 201 }]],
    [50, 300, []],
    [50, 301, [{ briefId: 'one', sessionId: 's', guests: 200, sold: 301 }]],
    [1_000, 2_200, []],
  ])('by %s percent with %i tickets: %j', (percent, sold, expected) => {
    expect(outgrownBriefs(booked, always(percent), () => sold)).toEqual(expected);
  });

  test('never where nothing is booked', () => {
    expect(outgrownBriefs([], always(0), () => 10_000)).toEqual([]);
  });

  test('briefs of one session are judged together, by their own percent; other sessions and the whole event apart', () => {
    const leads = [
      lead('a', 'one', 100, 's'),
      lead('b', 'two', 100, 's'),
      lead('c', 'three', 100, 't'),
      lead('d', 'all', 400),
    ];
    const sold = new Map([
      ['s', 210],
      ['t', 111],
      [undefined, 321],
    ]);
    const percents = new Map([['one', 0]]);
    expect(
      outgrownBriefs(
        leads,
        (briefId) => percents.get(briefId),
        (sessionId) => sold.get(sessionId) ?? 0,
      ),
    ).toEqual([
      { briefId: 'one', sessionId: 's', guests: 200, sold: 210 },
      { briefId: 'three', sessionId: 't', guests: 100, sold: 111 },
    ]);
  });

  test('one more ticket never takes a warning back, one more brief never adds one to the others', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ brief: fc.nat(4), guests: fc.integer({ min: 1, max: 500 }) }), { minLength: 1 }),
        fc.nat(1_000),
        fc.nat(50),
        (rows, sold, percent) => {
          const guestsOf = new Map(rows.map(({ brief, guests }) => [brief, guests]));
          const leads = rows.map(({ brief }, index) =>
            lead(`lead_${index}`, `brf_${brief}`, guestsOf.get(brief) ?? 0),
          );
          const warned = (of: readonly BookedLead[], tickets: number) =>
            outgrownBriefs(of, always(percent), () => tickets).map(({ briefId }) => briefId);
          const before = warned(leads, sold);
          expect(warned(leads, sold + 1)).toEqual(expect.arrayContaining(before));
          const more = warned([...leads, lead('more', 'brf_more', 1)], sold);
          expect(before).toEqual(expect.arrayContaining(more.filter((id) => id !== 'brf_more')));
        },
      ),
    );
  });
});
