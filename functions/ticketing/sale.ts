import type { SaleTicketType } from './block-plan.ts';

export type SaleStatus = 'building' | 'on_sale' | 'postponed' | 'cancelled';

/** What ticketing knows of a session: how it sells, and how far its inventory is built. */
export interface Sale {
  readonly sessionId: string;
  readonly organizationId: string;
  readonly eventId: string;
  readonly venueId: string;
  readonly planVersion?: string | undefined;
  readonly ticketTypes: readonly SaleTicketType[];
  readonly holdSeconds: number;
  readonly maxPlacesPerHold: number;
  readonly maxHoldsPerCustomer?: number | undefined;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly status: SaleStatus;
  readonly blocksTotal: number;
  readonly blocksBuilt: number;
  /** Sequence of the catalog’s session that was applied last: older news is dropped. */
  readonly sourceSequence: number;
  readonly revision: number;
}

export type SaleState = 'on_sale' | 'building' | 'postponed' | 'cancelled' | 'over';

/** Whether places of the session can be held now. */
export const saleState = (sale: Pick<Sale, 'status' | 'endsAt'>, now: number): SaleState =>
  sale.status === 'on_sale' && Date.parse(sale.endsAt) / 1_000 <= now ? 'over' : sale.status;
