import ical, { ICalCalendarMethod, ICalEventStatus } from 'ical-generator';
import { DateTime } from 'luxon';
import { tzlib_get_ical_block } from 'timezones-ical-library';
import type { TicketView } from './views.ts';

/**
 * The session of a ticket as an RFC 5545 document: times on the wall of the venue, with the rules of its zone
 * beside them, so that they are right across a change of the clocks.
 */
export const ticketCalendar = (ticket: TicketView, now: Date): string => {
  const { session, event, venue } = ticket;
  const calendar = ical({ prodId: '//Fairground//Tickets//EN', method: ICalCalendarMethod.PUBLISH });
  calendar.timezone({ name: null, generator: (zone) => tzlib_get_ical_block(zone)[0] ?? null });
  const onTheWall = (instant: string) => DateTime.fromISO(instant, { zone: session.timeZone });
  calendar.createEvent({
    id: `${ticket.serial}@fairground`,
    start: onTheWall(session.startsAt),
    end: onTheWall(session.endsAt),
    timezone: session.timeZone,
    stamp: now,
    summary: event.name,
    description: `${ticket.ticketType}, ${ticket.place}, ${ticket.holderName}`,
    location: {
      title: venue.name,
      address: `${venue.address}, ${venue.city}`,
      geo: venue.location,
    },
    status: statusOf(ticket),
  });
  return calendar.toString();
};

const statusOf = ({ status, session }: TicketView): ICalEventStatus => {
  if (status !== 'valid' || session.status === 'cancelled') return ICalEventStatus.CANCELLED;
  return session.status === 'postponed' ? ICalEventStatus.TENTATIVE : ICalEventStatus.CONFIRMED;
};
