import { consumer } from '../platform/consumer.ts';
import { readEnvironment } from '../platform/environment.ts';
import { openTable } from '../platform/table.ts';
import { sessionInventoryBuilt } from '../ticketing/contracts.ts';
import { catalogPublicationEnvironment } from './environment.ts';
import { foodNews, noteFood } from './event-food-news.ts';
import { sessionCancelled } from './lifecycle.ts';
import { markBuilt } from './publication-store.ts';

const environment = readEnvironment(catalogPublicationEnvironment);
const catalog = openTable(environment.CATALOG_TABLE);
const marketplace = openTable(environment.MARKETPLACE_TABLE);

/**
 * What others say that the pages of events show. Sessions whose inventory stands are published; a cancelled session may
 * have been the last one waited for. Booked trucks are shown.
 */
export const handler = consumer({
  name: 'catalog-publication',
  accepts: [sessionInventoryBuilt, sessionCancelled, ...foodNews],
  handle: (event, context) =>
    event.type === 'SESSION-INVENTORY-BUILT' || event.type === 'SESSION-CANCELLED'
      ? markBuilt(catalog, event.data.sessionId, context)
      : noteFood({ catalog, marketplace }, event, context),
});
