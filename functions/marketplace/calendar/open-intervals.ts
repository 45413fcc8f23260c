import { DateTime } from 'luxon';
import { type Interval, merged } from './interval.ts';
import type { OpeningHours } from './opening-hours.ts';

/** Hours and minutes of a time of day, as luxon takes them. */
const clock = (text: string) => {
  const [hour = 0, minute = 0] = text.split(':').map(Number);
  return { hour, minute };
};

/**
 * When a truck with these hours is open, as far as the window reaches; in order and without overlaps. A local
 * time that a change of the clocks leaves out is the moment of the change plus what is missing (luxon’s rule).
 * @param zone IANA time zone of the truck.
 */
export const openIntervals = (hours: OpeningHours, zone: string, window: Interval): readonly Interval[] => {
  const open: Interval[] = [];
  // From the day before: its last hours may reach into the window.
  let day = DateTime.fromSeconds(window.from, { zone }).startOf('day').minus({ days: 1 });
  for (; day.toSeconds() < window.to; day = day.plus({ days: 1 })) {
    for (const { from, to } of hours.filter((opening) => opening.day === day.weekday)) {
      const closingDay = to <= from ? day.plus({ days: 1 }) : day;
      open.push({
        from: Math.max(window.from, day.set(clock(from)).toSeconds()),
        to: Math.min(window.to, closingDay.set(clock(to)).toSeconds()),
      });
    }
  }
  return merged(open);
};
