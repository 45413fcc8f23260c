import { DateTime } from 'luxon';
import * as z from 'zod';
import { type Interval, merged } from './interval.ts';

const timeOfDay = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/)
  .meta({ description: 'Local time of day.', example: '10:00' });

export const openingHours = z
  .array(
    z.strictObject({
      day: z.int().min(1).max(7).meta({ description: 'Day of the week, 1 is Monday (ISO 8601).' }),
      from: timeOfDay,
      to: timeOfDay.meta({ description: 'Not later than `from`: on the next day.' }),
    }),
  )
  .max(50)
  .meta({ id: 'OpeningHours', description: 'When the truck serves; an empty list means always.' });
export type OpeningHours = z.output<typeof openingHours>;

/** Hours and minutes of a time of day, as the calendar of a zone takes them. */
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
  if (hours.length === 0) return [window];
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
