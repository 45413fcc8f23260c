import type { Fee, Layout, Tax } from '../catalog/contracts.ts';
import { placesPerBlock } from './block.ts';

/** What a session sells, and on what terms: a category of the plan, or a quantity of general admission. */
export interface SaleTicketType {
  readonly id: string;
  readonly name: string;
  readonly price: { readonly amount: number; readonly currency: string };
  readonly planCategory?: string | undefined;
  readonly quantity?: number | undefined;
  readonly fee?: Fee | undefined;
  readonly tax?: Tax | undefined;
  readonly salesFrom?: string | undefined;
  readonly salesUntil?: string | undefined;
  readonly maxPerOrder?: number | undefined;
}

/** A block as planned: which places it has, in which row, of which ticket type. */
export interface PlannedBlock {
  readonly number: number;
  readonly shard: number;
  /** Index into the session’s ticket types. */
  readonly ticketType: number;
  /** Number of its first place; its places are numbered on from there unless `places` lists them. */
  readonly places: readonly number[];
  /** Row that the seats stand in (adjacency never crosses rows); undefined for general admission. */
  readonly row: number | undefined;
}

/**
 * The inventory of a session, planned from layout and ticket types alone: the same input always gives the
 * same plan, so it is never stored.
 */
export interface InventoryPlan {
  readonly shards: number;
  readonly blocks: readonly PlannedBlock[];
  /** Public name by place number: `seat_guid`, or `<ticketTypeId>-<n>` for general admission. */
  readonly names: readonly string[];
  readonly placeByName: ReadonlyMap<string, number>;
  /** Block number and index in it by place number; undefined for seats that are not sold. */
  readonly blockOf: readonly ({ readonly block: number; readonly index: number } | undefined)[];
  /** Place numbers that are wheelchair places. */
  readonly accessible: ReadonlySet<number>;
  /** Blocks by ticket type index, in plan order. */
  readonly blocksOfType: readonly (readonly number[])[];
}

/**
 * One partition takes 1,000 write units a second (DynamoDB’s limit). At a quarter of a request per place and
 * second, the peak that docs/scale.md reckons with, 2,500 places need 625.
 */
const placesPerShard = 2_500;
const maxShards = 16;

/** Partitions that the blocks of so many places are spread over. */
export const shardCount = (places: number): number =>
  Math.min(maxShards, Math.max(1, Math.ceil(places / placesPerShard)));

/** Cuts a run into blocks of nearly equal size, none over the limit. */
const balanced = (run: readonly number[]): readonly (readonly number[])[] => {
  const parts = Math.ceil(run.length / placesPerBlock);
  const size = Math.ceil(run.length / parts);
  return Array.from({ length: parts }, (_, part) => run.slice(part * size, (part + 1) * size)).filter(
    (part) => part.length > 0,
  );
};

/**
 * Plans blocks: runs of at most 20 neighbouring seats of one row and category, and blocks of 20 slots for
 * general admission. Places are numbered in the order of the layout, slots after the seats.
 */
export const planInventory = (
  layout: Layout | undefined,
  ticketTypes: readonly SaleTicketType[],
): InventoryPlan => {
  const typeByCategory = new Map<number, number>();
  for (const [index, category] of (layout?.categories ?? []).entries()) {
    const type = ticketTypes.findIndex(({ planCategory }) => planCategory === category.name);
    if (type >= 0) typeByCategory.set(index, type);
  }

  const names: string[] = [];
  const accessible = new Set<number>();
  const runs: { places: number[]; ticketType: number; row: number | undefined }[] = [];
  let row = 0;
  for (const zone of layout?.zones ?? []) {
    for (const { seats } of zone.rows) {
      let run: { places: number[]; ticketType: number; row: number } | undefined;
      for (const seat of seats) {
        const place = names.length;
        names.push(seat.guid);
        if (seat.accessible) accessible.add(place);
        const ticketType = typeByCategory.get(seat.category);
        if (ticketType === undefined) {
          run = undefined;
        } else if (run?.ticketType === ticketType) {
          run.places.push(place);
        } else {
          run = { places: [place], ticketType, row };
          runs.push(run);
        }
      }
      row += 1;
    }
  }
  for (const [ticketType, type] of ticketTypes.entries()) {
    const slots = slotsOf(type, layout);
    if (slots === 0) continue;
    const places = Array.from({ length: slots }, (_, slot) => {
      names.push(`${type.id}-${slot + 1}`);
      return names.length - 1;
    });
    runs.push({ places, ticketType, row: undefined });
  }

  const total = runs.reduce((sum, run) => sum + run.places.length, 0);
  const shards = shardCount(total);
  const blocks: PlannedBlock[] = [];
  const blockOf: ({ block: number; index: number } | undefined)[] = names.map(() => undefined);
  const blocksOfType: number[][] = ticketTypes.map(() => []);
  for (const run of runs) {
    for (const places of balanced(run.places)) {
      const number = blocks.length;
      blocks.push({ number, shard: number % shards, ticketType: run.ticketType, places, row: run.row });
      blocksOfType[run.ticketType]?.push(number);
      for (const [index, place] of places.entries()) blockOf[place] = { block: number, index };
    }
  }
  const placeByName = new Map(names.map((name, place) => [name, place]));
  return { shards, blocks, names, placeByName, blockOf, accessible, blocksOfType };
};

/** Slots of general admission that a ticket type sells: its quantity, or the capacity of its areas. */
const slotsOf = (type: SaleTicketType, layout: Layout | undefined): number =>
  type.quantity ??
  (layout?.generalAdmission ?? [])
    .filter((area) => area.category === type.planCategory)
    .reduce((sum, area) => sum + area.capacity, 0);
