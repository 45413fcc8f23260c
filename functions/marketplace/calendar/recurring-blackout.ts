import * as z from 'zod';

const longestMinutes = 31 * 24 * 60;

/** A blackout that comes back by a rule; whether the rule is one is asked of the library (occurrences.ts). */
export const recurringBlackout = z
  .strictObject({
    rule: z
      .string()
      .max(300)
      .regex(/^FREQ=(YEARLY|MONTHLY|WEEKLY|DAILY)(;[A-Z0-9=,+-]+)*$/, {
        error: 'An RFC 5545 rule by day, week, month or year',
      })
      .meta({ description: 'Recurrence rule (RFC 5545, 3.3.10).', example: 'FREQ=WEEKLY;BYDAY=MO' }),
    firstFrom: z.iso
      .datetime({ local: true, precision: -1 })
      .regex(/\d$/, { error: 'A local date and time, e.g. 2026-11-23T08:00' })
      .meta({ description: 'Local start of the first one.', example: '2026-11-23T08:00' }),
    minutes: z
      .int()
      .min(1)
      .max(longestMinutes)
      .meta({ description: 'How long each lasts, by the wall clock.' }),
  })
  .meta({ id: 'RecurringBlackout' });
export type RecurringBlackout = z.output<typeof recurringBlackout>;
