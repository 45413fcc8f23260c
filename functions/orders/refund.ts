import * as z from 'zod';
import { idOf } from '../platform/id-schema.ts';

export const refundId = idOf('rfd');

/** `requested` until the provider took it; `pending` while the provider works on it. */
export const refundState = z.enum(['requested', 'pending', 'succeeded', 'failed']);
export type RefundState = z.output<typeof refundState>;

/**
 * What a refund may become; what does not lead on from what is known is old news. A bank may return money days
 * after the provider sent it.
 */
export const refundTransitions: Readonly<Record<RefundState, readonly RefundState[]>> = {
  requested: ['pending', 'succeeded', 'failed'],
  pending: ['succeeded', 'failed'],
  succeeded: ['failed'],
  failed: [],
};

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
