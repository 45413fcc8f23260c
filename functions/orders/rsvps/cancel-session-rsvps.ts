import type { Stamp } from '../ports.ts';
import { cancelRsvp, type RsvpPorts } from './answer.ts';

/** A batch of the answers to a cancelled session: where it begins. */
export interface RsvpBatch {
  readonly of: 'rsvps';
  readonly sessionId: string;
  readonly from?: Readonly<Record<string, unknown>> | undefined;
}

/** Answers of one batch: each takes a few calls, and a run has a minute. */
const rsvpsPerBatch = 25;

/**
 * Ends a batch of the answers to a cancelled session, and asks for the next batch. A run that is cut off is
 * repeated by its queue: what it has ended stays ended.
 */
export const cancelRsvpBatch = async (
  ports: Pick<RsvpPorts, 'rsvps' | 'tables'>,
  { of, sessionId, from }: RsvpBatch,
  askForNext: (batch: RsvpBatch) => Promise<void>,
  stamp: Stamp,
): Promise<void> => {
  const page = await ports.rsvps.ofSession(sessionId, { limit: rsvpsPerBatch, from });
  for (const { rsvpId } of page.rsvps) await cancelRsvp(ports, rsvpId, 'session_cancelled', stamp);
  if (page.next !== undefined) await askForNext({ of, sessionId, from: page.next });
};
