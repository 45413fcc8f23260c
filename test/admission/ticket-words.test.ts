import { describe, expect, test } from 'vitest';
import { ticketTime, ticketWarning } from '../../functions/admission/ticket-words.ts';
import type { TicketView } from '../../functions/admission/views.ts';

const ticketOf = (status: string, sessionStatus: string) =>
  ({ status, session: { status: sessionStatus } }) as TicketView;

describe('what a ticket warns of', () => {
  test.for([
    ['valid', 'published', undefined, undefined],
    ['valid', 'postponed', 'This session was postponed.', 'Această dată a fost amânată.'],
    ['valid', 'cancelled', 'This session was cancelled.', 'Această dată a fost anulată.'],
    [
      'refunded',
      'published',
      'This ticket was refunded: it admits nobody.',
      'Contravaloarea acestui bilet a fost returnată: nu mai este valabil.',
    ],
    [
      'cancelled',
      'cancelled',
      'This ticket was cancelled: it admits nobody.',
      'Acest bilet a fost anulat: nu mai este valabil.',
    ],
  ] as const)('%s, for a session that is %s', ([status, sessionStatus, english, romanian]) => {
    const ticket = ticketOf(status, sessionStatus);
    expect([ticketWarning(ticket, 'en'), ticketWarning(ticket, 'ro')]).toEqual([english, romanian]);
  });
});

test.for([
  ['Europe/Bucharest', 'Monday, 1 March 2027 at 00:30', 'luni, 1 martie 2027 la 00:30'],
  ['Atlantic/Canary', 'Sunday, 28 February 2027 at 22:30', 'duminică, 28 februarie 2027 la 22:30'],
] as const)('the time is that on the wall in %s', ([timeZone, english, romanian]) => {
  const session = { startsAt: '2027-02-28T22:30:00Z', timeZone } as TicketView['session'];
  expect(ticketTime(session, 'en')).toBe(`${english} (${timeZone})`);
  expect(ticketTime(session, 'ro')).toBe(`${romanian} (${timeZone})`);
});
