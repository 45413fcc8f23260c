import { reachesUntil, rules } from './block.ts';
import { claimId, decideExtend, type Hold, type HoldStatus, statusAt } from './hold.ts';
import type { HoldPorts, OpenSale, Stamp } from './ports.ts';

export type ExtendOutcome =
  | { readonly kind: 'extended'; readonly hold: Hold }
  | { readonly kind: 'expired' }
  | { readonly kind: 'not_active'; readonly status: HoldStatus }
  | { readonly kind: 'limit'; readonly latest: number };

/**
 * Extends a hold: its claims first, then the hold, so that a hold never promises more than its claims. A
 * crash in between leaves claims that reach further than the hold; they lapse, or are freed with it.
 */
export const extendHold = async (
  ports: HoldPorts,
  open: OpenSale,
  hold: Hold,
  seconds: number | undefined,
  stamp: Stamp,
): Promise<ExtendOutcome> => {
  const { store, pictures, clock } = ports;
  const { sale, plan } = open;
  const now = clock();
  const decision = decideExtend(hold, now, sale.holdSeconds, seconds);
  if (decision.kind === 'expired') {
    // Since it was read another request may have extended it.
    const current = await store.getHold(hold.holdId);
    if (current !== undefined && current.revision > hold.revision)
      return extendHold(ports, open, current, seconds, stamp);
  }
  if (decision.kind === 'unchanged') return { kind: 'extended', hold };
  if (decision.kind !== 'extend') return decision;
  const { until } = decision;

  if (hold.customerSlot !== undefined) {
    const { requestId } = stamp('hold.extended');
    const slot = hold.customerSlot;
    const taken = await store.takeSlot(hold.sessionId, slot, hold.holdId, until, now, requestId);
    // By a clock ahead of this one it had lapsed, and another hold of the customer has its room.
    if (taken === 'refused') return { kind: 'expired' };
  }
  const extended = await Promise.all(
    hold.places.map(async ({ block: number, keys }) => {
      const planned = plan.blocks[number];
      if (planned === undefined) throw new Error(`No block ${number}`);
      const input = { keys, holdId: claimId(hold.holdId), now, until };
      const result = await store.applyRule(hold.sessionId, planned, rules.extend, input);
      if (result.block !== undefined) pictures.mend(hold.sessionId, number, result.block);
      return result.applied || (result.block !== undefined && reachesUntil(result.block, input));
    }),
  );
  if (!extended.every(Boolean)) {
    // Lapsed at this very moment, ended meanwhile, or partly extended further by a request beside this one.
    const current = await store.getHold(hold.holdId);
    if (current === undefined) return { kind: 'expired' };
    const status = statusAt(current, clock());
    if (status === 'active' && current.until >= until) return { kind: 'extended', hold: current };
    return status === 'cancelled' || status === 'confirmed'
      ? { kind: 'not_active', status }
      : { kind: 'expired' };
  }
  const changed = await store.extendHold(hold.holdId, until, now, stamp('hold.extended'));
  if (changed.changed) return { kind: 'extended', hold: changed.hold };
  if (changed.hold === undefined) return { kind: 'expired' };
  const status = statusAt(changed.hold, clock());
  if (status === 'active') return { kind: 'extended', hold: changed.hold };
  return status === 'expired' ? { kind: 'expired' } : { kind: 'not_active', status };
};
