import type * as z from 'zod';
import { livePlaces, type Rsvp } from './rsvp.ts';
import type { rsvpSchema } from './rsvp-routes.ts';

/** An answer as the API shows it, to its guest and to its organizer. */
export const rsvpView = (rsvp: Rsvp): z.input<typeof rsvpSchema> => ({
  id: rsvp.rsvpId,
  eventId: rsvp.eventId,
  sessionId: rsvp.sessionId,
  status: rsvp.status,
  ...(rsvp.cancelReason !== undefined && { cancelReason: rsvp.cancelReason }),
  answer: rsvp.answer,
  guests: rsvp.guests,
  ...rsvp.customer,
  tickets: livePlaces(rsvp).map(({ ticketId, place }) => ({ id: ticketId, place })),
  createdAt: rsvp.createdAt,
});
