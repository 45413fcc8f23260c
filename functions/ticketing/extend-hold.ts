import { reachesUntil, rules } from './block.ts';
import { claimId, type Hold, type HoldStatus, statusAt } from './hold.ts';
import { decideExtend, decideExtendForPayment, type ExtendDecision } from './hold-extension.ts';
import type { HoldPorts, OpenSale, Pictures, Stamp } from './ports.ts';

export interface ExtendPorts extends Pick<HoldPorts, 'store' | 'clock'> {
  readonly pictures: Pick<Pictures, 'mend'>;
}

export type ExtendOutcome =
  | { readonly kind: 'extended'; readonly hold: Hold }
  | { readonly kind: 'expired' }
  | { readonly kind: 'not_active'; readonly status: HoldStatus }
  | { readonly kind: 'limit'; readonly latest: number };

/** Extends a hold as its customer asks: by `seconds` from now, or without them by the session’s duration. */
export const extendHold = (
  ports: ExtendPorts,
  open: OpenSale,
  hold: Hold,
  seconds: number | undefined,
  stamp: Stamp,
): Promise<ExtendOutcome> =>
  extendBy(
    ports,
    open,
    hold,
    {
      decide: (current, now) => decideExtend(current, now, open.sale.holdSeconds, seconds),
      isForPayment: false,
    },
    stamp,
  );

/** Extends a hold, once in its life, as long as its order may be paid (`payBy`, epoch seconds). */
export const extendHoldForPayment = (
  ports: ExtendPorts,
  open: OpenSale,
  hold: Hold,
  payBy: number,
  stamp: Stamp,
): Promise<ExtendOutcome> =>
  extendBy(
    ports,
    open,
    hold,
    {
      decide: (current, now) => decideExtendForPayment(current, now, open.sale.holdSeconds, payBy),
      isForPayment: true,
    },
    stamp,
  );

interface Extension {
  readonly decide: (hold: Hold, now: number) => ExtendDecision;
  /** Marks the hold, so that it is extended so only once. */
  readonly isForPayment: boolean;
}

/**
 * Extends a hold: its claims first, then the hold, so that a hold never promises more than its claims. A
 * crash in between leaves claims that reach further than the hold; they lapse, or are freed with it.
 */
const extendBy = async (
  ports: ExtendPorts,
  open: OpenSale,
  hold: Hold,
  extension: Extension,
  stamp: Stamp,
): Promise<ExtendOutcome> => {
  const { store, pictures, clock } = ports;
  const { plan } = open;
  const now = clock();
  const decision = extension.decide(hold, now);
  if (decision.kind === 'expired') {
    // Since it was read another request may have extended it.
    const current = await store.getHold(hold.holdId);
    if (current !== undefined && current.revision > hold.revision)
      return extendBy(ports, open, current, extension, stamp);
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
  const change = stamp('hold.extended');
  const changed = await store.extendHold(hold.holdId, until, now, change, extension.isForPayment);
  if (changed.changed) return { kind: 'extended', hold: changed.hold };
  if (changed.hold === undefined) return { kind: 'expired' };
  const status = statusAt(changed.hold, clock());
  if (status === 'active') return { kind: 'extended', hold: changed.hold };
  return status === 'expired' ? { kind: 'expired' } : { kind: 'not_active', status };
};
