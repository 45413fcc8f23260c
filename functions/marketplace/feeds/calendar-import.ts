import * as z from 'zod';
import type { Item } from '../../platform/table.ts';
import type { Conflict } from '../calendar/calendar.ts';
import type { Interval } from '../calendar/interval.ts';
import type { CalendarFault } from './calendar-fault.ts';
import type { Ignored, ImportedTime } from './imported-times.ts';

/**
 * `pending`: to be fetched or written. `done`, `failed`: as it says. `removing`: what it brought is taken away.
 * `ended`: a later import of the same calendar is in its place, or it was removed.
 */
export const importStatus = z.enum(['pending', 'done', 'failed', 'removing', 'ended']);
export type ImportStatus = z.output<typeof importStatus>;

/** States in which a background step has something to do. */
export const isToBeApplied = (status: ImportStatus): boolean => status === 'pending' || status === 'removing';

/** Most calendars that a truck imports. */
export const maxSources = 10;

/** How often what is imported by URL is fetched again. */
export const refreshSeconds = 24 * 60 * 60;

/** How long an import that has ended can still be read. */
export const endedImportSeconds = 30 * 24 * 60 * 60;

/** A time of the calendar that does not block the truck, and why. */
export type SkippedTime = Interval &
  (
    | { readonly reason: 'OVERLAP'; readonly conflict: Conflict }
    /** Its month takes no more entries. */
    | { readonly reason: 'CALENDAR_FULL' }
  );

export interface ImportItem extends Item {
  readonly importId: string;
  readonly truckId: string;
  readonly organizationId: string;
  /** Name of the calendar that it is of. */
  readonly source: string;
  readonly status: ImportStatus;
  /** +1 with every write: the sequence of its lifecycle events. */
  readonly revision: number;
  readonly createdAt: string;
  readonly requestHash: string;
  /** Where it is fetched; often it holds a secret, so it is never shown. */
  readonly url?: string | undefined;
  /** What a file that was sent says, until it is written. */
  readonly times?: readonly ImportedTime[] | undefined;
  readonly ignored?: Ignored | undefined;
  /** Numbers and times of the last run. */
  readonly imported?: number | undefined;
  readonly skipped?: readonly SkippedTime[] | undefined;
  readonly fault?: (Pick<CalendarFault, 'reason'> & Partial<CalendarFault>) | undefined;
  readonly finishedAt?: string | undefined;
}

/** The imports in force, by the name of their calendar: one item of the truck. */
export interface SourcesItem extends Item {
  readonly revision: number;
  readonly current: Readonly<Record<string, string>>;
}

export const importPrefix = 'CALENDAR_IMPORT#';
export const importKey = (truckId: string, importId: string) => ({
  pk: `TRUCK#${truckId}`,
  sk: `${importPrefix}${importId}`,
});
export const sourcesKey = (truckId: string) => ({ pk: `TRUCK#${truckId}`, sk: 'CALENDAR_SOURCES' });

/** Imports that are fetched again, by when: a list of its own in the index of organizations. */
export const refreshList = 'CALENDAR_REFRESH';
export const refreshKeys = (importId: string, now: Date) => ({
  gsi1pk: refreshList,
  gsi1sk: `${new Date(now.getTime() + refreshSeconds * 1_000).toISOString()}#${importId}`,
});
