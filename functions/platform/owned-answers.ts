import { ok, type Problem, problem, type Success } from './answer.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { etagOf } from './etag.ts';
import { type OwnedItem, type OwnedItems, organizationIndex, organizationListKey } from './owned-item.ts';
import { invalidCursor } from './request.ts';
import { isReplay } from './serve.ts';
import type { Updated, Written } from './table.ts';

interface ListRequest {
  readonly organizationId: string | undefined;
  readonly query: { readonly limit: number; readonly cursor?: string | undefined };
}

interface ListBody<View> {
  readonly items: readonly View[];
  readonly nextCursor?: string;
}

/** The handler that lists an organization’s things of one kind, newest first. */
export const listOwned =
  <T extends OwnedItem, View>(things: OwnedItems<T>, kind: string, view: (item: T) => View) =>
  async ({ organizationId = '', query }: ListRequest): Promise<Problem | Success<200, ListBody<View>>> => {
    const listKey = organizationListKey(organizationId, kind);
    const from = decodeCursor(
      query.cursor,
      { [organizationIndex.pk]: listKey, sk: kind },
      { pk: `${kind}#`, [organizationIndex.sk]: '' },
    );
    if (!from.ok) return invalidCursor();
    const page = await things.list(organizationId, query.limit, from.from);
    const nextCursor = encodeCursor(page.next);
    return ok(200, { items: page.items.map(view), ...(nextCursor !== undefined && { nextCursor }) });
  };

/** The answer to the creation of `item`: the new thing, for a repeat the one that is there, or the refusal of its key. */
export const answerCreated = <T extends OwnedItem, View>(
  item: T,
  created: Written,
  view: (item: T) => View,
  request: Parameters<typeof isReplay>[1],
): Problem | Success<201, View> => {
  if (created.written) return ok(201, view(item), { etag: etagOf(item.revision) });
  const old = created.old as T;
  return isReplay(old, request)
    ? ok(201, view(old), { etag: etagOf(old.revision), replayed: true })
    : problem('IDEMPOTENCY_KEY_REUSED');
};

/** The answer to a change at a revision: the thing as it is now, or that it is another or none. */
export const answerChanged = <T extends OwnedItem, View>(
  changed: Updated<T>,
  view: (item: T) => View,
): Problem | Success<200, View> =>
  changed.written
    ? ok(200, view(changed.item), { etag: etagOf(changed.item.revision) })
    : problem(changed.old === undefined ? 'NOT_FOUND' : 'PRECONDITION_FAILED');
