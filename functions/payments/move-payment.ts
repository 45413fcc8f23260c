import { logger } from '../platform/logger.ts';
import type { PaymentNews, PaymentProvider, PaymentStatus } from './payment-port.ts';

/** A payment as it is known. */
interface KnownPayment {
  readonly paymentId: string;
  readonly payableId: string;
  readonly status: PaymentStatus;
}

/**
 * Has the provider take the money of a payment, or set it free. Where it refuses, the payment is not what it was
 * known to be, and what it is now is the news.
 * @returns what the payment has become.
 * @throws Error when the provider is out of reach, or refuses for no reason that the payment shows: to be tried again.
 */
export const movePayment = async (
  provider: PaymentProvider,
  { paymentId, payableId, status }: KnownPayment,
  move: 'capture' | 'void',
): Promise<PaymentNews> => {
  const answer = await provider[move](paymentId);
  if (answer.ok) return { provider: provider.name, paymentId, payableId, status: answer.value };
  if (answer.reason === 'unavailable')
    throw new Error(`${payableId}: the provider is out of reach to ${move} ${paymentId}`);
  const current = await provider.read(paymentId);
  if (!current.ok)
    throw new Error(
      `${payableId}: ${move} was refused (${answer.code}), and the payment could not be read: ${current.reason}`,
    );
  if (current.value.status === status)
    throw new Error(`${payableId}: ${move} of a payment ${status} was refused (${answer.code})`);
  logger.warn('A payment was not what was known of it', { payableId, move, code: answer.code });
  return current.value;
};
