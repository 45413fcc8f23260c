import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Fee, Tax } from '../../functions/catalog/contracts.ts';
import type { OrderLine } from '../../functions/orders/order.ts';
import {
  allocate,
  type PricedPlace,
  type PromoDiscount,
  priceOrder,
} from '../../functions/orders/pricing.ts';

const stalls = 'tt_stalls';
const place = (price: number, more: Partial<PricedPlace> = {}): PricedPlace => ({
  ticketTypeId: stalls,
  name: 'Stalls',
  price,
  ...more,
});
const places = (count: number, price: number, more: Partial<PricedPlace> = {}): readonly PricedPlace[] =>
  Array.from({ length: count }, () => place(price, more));
const included = (basisPoints: number, more: Partial<Tax> = {}): Tax => ({
  name: 'TVA',
  basisPoints,
  included: true,
  isFeeTaxed: true,
  ...more,
});
const added = (basisPoints: number, more: Partial<Tax> = {}): Tax => ({
  ...included(basisPoints),
  name: 'Sales tax',
  included: false,
  ...more,
});
const kept = (rate: { amount: number } | { basisPoints: number }): Fee => ({ ...rate, isRefundable: false });
const givenBack = (rate: { amount: number } | { basisPoints: number }): Fee => ({
  ...rate,
  isRefundable: true,
});
const off = (discount: PromoDiscount['discount'], ...ticketTypeIds: string[]): PromoDiscount => ({
  code: 'CODE',
  discount,
  ...(ticketTypeIds.length > 0 && { ticketTypeIds }),
});

/** `0 ticket 4500`, and `(…)` around what is included. */
const drawn = (lines: readonly OrderLine[]): readonly string[] =>
  lines.map(({ item, kind, amount, isIncluded }) =>
    isIncluded ? `${item} ${kind} (${amount})` : `${item} ${kind} ${amount}`,
  );

interface Case {
  readonly what: string;
  readonly places: readonly PricedPlace[];
  readonly promo?: PromoDiscount;
  readonly lines: readonly string[];
  readonly total: number;
  /** What a refund of each place gives back. */
  readonly refundable: readonly number[];
}

const cases: readonly Case[] = [
  {
    what: 'one place at its price',
    places: [place(4_500)],
    lines: ['0 ticket 4500'],
    total: 4_500,
    refundable: [4_500],
  },
  {
    what: 'Romania, 9 % included: 100.00 RON hold 8.256… of tax',
    places: [place(10_000, { tax: included(900) })],
    lines: ['0 ticket 10000', '0 tax (826)'],
    total: 10_000,
    refundable: [10_000],
  },
  {
    what: 'Romania, 21 % included, with a fee of 5.00 that is taxed and kept',
    places: [place(12_100, { tax: included(2_100), fee: kept({ amount: 500 }) })],
    // 12,600 × 21 ÷ 121 = 2,186.77…
    lines: ['0 ticket 12100', '0 fee 500', '0 tax (2187)'],
    total: 12_600,
    refundable: [12_100],
  },
  {
    what: 'the same fee, not taxed and given back',
    places: [place(12_100, { tax: included(2_100, { isFeeTaxed: false }), fee: givenBack({ amount: 500 }) })],
    lines: ['0 ticket 12100', '0 fee 500', '0 tax (2100)'],
    total: 12_600,
    refundable: [12_600],
  },
  {
    what: 'United States, 8.875 % cut to 8.88 %, added to price and fee; the kept fee keeps its tax',
    places: places(2, 5_000, { tax: added(888), fee: kept({ basisPoints: 1_000 }) }),
    // 5,500 × 0.0888 = 488.4; of the price alone 5,000 × 0.0888 = 444.
    lines: ['0 ticket 5000', '0 fee 500', '0 tax 488', '1 ticket 5000', '1 fee 500', '1 tax 488'],
    total: 11_976,
    refundable: [5_444, 5_444],
  },
  {
    what: 'an added tax that leaves the fee out',
    places: [place(5_000, { tax: added(1_000, { isFeeTaxed: false }), fee: kept({ amount: 250 }) })],
    lines: ['0 ticket 5000', '0 fee 250', '0 tax 500'],
    total: 5_750,
    refundable: [5_500],
  },
  {
    what: 'yen have no decimals: 10 % of 1,235 is 123.5, up',
    places: [place(1_235, { tax: added(1_000) })],
    lines: ['0 ticket 1235', '0 tax 124'],
    total: 1_359,
    refundable: [1_359],
  },
  {
    what: 'dinars have three: 12.345 KWD, a fee of 2.5 % is 0.308625, up',
    places: [place(12_345, { fee: givenBack({ basisPoints: 250 }) })],
    lines: ['0 ticket 12345', '0 fee 309'],
    total: 12_654,
    refundable: [12_654],
  },
  {
    what: 'half a unit goes up, less goes down',
    places: [place(50, { fee: kept({ basisPoints: 100 }) }), place(49, { fee: kept({ basisPoints: 100 }) })],
    lines: ['0 ticket 50', '0 fee 1', '1 ticket 49'],
    total: 100,
    refundable: [50, 49],
  },
  {
    what: '10 % of three places at 3.33: 1.00 off in all, the first takes the odd cent',
    places: places(3, 333),
    promo: off({ basisPoints: 1_000 }),
    lines: [
      '0 ticket 333',
      '0 discount -34',
      '1 ticket 333',
      '1 discount -33',
      '2 ticket 333',
      '2 discount -33',
    ],
    total: 899,
    refundable: [299, 300, 300],
  },
  {
    what: '10.00 off an order, by price: 2.50, 7.50',
    places: [place(2_000), place(6_000)],
    promo: off({ amount: 1_000 }),
    lines: ['0 ticket 2000', '0 discount -250', '1 ticket 6000', '1 discount -750'],
    total: 7_000,
    refundable: [1_750, 5_250],
  },
  {
    what: 'more off than it costs: nothing is owed, nobody is paid',
    places: [place(300), place(200)],
    promo: off({ amount: 100_000 }),
    lines: ['0 ticket 300', '0 discount -300', '1 ticket 200', '1 discount -200'],
    total: 0,
    refundable: [0, 0],
  },
  {
    what: 'for one ticket type only',
    places: [place(1_000), place(3_000, { ticketTypeId: 'tt_box', name: 'Box' })],
    promo: off({ basisPoints: 5_000 }, 'tt_box'),
    lines: ['0 ticket 1000', '1 ticket 3000', '1 discount -1500'],
    total: 2_500,
    refundable: [1_000, 1_500],
  },
  {
    what: 'fee and tax go by the price after discount',
    places: [place(10_000, { fee: kept({ basisPoints: 500 }), tax: added(900) })],
    promo: off({ basisPoints: 2_000 }),
    // 8,000, fee 400, tax of 8,400; of the price alone 720.
    lines: ['0 ticket 10000', '0 discount -2000', '0 fee 400', '0 tax 756'],
    total: 9_156,
    refundable: [8_720],
  },
  {
    what: '100 % off with a fee by share and a tax: free',
    places: places(2, 4_500, { fee: kept({ basisPoints: 500 }), tax: added(2_100) }),
    promo: off({ basisPoints: 10_000 }),
    lines: ['0 ticket 4500', '0 discount -4500', '1 ticket 4500', '1 discount -4500'],
    total: 0,
    refundable: [0, 0],
  },
  {
    what: '100 % off with a fee by amount: the fee is due',
    places: [place(4_500, { fee: kept({ amount: 150 }), tax: included(2_100) })],
    promo: off({ basisPoints: 10_000 }),
    // 150 × 21 ÷ 121 = 26.03…
    lines: ['0 ticket 4500', '0 discount -4500', '0 fee 150', '0 tax (26)'],
    total: 150,
    refundable: [0],
  },
  {
    what: 'free places, with a code for them',
    places: places(2, 0, { tax: included(900) }),
    promo: off({ amount: 500 }),
    lines: ['0 ticket 0', '1 ticket 0'],
    total: 0,
    refundable: [0, 0],
  },
  { what: 'no places', places: [], promo: off({ amount: 500 }), lines: [], total: 0, refundable: [] },
];

describe('what an order costs', () => {
  test.each(cases)('$what', ({ places, promo, lines, total, refundable }) => {
    const price = priceOrder(places, promo);
    expect({
      lines: drawn(price.lines),
      total: price.total,
      refundable: price.items.map((item) => item.refundable),
    }).toEqual({ lines, total, refundable });
  });

  test('lines are called after the ticket type, the code and the tax', () => {
    const { lines } = priceOrder(
      [place(1_000, { fee: kept({ amount: 1 }), tax: included(900) })],
      off({ amount: 1 }),
    );
    expect(lines.map(({ label }) => label)).toEqual(['Stalls', 'CODE', 'Fee', 'TVA']);
  });

  test('a hundred places at the highest price, fee, discount and tax are exact', () => {
    const dear = places(100, 1_000_000_000, { fee: kept({ basisPoints: 10_000 }), tax: added(10_000) });
    expect(priceOrder(dear).total).toBe(400_000_000_000);
    expect(priceOrder(dear, off({ amount: 1_000_000_000 })).total).toBe(396_000_000_000);
    expect(priceOrder(dear, off({ basisPoints: 10_000 })).total).toBe(0);
  });

  test.each<[string, readonly PricedPlace[], PromoDiscount | undefined]>([
    ['a negative price', [place(-1)], undefined],
    ['half a cent', [place(0.5)], undefined],
    ['a price over the bound', [place(1_000_000_001)], undefined],
    ['101 places', places(101, 1), undefined],
    ['a negative fee', [place(1, { fee: kept({ amount: -1 }) })], undefined],
    ['a fee over the whole', [place(1, { fee: kept({ basisPoints: 10_001 }) })], undefined],
    ['a tax that is no number', [place(1, { tax: added(Number.NaN) })], undefined],
    ['a discount over the whole', [place(1)], off({ basisPoints: 10_001 })],
    ['a negative discount', [place(1)], off({ amount: -1 })],
  ])('%s is refused', (_, places, promo) => {
    expect(() => priceOrder(places, promo)).toThrow(RangeError);
  });
});

describe('allocation', () => {
  test.each<[number, number[], number[]]>([
    [100, [1, 1, 1], [34, 33, 33]],
    [5, [3, 3], [3, 2]],
    [10, [1, 2, 7], [1, 2, 7]],
    [2, [1, 1, 1, 97], [0, 0, 0, 2]],
    [3, [10, 0, 10], [2, 0, 1]],
    [7, [0, 0], [0, 0]],
    [0, [5, 5], [0, 0]],
    [5, [], []],
  ])('%d by %j is %j', (amount, weights, parts) => {
    expect(allocate(amount, weights)).toEqual(parts);
  });
});

const seed = Date.now();

const arbitraryRate = fc.oneof(
  fc.record({ amount: fc.integer({ min: 1, max: 5_000 }) }),
  fc.record({ basisPoints: fc.integer({ min: 1, max: 10_000 }) }),
);
const arbitraryPlace = fc.record(
  {
    ticketTypeId: fc.constantFrom('tt_a', 'tt_b', 'tt_c'),
    name: fc.constant('A place'),
    price: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 1e9 })),
    fee: fc
      .tuple(arbitraryRate, fc.boolean())
      .map(([rate, isRefundable]): Fee => ({ ...rate, isRefundable })),
    tax: fc.record({
      name: fc.constant('A tax'),
      basisPoints: fc.integer({ min: 0, max: 10_000 }),
      included: fc.boolean(),
      isFeeTaxed: fc.boolean(),
    }),
  },
  { requiredKeys: ['ticketTypeId', 'name', 'price'] },
);
const arbitraryPromo = fc.record(
  {
    code: fc.constant('CODE'),
    discount: fc.oneof(arbitraryRate, fc.record({ amount: fc.integer({ min: 1, max: 1e9 }) })),
    ticketTypeIds: fc.uniqueArray(fc.constantFrom('tt_a', 'tt_b', 'tt_c'), { minLength: 1 }),
  },
  { requiredKeys: ['code', 'discount'] },
);
const arbitraryOrder = fc.tuple(
  fc.array(arbitraryPlace, { maxLength: 20 }),
  fc.option(arbitraryPromo, { nil: undefined }),
);

const sum = (amounts: readonly number[]): number => amounts.reduce((total, amount) => total + amount, 0);
const addedUp = (lines: readonly OrderLine[]) =>
  sum(lines.filter((line) => !line.isIncluded).map(({ amount }) => amount));

describe(`any order (seed ${seed})`, () => {
  const holds = (check: (places: readonly PricedPlace[], promo: PromoDiscount | undefined) => void): void =>
    fc.assert(
      fc.property(arbitraryOrder, ([places, promo]) => check(places, promo)),
      { seed, numRuns: 2_000 },
    );

  test('its lines add up to its total, and so do its items; each item is its own lines', () =>
    holds((places, promo) => {
      const { lines, total, items } = priceOrder(places, promo);
      expect(addedUp(lines)).toBe(total);
      expect(sum(items.map((item) => item.total))).toBe(total);
      for (const [index, item] of items.entries())
        expect(addedUp(lines.filter((line) => line.item === index))).toBe(item.total);
    }));

  test('nothing is negative but discounts, and those never more than the price', () =>
    holds((places, promo) => {
      const { lines, items } = priceOrder(places, promo);
      for (const { kind, amount, item } of lines) {
        expect(Number.isSafeInteger(amount)).toBe(true);
        if (kind !== 'discount') expect(amount).toBeGreaterThanOrEqual(0);
        else expect(-amount).toBeLessThanOrEqual(places[item]?.price ?? 0);
      }
      for (const { total, refundable } of items) {
        expect(refundable).toBeGreaterThanOrEqual(0);
        expect(refundable).toBeLessThanOrEqual(total);
      }
    }));

  test('what is refunded and what is kept make the whole; without kept fees all of it is refunded', () =>
    holds((places, promo) => {
      const { lines, total, items } = priceOrder(places, promo);
      const isKept = (item: number) => places[item]?.fee?.isRefundable === false;
      const keptFees = lines.filter(({ kind, item }) => kind === 'fee' && isKept(item));
      // A kept fee keeps the tax that was added for it: what the same order costs more than without the fee.
      const bare = priceOrder(
        places.map((place) => (place.fee?.isRefundable === false ? { ...place, fee: undefined } : place)),
        promo,
      );
      expect(sum(items.map(({ refundable }) => refundable))).toBe(bare.total);
      if (keptFees.length === 0) expect(bare.total).toBe(total);
    }));

  test('a discount takes off what it says, never more than the prices it is for', () =>
    holds((places, promo) => {
      const eligible = sum(
        places
          .filter(({ ticketTypeId }) => promo?.ticketTypeIds?.includes(ticketTypeId) ?? true)
          .map(({ price }) => price),
      );
      const discounts = priceOrder(places, promo).lines.filter(({ kind }) => kind === 'discount');
      const taken = sum(discounts.map(({ amount }) => -amount));
      if (promo === undefined) expect(taken).toBe(0);
      else if ('amount' in promo.discount) expect(taken).toBe(Math.min(promo.discount.amount, eligible));
      else
        expect(Math.abs(taken - (eligible * promo.discount.basisPoints) / 10_000)).toBeLessThanOrEqual(0.5);
    }));

  test('an included tax adds nothing', () =>
    holds((places, promo) => {
      const taxed = places.map(({ tax, ...place }) => ({
        ...place,
        ...(tax && { tax: { ...tax, included: true } }),
      }));
      const untaxed = places.map(({ tax: _, ...place }) => place);
      expect(priceOrder(taxed, promo).items).toEqual(priceOrder(untaxed, promo).items);
    }));
});
