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

/** Ended holds can be read, and their keys replayed, for a day; then TTL may delete them. */
export const keptSeconds = 24 * 60 * 60;

/** What the hold is at this instant, whatever job has run or not. */
export const statusAt = (hold: Pick<Hold, 'status' | 'until'>, now: number): HoldStatus =>
  hold.status === 'active' && hold.until < now ? 'expired' : hold.status;
