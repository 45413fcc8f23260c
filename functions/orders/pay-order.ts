import type { PaymentQuestion, TestMethod, TestProvider } from '../payments/contracts.ts';
import { applyPaymentNews } from './apply-payment-news.ts';
import type { Order, OrderStatus } from './order.ts';
import type { OrderPorts, Stamp } from './ports.ts';

export interface PayPorts extends OrderPorts {
  readonly testProvider: () => Promise<TestProvider>;
  /** Seconds that a `card_slow` takes. */
  readonly slowSeconds: number;
  askLater(question: PaymentQuestion): Promise<void>;
}

export type PayOutcome =
  | { readonly kind: 'accepted'; readonly order: Order }
  | { readonly kind: 'not_allowed'; readonly status: OrderStatus }
  /** It is paid at another provider. */
  | { readonly kind: 'other_provider' }
  | { readonly kind: 'missing' };

/**
 * Pays an order at the test provider: what a customer’s browser does at a real one. The same request again, its
 * answer having been lost, is accepted with the order as it is, also when the order has ended since.
 */
export const payOrder = async (
  ports: PayPorts,
  orderId: string,
  method: TestMethod,
  stamp: Stamp,
): Promise<PayOutcome> => {
  const order = await ports.orders.get(orderId);
  if (order === undefined) return { kind: 'missing' };
  if (order.provider !== 'test') return { kind: 'other_provider' };
  const { payment, status } = order;
  if (payment === undefined) return { kind: 'not_allowed', status };
  const provider = await ports.testProvider();
  if (status !== 'awaiting_payment') {
    // Only looked at: to pay now would set money aside for an order that is over.
    const isRepeat = (await provider.methodOf(payment.paymentId)) === method;
    return isRepeat ? { kind: 'accepted', order } : { kind: 'not_allowed', status };
  }
  const now = ports.clock();
  const lapsed = Math.max(...order.holds.map(({ until }) => until)) + 1;
  const paid = await provider.pay(
    payment.paymentId,
    method,
    method === 'card_late' ? Math.max(now, lapsed) : now + ports.slowSeconds,
  );
  if (paid.kind === 'missing')
    throw new Error(`Order ${orderId} has a payment that the provider does not know`);
  if (paid.authorizedFrom !== undefined)
    await ports.askLater({
      kind: 'payment',
      provider: 'test',
      paymentId: payment.paymentId,
      payableId: orderId,
      at: paid.authorizedFrom,
    });
  return { kind: 'accepted', order: await applyPaymentNews(ports, order, paid.news, stamp) };
};
