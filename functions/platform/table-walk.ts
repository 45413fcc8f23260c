/** The key of a table that a walk goes on after. */
export type TablePlace = Readonly<Record<string, unknown>>;

/**
 * Goes through all of a table, a page at a time. A walk takes as many pages as it may and goes on where the last one ended; it
 * never passes the end of the table.
 * @param workOn works on the page after a key: how much it looked at, and the key of its end, if it was not the last.
 * @param mayGoOn whether there is time and capacity for another page.
 * @returns how much was looked at.
 */
export const walkTable = async (
  continuation: {
    read(): Promise<TablePlace | undefined>;
    write(place: TablePlace | undefined): Promise<void>;
  },
  workOn: (
    from: TablePlace | undefined,
  ) => Promise<{ readonly looked: number; readonly next?: TablePlace | undefined }>,
  mayGoOn: () => boolean,
): Promise<number> => {
  const begin = await continuation.read();
  let place = begin;
  let total = 0;
  while (mayGoOn()) {
    const { looked, next } = await workOn(place);
    total += looked;
    place = next;
    if (next === undefined) break;
  }
  if (place !== begin) await continuation.write(place);
  return total;
};
