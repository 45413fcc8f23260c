import { openTable } from '../platform/table.ts';
import { epochSeconds } from '../platform/time.ts';
import { countsOf } from './availability-picture.ts';
import { openInventory } from './inventory-store.ts';
import { openPictures } from './pictures.ts';
import { openSales } from './sales.ts';

export { type EndedOrderHolds, openEndedOrderHolds } from './ended-order-holds.ts';
export { sessionInventoryBuilt } from './lifecycle.ts';
export {
  blockCount,
  type ClaimedPlace,
  type ConfirmWrite,
  confirmWrites,
  type HeldPlaces,
  lostPlaces,
  type OrderClaims,
  openOrderClaims,
  type SoldPlace,
  takeBackWrites,
} from './order-claims.ts';
export { openPlaceSales, type PlaceSales, type SaleRefusal } from './place-sales.ts';
export { orderLimitsExceeded } from './sale-terms.ts';
export { sweepDelaySeconds } from './sales.ts';

/** What is left of a session, and how far its inventory is built. */
export interface SessionAvailability {
  readonly blocksBuilt: number;
  readonly blocksTotal: number;
  /** Counts by ticket type id; none before the inventory stands. */
  readonly ticketTypes: Readonly<
    Record<string, { readonly available: number; readonly held: number; readonly sold: number }>
  >;
}

const pictureMaxAgeMs = 1_000;

/** Counts of sessions for the catalog’s pages, at most two seconds old. Sessions without a sale are left out. */
export const openAvailability = (ticketingTable: string, plansBucket: string) => {
  const store = openInventory(openTable(ticketingTable));
  const sales = openSales(store, plansBucket);
  const pictures = openPictures(store);

  const ofSession = async (sessionId: string): Promise<SessionAvailability | undefined> => {
    const sale = await sales.saleOf(sessionId);
    if (sale === undefined) return undefined;
    const { blocksBuilt, blocksTotal } = sale;
    if (sale.status === 'building') return { blocksBuilt, blocksTotal, ticketTypes: {} };
    const open = { sale, plan: await sales.planOf(sale) };
    const counts = countsOf(await pictures.of(open, pictureMaxAgeMs), epochSeconds(new Date()));
    return {
      blocksBuilt,
      blocksTotal,
      ticketTypes: Object.fromEntries(
        sale.ticketTypes.map(({ id }, index) => [id, counts[index] ?? { available: 0, held: 0, sold: 0 }]),
      ),
    };
  };

  return async (sessionIds: readonly string[]): Promise<ReadonlyMap<string, SessionAvailability>> => {
    const found = await Promise.all(sessionIds.map(async (id) => [id, await ofSession(id)] as const));
    return new Map(
      found.flatMap(([id, availability]) => (availability === undefined ? [] : [[id, availability]])),
    );
  };
};
