import type { DriftCounts } from '../../platform/drift.ts';
import type { Item, Table } from '../../platform/table.ts';
import { scanPage } from '../../platform/table-scan.ts';
import { type TablePlace, walkTable } from '../../platform/table-walk.ts';
import type { CalendarEntry } from '../calendar/calendar.ts';
import { entriesIn } from '../calendar/calendar-month.ts';
import { calendarPrefix, readCalendar, toMonth } from '../calendar/calendar-store.ts';
import type { Interval } from '../calendar/interval.ts';
import type { Lead } from '../leads/lead.ts';
import { leadKey, openLeads, toLead } from '../leads/lead-store.ts';
import { bookingDrift } from './booking-drift.ts';

export interface CompareBookingsPorts {
  readonly table: Table;
  readonly continuation: {
    read(): Promise<TablePlace | undefined>;
    write(place: TablePlace | undefined): Promise<void>;
  };
  /** Epoch seconds. */
  readonly clock: () => number;
}

/** Items of a page; a calendar and a booked lead are each compared by one read. */
const pageItems = 250;
/** Keys that one call reads at most; DynamoDB’s limit. */
const keysAtOnce = 100;

/** Where a booking stands: one lead, and the time of its truck. */
interface Suspect {
  readonly leadId: string;
  readonly truckId: string;
  readonly blocked: Interval;
}

/**
 * Works through the marketplace table and compares the bookings of calendars with their leads. Both are written in one
 * transaction, so that what differs was written by hand, or by a mistake: it is told, and repaired by nobody.
 * @param mayGoOn whether there is time and capacity for another page.
 * @returns how many calendars and booked leads were looked at.
 */
export const compareBookings = (
  ports: CompareBookingsPorts,
  counts: DriftCounts,
  mayGoOn: () => boolean,
): Promise<number> => {
  const { table, clock, continuation } = ports;
  const workOn = async (from: TablePlace | undefined) => {
    const { items, next } = await scanPage(table.name, pageItems, from);
    let looked = 0;
    for (const item of items) {
      const isCalendar = item.sk.startsWith(calendarPrefix);
      if (!isCalendar && (item.sk !== leadKey('').sk || item['status'] !== 'booked')) continue;
      looked += 1;
      try {
        const suspects = isCalendar
          ? await suspectsOfMonth(table, item, clock())
          : await suspectsOfLead(table, toLead(item), clock());
        for (const suspect of suspects) await compare(ports, suspect, counts);
      } catch (error) {
        counts.note('booking_not_compared', 'not_repaired', { item: `${item.pk}/${item.sk}` }, error);
      }
    }
    return { looked, next };
  };
  return walkTable(continuation, workOn, mayGoOn);
};

/** Bookings of a month whose leads seem to tell another story; reads may be a moment old. */
const suspectsOfMonth = async (table: Table, item: Item, now: number): Promise<readonly Suspect[]> => {
  const bookings = toMonth(item).entries.filter(
    ({ kind, blocked }) => kind === 'booking' && blocked.to > now,
  );
  const leads = new Map<string, Lead>();
  for (let start = 0; start < bookings.length; start += keysAtOnce) {
    const keys = bookings.slice(start, start + keysAtOnce).map(({ id }) => leadKey(id));
    for (const found of await table.batchGet<Item>(keys)) {
      const lead = toLead(found);
      leads.set(lead.leadId, lead);
    }
  }
  const truckId = item.pk.slice('TRUCK#'.length);
  return bookings
    .filter((entry) => bookingDrift(leads.get(entry.id), entry, now) !== undefined)
    .map(({ id: leadId, blocked }) => ({ leadId, truckId, blocked }));
};

/** The booked lead, if its truck’s calendar seems to tell another story; reads may be a moment old. */
const suspectsOfLead = async (table: Table, lead: Lead, now: number): Promise<readonly Suspect[]> => {
  const { leadId, truckId, window, hold } = lead;
  const blocked = hold?.blocked ?? window;
  const entry = await entryOf(table, { leadId, truckId, blocked }, false);
  return bookingDrift(lead, entry, now) === undefined ? [] : [{ leadId, truckId, blocked }];
};

const entryOf = async (
  table: Table,
  { leadId, truckId, blocked }: Suspect,
  consistent: boolean,
): Promise<CalendarEntry | undefined> => {
  const { months } = await readCalendar(table, truckId, blocked, { consistent });
  return entriesIn(months).find(({ id }) => id === leadId);
};

/** The calendar is read between two reads of the lead: unchanged, it was the same at that instant. */
const compare = async (
  { table, clock }: CompareBookingsPorts,
  suspect: Suspect,
  counts: DriftCounts,
): Promise<void> => {
  const { leadId, truckId } = suspect;
  const leads = openLeads(table);
  const before = await leads.get(leadId);
  const entry = await entryOf(table, suspect, true);
  const after = await leads.get(leadId);
  if (before?.revision !== after?.revision) return;
  const drift = bookingDrift(after, entry, clock());
  if (drift !== undefined) counts.note(drift, 'not_repaired', { leadId, truckId });
};
