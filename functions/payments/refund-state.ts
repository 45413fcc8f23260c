import * as z from 'zod';

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
