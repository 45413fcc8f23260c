import { expirySeconds } from '../platform/drift-ages.ts';
import { type Block, hasLapsed } from './block.ts';
import { claimId, type Hold } from './hold.ts';

/** A hold as the reconciliation reads it. */
export interface FoundHold {
  readonly hold: Hold;
  /** When it was last changed, in epoch seconds. */
  readonly changedAt: number;
}

/** Claims of one hold in one block that hold places back for nobody. */
export interface StrayClaims {
  readonly kind: 'claim_without_hold' | 'claim_of_ended_hold';
  readonly holdId: string;
  readonly keys: readonly string[];
  /** Last second of the longest of them. */
  readonly until: number;
}

/** Claims are made before their hold, and given back after its end, with three deliveries as well. */
export const straySeconds = 10 * 60;
/** A request that makes or extends a hold lasts ten seconds; clocks differ by less than the rest. */
const requestSettledSeconds = 60;

const liveClaims = ({ held }: Block, now: number) =>
  Object.entries(held).filter(([, claim]) => !hasLapsed(claim, now));

/** Holds that places of a block are held for. */
export const holdsOfBlock = (block: Block, now: number): readonly string[] => [
  ...new Set(liveClaims(block, now).map(([, { h }]) => `hld_${h}`)),
];

/**
 * Live claims of a block that no active hold names: of holds that there are not, or that have ended, or that hold other
 * places. A lapsed claim holds nothing back and is no drift.
 * @param holds the holds that there are, by id.
 */
export const strayClaims = (
  block: Block,
  number: number,
  holds: ReadonlyMap<string, Hold>,
  now: number,
): readonly StrayClaims[] => {
  return [...Map.groupBy(liveClaims(block, now), ([, { h }]) => `hld_${h}`)].flatMap(([holdId, claims]) => {
    const hold = holds.get(holdId);
    const named = new Set(hold?.places.find((places) => places.block === number)?.keys);
    const stray = (kind: StrayClaims['kind'], found: typeof claims): StrayClaims[] =>
      found.length === 0
        ? []
        : [
            {
              kind,
              holdId,
              keys: found.map(([key]) => key),
              until: Math.max(...found.map(([, { u }]) => u)),
            },
          ];
    return [
      ...stray(
        'claim_without_hold',
        claims.filter(([key]) => !named.has(key)),
      ),
      ...(hold?.status === 'active'
        ? []
        : stray(
            'claim_of_ended_hold',
            claims.filter(([key]) => named.has(key)),
          )),
    ];
  });
};

/** Whether the end of a hold should have been announced long ago. */
export const isExpiryMissed = ({ status, until }: Hold, now: number): boolean =>
  status === 'active' && until + expirySeconds < now;

/** Whether a hold promises places now, and nobody is at work on it. */
export const isSettledPromise = ({ hold, changedAt }: FoundHold, now: number): boolean =>
  hold.status === 'active' && hold.until >= now && changedAt + requestSettledSeconds < now;

/** Whether some place of a hold is not claimed by it for as long as it promises. */
export const lacksClaims = (hold: Hold, blocks: ReadonlyMap<number, Block>): boolean =>
  hold.places.some(({ block, keys }) =>
    keys.some((key) => {
      const claim = blocks.get(block)?.held[key];
      return claim?.h !== claimId(hold.holdId) || claim.u < hold.until;
    }),
  );
