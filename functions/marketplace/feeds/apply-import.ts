import { type Change, stamp } from '../../platform/lifecycle-event.ts';
import { changeAt, keyOf } from '../../platform/owned-item.ts';
import { atRevision, type Table, type TransactionWrite } from '../../platform/table.ts';
import { epochSeconds } from '../../platform/time.ts';
import { decideBlackout } from '../calendar/blackout.ts';
import type { CalendarEntry } from '../calendar/calendar.ts';
import { entriesIn, maxWindowSeconds } from '../calendar/calendar-month.ts';
import { readCalendar } from '../calendar/calendar-store.ts';
import { changeCalendar } from '../calendar/change-calendar.ts';
import { type Interval, overlaps } from '../calendar/interval.ts';
import type { TruckItem } from '../truck.ts';
import {
  endedImportSeconds,
  type ImportItem,
  importKey,
  isToBeApplied,
  type SkippedTime,
} from './calendar-import.ts';
import type { FetchedCalendar } from './fetch-calendar.ts';
import { importedDays } from './import-limits.ts';
import { type ImportedTime, readTimes } from './imported-times.ts';
import { readSources, replaceSources } from './sources.ts';

export interface ImportPorts {
  readonly table: Table;
  readonly fetchCalendar: (url: string) => Promise<FetchedCalendar>;
}

type Context = Parameters<typeof stamp>[1];

/** A time that comes, or an entry of an earlier run that goes. */
type TimeChange =
  | { readonly kind: 'comes'; readonly time: ImportedTime }
  | { readonly kind: 'goes'; readonly time: ImportedTime };

/** Most changes of one write: decided, and tried again, together. */
const maxChanges = 40;

/** What comes and goes so that exactly the wanted times are there, by their start: what comes before what goes. */
const changesTo = (
  wanted: readonly ImportedTime[],
  present: readonly ImportedTime[],
): readonly TimeChange[] => {
  const wantedIds = new Set(wanted.map(({ id }) => id));
  const presentIds = new Set(present.map(({ id }) => id));
  return [
    ...wanted.filter(({ id }) => !presentIds.has(id)).map((time) => ({ kind: 'comes' as const, time })),
    ...present.filter(({ id }) => !wantedIds.has(id)).map((time) => ({ kind: 'goes' as const, time })),
  ].toSorted((one, other) => one.time.from - other.time.from);
};

/** Changes written together: those that start within a month’s length, so that few months are touched. */
const batchesOf = (changes: readonly TimeChange[]): readonly (readonly TimeChange[])[] => {
  const batches: TimeChange[][] = [];
  for (const change of changes) {
    const last = batches.at(-1);
    const first = last?.[0];
    const isNear = first !== undefined && change.time.from - first.time.from < maxWindowSeconds;
    if (last !== undefined && isNear && last.length < maxChanges) last.push(change);
    else batches.push([change]);
  }
  return batches;
};

const hullOf = (changes: readonly TimeChange[]): Interval => ({
  from: Math.min(...changes.map(({ time }) => time.from)),
  to: Math.max(...changes.map(({ time }) => time.to)),
});

/** Decides a batch: what fits comes, what does not is told, what is no more in the calendar goes. */
const decideBatch = (
  entries: readonly CalendarEntry[],
  changes: readonly TimeChange[],
  source: string,
  now: number,
) => {
  const remove = changes.filter(({ kind }) => kind === 'goes').map(({ time }) => time.id);
  const put: CalendarEntry[] = [];
  const skipped: SkippedTime[] = [];
  let standing = entries.filter(({ id }) => !remove.includes(id));
  for (const { kind, time } of changes) {
    if (kind === 'goes' || standing.some(({ id }) => id === time.id)) continue;
    const { id, from, to } = time;
    const decision = decideBlackout(standing, { blackoutId: id, from, to }, now);
    if (decision.kind === 'overlap') {
      skipped.push({ from, to, reason: 'OVERLAP', conflict: decision.conflict });
    } else if (decision.kind === 'full') {
      skipped.push({ from, to, reason: 'CALENDAR_FULL' });
    } else {
      put.push({ ...decision.entry, source });
      standing = [...standing, decision.entry];
    }
  }
  return { put, remove, skipped };
};

/** What an import has brought and its calendar still holds from now on. */
const presentTimes = async (
  table: Table,
  { truckId, source }: ImportItem,
  horizon: Interval,
): Promise<readonly ImportedTime[]> => {
  const { months } = await readCalendar(table, truckId, horizon, { consistent: true });
  return entriesIn(months)
    .filter((entry) => entry.source === source && overlaps(entry.blocked, horizon))
    .map(({ id, blocked }) => ({ id, ...blocked }));
};

/** Writes the times batch by batch; each is refused once the import was ended, removed or begun anew. */
const writeTimes = async (
  table: Table,
  item: ImportItem,
  wanted: readonly ImportedTime[],
  change: Change,
  now: number,
): Promise<readonly SkippedTime[] | 'changed'> => {
  const { truckId, source, importId } = item;
  const horizon = { from: now, to: now + importedDays * 86_400 };
  const unchanged: TransactionWrite = {
    check: importKey(truckId, importId),
    when: atRevision(item.revision),
  };
  const allSkipped: SkippedTime[] = [];
  for (const changes of batchesOf(changesTo(wanted, await presentTimes(table, item, horizon)))) {
    // Of the last try: what others wrote meanwhile is decided anew.
    let skipped: readonly SkippedTime[] = [];
    const written = await changeCalendar(
      table,
      truckId,
      hullOf(changes),
      (entries) => {
        const decided = decideBatch(entries, changes, source, now);
        skipped = decided.skipped;
        return decided.put.length + decided.remove.length === 0
          ? { kind: 'outcome', outcome: undefined }
          : { kind: 'edit', edit: { kind: 'replace', ...decided }, beside: [unchanged] };
      },
      change,
      now,
    );
    if (written.kind === 'refused') return 'changed';
    allSkipped.push(...skipped);
  }
  return allSkipped;
};

const applied = 'calendar_import.applied';

/** The end of a run: refused when the import was changed meanwhile, which another run then takes up. */
const finish = (
  table: Table,
  { truckId, importId, revision }: ImportItem,
  fields: Partial<ImportItem>,
  context: Context,
): Promise<unknown> => {
  const result = { ...fields, times: undefined, finishedAt: context.now.toISOString() };
  return table.update(importKey(truckId, importId), changeAt(revision, result, applied, context));
};

/** Forgets the calendar of an import whose times are gone. */
const endRemoved = async (table: Table, item: ImportItem, context: Context): Promise<void> => {
  const { truckId, importId, source, revision } = item;
  const sources = await readSources(table, truckId);
  const { [source]: current, ...others } = sources.current;
  if (current !== importId) return;
  const ttl = epochSeconds(context.now) + endedImportSeconds;
  const ended = { status: 'ended', ttl, times: undefined };
  const written = await table.transact([
    { update: importKey(truckId, importId), by: changeAt(revision, ended, applied, context) },
    replaceSources(sources, others),
  ]);
  if (!written.written) throw new Error(`The imports of ${truckId} changed while ${importId} was removed`);
};

/** The times of a run: of the file that was sent, or of the one that is fetched. */
const timesOf = async (
  { table, fetchCalendar }: ImportPorts,
  item: ImportItem,
  now: number,
): Promise<
  | {
      readonly kind: 'times';
      readonly times: readonly ImportedTime[];
      readonly ignored: ImportItem['ignored'];
    }
  | { readonly kind: 'fault'; readonly fault: NonNullable<ImportItem['fault']> }
> => {
  if (item.url === undefined) return { kind: 'times', times: item.times ?? [], ignored: item.ignored };
  const truck = await table.get<TruckItem>(keyOf('TRUCK', item.truckId));
  if (truck === undefined) throw new Error(`Import ${item.importId} is of no truck`);
  const fetched = await fetchCalendar(item.url);
  if (fetched.kind === 'refused') return { kind: 'fault', fault: { reason: fetched.reason } };
  return readTimes(fetched.text, item.truckId, item.source, truck.timeZone, now);
};

/**
 * Does what an import waits for: brings its times into the truck’s calendar in the place of those that its calendar
 * brought before, or takes them away. Harmless when repeated: a run does only what is still missing, so that the
 * next delivery goes on where one broke off.
 */
export const applyImport = async (
  ports: ImportPorts,
  { truckId, importId }: { readonly truckId: string; readonly importId: string },
  context: Context,
): Promise<void> => {
  const { table } = ports;
  const item = await table.get<ImportItem>(importKey(truckId, importId), { consistent: true });
  if (item === undefined || !isToBeApplied(item.status)) return;
  const now = epochSeconds(context.now);
  const found = await timesOf(ports, item, now);
  if (found.kind === 'fault') {
    await finish(table, item, { status: 'failed', fault: found.fault }, context);
    return;
  }
  const { times, ignored } = found;
  const skipped = await writeTimes(table, item, times, stamp(applied, context), now);
  if (skipped === 'changed') return;
  if (item.status === 'removing') return endRemoved(table, item, context);
  const imported = times.length - skipped.length;
  await finish(table, item, { status: 'done', imported, skipped, ignored, fault: undefined }, context);
};
