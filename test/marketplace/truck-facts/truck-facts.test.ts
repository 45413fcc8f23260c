import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  factIn,
  type LeadFact,
  type LeadFacts,
  maxFactLeads,
  truckFactsOf,
  withFact,
} from '../../../functions/marketplace/truck-facts/truck-facts.ts';

const minute = 60;
const factsFrom = (given: readonly (readonly [string, LeadFact])[]): LeadFacts =>
  given.reduce<LeadFacts>((facts, [leadId, fact]) => withFact(facts, leadId, fact), {});

/** Leads created in the first minute of an hour each, answered after so many minutes, with that end. */
const leads = (
  ...given: readonly (readonly [answeredAfter?: number | undefined, end?: LeadFact['end']])[]
): LeadFacts =>
  factsFrom(
    given.map(([answeredAfter, end], index) => [
      `lead-${index}`,
      {
        createdAt: index * 3_600,
        ...(answeredAfter !== undefined && { answeredAt: index * 3_600 + answeredAfter * minute }),
        ...(end !== undefined && { end }),
      },
    ]),
  );

describe('facts of a truck', () => {
  test.each([
    ['nothing of no lead', leads(), undefined],
    ['nothing of two leads', leads([5, 'booked'], [5, 'booked']), undefined],
    ['that three wait', leads([], [], []), { leads: 3 }],
    ['the middle of an odd count', leads([10], [90], [20]), { medianResponseMinutes: 20, leads: 3 }],
    [
      'the mean of the middles of an even count',
      leads([10], [20], [31], [90]),
      { medianResponseMinutes: 26, leads: 4 },
    ],
    [
      'the median of those that it answered',
      leads([10], [], [30], []),
      { medianResponseMinutes: 20, leads: 4 },
    ],
    [
      'two booked of three that ended',
      leads([1, 'booked'], [1, 'unbooked'], [1, 'booked'], [1]),
      { medianResponseMinutes: 1, bookingRate: 0.67, leads: 4 },
    ],
    ['that none was booked', leads([], [], [undefined, 'unbooked']), { bookingRate: 0, leads: 3 }],
  ])('tell %s', (_, facts, told) => {
    expect(truckFactsOf(facts)).toEqual(told);
  });

  const leadCreatedAt = '2026-11-20T18:00:00.000Z';
  const occurredAt = '2026-11-20T18:30:30.500Z';
  const createdAt = Date.UTC(2026, 10, 20, 18) / 1_000;
  test.each([
    [{ status: 'new' }, { createdAt }],
    [{ status: 'contacted' }, { createdAt, answeredAt: createdAt + 1_830 }],
    [{ status: 'quoted' }, { createdAt }],
    [{ status: 'accepted' }, { createdAt }],
    [{ status: 'booked' }, { createdAt, end: 'booked' }],
    [{ status: 'completed' }, { createdAt, end: 'booked' }],
    [{ status: 'cancelled' }, { createdAt, end: 'booked' }],
    [{ status: 'expired' }, { createdAt, end: 'unbooked' }],
    [{ status: 'declined' }, { createdAt, end: 'unbooked' }],
    [{ by: 'truck' }, { createdAt, answeredAt: createdAt + 1_830 }],
    [{ by: 'organizer' }, { createdAt }],
  ] as const)('an event with %j says %j', (said, fact) => {
    expect(factIn({ occurredAt, data: { leadCreatedAt, ...said } })).toEqual(fact);
  });
});

/** What `withFact` should come to, by looking at all facts at once. */
const bruteForce = (given: readonly (readonly [string, LeadFact])[]): LeadFacts => {
  const ids = [...new Set(given.map(([leadId]) => leadId))];
  const all = ids.map((leadId): readonly [string, LeadFact] => {
    const of = given.filter(([id]) => id === leadId).map(([, fact]) => fact);
    const answers = of.flatMap(({ answeredAt }) => (answeredAt === undefined ? [] : [answeredAt]));
    const ends = new Set(of.map(({ end }) => end));
    return [
      leadId,
      {
        createdAt: of[0]?.createdAt ?? 0,
        ...(answers.length > 0 && { answeredAt: Math.min(...answers) }),
        ...(ends.has('booked') ? { end: 'booked' } : ends.has('unbooked') ? { end: 'unbooked' } : {}),
      },
    ];
  });
  const later = ([id, { createdAt }]: readonly [string, LeadFact], than: readonly [string, LeadFact]) =>
    createdAt > than[1].createdAt || (createdAt === than[1].createdAt && id > than[0]);
  return Object.fromEntries(
    all.filter((one) => all.filter((other) => later(other, one)).length < maxFactLeads),
  );
};

test('the facts kept are those of the set, in whatever order and however often they come', () => {
  // Many leads of few seconds: some fall out, and ids decide between those of one second.
  const anyFact = fc.record({
    lead: fc.integer({ min: 0, max: 259 }),
    answeredAt: fc.option(fc.integer({ min: 1_000, max: 9_000 }), { nil: undefined }),
    end: fc.constantFrom('booked' as const, 'unbooked' as const, undefined),
  });
  const createdOf = (lead: number): number => (lead * 37) % 101;
  const toGiven = ({
    lead,
    answeredAt,
    end,
  }: {
    lead: number;
    answeredAt?: number | undefined;
    end?: LeadFact['end'];
  }) =>
    [
      `lead-${lead}`,
      {
        createdAt: createdOf(lead),
        ...(answeredAt !== undefined && { answeredAt }),
        ...(end !== undefined && { end }),
      },
    ] as const;
  let evicted = 0;
  fc.assert(
    fc.property(
      fc
        .tuple(fc.array(anyFact, { maxLength: 40 }), fc.boolean())
        .map(([some, isFull]) => [
          ...(isFull ? Array.from({ length: 260 }, (_, lead) => toGiven({ lead })) : []),
          ...some.map(toGiven),
        ])
        .chain((facts) =>
          fc.record({
            facts: fc.constant(facts),
            delivered: fc
              .subarray(facts)
              .chain((again) =>
                fc.shuffledSubarray([...facts, ...again], { minLength: facts.length + again.length }),
              ),
          }),
        ),
      ({ facts, delivered }) => {
        const expected = bruteForce(facts);
        expect(factsFrom(delivered)).toEqual(expected);
        if (Object.keys(expected).length === maxFactLeads) evicted += 1;
      },
    ),
    { numRuns: 60 },
  );
  expect(evicted).toBeGreaterThan(10);
});
