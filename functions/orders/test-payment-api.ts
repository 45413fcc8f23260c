import type { TestProvider } from '../payments/contracts.ts';
import { ok, problem } from '../platform/answer.ts';
import type { Handlers } from '../platform/route.ts';
import type { Orders } from './order-store.ts';
import type { testPaymentRoutes } from './test-payment-routes.ts';

/** The provider’s side of a payment, for those who compare it with the order’s. */
export const testPaymentQueries = (
  orders: Pick<Orders, 'get'>,
  provider: Pick<TestProvider, 'booksOf'>,
): Handlers<typeof testPaymentRoutes> => ({
  async getTestPayment(request) {
    const order = await orders.get(request.params.orderId);
    if (order === undefined) return problem('NOT_FOUND');
    if (order.provider !== 'test') return problem('TEST_PAYMENTS_ONLY');
    const paymentId = order.payment?.paymentId;
    const books = paymentId === undefined ? undefined : await provider.booksOf(paymentId);
    if (paymentId === undefined || books === undefined) return problem('NOT_FOUND');
    const { currency, captured, refunded, ...rest } = books;
    const amount = (minor: number) => ({ amount: minor, currency });
    return ok(200, { id: paymentId, ...rest, captured: amount(captured), refunded: amount(refunded) });
  },
});
