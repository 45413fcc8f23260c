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
 * The key in a cursor, when it can be a key of the list: exactly these members, the list’s partition as it is and
 * each other beginning as given, with something after it. The table refuses to go on from any other, so a cursor of
 * another list, or one made up, is refused here.
 *
 * @param partition the members that are the same in all keys of the list.
 * @param begins how each other member begins; an empty text where it may begin anyhow.
 */
export const decodeCursor = (
  cursor: string | undefined,
  partition: Readonly<Record<string, string>>,
  begins: Readonly<Record<string, string>>,
): { ok: true; from: Record<string, unknown> | undefined } | { ok: false } => {
  if (cursor === undefined) return { ok: true, from: undefined };
  const shape = z.strictObject({
    ...mapValues(partition, (value) => z.literal(value)),
    ...mapValues(begins, (prefix) =>
      z
        .string()
        .startsWith(prefix)
        .min(prefix.length + 1),
    ),
  });
  try {
    const parsed = shape.safeParse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
    return parsed.success ? { ok: true, from: parsed.data } : { ok: false };
  } catch {
    return { ok: false };
  }
};

const mapValues = <Value>(values: Readonly<Record<string, string>>, map: (value: string) => Value) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, map(value)]));
