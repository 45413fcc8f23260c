import type { Locale, SessionFacts } from './facts.ts';
import { greeting, sessionBlock } from './format.ts';
import { type MailText, renderMail } from './render.ts';

export interface RsvpCancelledFacts {
  readonly rsvpId: string;
  readonly customerName: string;
  readonly session: SessionFacts;
  readonly by: 'guest' | 'organizer';
  /** It had been confirmed: its tickets ended with it. */
  readonly hadTickets: boolean;
}

const words = {
  en: {
    subject: (name: string) => `Your answer was cancelled: ${name}`,
    guest: 'You have said that you are not coming.',
    organizer: 'The organizer has cancelled your answer.',
    ticketsEnded: 'Its tickets are no longer valid.',
    answer: 'Answer',
  },
  ro: {
    subject: (name: string) => `Răspunsul dumneavoastră a fost anulat: ${name}`,
    guest: 'Ați răspuns că nu veniți.',
    organizer: 'Organizatorul a anulat răspunsul dumneavoastră.',
    ticketsEnded: 'Biletele lui nu mai sunt valabile.',
    answer: 'Răspuns',
  },
} as const;

/** The guest’s answer has ended, and its tickets with it. */
export const rsvpCancelledMail = (facts: RsvpCancelledFacts, locale: Locale): MailText => {
  const say = words[locale];
  return renderMail(locale, say.subject(facts.session.eventName), [
    greeting(facts.customerName, locale),
    say[facts.by],
    ...(facts.hadTickets ? [say.ticketsEnded] : []),
    sessionBlock(facts.session, locale),
    { rows: [[say.answer, facts.rsvpId]] },
  ]);
};
