/**
 * Blocks: runs of places stored as one item, so that a hold is one conditional write.
 *
 * The rules of claiming, extending, confirming and releasing are stated here once, as data: what a place
 * must be for the rule to apply, and what it becomes. `applyRule` is the pure form that simulations run;
 * `toExpression` (block-expression.ts) writes the same rule in DynamoDB’s language. A property test holds
 * them together on random blocks.
 */

/** Places in one block at most: as many claims as fit one write unit (1 KB). */
export const placesPerBlock = 20;

/** Who holds a place and until when (epoch seconds). The claim lapses by itself when `u` has passed. */
export interface Claim {
  /** Id of the hold, without its prefix. */
  readonly h: string;
  readonly u: number;
}

export interface Block {
  /** Keys of places that are sold. */
  readonly sold: ReadonlySet<string>;
  /** Claims by place key; lapsed ones may still lie here. */
  readonly held: Readonly<Record<string, Claim>>;
}

/** Key of a place inside its block: its index in base 36, one character. */
export const placeKey = (index: number): string => index.toString(36);

/**
 * A claim has lapsed when the clock is past its last second: in second `u` it still holds.
 * Every condition and every read uses this predicate; no job has to run for a place to become free.
 */
export const hasLapsed = (claim: Claim, now: number): boolean => claim.u < now;

export type PlaceState = 'available' | 'held' | 'sold';

export const placeState = (block: Block, key: string, now: number): PlaceState => {
  if (block.sold.has(key)) return 'sold';
  const claim = block.held[key];
  return claim !== undefined && !hasLapsed(claim, now) ? 'held' : 'available';
};

/** What a place must be for a rule to apply. */
export type PlaceCondition =
  /** Neither sold nor claimed by anybody whose claim still holds. */
  | 'free'
  /** Claimed by this hold, the claim still holds and does not reach further than what is asked. */
  | 'mine_live'
  /** Claimed by this hold, lapsed or not. */
  | 'mine'
  /** Claimed by this hold, or free now: what a late payment may still take. */
  | 'mine_or_free'
  /** Sold before. */
  | 'sold';

/** What becomes of a place. */
export type PlaceChange = 'claim' | 'extend' | 'release' | 'sell' | 'free';

export interface Rule {
  readonly condition: PlaceCondition;
  readonly change: PlaceChange;
}

export const rules = {
  /** A new hold takes free places. */
  claim: { condition: 'free', change: 'claim' },
  /** Several blocks and the hold in one transaction: a claim left by a try that crashed is taken over. */
  claimWithHold: { condition: 'mine_or_free', change: 'claim' },
  /** A live hold keeps its places longer; a claim is never shortened. */
  extend: { condition: 'mine_live', change: 'extend' },
  /** A hold that ended gives back what is still its own. */
  release: { condition: 'mine', change: 'release' },
  /** An order takes its places for good. */
  confirm: { condition: 'mine_or_free', change: 'sell' },
  /** A refund puts places back on sale. Whose they were is not noted here: the ticket that ends with it says so. */
  takeBack: { condition: 'sold', change: 'free' },
} as const satisfies Record<string, Rule>;

export interface RuleInput {
  readonly keys: readonly string[];
  /** Id of the hold, without its prefix. */
  readonly holdId: string;
  /** Whose the places are instead, by key: an order may take places of several holds from one block. */
  readonly holdOf?: Readonly<Record<string, string>>;
  /** Epoch seconds. */
  readonly now: number;
  /** Last second of the claim, for rules that set one. */
  readonly until: number;
}

/** The hold whose claim on a place counts as its own. */
export const holdOfKey = ({ holdId, holdOf }: RuleInput, key: string): string => holdOf?.[key] ?? holdId;

const meets = (block: Block, key: string, condition: PlaceCondition, input: RuleInput): boolean => {
  const { now, until } = input;
  const claim = block.held[key];
  const isSold = block.sold.has(key);
  const isMine = claim?.h === holdOfKey(input, key);
  switch (condition) {
    case 'free':
      return !isSold && (claim === undefined || hasLapsed(claim, now));
    case 'mine_live':
      return !isSold && claim !== undefined && isMine && !hasLapsed(claim, now) && claim.u <= until;
    case 'mine':
      return isMine;
    case 'mine_or_free':
      return !isSold && (claim === undefined || isMine || hasLapsed(claim, now));
    case 'sold':
      return isSold;
  }
};

export type RuleResult =
  | { readonly applied: true; readonly block: Block }
  /** Keys of the places that did not meet the condition; nothing changed. */
  | { readonly applied: false; readonly refused: readonly string[] };

/** All places or none. */
export const applyRule = (rule: Rule, block: Block, input: RuleInput): RuleResult => {
  const { keys, holdId, until } = input;
  const refused = keys.filter((key) => !meets(block, key, rule.condition, input));
  if (refused.length > 0) return { applied: false, refused };
  const held = { ...block.held };
  const sold = new Set(block.sold);
  for (const key of keys) {
    if (rule.change === 'release' || rule.change === 'sell') delete held[key];
    if (rule.change === 'claim' || rule.change === 'extend') held[key] = { h: holdId, u: until };
    if (rule.change === 'sell') sold.add(key);
    if (rule.change === 'free') sold.delete(key);
  }
  return { applied: true, block: { sold, held } };
};

/** Which of these places are not free for a hold. */
export const takenKeys = (
  block: Block,
  keys: readonly string[],
  holdId: string,
  now: number,
): readonly string[] =>
  keys.filter((key) => {
    const isMine = block.held[key]?.h === holdId && !block.sold.has(key);
    return !isMine && placeState(block, key, now) !== 'available';
  });

/**
 * Last second until which this very hold has claims on all the places: the sign of a write that was applied
 * though its answer was lost. Nothing is written then, since writing again could shorten a claim extended
 * since. Undefined when a place is not its own, or no longer.
 */
export const claimedUntil = (
  block: Block,
  keys: readonly string[],
  holdId: string,
  now: number,
): number | undefined => {
  const claims = keys.flatMap((key) => (block.sold.has(key) ? [] : (block.held[key] ?? [])));
  const own = claims.filter((claim) => claim.h === holdId && !hasLapsed(claim, now));
  return own.length === keys.length ? Math.min(...own.map(({ u }) => u)) : undefined;
};

/** Keys that are still claimed by this hold. */
export const ownKeys = (block: Block, keys: readonly string[], holdId: string): readonly string[] =>
  keys.filter((key) => block.held[key]?.h === holdId);

/** Whether every place is this hold’s, live, until at least `until`: somebody extended it as far already. */
export const reachesUntil = (block: Block, { keys, holdId, now, until }: RuleInput): boolean =>
  keys.every((key) => {
    const claim = block.held[key];
    return claim?.h === holdId && !hasLapsed(claim, now) && claim.u >= until;
  });
