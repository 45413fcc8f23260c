import * as z from 'zod';
import { idOf } from '../platform/id-schema.ts';
import { maxAmount, money } from '../platform/money.ts';
import type { PromoUse } from './order.ts';
import type { PromoDiscount } from './pricing.ts';

/** Read without regard to case, kept in capitals: it is told by mouth and typed on telephones. */
export const promoCodeText = z
  .string()
  .regex(/^[A-Za-z0-9_-]{3,32}$/)
  .toUpperCase()
  .meta({ description: '3 to 32 letters, digits, `-` or `_`; case does not matter.', example: 'EARLY10' });

/** A share of the prices in basis points, or an amount per order. */
export const promoDiscount = z
  .union([
    z.strictObject({ basisPoints: z.int().min(1).max(10_000) }),
    z.strictObject({ amount: z.int().min(1).max(maxAmount), currency: money.shape.currency }),
  ])
  .meta({ description: 'Basis points of the prices (1 % is 100), or money off each order.' });

export const maxTicketTypes = 100;
export const promoTicketTypeIds = z.array(idOf('tt')).min(1).max(maxTicketTypes);

/** Most uses that a limited code has. */
export const maxUses = z.int().min(1).max(1_000_000);

/** A promo code of an event. */
export interface PromoCode {
  readonly eventId: string;
  readonly organizationId: string;
  readonly code: string;
  readonly discount: z.output<typeof promoDiscount>;
  /**
   * Left out for a code without limit, whose uses are not counted: thousands of orders at once would wait for
   * one counter. A code is limited or not for good, so that each use that was claimed can be given back.
   */
  readonly maxUses?: number | undefined;
  /** Orders that use it and did not end without their places; of a limited code only. */
  readonly uses?: number | undefined;
  /** Valid from this instant on, and no more from `validUntil` on. */
  readonly validFrom?: string | undefined;
  readonly validUntil?: string | undefined;
  /** Ticket types it is for; left out, for all of the event. */
  readonly ticketTypeIds?: readonly string[] | undefined;
  readonly isActive: boolean;
}

export const promoRefusal = z.enum([
  'unknown',
  'inactive',
  'not_yet',
  'over',
  'used_up',
  'other_ticket_types',
  'other_currency',
]);
/** Why a code gives nothing. */
export type PromoRefusal = z.output<typeof promoRefusal>;

/** Why the code is not valid at this instant, whatever is ordered; undefined when it is. */
export const refusalNow = (
  { isActive, validFrom, validUntil, maxUses, uses }: PromoCode,
  now: Date,
): Extract<PromoRefusal, 'inactive' | 'not_yet' | 'over' | 'used_up'> | undefined => {
  if (!isActive) return 'inactive';
  if (validFrom !== undefined && now.getTime() < Date.parse(validFrom)) return 'not_yet';
  if (validUntil !== undefined && now.getTime() >= Date.parse(validUntil)) return 'over';
  return maxUses !== undefined && (uses ?? 0) >= maxUses ? 'used_up' : undefined;
};

export type PromoDecision =
  | {
      readonly kind: 'given';
      /** For `priceOrder`. */
      readonly discount: PromoDiscount;
      /** The use that the order has to claim, and keeps to give it back; none of a code without limit. */
      readonly use?: PromoUse;
    }
  | { readonly kind: 'refused'; readonly reason: PromoRefusal };

export interface PromoOrder {
  readonly currency: string;
  readonly places: readonly { readonly eventId: string; readonly ticketTypeId: string }[];
}

/**
 * What a code gives an order. `promos` are the codes of that name that the order’s events have: the first that
 * gives anything is the one, since an order has one code; when none does, the first says why.
 */
export const decidePromo = (promos: readonly PromoCode[], order: PromoOrder, now: Date): PromoDecision => {
  const decisions = promos.map((promo) => decideOne(promo, order, now));
  return (
    decisions.find(({ kind }) => kind === 'given') ?? decisions[0] ?? { kind: 'refused', reason: 'unknown' }
  );
};

const decideOne = (promo: PromoCode, order: PromoOrder, now: Date): PromoDecision => {
  const reason = refusalNow(promo, now);
  if (reason !== undefined) return { kind: 'refused', reason };
  const { code, eventId, discount, ticketTypeIds, maxUses } = promo;
  // Ids of ticket types are unique: those of other events in the order are none of the code’s.
  const given = order.places
    .filter((place) => place.eventId === eventId)
    .map(({ ticketTypeId }) => ticketTypeId)
    .filter((id) => ticketTypeIds === undefined || ticketTypeIds.includes(id));
  if (given.length === 0) return { kind: 'refused', reason: 'other_ticket_types' };
  if ('currency' in discount && discount.currency !== order.currency)
    return { kind: 'refused', reason: 'other_currency' };
  return {
    kind: 'given',
    discount: { code, discount, ticketTypeIds: [...new Set(given)] },
    ...(maxUses !== undefined && { use: { eventId, code } }),
  };
};
