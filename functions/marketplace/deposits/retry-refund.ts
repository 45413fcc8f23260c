import type { Table } from '../../platform/table.ts';
import type { Lead } from '../leads/lead.ts';
import { noteOnLead } from '../leads/note-on-lead.ts';
import type { LeadChanging } from './apply-deposit-news.ts';
import { refundAfter } from './deposit-refund.ts';

/**
 * Asks for a refund that failed once more; one that is under way or was made is left as it is. The provider is asked
 * by the consumer of DEPOSIT-REFUND-REQUESTED.
 */
export const retryRefund = (
  table: Table,
  lead: Lead,
  { stamp }: Pick<LeadChanging, 'stamp'>,
): Promise<Lead> =>
  noteOnLead(
    table,
    lead,
    ({ refund }) => (refund?.status === 'failed' ? { refund: refundAfter(refund) } : undefined),
    stamp('deposit.refund_requested'),
  );
