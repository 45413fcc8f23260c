import type { Lead } from '../leads/lead.ts';

/** What is due to the money of a deposit. */
export type DepositDue =
  | 'capture'
  | 'void'
  /** All of it is to be given back, which is noted first: it was taken for a lead that has ended. */
  | 'promise_refund'
  | 'refund'
  | 'nothing';

/** What is due to a deposit, from what it and its lead are: whatever woke who asks. */
export const depositDue = ({
  status,
  deposit,
  refund,
}: Pick<Lead, 'status' | 'deposit' | 'refund'>): DepositDue => {
  if (deposit === undefined || status === 'accepted') return 'nothing';
  switch (deposit.status) {
    case 'created':
    case 'declined':
      return status === 'expired' ? 'void' : 'nothing';
    case 'authorized':
      // Called off before it was captured: captured all the same, since its policy may keep some of it.
      return status === 'expired' ? 'void' : 'capture';
    case 'captured':
      if (refund === undefined) return status === 'expired' ? 'promise_refund' : 'nothing';
      return refund.status === 'requested' ? 'refund' : 'nothing';
    case 'voided':
      return 'nothing';
  }
};
