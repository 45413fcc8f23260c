import * as z from 'zod';

/** Ids with this prefix: `idOf('evt')` takes `evt_` and 26 characters of Crockford’s base 32. */
export const idOf = (prefix: string) => z.string().regex(new RegExp(`^${prefix}_[0-9a-hjkmnp-tv-z]{26}$`));
