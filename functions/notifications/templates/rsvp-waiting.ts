import type { Locale, SessionFacts } from './facts.ts';
import { greeting, sessionBlock } from './format.ts';
import { type MailText, renderMail } from './render.ts';

export interface RsvpWaitingFacts {
  readonly rsvpId: string;
  readonly customerName: string;
  readonly session: SessionFacts;
  /** Whose word it waits for: a yes waits for the organizer, a maybe for its guest. */
  readonly answer: 'yes' | 'maybe';
  /** It was confirmed before: its tickets have ended. */
  readonly hadTickets: boolean;
}

const words = {
  en: {
    subject: (name: string) => `Your answer: ${name}`,
    yes: 'You would like to come. The organizer will confirm your answer; until then nothing is reserved for you.',
    maybe: 'You may come. Nothing is reserved for you: answer yes in time to get places.',
    ticketsEnded: 'The tickets that you had are no longer valid.',
    answer: 'Answer',
  },
  ro: {
    subject: (name: string) => `Răspunsul dumneavoastră: ${name}`,
    yes: 'Doriți să veniți. Organizatorul va confirma răspunsul; până atunci nu vă este rezervat niciun loc.',
    maybe: 'Poate veniți. Nu vă este rezervat niciun loc: răspundeți cu da din timp ca să primiți locuri.',
    ticketsEnded: 'Biletele pe care le aveați nu mai sunt valabile.',
    answer: 'Răspuns',
  },
} as const;

/** An answer that has no places yet, or no more. */
export const rsvpWaitingMail = (facts: RsvpWaitingFacts, locale: Locale): MailText => {
  const say = words[locale];
  return renderMail(locale, say.subject(facts.session.eventName), [
    greeting(facts.customerName, locale),
    say[facts.answer],
    ...(facts.hadTickets ? [say.ticketsEnded] : []),
    sessionBlock(facts.session, locale),
    { rows: [[say.answer, facts.rsvpId]] },
  ]);
};
