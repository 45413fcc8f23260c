import { describe, expect, test } from 'vitest';
import { decideNews } from '../../functions/payments/decide-news.ts';
import { paymentStatus } from '../../functions/payments/payment-port.ts';

describe('what is known of a payment, whether it is awaited, and every news', () => {
  const awaited = {
    //           created    authorized captured   declined  voided
    created: ['nothing', 'give', 'give', 'note', 'end'],
    declined: ['nothing', 'give', 'give', 'nothing', 'end'],
    authorized: ['nothing', 'nothing', 'give', 'nothing', 'end'],
    captured: ['nothing', 'nothing', 'nothing', 'nothing', 'nothing'],
    voided: ['nothing', 'nothing', 'nothing', 'nothing', 'nothing'],
  } as const;
  const late = {
    created: ['nothing', 'note', 'note', 'note', 'note'],
    declined: ['nothing', 'note', 'note', 'nothing', 'note'],
    authorized: ['nothing', 'nothing', 'note', 'nothing', 'note'],
    captured: ['nothing', 'nothing', 'nothing', 'nothing', 'nothing'],
    voided: ['nothing', 'nothing', 'nothing', 'nothing', 'nothing'],
  } as const;
  const cases = paymentStatus.options.flatMap((status) => [
    [status, true, awaited[status]] as const,
    [status, false, late[status]] as const,
  ]);

  test.each(cases)('%s, awaited: %s', (status, isAwaited, expected) => {
    expect(paymentStatus.options.map((news) => decideNews({ status, isAwaited }, { status: news }))).toEqual(
      expected,
    );
  });

  test('a decline that the customer may not try again ends what waits, before the payment is known too', () => {
    const decide = (isAwaited: boolean) =>
      decideNews({ status: undefined, isAwaited }, { status: 'declined', isFinal: true });
    expect([decide(true), decide(false)]).toEqual(['end', 'note']);
  });
});
