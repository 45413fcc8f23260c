import * as z from 'zod';
import { queueConsumer } from '../platform/consumer.ts';
import { readEnvironment } from '../platform/environment.ts';
import { stamp } from '../platform/lifecycle-event.ts';
import { backgroundPorts } from './background.ts';
import { ordersPaymentNewsEnvironment } from './environment.ts';
import { askLater } from './payment-timer.ts';
import { providerName } from './payments/payment-port.ts';
import { askAboutPayment } from './receive-news.ts';

const environment = readEnvironment(ordersPaymentNewsEnvironment);
const ports = backgroundPorts(environment);

/** Asks providers about payments whose time has come. */
export const handler = queueConsumer(
  'orders-payment-news',
  z.object({ orderId: z.string(), provider: providerName, paymentId: z.string(), at: z.int() }),
  (question, context) =>
    askAboutPayment(
      {
        ...ports,
        askLater: (again) => askLater(environment.PAYMENT_NEWS_QUEUE_URL, again, ports.clock()),
      },
      question,
      (what) => stamp(what, context),
    ),
);
