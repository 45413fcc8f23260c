import {
  currencyOf,
  depositOf,
  type Lead,
  otherSide,
  type Party,
  type Reader,
  readLead,
  readLeadSides,
  type Shown,
  shownTo,
  totalOf,
} from '../marketplace/contracts.ts';
import type { Table } from '../platform/table.ts';
import {
  type DepositNews,
  depositNoticesOf,
  type LeadNews,
  type LeadNotice,
  noticesOf,
} from './lead-notice.ts';
import type { MailPorts } from './ports.ts';
import { sendOnce } from './send-once.ts';
import type { Money } from './templates/facts.ts';
import { type LeadFacts, leadMail } from './templates/lead-mail.ts';

export interface LeadMailPorts extends MailPorts, Pick<Reader, 'masksContacts'> {
  readonly marketplaceTable: Table;
}

const iso = (seconds: number): string => new Date(seconds * 1_000).toISOString();

/** What a side may read in its mail. */
const factsOf = (lead: Lead, truckName: string, to: Party, shown: Shown): LeadFacts => {
  const { quote, refund, depositBy, status, endedBy, reason } = lead;
  const given = status === 'cancelled' && refund?.status !== 'failed' ? refund : undefined;
  const money = (amount: number): Money | undefined => quote && { amount, currency: currencyOf(quote) };
  return {
    leadId: lead.leadId,
    name: shown('organizer', lead.name),
    truckName,
    from: iso(lead.window.from),
    until: iso(lead.window.to),
    timeZone: lead.timeZone,
    city: shown('organizer', lead.place.city),
    guests: lead.guests,
    offer: quote && {
      total: { amount: totalOf(quote), currency: currencyOf(quote) },
      deposit: { amount: depositOf(quote), currency: currencyOf(quote) },
      expiresAt: quote.expiresAt,
    },
    depositBy: depositBy === undefined ? undefined : iso(depositBy),
    refund: given && to === 'organizer' ? money(given.amount) : undefined,
    owed: refund?.status === 'failed' ? money(refund.amount) : undefined,
    reason: reason === undefined || endedBy === undefined ? undefined : shown(endedBy, reason),
  };
};

/**
 * Sends mails about a lead to its sides, each to the address of its brief or truck; without one nothing is sent. How
 * to reach the other side stands in mails while the truck is booked, and in none before.
 *
 * @param eventId of what they tell: whatever is delivered again sends nothing again.
 */
export const sendToSides = async (
  ports: LeadMailPorts,
  eventId: string,
  lead: Lead,
  notices: readonly LeadNotice[],
): Promise<void> => {
  if (notices.length === 0) return;
  const { truckName, contacts } = await readLeadSides(ports.marketplaceTable, lead);
  for (const { to, mail, guarantee } of notices) {
    const { name, email, locale = 'en' } = contacts[to] ?? {};
    if (name === undefined || email === undefined) continue;
    const contact = lead.status === 'booked' ? contacts[otherSide(to)] : undefined;
    const shown = await shownTo({ sides: [to], masksContacts: ports.masksContacts }, lead);
    await sendOnce(ports, {
      // Both sides may have one address.
      mailId: `${eventId}/${to}`,
      template: mail,
      guarantee,
      to: { name, address: email, locale },
      render: (given) =>
        leadMail(mail, { recipientName: name, lead: factsOf(lead, truckName, to, shown), contact }, given),
    });
  }
};

/** LEAD-…: its sides are told of it. */
export const tellLead = async (
  ports: LeadMailPorts,
  event: { readonly id: string; readonly data: { readonly leadId: string; readonly stage: number } },
  happened: LeadNews['happened'],
): Promise<void> => {
  const { leadId, stage } = event.data;
  const lead = await leadOf(ports, leadId);
  await sendToSides(ports, event.id, lead, noticesOf({ happened, stage }, lead));
};

/** DEPOSIT-…: those whom its money concerns are told of it. */
export const tellDeposit = async (
  ports: LeadMailPorts,
  event: { readonly id: string; readonly data: { readonly leadId: string } },
  news: DepositNews,
): Promise<void> => {
  const lead = await leadOf(ports, event.data.leadId);
  await sendToSides(ports, event.id, lead, depositNoticesOf(news, lead));
};

const leadOf = async ({ marketplaceTable }: LeadMailPorts, leadId: string): Promise<Lead> => {
  const lead = await readLead(marketplaceTable, leadId);
  if (lead === undefined) throw new Error(`No lead ${leadId}`);
  return lead;
};
