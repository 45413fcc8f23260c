import * as z from 'zod';
import { money } from '../../platform/money.ts';
import { instant } from '../../platform/time.ts';

/** The two sides of a lead. */
export const party = z.enum(['organizer', 'truck']);
export type Party = z.output<typeof party>;

/** Minor units that a whole quote may come to: what providers take for one payment. */
export const maxQuoteAmount = 99_999_999;

/** Lines, travel and minimum of one quote are in one currency. */
const currenciesOf = ({ items, travel, guaranteedMinimum }: QuoteTerms): readonly string[] => [
  ...new Set([
    ...items.map(({ unitPrice }) => unitPrice.currency),
    ...(travel === undefined ? [] : [travel.currency]),
    ...(guaranteedMinimum === undefined ? [] : [guaranteedMinimum.currency]),
  ]),
];

export const quoteTermsFields = {
  items: z
    .array(
      z.strictObject({
        name: z.string().trim().min(1).max(200),
        quantity: z.int().min(1).max(100_000),
        unitPrice: money,
      }),
    )
    .min(1)
    .max(50),
  travel: money.optional().meta({ description: 'What the way costs.' }),
  deposit: z.strictObject({
    percent: z.int().min(0).max(100),
    withinMinutes: z
      .int()
      .min(5)
      .max(4_320)
      .default(1_440)
      .meta({ description: 'From the acceptance on; the time is kept free so long.' }),
  }),
  guaranteedMinimum: money
    .optional()
    .meta({ description: 'What the truck is paid at least, whatever its guests eat.' }),
  terms: z.string().trim().max(4_000).optional(),
  expiresAt: instant.meta({ description: 'At the latest when the event begins, whatever is said.' }),
};
const anyTerms = z.strictObject(quoteTermsFields);
/** What one side offers the other. */
export type QuoteTerms = z.output<typeof anyTerms>;

/** Of a quote, minor units of its one currency. */
export const totalOf = ({ items, travel }: Pick<QuoteTerms, 'items' | 'travel'>): number =>
  items.reduce((sum, { quantity, unitPrice }) => sum + quantity * unitPrice.amount, travel?.amount ?? 0);

export const currencyOf = ({ items }: Pick<QuoteTerms, 'items'>): string => {
  const [first] = items;
  if (first === undefined) throw new Error('A quote without items');
  return first.unitPrice.currency;
};

/** What is paid for the booking: that share of the total, in minor units, halves rounded up. */
export const depositOf = (terms: Pick<QuoteTerms, 'items' | 'travel' | 'deposit'>): number =>
  Math.floor((totalOf(terms) * terms.deposit.percent + 50) / 100);

export const quoteTerms = anyTerms
  .refine((terms) => currenciesOf(terms).length <= 1, { error: 'One currency for all', path: ['items'] })
  .refine((terms) => totalOf(terms) <= maxQuoteAmount, { error: 'Too much for one quote', path: ['items'] });

/** A version of a quote: the truck’s, or a counter-offer of the organizer. It never changes. */
export interface Quote extends QuoteTerms {
  /** Follows from the Idempotency-Key. */
  readonly quoteId: string;
  /** 1, 2, 3 …, over both sides. */
  readonly version: number;
  readonly by: Party;
  /** ISO 8601. */
  readonly at: string;
  readonly requestHash: string;
}

/** Most versions that one lead may see. */
export const maxQuoteVersions = 50;
