import type { SessionFacts } from '../catalog/contracts.ts';
import type { SessionFacts as MailSession } from './templates/facts.ts';

/** What mails say of a session. */
export const wordsOf = ({ event, status, startsAt, timeZone, venue }: SessionFacts): MailSession => ({
  eventName: event.name,
  status,
  startsAt,
  timeZone,
  venue: { name: venue.name, address: venue.address, city: venue.city },
});
