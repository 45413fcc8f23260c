import type { Lead, LeadStatus } from '../leads/lead.ts';

/** Longest life of a soft hold, from when its time was taken (requirement M3). */
const longestSoftSeconds = 120 * 60;

export type ExtendDecision =
  | { readonly kind: 'extend'; readonly until: number }
  /** It reaches as far already: nothing to write. */
  | { readonly kind: 'unchanged'; readonly until: number }
  | { readonly kind: 'expired' }
  /** The time is not held softly any more: the lead is accepted, booked or has ended. */
  | { readonly kind: 'not_active'; readonly status: LeadStatus }
  | { readonly kind: 'limit'; readonly latest: number };

/**
 * How far a soft hold may be extended: `minutes` from now, at most two hours after its time was taken. Without
 * `minutes` it is as long as the truck holds, cut at that bound. A hold is never shortened.
 */
export const decideExtension = (
  { status, hold }: Pick<Lead, 'status' | 'hold'>,
  holdMinutes: number,
  minutes: number | undefined,
  now: number,
): ExtendDecision => {
  if (!['new', 'contacted', 'quoted'].includes(status)) return { kind: 'not_active', status };
  if (hold === undefined || hold.until < now) return { kind: 'expired' };
  const latest = hold.since + longestSoftSeconds;
  const wanted = now + (minutes ?? holdMinutes) * 60;
  if (minutes !== undefined && wanted > latest) return { kind: 'limit', latest };
  const until = Math.min(wanted, latest);
  if (until > hold.until) return { kind: 'extend', until };
  return minutes === undefined && wanted > latest
    ? { kind: 'limit', latest }
    : { kind: 'unchanged', until: hold.until };
};
