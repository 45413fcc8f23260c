import type { PaymentQuestion } from './news-message.ts';
import type { PaymentNews } from './payment-port.ts';
import type { Providers } from './providers.ts';

export interface AskPorts {
  readonly providers: Providers;
  /** Has the question come again at its instant. */
  askLater(question: PaymentQuestion): Promise<void>;
  /** Epoch seconds. */
  readonly clock: () => number;
}

/**
 * Asks the provider what a payment is, when its time has come.
 * @returns undefined when it is too early: the question comes again.
 * @throws Error when the provider does not say: the message comes again.
 */
export const askAboutPayment = async (
  { providers, askLater, clock }: AskPorts,
  question: PaymentQuestion,
): Promise<PaymentNews | undefined> => {
  if (question.at > clock()) {
    await askLater(question);
    return undefined;
  }
  const answer = await (await providers(question.provider)).read(question.paymentId);
  if (!answer.ok) throw new Error(`Payment ${question.paymentId} could not be read: ${answer.reason}`);
  return answer.value;
};
