import type { Locale } from './facts.ts';
import { greeting, sessionBlock } from './format.ts';
import { type MailText, renderMail } from './render.ts';
import type { TransferFacts } from './ticket-received.ts';

const words = {
  en: {
    subject: (name: string) => `You passed a ticket on: ${name}`,
    passedOn: (to: string) =>
      `This ticket belongs to ${to} now. The code that you have of it no longer works:`,
    notYou: 'If it was not you who passed it on, write to the organizer at once.',
  },
  ro: {
    subject: (name: string) => `Ați cedat un bilet: ${name}`,
    passedOn: (to: string) =>
      `Acest bilet îi aparține acum persoanei ${to}. Codul pe care îl aveți nu mai funcționează:`,
    notYou: 'Dacă nu dumneavoastră l-ați cedat, scrieți-i imediat organizatorului.',
  },
} as const;

/** Somebody’s ticket went to another holder. */
export const ticketPassedOnMail = (facts: TransferFacts, locale: Locale): MailText => {
  const say = words[locale];
  return renderMail(locale, say.subject(facts.session.eventName), [
    greeting(facts.recipientName, locale),
    say.passedOn(facts.otherName),
    sessionBlock(facts.session, locale, [facts.ticket]),
    say.notYou,
  ]);
};
