import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type {
  NewPayment,
  PaymentProvider,
  PaymentStatus,
  ProviderResult,
  RefundedPayment,
} from '../../functions/payments/payment-port.ts';
import { randomId } from '../../functions/platform/ids.ts';

/** A provider under test, with what a customer and the wire do to it. */
export interface ContractSubject {
  readonly provider: PaymentProvider;
  /** A payment of `amount` minor units that `authorize` can pay later. */
  newPayment(payableId: string, amount: number): NewPayment;
  /** The customer pays; the money is set aside. */
  authorize(paymentId: string): Promise<void>;
  /** What the provider’s own books say of the payment, in minor units. */
  books(paymentId: string): Promise<{ readonly captured: number; readonly refunded: number }>;
  /** Calls within are carried out, and their answers are lost. */
  losingAnswers<T>(work: () => Promise<T>): Promise<T>;
  /** Calls within do not reach the provider. */
  cutOff<T>(work: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

const refused = { ok: false, reason: 'refused', code: expect.stringMatching(/./) };
const unavailable = { ok: false, reason: 'unavailable', retryAfterSeconds: expect.any(Number) };
const eur = (amount: number) => ({ amount, currency: 'EUR' });
const price = 9_450;

/** What every provider of payments must do, whatever is behind it. */
export const describePaymentProvider = (name: string, open: () => Promise<ContractSubject>): void => {
  describe(`${name} keeps the contract of a payment provider`, () => {
    let subject: ContractSubject;
    let provider: PaymentProvider;
    beforeAll(async () => {
      subject = await open();
      provider = subject.provider;
    });
    afterAll(() => subject.close());

    const answered = <T>(result: ProviderResult<T>): T => {
      if (!result.ok) throw new Error(`Expected an answer, got ${JSON.stringify(result)}`);
      return result.value;
    };
    const create = async (payableId = randomId('ord')): Promise<string> =>
      answered(await provider.create(subject.newPayment(payableId, price))).paymentId;
    const authorized = async (): Promise<string> => {
      const paymentId = await create();
      await subject.authorize(paymentId);
      return paymentId;
    };
    const captured = async (): Promise<string> => {
      const paymentId = await authorized();
      answered(await provider.capture(paymentId));
      return paymentId;
    };
    const statusOf = async (paymentId: string) => answered(await provider.read(paymentId)).status;

    test('a payment is created once for what it pays, and differs from that of something else', async () => {
      const payableId = randomId('ord');
      const payment = subject.newPayment(payableId, price);
      const first = answered(await provider.create(payment));
      expect(first).toMatchObject({ paymentId: expect.stringMatching(/./), status: 'created' });
      expect(answered(await provider.create(payment))).toEqual(first);
      expect(await create()).not.toBe(first.paymentId);
      expect(answered(await provider.read(first.paymentId))).toEqual({
        provider: provider.name,
        paymentId: first.paymentId,
        payableId,
        status: 'created',
      });
    });

    test('created by several at once, it is one payment', async () => {
      const payment = subject.newPayment(randomId('ord'), price);
      const results = await Promise.all(Array.from({ length: 5 }, () => provider.create(payment)));
      // Who is told that another is at it comes back.
      const again = await provider.create(payment);
      const ids = [...results, again].flatMap((result) => (result.ok ? [result.value.paymentId] : []));
      expect(new Set(ids).size).toBe(1);
      for (const result of results) expect([true, 'unavailable']).toContain(result.ok || result.reason);
    });

    test('what was set aside is taken once, however often it is asked for', async () => {
      const paymentId = await authorized();
      expect(await statusOf(paymentId)).toBe('authorized');
      expect(await subject.books(paymentId)).toEqual({ captured: 0, refunded: 0 });
      expect(await provider.capture(paymentId)).toEqual({ ok: true, value: 'captured' });
      expect(await provider.capture(paymentId)).toEqual({ ok: true, value: 'captured' });
      expect(await statusOf(paymentId)).toBe('captured');
      expect(await subject.books(paymentId)).toEqual({ captured: price, refunded: 0 });
    });

    test('what was set aside is set free, however often it is asked for', async () => {
      const paymentId = await authorized();
      expect(await provider.void(paymentId)).toEqual({ ok: true, value: 'voided' });
      expect(await provider.void(paymentId)).toEqual({ ok: true, value: 'voided' });
      expect(await statusOf(paymentId)).toBe('voided');
      expect(await subject.books(paymentId)).toEqual({ captured: 0, refunded: 0 });
    });

    test('a payment that nobody made is given up', async () => {
      const paymentId = await create();
      expect(await provider.void(paymentId)).toEqual({ ok: true, value: 'voided' });
      expect(await statusOf(paymentId)).toBe('voided');
    });

    test('after capture nothing can be voided, and the money stays taken', async () => {
      const paymentId = await captured();
      expect(await provider.void(paymentId)).toEqual(refused);
      expect(await provider.void(paymentId)).toEqual(refused);
      expect(await statusOf(paymentId)).toBe('captured');
      expect(await subject.books(paymentId)).toEqual({ captured: price, refunded: 0 });
    });

    test('after a void nothing can be captured', async () => {
      const paymentId = await authorized();
      answered(await provider.void(paymentId));
      expect(await provider.capture(paymentId)).toEqual(refused);
      expect(await statusOf(paymentId)).toBe('voided');
    });

    test('a capture that came too early is refused, and done when the money is there', async () => {
      const paymentId = await create();
      expect(await provider.capture(paymentId)).toEqual(refused);
      await subject.authorize(paymentId);
      expect(await provider.capture(paymentId)).toEqual({ ok: true, value: 'captured' });
      expect(await subject.books(paymentId)).toEqual({ captured: price, refunded: 0 });
    });

    test('a refund is made once, however often and by however many it is asked for', async () => {
      const paymentId = await captured();
      const refundId = randomId('rfd');
      const ask = () => provider.refund(paymentId, refundId, eur(4_000));
      const results = await Promise.all([ask(), ask(), ask()]);
      const first = answered(await ask());
      expect(first).toEqual({
        providerRefundId: expect.stringMatching(/./),
        status: expect.stringMatching(/^(pending|succeeded)$/),
      });
      for (const result of results) {
        if (result.ok) expect(result.value.providerRefundId).toBe(first.providerRefundId);
        else expect(result).toEqual(unavailable);
      }
      expect(await subject.books(paymentId)).toEqual({ captured: price, refunded: 4_000 });
    });

    test('several refunds of one payment, and never more than was taken', async () => {
      const paymentId = await captured();
      const refund = (refundId: string, amount: number) => provider.refund(paymentId, refundId, eur(amount));
      const [one, other, third] = [randomId('rfd'), randomId('rfd'), randomId('rfd')];
      const made: RefundedPayment[] = [
        answered(await refund(one, 4_000)),
        answered(await refund(other, 5_000)),
      ];
      expect(made[0]?.providerRefundId).not.toBe(made[1]?.providerRefundId);
      expect(await refund(third, 451)).toEqual(refused);
      expect(await subject.books(paymentId)).toEqual({ captured: price, refunded: 9_000 });
      answered(await refund(randomId('rfd'), 450));
      expect(await refund(randomId('rfd'), 1)).toEqual(refused);
      expect(await subject.books(paymentId)).toEqual({ captured: price, refunded: price });
    });

    test('two refunds at once do not give back more than was taken', async () => {
      const paymentId = await captured();
      const results = await Promise.all(
        [0, 1].map(() => provider.refund(paymentId, randomId('rfd'), eur(5_000))),
      );
      expect(results.filter(({ ok }) => ok)).toHaveLength(1);
      expect(await subject.books(paymentId)).toEqual({ captured: price, refunded: 5_000 });
    });

    test('what was not taken is not given back', async () => {
      const paymentId = await authorized();
      expect(await provider.refund(paymentId, randomId('rfd'), eur(100))).toEqual(refused);
      expect(await statusOf(paymentId)).toBe('authorized');
      expect(await subject.books(paymentId)).toEqual({ captured: 0, refunded: 0 });
    });

    test('of a payment that is not there everything is refused', async () => {
      expect(await provider.capture('payment_missing')).toEqual(refused);
      expect(await provider.void('payment_missing')).toEqual(refused);
      expect(await provider.refund('payment_missing', randomId('rfd'), eur(100))).toEqual(refused);
      expect(await provider.read('payment_missing')).toEqual(refused);
    });

    test('what did not reach the provider is unavailable, and goes well when it is back', async () => {
      const payment = subject.newPayment(randomId('ord'), price);
      expect(await subject.cutOff(() => provider.create(payment))).toEqual(unavailable);
      const { paymentId } = answered(await provider.create(payment));
      await subject.authorize(paymentId);
      const refundId = randomId('rfd');
      const calls: readonly (() => Promise<ProviderResult<unknown>>)[] = [
        () => provider.read(paymentId),
        () => provider.capture(paymentId),
        () => provider.refund(paymentId, refundId, eur(price)),
      ];
      for (const call of calls) {
        expect(await subject.cutOff(call)).toEqual(unavailable);
        expect(await call()).toMatchObject({ ok: true });
      }
      const other = await authorized();
      expect(await subject.cutOff(() => provider.void(other))).toEqual(unavailable);
      expect(await provider.void(other)).toEqual({ ok: true, value: 'voided' });
      expect(await subject.books(paymentId)).toEqual({ captured: price, refunded: price });
    });

    test('a lost answer is found by asking again, and nothing is done twice', async () => {
      const payment = subject.newPayment(randomId('ord'), price);
      expect(await subject.losingAnswers(() => provider.create(payment))).toEqual(unavailable);
      const { paymentId } = answered(await provider.create(payment));
      await subject.authorize(paymentId);
      expect(await subject.losingAnswers(() => provider.capture(paymentId))).toEqual(unavailable);
      expect(await provider.capture(paymentId)).toEqual({ ok: true, value: 'captured' });
      const refundId = randomId('rfd');
      const refund = () => provider.refund(paymentId, refundId, eur(4_000));
      expect(await subject.losingAnswers(refund)).toEqual(unavailable);
      const made = answered(await refund());
      expect(answered(await refund())).toEqual(made);
      expect(await subject.books(paymentId)).toEqual({ captured: price, refunded: 4_000 });
      const other = await authorized();
      expect(await subject.losingAnswers(() => provider.void(other))).toEqual(unavailable);
      expect(await provider.void(other)).toEqual({ ok: true, value: 'voided' });
      expect(await subject.books(other)).toEqual({ captured: 0, refunded: 0 });
    });

    test('any calls in any order, answered, lost or cut off: the books are those of each done once', async () => {
      const refundAmounts = [1_000, 2_000, 4_000] as const;
      const call = fc.oneof(
        fc.constant({ kind: 'authorize' } as const),
        fc.constant({ kind: 'capture' } as const),
        fc.constant({ kind: 'void' } as const),
        fc.record({ kind: fc.constant('refund' as const), index: fc.nat({ max: 2 }) }),
      );
      const wire = fc.constantFrom('answered', 'lost', 'cut');
      await fc.assert(
        fc.asyncProperty(fc.array(fc.tuple(call, wire), { maxLength: 12 }), async (steps) => {
          const paymentId = await create();
          let status: PaymentStatus = 'created';
          const given = new Set<number>();
          for (const [step, way] of steps) {
            if (step.kind === 'authorize') {
              if (status !== 'created') continue;
              await subject.authorize(paymentId);
              status = 'authorized';
              continue;
            }
            const ask = (): Promise<ProviderResult<unknown>> => {
              if (step.kind === 'refund') {
                const refundId = `rfd_${paymentId}_${step.index}`;
                return provider.refund(paymentId, refundId, eur(refundAmounts[step.index] ?? 0));
              }
              return step.kind === 'capture' ? provider.capture(paymentId) : provider.void(paymentId);
            };
            if (way === 'cut') {
              expect(await subject.cutOff(ask)).toEqual(unavailable);
              continue;
            }
            const result = way === 'lost' ? await subject.losingAnswers(ask) : await ask();
            if (step.kind === 'capture' && status === 'authorized') status = 'captured';
            if (step.kind === 'void' && (status === 'created' || status === 'authorized')) status = 'voided';
            if (step.kind === 'refund' && status === 'captured') given.add(step.index);
            const isDone = {
              capture: status === 'captured',
              void: status === 'voided',
              refund: status === 'captured',
            }[step.kind];
            if (way === 'answered') expect([step, result.ok]).toEqual([step, isDone]);
            else if (result.ok) expect(isDone).toBe(true);
          }
          expect(await statusOf(paymentId)).toBe(status);
          expect(await subject.books(paymentId)).toEqual({
            captured: status === 'captured' ? price : 0,
            refunded: [...given].reduce((sum, index) => sum + (refundAmounts[index] ?? 0), 0),
          });
        }),
        { numRuns: 60 },
      );
    });
  });
};
