import { describe, expect, test } from 'vitest';
import { answersEndAt, rsvpFaults, rsvpTerms } from '../../functions/catalog/rsvp-terms.ts';

const euros = (amount: number) => ({ amount, currency: 'EUR' });
const types = [
  { name: 'Free', price: euros(0), quantity: 100 },
  { name: 'Paid', price: euros(100), quantity: 100 },
  { name: 'Fee', price: euros(0), quantity: 100, fee: { amount: 50 } },
  { name: 'Share', price: euros(0), quantity: 100, fee: { basisPoints: 500 } },
  { name: 'Seats', price: euros(0), planCategory: 'Stalls' },
  { name: 'Twice', price: euros(0), quantity: 1 },
  { name: 'Twice', price: euros(0), quantity: 1 },
  { name: 'Pairs', price: euros(0), quantity: 100, maxPerOrder: 2 },
];

describe('terms of answers', () => {
  test('alone, at once, until the start unless told otherwise', () => {
    expect(rsvpTerms.parse({ ticketType: 'Free' })).toEqual({
      ticketType: 'Free',
      guestsMax: 0,
      approval: 'automatic',
    });
  });

  test.for<[string, object]>([
    ['twenty guests: 21 places are more than a hold', { guestsMax: 20 }],
    ['guests below nobody', { guestsMax: -1 }],
    ['an unknown approval', { approval: 'committee' }],
    ['no instant', { changeUntil: 'tomorrow' }],
    ['another field', { capacity: 5 }],
  ])('%s is refused', ([, fields]) => {
    expect(rsvpTerms.safeParse({ ticketType: 'Free', ...fields }).success).toBe(false);
  });

  test.for<[string, number, string]>([
    ['Free', 19, ''],
    ['Share', 0, ''],
    ['Pairs', 1, ''],
    ['Pairs', 2, '/rsvp/guestsMax OVER_ORDER_LIMIT'],
    ['Paid', 0, '/rsvp/ticketType NOT_FREE'],
    ['Fee', 0, '/rsvp/ticketType NOT_FREE'],
    ['Seats', 0, '/rsvp/ticketType NOT_A_QUANTITY'],
    ['Twice', 0, '/rsvp/ticketType AMBIGUOUS_TICKET_TYPE'],
    ['Other', 0, '/rsvp/ticketType UNKNOWN_TICKET_TYPE'],
  ])('of %s with %i guests: %s', ([ticketType, guestsMax, expected]) => {
    const faults = rsvpFaults({ ticketType, guestsMax }, types);
    expect(faults.map(({ pointer, code }) => `${pointer} ${code}`).join()).toBe(expected);
  });

  test('a session without answers has no faults of them', () => {
    expect(rsvpFaults(undefined, types)).toEqual([]);
  });
});

test.for<[string, { status?: string; changeUntil?: string }, string | undefined]>([
  ['at the start', {}, '2027-03-01T20:00:00Z'],
  ['at its date', { changeUntil: '2027-02-01T00:00:00Z' }, '2027-02-01T00:00:00Z'],
  [
    'after the start, where the organizer says so',
    { changeUntil: '2027-03-01T21:00:00Z' },
    '2027-03-01T21:00:00Z',
  ],
  ['at the end at the latest', { changeUntil: '2028-01-01T00:00:00Z' }, '2027-03-01T22:00:00Z'],
  ['never, while there is no date', { status: 'postponed' }, undefined],
])('answers end %s', ([, fields, expected]) => {
  const session = { status: 'published', startsAt: '2027-03-01T20:00:00Z', endsAt: '2027-03-01T22:00:00Z' };
  expect(answersEndAt({ ...session, ...fields })).toBe(expected);
});
