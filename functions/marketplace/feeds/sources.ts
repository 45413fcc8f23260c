import { absent, atRevision, type Table, type TransactionWrite } from '../../platform/table.ts';
import { type SourcesItem, sourcesKey } from './calendar-import.ts';

export const readSources = async (table: Table, truckId: string): Promise<SourcesItem> =>
  (await table.get<SourcesItem>(sourcesKey(truckId), { consistent: true })) ?? {
    ...sourcesKey(truckId),
    revision: 0,
    current: {},
  };

/** The write of other imports in force, on the condition that those before are as they were read. */
export const replaceSources = (
  before: SourcesItem,
  current: SourcesItem['current'],
): Extract<TransactionWrite, { put: unknown }> => ({
  put: { pk: before.pk, sk: before.sk, revision: before.revision + 1, current },
  when: before.revision === 0 ? absent : atRevision(before.revision),
});
