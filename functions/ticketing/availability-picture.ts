import { type Block, type PlaceState, placeKey, placeState } from './block.ts';
import type { InventoryPlan } from './block-plan.ts';

export const emptyBlock: Block = { sold: new Set(), held: {} };

/** The blocks of a session as last read: what best available chooses from and what is shown. */
export interface Picture {
  readonly plan: InventoryPlan;
  /** By block number, with what was seen or is expected since: the likeliest state, to choose from. */
  readonly blocks: Block[];
  /** By block number, as the read gave them: what was true after `readAtMs`, to say that nothing is left. */
  readonly asRead: readonly Block[];
  /** Milliseconds since the epoch when the read began: nothing in the picture is older than that. */
  readonly readAtMs: number;
}

/** State of each place, by place number; seats that are not sold in the session count as sold. */
export const statesOf = ({ plan, blocks }: Picture, now: number): readonly PlaceState[] =>
  plan.names.map((_, place) => {
    const at = plan.blockOf[place];
    return at === undefined ? 'sold' : placeState(blocks[at.block] ?? emptyBlock, placeKey(at.index), now);
  });

export interface Counts {
  readonly available: number;
  readonly held: number;
  readonly sold: number;
}

/** Counts by ticket type index. */
export const countsOf = (
  { plan, blocks }: { readonly plan: InventoryPlan; readonly blocks: readonly Block[] },
  now: number,
): readonly Counts[] =>
  plan.blocksOfType.map((numbers) => {
    const counts = { available: 0, held: 0, sold: 0 };
    for (const number of numbers) {
      const block = blocks[number] ?? emptyBlock;
      const { length } = plan.blocks[number]?.places ?? [];
      for (let index = 0; index < length; index += 1) counts[placeState(block, placeKey(index), now)] += 1;
    }
    return counts;
  });

const letters = { available: 'a', held: 'h', sold: 's' } as const;

/** One letter a place in place order: a(vailable), h(eld), s(old); `-` for seats not sold in the session. */
export const compactStates = (picture: Picture, now: number): string =>
  statesOf(picture, now)
    .map((state, place) => (picture.plan.blockOf[place] === undefined ? '-' : letters[state]))
    .join('');
