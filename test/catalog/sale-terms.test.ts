import { describe, expect, test } from 'vitest';
import { changeSaleTerms, salesWindowFaults } from '../../functions/catalog/sale-terms.ts';
import { newTicketType } from '../../functions/catalog/session.ts';

const early = '2027-01-01T10:00:00Z';
const late = '2027-01-01T10:00:00.001Z';
const texts = (faults: readonly { pointer: string; code: string }[]) =>
  faults.map(({ pointer, code }) => `${pointer} ${code}`);

describe('the terms of a ticket type', () => {
  const type = { name: 'Standing', price: { amount: 2_500, currency: 'EUR' }, quantity: 100 };

  test('a fee is kept on a refund, and taxed, unless told otherwise', () => {
    const tax = { name: 'TVA', basisPoints: 900, included: true };
    expect(newTicketType.parse({ ...type, fee: { basisPoints: 500 }, tax })).toEqual({
      ...type,
      fee: { basisPoints: 500, isRefundable: false },
      tax: { ...tax, isFeeTaxed: true },
    });
  });

  test.each<[string, object]>([
    ['a fee of nothing', { fee: { amount: 0 } }],
    ['a fee by amount and share', { fee: { amount: 100, basisPoints: 100 } }],
    ['a fee over the whole', { fee: { basisPoints: 10_001 } }],
    ['a fee over the highest price', { fee: { amount: 1_000_000_001 } }],
    ['half a basis point', { fee: { basisPoints: 0.5 } }],
    ['a tax without a name', { tax: { name: ' ', basisPoints: 900, included: true } }],
    ['a tax that says not whether it is included', { tax: { name: 'TVA', basisPoints: 900 } }],
    ['a negative tax', { tax: { name: 'TVA', basisPoints: -1, included: true } }],
    ['a date for an instant', { salesFrom: '2027-01-01' }],
    ['an order of none', { maxPerOrder: 0 }],
    ['an order of 101', { maxPerOrder: 101 }],
  ])('%s is refused', (_, terms) => {
    expect(newTicketType.safeParse({ ...type, ...terms }).success).toBe(false);
  });
});

test.each<[string, object, string[]]>([
  ['no window', {}, []],
  ['open at one end', { salesFrom: late }, []],
  ['open at the other', { salesUntil: early }, []],
  ['a millisecond long', { salesFrom: early, salesUntil: late }, []],
  ['empty', { salesFrom: early, salesUntil: early }, ['/types/1/salesUntil ENDS_BEFORE_START']],
  ['the wrong way round', { salesFrom: late, salesUntil: early }, ['/types/1/salesUntil ENDS_BEFORE_START']],
])('a sales window: %s', (_, window, faults) => {
  expect(texts(salesWindowFaults([{}, window], 'types'))).toEqual(faults);
});

describe('changing terms', () => {
  const types = [
    { id: 'tt_a', name: 'A', salesFrom: early, maxPerOrder: 4 },
    { id: 'tt_b', name: 'B' },
  ];
  test.each<[string, Parameters<typeof changeSaleTerms>[1], object]>([
    ['nothing', [], { ok: true, types }],
    [
      'one is set, one ended, one left alone',
      [{ id: 'tt_a', maxPerOrder: null, salesUntil: late }],
      { ok: true, types: [{ id: 'tt_a', name: 'A', salesFrom: early, salesUntil: late }, types[1]] },
    ],
    [
      'each type by itself, their order kept',
      [
        { id: 'tt_b', maxPerOrder: 2 },
        { id: 'tt_a', maxPerOrder: 1 },
      ],
      {
        ok: true,
        types: [
          { id: 'tt_a', name: 'A', salesFrom: early, maxPerOrder: 1 },
          { id: 'tt_b', name: 'B', maxPerOrder: 2 },
        ],
      },
    ],
  ])('%s', (_, patches, result) => {
    expect(changeSaleTerms(types, patches)).toEqual(result);
  });

  test.each<[string, Parameters<typeof changeSaleTerms>[1], string[]]>([
    [
      'an unknown type, and one twice',
      [{ id: 'tt_b' }, { id: 'tt_c' }, { id: 'tt_b' }],
      ['/saleTerms/1/id UNKNOWN_TICKET_TYPE', '/saleTerms/2/id DUPLICATE_TICKET_TYPE'],
    ],
    [
      'a window that ends before the beginning it has',
      [{ id: 'tt_b' }, { id: 'tt_a', salesUntil: early }],
      ['/saleTerms/1/salesUntil ENDS_BEFORE_START'],
    ],
  ])('%s is refused', (_, patches, faults) => {
    const result = changeSaleTerms(types, patches);
    expect(result.ok ? [] : texts(result.faults)).toEqual(faults);
  });
});
