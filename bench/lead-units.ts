/** What one request costs in DynamoDB: calls, and capacity units as the service reports them. */
export interface RequestUnits {
  readonly calls: number;
  readonly readUnits: number;
  readonly writeUnits: number;
}

const units = (calls: number, readUnits: number, writeUnits: number): RequestUnits => ({
  calls,
  readUnits,
  writeUnits,
});

/**
 * Requests about trucks and leads, whole: with who asks and what they may. Asserted exactly in
 * test/marketplace/cost.test.ts; docs/benchmarks.md shows them.
 */
export const leadUnits = {
  'a brief': units(2, 1, 2),
  'a lead, the first in its month': units(5, 4, 19),
  'a lead with a first message': units(5, 4, 25),
  'a lead close to a border of months': units(5, 5, 21),
  'a lead in a month of 30 entries': units(5, 5, 29),
  'a lead in a month of 499 entries, the last that it takes': units(5, 25, 193),
  'a lead refused: the time is taken': units(7, 8, 0),
  'a lead refused: the month is full': units(5, 26, 0),
  'the hold extended': units(5, 4, 10),
  'the truck takes it up (contact)': units(3, 2, 6),
  'the same again': units(2, 2, 0),
  'a quote': units(4, 3, 14),
  'a counter-offer': units(4, 3, 12),
  'an offer accepted, a deposit due: held until then': units(5, 4, 18),
  'an offer accepted with nothing due: booked': units(5, 4, 19),
  'the deposit paid, booked with it (test provider)': units(9, 5, 31),
  'an offer declined, the time given back': units(4, 3, 16),
  'a booking called off': units(4, 3, 14),
  'a message': units(4, 3, 6),
  'messages marked as read': units(5, 4, 1),
  'a lead read, with history, quotes and reviews': units(8, 8, 0),
  'availability of a day, nothing in the calendar': units(2, 1.5, 0),
  'availability of a day, 30 entries in its month': units(2, 2, 0),
  'availability of a day, 500 entries in its month': units(2, 12, 0),
  'availability of a day at a border of months': units(2, 2, 0),
  'availability of 92 days, nothing in the calendar': units(2, 3.5, 0),
} as const satisfies Record<string, RequestUnits>;

export type LeadOperation = keyof typeof leadUnits;
