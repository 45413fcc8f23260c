import type { Change } from '../../platform/lifecycle-event.ts';
import type { OwnedItems } from '../../platform/owned-item.ts';
import type { Table } from '../../platform/table.ts';
import { TooManyWriters } from '../../platform/until-written.ts';
import { blockedBy } from '../calendar/calendar.ts';
import { entriesIn, judgedBy } from '../calendar/calendar-month.ts';
import { readCalendar } from '../calendar/calendar-store.ts';
import type { TruckItem } from '../truck.ts';
import { setupOf } from '../truck-rules.ts';
import { leadIndexes } from './lead-indexes.ts';
import { type Leads, leadListKey, noteWrite, toLead } from './lead-store.ts';
import { type Booked, isConcerned, isTaken, oldestConcerned } from './time-taken.ts';

/** A page of the leads of a booked truck’s organization, newest first. */
export interface TakenPage {
  /** The one that was booked. */
  readonly leadId: string;
  /** Key to go on after; the newest without. */
  readonly from?: Readonly<Record<string, unknown>> | undefined;
}

export interface TakenPorts {
  readonly table: Table;
  readonly leads: Leads;
  readonly trucks: Pick<OwnedItems<TruckItem>, 'get'>;
  /** Epoch seconds. */
  readonly clock: () => number;
  readonly askForNext: (next: TakenPage) => Promise<void>;
}

const pageSize = 100;

/** Tries of a lead that somebody else changed after it was read. */
const maxTries = 5;

/**
 * Notes on a page of leads that a booking took their time, each once. Repeated, it finds them noted; when the
 * booking was called off meanwhile, nothing is taken by it.
 */
export const noteTaken = async (
  ports: TakenPorts,
  { leadId, from }: TakenPage,
  change: Change,
): Promise<void> => {
  const lead = await ports.leads.get(leadId);
  if (lead === undefined) throw new Error(`There is no lead ${leadId}`);
  if (lead.status !== 'booked' || lead.hold === undefined) return;
  const truck = await ports.trucks.get(lead.truckId);
  if (truck === undefined) throw new Error(`There is no truck ${lead.truckId}`);
  const booked = { leadId, truckId: lead.truckId, blocked: lead.hold.blocked };

  const { items, next } = await ports.table.query({
    pk: leadListKey(lead.truckOrganizationId),
    index: leadIndexes.truck,
    limit: pageSize,
    descending: true,
    ...(from && { from }),
  });
  const listed = items.map(toLead);
  for (const candidate of listed) {
    if (isConcerned(candidate, booked)) await noteLead(ports, candidate.leadId, booked, truck, change);
  }
  const oldest = listed.at(-1)?.createdAt;
  if (next !== undefined && oldest !== undefined && oldest >= oldestConcerned(booked))
    await ports.askForNext({ leadId, from: next });
};

const noteLead = async (
  { table, leads, clock }: TakenPorts,
  leadId: string,
  booked: Booked,
  truck: TruckItem,
  change: Change,
): Promise<void> => {
  for (let attempt = 0; attempt < maxTries; attempt += 1) {
    const lead = await leads.get(leadId);
    if (lead === undefined || !isConcerned(lead, booked)) return;
    const around = judgedBy(blockedBy(setupOf(truck), lead.window));
    const { months } = await readCalendar(table, lead.truckId, around, { consistent: true });
    if (!isTaken(lead, entriesIn(months), truck, clock())) return;
    const written = await table.transact([noteWrite(lead, { takenAt: change.at }, change)]);
    if (written.written) return;
  }
  throw new TooManyWriters(`The lead ${leadId}`);
};
