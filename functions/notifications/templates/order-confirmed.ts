import type { Locale, Money, SessionFacts, TicketFacts } from './facts.ts';
import { formatMoney, greeting, sessionBlock, ticketsAttached } from './format.ts';
import { type MailText, renderMail } from './render.ts';

export interface OrderConfirmedFacts {
  readonly orderId: string;
  readonly customerName: string;
  readonly sessions: readonly { readonly session: SessionFacts; readonly tickets: readonly TicketFacts[] }[];
  readonly lines: readonly {
    readonly label: string;
    readonly amount: number;
    readonly isIncluded: boolean;
  }[];
  readonly total: Money;
}

const words = {
  en: {
    subject: (name: string) => `Your tickets: ${name}`,
    confirmed: 'Your order is confirmed. These are your tickets:',
    postponed: 'This date has been put off. Your tickets stay valid; we will write again with the new date.',
    cancelled: 'This date has been cancelled. What you paid for it is given back without your asking.',
    order: 'Order',
    total: 'Total',
    included: 'included',
  },
  ro: {
    subject: (name: string) => `Biletele dumneavoastră: ${name}`,
    confirmed: 'Comanda dumneavoastră este confirmată. Acestea sunt biletele:',
    postponed: 'Această dată a fost amânată. Biletele rămân valabile; vă vom scrie din nou cu data cea nouă.',
    cancelled: 'Această dată a fost anulată. Suma plătită pentru ea vă este returnată fără să o cereți.',
    order: 'Comandă',
    total: 'Total',
    included: 'inclus',
  },
} as const;

/** The customer’s tickets and what they cost. */
export const orderConfirmedMail = (facts: OrderConfirmedFacts, locale: Locale): MailText => {
  const say = words[locale];
  const { orderId, customerName, sessions, lines, total } = facts;
  const names = [...new Set(sessions.map(({ session }) => session.eventName))];
  const price = (amount: number): string => formatMoney({ ...total, amount }, locale);
  return renderMail(locale, say.subject(names.join(', ')), [
    greeting(customerName, locale),
    say.confirmed,
    ...sessions.flatMap(({ session, tickets }) => [
      sessionBlock(session, locale, tickets),
      ...(session.status === 'postponed' ? [say.postponed] : []),
      ...(session.status === 'cancelled' ? [say.cancelled] : []),
    ]),
    ticketsAttached[locale],
    {
      rows: [
        [say.order, orderId],
        ...lines.map(
          ({ label, amount, isIncluded }) =>
            [label, isIncluded ? `${price(amount)} (${say.included})` : price(amount)] as const,
        ),
        [say.total, price(total.amount)],
      ],
    },
  ]);
};
