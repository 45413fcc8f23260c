import { askAboutPayment, newsMessage, type PaymentQuestion } from '../../payments/contracts.ts';
import { askLater } from '../../payments/timer-contracts.ts';
import { queueConsumer } from '../../platform/consumer.ts';
import { readEnvironment } from '../../platform/environment.ts';
import { stamp } from '../../platform/lifecycle-event.ts';
import { logger } from '../../platform/logger.ts';
import { openLeads } from '../leads/lead-store.ts';
import { applyDepositNews, applyDepositRefundNews } from './apply-deposit-news.ts';
import { leadsPaymentNewsEnvironment } from './deposit-environment.ts';
import { depositPorts } from './deposit-ports.ts';

const environment = readEnvironment(leadsPaymentNewsEnvironment);
const { table, providers, clock } = depositPorts(environment);
const leads = openLeads(table);
const asking = {
  providers,
  clock,
  askLater: (again: PaymentQuestion) => askLater(environment.PAYMENT_NEWS_QUEUE_URL, again, clock()),
};

/** Applies news of deposits: of a payment its provider is asked, of a refund the message has the status. */
export const handler = queueConsumer('marketplace-payment-news', newsMessage, async (message, context) => {
  const news = message.kind === 'refund' ? undefined : await askAboutPayment(asking, message);
  if (message.kind === 'payment' && news === undefined) return;
  const lead = await leads.get(message.payableId);
  if (lead === undefined) {
    const { provider, paymentId } = message;
    logger.warn('News of an unknown lead', { provider, paymentId });
    return;
  }
  const changing = { now: context.now, stamp: (what: string) => stamp(what, context) };
  if (news !== undefined) await applyDepositNews(table, lead, news, changing);
  else if (message.kind === 'refund') await applyDepositRefundNews(table, lead, message, changing);
});
