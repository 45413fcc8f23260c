import type { Change } from '../../platform/lifecycle-event.ts';
import type { Table } from '../../platform/table.ts';
import { outstandingIndex } from '../leads/lead-indexes.ts';
import { holdKey, type TruckHold, toTruckHold } from './hold-item.ts';

export type TruckHoldExpiry =
  | { readonly kind: 'expired' }
  /** It was extended, or the timer was early: look again after `until`. */
  | { readonly kind: 'not_due'; readonly until: number }
  | { readonly kind: 'over_already' };

/**
 * Announces that a truck hold’s time is over, on the condition that it is. The truck’s time was free from that
 * instant: calendars count no hold that has lapsed.
 *
 * @param now epoch seconds.
 */
export const expireTruckHold = async (
  table: Table,
  leadId: string,
  change: Change,
  now: number,
): Promise<TruckHoldExpiry> => {
  const ended = await table.update<TruckHold>(holdKey(leadId), {
    update: 'SET #status = :expired, #revision = #revision + :one, #change = :change REMOVE #due, #dueAt',
    condition: '#status = :active AND #until < :now',
    names: {
      '#status': 'status',
      '#revision': 'revision',
      '#change': 'change',
      '#until': 'until',
      '#due': outstandingIndex.pk,
      '#dueAt': outstandingIndex.sk,
    },
    values: { ':expired': 'expired', ':one': 1, ':change': change, ':active': 'active', ':now': now },
  });
  if (ended.written) return { kind: 'expired' };
  const hold = ended.old && toTruckHold(ended.old);
  return hold?.status === 'active' ? { kind: 'not_due', until: hold.until } : { kind: 'over_already' };
};
