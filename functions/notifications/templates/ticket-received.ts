import type { Locale, SessionFacts, TicketFacts } from './facts.ts';
import { greeting, sessionBlock } from './format.ts';
import { type MailText, renderMail } from './render.ts';

export interface TransferFacts {
  readonly recipientName: string;
  /** Who has the ticket on the other side of the transfer. */
  readonly otherName: string;
  readonly session: SessionFacts;
  readonly ticket: TicketFacts;
}

const words = {
  en: {
    subject: (name: string) => `A ticket for you: ${name}`,
    given: (from: string) => `${from} has given you this ticket. It is yours now:`,
    attached:
      'The ticket is attached as PDF, and a calendar file with it. Show its code at the entrance, printed or on a screen.',
  },
  ro: {
    subject: (name: string) => `Un bilet pentru dumneavoastră: ${name}`,
    given: (from: string) => `${from} v-a dat acest bilet. Acum este al dumneavoastră:`,
    attached:
      'Biletul este atașat în format PDF, împreună cu un fișier pentru calendar. Arătați-i codul la intrare, tipărit sau pe ecran.',
  },
} as const;

/** Somebody got a ticket from its holder. */
export const ticketReceivedMail = (facts: TransferFacts, locale: Locale): MailText => {
  const say = words[locale];
  return renderMail(locale, say.subject(facts.session.eventName), [
    greeting(facts.recipientName, locale),
    say.given(facts.otherName),
    sessionBlock(facts.session, locale, [facts.ticket]),
    say.attached,
  ]);
};
