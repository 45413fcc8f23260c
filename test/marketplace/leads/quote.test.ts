import { describe, expect, test } from 'vitest';
import {
  currencyOf,
  depositOf,
  type QuoteTerms,
  quoteTerms,
  totalOf,
} from '../../../functions/marketplace/leads/quote.ts';

const lei = (amount: number) => ({ amount, currency: 'RON' });
const item = (quantity: number, amount: number) => ({ name: 'Tacos', quantity, unitPrice: lei(amount) });
const terms = (fields: object) => ({
  items: [item(1, 100)],
  deposit: { percent: 20 },
  expiresAt: '2027-03-10T12:00:00Z',
  ...fields,
});

describe('what a quote comes to', () => {
  test.for<[string, Pick<QuoteTerms, 'items' | 'travel'>, number]>([
    ['one line', { items: [item(1, 100)] }, 100],
    ['lines by quantity', { items: [item(80, 3_200), item(3, 15_050)] }, 301_150],
    ['lines and the way', { items: [item(2, 100)], travel: lei(25_000) }, 25_200],
    ['nothing', { items: [item(5, 0)] }, 0],
  ])('%s', ([, quote, total]) => {
    expect(totalOf(quote)).toBe(total);
    expect(currencyOf(quote)).toBe('RON');
  });

  test.for<[number, number, number]>([
    // total, percent, deposit
    [1_000, 0, 0],
    [1_000, 100, 1_000],
    [1_000, 25, 250],
    [999, 50, 500],
    [998, 50, 499],
    [49, 1, 0],
    [50, 1, 1],
    [150, 1, 2],
    [99_999_999, 33, 33_000_000],
    [0, 100, 0],
  ])('of %s, a deposit of %s % is %s: halves are rounded up', ([total, percent, deposit]) => {
    const quote = { items: [item(1, total)], deposit: { percent, withinMinutes: 60 } };
    expect(depositOf(quote)).toBe(deposit);
  });
});

describe('a quote that is sent', () => {
  test('leaves a day for the deposit unless it says otherwise', () => {
    expect(quoteTerms.parse(terms({})).deposit).toEqual({ percent: 20, withinMinutes: 1_440 });
  });

  const euros = { amount: 100, currency: 'EUR' };
  test.for<[string, object, string]>([
    ['lines in two currencies', { items: [item(1, 1), { ...item(1, 1), unitPrice: euros }] }, 'items'],
    ['a way in another currency', { travel: euros }, 'items'],
    ['a minimum in another currency', { guaranteedMinimum: euros }, 'items'],
    ['more than one payment takes', { items: [item(100_000, 1_000)] }, 'items'],
    ['no lines', { items: [] }, 'items'],
    ['a line of none', { items: [item(0, 100)] }, 'items.0.quantity'],
    ['half a taco', { items: [item(0.5, 100)] }, 'items.0.quantity'],
    ['a share above all', { deposit: { percent: 101 } }, 'deposit.percent'],
    ['four minutes for the deposit', { deposit: { percent: 20, withinMinutes: 4 } }, 'deposit.withinMinutes'],
    ['an end by local time', { expiresAt: '2027-03-10T12:00:00+02:00' }, 'expiresAt'],
  ])('with %s is refused, and it says where', ([, fields, path]) => {
    const parsed = quoteTerms.safeParse(terms(fields));
    expect(parsed.error?.issues.map((issue) => issue.path.join('.'))).toEqual([path]);
  });

  test('of the most that one payment takes is fine', () => {
    expect(quoteTerms.safeParse(terms({ items: [item(1, 99_999_999)] })).success).toBe(true);
    expect(quoteTerms.safeParse(terms({ items: [item(1, 99_999_999)], travel: lei(1) })).success).toBe(false);
  });
});
