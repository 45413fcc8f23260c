import type { Item, Table } from '../platform/table.ts';
import { sessionIndex } from './order-indexes.ts';

type Position = Readonly<Record<string, unknown>>;

/** A page of a list: where it begins, and how many items it has at most (100). */
export interface ListPage {
  readonly limit: number;
  readonly from?: Position | undefined;
}

/**
 * Reads a page of a list of that index, newest first.
 * @param sk sort key of the items that the list names.
 */
export const readList = async (
  table: Table,
  gsi1pk: string,
  sk: string,
  { limit, from }: ListPage,
): Promise<{ readonly items: readonly Item[]; readonly next?: Position }> => {
  const found = await table.query<Item>({
    pk: gsi1pk,
    index: sessionIndex,
    limit,
    descending: true,
    ...(from && { from }),
  });
  const keys = found.items.map(({ pk }) => ({ pk, sk }));
  const items = keys.length === 0 ? [] : await table.batchGet<Item>(keys);
  const byKey = new Map(items.map((item) => [item.pk, item]));
  return { items: keys.flatMap(({ pk }) => byKey.get(pk) ?? []), ...(found.next && { next: found.next }) };
};

/** Keys of one read of a list: some 200 bytes each. */
const listPageSize = 5_000;

/** The sort keys of a list of that index, a page (1 MB at most) at a time. */
export async function* listPages(table: Table, gsi1pk: string) {
  let from: Position | undefined;
  do {
    const page = await table.query<{ readonly gsi1sk: string }>({
      pk: gsi1pk,
      index: sessionIndex,
      limit: listPageSize,
      attributes: ['gsi1sk'],
      ...(from && { from }),
    });
    yield page.items;
    from = page.next;
  } while (from !== undefined);
}

/** How many items a list of that index has. */
export const countList = async (table: Table, gsi1pk: string): Promise<number> => {
  let count = 0;
  for await (const keys of listPages(table, gsi1pk)) count += keys.length;
  return count;
};
