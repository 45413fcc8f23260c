import type { Locale } from './facts.ts';
import { formatMoney, greeting } from './format.ts';
import type { RefundFacts } from './refund-succeeded.ts';
import { type MailText, renderMail } from './render.ts';

const words = {
  en: {
    subject: (amount: string) => `Your refund of ${amount} could not be paid out`,
    failed: (amount: string) =>
      `We could not give ${amount} back to the account or card that you paid with: the bank refused it.`,
    next: 'You lose nothing: the organizer sees that it is open and pays it another way. You can help by writing to the organizer with the number of your order.',
    order: 'Order',
  },
  ro: {
    subject: (amount: string) => `Rambursarea de ${amount} nu a putut fi plătită`,
    failed: (amount: string) =>
      `Nu am putut returna ${amount} în contul sau pe cardul cu care ați plătit: banca a refuzat.`,
    next: 'Nu pierdeți nimic: organizatorul vede că suma este încă datorată și o plătește pe altă cale. Puteți ajuta scriindu-i organizatorului cu numărul comenzii.',
    order: 'Comandă',
  },
} as const;

/** Money that was promised back could not be paid out. */
export const refundFailedMail = (facts: RefundFacts, locale: Locale): MailText => {
  const say = words[locale];
  const amount = formatMoney(facts.amount, locale);
  return renderMail(locale, say.subject(amount), [
    greeting(facts.customerName, locale),
    say.failed(amount),
    say.next,
    { rows: [[say.order, facts.orderId]] },
  ]);
};
