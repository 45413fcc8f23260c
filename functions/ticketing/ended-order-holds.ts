import { openTable } from '../platform/table.ts';
import { epochSeconds } from '../platform/time.ts';
import { createHold } from './create-hold.ts';
import { cancelHold } from './end-hold.ts';
import { openInventory } from './inventory-store.ts';
import { openPictures } from './pictures.ts';
import type { HoldPorts, Stamp } from './ports.ts';
import { saleState } from './sale.ts';
import { openSales, type Sales } from './sales.ts';

/** What ended orders ask of ticketing for their holds and their customers. */
export const openEndedOrderHolds = (
  ticketingTable: string,
  plansBucket: string,
  clock: () => number = () => epochSeconds(new Date()),
) => {
  const store = openInventory(openTable(ticketingTable));
  return endedOrderHolds({ store, pictures: openPictures(store), clock }, openSales(store, plansBucket));
};

/** The same on stores that are open; simulations bring their own. */
export const endedOrderHolds = (ports: HoldPorts, sales: Sales) => ({
  /** Gives up a hold whose order was cancelled, if it is still active. Repeating it changes nothing. */
  async cancelHold(holdId: string, stamp: Stamp): Promise<void> {
    await cancelHold(ports, (hold) => sales.planOfHold(hold), holdId, stamp);
  },

  /**
   * Holds the next best places of a ticket type for a customer who lost theirs.
   * @param holdId id of the new hold; the same id finds the same hold again.
   * @returns whether there is such a hold: not when the session no longer sells, or has too few places.
   */
  async holdNextBest(
    wanted: {
      readonly holdId: string;
      readonly sessionId: string;
      readonly ticketTypeId: string;
      readonly quantity: number;
      readonly customer: string;
    },
    stamp: Stamp,
  ): Promise<boolean> {
    const open = await sales.open(wanted.sessionId);
    if (open === undefined || saleState(open.sale, ports.clock()) !== 'on_sale') return false;
    const ticketType = open.sale.ticketTypes.findIndex(({ id }) => id === wanted.ticketTypeId);
    const outcome = await createHold(
      ports,
      open,
      {
        holdId: wanted.holdId,
        requestHash: wanted.holdId,
        customer: wanted.customer,
        request: { kind: 'best', ticketType, quantity: wanted.quantity, adjacent: false },
      },
      stamp,
    );
    return outcome.kind === 'created' || outcome.kind === 'replayed';
  },
});

export type EndedOrderHolds = ReturnType<typeof openEndedOrderHolds>;
