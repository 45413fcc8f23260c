import { emptyBlock } from './availability-picture.ts';
import { applyRule, type Block, claimedUntil, placeKey, rules, takenKeys } from './block.ts';
import { type BlockPlaces, type CustomerSlot, claimId, type Hold, statusAt } from './hold.ts';
import type { HoldPorts, OpenSale, Stamp } from './ports.ts';
import { releaseClaims } from './release-claims.ts';
import { isGeneralAdmission, searchPlaces } from './search-places.ts';

/** What a customer asks for: given places, or the best of a ticket type. */
export type HoldRequest =
  | { readonly kind: 'places'; readonly places: readonly number[] }
  | {
      readonly kind: 'best';
      readonly ticketType: number;
      readonly quantity: number;
      readonly adjacent: boolean;
    };

export interface NewHold {
  readonly holdId: string;
  readonly requestHash: string;
  /** Tells customers apart where the organizer limits live holds. */
  readonly customer: string;
  readonly request: HoldRequest;
}

export type RepeatOutcome =
  /** The same request before: the hold as it is now. */
  { readonly kind: 'replayed'; readonly hold: Hold } | { readonly kind: 'key_reused' };

export type HoldOutcome =
  | { readonly kind: 'created'; readonly hold: Hold }
  | RepeatOutcome
  | { readonly kind: 'places_taken'; readonly places: readonly number[] }
  | { readonly kind: 'sold_out' }
  | { readonly kind: 'not_adjacent' }
  | { readonly kind: 'hold_limit'; readonly limit: number }
  /** So many others wanted the same places that none was got within bounds. */
  | { readonly kind: 'busy' };

/**
 * Makes a hold. All places or none, whatever fails where:
 *
 * 1. (Where the organizer limits live holds) a slot of the customer is taken. It lapses with the hold.
 * 2. The places are claimed: one conditional write on their block.
 * 3. The hold is put. Places in several blocks are claimed in one transaction with the hold.
 *
 * A crash after 1 or 2 leaves claims that lapse by themselves at their instant. A retry finds the claims of
 * its own id and goes on. A refusal in 2 has changed nothing. If 3 finds a hold of this id, this is a
 * repeat: what step 2 claimed beyond that hold’s places is given back, and the old hold is the answer.
 */
export const createHold = async (
  ports: HoldPorts,
  open: OpenSale,
  wanted: NewHold,
  stamp: Stamp,
): Promise<HoldOutcome> => {
  const now = ports.clock();
  const until = now + open.sale.holdSeconds;
  const taken = await takeSlot(ports, open, wanted, until, now, stamp('hold.created').requestId);
  if (taken === 'none_free') return refusedSlot(ports, open, wanted);
  const slot = taken?.slot;

  const outcome =
    wanted.request.kind === 'places'
      ? await tryPlaces(ports, open, wanted, wanted.request.places, until, slot, stamp)
      : await tryBest(ports, open, wanted, wanted.request, until, slot, stamp);
  if (taken !== undefined && outcome.kind !== 'created')
    await giveBackSlot(ports, open, wanted, taken, outcome, stamp);
  return outcome;
};

interface TakenSlot {
  readonly slot: CustomerSlot;
  /** This very try, unless another one of the same hold had taken the slot before. */
  readonly takenBy: string | undefined;
}

/**
 * A slot taken for nothing is free again; that of a live hold of this id stays its own. While there is no such
 * hold another try of the same request may be about to make it, relying on the slot: then it stays, at most
 * until it lapses.
 */
const giveBackSlot = async (
  ports: HoldPorts,
  { sale }: OpenSale,
  { holdId }: NewHold,
  { slot, takenBy }: TakenSlot,
  outcome: HoldOutcome,
  stamp: Stamp,
): Promise<void> => {
  const { store } = ports;
  const hold = outcome.kind === 'replayed' ? outcome.hold : await store.getHold(holdId);
  if (hold === undefined) {
    if (takenBy !== undefined) await store.freeSlot(sale.sessionId, slot, holdId, takenBy);
    return;
  }
  const isInUse =
    hold.customerSlot?.slot === slot.slot && (await endedIfLapsed(ports, hold, stamp)).status === 'active';
  if (!isInUse) await store.freeSlot(sale.sessionId, slot, holdId);
};

/** Tries the customer’s slots in turn: nearly always the first one is free, and costs one write unit. */
const takeSlot = async (
  { store }: HoldPorts,
  { sale }: OpenSale,
  { customer, holdId }: NewHold,
  until: number,
  now: number,
  tryId: string,
): Promise<TakenSlot | 'none_free' | undefined> => {
  if (sale.maxHoldsPerCustomer === undefined) return undefined;
  for (let number = 0; number < sale.maxHoldsPerCustomer; number += 1) {
    const slot = { customer, slot: number };
    const result = await store.takeSlot(sale.sessionId, slot, holdId, until, now, tryId);
    if (result !== 'refused') return { slot, takenBy: result === 'taken' ? tryId : undefined };
  }
  return 'none_free';
};

/** No slot is free: unless this is the repeat of a hold that took one, the limit is the answer. */
const refusedSlot = async (
  ports: Pick<HoldPorts, 'store'>,
  { sale }: OpenSale,
  wanted: NewHold,
): Promise<HoldOutcome> =>
  (await findRepeat(ports, wanted)) ?? { kind: 'hold_limit', limit: sale.maxHoldsPerCustomer ?? 0 };

/** What this request is when a hold of its id is there already; undefined when there is none. */
export const findRepeat = async (
  { store }: Pick<HoldPorts, 'store'>,
  wanted: Pick<NewHold, 'holdId' | 'requestHash'>,
): Promise<RepeatOutcome | undefined> => {
  const old = await store.getHold(wanted.holdId);
  return old && asRepeat(old, wanted);
};

/** What a hold of this id means: the same request before, or another one under its key. */
const asRepeat = (old: Hold, { requestHash }: Pick<NewHold, 'requestHash'>): RepeatOutcome =>
  old.requestHash === requestHash ? { kind: 'replayed', hold: old } : { kind: 'key_reused' };

/** Groups place numbers by block, in plan order. */
const byBlock = ({ plan }: OpenSale, places: readonly number[]): readonly BlockPlaces[] => {
  const keys = new Map<number, string[]>();
  for (const place of places) {
    const at = plan.blockOf[place];
    if (at === undefined) throw new Error(`Place ${place} is in no block`);
    keys.set(at.block, [...(keys.get(at.block) ?? []), placeKey(at.index)]);
  }
  return [...keys].map(([block, blockKeys]) => ({ block, keys: blockKeys }));
};

const tryPlaces = async (
  ports: HoldPorts,
  open: OpenSale,
  wanted: NewHold,
  places: readonly number[],
  until: number,
  slot: CustomerSlot | undefined,
  stamp: Stamp,
): Promise<HoldOutcome> => {
  const now = ports.clock();
  const hold: Hold = {
    holdId: wanted.holdId,
    sessionId: open.sale.sessionId,
    status: 'active',
    places: byBlock(open, places),
    until,
    createdAt: until - open.sale.holdSeconds,
    requestHash: wanted.requestHash,
    revision: 1,
    ...(slot !== undefined && { customerSlot: slot }),
  };
  const [only, ...others] = hold.places;
  if (only !== undefined && others.length === 0) {
    const claimed = await claimOne(ports, open, hold, only, now);
    if (claimed.kind === 'taken') return { kind: 'places_taken', places: claimed.places };
    if (claimed.kind !== 'partly_mine') {
      const promised = claimed.kind === 'claimed' ? hold : lastingUntil(hold, claimed.until);
      const put = await ports.store.putHold(promised, stamp('hold.created'));
      return put.put
        ? { kind: 'created', hold: promised }
        : settle(ports, open, wanted, hold, put.old, true, stamp);
    }
  }
  return claimTogether(ports, open, wanted, hold, now, stamp);
};

/** A hold that took over the claims of an earlier try promises no more than they do. */
const lastingUntil = (hold: Hold, until: number): Hold => ({
  ...hold,
  until,
  createdAt: hold.createdAt + until - hold.until,
});

type Claimed =
  | { readonly kind: 'claimed' }
  /** An earlier try of this very hold claimed them until then; its answer was lost. */
  | { readonly kind: 'mine_already'; readonly until: number }
  /** Some are this hold’s own from an earlier try, none is anybody else’s. */
  | { readonly kind: 'partly_mine' }
  | { readonly kind: 'taken'; readonly places: readonly number[] };

const claimOne = async (
  { store, pictures }: HoldPorts,
  open: OpenSale,
  hold: Hold,
  { block: number, keys }: BlockPlaces,
  now: number,
): Promise<Claimed> => {
  const { sessionId } = hold;
  const planned = open.plan.blocks[number];
  if (planned === undefined) throw new Error(`No block ${number}`);
  const input = { keys, holdId: claimId(hold.holdId), now, until: hold.until };
  const result = await store.applyRule(sessionId, planned, rules.claim, input);
  if (result.block !== undefined) pictures.mend(sessionId, number, result.block);
  if (result.applied) return { kind: 'claimed' };
  const before = result.block ?? emptyBlock;
  const until = claimedUntil(before, keys, input.holdId, now);
  if (until !== undefined) return { kind: 'mine_already', until };
  const taken = takenKeys(before, keys, input.holdId, now);
  return taken.length === 0
    ? { kind: 'partly_mine' }
    : { kind: 'taken', places: placesOf(planned.places, taken) };
};

const placesOf = (places: readonly number[], keys: readonly string[]): readonly number[] =>
  keys.map((key) => places[Number.parseInt(key, 36)] ?? -1);

const claimTogether = async (
  { store, pictures, ...ports }: HoldPorts,
  open: OpenSale,
  wanted: NewHold,
  hold: Hold,
  now: number,
  stamp: Stamp,
): Promise<HoldOutcome> => {
  const result = await store.claimWithHold(open.plan, hold, now, stamp('hold.created'));
  if (result.kind === 'claimed') return { kind: 'created', hold };
  if (result.kind === 'hold_exists') {
    return settle({ store, pictures, ...ports }, open, wanted, hold, result.old, false, stamp);
  }
  const taken = result.blocks.flatMap(({ number, block }) => {
    if (block !== undefined) pictures.mend(hold.sessionId, number, block);
    const { keys } = hold.places.find((places) => places.block === number) ?? { keys: [] };
    return placesOf(
      open.plan.blocks[number]?.places ?? [],
      block === undefined ? keys : takenKeys(block, keys, claimId(hold.holdId), now),
    );
  });
  return { kind: 'places_taken', places: taken };
};

/**
 * A hold that was there already, ended when it has lapsed. Only then may its claims and its slot be freed: an
 * extension whose clock is behind, or which is under way, would rely on them.
 */
const endedIfLapsed = async ({ store, clock }: HoldPorts, hold: Hold, stamp: Stamp): Promise<Hold> => {
  const now = clock();
  const status = statusAt(hold, now);
  if (status === hold.status) return hold;
  const ended = await store.endHold(hold.holdId, 'expired', now, stamp('hold.expired'));
  return ended.hold ?? { ...hold, status };
};

/**
 * The put found a hold of this id: give back what is claimed beyond it, and answer with it. Claims that were
 * found, not made, are given back too: they may be those of this very call, sent twice after a lost answer.
 */
const settle = async (
  ports: HoldPorts,
  open: OpenSale,
  wanted: NewHold,
  attempt: Hold,
  old: Hold,
  hasClaimed: boolean,
  stamp: Stamp,
): Promise<HoldOutcome> => {
  if (hasClaimed) {
    const { status, places } = await endedIfLapsed(ports, old, stamp);
    const owned = status === 'active' ? places : [];
    const extra = attempt.places.flatMap(({ block, keys }) => {
      const kept = new Set(owned.find((places) => places.block === block)?.keys);
      const unowned = keys.filter((key) => !kept.has(key));
      return unowned.length === 0 ? [] : [{ block, keys: unowned }];
    });
    await releaseClaims(ports, open.plan, { ...attempt, places: extra });
  }
  return asRepeat(old, wanted);
};

/** The best places of a ticket type, by a search that claims what it has chosen. */
const tryBest = async (
  ports: HoldPorts,
  open: OpenSale,
  wanted: NewHold,
  request: HoldRequest & { kind: 'best' },
  until: number,
  slot: CustomerSlot | undefined,
  stamp: Stamp,
): Promise<HoldOutcome> => {
  const search = await searchPlaces(ports, open, request, wanted.holdId, async (places, { blocks }) => {
    mark(ports, open, wanted, blocks, places, until);
    const outcome = await tryPlaces(ports, open, wanted, places, until, slot, stamp);
    return outcome.kind === 'places_taken' ? undefined : outcome;
  });
  if (search.kind === 'done') return search.outcome;
  if (search.kind === 'busy') return search;
  const isScattered =
    request.adjacent &&
    !isGeneralAdmission(open, request.ticketType) &&
    hasEnough(search.picture.asRead, open, request, wanted.holdId, ports.clock());
  const repeat = await findRepeat(ports, wanted);
  return repeat ?? { kind: isScattered ? 'not_adjacent' : 'sold_out' };
};

/** Marks the choice in the picture at once, so that the next request of this process chooses others. */
const mark = (
  { pictures, clock }: HoldPorts,
  open: OpenSale,
  { holdId }: NewHold,
  blocks: readonly Block[],
  places: readonly number[],
  until: number,
): void => {
  for (const { block, keys } of byBlock(open, places)) {
    const marked = applyRule(rules.claimWithHold, blocks[block] ?? emptyBlock, {
      keys,
      holdId: claimId(holdId),
      now: clock(),
      until,
    });
    if (marked.applied) pictures.mend(open.sale.sessionId, block, marked.block);
  }
};

const hasEnough = (
  blocks: readonly Block[],
  { plan }: OpenSale,
  { ticketType, quantity }: HoldRequest & { kind: 'best' },
  holdId: string,
  now: number,
): boolean => {
  let free = 0;
  for (const number of plan.blocksOfType[ticketType] ?? []) {
    const { length } = plan.blocks[number]?.places ?? [];
    const keys = Array.from({ length }, (_, index) => placeKey(index));
    free += length - takenKeys(blocks[number] ?? emptyBlock, keys, claimId(holdId), now).length;
  }
  return free >= quantity;
};
