import type { Change } from '../../platform/lifecycle-event.ts';
import type { Item, Table, UpdateExpression } from '../../platform/table.ts';
import type { Lead } from '../leads/lead.ts';
import type { EventCancelled } from './cancelled-events.ts';
import type { BookedLead, Outgrown } from './outgrown.ts';

/** Most leads of one event that are judged. */
const maxBookings = 500;
const pageSize = 100;

const bookingPrefix = 'BOOKING#';
const eventPartition = (eventId: string): string => `EVENT#${eventId}`;
const watchKey = (eventId: string) => ({ pk: eventPartition(eventId), sk: 'SALES-WATCH' });

export const outgrownSk = 'OUTGROWN';
export const outgrownKey = (briefId: string) => ({ pk: `BRIEF#${briefId}`, sk: outgrownSk });

/** What a brief’s organizer was last warned of. */
export interface OutgrownItem extends Item, Outgrown {
  readonly eventId: string;
  readonly organizationId: string;
  /** Counts warnings. */
  readonly version: number;
}

export const eventCancelledSk = 'EVENT-CANCELLED';
export const eventCancelledKey = (briefId: string) => ({ pk: `BRIEF#${briefId}`, sk: eventCancelledSk });

/** Which bookings a brief’s organizer was told of, that their event does not take place. */
export interface EventCancelledItem extends Item, EventCancelled {
  readonly eventId: string;
  readonly organizationId: string;
  /** Counts what was told. */
  readonly version: number;
}

interface Booking extends Item, BookedLead {
  readonly isBooked: boolean;
  /** Of the lead. */
  readonly revision: number;
}

/** What food is booked for events, which sales are watched, and who was warned. */
export const openBookedFood = (table: Table) => ({
  /** Notes a lead of an event as it is; one that is known as new or newer stays. */
  async note(eventId: string, lead: Lead): Promise<void> {
    const { leadId, briefId, sessionId, guests, status, revision } = lead;
    const isBooked = status === 'booked' || status === 'completed';
    await table.put(
      {
        pk: eventPartition(eventId),
        sk: `${bookingPrefix}${leadId}`,
        leadId,
        briefId,
        ...(sessionId !== undefined && { sessionId }),
        guests,
        isBooked,
        revision,
      },
      {
        condition: 'attribute_not_exists(pk) OR #revision < :revision',
        names: { '#revision': 'revision' },
        values: { ':revision': revision },
      },
    );
  },

  /** Booked leads of an event, strongly consistent. */
  async of(eventId: string): Promise<readonly BookedLead[]> {
    const booked: BookedLead[] = [];
    let from: Readonly<Record<string, unknown>> | undefined;
    for (let read = 0; read < maxBookings; read += pageSize) {
      const page = await table.query<Booking>({
        pk: eventPartition(eventId),
        skPrefix: bookingPrefix,
        limit: pageSize,
        consistent: true,
        ...(from && { from }),
      });
      booked.push(...page.items.filter(({ isBooked }) => isBooked));
      from = page.next;
      if (from === undefined) break;
    }
    return booked;
  },

  /** Epoch seconds at which the next look at an event’s sales is due, or was; undefined when nobody has booked. */
  async dueAt(eventId: string): Promise<number | undefined> {
    const item = await table.get<{ readonly dueAt: number }>(watchKey(eventId), { consistent: true });
    return item?.dueAt;
  },

  /** Notes when it is due, unless it is later. */
  async noteDue(eventId: string, dueAt: number): Promise<void> {
    await table.put(
      { ...watchKey(eventId), dueAt },
      {
        condition: 'attribute_not_exists(pk) OR #dueAt < :dueAt',
        names: { '#dueAt': 'dueAt' },
        values: { ':dueAt': dueAt },
      },
    );
  },

  /** Notes that a brief was outgrown; nothing when it was with as many guests booked, or more. */
  async noteOutgrown(
    { briefId, sessionId, guests, sold }: Outgrown,
    { eventId, organizationId }: OfEvent,
    change: Change,
  ): Promise<void> {
    await table.update(
      outgrownKey(briefId),
      countedNote({ briefId, eventId, sessionId, organizationId, guests, sold, change }, '#guests < :guests'),
    );
  },

  /** Notes which bookings wait for an event in vain; nothing when each of them was noted. */
  async noteEventCancelled(
    { briefId, sessionId, leadIds }: EventCancelled,
    { eventId, organizationId }: OfEvent,
    change: Change,
  ): Promise<void> {
    const { values, ...note } = countedNote(
      { briefId, eventId, sessionId, organizationId, leadIds, change },
      leadIds.map((_, index) => `NOT contains(#leadIds, :lead${index})`).join(' OR '),
    );
    const leads = Object.fromEntries(leadIds.map((leadId, index) => [`:lead${index}`, leadId]));
    await table.update(eventCancelledKey(briefId), { ...note, values: { ...values, ...leads } });
  },
});

interface OfEvent {
  readonly eventId: string;
  readonly organizationId: string;
}

/** Writes what is to be told (undefined fields are left out) and counts how often; where something was told, only if `when`. */
const countedNote = (fields: Readonly<Record<string, unknown>>, when: string): UpdateExpression => {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  return {
    update: `SET ${given.map(([name]) => `#${name} = :${name}`).join(', ')}, #version = if_not_exists(#version, :none) + :one`,
    condition: `attribute_not_exists(pk) OR ${when}`,
    names: { ...Object.fromEntries(given.map(([name]) => [`#${name}`, name])), '#version': 'version' },
    values: {
      ...Object.fromEntries(given.map(([name, value]) => [`:${name}`, value])),
      ':none': 0,
      ':one': 1,
    },
  };
};

export type BookedFood = ReturnType<typeof openBookedFood>;
