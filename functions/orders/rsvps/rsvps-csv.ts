import { csvPart } from '../csv-part.ts';
import { livePlaces, type Rsvp } from './rsvp.ts';

const columns = [
  'rsvp_id',
  'answered_at',
  'status',
  'cancel_reason',
  'answer',
  'guests',
  'places',
  'name',
  'email',
  'locale',
] as const;

const rowOf = (rsvp: Rsvp): Record<(typeof columns)[number], string> => ({
  rsvp_id: rsvp.rsvpId,
  answered_at: rsvp.createdAt,
  status: rsvp.status,
  cancel_reason: rsvp.cancelReason ?? '',
  answer: rsvp.answer,
  guests: String(rsvp.guests),
  places: String(livePlaces(rsvp).length),
  name: rsvp.customer.name,
  email: rsvp.customer.email,
  locale: rsvp.customer.locale,
});

/** A part of the answers to a session as CSV, a row for each. */
export const rsvpsCsv = (rsvps: readonly Rsvp[], { isFirst }: { readonly isFirst: boolean }): string =>
  csvPart(columns, rsvps.map(rowOf), isFirst);
