import * as z from 'zod';
import { idOf } from '../platform/id-schema.ts';

export const holdStatus = z.enum(['active', 'confirmed', 'cancelled', 'expired']);
export type HoldStatus = z.output<typeof holdStatus>;
export const holdId = idOf('hld');

/** Places of one block, by their keys in it. */
export interface BlockPlaces {
  readonly block: number;
  readonly keys: readonly string[];
}

/** Which of a customer’s few places for live holds this one takes, where the organizer limits them. */
export interface CustomerSlot {
  readonly customer: string;
  readonly slot: number;
}

interface HoldBase {
  readonly holdId: string;
  readonly sessionId: string;
  readonly places: readonly BlockPlaces[];
  /** Epoch seconds; in that second the hold still stands. */
  readonly until: number;
  readonly createdAt: number;
  readonly requestHash: string;
  readonly revision: number;
  readonly customerSlot?: CustomerSlot | undefined;
  /** It was extended once already because its order could not be paid. */
  readonly isExtendedForPayment?: boolean | undefined;
  /** The order that took its places; of a confirmed hold only. */
  readonly orderId?: string | undefined;
}

/** A hold in one of its states; `until` of an ended one is where it stood. */
export type Hold = HoldBase & { readonly status: HoldStatus };

/** Claims carry the id without its prefix: twenty of them must fit one write unit. */
export const claimId = (id: string): string => id.slice('hld_'.length);

/** Longest life of a hold that is extended, from its creation (requirement T3). */
export const extensionCapSeconds = 30 * 60;

/** Ended holds can be read, and their keys replayed, for a day; then TTL may delete them. */
export const keptSeconds = 24 * 60 * 60;

/** What the hold is at this instant, whatever job has run or not. */
export const statusAt = (hold: Pick<Hold, 'status' | 'until'>, now: number): HoldStatus =>
  hold.status === 'active' && hold.until < now ? 'expired' : hold.status;

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
