import type { Change } from '../../platform/lifecycle-event.ts';
import type { Item, Table, TransactionWrite } from '../../platform/table.ts';
import { untilWritten } from '../../platform/until-written.ts';
import type { CalendarEntry } from './calendar.ts';
import { type CalendarEdit, entriesIn } from './calendar-month.ts';
import { calendarWrites, readCalendar, writeCalendar } from './calendar-store.ts';
import type { Interval } from './interval.ts';

/** An edit to be written with what else belongs to it, or the outcome without one. */
export type CalendarDecision<Outcome> =
  | {
      readonly kind: 'edit';
      readonly edit: CalendarEdit;
      readonly beside: readonly TransactionWrite[];
    }
  | { readonly kind: 'outcome'; readonly outcome: Outcome };

export type CalendarChange<Outcome> =
  | { readonly kind: 'written' }
  /** A write beside the edit was refused, by that item. */
  | { readonly kind: 'refused'; readonly old?: Item }
  | Extract<CalendarDecision<Outcome>, { kind: 'outcome' }>;

/**
 * Reads a truck’s calendar, decides, and writes on the condition that nothing of what was read has changed;
 * else reads and decides again.
 *
 * @param interval what the decision must see.
 * @throws TooManyWriters when others were faster eight times in a row.
 */
export const changeCalendar = <Outcome>(
  table: Table,
  truckId: string,
  interval: Interval,
  decide: (entries: readonly CalendarEntry[]) => CalendarDecision<Outcome>,
  change: Change,
  now: number,
): Promise<CalendarChange<Outcome>> =>
  untilWritten(`The calendar of ${truckId}`, async () => {
    const reading = await readCalendar(table, truckId, interval, { consistent: true });
    const decision = decide(entriesIn(reading.months));
    if (decision.kind === 'outcome') return decision;
    const writes = calendarWrites(reading, decision.edit, change, now);
    const written = await writeCalendar(table, writes, decision.beside);
    return written.kind === 'changed' ? undefined : written;
  });
