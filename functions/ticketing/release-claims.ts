import { ownKeys, rules } from './block.ts';
import type { InventoryPlan } from './block-plan.ts';
import { claimId, type Hold } from './hold.ts';
import type { HoldPorts } from './ports.ts';

/**
 * Frees the places of a hold that are still its own; places that lapsed and went to somebody else stay
 * theirs. Repeating it changes nothing.
 */
export const releaseClaims = async (
  { store, pictures, clock }: HoldPorts,
  plan: InventoryPlan,
  hold: Pick<Hold, 'holdId' | 'sessionId' | 'places' | 'until'>,
): Promise<void> => {
  const holdId = claimId(hold.holdId);
  await Promise.all(
    hold.places.map(async ({ block: number, keys }) => {
      const planned = plan.blocks[number];
      if (planned === undefined) throw new Error(`No block ${number}`);
      let own = keys;
      // A refusal shows what is still ours; between two refusals something of it must have been lost.
      while (own.length > 0) {
        const input = { keys: own, holdId, now: clock(), until: hold.until };
        const result = await store.applyRule(hold.sessionId, planned, rules.release, input);
        if (result.block !== undefined) pictures.mend(hold.sessionId, number, result.block);
        if (result.applied || result.block === undefined) return;
        own = ownKeys(result.block, own, holdId);
      }
    }),
  );
};
