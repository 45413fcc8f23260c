import { emptyBlock } from './availability-picture.ts';
import { type Block, placeKey, placeState } from './block.ts';
import type { InventoryPlan } from './block-plan.ts';

export interface Wanted {
  /** Index of the ticket type. */
  readonly ticketType: number;
  readonly quantity: number;
  /** Only places side by side will do. */
  readonly adjacent: boolean;
  /** No place is better than another: buyers spread over all of them. */
  readonly isGeneralAdmission: boolean;
  /** The hold that asks: what it claimed before (a retry) counts as free. */
  readonly holdId: string;
  /** Epoch seconds. */
  readonly now: number;
  /** Uniform in [0, 1); seeded by the hold, so that a retry chooses alike. */
  readonly random: () => number;
}

/** Neighbours in one row, as place numbers in order. */
type Run = readonly number[];

/**
 * How many of the best candidates a buyer chooses among at random. Enough that buyers who look at the
 * same picture seldom want the same places, few enough that the places are still among the best.
 */
const spread = 24;

/**
 * Chooses places from blocks, by number. A retry gets what its first try claimed. Else: side by side when there are
 * such, best rows first by plan order; else the fewest pieces, from the best rows. Wheelchair places are
 * given only when nothing else is left. Undefined when they show too few (or none side by side,
 * where that is demanded).
 */
export const chooseBest = (
  plan: InventoryPlan,
  blocks: readonly Block[],
  wanted: Wanted,
): readonly number[] | undefined => {
  const { accessible } = plan;
  // Nobody wants a certain standing place: each buyer begins to look somewhere else.
  const numbers = plan.blocksOfType[wanted.ticketType] ?? [];
  const first = wanted.isGeneralAdmission ? Math.floor(wanted.random() * numbers.length) : 0;
  const order = [...numbers.slice(first), ...numbers.slice(0, first)];
  const choose = (willDo: (seen: SeenPlace) => boolean) =>
    chooseFrom(() => runsOf(plan, blocks, order, wanted, willDo), wanted);
  return (
    (claimedBefore(blocks, order, wanted.holdId) === wanted.quantity
      ? choose(({ isMine }) => isMine)
      : undefined) ??
    choose(({ isFree, place }) => isFree && !accessible.has(place)) ??
    (accessible.size > 0 ? choose(({ isFree }) => isFree) : undefined)
  );
};

/** How many places the hold that asks has claimed already. */
const claimedBefore = (blocks: readonly Block[], order: readonly number[], holdId: string): number => {
  let count = 0;
  for (const number of order) {
    const { sold, held } = blocks[number] ?? emptyBlock;
    for (const key in held) if (held[key]?.h === holdId && !sold.has(key)) count += 1;
  }
  return count;
};

const chooseFrom = (runs: () => Iterable<Run>, wanted: Wanted): readonly number[] | undefined => {
  const { quantity } = wanted;
  const windows = bestWindows(runs(), quantity);
  if (windows.length > 0) return pick(windows, wanted.random);
  if (wanted.adjacent) return undefined;
  return fewestPieces([...runs()], quantity, wanted.random);
};

interface SeenPlace {
  readonly place: number;
  /** Claimed by the hold that asks. */
  readonly isMine: boolean;
  /** Nobody else’s. */
  readonly isFree: boolean;
}

/**
 * Places of these blocks that will do, as runs of neighbours in the order of the blocks. Run by run: who
 * finds enough in the first rows of a stadium does not look at the rest.
 */
function* runsOf(
  plan: InventoryPlan,
  blocks: readonly Block[],
  order: readonly number[],
  wanted: Wanted,
  willDo: (seen: SeenPlace) => boolean,
): Generator<Run> {
  let run: number[] = [];
  let row: number | undefined;
  let previous = -2;
  for (const number of order) {
    const planned = plan.blocks[number];
    if (planned === undefined) continue;
    const block = blocks[number] ?? emptyBlock;
    for (const [index, place] of planned.places.entries()) {
      const key = placeKey(index);
      const isMine = block.held[key]?.h === wanted.holdId && !block.sold.has(key);
      const isFree = isMine || placeState(block, key, wanted.now) === 'available';
      // General admission has no rows: its slots are neighbours only within a block, which is one write.
      const isNeighbour =
        place === previous + 1 && planned.row === row && (planned.row !== undefined || index > 0);
      const isWanted = willDo({ place, isMine, isFree });
      if (!(isWanted && isNeighbour) && run.length > 0) {
        yield run;
        run = [];
      }
      if (isWanted) run.push(place);
      previous = place;
      row = planned.row;
    }
  }
  if (run.length > 0) yield run;
}

/**
 * The best windows of `quantity` neighbours, tiled from the beginning of each run, so that what is left
 * of a row stays in one piece.
 */
const bestWindows = (runs: Iterable<Run>, quantity: number): readonly Run[] => {
  const windows: Run[] = [];
  for (const run of runs) {
    for (let start = 0; start + quantity <= run.length; start += quantity) {
      windows.push(run.slice(start, start + quantity));
      if (windows.length === spread) return windows;
    }
  }
  return windows;
};

/** Longest runs first (fewest pieces), the best rows among equals; the last piece as small as it must be. */
const fewestPieces = (
  runs: readonly Run[],
  quantity: number,
  random: () => number,
): readonly number[] | undefined => {
  const total = runs.reduce((sum, run) => sum + run.length, 0);
  if (total < quantity) return undefined;
  const bySize = runs.toSorted((a, b) => b.length - a.length);
  // Buyers begin at different pieces of the same size, so that they do not all want the same ones.
  const equals = bySize.filter((run) => run.length === bySize[0]?.length).length;
  const offset = Math.floor(random() * Math.min(equals, spread));
  const ordered = [...bySize.slice(offset, equals), ...bySize.slice(0, offset), ...bySize.slice(equals)];
  const chosen: number[] = [];
  for (const run of ordered) {
    chosen.push(...run.slice(0, quantity - chosen.length));
    if (chosen.length === quantity) return chosen.toSorted((a, b) => a - b);
  }
  return undefined;
};

const pick = <T>(candidates: readonly T[], random: () => number): T | undefined =>
  candidates[Math.floor(random() * candidates.length)];

/** A small seeded generator (mulberry32), uniform in [0, 1). */
export const seededRandom = (seed: string): (() => number) => {
  let state = 2_166_136_261;
  for (let index = 0; index < seed.length; index += 1) {
    state = Math.imul(state ^ seed.charCodeAt(index), 16_777_619);
  }
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
};
