import { type Hold, type HoldStatus, statusAt } from './hold.ts';

/** Longest life of a hold that is extended, from its creation (requirement T3). */
const extensionCapSeconds = 30 * 60;

export type ExtendDecision =
  | { readonly kind: 'extend'; readonly until: number }
  /** It reaches as far already: nothing to write. */
  | { readonly kind: 'unchanged'; readonly until: number }
  | { readonly kind: 'expired' }
  | { readonly kind: 'not_active'; readonly status: HoldStatus }
  | { readonly kind: 'limit'; readonly latest: number };

const endedAt = (
  hold: Hold,
  now: number,
): Extract<ExtendDecision, { kind: 'expired' | 'not_active' }> | undefined => {
  const status = statusAt(hold, now);
  if (status === 'active') return undefined;
  return status === 'expired' ? { kind: 'expired' } : { kind: 'not_active', status };
};

const latestUntil = ({ createdAt }: Hold, holdSeconds: number): number =>
  createdAt + Math.max(extensionCapSeconds, holdSeconds);

/**
 * How far a hold may be extended: `seconds` from now, at most 30 minutes from its creation (or its own
 * first duration, where that is longer). Without `seconds` it is a heartbeat: the session’s duration,
 * cut at the cap. A hold is never shortened.
 */
export const decideExtend = (
  hold: Hold,
  now: number,
  holdSeconds: number,
  seconds: number | undefined,
): ExtendDecision => {
  const ended = endedAt(hold, now);
  if (ended !== undefined) return ended;
  const latest = latestUntil(hold, holdSeconds);
  const wanted = now + (seconds ?? holdSeconds);
  if (seconds !== undefined && wanted > latest) return { kind: 'limit', latest };
  const until = Math.min(wanted, latest);
  if (until > hold.until) return { kind: 'extend', until };
  return hold.until >= latest && seconds === undefined && wanted > latest
    ? { kind: 'limit', latest }
    : { kind: 'unchanged', until: hold.until };
};

/**
 * How far a hold is extended whose order cannot be paid because the provider does not answer: as long as the
 * order may be paid (`payBy`, epoch seconds), not beyond where any extension ends, and once in its life,
 * whatever orders ask for it.
 */
export const decideExtendForPayment = (
  hold: Hold,
  now: number,
  holdSeconds: number,
  payBy: number,
): ExtendDecision => {
  const ended = endedAt(hold, now);
  if (ended !== undefined) return ended;
  const until = Math.min(payBy, latestUntil(hold, holdSeconds));
  return hold.isExtendedForPayment || until <= hold.until
    ? { kind: 'unchanged', until: hold.until }
    : { kind: 'extend', until };
};
