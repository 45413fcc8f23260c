import { openTable } from '../platform/table.ts';
import { type ExtendPorts, extendHoldForPayment } from './extend-hold.ts';
import type { HoldStatus } from './hold.ts';
import { openInventory } from './inventory-store.ts';
import type { Stamp } from './ports.ts';
import { openSales, type Sales } from './sales.ts';
import { expiresAt } from './views.ts';

/** What became of the holds of an order that could not be paid. */
export type PaymentExtension =
  /** All stand; the first of them until this instant (ISO 8601). */
  | { readonly kind: 'extended'; readonly expiresAt: string }
  | { readonly kind: 'expired'; readonly holdId: string }
  | { readonly kind: 'not_active'; readonly holdId: string; readonly status: HoldStatus };

/** The extension of holds whose order cannot be paid, on tables of their own. */
export const openPaymentExtension = (
  ticketingTable: string,
  plansBucket: string,
  clock: ExtendPorts['clock'],
) => {
  const store = openInventory(openTable(ticketingTable));
  return paymentExtension({ store, clock }, openSales(store, plansBucket));
};

/** Functions of orders keep no pictures of sessions. */
const pictures = { mend: () => undefined };

/** The same on stores that are open; simulations bring their own. */
export const paymentExtension =
  (ports: Pick<ExtendPorts, 'store' | 'clock'>, sales: Pick<Sales, 'open'>) =>
  /**
   * Extends the holds of an order whose payment provider does not answer, each once in its life, as long as the
   * order may be paid. Repeating it changes nothing.
   * @param payBy epoch seconds.
   */
  async (holdIds: readonly string[], payBy: number, stamp: Stamp): Promise<PaymentExtension> => {
    const untils: number[] = [];
    const outcomes = await Promise.all(
      holdIds.map(async (holdId): Promise<PaymentExtension | undefined> => {
        const hold = await ports.store.getHold(holdId);
        const open = hold && (await sales.open(hold.sessionId));
        // TTL has deleted it a day after its end.
        if (hold === undefined || open === undefined) return { kind: 'expired', holdId };
        const outcome = await extendHoldForPayment({ ...ports, pictures }, open, hold, payBy, stamp);
        switch (outcome.kind) {
          case 'extended':
            untils.push(outcome.hold.until);
            return undefined;
          case 'not_active':
            return { kind: 'not_active', holdId, status: outcome.status };
          // It has no such limit: what reaches beyond the last instant is cut there.
          case 'limit':
          case 'expired':
            return { kind: 'expired', holdId };
        }
      }),
    );
    const lost = outcomes.find((outcome) => outcome !== undefined);
    return lost ?? { kind: 'extended', expiresAt: expiresAt(Math.min(...untils)) };
  };

export type ExtendForPayment = ReturnType<typeof paymentExtension>;
