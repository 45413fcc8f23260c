import { type Occasion, takesPlace } from '../../catalog/occasion-contracts.ts';
import type { BookedLead } from './outgrown.ts';

/** A brief whose event, or session of it, does not take place while trucks are booked for it. */
export interface EventCancelled {
  readonly briefId: string;
  readonly sessionId?: string | undefined;
  /** The bookings that stand. */
  readonly leadIds: readonly string[];
}

/**
 * The briefs of an event that wait in vain.
 *
 * @param leads booked ones.
 */
export const cancelledEvents = (
  leads: readonly BookedLead[],
  occasion: Occasion,
): readonly EventCancelled[] =>
  [...Map.groupBy(leads, ({ briefId }) => briefId)].flatMap(([briefId, ofBrief]) => {
    const sessionId = ofBrief[0]?.sessionId;
    return takesPlace(occasion, occasion.sessions, sessionId)
      ? []
      : [
          {
            briefId,
            ...(sessionId !== undefined && { sessionId }),
            leadIds: ofBrief.map(({ leadId }) => leadId).sort(),
          },
        ];
  });
