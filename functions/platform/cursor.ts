import * as z from 'zod';

/** Query parameters that every list takes. */
export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(100).default(20).meta({ description: 'Items a page, 1–100.' }),
  cursor: z
    .string()
    .max(1_000)
    .optional()
    .meta({ description: 'Where to go on: `nextCursor` of the page before.' }),
};

/** A list answer of these items. */
export const pageOf = <Schema extends z.ZodType>(items: Schema) =>
  z.strictObject({ items: z.array(items), nextCursor: z.string().optional() });

/** Opaque text of the key that a page ended at. */
export const encodeCursor = (key: Readonly<Record<string, unknown>> | undefined): string | undefined =>
  key === undefined ? undefined : Buffer.from(JSON.stringify(key)).toString('base64url');

/**
 * The key in a cursor, when it lies within `pk` (the list’s partition): a cursor of another list, or one
 * made up, is refused rather than followed.
 */
export const decodeCursor = (
  cursor: string | undefined,
  pkName: string,
  pk: string,
): { ok: true; from: Record<string, unknown> | undefined } | { ok: false } => {
  if (cursor === undefined) return { ok: true, from: undefined };
  try {
    const key: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    const parsed = z.record(z.string(), z.string()).safeParse(key);
    return parsed.success && parsed.data[pkName] === pk ? { ok: true, from: parsed.data } : { ok: false };
  } catch {
    return { ok: false };
  }
};
