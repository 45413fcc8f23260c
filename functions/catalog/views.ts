import type { OwnedItem } from '../platform/owned-item.ts';
import type { EventItem, PerformerItem, SessionItem, VenueItem } from './items.ts';

/** Items as the API shows them: named fields only, so that nothing internal ever slips out. */

const owned = ({ organizationId, createdAt, updatedAt }: OwnedItem) => ({
  organizationId,
  createdAt,
  updatedAt,
});

export const venueFields = ({ name, address, city, country, location, timeZone }: VenueItem) => ({
  name,
  address,
  city,
  country,
  location,
  timeZone,
});

export const venueView = (item: VenueItem) => ({
  id: item.venueId,
  ...venueFields(item),
  ...(item.plan !== undefined && {
    seatingPlan: {
      planVersion: item.plan.planVersion,
      zones: item.plan.zones,
      seats: item.plan.seats,
      generalAdmission: item.plan.generalAdmission,
      categories: item.plan.categories,
    },
  }),
  ...owned(item),
});

export const performerView = (item: PerformerItem) => ({
  id: item.performerId,
  name: item.name,
  ...(item.description !== undefined && { description: item.description }),
  ...owned(item),
});

export const eventView = (item: EventItem) => ({
  id: item.eventId,
  name: item.name,
  ...(item.description !== undefined && { description: item.description }),
  category: item.category,
  status: item.status,
  venueId: item.venueId,
  performerIds: item.performerIds,
  sessionIds: item.sessionIds,
  ...owned(item),
});

export const sessionView = (item: SessionItem) => ({
  id: item.sessionId,
  eventId: item.eventId,
  venueId: item.venueId,
  status: item.status,
  startsAt: item.startsAt,
  endsAt: item.endsAt,
  timeZone: item.timeZone,
  holdSeconds: item.holdSeconds,
  maxPlacesPerHold: item.maxPlacesPerHold,
  ...(item.maxHoldsPerCustomer !== undefined && { maxHoldsPerCustomer: item.maxHoldsPerCustomer }),
  ...(item.doorsOpenMinutes !== undefined && { doorsOpenMinutes: item.doorsOpenMinutes }),
  ticketTypes: item.ticketTypes,
  ...(item.rsvp !== undefined && { rsvp: item.rsvp }),
  ...(item.planVersion !== undefined && { planVersion: item.planVersion }),
  ...owned(item),
});
