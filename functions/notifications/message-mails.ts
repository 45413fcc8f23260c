import { otherSide, type Party, readLead, readMessagesSeen } from '../marketplace/contracts.ts';
import { type LeadMailPorts, sendToSides } from './lead-mails.ts';

/** A message of a lead, as its lifecycle event tells. */
export interface MessageNews {
  readonly id: string;
  readonly occurredAt: string;
  readonly data: {
    readonly leadId: string;
    readonly by: Party;
    /** Which message of its side it is. */
    readonly ofSide: number;
    readonly leadCreatedAt: string;
  };
}

/**
 * MESSAGE-SENT: the other side is told that there is something to read, not what. One mail stands for all that waits: a
 * message behind one that is unread, or read by now, tells nothing new. What came with the lead is told with the lead.
 */
export const tellMessage = async (
  ports: LeadMailPorts,
  { id, occurredAt, data }: MessageNews,
): Promise<void> => {
  const { leadId, by, ofSide, leadCreatedAt } = data;
  if (occurredAt === leadCreatedAt) return;
  const to = otherSide(by);
  if (ofSide !== (await readMessagesSeen(ports.marketplaceTable, leadId, to)) + 1) return;
  const lead = await readLead(ports.marketplaceTable, leadId);
  if (lead === undefined) throw new Error(`No lead ${leadId}`);
  await sendToSides(ports, id, lead, [{ to, mail: `${to}/message`, guarantee: 'at_least_once' }]);
};
