import type * as z from 'zod';
import type { sessionPublishing } from '../catalog/contracts.ts';
import type { Sale, SaleStatus } from './sale.ts';

type SessionData = z.output<(typeof sessionPublishing)['data']>;

/** The sale record of a session, from what the catalog tells of it. */
export const saleOfSession = (
  data: SessionData,
  sequence: number,
  status: SaleStatus,
  blocksTotal: number,
): Sale => ({
  sessionId: data.sessionId,
  organizationId: data.organizationId,
  eventId: data.eventId,
  venueId: data.venueId,
  ...(data.planVersion !== undefined && { planVersion: data.planVersion }),
  ticketTypes: data.ticketTypes,
  holdSeconds: data.holdSeconds,
  maxPlacesPerHold: data.maxPlacesPerHold,
  ...(data.maxHoldsPerCustomer !== undefined && { maxHoldsPerCustomer: data.maxHoldsPerCustomer }),
  startsAt: data.startsAt,
  endsAt: data.endsAt,
  status,
  blocksTotal,
  blocksBuilt: 0,
  sourceSequence: sequence,
  revision: 1,
});
