import type { stamp } from '../platform/lifecycle-event.ts';
import { sendMessages } from '../platform/queue.ts';
import { epochSeconds } from '../platform/time.ts';
import type { NewsMessage } from './news-message.ts';
import type { PayableKind } from './payable.ts';
import type { PaymentNews, PaymentProvider, RefundNews, ToldNews } from './payment-port.ts';

/** The request that tells news, as the changes that follow from it name it. */
type Telling = Parameters<typeof stamp>[1];

/**
 * Takes news over, for good. Throws when that cannot be done now: it is told again.
 * @param provider who told it.
 */
type TakeNews = (
  told: ToldNews,
  provider: Pick<PaymentProvider, 'read'>,
  by: Telling,
) => Promise<'applied' | 'queued'>;

/** Who takes news, by what is paid. */
export type NewsTakers = Readonly<Record<PayableKind, TakeNews>>;

/** What is done with news: both harmless when told twice, late, or before our own note of the payment. */
interface NewsUseCases {
  applyPaymentNews(news: PaymentNews, by: Telling): Promise<unknown>;
  applyRefundNews(news: RefundNews, by: Telling): Promise<unknown>;
}

/** Applies news before its teller is answered. */
export const applyAtOnce =
  (useCases: NewsUseCases): TakeNews =>
  async (told, provider, by) => {
    if (told.kind === 'payment') await useCases.applyPaymentNews(await currentNews(provider, told), by);
    else await useCases.applyRefundNews(told.news, by);
    return 'applied';
  };

/**
 * An event shows the payment as it was. Before money that was set aside decides anything, the payment is asked
 * what it is now: an authorization that is told after its cancellation would sell places that nobody pays.
 * When the provider does not answer, the event stands: it was true, the deadline of the order does not wait, and
 * the capture that follows finds out.
 */
const currentNews = async (
  provider: Pick<PaymentProvider, 'read'>,
  { news, isLast }: Extract<ToldNews, { kind: 'payment' }>,
): Promise<PaymentNews> => {
  if (isLast) return news;
  const current = await provider.read(news.paymentId);
  return current.ok ? current.value : news;
};

/** Sends news to the queue of the context that applies it: of a payment only that it is to be asked about. */
export const sendTo =
  (queueUrl: string): TakeNews =>
  async (told, _provider, by) => {
    const message = messageOf(told, epochSeconds(by.now));
    await sendMessages([{ queueUrl, body: JSON.stringify(message), delaySeconds: 0 }]);
    return 'queued';
  };

const messageOf = (told: ToldNews, at: number): NewsMessage => {
  if (told.kind === 'refund') return { kind: 'refund', ...told.news };
  const { provider, paymentId, payableId } = told.news;
  return { kind: 'payment', provider, paymentId, payableId, at };
};
