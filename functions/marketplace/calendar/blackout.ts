import { type CalendarEntry, type Conflict, isLive } from './calendar.ts';
import { isFull } from './calendar-month.ts';
import { type Interval, overlaps } from './interval.ts';

/** A time that the owner keeps free: the truck is away, all its units. */
export interface Blackout extends Interval {
  readonly blackoutId: string;
  /** For its owner only. */
  readonly reason?: string | undefined;
}

export type BlackoutDecision =
  | { readonly kind: 'fits'; readonly entry: CalendarEntry }
  /** A booking or a hold takes that time: it is ended first, if at all. */
  | { readonly kind: 'overlap'; readonly conflict: Conflict }
  /** A month has as many entries as its item may carry. */
  | { readonly kind: 'full' };

/** Blackouts may overlap each other, but nothing that somebody else was promised. */
export const decideBlackout = (
  entries: readonly CalendarEntry[],
  { blackoutId, from, to }: Blackout,
  now: number,
): BlackoutDecision => {
  const interval = { from, to };
  const taken = entries.find(
    (entry) => entry.kind !== 'blackout' && isLive(entry, now) && overlaps(entry.blocked, interval),
  );
  if (taken !== undefined) return { kind: 'overlap', conflict: { ...taken.shown, kind: taken.kind } };
  if (isFull(entries, interval, now)) return { kind: 'full' };
  return {
    kind: 'fits',
    entry: { id: blackoutId, kind: 'blackout', shown: interval, blocked: interval, unit: 'all' },
  };
};
