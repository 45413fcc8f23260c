import * as z from 'zod';
import { decodeCursor, encodeCursor } from '../platform/cursor.ts';

/** Where a cursor of a list of a session leads: a key of its index. */
const position = z.strictObject({
  pk: z.string(),
  sk: z.string().min(1),
  gsi1pk: z.string(),
  gsi1sk: z.string().min(1),
});

/**
 * The key that a cursor of a list of a session holds.
 * @param listKey partition of the list.
 * @param prefix with which the keys of its items begin.
 */
export const positionOf = (cursor: string | undefined, listKey: string, prefix: string) => {
  const decoded = decodeCursor(cursor, 'gsi1pk', listKey);
  if (!decoded.ok || decoded.from === undefined) return decoded;
  const parsed = position.safeParse(decoded.from);
  return parsed.success && parsed.data.pk.startsWith(prefix) ? decoded : ({ ok: false } as const);
};

/** The header that leads from a part of a document to the next, relative to its address (RFC 8288 §3.1). */
export const linkToNext = (
  next: Readonly<Record<string, unknown>> | undefined,
  query: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> => {
  const cursor = encodeCursor(next);
  return cursor === undefined ? {} : { Link: `<?${new URLSearchParams({ cursor, ...query })}>; rel="next"` };
};
