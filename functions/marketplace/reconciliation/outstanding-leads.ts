import type { OutstandingPlace } from '../../platform/outstanding.ts';
import type { Table } from '../../platform/table.ts';
import type { Lead } from '../leads/lead.ts';
import { outstandingIndex } from '../leads/lead-indexes.ts';
import { toLead } from '../leads/lead-store.ts';
import { holdKey, type TruckHold, toTruckHold } from '../truck-holds/hold-item.ts';

/** Leads and holds of a page: half of the hundred keys that one call reads. */
const pageSize = 50;

/** Leads and truck holds that had drifted when the index saw them, as they are now. */
export interface OutstandingLeads {
  readonly leads: readonly Lead[];
  readonly holds: readonly TruckHold[];
  readonly next?: Readonly<Record<string, unknown>>;
}

/**
 * A page of the leads and truck holds of a partition that have drifted, the first first.
 * @param now epoch seconds.
 */
export const readOutstanding = async (
  table: Table,
  partition: string,
  from: OutstandingPlace['from'],
  now: number,
): Promise<OutstandingLeads> => {
  const { items: keys, next } = await table.query({
    pk: partition,
    skBefore: new Date(now * 1_000).toISOString(),
    index: outstandingIndex,
    limit: pageSize,
    ...(from && { from }),
  });
  const items = keys.length === 0 ? [] : await table.batchGet(keys, { consistent: true });
  const isHold = ({ sk }: { readonly sk: string }): boolean => sk === holdKey('').sk;
  return {
    leads: items.filter((item) => !isHold(item)).map(toLead),
    holds: items.filter(isHold).map(toTruckHold),
    ...(next && { next }),
  };
};
