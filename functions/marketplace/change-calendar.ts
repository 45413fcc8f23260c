import { setTimeout as delay } from 'node:timers/promises';
import type { Change } from '../platform/lifecycle-event.ts';
import type { Item, Table, TransactionWrite } from '../platform/table.ts';
import type { CalendarEntry } from './calendar.ts';
import { type CalendarEdit, entriesIn } from './calendar-month.ts';
import { calendarWrites, readCalendar, writeCalendar } from './calendar-store.ts';
import type { Interval } from './interval.ts';

/** Tries of a write whose calendar somebody else changed after it was read. */
const maxTries = 8;
const firstPauseMs = 20;
const longestPauseMs = 500;

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
 * else reads and decides again. Few write to one truck at a time, so the next try mostly succeeds.
 *
 * @param interval what the decision must see.
 * @throws Error when others were faster eight times in a row.
 */
export const changeCalendar = async <Outcome>(
  table: Table,
  truckId: string,
  interval: Interval,
  decide: (entries: readonly CalendarEntry[]) => CalendarDecision<Outcome>,
  change: Change,
  now: number,
): Promise<CalendarChange<Outcome>> => {
  for (let attempt = 0; attempt < maxTries; attempt += 1) {
    if (attempt > 0) await delay(Math.random() * Math.min(longestPauseMs, firstPauseMs * 2 ** attempt));
    const reading = await readCalendar(table, truckId, interval, { consistent: true });
    const decision = decide(entriesIn(reading.months));
    if (decision.kind === 'outcome') return decision;
    const writes = calendarWrites(reading, decision.edit, change, now);
    const written = await writeCalendar(table, writes, decision.beside);
    if (written.kind !== 'changed') return written;
  }
  throw new Error(`The calendar of ${truckId} is written to by too many at once`);
};
