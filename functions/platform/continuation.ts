import type { Key, Table } from './table.ts';

/**
 * Where a run that works through a table in bounded steps goes on. Two runs at once only repeat each other’s steps, so that
 * the last one may win.
 */
export const openContinuation = <Place extends object>(table: Table, key: Key) => ({
  /** Where to go on; undefined at the beginning. */
  async read(): Promise<Place | undefined> {
    const item = await table.get(key, { consistent: true });
    return item?.['place'] as Place | undefined;
  },

  /** Notes it; undefined for the beginning. */
  async write(place: Place | undefined): Promise<void> {
    await table.put({ ...key, place }, {});
  },
});
