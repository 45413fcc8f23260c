import { defaultWarnAtPercent } from '../briefs/brief.ts';

/** A booked lead of an event. */
export interface BookedLead {
  readonly leadId: string;
  readonly briefId: string;
  /** Of its brief; none when it is for all sessions. */
  readonly sessionId?: string | undefined;
  /** Of its brief. */
  readonly guests: number;
}

/** A brief whose event has sold more tickets than food is booked for. */
export interface Outgrown {
  readonly briefId: string;
  readonly sessionId?: string | undefined;
  /** Guests that food is booked for. */
  readonly guests: number;
  readonly sold: number;
}

/** Guests that food is booked for: those of each brief once, however many trucks share them. */
export const bookedGuests = (leads: readonly BookedLead[]): number =>
  [...new Map(leads.map(({ briefId, guests }) => [briefId, guests])).values()].reduce(
    (sum, guests) => sum + guests,
    0,
  );

/**
 * The briefs of an event that its sales have outgrown. Briefs for one session are judged together by its tickets, those
 * for all sessions together by the tickets of all; one without a booking is not judged.
 *
 * @param leads booked ones.
 * @param percentOf by how much tickets may exceed the guests of a brief; 10 where it says nothing.
 * @param soldOf tickets sold of a session, or of all.
 */
export const outgrownBriefs = (
  leads: readonly BookedLead[],
  percentOf: (briefId: string) => number | undefined,
  soldOf: (sessionId: string | undefined) => number,
): readonly Outgrown[] =>
  [...Map.groupBy(leads, ({ sessionId }) => sessionId)].flatMap(([sessionId, together]) => {
    const guests = bookedGuests(together);
    const sold = soldOf(sessionId);
    return [...new Set(together.map(({ briefId }) => briefId))]
      .filter((briefId) => sold * 100 > guests * (100 + (percentOf(briefId) ?? defaultWarnAtPercent)))
      .map((briefId) => ({ briefId, ...(sessionId !== undefined && { sessionId }), guests, sold }));
  });
