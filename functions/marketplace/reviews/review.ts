import * as z from 'zod';
import { idOf } from '../../platform/id-schema.ts';
import { instant } from '../../platform/time.ts';
import { party } from '../leads/quote.ts';

/** What one side says of the other. */
export const reviewFields = {
  rating: z.int().min(1).max(5).meta({ description: '5 is best.' }),
  body: z.string().trim().min(1).max(2_000).optional(),
};

export const review = z
  .strictObject({ id: idOf('rev'), by: party, ...reviewFields, at: instant })
  .meta({ id: 'Review' });
