import { readSessionFacts } from '../catalog/contracts.ts';
import { openTable } from '../platform/table.ts';
import { openMailLedger } from './mail-ledger.ts';
import type { NotificationPorts } from './ports.ts';
import { openSesNotifier } from './ses-notifier.ts';
import { openSessionRoll } from './session-roll.ts';

interface Environment {
  readonly NOTIFICATIONS_TABLE: string;
  readonly ORDERS_TABLE: string;
  readonly ADMISSION_TABLE: string;
  readonly CATALOG_TABLE: string;
  readonly MAIL_FROM: string;
  readonly MAIL_CONFIGURATION_SET: string;
}

/** What telling stands on in AWS: tables, and mail by SES. */
export const openPorts = (environment: Environment): NotificationPorts => {
  const table = openTable(environment.NOTIFICATIONS_TABLE);
  const catalogTable = openTable(environment.CATALOG_TABLE);
  return {
    ledger: openMailLedger(table),
    roll: openSessionRoll(table),
    notifier: openSesNotifier({
      from: environment.MAIL_FROM,
      configurationSet: environment.MAIL_CONFIGURATION_SET,
    }),
    clock: () => new Date(),
    ordersTable: openTable(environment.ORDERS_TABLE),
    admissionTable: openTable(environment.ADMISSION_TABLE),
    async sessionOf(sessionId) {
      const session = await readSessionFacts(catalogTable, sessionId, { consistent: true });
      if (session === undefined) throw new Error(`No session ${sessionId}`);
      return session;
    },
  };
};
