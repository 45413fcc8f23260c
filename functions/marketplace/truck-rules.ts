import type { CalendarRules } from './calendar/calendar.ts';
import { type Interval, merged } from './calendar/interval.ts';
import type { Truck } from './truck.ts';

/** How long a truck is blocked before and after it serves. */
export const setupOf = ({ setupMinutes, teardownMinutes }: Truck) => ({
  setupSeconds: setupMinutes * 60,
  teardownSeconds: teardownMinutes * 60,
});

/**
 * What the truck’s calendar is judged by within the horizon: its settings, in instants. Libraries of calendars are
 * loaded for trucks that have hours or rules: not at a cold start.
 */
export const rulesOf = async (truck: Truck, horizon: Interval): Promise<CalendarRules> => {
  const { openingHours, recurringBlackouts, timeZone, units, travel } = truck;
  return {
    units,
    ...setupOf(truck),
    travel,
    open:
      openingHours.length === 0
        ? [horizon]
        : (await import('./calendar/open-intervals.ts')).openIntervals(openingHours, timeZone, horizon),
    closed:
      recurringBlackouts.length === 0
        ? []
        : merged(
            await import('./calendar/occurrences.ts').then(({ occurrences }) =>
              recurringBlackouts.flatMap((blackout) => occurrences(blackout, timeZone, horizon)),
            ),
          ),
  };
};
