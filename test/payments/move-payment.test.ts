import { describe, expect, test } from 'vitest';
import { movePayment } from '../../functions/payments/move-payment.ts';
import type {
  PaymentProvider,
  PaymentStatus,
  ProviderResult,
} from '../../functions/payments/payment-port.ts';

const known = { paymentId: 'pay_1', payableId: 'lead_1', status: 'authorized' } as const;
const newsThat = (status: PaymentStatus) => ({
  provider: 'test' as const,
  paymentId: 'pay_1',
  payableId: 'lead_1',
  status,
});
const refused = { ok: false, reason: 'refused', code: 'payment_voided' } as const;
const unavailable = { ok: false, reason: 'unavailable', retryAfterSeconds: 1 } as const;

/** A provider that answers a move so, and then has the payment so. */
const answering = (moved: ProviderResult<PaymentStatus>, now?: ProviderResult<PaymentStatus>) => {
  const calls: string[] = [];
  const call = (name: string) => async (paymentId: string) => {
    calls.push(`${name} ${paymentId}`);
    return moved;
  };
  const provider = {
    name: 'test',
    capture: call('capture'),
    void: call('void'),
    async read(paymentId: string) {
      calls.push(`read ${paymentId}`);
      if (now === undefined) throw new Error('Nobody was to ask');
      return now.ok ? { ok: true, value: newsThat(now.value) } : now;
    },
  } as unknown as PaymentProvider;
  return { provider, calls };
};

describe('moving a payment', () => {
  test.for([
    ['capture', 'captured'],
    ['void', 'voided'],
  ] as const)('%s: the news is that it is %s, and nothing more is asked', async ([move, status]) => {
    const { provider, calls } = answering({ ok: true, value: status });
    expect(await movePayment(provider, known, move)).toEqual(newsThat(status));
    expect(calls).toEqual([`${move} pay_1`]);
  });

  test('refused: what it is by now is the news', async () => {
    const { provider, calls } = answering(refused, { ok: true, value: 'voided' });
    expect(await movePayment(provider, known, 'capture')).toEqual(newsThat('voided'));
    expect(calls).toEqual(['capture pay_1', 'read pay_1']);
  });

  test.for([
    ['out of reach', answering(unavailable), 'lead_1: the provider is out of reach to void pay_1'],
    [
      'refused though nothing changed',
      answering(refused, { ok: true, value: 'authorized' }),
      'lead_1: void of a payment authorized was refused (payment_voided)',
    ],
    [
      'refused, and then out of reach',
      answering(refused, unavailable),
      'lead_1: void was refused (payment_voided), and the payment could not be read: unavailable',
    ],
  ] as const)('%s: it is to be tried again', async ([, { provider }, message]) => {
    await expect(movePayment(provider, known, 'void')).rejects.toThrow(message);
  });
});
