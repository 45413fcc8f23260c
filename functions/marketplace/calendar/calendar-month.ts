import { type CalendarEntry, isLive } from './calendar.ts';
import { type Interval, overlaps } from './interval.ts';
import { maxTravelSeconds } from './travel.ts';

/** Longest time that is asked for or blocked at once. It bounds the months that one write touches. */
export const maxWindowSeconds = 31 * 24 * 60 * 60;

/** Most entries of a month: some hundred kilobytes, a quarter of what an item may have. */
export const maxMonthEntries = 500;

/** One item of a truck’s calendar: the entries that touch a month of UTC. */
export interface CalendarMonth {
  /** `2026-11` */
  readonly month: string;
  /** Counts writes; 0 when there is no item yet. */
  readonly version: number;
  readonly entries: readonly CalendarEntry[];
}

const monthOf = (seconds: number): string => new Date(seconds * 1_000).toISOString().slice(0, 7);

/** Months that an interval touches, in order: `['2026-11', '2026-12']`. */
export const monthsOf = ({ from, to }: Interval): readonly string[] => {
  const months: string[] = [];
  const day = new Date(from * 1_000);
  day.setUTCDate(1);
  day.setUTCHours(0, 0, 0, 0);
  for (; day.getTime() / 1_000 < to; day.setUTCMonth(day.getUTCMonth() + 1)) {
    months.push(monthOf(day.getTime() / 1_000));
  }
  return months;
};

/** What has to be read to judge a blocked interval: up to where its neighbours matter. */
export const judgedBy = ({ from, to }: Interval): Interval => ({
  from: from - maxTravelSeconds,
  to: to + maxTravelSeconds,
});

/** The instants of a month, epoch seconds. */
const spanOf = (month: string): Interval => {
  const first = new Date(`${month}-01T00:00:00Z`);
  const from = first.getTime() / 1_000;
  return { from, to: first.setUTCMonth(first.getUTCMonth() + 1) / 1_000 };
};

/**
 * All entries of some months, those that lie in two of them once. What is missing in one of its months has gone: a
 * write that reached only that one found that it had lapsed, and may have taken its time.
 */
export const entriesIn = (months: readonly CalendarMonth[]): readonly CalendarEntry[] => {
  if (months.length === 1) return months[0]?.entries ?? [];
  const found = new Map(months.flatMap(({ entries }) => entries.map((entry) => [entry.id, entry])));
  for (const { month, entries } of months) {
    const ids = new Set(entries.map(({ id }) => id));
    const span = spanOf(month);
    for (const [id, { blocked }] of found) if (!ids.has(id) && overlaps(blocked, span)) found.delete(id);
  }
  return [...found.values()];
};

/** Whether a month that the interval touches can take no entry more. */
export const isFull = (entries: readonly CalendarEntry[], interval: Interval, now: number): boolean =>
  monthsOf(interval).some(
    (month) =>
      entries.filter((entry) => isLive(entry, now) && monthsOf(entry.blocked).includes(month)).length >=
      maxMonthEntries,
  );

/** A change of a calendar: an entry comes (or comes anew under its id), or one goes; or several at once. */
export type CalendarEdit =
  | { readonly kind: 'put'; readonly entry: CalendarEntry }
  | { readonly kind: 'remove'; readonly entryId: string }
  | {
      readonly kind: 'replace';
      readonly remove: readonly string[];
      readonly put: readonly CalendarEntry[];
    };

const comingBy = (edit: CalendarEdit): readonly CalendarEntry[] => {
  if (edit.kind === 'remove') return [];
  return edit.kind === 'put' ? [edit.entry] : edit.put;
};

const goingBy = (edit: CalendarEdit): readonly string[] => {
  if (edit.kind === 'put') return [];
  return edit.kind === 'remove' ? [edit.entryId] : edit.remove;
};

/**
 * The months after the edit, those only that it changes. Holds that have lapsed go with the first write that reads
 * them: whose clock is behind this one must not find them again, their time being another's.
 * @param at when it is written (ISO 8601), kept on what comes.
 */
export const editedMonths = (
  months: readonly CalendarMonth[],
  edit: CalendarEdit,
  now: number,
  at: string,
): readonly CalendarMonth[] => {
  const before = new Map(entriesIn(months).map((entry) => [entry.id, entry]));
  const coming = comingBy(edit).map((entry) => {
    const old = before.get(entry.id);
    return { ...entry, writtenAt: at, sequence: old === undefined ? 0 : (old.sequence ?? 0) + 1 };
  });
  const gone = new Set([...goingBy(edit), ...coming.map(({ id }) => id)]);
  return months.flatMap((month) => {
    const arriving = coming.filter(({ blocked }) => monthsOf(blocked).includes(month.month));
    const others = month.entries.filter(
      (entry) => !gone.has(entry.id) && before.has(entry.id) && isLive(entry, now),
    );
    if (arriving.length === 0 && others.length === month.entries.length) return [];
    return [{ ...month, version: month.version + 1, entries: [...others, ...arriving] }];
  });
};
