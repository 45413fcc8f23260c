import type { Occasion } from '../../catalog/occasion-contracts.ts';
import type { Change } from '../../platform/lifecycle-event.ts';
import type { BriefItem } from '../briefs/brief.ts';
import type { Lead } from '../leads/lead.ts';
import type { BookedFood } from './booked-food.ts';
import { cancelledEvents } from './cancelled-events.ts';
import type { SoldOf } from './event-sales.ts';
import { type BookedLead, outgrownBriefs } from './outgrown.ts';

export interface SalesPorts {
  readonly food: BookedFood;
  readonly leadOf: (leadId: string) => Promise<Lead | undefined>;
  readonly briefOf: (briefId: string) => Promise<BriefItem | undefined>;
  readonly eventIdOf: (sessionId: string) => Promise<string | undefined>;
  readonly occasionOf: (eventId: string) => Promise<Occasion | undefined>;
  readonly soldOf: (occasion: Occasion) => Promise<SoldOf>;
  /** Has the sales of an event looked at after so many seconds. */
  readonly askToLook: (eventId: string, delaySeconds: number) => Promise<void>;
  /** Epoch seconds. */
  readonly clock: () => number;
  /** At least 2, at most 900: from the first sale on, until the sales are looked at. */
  readonly lookAfterSeconds: number;
}

/** An event, and the leads that are booked for it. */
interface Fed {
  readonly leads: readonly BookedLead[];
  readonly occasion: Occasion;
}

/** Sessions and events of which one process remembers something. */
const maxRemembered = 1_000;

const remember = <T>(map: Map<string, T>, key: string, value: T): void => {
  // The oldest goes first: a Map keeps the order of insertion.
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > maxRemembered && oldest !== undefined) map.delete(oldest);
};

/**
 * Watches the sales of events that food is booked for. However many orders come, each event is looked at once in
 * `lookAfterSeconds`; and every sale is followed by a look that begins after it:
 *
 * - The look is asked for before it is noted as due. A sale that finds it due later therefore has it ahead; who dies in
 *   between has the message again, and a second look does no harm.
 * - That nobody has booked for an event is remembered for half that time; the first booking’s look comes later.
 */
export const openSalesWatch = (ports: SalesPorts) => {
  const { food, clock, lookAfterSeconds } = ports;
  const eventIds = new Map<string, string>();
  /** By event: until when (epoch seconds) a sale needs no word. */
  const quietUntil = new Map<string, number>();

  const ask = async (eventId: string): Promise<void> => {
    const dueAt = clock() + lookAfterSeconds;
    await ports.askToLook(eventId, lookAfterSeconds);
    await food.noteDue(eventId, dueAt);
    remember(quietUntil, eventId, dueAt);
  };

  const eventOf = async (sessionId: string): Promise<string | undefined> => {
    const known = eventIds.get(sessionId);
    if (known !== undefined) return known;
    const eventId = await ports.eventIdOf(sessionId);
    if (eventId !== undefined) remember(eventIds, sessionId, eventId);
    return eventId;
  };

  /** An event with the leads that are booked for it; undefined when there are none, or it is gone. */
  const fedOccasion = async (eventId: string): Promise<Fed | undefined> => {
    const leads = await food.of(eventId);
    const occasion = leads.length === 0 ? undefined : await ports.occasionOf(eventId);
    return occasion && { leads, occasion };
  };

  /** Notes the briefs whose event, or session, does not take place while trucks are booked for it. */
  const noteCancelled = async ({ leads, occasion }: Fed, change: Change): Promise<void> => {
    const { eventId, organizationId } = occasion;
    for (const each of cancelledEvents(leads, occasion))
      await food.noteEventCancelled(each, { eventId, organizationId }, change);
  };

  return {
    /** An event, or a session of it, was cancelled. What is booked later is found by the look that follows it. */
    async noteEventCancelled(eventId: string, change: Change): Promise<void> {
      const fed = await fedOccasion(eventId);
      if (fed !== undefined) await noteCancelled(fed, change);
    },

    /** A lead was booked or called off. */
    async noteLead(eventId: string, leadId: string): Promise<void> {
      const lead = await ports.leadOf(leadId);
      if (lead === undefined) throw new Error(`No lead ${leadId}`);
      await food.note(eventId, lead);
      await ask(eventId);
    },

    /** Tickets of these sessions were sold. */
    async noteSale(sessionIds: readonly string[]): Promise<void> {
      for (const sessionId of sessionIds) {
        const eventId = await eventOf(sessionId);
        const now = clock();
        if (eventId === undefined || (quietUntil.get(eventId) ?? 0) > now) continue;
        const dueAt = await food.dueAt(eventId);
        if (dueAt === undefined) remember(quietUntil, eventId, now + Math.floor(lookAfterSeconds / 2));
        else if (dueAt > now) remember(quietUntil, eventId, dueAt);
        else await ask(eventId);
      }
    },

    /** Looks at an event and its sales, and notes the briefs that they have outgrown, or that it is cancelled for. */
    async look(eventId: string, change: Change): Promise<void> {
      const fed = await fedOccasion(eventId);
      if (fed === undefined) return;
      await noteCancelled(fed, change);
      const { leads } = fed;
      const soldOf = await ports.soldOf(fed.occasion);
      const found = await Promise.all(
        [...new Set(leads.map(({ briefId }) => briefId))].map((id) => ports.briefOf(id)),
      );
      const briefs = new Map(found.flatMap((brief) => (brief === undefined ? [] : [[brief.briefId, brief]])));
      const outgrown = outgrownBriefs(
        leads,
        (briefId) => briefs.get(briefId)?.warnAtPercent,
        (sessionId) => soldOf(sessionId).sold,
      );
      for (const each of outgrown) {
        const { organizationId } = briefs.get(each.briefId) ?? {};
        if (organizationId !== undefined) await food.noteOutgrown(each, { eventId, organizationId }, change);
      }
    },
  };
};
