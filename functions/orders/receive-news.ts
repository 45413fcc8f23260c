import type { PaymentNews } from '../payments/contracts.ts';
import { logger } from '../platform/logger.ts';
import { applyPaymentNews } from './apply-payment-news.ts';
import type { Order } from './order.ts';
import type { OrderPorts, Stamp } from './ports.ts';

/** Applies news to the order that they name. News of an order that is not ours is dropped. */
export const receivePaymentNews = async (
  ports: OrderPorts,
  news: PaymentNews,
  stamp: Stamp,
): Promise<Order | undefined> => {
  const order = await ports.orders.get(news.payableId);
  if (order !== undefined) return applyPaymentNews(ports, order, news, stamp);
  logger.warn('News of an unknown order', { provider: news.provider, paymentId: news.paymentId });
  return undefined;
};
