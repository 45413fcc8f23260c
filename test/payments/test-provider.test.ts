import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { askAboutPayment } from '../../functions/payments/ask-about-payment.ts';
import type { PaymentQuestion } from '../../functions/payments/news-message.ts';
import { openProviders } from '../../functions/payments/providers.ts';
import { openTestProvider, type TestProvider } from '../../functions/payments/test-provider.ts';
import type { Table } from '../../functions/platform/table.ts';
import { type Engine, startEngine } from '../support/dynoxide.ts';

/** Payments of leads at the test provider, in a table of the marketplace’s. */
let engine: Engine;
let table: Table;
let provider: TestProvider;
let now = 1_000;
let serial = 0;
const clock = () => now;

beforeAll(async () => {
  engine = await startEngine();
  table = await engine.createTable('marketplace');
  provider = openTestProvider(table, clock);
});
afterAll(() => engine.stop());

const created = async () => {
  serial += 1;
  const payableId = `lead_${serial}`;
  const amount = { amount: 15_000, currency: 'EUR' };
  const made = await provider.create({ payableId, amount, description: 'Deposit', email: 'a@example.com' });
  if (!made.ok) throw new Error(JSON.stringify(made));
  return { payableId, paymentId: made.value.paymentId };
};
const news = (ids: { payableId: string; paymentId: string }, status: string) => ({
  provider: 'test',
  ...ids,
  status,
});

describe('a deposit at the test provider', () => {
  test.for([
    ['card_ok', { status: 'authorized' }],
    ['card_declined', { status: 'declined', isFinal: true, declineCode: 'card_declined' }],
    ['card_never', { status: 'created' }],
  ] as const)('%s: %j, at once and for good', async ([method, expected]) => {
    const ids = await created();
    const paid = await provider.pay(ids.paymentId, method, now + 3);
    expect(paid).toEqual({ kind: 'paid', news: { ...news(ids, expected.status), ...expected } });
    now += 1_000_000;
    expect(await provider.read(ids.paymentId)).toMatchObject({ ok: true, value: expected });
  });

  test.for(['card_slow', 'card_late'] as const)(
    '%s: authorized when whoever asks comes in time',
    async (method) => {
      const ids = await created();
      const from = now + 3;
      const paid = await provider.pay(ids.paymentId, method, from);
      expect(paid).toEqual({ kind: 'paid', news: news(ids, 'created'), authorizedFrom: from });
      const again: PaymentQuestion[] = [];
      const ports = {
        providers: openProviders({ names: ['test'], table, stripe: { secretArn: '', apiOrigin: '' }, clock }),
        clock,
        askLater: async (question: PaymentQuestion) => void again.push(question),
      };
      const question = { kind: 'payment', provider: 'test', ...ids, at: from } as const;
      expect(await askAboutPayment(ports, question)).toBeUndefined();
      expect(again).toEqual([question]);
      now = from;
      expect(await askAboutPayment(ports, question)).toEqual(news(ids, 'authorized'));
      expect(again).toEqual([question]);
      expect(await provider.capture(ids.paymentId)).toEqual({ ok: true, value: 'captured' });
    },
  );

  test('a question about a payment that is not there comes again', async () => {
    const ports = { providers: async () => provider, clock, askLater: async () => undefined };
    const question = {
      kind: 'payment',
      provider: 'test',
      paymentId: 'pay_x',
      payableId: 'lead_x',
      at: 0,
    } as const;
    await expect(askAboutPayment(ports, question)).rejects.toThrow(
      'Payment pay_x could not be read: refused',
    );
  });
});
