import { expect, test } from 'vitest';
import { historyLine, leadLine, type ShownLead, sum, when } from '../../local/demo/lead-words.ts';
import { windowFrom } from '../../local/demo/negotiation.ts';

const lead: ShownLead = { id: 'lead_1', truckId: 'trk_1', status: 'new' };
const quote = {
  version: 2,
  by: 'organizer',
  total: { amount: 750_000, currency: 'RON' },
  depositDue: { amount: 150_000, currency: 'RON' },
  expiresAt: '2026-12-05T10:00:00Z',
};

test.for<[string, Partial<ShownLead>, string]>([
  [
    'a new one',
    { hold: { kind: 'soft', expiresAt: '2026-12-01T10:30:00Z', isLive: true } },
    'new · time kept (soft) until Tue 1 Dec 12:30 · no contact of the truck',
  ],
  [
    'one whose hold has lapsed',
    { status: 'quoted', quote, hold: { kind: 'soft', expiresAt: '2026-12-01T10:30:00Z', isLive: false } },
    'quoted · quote 2 by the organizer: 7,500.00 RON, 1,500.00 RON of it as deposit · no contact of the truck',
  ],
  [
    'one that waits for its deposit',
    { status: 'accepted', depositBy: '2026-07-01T21:30:00Z' },
    'accepted · deposit until Thu 2 Jul 00:30 · no contact of the truck',
  ],
  [
    'a booked one',
    {
      status: 'booked',
      hold: { kind: 'booking', isLive: true },
      depositBy: '2026-07-01T21:30:00Z',
      deposit: { status: 'captured', amount: { amount: 150_000, currency: 'RON' } },
      contacts: {
        organizer: { name: 'Bogdan' },
        truck: { name: 'Ana Pop', phone: '+40 264 000 000' },
      },
    },
    'booked · deposit of 1,500.00 RON captured · contact of the truck: Ana Pop, +40 264 000 000',
  ],
])('%s is one line', ([, fields, line]) => {
  expect(leadLine({ ...lead, ...fields }, 'organizer')).toBe(line);
});

test('each side sees the contact of the other, not its own', () => {
  const booked = {
    ...lead,
    status: 'booked',
    contacts: { organizer: { name: 'Ana', email: 'ana@example.com' } },
  };
  expect(leadLine(booked, 'truck')).toBe('booked · contact of the organizer: Ana, ana@example.com');
  expect(leadLine(booked, 'organizer')).toBe('booked · no contact of the truck');
});

test.for([
  [{ to: 'new', party: 'organizer', at: '2026-12-01T10:00:00Z' }, 'Tue 1 Dec 12:00  new by the organizer'],
  [
    { from: 'quoted', to: 'declined', party: 'truck', reason: 'Too far', at: '2026-07-01T10:00:00Z' },
    'Wed 1 Jul 13:00  quoted → declined by the truck: Too far',
  ],
  [{ from: 'accepted', to: 'booked', at: '2026-12-01T10:00:00Z' }, 'Tue 1 Dec 12:00  accepted → booked'],
] as const)('%o of a history is one line', ([row, line]) => {
  expect(historyLine(row)).toBe(line);
});

test('sums and times are those of Romania', () => {
  expect(sum({ amount: 900_050, currency: 'RON' })).toBe('9,000.50 RON');
  expect(when('2026-03-29T00:30:00Z')).toBe('Sun 29 Mar 02:30');
  expect(when('2026-03-29T01:00:00Z')).toBe('Sun 29 Mar 04:00');
});

test.for([
  ['2026-11-21T16:00:00Z', '2026-12-19T10:00:00Z', '2026-12-19T18:00:00Z'],
  // The clocks change in between.
  ['2027-03-08T08:00:00Z', '2027-04-10T09:00:00Z', '2027-04-10T17:00:00Z'],
] as const)('asked on %s, the event is a Saturday in local time', ([today, startsAt, endsAt]) => {
  expect(windowFrom(new Date(today))).toEqual({ startsAt, endsAt });
});
