import * as z from 'zod';
import type { Fault } from '../platform/answer.ts';
import { maxAmount } from '../platform/money.ts';
import { instant } from '../platform/time.ts';

/** Basis points: hundredths of a percent, 10,000 of them the whole. */
export const basisPoints = z.int().min(0).max(10_000).meta({ description: '1 % is 100.', example: 900 });

const isRefundable = z
  .boolean()
  .default(false)
  .meta({ description: 'Whether a refund of the ticket gives the fee back too.' });

/** What the organizer adds to each place: an amount in the currency of the price, or a share of what is paid. */
export const fee = z
  .union([
    z.strictObject({ amount: z.int().min(1).max(maxAmount), isRefundable }),
    z.strictObject({ basisPoints: basisPoints.min(1), isRefundable }),
  ])
  .meta({ description: 'Minor units, or basis points of the price after discount.' });
export type Fee = z.output<typeof fee>;

/** A tax on the place, contained in its price and fee, or added to them. */
export const tax = z.strictObject({
  name: z.string().trim().min(1).max(60).meta({ description: 'As the customer reads it.', example: 'VAT' }),
  basisPoints,
  included: z.boolean().meta({ description: 'Contained in price and fee, or added to them.' }),
  isFeeTaxed: z.boolean().default(true),
});
export type Tax = z.output<typeof tax>;

/** On what terms a ticket type is sold, beside its price; an organizer may change them while it is on sale. */
const terms = {
  fee,
  tax,
  salesFrom: instant.meta({ description: 'Held by nobody before this instant.' }),
  salesUntil: instant.meta({ description: 'Held by nobody from this instant on.' }),
  maxPerOrder: z
    .int()
    .min(1)
    .max(100)
    .meta({ description: 'Places of this type in one hold and in one order.' }),
};

export const saleTerms = {
  fee: terms.fee.optional(),
  tax: terms.tax.optional(),
  salesFrom: terms.salesFrom.optional(),
  salesUntil: terms.salesUntil.optional(),
  maxPerOrder: terms.maxPerOrder.optional(),
};

/** Terms to change of one ticket type: what is left out stays, `null` ends it. */
export const saleTermsPatch = {
  fee: terms.fee.nullable().optional(),
  tax: terms.tax.nullable().optional(),
  salesFrom: terms.salesFrom.nullable().optional(),
  salesUntil: terms.salesUntil.nullable().optional(),
  maxPerOrder: terms.maxPerOrder.nullable().optional(),
};

interface Window {
  readonly salesFrom?: string | undefined;
  readonly salesUntil?: string | undefined;
}

/** Faults of the sales windows of ticket types, by their place in the list. */
export const salesWindowFaults = (types: readonly Window[], list: string): readonly Fault[] =>
  types.flatMap(({ salesFrom, salesUntil }, index) =>
    salesFrom !== undefined && salesUntil !== undefined && Date.parse(salesUntil) <= Date.parse(salesFrom)
      ? [
          {
            in: 'body' as const,
            pointer: `/${list}/${index}/salesUntil`,
            code: 'ENDS_BEFORE_START',
            detail: 'The sale must end after it begins.',
          },
        ]
      : [],
  );

type TermsPatch = { readonly id: string } & {
  readonly [Name in keyof typeof saleTermsPatch]?: z.output<(typeof saleTermsPatch)[Name]>;
};

type Patched<Type> =
  | { readonly ok: true; readonly types: readonly Type[] }
  | { readonly ok: false; readonly faults: readonly Fault[] };

/** Ticket types with changed terms, or what is wrong with the changes: `patches` stand at `/saleTerms`. */
export const changeSaleTerms = <Type extends { readonly id: string } & Window>(
  types: readonly Type[],
  patches: readonly TermsPatch[],
): Patched<Type> => {
  const faults: Fault[] = [];
  const changed = new Map<string, Type>();
  for (const [index, { id, ...terms }] of patches.entries()) {
    const type = types.find((candidate) => candidate.id === id);
    const fault = (code: string, detail: string): void => {
      faults.push({ in: 'body', pointer: `/saleTerms/${index}/id`, code, detail });
    };
    if (type === undefined) {
      fault('UNKNOWN_TICKET_TYPE', 'The session has no such ticket type.');
    } else if (changed.has(id)) {
      fault('DUPLICATE_TICKET_TYPE', 'It stands in the list already.');
    } else {
      const next = Object.entries({ ...type, ...terms }).filter(
        ([, value]) => value !== null && value !== undefined,
      );
      changed.set(id, Object.fromEntries(next) as Type);
    }
  }
  if (faults.length === 0) {
    const resulting = patches.map(({ id }) => changed.get(id) as Type);
    faults.push(...salesWindowFaults(resulting, 'saleTerms'));
  }
  return faults.length > 0
    ? { ok: false, faults }
    : { ok: true, types: types.map((type) => changed.get(type.id) ?? type) };
};
