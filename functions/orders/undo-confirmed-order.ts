import type { CancelOutcome } from './cancel-order.ts';
import { endingWrites, withEnded } from './create-refund.ts';
import { orderTransitions } from './order.ts';
import type { OrderPorts, Stamp } from './ports.ts';
import { releasePromoUse } from './promo-store.ts';

/**
 * Undoes a confirmed order for its organizer: the order, its tickets, their places and its use of a promo code
 * change in one transaction. All money that is left goes back, fees too: the consumer of ORDER-CANCELLED sees to
 * it. Whoever wants to keep fees refunds tickets instead.
 * @param restock whether the places go back on sale.
 */
export const undoConfirmedOrder = async (
  { orders, tables }: Pick<OrderPorts, 'orders' | 'tables'>,
  orderId: string,
  restock: boolean,
  stamp: Stamp,
): Promise<CancelOutcome> => {
  let order = await orders.get(orderId);
  if (order === undefined) return { kind: 'missing' };
  // Each turn is lost to a change of somebody else, and an order has few.
  for (;;) {
    if (order.status === 'cancelled') return { kind: 'over_already', order };
    if (orderTransitions[order.status].undo === undefined)
      return { kind: 'not_allowed', status: order.status };
    const ended = order.items.filter(({ status }) => status === 'valid');
    const change = stamp('order.undone');
    const result = await orders.changeWith(
      order,
      'undo',
      { cancelReason: 'organizer', items: withEnded(order, ended, 'cancelled') },
      change,
      [
        ...endingWrites(tables, ended, 'cancelled', restock, change),
        ...(order.promoUse === undefined ? [] : [releasePromoUse(order.promoUse)]),
      ],
    );
    if (result.kind === 'changed') return { kind: 'cancelled', order: result.order };
    if (result.kind === 'refused')
      throw new Error(`Order ${orderId} has tickets that have ended, or places that are not sold`);
    order = result.order;
  }
};
