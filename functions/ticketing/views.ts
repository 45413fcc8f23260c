import { type Hold, statusAt } from './hold.ts';
import type { OpenSale } from './ports.ts';

/** The instant at which a claim until this epoch second has lapsed: the second after it. */
export const expiresAt = (until: number): string => new Date((until + 1) * 1_000).toISOString();

/** A hold as the API shows it: named places with their prices. */
export const holdView = (hold: Hold, { sale, plan }: OpenSale, now: number) => {
  const places = hold.places.flatMap(({ block: number, keys }) => {
    const block = plan.blocks[number];
    const type = sale.ticketTypes[block?.ticketType ?? -1];
    if (block === undefined || type === undefined)
      throw new Error(`Hold ${hold.holdId} names no block of its session`);
    return keys.map((key) => ({
      place: plan.names[block.places[Number.parseInt(key, 36)] ?? -1] ?? '',
      ticketTypeId: type.id,
      price: type.price,
    }));
  });
  return {
    id: hold.holdId,
    status: statusAt(hold, now),
    sessionId: hold.sessionId,
    places,
    total: {
      amount: places.reduce((sum, { price }) => sum + price.amount, 0),
      currency: sale.ticketTypes[0]?.price.currency ?? '',
    },
    expiresAt: expiresAt(hold.until),
  };
};
