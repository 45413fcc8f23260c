import type { RefundState } from '../payments/contracts.ts';
import type { Table } from '../platform/table.ts';
import { listPages } from './session-index.ts';

/** What became of the money of a cancelled session’s orders. */
export interface CancellationRefunds {
  readonly counts: Readonly<Record<RefundState, number>>;
  readonly failed: readonly { readonly orderId: string; readonly refundId: string }[];
}

/** Refunds that follow from the cancellation of a session: how many are in each status, and the failed ones. */
export const refundsOfCancellation = async (
  table: Table,
  sessionId: string,
): Promise<CancellationRefunds> => {
  const counts = { requested: 0, pending: 0, succeeded: 0, failed: 0 };
  const failed: { readonly orderId: string; readonly refundId: string }[] = [];
  for await (const keys of listPages(table, `REFUNDS#${sessionId}`)) {
    for (const { gsi1sk } of keys) {
      const [status, orderId = '', refundId = ''] = gsi1sk.split('#');
      counts[status as RefundState] += 1;
      if (status === 'failed') failed.push({ orderId, refundId });
    }
  }
  return { counts, failed };
};
