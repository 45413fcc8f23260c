import type { CalendarEntry } from '../calendar/calendar.ts';
import type { Lead } from '../leads/lead.ts';

/** What a booking of a truck’s calendar and its lead, written in one transaction, never come to by themselves. */
export type BookingDriftKind = 'booking_without_lead' | 'lead_without_booking';

const isBookedAs = (lead: Lead | undefined, { unit, blocked }: CalendarEntry): boolean => {
  const hold = lead?.hold;
  return (
    (lead?.status === 'booked' || lead?.status === 'completed') &&
    hold?.kind === 'booking' &&
    hold.unit === unit &&
    hold.blocked.from === blocked.from &&
    hold.blocked.to === blocked.to
  );
};

/**
 * Whether an entry of a calendar and the lead of its id, as they were at one instant, tell two stories about a time that is not
 * over.
 * @param now epoch seconds.
 */
export const bookingDrift = (
  lead: Lead | undefined,
  entry: CalendarEntry | undefined,
  now: number,
): BookingDriftKind | undefined => {
  if (entry?.kind === 'booking' && entry.blocked.to > now && !isBookedAs(lead, entry))
    return 'booking_without_lead';
  return lead?.status === 'booked' && lead.window.to > now && entry?.kind !== 'booking'
    ? 'lead_without_booking'
    : undefined;
};
