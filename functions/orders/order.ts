import * as z from 'zod';
import type { PaymentStatus, ProviderName } from '../payments/contracts.ts';
import { idOf } from '../platform/id-schema.ts';
import type { Locale } from '../platform/locale.ts';

export const orderId = idOf('ord');

export const orderStatus = z.enum(['pending', 'awaiting_payment', 'confirmed', 'cancelled']);
export type OrderStatus = z.output<typeof orderStatus>;

/** Why an order was cancelled, as its customer reads it. */
export const cancelReason = z.enum([
  'customer',
  'payment_timeout',
  'payment_failed',
  'places_lost',
  'session_cancelled',
  'organizer',
]);
export type CancelReason = z.output<typeof cancelReason>;

export type OrderCommand =
  /** The provider knows the payment: the customer can pay. */
  | 'awaitPayment'
  /** Money is authorized (or none is due): the places are taken for good. */
  | 'confirm'
  /** It ends without its places: by the customer, a deadline, a declined payment, lost places, a cancelled session. */
  | 'cancel'
  /** A confirmed order is undone: its tickets end, its places go back or not, what was captured is refunded. */
  | 'undo';

/** What each status allows, and where it leads. What is not here is refused. The diagram is drawn from this. */
export const orderTransitions: Readonly<Record<OrderStatus, Partial<Record<OrderCommand, OrderStatus>>>> = {
  // News of a payment may come before our own note that it exists: confirm is allowed from pending too.
  pending: { awaitPayment: 'awaiting_payment', confirm: 'confirmed', cancel: 'cancelled' },
  awaiting_payment: { confirm: 'confirmed', cancel: 'cancelled' },
  confirmed: { undo: 'cancelled' },
  cancelled: {},
};

/** Statuses that a command may come from: the condition of its write. */
export const statusesBefore = (command: OrderCommand): readonly OrderStatus[] =>
  orderStatus.options.filter((status) => orderTransitions[status][command] !== undefined);

/** What happens by itself in a status: from `payBy` on the order is cancelled. The order’s machine waits for it. */
export const orderTimers: Readonly<Partial<Record<OrderStatus, { readonly cancelReason: CancelReason }>>> = {
  pending: { cancelReason: 'payment_timeout' },
  awaiting_payment: { cancelReason: 'payment_timeout' },
};

/** The mail of an order is asked for again. */
export interface MailRequest {
  /** Follows from the Idempotency-Key. */
  readonly id: string;
  /** ISO 8601. */
  readonly at: string;
}

/** Money of an order: integer minor units of its one currency. */
export interface OrderLine {
  readonly kind: 'ticket' | 'discount' | 'fee' | 'tax';
  /** Index of the item it belongs to. */
  readonly item: number;
  readonly label: string;
  /** Signed minor units; a tax that is included in the price is shown but adds nothing. */
  readonly amount: number;
  readonly isIncluded?: boolean;
}

/** One place that is bought, with the ticket it becomes. */
export interface OrderItem {
  /** As the ticket is when it is issued; a transfer changes its id, never its serial. */
  readonly ticketId: string;
  readonly holdId: string;
  readonly sessionId: string;
  readonly eventId: string;
  /** `seat_guid`, or the name of a standing place. */
  readonly place: string;
  /** Where the place lies in the session’s inventory. */
  readonly shard: number;
  readonly block: number;
  readonly key: string;
  readonly ticketTypeId: string;
  readonly ticketTypeName: string;
  /** What this place costs, all lines of it together, in minor units. */
  readonly total: number;
  /** Of that, what is given back when it is refunded (fees may be kept). */
  readonly refundable: number;
  readonly attendee: { readonly name: string; readonly email: string };
  readonly status: OrderItemStatus;
}

/** `open` until the order is confirmed; then what the ticket is. */
export const orderItemStatus = z.enum(['open', 'valid', 'refunded', 'cancelled']);
export type OrderItemStatus = z.output<typeof orderItemStatus>;

/** A hold that the order takes its places from, as it was when the order was made. */
export interface OrderHold {
  readonly holdId: string;
  readonly sessionId: string;
  /** Epoch seconds. */
  readonly until: number;
  /** The room that it takes among its customer’s live holds, where the organizer limits them. */
  readonly customerSlot?: { readonly customer: string; readonly slot: number } | undefined;
}

/** A use of a promo code with limited uses. */
export interface PromoUse {
  readonly eventId: string;
  readonly code: string;
}

export interface OrderPayment {
  readonly paymentId: string;
  readonly provider: ProviderName;
  readonly status: PaymentStatus;
  readonly clientSecret?: string | undefined;
}

export interface Order {
  readonly orderId: string;
  readonly organizationId: string;
  readonly status: OrderStatus;
  readonly cancelReason?: CancelReason | undefined;
  /** The session whose cancellation undid it, when it was confirmed. */
  readonly cancelledSessionId?: string | undefined;
  readonly currency: string;
  /** Minor units. */
  readonly total: number;
  readonly customer: {
    readonly email: string;
    readonly name: string;
    readonly locale: Locale;
  };
  readonly holds: readonly OrderHold[];
  readonly items: readonly OrderItem[];
  readonly lines: readonly OrderLine[];
  readonly promoCode?: string | undefined;
  /** The use of a promo code with limited uses that it holds; given back in the transaction that cancels it. */
  readonly promoUse?: PromoUse | undefined;
  /** Which provider the customer chose; none for a free order. */
  readonly provider?: ProviderName | undefined;
  readonly payment?: OrderPayment | undefined;
  /** Minor units captured. */
  readonly captured: number;
  /** Of these, minor units given back or promised to be. */
  readonly refunded: number;
  /** Epoch seconds after which an unpaid order is cancelled. */
  readonly payBy?: number | undefined;
  /** The next best places, held for a customer whose places were lost: a hold for each hold and ticket type. */
  readonly offeredHoldIds?: readonly string[] | undefined;
  /** Oldest first. */
  readonly mailRequests?: readonly MailRequest[] | undefined;
  readonly createdAt: string;
  readonly requestHash: string;
  readonly revision: number;
}
