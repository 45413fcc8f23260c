import type { stamp } from '../../platform/lifecycle-event.ts';
import { changeAt, organizationIndex } from '../../platform/owned-item.ts';
import type { Table } from '../../platform/table.ts';
import { type ImportItem, refreshKeys, refreshList } from './calendar-import.ts';

/** Most imports that one run begins anew; what it leaves is due in the next one too. */
const maxRefreshed = 500;
const pageSize = 100;

const dueAt = (item: ImportItem): string => String(item['gsi1sk']).split('#')[0] ?? '';

/**
 * Begins the imports anew whose calendar is to be fetched again: the change that is written tells the stream.
 * @returns how many.
 */
export const refreshImports = async (table: Table, context: Parameters<typeof stamp>[1]): Promise<number> => {
  const { now } = context;
  let begun = 0;
  let from: Readonly<Record<string, unknown>> | undefined;
  for (let read = 0; read < maxRefreshed; read += pageSize) {
    const page = await table.query<ImportItem>({
      pk: refreshList,
      index: organizationIndex,
      limit: pageSize,
      ...(from && { from }),
    });
    const due = page.items.filter((item) => dueAt(item) <= now.toISOString());
    for (const item of due) {
      const again = { status: 'pending', ...refreshKeys(item.importId, now) };
      // Refused when it was changed since: ended, removed, or begun by another run.
      const { written } = await table.update(
        item,
        changeAt(item.revision, again, 'calendar_import.refreshed', context),
      );
      if (written) begun += 1;
    }
    if (due.length < page.items.length || page.next === undefined) return begun;
    from = page.next;
  }
  return begun;
};
