import * as z from 'zod';
import { locale } from '../platform/locale.ts';

/**
 * How one side of a lead is reached. Its own organization sees it; the other side reads it once the truck is
 * booked.
 */
export const contact = z
  .strictObject({
    name: z.string().trim().min(1).max(120),
    email: z
      .email()
      .max(254)
      .optional()
      .meta({ description: 'Mails about leads go here; without it none are sent.' }),
    phone: z
      .string()
      .trim()
      .regex(/^\+?[\d ()/.-]{5,30}$/)
      .optional(),
    locale: locale.optional().meta({ description: 'Language of the mails; `en` unless said.' }),
  })
  .meta({ id: 'Contact' });
export type Contact = z.output<typeof contact>;

/** As answers show it: what was taken as an address is said as a text. */
export const shownContact = z
  .strictObject({
    name: z.string(),
    email: z.string().optional(),
    phone: z.string().optional(),
    locale: locale.optional(),
  })
  .meta({ id: 'ShownContact' });
