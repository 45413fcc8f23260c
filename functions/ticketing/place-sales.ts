import { contentId } from '../platform/ids.ts';
import type { Change } from '../platform/lifecycle-event.ts';
import { openTable, type Refusal, type TransactionWrite } from '../platform/table.ts';
import { epochSeconds } from '../platform/time.ts';
import { countsOf, emptyBlock } from './availability-picture.ts';
import { applyRule, placeKey, rules } from './block.ts';
import type { SaleTicketType } from './block-plan.ts';
import { openInventory, toBlock } from './inventory-store.ts';
import { type ClaimedPlace, confirmWrites } from './order-claims.ts';
import { openPictures } from './pictures.ts';
import type { HoldPorts, OpenSale } from './ports.ts';
import { type SaleState, saleState } from './sale.ts';
import { isInSalesWindow } from './sale-terms.ts';
import { openSales, type Sales } from './sales.ts';
import { searchPlaces } from './search-places.ts';

/** Places that somebody is to have without a hold before. */
export interface WantedPlaces {
  readonly sessionId: string;
  readonly ticketTypeId: string;
  readonly quantity: number;
  /** Who is to have them: the same buyer begins to look at the same place. */
  readonly buyerId: string;
}

/** Why places were not sold. */
export type SaleRefusal =
  | { readonly kind: 'sold_out'; readonly left: number }
  | { readonly kind: 'not_on_sale'; readonly state: SaleState }
  | {
      readonly kind: 'type_not_on_sale';
      readonly ticketType: Pick<SaleTicketType, 'id' | 'salesFrom' | 'salesUntil'>;
    }
  /** So many others wanted the same places that none was got within bounds. */
  | { readonly kind: 'busy' };

/** What the transaction of a buyer came to: refused by the writes of the inventory, indexed like them, or all else. */
export type Attempt<Result> =
  | { readonly kind: 'refused'; readonly refusals: readonly Refusal[] }
  | { readonly kind: 'done'; readonly result: Result };

type PlaceSalePorts = Pick<HoldPorts, 'pictures' | 'clock'> & {
  readonly sales: Sales;
  /** Name of the ticketing table. */
  readonly table: string;
};

const toPlaces = (
  { sale, plan }: OpenSale,
  holdId: string,
  places: readonly number[],
): readonly ClaimedPlace[] =>
  places.map((place) => {
    const at = plan.blockOf[place];
    const block = plan.blocks[at?.block ?? -1];
    if (at === undefined || block === undefined) throw new Error(`Place ${place} is in no block`);
    return {
      holdId,
      sessionId: sale.sessionId,
      place: plan.names[place] ?? '',
      shard: block.shard,
      block: block.number,
      key: placeKey(at.index),
    };
  });

/** Sells any places of a ticket type that are free now, as part of the buyer’s own transaction. */
export const placeSales = ({ sales, pictures, clock, table }: PlaceSalePorts) => ({
  /**
   * @param run writes what the buyer becomes with these places, and these writes beside it: all or none. It is
   * called again with others when some have gone meanwhile.
   */
  async sell<Result>(
    { sessionId, ticketTypeId, quantity, buyerId }: WantedPlaces,
    change: Change,
    run: (places: readonly ClaimedPlace[], writes: readonly TransactionWrite[]) => Promise<Attempt<Result>>,
  ): Promise<{ readonly kind: 'done'; readonly result: Result } | SaleRefusal> {
    const open = await sales.open(sessionId);
    if (open === undefined) return { kind: 'not_on_sale', state: 'building' };
    const state = saleState(open.sale, clock());
    if (state !== 'on_sale') return { kind: 'not_on_sale', state };
    const ticketType = open.sale.ticketTypes.findIndex(({ id }) => id === ticketTypeId);
    const type = open.sale.ticketTypes[ticketType];
    if (type === undefined) throw new Error(`Session ${sessionId} has no ticket type ${ticketTypeId}`);
    if (!isInSalesWindow(type, clock())) return { kind: 'type_not_on_sale', ticketType: type };

    // No hold has this id: the places are free, or lapsed, or not to be had.
    const holdId = contentId('hld', buyerId);
    const search = await searchPlaces(
      { pictures, clock },
      open,
      { ticketType, quantity, adjacent: false },
      holdId,
      async (chosen, picture) => {
        const places = toPlaces(open, holdId, chosen);
        const claims = confirmWrites(table, buyerId, [], places, clock(), change);
        // Marked before they are written: others of this process choose others.
        for (const { about } of claims) {
          const [first] = about.kind === 'block' ? about.places : [];
          if (first === undefined || about.kind !== 'block') continue;
          const sold = applyRule(rules.confirm, picture.blocks[first.block] ?? emptyBlock, about.input);
          if (sold.applied) pictures.mend(sessionId, first.block, sold.block);
        }
        const attempt = await run(
          places,
          claims.map(({ write }) => write),
        );
        if (attempt.kind === 'done') return attempt;
        for (const { index, old } of attempt.refusals) {
          const about = claims[index]?.about;
          const [first] = about?.kind === 'block' ? about.places : [];
          if (first !== undefined && old !== undefined) pictures.mend(sessionId, first.block, toBlock(old));
        }
        return undefined;
      },
    );
    if (search.kind === 'busy') return search;
    if (search.kind === 'done') return search.outcome;
    const { plan, asRead } = search.picture;
    const left = countsOf({ plan, blocks: asRead }, clock())[ticketType]?.available ?? 0;
    return { kind: 'sold_out', left };
  },
});

export type PlaceSales = ReturnType<typeof placeSales>;

/** The same on the ticketing table. */
export const openPlaceSales = (
  ticketingTable: string,
  plansBucket: string,
  clock: () => number = () => epochSeconds(new Date()),
): PlaceSales => {
  const store = openInventory(openTable(ticketingTable));
  return placeSales({
    table: ticketingTable,
    pictures: openPictures(store),
    sales: openSales(store, plansBucket),
    clock,
  });
};
