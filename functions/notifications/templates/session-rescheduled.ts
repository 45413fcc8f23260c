import type { Locale, SessionNoticeFacts } from './facts.ts';
import { formatStart, greeting, sessionBlock } from './format.ts';
import { type MailText, renderMail } from './render.ts';

const words = {
  en: {
    subject: (name: string, start: string) => `New date: ${name}, ${start}`,
    rescheduled: 'This is when it takes place now:',
    valid: 'Your tickets are valid for it as they are.',
  },
  ro: {
    subject: (name: string, start: string) => `Dată nouă: ${name}, ${start}`,
    rescheduled: 'Evenimentul are loc acum la data:',
    valid: 'Biletele dumneavoastră sunt valabile așa cum sunt.',
  },
} as const;

/** A session takes place at another time, or after all. */
export const sessionRescheduledMail = (facts: SessionNoticeFacts, locale: Locale): MailText => {
  const say = words[locale];
  return renderMail(locale, say.subject(facts.session.eventName, formatStart(facts.session, locale)), [
    greeting(facts.recipientName, locale),
    say.rescheduled,
    sessionBlock(facts.session, locale),
    say.valid,
  ]);
};
