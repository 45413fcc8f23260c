import { ok, type Problem, type Success } from './answer.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { type OwnedItem, type OwnedItems, organizationIndex, organizationListKey } from './owned-item.ts';
import { invalidCursor } from './request.ts';

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
    const from = decodeCursor(query.cursor, organizationIndex.pk, organizationListKey(organizationId, kind));
    if (!from.ok) return invalidCursor();
    const page = await things.list(organizationId, query.limit, from.from);
    const nextCursor = encodeCursor(page.next);
    return ok(200, { items: page.items.map(view), ...(nextCursor !== undefined && { nextCursor }) });
  };
