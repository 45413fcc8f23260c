import type { Locale, SessionNoticeFacts } from './facts.ts';
import { greeting, sessionBlock } from './format.ts';
import { type MailText, renderMail } from './render.ts';

const words = {
  en: {
    subject: (name: string) => `Cancelled: ${name}`,
    cancelled: 'We are sorry: this date has been cancelled and will not take place.',
    money:
      'Tickets for it are no longer valid. What was paid for them is given back to whoever bought them, without their asking; a mail says when.',
  },
  ro: {
    subject: (name: string) => `Anulat: ${name}`,
    cancelled: 'Ne pare rău: această dată a fost anulată și evenimentul nu va avea loc atunci.',
    money:
      'Biletele pentru ea nu mai sunt valabile. Suma plătită este returnată celui care le-a cumpărat, fără să o ceară; un mesaj va spune când.',
  },
} as const;

/** A session will not take place. */
export const sessionCancelledMail = (facts: SessionNoticeFacts, locale: Locale): MailText => {
  const say = words[locale];
  return renderMail(locale, say.subject(facts.session.eventName), [
    greeting(facts.recipientName, locale),
    say.cancelled,
    sessionBlock(facts.session, locale),
    say.money,
  ]);
};
