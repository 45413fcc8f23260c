import { askAboutPayment, type PaymentQuestion, paymentQuestion } from '../payments/contracts.ts';
import { askLater } from '../payments/timer-contracts.ts';
import { queueConsumer } from '../platform/consumer.ts';
import { readEnvironment } from '../platform/environment.ts';
import { stamp } from '../platform/lifecycle-event.ts';
import { backgroundPorts } from './background.ts';
import { ordersPaymentNewsEnvironment } from './environment.ts';
import { receivePaymentNews } from './receive-news.ts';

const environment = readEnvironment(ordersPaymentNewsEnvironment);
const ports = backgroundPorts(environment);
const asking = {
  ...ports,
  askLater: (again: PaymentQuestion) => askLater(environment.PAYMENT_NEWS_QUEUE_URL, again, ports.clock()),
};

/** Asks providers about payments whose time has come. */
export const handler = queueConsumer('orders-payment-news', paymentQuestion, async (question, context) => {
  const news = await askAboutPayment(asking, question);
  if (news !== undefined) await receivePaymentNews(ports, news, (what) => stamp(what, context));
});
