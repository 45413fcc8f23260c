import { type Locale, localeTags } from '../platform/locale.ts';
import type { TicketView } from './views.ts';

interface TicketWords {
  /** Title of the document, which a reader shows in its window. */
  readonly title: (event: string) => string;
  readonly place: string;
  readonly ticketType: string;
  readonly holder: string;
  readonly status: string;
  readonly ended: Readonly<Record<Exclude<TicketView['status'], 'valid'>, string>>;
  readonly postponed: string;
  readonly cancelled: string;
  readonly atTheDoor: string;
}

/** What stands on a ticket besides its facts. */
export const ticketWords: Readonly<Record<Locale, TicketWords>> = {
  en: {
    title: (event) => `Ticket: ${event}`,
    place: 'Place',
    ticketType: 'Ticket',
    holder: 'Name',
    status: 'Status',
    ended: {
      refunded: 'This ticket was refunded: it admits nobody.',
      cancelled: 'This ticket was cancelled: it admits nobody.',
    },
    postponed: 'This session was postponed.',
    cancelled: 'This session was cancelled.',
    atTheDoor: 'Show this code at the door. Whoever comes first with it is let in.',
  },
  ro: {
    title: (event) => `Bilet: ${event}`,
    place: 'Loc',
    ticketType: 'Bilet',
    holder: 'Nume',
    status: 'Stare',
    ended: {
      refunded: 'Contravaloarea acestui bilet a fost returnată: nu mai este valabil.',
      cancelled: 'Acest bilet a fost anulat: nu mai este valabil.',
    },
    postponed: 'Această dată a fost amânată.',
    cancelled: 'Această dată a fost anulată.',
    atTheDoor: 'Arătați acest cod la intrare. Intră cine vine primul cu el.',
  },
};

/** The date and the time on the wall of the venue, with the name of its zone. */
export const ticketTime = ({ startsAt, timeZone }: TicketView['session'], locale: Locale): string =>
  new Intl.DateTimeFormat(localeTags[locale], {
    dateStyle: 'full',
    timeStyle: 'short',
    timeZone,
  }).format(new Date(startsAt)) + ` (${timeZone})`;

/** What its holder has to know about a ticket that opens no door now; undefined for one that does. */
export const ticketWarning = ({ status, session }: TicketView, locale: Locale): string | undefined => {
  const say = ticketWords[locale];
  if (status !== 'valid') return say.ended[status];
  return session.status === 'postponed' || session.status === 'cancelled' ? say[session.status] : undefined;
};
