import * as z from 'zod';

/** ISO 4217 codes that the runtime knows (ICU’s list). */
const currencies = new Set(Intl.supportedValuesOf('currency'));

/** Most minor units that one price or fee has. */
export const maxAmount = 1_000_000_000;

/** Money: integer minor units (cents, bani) and an ISO 4217 code. */
export const money = z
  .strictObject({
    amount: z.int().min(0).max(maxAmount).meta({ description: 'Integer minor units.' }),
    currency: z
      .string()
      .refine((code) => currencies.has(code), { error: 'An ISO 4217 currency code, e.g. EUR' })
      .meta({ description: 'ISO 4217 code.', example: 'EUR' }),
  })
  .meta({ id: 'Money', example: { amount: 4500, currency: 'EUR' } });
