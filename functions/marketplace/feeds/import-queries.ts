import { ok, problem } from '../../platform/answer.ts';
import type { Handlers } from '../../platform/route.ts';
import type { Table } from '../../platform/table.ts';
import type { MarketplaceLoaders } from '../loaders.ts';
import type { marketplaceQueryRoutes } from '../routes.ts';
import { type ImportItem, importKey } from './calendar-import.ts';
import { importView } from './import-view.ts';
import { readSources } from './sources.ts';

type Queries = Handlers<typeof marketplaceQueryRoutes, MarketplaceLoaders>;

export const importQueries = (table: Table): Pick<Queries, 'getCalendarImport' | 'listCalendarImports'> => ({
  async getCalendarImport({ params: { truckId, importId } }) {
    const item = await table.get<ImportItem>(importKey(truckId, importId), { consistent: true });
    return item === undefined ? problem('NOT_FOUND') : ok(200, importView(item));
  },

  async listCalendarImports({ params: { truckId } }) {
    const { current } = await readSources(table, truckId);
    const items = await table.batchGet<ImportItem>(
      Object.values(current).map((importId) => importKey(truckId, importId)),
    );
    const byName = items.toSorted((one, other) => (one.source < other.source ? -1 : 1));
    return ok(200, { items: byName.map(importView) });
  },
});
