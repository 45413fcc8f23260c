import type { BriefFacts, Locale } from './facts.ts';
import { formatStart, greeting } from './format.ts';
import { type MailText, renderMail } from './render.ts';

export interface BriefEventCancelledFacts {
  readonly recipientName: string;
  readonly brief: BriefFacts;
  /** Those that stand; at least one. */
  readonly bookings: readonly { readonly leadId: string; readonly truckName: string }[];
}

const words = {
  en: {
    subject: (name: string) => `Still booked for a cancelled event: ${name}`,
    says: 'Your event does not take place, but these food trucks are still booked for it. Nothing is called off by itself: call off each booking that you no longer need. What is given back of its deposit follows from the policy of the truck, and the earlier, the more.',
    event: 'Event',
    from: 'From',
    where: 'Where',
    brief: 'Brief',
  },
  ro: {
    subject: (name: string) => `Încă rezervate pentru un eveniment anulat: ${name}`,
    says: 'Evenimentul dumneavoastră nu mai are loc, dar aceste rulote sunt încă rezervate pentru el. Nimic nu se anulează de la sine: anulați fiecare rezervare de care nu mai aveți nevoie. Cât se returnează din avans rezultă din condițiile rulotei: cu cât mai devreme, cu atât mai mult.',
    event: 'Eveniment',
    from: 'De la',
    where: 'Unde',
    brief: 'Cerere',
  },
} as const;

/** What food is booked for does not take place. */
export const briefEventCancelledMail = (
  { recipientName, brief, bookings }: BriefEventCancelledFacts,
  locale: Locale,
): MailText => {
  const say = words[locale];
  return renderMail(locale, say.subject(brief.name), [
    greeting(recipientName, locale),
    say.says,
    { rows: bookings.map(({ truckName, leadId }) => [truckName, leadId] as const) },
    {
      rows: [
        [say.event, brief.name],
        [say.from, formatStart({ startsAt: brief.from, timeZone: brief.timeZone }, locale)],
        [say.where, brief.city],
        [say.brief, brief.briefId],
      ],
    },
  ]);
};
