import type { BriefFacts, Locale } from './facts.ts';
import { formatStart, greeting } from './format.ts';
import { type MailText, renderMail } from './render.ts';

export interface BriefOutgrownFacts {
  readonly recipientName: string;
  readonly brief: BriefFacts;
  /** That food is booked for. */
  readonly guests: number;
  readonly sold: number;
}

const words = {
  en: {
    subject: (name: string) => `More guests than food: ${name}`,
    says: 'More tickets are sold than food is booked for. Book another truck, or ask those that are booked to bring more.',
    event: 'Event',
    from: 'From',
    where: 'Where',
    sold: 'Tickets sold',
    guests: 'Guests with food',
    brief: 'Brief',
  },
  ro: {
    subject: (name: string) => `Mai mulți invitați decât mâncare: ${name}`,
    says: 'S-au vândut mai multe bilete decât porțiile rezervate. Rezervați încă o rulotă sau cereți celor rezervate să aducă mai mult.',
    event: 'Eveniment',
    from: 'De la',
    where: 'Unde',
    sold: 'Bilete vândute',
    guests: 'Invitați cu mâncare',
    brief: 'Cerere',
  },
} as const;

/** The sales of an event have outgrown the food that is booked for it. */
export const briefOutgrownMail = (
  { recipientName, brief, guests, sold }: BriefOutgrownFacts,
  locale: Locale,
): MailText => {
  const say = words[locale];
  return renderMail(locale, say.subject(brief.name), [
    greeting(recipientName, locale),
    say.says,
    {
      rows: [
        [say.event, brief.name],
        [say.from, formatStart({ startsAt: brief.from, timeZone: brief.timeZone }, locale)],
        [say.where, brief.city],
        [say.sold, String(sold)],
        [say.guests, String(guests)],
        [say.brief, brief.briefId],
      ],
    },
  ]);
};
