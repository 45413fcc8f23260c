import type { Locale, SessionFacts, TicketFacts } from './facts.ts';
import { greeting, sessionBlock, ticketsAttached } from './format.ts';
import { type MailText, renderMail } from './render.ts';

export interface RsvpConfirmedFacts {
  readonly rsvpId: string;
  readonly customerName: string;
  readonly session: SessionFacts;
  readonly tickets: readonly TicketFacts[];
  /** It was confirmed before, with other tickets. */
  readonly isChanged: boolean;
}

const words = {
  en: {
    subject: (name: string) => `You are coming: ${name}`,
    confirmed: 'Your answer is confirmed. These are your tickets:',
    changed: 'Your answer was changed. These are your tickets now; any others are no longer valid:',
    answer: 'Answer',
  },
  ro: {
    subject: (name: string) => `Participați: ${name}`,
    confirmed: 'Răspunsul dumneavoastră este confirmat. Acestea sunt biletele:',
    changed:
      'Răspunsul dumneavoastră a fost schimbat. Acestea sunt biletele de acum; altele nu mai sunt valabile:',
    answer: 'Răspuns',
  },
} as const;

/** The guest’s tickets, for whoever the guest brings along too. */
export const rsvpConfirmedMail = (facts: RsvpConfirmedFacts, locale: Locale): MailText => {
  const say = words[locale];
  return renderMail(locale, say.subject(facts.session.eventName), [
    greeting(facts.customerName, locale),
    facts.isChanged ? say.changed : say.confirmed,
    sessionBlock(facts.session, locale, facts.tickets),
    ticketsAttached[locale],
    { rows: [[say.answer, facts.rsvpId]] },
  ]);
};
