import type { Locale, SessionNoticeFacts } from './facts.ts';
import { greeting, sessionBlock } from './format.ts';
import { type MailText, renderMail } from './render.ts';

const words = {
  en: {
    subject: (name: string) => `Postponed: ${name}`,
    postponed: 'This date has been put off and will not take place as planned:',
    valid: 'Your tickets stay valid. As soon as there is a new date, we will write to you.',
  },
  ro: {
    subject: (name: string) => `Amânat: ${name}`,
    postponed: 'Această dată a fost amânată și evenimentul nu va avea loc așa cum era planificat:',
    valid: 'Biletele dumneavoastră rămân valabile. Vă vom scrie de îndată ce există o dată nouă.',
  },
} as const;

/** A session is put off without a new date. */
export const sessionPostponedMail = (facts: SessionNoticeFacts, locale: Locale): MailText => {
  const say = words[locale];
  return renderMail(locale, say.subject(facts.session.eventName), [
    greeting(facts.recipientName, locale),
    say.postponed,
    sessionBlock(facts.session, locale),
    say.valid,
  ]);
};
