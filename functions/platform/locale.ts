import * as z from 'zod';

/** Languages that the platform speaks to customers in. */
export const locale = z.enum(['en', 'ro']);
export type Locale = z.output<typeof locale>;

/** Regional forms of our locales: dates as they are written in Europe. */
export const localeTags: Readonly<Record<Locale, string>> = { en: 'en-GB', ro: 'ro-RO' };
