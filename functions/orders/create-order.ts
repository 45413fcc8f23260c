import { ticketIdOf, ticketPartsOf } from '../admission/contracts.ts';
import type { ProviderName, Providers } from '../payments/contracts.ts';
import type { Fault } from '../platform/answer.ts';
import { type HeldPlaces, type OrderClaims, orderLimitsExceeded } from '../ticketing/contracts.ts';
import type { ExtendForPayment } from '../ticketing/payment-extension-contracts.ts';
import { applyPaymentNews } from './apply-payment-news.ts';
import { confirmedItems, takePlaces, writesOverLimit } from './confirm-order.ts';
import { endOrder } from './end-order.ts';
import type { Order, OrderItem } from './order.ts';
import { newOrderWrites } from './order-store.ts';
import type { OrderPorts, Stamp } from './ports.ts';
import { priceOrder } from './pricing.ts';
import {
  decidePromo,
  type PromoCode,
  type PromoDecision,
  type PromoRefusal,
  refusalNow,
} from './promo-code.ts';
import type { PromoCodes } from './promo-store.ts';

/** What creating an order stands on, beside what confirming it does. */
export interface NewOrderPorts extends OrderPorts {
  readonly claims: Pick<OrderClaims, 'freeSlots' | 'readHolds'>;
  readonly extendForPayment: ExtendForPayment;
  readonly promoCodes: Pick<PromoCodes, 'find'>;
  readonly providers: Providers;
  /** Providers that this stage has. */
  readonly providerNames: readonly ProviderName[];
  /** Key that ids of tickets are derived with. */
  readonly idSecret: () => Promise<string>;
  /** How long after the end of its longest hold an order may still be paid. */
  readonly graceSeconds: number;
}

interface Person {
  readonly name: string;
  readonly email: string;
}

/** What a customer asks for. */
export interface NewOrder {
  readonly orderId: string;
  readonly requestHash: string;
  readonly holdIds: readonly string[];
  readonly customer: Order['customer'];
  /** One for each place, in the order of the holds and of the places in each; else all are the customer’s. */
  readonly attendees?: readonly Person[] | undefined;
  readonly provider?: ProviderName | undefined;
  readonly promoCode?: string | undefined;
}

/** Why an order cannot be made from these holds. */
export type OrderRefusal =
  | { readonly kind: 'faults'; readonly faults: readonly Fault[] }
  | { readonly kind: 'hold_expired'; readonly holdId: string }
  | { readonly kind: 'hold_not_active'; readonly holdId: string; readonly status: HeldPlaces['status'] }
  | { readonly kind: 'not_on_sale'; readonly sessionId: string; readonly state: HeldPlaces['sessionState'] }
  | { readonly kind: 'promo_refused'; readonly reason: PromoRefusal }
  /** It would take more writes than one transaction has. */
  | { readonly kind: 'too_large'; readonly writesOver: number };

export type OrderOutcome =
  | { readonly kind: 'created'; readonly order: Order }
  /** The same request before: the order as it is now. */
  | { readonly kind: 'replayed'; readonly order: Order }
  | { readonly kind: 'key_reused' }
  | OrderRefusal
  /** Of a free order: places were lost before it could be confirmed. */
  | { readonly kind: 'places_taken'; readonly places: readonly string[] }
  /** The order stands and waits: the same request again goes on with it. */
  | {
      readonly kind: 'provider_unavailable';
      readonly retryAfterSeconds: number;
      /** Until when its holds stand (ISO 8601). */
      readonly holdsExpireAt: string;
    };

/**
 * Makes an order of the places of holds.
 *
 * A free order is put and confirmed by one transaction: it is there with its places and tickets, or not at all.
 * One that must be paid is put `pending`; then the provider is asked for a payment under the order’s id, and
 * that is noted (`awaiting_payment`). After a crash in between, the same request goes on from what it finds, and
 * the order’s machine ends it when nobody does.
 */
export const createOrder = async (
  ports: NewOrderPorts,
  wanted: NewOrder,
  stamp: Stamp,
): Promise<OrderOutcome> => {
  const held = await ports.claims.readHolds([...new Set(wanted.holdIds)]);
  const refusal = refuse(wanted, held);
  if (refusal !== undefined) return (await findRepeat(ports, wanted, stamp)) ?? refusal;

  const promo = await promoOf(ports, wanted, held);
  if (promo?.kind === 'refused')
    return (await findRepeat(ports, wanted, stamp)) ?? { kind: 'promo_refused', reason: promo.reason };
  const order = await newOrder(ports, wanted, held, promo, stamp('order.created').at);
  const isFree = order.total === 0;
  if (!isFree) {
    const provider = providerFault(ports, order.provider);
    if (provider !== undefined)
      return (await findRepeat(ports, wanted, stamp)) ?? { kind: 'faults', faults: [provider] };
  }
  const writesOver = writesOverLimit(order, newOrderWrites(order));
  if (writesOver > 0) return (await findRepeat(ports, wanted, stamp)) ?? { kind: 'too_large', writesOver };

  if (isFree) return createFree(ports, wanted, order, stamp);
  const put = await ports.orders.create(order, stamp('order.created'));
  if (put.kind === 'exists') return asRepeat(ports, wanted, put.old, stamp);
  if (put.kind === 'promo_refused') return promoLost(put.promo, ports);
  if (put.kind === 'refused') throw new Error(`Order ${order.orderId} was refused by its own references`);
  return requestPayment(ports, order, 'created', stamp);
};

const createFree = async (
  ports: NewOrderPorts,
  wanted: NewOrder,
  order: Order,
  stamp: Stamp,
): Promise<OrderOutcome> => {
  const change = stamp('order.confirmed');
  const confirmed: Order = { ...order, status: 'confirmed', items: confirmedItems(order.items) };
  const outcome = await takePlaces(ports, order, change, (beside) =>
    ports.orders.create(confirmed, change, beside),
  );
  if (outcome.kind === 'lost') {
    const repeat = await findRepeat(ports, wanted, stamp);
    return repeat ?? { kind: 'places_taken', places: outcome.places };
  }
  if (outcome.result.kind === 'exists') return asRepeat(ports, wanted, outcome.result.old, stamp);
  if (outcome.result.kind === 'promo_refused') return promoLost(outcome.result.promo, ports);
  await ports.claims.freeSlots(order.holds);
  return { kind: 'created', order: confirmed };
};

/** Others had the last uses of the code, or the organizer switched it off, since it was read. */
const promoLost = (promo: PromoCode | undefined, { clock }: NewOrderPorts): OrderRefusal => ({
  kind: 'promo_refused',
  reason: (promo && refusalNow(promo, new Date(clock() * 1_000))) ?? 'used_up',
});

/** What the code of a request gives; undefined when it names none. */
const promoOf = async (
  { promoCodes, clock }: NewOrderPorts,
  { promoCode }: NewOrder,
  held: ReadonlyMap<string, HeldPlaces>,
): Promise<PromoDecision | undefined> => {
  if (promoCode === undefined) return undefined;
  const holds = [...held.values()];
  const places = holds.flatMap(({ eventId, places: ofHold }) =>
    ofHold.map(({ ticketType }) => ({ eventId, ticketTypeId: ticketType.id })),
  );
  const promos = await promoCodes.find(
    promoCode,
    holds.map(({ eventId }) => eventId),
  );
  return decidePromo(promos, { currency: currencyOf(holds[0]), places }, new Date(clock() * 1_000));
};

/** The order of the same request, if it was made before. */
const findRepeat = async (
  ports: NewOrderPorts,
  wanted: NewOrder,
  stamp: Stamp,
): Promise<OrderOutcome | undefined> => {
  const old = await ports.orders.get(wanted.orderId);
  return old && asRepeat(ports, wanted, old, stamp);
};

const asRepeat = async (
  ports: NewOrderPorts,
  { requestHash }: NewOrder,
  old: Order,
  stamp: Stamp,
): Promise<OrderOutcome> => {
  if (old.requestHash !== requestHash) return { kind: 'key_reused' };
  return old.status === 'pending'
    ? requestPayment(ports, old, 'replayed', stamp)
    : { kind: 'replayed', order: old };
};

/**
 * Asks the provider for the payment of a pending order, and notes it. Idempotent by the order’s id: a repeat is
 * answered with the same payment. News of it may come before our own note; then there is nothing to note.
 */
const requestPayment = async (
  ports: NewOrderPorts,
  order: Order,
  kind: 'created' | 'replayed',
  stamp: Stamp,
): Promise<OrderOutcome> => {
  const { orders, clock } = ports;
  const { provider: name, payBy } = order;
  if (name === undefined || payBy === undefined)
    throw new Error(`Order ${order.orderId} is pending without a provider`);
  if (payBy < clock()) return { kind, order };
  const provider = await ports.providers(name);
  const created = await provider.create({
    payableId: order.orderId,
    amount: { amount: order.total, currency: order.currency },
    description: `Order ${order.orderId}`,
    email: order.customer.email,
  });
  if (!created.ok) {
    if (created.reason === 'unavailable') {
      // Nobody loses places because a provider is down: there is time to come back.
      const holdIds = order.holds.map(({ holdId }) => holdId);
      const extension = await ports.extendForPayment(holdIds, payBy, stamp);
      switch (extension.kind) {
        case 'extended':
          return {
            kind: 'provider_unavailable',
            retryAfterSeconds: created.retryAfterSeconds,
            holdsExpireAt: extension.expiresAt,
          };
        case 'expired':
          return { kind: 'hold_expired', holdId: extension.holdId };
        case 'not_active':
          return { kind: 'hold_not_active', holdId: extension.holdId, status: extension.status };
      }
    }
    const refused = await endOrder(ports, order, 'payment_failed', {}, stamp);
    return { kind, order: refused.order };
  }
  const { paymentId, clientSecret, status } = created.value;
  const noted = await orders.change(
    order,
    'awaitPayment',
    {
      payment: {
        paymentId,
        provider: name,
        status: 'created',
        ...(clientSecret !== undefined && { clientSecret }),
      },
    },
    stamp('order.awaiting_payment'),
  );
  if (noted.kind === 'stale') return { kind, order: noted.order };
  // A repeat of a request that crashed may find it paid already.
  const news = { provider: name, paymentId, payableId: order.orderId, status };
  return { kind, order: await applyPaymentNews(ports, noted.order, news, stamp) };
};

/** What is wrong with the holds of a request; undefined when an order can be made of them. */
const refuse = (wanted: NewOrder, held: ReadonlyMap<string, HeldPlaces>): OrderRefusal | undefined => {
  const faults: Fault[] = [];
  const fault = (pointer: string, code: string, detail: string): void => {
    faults.push({ in: 'body', pointer, code, detail });
  };
  const [first] = wanted.holdIds.flatMap((id) => held.get(id) ?? []);
  const currency = first && currencyOf(first);
  const seen = new Set<string>();
  for (const [index, holdId] of wanted.holdIds.entries()) {
    const hold = held.get(holdId);
    const pointer = `/holdIds/${index}`;
    if (seen.has(holdId)) fault(pointer, 'DUPLICATE_HOLD', 'This hold stands in the list already.');
    else if (hold === undefined) fault(pointer, 'UNKNOWN_HOLD', 'There is no such hold.');
    else if (hold.organizationId !== first?.organizationId)
      fault(pointer, 'MIXED_ORGANIZATION', 'An order is of one organizer; this hold is of another.');
    else if (currencyOf(hold) !== currency)
      fault(
        pointer,
        'MIXED_CURRENCY',
        `An order has one currency; the first hold is in ${currency}, this one in ${currencyOf(hold)}.`,
      );
    seen.add(holdId);
  }
  const places = [...held.values()].reduce((sum, hold) => sum + hold.places.length, 0);
  if (wanted.attendees !== undefined && faults.length === 0 && wanted.attendees.length !== places)
    fault(
      '/attendees',
      'ATTENDEE_COUNT',
      `${wanted.attendees.length} attendees for ${places} places: one for each, or none.`,
    );
  const types = [...held.values()].flatMap((hold) => hold.places.map(({ ticketType }) => ticketType));
  const overLimit = orderLimitsExceeded(
    [...new Map(types.map((type) => [type.id, type])).values()],
    types.map(({ id }) => id),
  );
  for (const { name, count, maxPerOrder } of overLimit)
    fault('/holdIds', 'OVER_ORDER_LIMIT', `${count} of ${name}; an order has at most ${maxPerOrder}.`);
  if (faults.length > 0) return { kind: 'faults', faults };

  for (const { holdId, sessionId, status, sessionState } of held.values()) {
    if (status === 'expired') return { kind: 'hold_expired', holdId };
    if (status !== 'active') return { kind: 'hold_not_active', holdId, status };
    if (sessionState !== 'on_sale') return { kind: 'not_on_sale', sessionId, state: sessionState };
  }
  const lapsed = takenOver([...held.values()]);
  return lapsed && { kind: 'hold_expired', holdId: lapsed.holdId };
};

/**
 * A hold with a place that a later one has too: by the clock of who made that it had lapsed, and only by ours it
 * has not. An order of both would have the place twice.
 */
const takenOver = (holds: readonly HeldPlaces[]): HeldPlaces | undefined => {
  const taken = new Set<string>();
  return holds
    .toSorted((one, other) => other.until - one.until)
    .find(({ sessionId, places }) => {
      const own = places.map(({ place }) => `${sessionId}/${place}`);
      if (own.some((place) => taken.has(place))) return true;
      for (const place of own) taken.add(place);
      return false;
    });
};

const currencyOf = (hold: HeldPlaces | undefined): string => hold?.places[0]?.ticketType.price.currency ?? '';

const providerFault = (
  { providerNames }: NewOrderPorts,
  provider: ProviderName | undefined,
): Fault | undefined => {
  if (provider === undefined)
    return {
      in: 'body',
      pointer: '/payment',
      code: 'PAYMENT_REQUIRED',
      detail: `This order must be paid; providers: ${providerNames.join(', ')}.`,
    };
  if (providerNames.includes(provider)) return undefined;
  return {
    in: 'body',
    pointer: '/payment/provider',
    code: 'PROVIDER_NOT_AVAILABLE',
    detail: `Not available here; providers: ${providerNames.join(', ')}.`,
  };
};

/** The order that the request describes, priced, with the ids of its tickets. */
const newOrder = async (
  { idSecret, graceSeconds }: NewOrderPorts,
  wanted: NewOrder,
  held: ReadonlyMap<string, HeldPlaces>,
  promo: Extract<PromoDecision, { readonly kind: 'given' }> | undefined,
  createdAt: string,
): Promise<Order> => {
  const { orderId, customer, attendees } = wanted;
  const holds = wanted.holdIds.flatMap((id) => held.get(id) ?? []);
  const [first] = holds;
  if (first === undefined) throw new Error('An order without holds');
  const places = holds.flatMap((hold) => hold.places.map((place) => ({ ...place, eventId: hold.eventId })));
  const priced = priceOrder(
    places.map(({ ticketType: { id, name, price, fee, tax } }) => ({
      ticketTypeId: id,
      name,
      price: price.amount,
      fee,
      tax,
    })),
    promo?.discount,
  );
  const secret = await idSecret();
  const items = places.map(({ ticketType, ...place }, index): OrderItem => {
    const price = priced.items[index];
    if (price === undefined) throw new Error('Pricing left out an item');
    return {
      ...place,
      ticketId: ticketIdOf(ticketPartsOf(secret, orderId, index, 0)),
      ticketTypeId: ticketType.id,
      ticketTypeName: ticketType.name,
      ...price,
      attendee: attendees?.[index] ?? { name: customer.name, email: customer.email },
      status: 'open',
    };
  });
  return {
    orderId,
    organizationId: first.organizationId,
    status: 'pending',
    currency: currencyOf(first),
    total: priced.total,
    customer,
    holds: holds.map(({ holdId, sessionId, until, customerSlot }) => ({
      holdId,
      sessionId,
      until,
      ...(customerSlot !== undefined && { customerSlot }),
    })),
    items,
    lines: priced.lines,
    ...(promo !== undefined && { promoCode: promo.discount.code }),
    ...(promo?.use !== undefined && { promoUse: promo.use }),
    ...(priced.total > 0 && {
      provider: wanted.provider,
      payBy: Math.max(...holds.map(({ until }) => until)) + graceSeconds,
    }),
    captured: 0,
    refunded: 0,
    createdAt,
    requestHash: wanted.requestHash,
    revision: 1,
  };
};
