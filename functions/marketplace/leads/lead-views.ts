import { type BriefItem, defaultWarnAtPercent } from '../briefs/brief.ts';
import type { Contact } from '../contact.ts';
import { intervalView } from '../views.ts';
import type { Compared } from './compare-quotes.ts';
import { type Lead, type LeadHold, type LeadStatus, wasBooked } from './lead.ts';
import type { HistoryRow } from './lead-store.ts';
import { currencyOf, depositOf, type Party, type Quote, totalOf } from './quote.ts';
import type { Shown } from './reading.ts';

/** The instant at which what stands until this epoch second has lapsed: the second after it. */
export const expiresAt = (until: number): string => new Date((until + 1) * 1_000).toISOString();

export const briefView = (brief: BriefItem) => ({
  id: brief.briefId,
  organizationId: brief.organizationId,
  name: brief.name,
  venue: brief.venue,
  startsAt: brief.startsAt,
  endsAt: brief.endsAt,
  guests: brief.guests,
  timeZone: brief.timeZone,
  ...(brief.budget !== undefined && { budget: brief.budget }),
  ...(brief.notes !== undefined && { notes: brief.notes }),
  ...(brief.contact !== undefined && { contact: brief.contact }),
  ...(brief.eventId !== undefined && {
    eventId: brief.eventId,
    ...(brief.sessionId !== undefined && { sessionId: brief.sessionId }),
    warnAtPercent: brief.warnAtPercent ?? defaultWarnAtPercent,
  }),
  createdAt: brief.createdAt,
  updatedAt: brief.updatedAt,
});

const holdView = ({ kind, until, blocked }: LeadHold, window: Lead['window'], now: number) => ({
  kind,
  ...intervalView(window),
  blocked: intervalView(blocked),
  ...(kind !== 'booking' && { expiresAt: expiresAt(until) }),
  isLive: until >= now,
});

/** A version of a quote with what follows from it. */
export const quoteView = (
  { version, by, at, quoteId: _, requestHash: _hash, ...terms }: Quote,
  shown: Shown,
) => {
  const currency = currencyOf(terms);
  return {
    version,
    by,
    at,
    ...terms,
    items: terms.items.map((item) => ({ ...item, name: shown(by, item.name) })),
    ...(terms.terms !== undefined && { terms: shown(by, terms.terms) }),
    total: { amount: totalOf(terms), currency },
    depositDue: { amount: depositOf(terms), currency },
  };
};

/** What became of the deposit; what one pays it with is told to who pays alone. */
const depositView = ({ deposit, captured, refund, quote }: Lead) => {
  if (deposit === undefined || quote === undefined) return {};
  const currency = currencyOf(quote);
  return {
    deposit: {
      id: deposit.paymentId,
      provider: deposit.provider,
      status: deposit.status,
      amount: { amount: deposit.amount, currency },
      captured: { amount: captured, currency },
      ...(refund !== undefined && {
        refund: { status: refund.status, amount: { amount: refund.amount, currency } },
      }),
    },
  };
};

/**
 * A lead as the API shows it.
 * @param now epoch seconds.
 * @param shown what its reader sees of texts.
 */
export const leadView = (lead: Lead, now: number, shown: Shown) => ({
  id: lead.leadId,
  status: lead.status,
  since: lead.since,
  briefId: lead.briefId,
  truckId: lead.truckId,
  organizationId: lead.organizationId,
  truckOrganizationId: lead.truckOrganizationId,
  name: shown('organizer', lead.name),
  place: { ...lead.place, city: shown('organizer', lead.place.city) },
  guests: lead.guests,
  timeZone: lead.timeZone,
  window: intervalView(lead.window),
  ...(lead.hold !== undefined && { hold: holdView(lead.hold, lead.window, now) }),
  ...(lead.quote !== undefined && { quote: quoteView(lead.quote, shown) }),
  ...(lead.depositBy !== undefined && { depositBy: expiresAt(lead.depositBy) }),
  ...depositView(lead),
  ...(lead.cancellationPolicy !== undefined && { cancellationPolicy: lead.cancellationPolicy }),
  ...(lead.endedBy !== undefined && {
    endedBy: lead.endedBy,
    ...(lead.reason !== undefined && { reason: shown(lead.endedBy, lead.reason) }),
  }),
  ...(lead.takenAt !== undefined && { takenAt: lead.takenAt }),
  createdAt: lead.createdAt,
  updatedAt: lead.updatedAt,
});

export const historyView = ({ command, from, to, actor, party, reason, at }: HistoryRow, shown: Shown) => ({
  command,
  ...(from !== undefined && { from }),
  to,
  actor,
  ...(party !== undefined && {
    party,
    ...(reason !== undefined && { reason: shown(party, reason) }),
  }),
  at,
});

/** How each side is reached: one’s own always, the other’s from the booking on. */
export const contactsView = (
  status: LeadStatus,
  contacts: Readonly<Record<Party, Contact | undefined>>,
  sides: readonly Party[],
): Partial<Record<Party, Contact>> => {
  const isShown = (side: Party): boolean => wasBooked(status) || sides.includes(side);
  return {
    ...(contacts.organizer !== undefined && isShown('organizer') && { organizer: contacts.organizer }),
    ...(contacts.truck !== undefined && isShown('truck') && { truck: contacts.truck }),
  };
};

/** A line of the comparison of quotes. */
export const comparedView = ({ lead, truckName, travelSeconds }: Compared, now: number, shown: Shown) => ({
  leadId: lead.leadId,
  truckId: lead.truckId,
  truckName,
  status: lead.status,
  travelMinutes: Math.ceil(travelSeconds / 60),
  ...(lead.quote !== undefined && { quote: quoteView(lead.quote, shown) }),
  isOpen:
    lead.status === 'quoted' && lead.quote !== undefined && Date.parse(lead.quote.expiresAt) > now * 1_000,
});
