import { logger } from '../platform/logger.ts';
import { applyPaymentNews } from './apply-payment-news.ts';
import type { Order } from './order.ts';
import type { PaymentQuestion } from './pay-order.ts';
import type { PaymentNews } from './payments/payment-port.ts';
import type { OrderPorts, Providers, Stamp } from './ports.ts';

/** Applies news to the order that they name. News of an order that is not ours is dropped. */
export const receivePaymentNews = async (
  ports: OrderPorts,
  news: PaymentNews,
  stamp: Stamp,
): Promise<Order | undefined> => {
  const order = await ports.orders.get(news.orderId);
  if (order !== undefined) return applyPaymentNews(ports, order, news, stamp);
  logger.warn('News of an unknown order', { provider: news.provider, paymentId: news.paymentId });
  return undefined;
};

/**
 * Asks the provider what a payment is, when its time has come, and applies the answer.
 * Throws when the provider is out of reach: the message comes again.
 */
export const askAboutPayment = async (
  ports: OrderPorts & {
    readonly providers: Providers;
    readonly askLater: (question: PaymentQuestion) => Promise<void>;
  },
  question: PaymentQuestion,
  stamp: Stamp,
): Promise<void> => {
  if (question.at > ports.clock()) return ports.askLater(question);
  const answer = await (await ports.providers(question.provider)).read(question.paymentId);
  if (!answer.ok) throw new Error(`Payment ${question.paymentId} could not be read: ${answer.reason}`);
  await receivePaymentNews(ports, answer.value, stamp);
};
