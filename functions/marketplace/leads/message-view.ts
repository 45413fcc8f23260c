import { maskContacts } from './contact-mask.ts';
import { type Lead, wasBooked } from './lead.ts';
import type { Party } from './quote.ts';
import type { Message, Thread } from './thread.ts';

/** Who reads, and whether contacts are masked at all in this stage. */
export interface Reading {
  readonly lead: Pick<Lead, 'status'>;
  /** Sides that the reader belongs to; operators read for both. */
  readonly sides: readonly Party[];
  readonly masksContacts: boolean;
}

/**
 * A message as the reader may see it: as written for its own side and for operators; for the other side without
 * contacts until the truck is booked.
 */
export const messageView = (
  { messageId, sequence, by, body, attachments, at }: Message,
  { lead, sides, masksContacts }: Reading,
) => {
  const shown = masksContacts && !wasBooked(lead.status) && !sides.includes(by) ? maskContacts(body) : body;
  return {
    id: messageId,
    sequence,
    by,
    body: shown,
    isMasked: shown !== body,
    attachments: attachments.map(({ attachmentId, contentType, bytes }) => ({
      id: attachmentId,
      contentType,
      bytes,
    })),
    at,
  };
};

/** How far both sides have read. */
export const readMarkersView = ({ read }: Pick<Thread, 'read'>) => ({
  ...(read.organizer !== undefined && { organizer: markerView(read.organizer) }),
  ...(read.truck !== undefined && { truck: markerView(read.truck) }),
});

const markerView = ({ messageId, at }: NonNullable<Thread['read'][Party]>) => ({ messageId, at });
