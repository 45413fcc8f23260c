import * as z from 'zod';
import {
  type Change,
  defineLifecycleEvent,
  type LifecycleEvent,
  lifecycleEvent,
} from '../platform/lifecycle-event.ts';
import type { StreamChange } from '../platform/relay.ts';
import { eventStatus } from './event.ts';
import type { EventItem, PerformerItem, SessionItem, VenueItem } from './items.ts';
import { sessionStatus, ticketType } from './session.ts';

const ids = {
  organizationId: 'org_5zr1v9n6q0w8c4t2m7k3x1y9ab',
  venueId: 'ven_5zr1v9n6q0w8c4t2m7k3x1y9ab',
  eventId: 'evt_5zr1v9n6q0w8c4t2m7k3x1y9ab',
  sessionId: 'ses_5zr1v9n6q0w8c4t2m7k3x1y9ab',
};

const venueData = z.object({
  venueId: z.string(),
  name: z.string(),
  city: z.string(),
  country: z.string(),
  planVersion: z.string().optional(),
});
const performerData = z.object({ performerId: z.string(), name: z.string() });
const eventData = z.object({
  eventId: z.string(),
  venueId: z.string(),
  name: z.string(),
  category: z.string(),
  performerIds: z.array(z.string()),
  status: eventStatus,
});
const sessionData = z.object({
  sessionId: z.string(),
  eventId: z.string(),
  venueId: z.string(),
  organizationId: z.string(),
  status: sessionStatus,
  timeZone: z.string(),
  startsAt: z.string(),
  endsAt: z.string(),
  holdSeconds: z.int(),
  maxPlacesPerHold: z.int(),
  maxHoldsPerCustomer: z.int().optional(),
  ticketTypes: z.array(ticketType),
  planVersion: z.string().optional(),
});

const venueExample = { venueId: ids.venueId, name: 'Paraninfo', city: 'La Laguna', country: 'ES' };
const performerExample = { performerId: 'prf_5zr1v9n6q0w8c4t2m7k3x1y9ab', name: 'Jessye Norman' };
const eventExample: z.input<typeof eventData> = {
  eventId: ids.eventId,
  venueId: ids.venueId,
  name: 'Four Last Songs',
  category: 'concert',
  performerIds: [performerExample.performerId],
  status: 'published',
};
const sessionExample: z.input<typeof sessionData> = {
  ...ids,
  status: 'publishing',
  timeZone: 'Atlantic/Canary',
  startsAt: '2027-03-01T20:00:00Z',
  endsAt: '2027-03-01T22:00:00Z',
  holdSeconds: 600,
  maxPlacesPerHold: 20,
  ticketTypes: [
    {
      id: 'tt_5zr1v9n6q0w8c4t2m7k3x1y9ab',
      name: 'Stalls',
      price: { amount: 4500, currency: 'EUR' },
      planCategory: 'Patio de Butacas',
    },
  ],
  planVersion: 'pln_5zr1v9n6q0w8c4t2m7k3x1y9ab',
};

// @__NO_SIDE_EFFECTS__
const venueEvent = <const Type extends string>(type: Type, description: string) =>
  defineLifecycleEvent({
    type,
    version: 1,
    description,
    aggregate: 'venue',
    data: venueData,
    example: venueExample,
  });
// @__NO_SIDE_EFFECTS__
const performerEvent = <const Type extends string>(type: Type, description: string) =>
  defineLifecycleEvent({
    type,
    version: 1,
    description,
    aggregate: 'performer',
    data: performerData,
    example: performerExample,
  });
// @__NO_SIDE_EFFECTS__
const eventEvent = <const Type extends string>(type: Type, description: string) =>
  defineLifecycleEvent({
    type,
    version: 1,
    description,
    aggregate: 'event',
    data: eventData,
    example: eventExample,
  });
// @__NO_SIDE_EFFECTS__
const sessionEvent = <const Type extends string>(type: Type, description: string) =>
  defineLifecycleEvent({
    type,
    version: 1,
    description,
    aggregate: 'session',
    data: sessionData,
    example: sessionExample,
  });

export const venueCreated = venueEvent('VENUE-CREATED', 'A venue was added.');
export const venueUpdated = venueEvent('VENUE-UPDATED', 'A venue was changed, or got a new seating plan.');
export const performerCreated = performerEvent('PERFORMER-CREATED', 'A performer was added.');
export const performerUpdated = performerEvent('PERFORMER-UPDATED', 'A performer was changed.');
export const eventCreated = eventEvent('EVENT-CREATED', 'An event was drafted.');
export const eventUpdated = eventEvent(
  'EVENT-UPDATED',
  'An event was changed, or something of its sessions was.',
);
export const eventPublished = eventEvent(
  'EVENT-PUBLISHED',
  'All sessions of the event have their inventory: it is on sale.',
);
export const eventCancelled = eventEvent('EVENT-CANCELLED', 'The event will not take place.');
export const sessionCreated = sessionEvent('SESSION-CREATED', 'A session was drafted.');
export const sessionUpdated = sessionEvent(
  'SESSION-UPDATED',
  'Dates or sale settings of a session were changed.',
);
export const sessionPublishing = sessionEvent(
  'SESSION-PUBLISHING',
  'A session is to go on sale: its inventory is to be built from what this carries.',
);
export const sessionPublished = sessionEvent(
  'SESSION-PUBLISHED',
  'The inventory is built: the session is on sale.',
);
export const sessionPostponed = sessionEvent(
  'SESSION-POSTPONED',
  'The session is put off; tickets stay valid, nothing is sold meanwhile.',
);
export const sessionCancelled = sessionEvent(
  'SESSION-CANCELLED',
  'The session will not take place: its holds are ended.',
);

export const catalogLifecycleEvents = [
  venueCreated,
  venueUpdated,
  performerCreated,
  performerUpdated,
  eventCreated,
  eventUpdated,
  eventPublished,
  eventCancelled,
  sessionCreated,
  sessionUpdated,
  sessionPublishing,
  sessionPublished,
  sessionPostponed,
  sessionCancelled,
] as const;

type Stamped<T> = T & { readonly change: Change };

/** The lifecycle event that a change of the catalog table means. Deletions of drafts concern nobody. */
export const catalogLifecycle = ({ kind, before, after }: StreamChange): readonly LifecycleEvent[] => {
  // Use counts change without a revision: nothing happened to the thing itself.
  if (after === undefined || (before !== undefined && before['revision'] === after['revision'])) return [];
  const fact = (aggregateId: string) => {
    const { revision, change, organizationId } = after as Stamped<VenueItem>;
    return { aggregateId, sequence: revision, change, organizationId };
  };
  const isNew = kind === 'INSERT';
  switch (after.sk) {
    case 'VENUE': {
      const { venueId, name, city, country, plan } = after as VenueItem;
      const data = { venueId, name, city, country, ...(plan && { planVersion: plan.planVersion }) };
      return [lifecycleEvent(isNew ? venueCreated : venueUpdated, { ...fact(venueId), data })];
    }
    case 'PERFORMER': {
      const { performerId, name } = after as PerformerItem;
      return [
        lifecycleEvent(isNew ? performerCreated : performerUpdated, {
          ...fact(performerId),
          data: { performerId, name },
        }),
      ];
    }
    case 'EVENT': {
      const { eventId, venueId, name, category, performerIds, status } = after as EventItem;
      const statusBefore = (before as EventItem | undefined)?.status;
      const definition = isNew
        ? eventCreated
        : status === 'published' && statusBefore !== 'published'
          ? eventPublished
          : status === 'cancelled' && statusBefore !== 'cancelled'
            ? eventCancelled
            : eventUpdated;
      return [
        lifecycleEvent(definition, {
          ...fact(eventId),
          data: { eventId, venueId, name, category, performerIds: [...performerIds], status },
        }),
      ];
    }
    case 'SESSION': {
      const session = after as SessionItem;
      const definition = isNew
        ? sessionCreated
        : sessionDefinition(session.status, (before as SessionItem).status);
      return [lifecycleEvent(definition, { ...fact(session.sessionId), data: sessionDataOf(session) })];
    }
    default:
      return [];
  }
};

const sessionDefinition = (status: SessionItem['status'], statusBefore: SessionItem['status']) => {
  if (status === statusBefore) return sessionUpdated;
  if (status === 'publishing') return sessionPublishing;
  if (status === 'postponed') return sessionPostponed;
  if (status === 'cancelled') return sessionCancelled;
  // A postponed session that has new dates is on sale again: an update, since its inventory stands.
  return statusBefore === 'publishing' ? sessionPublished : sessionUpdated;
};

const sessionDataOf = (session: SessionItem): z.input<typeof sessionData> => ({
  sessionId: session.sessionId,
  eventId: session.eventId,
  venueId: session.venueId,
  organizationId: session.organizationId,
  status: session.status,
  timeZone: session.timeZone,
  startsAt: session.startsAt,
  endsAt: session.endsAt,
  holdSeconds: session.holdSeconds,
  maxPlacesPerHold: session.maxPlacesPerHold,
  ...(session.maxHoldsPerCustomer !== undefined && { maxHoldsPerCustomer: session.maxHoldsPerCustomer }),
  ticketTypes: [...session.ticketTypes],
  ...(session.planVersion !== undefined && { planVersion: session.planVersion }),
});
