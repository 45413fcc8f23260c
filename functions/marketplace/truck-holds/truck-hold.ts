import type { Change } from '../../platform/lifecycle-event.ts';
import { keyOf } from '../../platform/owned-item.ts';
import { atRevision, type Item, type Table, type TransactionWrite } from '../../platform/table.ts';
import {
  blockedBy,
  type CalendarEntry,
  type CalendarRules,
  decidePlacement,
  isLive,
  type Placement,
} from '../calendar/calendar.ts';
import { entriesIn, isFull, judgedBy } from '../calendar/calendar-month.ts';
import { readCalendar } from '../calendar/calendar-store.ts';
import { changeCalendar } from '../calendar/change-calendar.ts';
import type { Interval } from '../calendar/interval.ts';
import type { Lead, LeadHold } from '../leads/lead.ts';
import type { TruckItem } from '../truck.ts';
import { rulesOf, setupOf } from '../truck-rules.ts';
import { holdWrite } from './hold-item.ts';

/** How a lead takes its truck’s time; `until` is epoch seconds, in which it still stands. */
export type Taking =
  | { readonly kind: 'soft' | 'hard'; readonly until: number }
  | { readonly kind: 'booking' };

export type Refused = Exclude<Placement, { kind: 'fits' }>;

export type TimeTaken =
  | { readonly kind: 'written'; readonly hold: LeadHold }
  /** The truck cannot be there then. */
  | { readonly kind: 'unavailable'; readonly placement: Refused }
  /** A month has as many entries as its item may carry. */
  | { readonly kind: 'full' }
  /** A write beside it was refused, by that item: the lead or the truck has changed. Read and decide again. */
  | { readonly kind: 'refused'; readonly old?: Item };

/** What the calendar has to know of a lead. */
export type LeadTime = Pick<Lead, 'leadId' | 'truckId' | 'window' | 'place' | 'hold'>;

/** The lead’s own writes beside its time, which are conditional on what it was decided on. */
export type WritesWith = (hold: LeadHold) => readonly TransactionWrite[];

const hull = (one: Interval, other: Interval | undefined): Interval =>
  other === undefined ? one : { from: Math.min(one.from, other.from), to: Math.max(one.to, other.to) };

/** A lead’s entry that takes its time at this instant. */
const liveEntryOf = ({ leadId }: LeadTime, entries: readonly CalendarEntry[], now: number) =>
  entries.find((entry) => entry.id === leadId && isLive(entry, now));

type NotTaken = Extract<TimeTaken, { kind: 'unavailable' | 'full' }>;

interface Taken {
  readonly kind: 'taken';
  readonly hold: LeadHold;
  readonly entry: CalendarEntry;
  /** It is the lead’s already. */
  readonly isOwn: boolean;
}

/** What lives stays where it is, whatever the truck has said since; else it is placed anew among all others. */
const decideTaking = (
  entries: readonly CalendarEntry[],
  rules: CalendarRules,
  lead: LeadTime,
  taking: Taking,
  now: number,
): Taken | NotTaken => {
  const { window: shown, place } = lead;
  const own = liveEntryOf(lead, entries, now);
  const others = entries.filter(({ id }) => id !== lead.leadId);
  const placement =
    own === undefined || own.unit === 'all'
      ? decidePlacement(others, rules, { shown, place }, now)
      : { kind: 'fits' as const, unit: own.unit, blocked: own.blocked };
  if (placement.kind !== 'fits') return { kind: 'unavailable', placement };
  const { unit, blocked } = placement;
  if (own === undefined && isFull(others, blocked, now)) return { kind: 'full' };
  const { kind } = taking;
  const until = kind === 'booking' ? blocked.to : taking.until;
  const since = own === undefined ? now : (lead.hold?.since ?? now);
  return {
    kind: 'taken',
    hold: { kind, until, since, unit, blocked },
    entry: {
      id: lead.leadId,
      kind: kind === 'booking' ? 'booking' : 'hold',
      shown,
      blocked,
      unit,
      place: { lat: place.lat, lon: place.lon },
      ...(kind !== 'booking' && { until }),
    },
    isOwn: own !== undefined,
  };
};

/** What the decision about the time of a lead must see. */
const readFor = (truck: TruckItem, { window, hold }: LeadTime): Interval =>
  judgedBy(hull(blockedBy(setupOf(truck), window), hold?.blocked));

/**
 * Takes the time of a lead, or changes how it is taken. Calendar, hold and the lead’s own writes are one transaction.
 *
 * @param truck as it was read; the write is conditional on it unless the time is the lead’s already.
 * @param now epoch seconds.
 * @throws TooManyWriters when others changed the calendar eight times in a row.
 */
export const takeTime = async (
  table: Table,
  truck: TruckItem,
  lead: LeadTime,
  taking: Taking,
  writesWith: WritesWith,
  change: Change,
  now: number,
): Promise<TimeTaken> => {
  const read = readFor(truck, lead);
  const rules = await rulesOf(truck, read);
  let hold: LeadHold | undefined;
  const changed = await changeCalendar<NotTaken>(
    table,
    lead.truckId,
    read,
    (entries) => {
      const taken = decideTaking(entries, rules, lead, taking, now);
      if (taken.kind !== 'taken') return { kind: 'outcome', outcome: taken };
      hold = taken.hold;
      return {
        kind: 'edit',
        edit: { kind: 'put', entry: taken.entry },
        beside: [
          ...writesWith(hold),
          holdWrite(lead, hold, taking.kind === 'booking' ? 'confirmed' : 'active', change),
          ...(taken.isOwn ? [] : [truckAsRead(truck)]),
        ],
      };
    },
    change,
    now,
  );
  if (changed.kind === 'outcome') return changed.outcome;
  if (changed.kind === 'refused') return changed;
  if (hold === undefined) throw new Error('A calendar was written without a decision');
  return { kind: 'written', hold };
};

/** What `takeTime` would come to just now; nothing is written. */
export const checkTime = async (
  table: Table,
  truck: TruckItem,
  lead: LeadTime,
  taking: Taking,
  now: number,
): Promise<Pick<Taken, 'kind' | 'hold'> | NotTaken> => {
  const read = readFor(truck, lead);
  const [rules, { months }] = await Promise.all([
    rulesOf(truck, read),
    readCalendar(table, lead.truckId, read, { consistent: true }),
  ]);
  return decideTaking(entriesIn(months), rules, lead, taking, now);
};

/** Units, hours and setup are what the decision was made by. */
const truckAsRead = ({ truckId, revision }: TruckItem): TransactionWrite => ({
  check: keyOf('TRUCK', truckId),
  when: atRevision(revision),
});

export type TimeChanged =
  | { readonly kind: 'written' }
  /** A write beside it was refused, by that item: the lead has changed. */
  | { readonly kind: 'refused'; readonly old?: Item };

/** Gives the time of a lead back, whether its hold lives, has lapsed or is a booking. */
export const releaseTime = async (
  table: Table,
  lead: LeadTime & { readonly hold: LeadHold },
  writes: readonly TransactionWrite[],
  change: Change,
  now: number,
): Promise<TimeChanged> => {
  const status = lead.hold.until < now ? 'expired' : 'released';
  const changed = await changeCalendar<never>(
    table,
    lead.truckId,
    lead.hold.blocked,
    () => ({
      kind: 'edit',
      edit: { kind: 'remove', entryId: lead.leadId },
      beside: [...writes, holdWrite(lead, lead.hold, status, change)],
    }),
    change,
    now,
  );
  return changed.kind === 'outcome' ? changed.outcome : changed;
};

export type TimeExtended = TimeChanged | { readonly kind: 'expired' };

/** Keeps the time of a lead longer, while its hold lives. */
export const extendTime = async (
  table: Table,
  lead: LeadTime & { readonly hold: LeadHold },
  until: number,
  writesWith: WritesWith,
  change: Change,
  now: number,
): Promise<TimeExtended> => {
  const hold = { ...lead.hold, until };
  const changed = await changeCalendar<{ readonly kind: 'expired' }>(
    table,
    lead.truckId,
    hold.blocked,
    (entries) => {
      const own = liveEntryOf(lead, entries, now);
      if (own === undefined) return { kind: 'outcome', outcome: { kind: 'expired' } };
      return {
        kind: 'edit',
        edit: { kind: 'put', entry: { ...own, until } },
        beside: [...writesWith(hold), holdWrite(lead, hold, 'active', change)],
      };
    },
    change,
    now,
  );
  return changed.kind === 'outcome' ? changed.outcome : changed;
};
