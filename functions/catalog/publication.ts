import { consumer } from '../platform/consumer.ts';
import { readEnvironment } from '../platform/environment.ts';
import { openTable } from '../platform/table.ts';
import { sessionInventoryBuilt } from '../ticketing/contracts.ts';
import { catalogPublicationEnvironment } from './environment.ts';
import { sessionCancelled } from './lifecycle.ts';
import { markBuilt } from './publication-store.ts';

const environment = readEnvironment(catalogPublicationEnvironment);
const table = openTable(environment.CATALOG_TABLE);

/** Publishes sessions whose inventory stands; a cancelled session may have been the last one waited for. */
export const handler = consumer({
  name: 'catalog-publication',
  accepts: [sessionInventoryBuilt, sessionCancelled],
  handle: (event, context) => markBuilt(table, event.data.sessionId, context),
});
