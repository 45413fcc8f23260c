import { keyOf } from '../../platform/owned-item.ts';
import type { Item, Table } from '../../platform/table.ts';
import type { TruckItem } from '../truck.ts';

export const feedKey = (truckId: string) => ({ pk: `TRUCK#${truckId}`, sk: 'CALENDAR_FEED' });

export interface FeedItem extends Item {
  /** SHA-256 of the secret in the feed’s address. */
  readonly tokenHash: string;
}

/** A truck and what is kept of its feed’s secret, as they are now: one call. */
export const readFeed = async (
  table: Table,
  truckId: string,
): Promise<{ readonly truck: TruckItem; readonly tokenHash: string } | undefined> => {
  const items = await table.batchGet<Item>([keyOf('TRUCK', truckId), feedKey(truckId)], { consistent: true });
  const truck = items.find(({ sk }) => sk === 'TRUCK') as TruckItem | undefined;
  const feed = items.find(({ sk }) => sk === 'CALENDAR_FEED') as FeedItem | undefined;
  return truck === undefined || feed === undefined ? undefined : { truck, tokenHash: feed.tokenHash };
};
