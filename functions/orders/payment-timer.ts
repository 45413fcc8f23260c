import { type DelayedMessage, maxDelaySeconds } from '../platform/queue.ts';
import type { PaymentQuestion } from './pay-order.ts';

/** The message that asks a provider about a payment at its instant, or looks again after fifteen minutes. */
export const paymentTimer = (queueUrl: string, question: PaymentQuestion, now: number): DelayedMessage => ({
  queueUrl,
  body: JSON.stringify(question),
  delaySeconds: Math.min(maxDelaySeconds, Math.max(0, question.at - now)),
});
