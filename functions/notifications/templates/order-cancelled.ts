import type { Locale } from './facts.ts';
import { greeting } from './format.ts';
import { type MailText, renderMail } from './render.ts';

export interface OrderCancelledFacts {
  readonly orderId: string;
  readonly customerName: string;
  readonly reason:
    | 'customer'
    | 'payment_timeout'
    | 'payment_failed'
    | 'places_lost'
    | 'session_cancelled'
    | 'organizer';
  /** It had been confirmed: its tickets ended with it. */
  readonly hadTickets: boolean;
  /** Money was taken for it that goes back, and has its own mail. */
  readonly wasCaptured: boolean;
}

const words = {
  en: {
    subject: (orderId: string) => `Your order was cancelled (${orderId})`,
    reasons: {
      customer: 'Your order was cancelled, as was asked for.',
      payment_timeout: 'Your order was cancelled, because no payment came in time.',
      payment_failed: 'Your order was cancelled, because the payment was declined.',
      places_lost:
        'Your order was cancelled: your payment came after the places had been released, and somebody else has them now.',
      session_cancelled: 'Your order was cancelled, because a date it has places for was cancelled.',
      organizer: 'Your order was cancelled by the organizer.',
    },
    ticketsEnded: 'Its tickets are no longer valid.',
    captured: 'What you paid is given back; we will write to you about it.',
    notCharged: 'You were not charged. Should your bank show a reserved amount, it is released by itself.',
    order: 'Order',
  },
  ro: {
    subject: (orderId: string) => `Comanda dumneavoastră a fost anulată (${orderId})`,
    reasons: {
      customer: 'Comanda dumneavoastră a fost anulată, așa cum s-a cerut.',
      payment_timeout: 'Comanda dumneavoastră a fost anulată, pentru că plata nu a sosit la timp.',
      payment_failed: 'Comanda dumneavoastră a fost anulată, pentru că plata a fost refuzată.',
      places_lost:
        'Comanda dumneavoastră a fost anulată: plata a sosit după ce locurile fuseseră eliberate, iar acum le are altcineva.',
      session_cancelled:
        'Comanda dumneavoastră a fost anulată, pentru că o dată la care avea locuri a fost anulată.',
      organizer: 'Comanda dumneavoastră a fost anulată de organizator.',
    },
    ticketsEnded: 'Biletele ei nu mai sunt valabile.',
    captured: 'Suma plătită vă este returnată; vă vom scrie despre aceasta.',
    notCharged:
      'Nu ați fost taxat. Dacă banca dumneavoastră arată o sumă rezervată, aceasta se eliberează de la sine.',
    order: 'Comandă',
  },
} as const;

/** Why the customer’s order ended, and what becomes of tickets and money. */
export const orderCancelledMail = (facts: OrderCancelledFacts, locale: Locale): MailText => {
  const say = words[locale];
  return renderMail(locale, say.subject(facts.orderId), [
    greeting(facts.customerName, locale),
    say.reasons[facts.reason],
    ...(facts.hadTickets ? [say.ticketsEnded] : []),
    ...(facts.wasCaptured ? [say.captured] : facts.hadTickets ? [] : [say.notCharged]),
    { rows: [[say.order, facts.orderId]] },
  ]);
};
