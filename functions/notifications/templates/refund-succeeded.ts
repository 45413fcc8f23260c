import type { Locale, Money } from './facts.ts';
import { formatMoney, greeting } from './format.ts';
import { type MailText, renderMail } from './render.ts';

export interface RefundFacts {
  readonly orderId: string;
  readonly customerName: string;
  readonly amount: Money;
}

const words = {
  en: {
    subject: (amount: string) => `Refund of ${amount}`,
    refunded: (amount: string) => `We have given ${amount} back to the account or card that you paid with.`,
    days: 'Banks take up to ten working days to show it.',
    order: 'Order',
  },
  ro: {
    subject: (amount: string) => `Rambursare de ${amount}`,
    refunded: (amount: string) => `Am returnat ${amount} în contul sau pe cardul cu care ați plătit.`,
    days: 'Băncile au nevoie de până la zece zile lucrătoare ca să o arate.',
    order: 'Comandă',
  },
} as const;

/** Money is on its way back to the customer. */
export const refundSucceededMail = (facts: RefundFacts, locale: Locale): MailText => {
  const say = words[locale];
  const amount = formatMoney(facts.amount, locale);
  return renderMail(locale, say.subject(amount), [
    greeting(facts.customerName, locale),
    say.refunded(amount),
    say.days,
    { rows: [[say.order, facts.orderId]] },
  ]);
};
