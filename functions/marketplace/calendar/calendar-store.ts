import type { Change } from '../../platform/lifecycle-event.ts';
import {
  absent,
  type Expression,
  type Item,
  type Table,
  type TransactionWrite,
} from '../../platform/table.ts';
import type { CalendarEntry } from './calendar.ts';
import { type CalendarEdit, type CalendarMonth, editedMonths, monthsOf } from './calendar-month.ts';
import type { Interval } from './interval.ts';

/** What was read of a truck’s calendar: a write is conditional on all of it. */
export interface CalendarReading {
  readonly truckId: string;
  readonly months: readonly CalendarMonth[];
}

interface MonthItem extends Item {
  readonly version: number;
  readonly entries: Readonly<Record<string, Omit<CalendarEntry, 'id'>>>;
}

export const calendarPrefix = 'CALENDAR#';
const keyOf = (truckId: string, month: string) => ({
  pk: `TRUCK#${truckId}`,
  sk: `${calendarPrefix}${month}`,
});

/** A month as its item keeps it, also as a scan finds it. */
export const toMonth = (item: Item): CalendarMonth => {
  const { sk, version, entries } = item as MonthItem;
  return {
    month: sk.slice(calendarPrefix.length),
    version,
    entries: Object.entries(entries).map(([id, entry]) => ({ id, ...entry })),
  };
};

/** The condition that a month is still as it was read. */
const unchanged = ({ version }: CalendarMonth): Expression =>
  version === 0
    ? absent
    : { condition: '#version = :version', names: { '#version': 'version' }, values: { ':version': version } };

/**
 * Reads the months that an interval touches.
 * @param consistent for a decision that is written; lists may be a moment old.
 */
export const readCalendar = async (
  table: Table,
  truckId: string,
  interval: Interval,
  { consistent }: { readonly consistent: boolean },
): Promise<CalendarReading> => {
  const names = monthsOf(interval);
  const items = await table.batchGet(
    names.map((month) => keyOf(truckId, month)),
    { consistent },
  );
  const found = new Map(items.map((item) => [item.sk.slice(calendarPrefix.length), toMonth(item)]));
  return {
    truckId,
    months: names.map((month) => found.get(month) ?? { month, version: 0, entries: [] }),
  };
};

/**
 * The writes of an edit, each on the condition that its month is as it was read, with checks of the months that
 * it does not change: a neighbour that came there meanwhile could be too near. For a transaction of at most five.
 */
export const calendarWrites = (
  { truckId, months }: CalendarReading,
  edit: CalendarEdit,
  change: Change,
  now: number,
): readonly TransactionWrite[] => {
  const edited = new Map(editedMonths(months, edit, now, change.at).map((month) => [month.month, month]));
  return months.map((month): TransactionWrite => {
    const key = keyOf(truckId, month.month);
    const after = edited.get(month.month);
    // Whoever is refused reads all of it anew, after a pause.
    const carriesOld = false;
    if (after === undefined) return { check: key, when: unchanged(month), carriesOld };
    const entries = Object.fromEntries(after.entries.map(({ id, ...entry }) => [id, entry]));
    return { put: { ...key, version: after.version, entries, change }, when: unchanged(month), carriesOld };
  });
};

export type CalendarWritten =
  | { readonly kind: 'written' }
  /** The calendar is not as it was read: read and decide again. */
  | { readonly kind: 'changed' }
  /** A write beside it was refused; `old` is the item that refused it. */
  | { readonly kind: 'refused'; readonly old?: Item };

/** Writes an edit, together with what else belongs to it. */
export const writeCalendar = async (
  table: Table,
  writes: readonly TransactionWrite[],
  beside: readonly TransactionWrite[],
): Promise<CalendarWritten> => {
  const written = await table.transact([...writes, ...beside]);
  if (written.written) return { kind: 'written' };
  const refusal = written.refusals.find(({ index }) => index >= writes.length);
  if (refusal === undefined) return { kind: 'changed' };
  return { kind: 'refused', ...(refusal.old !== undefined && { old: refusal.old }) };
};
