import { decodeCursor, encodeCursor } from '../platform/cursor.ts';

/**
 * The key that a cursor of a list of a session holds.
 * @param listKey partition of the list.
 * @param prefix with which the keys of its items begin.
 */
export const positionOf = (cursor: string | undefined, listKey: string, prefix: string) =>
  decodeCursor(cursor, { gsi1pk: listKey }, { pk: prefix, sk: '', gsi1sk: '' });

/** The header that leads from a part of a document to the next, relative to its address (RFC 8288 §3.1). */
export const linkToNext = (
  next: Readonly<Record<string, unknown>> | undefined,
  query: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> => {
  const cursor = encodeCursor(next);
  return cursor === undefined ? {} : { Link: `<?${new URLSearchParams({ cursor, ...query })}>; rel="next"` };
};
