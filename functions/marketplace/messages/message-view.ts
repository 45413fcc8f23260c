import type { Party } from '../leads/quote.ts';
import type { Shown } from '../leads/reading.ts';
import type { Message, Thread } from './thread.ts';

/** A message as its reader sees it, and whether that is not all that was written. */
export const messageView = (
  { messageId, sequence, by, body: written, attachments, at }: Message,
  shown: Shown,
) => {
  const body = shown(by, written);
  return {
    id: messageId,
    sequence,
    by,
    body,
    isMasked: body !== written,
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
