import { maxDaysAhead } from '../briefs/brief.ts';
import { type CalendarEntry, decidePlacement, isLive } from '../calendar/calendar.ts';
import { judgedBy } from '../calendar/calendar-month.ts';
import { type Interval, overlaps } from '../calendar/interval.ts';
import type { Truck } from '../truck.ts';
import { setupOf } from '../truck-rules.ts';
import { isOpen, type Lead } from './lead.ts';

const daySeconds = 24 * 60 * 60;

/** A booking of a truck, with setup and teardown. */
export interface Booked extends Pick<Lead, 'leadId' | 'truckId'> {
  readonly blocked: Interval;
}

/** Whether a lead may have lost its time to the booking: of the same truck, open, near it, and not noted before. */
export const isConcerned = (lead: Lead, booked: Booked): boolean =>
  lead.leadId !== booked.leadId &&
  lead.truckId === booked.truckId &&
  isOpen(lead.status) &&
  lead.takenAt === undefined &&
  // Setup and teardown are shorter than the way that counts.
  overlaps(judgedBy(booked.blocked), judgedBy(lead.window));

/**
 * Whether bookings of its truck leave a lead no time. Holds of others do not count, they may lapse; nor do hours and
 * blackouts, which are no other’s booking. What a lead holds itself, nobody has taken.
 *
 * @param entries of the truck’s calendar around the lead’s window.
 * @param now epoch seconds.
 */
export const isTaken = (
  { leadId, window, place }: Pick<Lead, 'leadId' | 'window' | 'place'>,
  entries: readonly CalendarEntry[],
  truck: Truck,
  now: number,
): boolean => {
  if (entries.some((entry) => entry.id === leadId && isLive(entry, now))) return false;
  const bookings = entries.filter(({ kind }) => kind === 'booking');
  const rules = { ...setupOf(truck), units: truck.units, travel: truck.travel, open: [window], closed: [] };
  return decidePlacement(bookings, rules, { shown: window, place }, now).kind !== 'fits';
};

/**
 * Leads that were asked before this (ISO 8601) are about events that were over when the booking’s way begins: nobody
 * asks for one that ends more than `maxDaysAhead` days ahead.
 */
export const oldestConcerned = ({ blocked }: Booked): string => {
  const { from } = judgedBy(judgedBy(blocked));
  return new Date((from - maxDaysAhead * daySeconds) * 1_000).toISOString();
};
