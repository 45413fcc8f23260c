import type { SaleTicketType } from './block-plan.ts';

/** Whether a ticket type can be held now (epoch seconds): from `salesFrom` on, and until before `salesUntil`. */
export const isInSalesWindow = (
  { salesFrom, salesUntil }: Pick<SaleTicketType, 'salesFrom' | 'salesUntil'>,
  now: number,
): boolean =>
  (salesFrom === undefined || Date.parse(salesFrom) <= now * 1_000) &&
  (salesUntil === undefined || now * 1_000 < Date.parse(salesUntil));

/** A ticket type of which more is asked for than one order may have. */
export interface OrderLimitExceeded {
  readonly ticketTypeId: string;
  readonly name: string;
  readonly count: number;
  readonly maxPerOrder: number;
}

/**
 * Ticket types whose limit per order these places exceed. `ofPlaces` names the ticket type of each place, of
 * one hold or of all holds that an order is made of; one that is not in `types` has no limit here.
 */
export const orderLimitsExceeded = (
  types: readonly Pick<SaleTicketType, 'id' | 'name' | 'maxPerOrder'>[],
  ofPlaces: readonly string[],
): readonly OrderLimitExceeded[] => {
  const counts = Map.groupBy(ofPlaces, (id) => id);
  return types.flatMap(({ id, name, maxPerOrder }) => {
    const count = counts.get(id)?.length ?? 0;
    return maxPerOrder !== undefined && count > maxPerOrder
      ? [{ ticketTypeId: id, name, count, maxPerOrder }]
      : [];
  });
};
