import type { Locale } from './facts.ts';
import { greeting } from './format.ts';
import { type MailText, renderMail } from './render.ts';

export interface PaymentLateFacts {
  readonly orderId: string;
  readonly customerName: string;
  /** The money was taken already and is refunded; otherwise it was only reserved and is released. */
  readonly wasCaptured: boolean;
}

const words = {
  en: {
    subject: (orderId: string) => `Your payment came too late (${orderId})`,
    late: 'Your payment came after your order had been cancelled. No ticket was issued for it.',
    captured: 'What you paid is given back in full; we will write to you when it is on its way.',
    released: 'You are not charged: the amount reserved at your bank is released.',
    order: 'Order',
  },
  ro: {
    subject: (orderId: string) => `Plata dumneavoastră a sosit prea târziu (${orderId})`,
    late: 'Plata dumneavoastră a sosit după ce comanda fusese anulată. Nu s-a emis niciun bilet pentru ea.',
    captured: 'Suma plătită vă este returnată integral; vă vom scrie când este pe drum.',
    released: 'Nu sunteți taxat: suma rezervată la banca dumneavoastră este eliberată.',
    order: 'Comandă',
  },
} as const;

/** Money came for an order that had ended: what becomes of it. */
export const paymentLateMail = (facts: PaymentLateFacts, locale: Locale): MailText => {
  const say = words[locale];
  return renderMail(locale, say.subject(facts.orderId), [
    greeting(facts.customerName, locale),
    say.late,
    facts.wasCaptured ? say.captured : say.released,
    { rows: [[say.order, facts.orderId]] },
  ]);
};
