import type { Order, OrderCommand } from './order.ts';

/** What a change does to the mark of an order that something may still be due to (its money, its holds, its machine). */
export type Mark = 'set' | 'clear' | 'keep';

/**
 * An order that must be paid is marked when it is made. The note of its capture takes the mark off, for that is the last of the
 * settlement’s work on a confirmed order; the settlement takes it off itself where there is no such note. What gives
 * the settlement work again sets it again: an order that is undone, money that comes for a cancelled order.
 * @param after the order as the change leaves it.
 */
export const markAfter = (
  { status, payment }: Pick<Order, 'status' | 'payment'>,
  command: OrderCommand | undefined,
  fields: { readonly payment?: unknown },
): Mark => {
  if (command === 'undo') return 'set';
  if (command !== undefined || fields.payment === undefined) return 'keep';
  const isMoneyThere = payment?.status === 'authorized' || payment?.status === 'captured';
  if (status === 'cancelled') return isMoneyThere ? 'set' : 'keep';
  return status === 'confirmed' && payment?.status === 'captured' ? 'clear' : 'keep';
};
