import { contains, gaps, type Interval, intersection, overlaps } from './interval.ts';
import { type Place, type TravelRules, travelSeconds } from './travel.ts';

/** What takes a truck’s time. Setup and teardown are part of the blocked interval, not entries. */
export type EntryKind = 'booking' | 'hold' | 'blackout';

/** A time that is taken, on one of the truck’s units or on all. */
export interface CalendarEntry {
  readonly id: string;
  readonly kind: EntryKind;
  /** When guests are served, as both sides read it. */
  readonly shown: Interval;
  /** With setup and teardown: what nothing else of the unit may overlap. */
  readonly blocked: Interval;
  readonly unit: number | 'all';
  /** Where the unit is; a blackout is nowhere, and is driven through. */
  readonly place?: Place | undefined;
  /** Of a hold: epoch seconds; in that second it still stands. */
  readonly until?: number | undefined;
  /** Of a blackout that was imported: the name of the calendar that it comes from. */
  readonly source?: string | undefined;
  /** When it was last written (ISO 8601), and how often before; every write of a calendar sets both. */
  readonly writtenAt?: string | undefined;
  readonly sequence?: number | undefined;
}

/** What a truck’s calendar is judged by, for one stretch of time. */
export interface CalendarRules {
  /** How many of the truck can be out at once. */
  readonly units: number;
  readonly setupSeconds: number;
  readonly teardownSeconds: number;
  readonly travel: TravelRules;
  /** When guests can be served, in order and without overlaps. */
  readonly open: readonly Interval[];
  /** Recurring blackouts, of all units. */
  readonly closed: readonly Interval[];
}

/** A time that somebody wants. */
export interface Wanted {
  readonly shown: Interval;
  readonly place?: Place | undefined;
}

export interface Conflict extends Interval {
  readonly kind: EntryKind;
}

export type Placement =
  | { readonly kind: 'fits'; readonly unit: number; readonly blocked: Interval }
  /** Guests are not served then. */
  | { readonly kind: 'closed' }
  /** Something else of every unit takes that time; the conflict is that of the first unit. */
  | { readonly kind: 'taken'; readonly conflict: Conflict }
  /** The truck cannot drive from or to its neighbour in time. */
  | { readonly kind: 'too_far'; readonly conflict: Conflict; readonly travelSeconds: number };

/** Longer windows go over nights: only where they begin and end must the truck be open. */
const daySeconds = 24 * 60 * 60;

/** The window with setup before it and teardown after it. */
export const blockedBy = (
  { setupSeconds, teardownSeconds }: Pick<CalendarRules, 'setupSeconds' | 'teardownSeconds'>,
  shown: Interval,
): Interval => ({ from: shown.from - setupSeconds, to: shown.to + teardownSeconds });

/** Whether the entry takes its time at this instant: a hold that has lapsed does not, whatever job has run. */
export const isLive = ({ until }: Pick<CalendarEntry, 'until'>, now: number): boolean =>
  until === undefined || until >= now;

const isServed = (open: readonly Interval[], shown: Interval): boolean => {
  if (shown.to - shown.from <= daySeconds) return open.some((interval) => contains(interval, shown));
  const startsOpen = open.some(({ from, to }) => from <= shown.from && shown.from < to);
  const endsOpen = open.some(({ from, to }) => from < shown.to && shown.to <= to);
  return startsOpen && endsOpen;
};

const unitNumbers = ({ units }: CalendarRules): readonly number[] =>
  Array.from({ length: units }, (_, unit) => unit);

/** Entries that take the time of one unit, the earliest first. */
const entriesOf = (entries: readonly CalendarEntry[], unit: number, now: number): readonly CalendarEntry[] =>
  entries
    .filter((entry) => (entry.unit === unit || entry.unit === 'all') && isLive(entry, now))
    .sort((one, other) => one.blocked.from - other.blocked.from);

type Placed = CalendarEntry & { readonly place: Place };
const isPlaced = (entry: CalendarEntry): entry is Placed => entry.place !== undefined;

/** Where a unit comes from and goes to: the nearest entries with a place, over blackouts that lie between. */
const neighbours = (own: readonly CalendarEntry[], blocked: Interval) => {
  const placed = own.filter(isPlaced);
  return {
    before: placed.filter((entry) => entry.blocked.to <= blocked.from).at(-1),
    after: placed.find((entry) => entry.blocked.from >= blocked.to),
  };
};

const conflictWith = ({ shown, kind }: CalendarEntry): Conflict => ({ ...shown, kind });

/** Whether one unit can take the window; of what fits, how long the unit stands idle before it. */
const placeOn = (
  own: readonly CalendarEntry[],
  rules: CalendarRules,
  { place }: Wanted,
  blocked: Interval,
): Exclude<Placement, { kind: 'fits' | 'closed' }> | { readonly kind: 'fits'; readonly idle: number } => {
  const taken = own.find((entry) => overlaps(entry.blocked, blocked));
  if (taken !== undefined) return { kind: 'taken', conflict: conflictWith(taken) };
  const { before, after } = neighbours(own, blocked);
  if (place !== undefined) {
    const legs = [
      before && {
        entry: before,
        seconds: travelSeconds(rules.travel, before.place, place),
        gap: blocked.from - before.blocked.to,
      },
      after && {
        entry: after,
        seconds: travelSeconds(rules.travel, place, after.place),
        gap: after.blocked.from - blocked.to,
      },
    ];
    const tooFar = legs.find((leg) => leg !== undefined && leg.gap < leg.seconds);
    if (tooFar !== undefined) {
      return { kind: 'too_far', conflict: conflictWith(tooFar.entry), travelSeconds: tooFar.seconds };
    }
  }
  return { kind: 'fits', idle: blocked.from - (before?.blocked.to ?? Number.NEGATIVE_INFINITY) };
};

/**
 * Whether a truck can take a time, and with which of its units: the one that stands idle shortest before it,
 * so that long idle stretches stay whole. The same rule lists what is free and guards every write.
 *
 * @param entries those whose blocked time is less than `maxTravelSeconds` from the window, at least.
 * @param now epoch seconds: holds that have lapsed count for nothing.
 */
export const decidePlacement = (
  entries: readonly CalendarEntry[],
  rules: CalendarRules,
  wanted: Wanted,
  now: number,
): Placement => {
  if (!isServed(rules.open, wanted.shown)) return { kind: 'closed' };
  const blocked = blockedBy(rules, wanted.shown);
  const closed = rules.closed.find((interval) => overlaps(interval, blocked));
  if (closed !== undefined) return { kind: 'taken', conflict: { ...closed, kind: 'blackout' } };

  let best: { readonly unit: number; readonly idle: number } | undefined;
  let refusal: Placement | undefined;
  for (const unit of unitNumbers(rules)) {
    const on = placeOn(entriesOf(entries, unit, now), rules, wanted, blocked);
    if (on.kind !== 'fits') refusal ??= on;
    else if (best === undefined || on.idle < best.idle) best = { unit, idle: on.idle };
  }
  if (best !== undefined) return { kind: 'fits', unit: best.unit, blocked };
  if (refusal === undefined) throw new Error('A truck without units');
  return refusal;
};

/**
 * The first start, not before the wanted one, from which a window of the same length fits; undefined when there
 * is none up to `latest`. A window can begin to fit only where something ends or opens: just those are tried.
 */
export const earliestStart = (
  entries: readonly CalendarEntry[],
  rules: CalendarRules,
  wanted: Wanted,
  now: number,
  latest: number,
): number | undefined => {
  const { shown, place } = wanted;
  const length = shown.to - shown.from;
  const starts = [
    shown.from,
    ...rules.open.flatMap(({ from }) => [from, from - length + 1]),
    ...rules.closed.map(({ to }) => to + rules.setupSeconds),
    ...entries.flatMap((entry) => {
      const free = entry.blocked.to + rules.setupSeconds;
      const driven =
        place === undefined || !isPlaced(entry) ? 0 : travelSeconds(rules.travel, entry.place, place);
      return [free, free + driven];
    }),
  ];
  return [...new Set(starts)]
    .filter((from) => from >= shown.from && from <= latest)
    .sort((one, other) => one - other)
    .find((from) => {
      const moved = { shown: { from, to: from + length }, place };
      return decidePlacement(entries, rules, moved, now).kind === 'fits';
    });
};

/**
 * The stretches of a window in which a truck can serve, at a place when one is given: a time of up to a day fits
 * exactly when one of them contains it. Those of several units may overlap: a booking needs one unit for all of it.
 */
export const freeWindows = (
  entries: readonly CalendarEntry[],
  rules: CalendarRules,
  place: Place | undefined,
  window: Interval,
  now: number,
): readonly Interval[] => {
  const free = unitNumbers(rules).flatMap((unit) => {
    const own = entriesOf(entries, unit, now);
    const taken = [...own.map(({ blocked }) => blocked), ...rules.closed];
    const around = blockedBy(rules, window);
    return gaps(around, taken).map((gap): Interval => {
      const { before, after } = neighbours(own, gap);
      const arrives =
        before === undefined || place === undefined
          ? gap.from
          : Math.max(gap.from, before.blocked.to + travelSeconds(rules.travel, before.place, place));
      const leaves =
        after === undefined || place === undefined
          ? gap.to
          : Math.min(gap.to, after.blocked.from - travelSeconds(rules.travel, place, after.place));
      return { from: arrives + rules.setupSeconds, to: leaves - rules.teardownSeconds };
    });
  });
  const served = intersection(intersection(free, [window]), rules.open);
  return served
    .filter(
      (one, index) =>
        !served.some(
          (other, at) => at !== index && contains(other, one) && (!contains(one, other) || at < index),
        ),
    )
    .sort((one, other) => one.from - other.from || one.to - other.to);
};
