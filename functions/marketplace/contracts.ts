import { openOwned } from '../platform/owned-item.ts';
import type { Table } from '../platform/table.ts';
import type { BriefItem } from './briefs/brief.ts';
import type { Contact } from './contact.ts';
import type { Lead } from './leads/lead.ts';
import { openLeads } from './leads/lead-store.ts';
import type { Party } from './leads/quote.ts';
import { openThreads } from './messages/thread-store.ts';
import type { TruckItem } from './truck.ts';
import type { PastDecision } from './verification/verification.ts';
import { openVerifications } from './verification/verification-store.ts';

export { briefEventCancelled, briefOutgrown } from './briefs/brief-lifecycle.ts';
export type { Contact } from './contact.ts';
export { depositLate, depositRefundFailed, depositVoided } from './deposits/deposit-lifecycle.ts';
export { isOpen, type Lead, type LeadStatus, wasBooked } from './leads/lead.ts';
export {
  leadAccepted,
  leadBooked,
  leadCancelled,
  leadCompleted,
  leadContacted,
  leadCreated,
  leadDeclined,
  leadExpired,
  leadQuoted,
  leadReminded,
  leadTimeTaken,
} from './leads/lead-lifecycle.ts';
export { currencyOf, depositOf, type Party, totalOf } from './leads/quote.ts';
export { type Reader, type Shown, shownTo } from './leads/reading.ts';
export { truckCreated, truckListed, truckUnlisted, truckUpdated } from './lifecycle.ts';
export { messageSent } from './messages/talk-lifecycle.ts';
export { otherSide } from './messages/thread.ts';
export { verificationWithdrawn } from './verification/verification-lifecycle.ts';

/** A truck as it is now, for those who show it; strongly consistent. */
export const readTruck = (table: Table, truckId: string): Promise<TruckItem | undefined> =>
  openOwned<TruckItem>(table, 'TRUCK').get(truckId);

/** What admins decided on the papers of a truck, the latest first; strongly consistent. */
export const readVerificationDecisions = (table: Table, truckId: string): Promise<readonly PastDecision[]> =>
  openVerifications(table).decisions(truckId);

/** A brief as it is now, for those who tell its organizer of it; strongly consistent. */
export const readBrief = (table: Table, briefId: string): Promise<BriefItem | undefined> =>
  openOwned<BriefItem>(table, 'BRIEF').get(briefId);

/** A lead as it is now, for those who tell its sides of it; strongly consistent. */
export const readLead = (table: Table, leadId: string): Promise<Lead | undefined> =>
  openLeads(table).get(leadId);

/** How many messages of the other side a side of a lead has read; strongly consistent. */
export const readMessagesSeen = async (table: Table, leadId: string, side: Party): Promise<number> =>
  (await openThreads(table).read(leadId)).read[side]?.seen ?? 0;

/** Who the sides of a lead are to each other. */
export interface LeadSides {
  readonly truckName: string;
  readonly contacts: Readonly<Partial<Record<Party, Contact>>>;
}

/**
 * The sides of a lead as they are now; strongly consistent.
 * @throws Error when its brief or truck is gone: neither can be deleted.
 */
export const readLeadSides = async (
  table: Table,
  { briefId, truckId }: Pick<Lead, 'briefId' | 'truckId'>,
): Promise<LeadSides> => {
  const [brief, truck] = await Promise.all([
    openOwned<BriefItem>(table, 'BRIEF').get(briefId),
    openOwned<TruckItem>(table, 'TRUCK').get(truckId),
  ]);
  if (brief === undefined || truck === undefined) throw new Error(`No ${briefId}, or no ${truckId}`);
  return {
    truckName: truck.name,
    contacts: {
      ...(brief.contact !== undefined && { organizer: brief.contact }),
      ...(truck.contact !== undefined && { truck: truck.contact }),
    },
  };
};
