import type { InventoryPlan } from './block-plan.ts';
import { type Hold, keptSeconds } from './hold.ts';
import type { HoldPorts, Stamp } from './ports.ts';
import { releaseClaims } from './release-claims.ts';

/** Frees everything an ended hold took: its claims, and the customer’s slot. */
export const releaseAll = async (ports: HoldPorts, plan: InventoryPlan, hold: Hold): Promise<void> => {
  await releaseClaims(ports, plan, hold);
  if (hold.customerSlot !== undefined)
    await ports.store.freeSlot(hold.sessionId, hold.customerSlot, hold.holdId);
};

export type CancelOutcome =
  | { readonly kind: 'cancelled'; readonly hold: Hold }
  | { readonly kind: 'over_already'; readonly hold: Hold }
  | { readonly kind: 'confirmed' }
  | { readonly kind: 'missing' };

/**
 * Cancels a hold: the hold first, then its claims. After a crash in between the claims are freed by the
 * consumer of the cancellation, which does the same again.
 */
export const cancelHold = async (
  ports: HoldPorts,
  planOf: (hold: Hold) => Promise<InventoryPlan>,
  holdId: string,
  stamp: Stamp,
): Promise<CancelOutcome> => {
  for (;;) {
    const ended = await ports.store.endHold(holdId, 'cancelled', ports.clock(), stamp('hold.cancelled'));
    if (ended.changed) {
      await releaseAll(ports, await planOf(ended.hold), ended.hold);
      return { kind: 'cancelled', hold: ended.hold };
    }
    if (ended.hold === undefined) return { kind: 'missing' };
    if (ended.hold.status === 'confirmed') return { kind: 'confirmed' };
    if (ended.hold.status !== 'active') return { kind: 'over_already', hold: ended.hold };
    // It lapsed before it was given up, and is seen as expired: that is how it ends. Unless it was extended just
    // then: it is given up anew, and can be extended only so often.
    const expired = await expireHold(ports, planOf, holdId, stamp);
    if (expired.kind !== 'not_due') return { kind: 'over_already', hold: ended.hold };
  }
};

export type ExpireOutcome =
  | { readonly kind: 'expired'; readonly hold: Hold }
  /** It was extended, or the timer was early: look again after `until`. */
  | { readonly kind: 'not_due'; readonly until: number }
  | { readonly kind: 'over_already' };

/** What a lifecycle event tells of a hold that ended. */
export interface EndedHold extends Pick<Hold, 'holdId' | 'sessionId' | 'places'> {
  /** ISO 8601. */
  readonly expiresAt: string;
}

/** After this all claims of a hold have lapsed, extensions included, and TTL has not deleted its record yet. */
const releasableSeconds = keptSeconds / 2;

/**
 * Frees the claims of an ended hold once more, in case the one who ended it got no further. Late news is
 * dropped: when TTL has deleted the record, the same key makes a hold of the same id, whose claims are its own.
 */
export const releaseEnded = async (
  ports: HoldPorts,
  planOf: (hold: Pick<Hold, 'sessionId'>) => Promise<InventoryPlan>,
  ended: EndedHold,
): Promise<void> => {
  if (Date.parse(ended.expiresAt) / 1_000 + releasableSeconds < ports.clock()) return;
  const hold = await ports.store.getHold(ended.holdId);
  if (hold?.status === 'active') return;
  await releaseClaims(ports, await planOf(ended), { ...ended, until: 0 });
  if (hold?.customerSlot !== undefined)
    await ports.store.freeSlot(ended.sessionId, hold.customerSlot, ended.holdId);
};

/** Announces that a hold’s time is over, and frees its claims (which lost their force by themselves). */
export const expireHold = async (
  ports: HoldPorts,
  planOf: (hold: Hold) => Promise<InventoryPlan>,
  holdId: string,
  stamp: Stamp,
): Promise<ExpireOutcome> => {
  const ended = await ports.store.endHold(holdId, 'expired', ports.clock(), stamp('hold.expired'));
  if (ended.changed) {
    await releaseAll(ports, await planOf(ended.hold), ended.hold);
    return { kind: 'expired', hold: ended.hold };
  }
  if (ended.hold?.status === 'active') return { kind: 'not_due', until: ended.hold.until };
  return { kind: 'over_already' };
};

/** What a hold’s timer does: one that was extended, or lasts longer than a message can wait, waits on. */
export const expireWhenDue = async (
  ports: HoldPorts,
  planOf: (hold: Hold) => Promise<InventoryPlan>,
  holdId: string,
  stamp: Stamp,
  waitUntil: (until: number) => Promise<void>,
): Promise<void> => {
  const outcome = await expireHold(ports, planOf, holdId, stamp);
  if (outcome.kind === 'not_due') await waitUntil(outcome.until);
};
