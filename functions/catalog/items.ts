import type { OwnedItem } from '../platform/owned-item.ts';
import type { EventStatus } from './event.ts';
import type { CategoryPlaces } from './layout.ts';
import type { RsvpTerms } from './rsvp-terms.ts';
import type { SessionStatus, TicketType } from './session.ts';

/** The seating plan that a venue has now; sessions pin the version they are published with. */
export interface VenuePlan {
  readonly planVersion: string;
  readonly name: string;
  readonly zones: number;
  readonly seats: number;
  readonly generalAdmission: number;
  readonly categories: readonly CategoryPlaces[];
}

export interface VenueItem extends OwnedItem {
  readonly venueId: string;
  readonly name: string;
  readonly address: string;
  readonly city: string;
  readonly country: string;
  readonly location: { readonly lat: number; readonly lon: number };
  readonly timeZone: string;
  readonly plan?: VenuePlan;
  /** Events at this venue. */
  readonly uses: number;
}

export interface PerformerItem extends OwnedItem {
  readonly performerId: string;
  readonly name: string;
  readonly description?: string;
  /** Events with this performer. */
  readonly uses: number;
}

export interface EventItem extends OwnedItem {
  readonly eventId: string;
  readonly name: string;
  readonly description?: string;
  readonly category: string;
  readonly venueId: string;
  readonly performerIds: readonly string[];
  readonly sessionIds: readonly string[];
  readonly status: EventStatus;
  /** When it was first on sale; until then only members see it, whatever becomes of it. */
  readonly publishedAt?: string;
}

export interface SessionItem extends OwnedItem {
  readonly sessionId: string;
  readonly eventId: string;
  readonly venueId: string;
  readonly timeZone: string;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly holdSeconds: number;
  readonly maxPlacesPerHold: number;
  readonly maxHoldsPerCustomer?: number;
  readonly doorsOpenMinutes?: number | undefined;
  readonly ticketTypes: readonly TicketType[];
  /** How it takes answers to its invitation, where it does. */
  readonly rsvp?: RsvpTerms | undefined;
  readonly status: SessionStatus;
  readonly planVersion?: string;
  /** When it was first on sale; until then only members see it, whatever becomes of it. */
  readonly publishedAt?: string;
}

/** What was on sale once stays visible, also when it is cancelled; a draft that is cancelled never was. */
export const isVisible = ({ publishedAt }: Pick<EventItem | SessionItem, 'publishedAt'>): boolean =>
  publishedAt !== undefined;
