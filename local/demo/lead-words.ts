import { DateTime } from 'luxon';
import * as z from 'zod';
import { money } from '../../functions/platform/money.ts';

type Money = z.output<typeof money>;

const contact = z.object({ name: z.string(), email: z.string().optional(), phone: z.string().optional() });
/** The sides of a lead. */
export type Party = 'organizer' | 'truck';

/** What the demo reads of a lead: whatever else it has is not looked at. */
export const shownLead = z.object({
  id: z.string(),
  truckId: z.string(),
  status: z.string(),
  hold: z.object({ kind: z.string(), expiresAt: z.string().optional(), isLive: z.boolean() }).optional(),
  quote: z
    .object({ version: z.int(), by: z.string(), total: money, depositDue: money, expiresAt: z.string() })
    .optional(),
  depositBy: z.string().optional(),
  deposit: z.object({ status: z.string(), amount: money }).optional(),
  /** One’s own, and from the booking on the other side’s. */
  contacts: z.object({ organizer: contact.optional(), truck: contact.optional() }).optional(),
});
export type ShownLead = z.output<typeof shownLead>;

export const leadHistory = z.object({
  history: z.array(
    z.object({
      from: z.string().optional(),
      to: z.string(),
      party: z.string().optional(),
      reason: z.string().optional(),
      at: z.string(),
    }),
  ),
});
type HistoryRow = z.output<typeof leadHistory>['history'][number];

const zone = 'Europe/Bucharest';

/** `2026-12-26T10:00:00Z` → `Sat 26 Dec 12:00`, on the clocks of Romania. */
export const when = (instant: string): string =>
  DateTime.fromISO(instant, { zone, locale: 'en' }).toFormat('ccc d LLL HH:mm');

/** Minor units → `9,000.00 RON`. */
export const sum = ({ amount, currency }: Money): string =>
  `${(amount / 100).toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 })} ${currency}`;

/** How the other side is reached, as far as this one knows. */
const reached = (contacts: ShownLead['contacts'], by: Party): string => {
  const other = by === 'organizer' ? 'truck' : 'organizer';
  const known = contacts?.[other];
  return known === undefined
    ? `no contact of the ${other}`
    : `contact of the ${other}: ${[known.name, known.email, known.phone].filter((part) => part !== undefined).join(', ')}`;
};

/** One line of what a side sees of a lead. */
export const leadLine = (
  { status, hold, quote, depositBy, deposit, contacts }: ShownLead,
  by: Party,
): string =>
  [
    status,
    quote &&
      `quote ${quote.version} by the ${quote.by}: ${sum(quote.total)}, ${sum(quote.depositDue)} of it as deposit`,
    hold?.isLive && hold.expiresAt !== undefined && `time kept (${hold.kind}) until ${when(hold.expiresAt)}`,
    depositBy !== undefined && deposit === undefined && `deposit until ${when(depositBy)}`,
    deposit && `deposit of ${sum(deposit.amount)} ${deposit.status}`,
    reached(contacts, by),
  ]
    .filter((part) => typeof part === 'string')
    .join(' · ');

/** One line of the history that nothing can change. */
export const historyLine = ({ from, to, party, reason, at }: HistoryRow): string =>
  `${when(at)}  ${from === undefined ? to : `${from} → ${to}`}${party === undefined ? '' : ` by the ${party}`}${reason === undefined ? '' : `: ${reason}`}`;
