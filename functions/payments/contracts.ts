export { askAboutPayment } from './ask-about-payment.ts';
export { decideNews } from './decide-news.ts';
export { paymentsEnvironment } from './environment.ts';
export { movePayment } from './move-payment.ts';
export { newsMessage, type PaymentQuestion, paymentQuestion } from './news-message.ts';
export {
  type PaymentNews,
  type PaymentStatus,
  type ProviderName,
  paymentStatus,
  providerName,
  type RefundNews,
} from './payment-port.ts';
export { openProviders, type Providers, stripeOf } from './providers.ts';
export { type RefundState, refundState, refundTransitions } from './refund-state.ts';
export { stripeRoutes } from './stripe-routes.ts';
export { type TestMethod, testMethod } from './test-method.ts';
export type { TestProvider } from './test-provider.ts';
