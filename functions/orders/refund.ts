import type { RefundState } from '../payments/contracts.ts';
import { idOf } from '../platform/id-schema.ts';

export const refundId = idOf('rfd');

/** Money that is given back, and the tickets that end for it. */
export interface Refund {
  readonly refundId: string;
  readonly orderId: string;
  readonly organizationId: string;
  readonly status: RefundState;
  /** Minor units. */
  readonly amount: number;
  readonly currency: string;
  /** Tickets that ended with it; none when an amount was given back. */
  readonly ticketIds: readonly string[];
  readonly reason: string;
  /** The session whose cancellation it follows from. */
  readonly cancelledSessionId?: string | undefined;
  readonly providerRefundId?: string | undefined;
  readonly createdAt: string;
  readonly requestHash: string;
  readonly revision: number;
}
