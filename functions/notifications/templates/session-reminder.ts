import type { Locale, SessionNoticeFacts } from './facts.ts';
import { formatStart, greeting, sessionBlock } from './format.ts';
import { type MailText, renderMail } from './render.ts';

const words = {
  en: {
    subject: (name: string, start: string) => `Reminder: ${name}, ${start}`,
    soon: 'It is nearly time:',
    bring:
      'Have the code of each ticket ready at the entrance; it is in the mail that your tickets came with.',
  },
  ro: {
    subject: (name: string, start: string) => `Vă reamintim: ${name}, ${start}`,
    soon: 'Mai este puțin până la eveniment:',
    bring: 'Pregătiți la intrare codul fiecărui bilet; îl găsiți în mesajul cu care ați primit biletele.',
  },
} as const;

/** A session is a day away. */
export const sessionReminderMail = (facts: SessionNoticeFacts, locale: Locale): MailText => {
  const say = words[locale];
  return renderMail(locale, say.subject(facts.session.eventName, formatStart(facts.session, locale)), [
    greeting(facts.recipientName, locale),
    say.soon,
    sessionBlock(facts.session, locale),
    say.bring,
  ]);
};
