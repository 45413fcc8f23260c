import { contentId } from '../../platform/ids.ts';
import type { DepositRefund, Lead } from '../leads/lead.ts';

/** The one refund that follows from the end of a lead, whoever asks for it. */
export const firstRefund = ({ leadId }: Pick<Lead, 'leadId'>, amount: number): DepositRefund => ({
  refundId: contentId('rfd', leadId),
  amount,
  status: 'requested',
});

/** The refund that takes the place of one that failed: under an id of its own, since providers answer repeats alike. */
export const refundAfter = ({ refundId, amount }: DepositRefund): DepositRefund => ({
  refundId: contentId('rfd', `after ${refundId}`),
  amount,
  status: 'requested',
});
