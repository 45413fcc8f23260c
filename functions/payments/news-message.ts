import * as z from 'zod';
import { providerName, refundStatus } from './payment-port.ts';

/** A payment that its provider is to be asked about. What it is follows from the answer, not from the message. */
export const paymentQuestion = z.object({
  kind: z.literal('payment'),
  provider: providerName,
  paymentId: z.string(),
  payableId: z.string(),
  /** Epoch seconds before which nothing is to be learned. */
  at: z.int(),
});
export type PaymentQuestion = z.output<typeof paymentQuestion>;

/**
 * A message of a queue of payment news. What a refund came to travels as it was told: of two statuses the later
 * counts, in whatever order they come.
 */
export const newsMessage = z.discriminatedUnion('kind', [
  paymentQuestion,
  z.object({
    kind: z.literal('refund'),
    provider: providerName,
    paymentId: z.string(),
    payableId: z.string(),
    refundId: z.string(),
    providerRefundId: z.string(),
    status: refundStatus,
  }),
]);
export type NewsMessage = z.output<typeof newsMessage>;
