import { consumer } from '../../platform/consumer.ts';
import { readEnvironment } from '../../platform/environment.ts';
import { openTable } from '../../platform/table.ts';
import { marketplaceBackgroundEnvironment } from '../environment.ts';
import { applyImport } from './apply-import.ts';
import { fetchCalendar } from './fetch-calendar.ts';
import { calendarImportRequested } from './lifecycle.ts';

const environment = readEnvironment(marketplaceBackgroundEnvironment);
const ports = { table: openTable(environment.MARKETPLACE_TABLE), fetchCalendar };

/** Fetches what is imported by URL, and writes imported times into the calendars of trucks. */
export const handler = consumer({
  name: 'marketplace-calendar-imports',
  accepts: [calendarImportRequested],
  handle: ({ data }, context) => applyImport(ports, data, context),
});
