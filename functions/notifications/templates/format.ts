import { localeTags } from '../../platform/locale.ts';
import type { Locale, Money, SessionFacts, TicketFacts } from './facts.ts';
import type { Block } from './render.ts';

/** Money as the locale writes it; a currency has the fraction digits that ICU gives it (0, 2 or 3). */
export const formatMoney = ({ amount, currency }: Money, locale: Locale): string => {
  const format = new Intl.NumberFormat(localeTags[locale], { style: 'currency', currency });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  return format.format(amount / 10 ** digits);
};

/** Day, time and zone, as people at the venue read them off the wall. */
export const formatStart = (
  { startsAt, timeZone }: Pick<SessionFacts, 'startsAt' | 'timeZone'>,
  locale: Locale,
): string =>
  new Intl.DateTimeFormat(localeTags[locale], {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZone,
    timeZoneName: 'short',
  }).format(new Date(startsAt));

const labels = {
  en: { event: 'Event', when: 'When', where: 'Where', ticket: 'Ticket' },
  ro: { event: 'Eveniment', when: 'Când', where: 'Unde', ticket: 'Bilet' },
} as const;

/** What, when and where, and the tickets for it. */
export const sessionBlock = (
  session: SessionFacts,
  locale: Locale,
  tickets: readonly TicketFacts[] = [],
): Block => {
  const { event, when, where, ticket } = labels[locale];
  const { name, address, city } = session.venue;
  return {
    rows: [
      [event, session.eventName],
      [when, formatStart(session, locale)],
      [where, [name, address, city].join(', ')],
      ...tickets.map(({ place, ticketTypeName }) => [ticket, `${ticketTypeName}, ${place}`] as const),
    ],
  };
};

/** What comes with a mail of tickets, and how to use it. */
export const ticketsAttached: Readonly<Record<Locale, string>> = {
  en: 'The tickets are attached as PDF, and a calendar file with them. Show the code of each ticket at the entrance, printed or on a screen.',
  ro: 'Biletele sunt atașate în format PDF, împreună cu un fișier pentru calendar. Arătați la intrare codul fiecărui bilet, tipărit sau pe ecran.',
};

const greetings = { en: 'Hello', ro: 'Bună ziua' } as const;

export const greeting = (name: string, locale: Locale): string => `${greetings[locale]}, ${name}!`;
