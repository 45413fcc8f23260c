import type { Fee, Tax } from '../catalog/contracts.ts';
import { maxAmount } from '../platform/money.ts';
import type { OrderLine } from './order.ts';

/** A place as its ticket type sells it; amounts are minor units of the order’s one currency. */
export interface PricedPlace {
  readonly ticketTypeId: string;
  /** Of the ticket type: what its line is called. */
  readonly name: string;
  readonly price: number;
  readonly fee?: Fee | undefined;
  readonly tax?: Tax | undefined;
}

/** Off the price: a share in basis points, or minor units per order. */
export type Discount = { readonly basisPoints: number } | { readonly amount: number };

export interface PromoDiscount {
  readonly code: string;
  readonly discount: Discount;
  /** Ticket types it is for; left out, for all. */
  readonly ticketTypeIds?: readonly string[] | undefined;
}

export interface OrderPrice {
  readonly lines: readonly OrderLine[];
  /** All lines together, those aside that are included in others. */
  readonly total: number;
  /** By place, in the order given. `refundable` is what a refund of that place gives back. */
  readonly items: readonly { readonly total: number; readonly refundable: number }[];
}

/** Most places that are priced together: no transaction of DynamoDB confirms as many. */
const maxPlaces = 100;

/** The whole, in basis points. */
const whole = 10_000;

/**
 * What an order costs. For each place, in this order:
 *
 * 1. `ticket`: its price.
 * 2. `discount`: what the promo code takes off. A share is reckoned of all prices it is for together, an amount
 *    is cut at them; either is then allocated over the places by price with the largest remainders rounded up.
 * 3. `fee`: its amount, or its share of the price after discount. An amount is due on free places too.
 * 4. `tax`: of the price after discount and, unless the tax leaves it out, of the fee. An included one is
 *    the part of them that is tax; it is shown and adds nothing.
 *
 * Rounding, the one rule: each line is computed exactly, then rounded to a whole minor unit, halves up. Lines of
 * nothing are left out, the ticket’s own aside. A fee that is not refundable stays, with the tax added to it.
 *
 * Minor units are all it knows of a currency: yen have no decimals, dinars three, and nothing differs.
 * Throws a RangeError for what no setting allows: amounts and shares out of bounds, more than 100 places.
 */
export const priceOrder = (places: readonly PricedPlace[], promo?: PromoDiscount): OrderPrice => {
  checkBounds(places, promo);
  const discounts = discountOf(places, promo);
  const priced = places.map((place, item) => priceOf(place, discounts[item] ?? 0, item, promo?.code ?? ''));
  return {
    lines: priced.flatMap(({ lines }) => lines),
    total: sum(priced.map(({ total }) => total)),
    items: priced.map(({ total, refundable }) => ({ total, refundable })),
  };
};

/**
 * Cuts an amount into whole parts in proportion to the weights: each gets its share rounded down, and what is
 * left goes one unit each to the largest remainders, the first of equals first. The parts add up to the
 * amount; none is over its weight when the amount is not over their sum.
 */
export const allocate = (amount: number, weights: readonly number[]): readonly number[] => {
  const all = BigInt(sum(weights));
  if (all === 0n) return weights.map(() => 0);
  const shares = weights.map((weight) => BigInt(amount) * BigInt(weight));
  const parts = shares.map((share) => Number(share / all));
  const byRemainder = shares
    .map((share, index) => ({ index, remainder: share % all }))
    .toSorted((a, b) => Number(b.remainder - a.remainder) || a.index - b.index);
  for (const { index } of byRemainder.slice(0, amount - sum(parts))) parts[index] = (parts[index] ?? 0) + 1;
  return parts;
};

const sum = (amounts: readonly number[]): number => amounts.reduce((total, amount) => total + amount, 0);

/** `amount × numerator ÷ denominator`, exact, then rounded half up; nothing here is negative. */
const share = (amount: number, numerator: number, denominator: number): number => {
  const doubled = 2n * BigInt(amount) * BigInt(numerator);
  return Number((doubled + BigInt(denominator)) / (2n * BigInt(denominator)));
};

/** What the promo code takes off each place. */
const discountOf = (places: readonly PricedPlace[], promo: PromoDiscount | undefined): readonly number[] => {
  if (promo === undefined) return places.map(() => 0);
  const { discount, ticketTypeIds } = promo;
  const prices = places.map(({ ticketTypeId, price }) =>
    ticketTypeIds === undefined || ticketTypeIds.includes(ticketTypeId) ? price : 0,
  );
  const all = sum(prices);
  const amount =
    'amount' in discount ? Math.min(discount.amount, all) : share(all, discount.basisPoints, whole);
  return allocate(amount, prices);
};

const priceOf = (place: PricedPlace, discount: number, item: number, code: string) => {
  const { name, price, tax } = place;
  const net = price - discount;
  const fee = feeOf(place.fee, net);
  const taxed = net + (tax?.isFeeTaxed ? fee : 0);
  const taxAmount = tax === undefined ? 0 : taxOf(tax, taxed);
  const isAdded = tax !== undefined && !tax.included;
  const optional: readonly OrderLine[] = [
    { kind: 'discount', item, label: code, amount: -discount },
    { kind: 'fee', item, label: 'Fee', amount: fee },
    { kind: 'tax', item, label: tax?.name ?? '', amount: taxAmount, ...(!isAdded && { isIncluded: true }) },
  ];
  const total = net + fee + (isAdded ? taxAmount : 0);
  const isFeeKept = place.fee !== undefined && !place.fee.isRefundable;
  return {
    lines: [
      { kind: 'ticket' as const, item, label: name, amount: price },
      // A discount of nothing is −0: it is nothing too.
      ...optional.filter(({ amount }) => amount !== 0),
    ],
    total,
    refundable: isFeeKept ? net + (isAdded ? taxOf(tax, net) : 0) : total,
  };
};

const feeOf = (fee: Fee | undefined, net: number): number => {
  if (fee === undefined) return 0;
  return 'amount' in fee ? fee.amount : share(net, fee.basisPoints, whole);
};

/** Of a sum that contains it, or to be added to a sum. */
const taxOf = ({ basisPoints, included }: Tax, taxed: number): number =>
  share(taxed, basisPoints, included ? whole + basisPoints : whole);

const checkBounds = (places: readonly PricedPlace[], promo: PromoDiscount | undefined): void => {
  const check = (what: string, value: number, most: number): void => {
    if (!Number.isInteger(value) || value < 0 || value > most)
      throw new RangeError(`${what} must be a whole number from 0 to ${most}; got ${value}`);
  };
  const checkRate = (what: string, rate: Discount): void =>
    'amount' in rate ? check(what, rate.amount, maxAmount) : check(what, rate.basisPoints, whole);

  check('The number of places', places.length, maxPlaces);
  for (const { price, fee, tax } of places) {
    check('A price', price, maxAmount);
    if (fee !== undefined) checkRate('A fee', fee);
    if (tax !== undefined) check('A tax', tax.basisPoints, whole);
  }
  if (promo !== undefined) checkRate('A discount', promo.discount);
};
