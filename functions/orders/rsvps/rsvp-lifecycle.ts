import * as z from 'zod';
import {
  type Change,
  defineLifecycleEvent,
  type LifecycleEvent,
  lifecycleEvent,
} from '../../platform/lifecycle-event.ts';
import type { Item } from '../../platform/table.ts';
import { livePlaces, rsvpAnswer, rsvpCancelReason, rsvpStatus } from './rsvp.ts';
import { toRsvp } from './rsvp-store.ts';

const id = (prefix: string) => `${prefix}_5zr1v9n6q0w8c4t2m7k3x1y9ab`;

/** Neither names nor addresses: events are kept for a year. Who needs them reads the answer. */
const rsvpData = z.object({
  rsvpId: z.string(),
  eventId: z.string(),
  sessionId: z.string(),
  status: rsvpStatus,
  cancelReason: rsvpCancelReason.optional(),
  answer: rsvpAnswer,
  guests: z.int(),
  ticketIds: z.array(z.string()),
});

const rsvpEvent = <const Type extends string>(type: Type, description: string) =>
  defineLifecycleEvent({
    type,
    version: 1,
    description,
    aggregate: 'rsvp',
    data: rsvpData,
    example: {
      rsvpId: id('rsvp'),
      eventId: id('evt'),
      sessionId: id('ses'),
      status: 'confirmed',
      answer: 'yes',
      guests: 0,
      ticketIds: [id('tkt')],
    },
  });

export const rsvpCreated = rsvpEvent('RSVP-CREATED', 'Somebody answers the invitation of a session.');
export const rsvpConfirmed = rsvpEvent('RSVP-CONFIRMED', 'Its places are taken and its tickets stand.');
export const rsvpChanged = rsvpEvent(
  'RSVP-CHANGED',
  'Its guest has changed it, and it is still or again open: other guests, a maybe, a yes that waits.',
);
export const rsvpCancelled = rsvpEvent(
  'RSVP-CANCELLED',
  'Its tickets end and its places are free: `cancelReason` says who ended it.',
);

export const rsvpLifecycleEvents = [rsvpCreated, rsvpConfirmed, rsvpChanged, rsvpCancelled] as const;

/** The lifecycle events that a change of an answer means. */
export const rsvpEventsOf = (before: Item | undefined, after: Item): readonly LifecycleEvent[] => {
  const rsvp = toRsvp(after);
  const fact = {
    aggregateId: rsvp.rsvpId,
    sequence: rsvp.revision,
    change: (after as unknown as { readonly change: Change }).change,
    organizationId: rsvp.organizationId,
    data: {
      rsvpId: rsvp.rsvpId,
      eventId: rsvp.eventId,
      sessionId: rsvp.sessionId,
      status: rsvp.status,
      ...(rsvp.cancelReason !== undefined && { cancelReason: rsvp.cancelReason }),
      answer: rsvp.answer,
      guests: rsvp.guests,
      ticketIds: livePlaces(rsvp).map(({ ticketId }) => ticketId),
    },
  };
  const isNewStatus = before !== undefined && toRsvp(before).status !== rsvp.status;
  const confirmed = lifecycleEvent(rsvpConfirmed, fact);
  if (before === undefined)
    return [lifecycleEvent(rsvpCreated, fact), ...(rsvp.status === 'confirmed' ? [confirmed] : [])];
  if (isNewStatus && rsvp.status === 'confirmed') return [confirmed];
  return [lifecycleEvent(isNewStatus && rsvp.status === 'cancelled' ? rsvpCancelled : rsvpChanged, fact)];
};
