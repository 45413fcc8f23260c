import { maxDelaySeconds, sendMessages } from '../platform/queue.ts';
import type { PaymentQuestion } from './news-message.ts';

/** Sends the message that asks a provider about a payment at its instant, or looks again after fifteen minutes. */
export const askLater = (queueUrl: string, question: PaymentQuestion, now: number): Promise<void> =>
  sendMessages([
    {
      queueUrl,
      body: JSON.stringify(question),
      delaySeconds: Math.min(maxDelaySeconds, Math.max(0, question.at - now)),
    },
  ]);
