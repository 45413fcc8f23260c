import * as z from 'zod';

/** The table takes no number as near to 0 as JSON can write: so many decimals are enough for what is kept. */
export const rounded = (number: z.ZodNumber, decimals: number) =>
  number.overwrite((value) => Number(value.toFixed(decimals)));

/** Latitude or longitude, to seven decimals, which is a centimetre. */
export const degrees = (most: number) => rounded(z.number().min(-most).max(most), 7);
