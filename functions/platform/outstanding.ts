/** Partitions of an index of what is outstanding: the characters of an id. */
export const outstandingPartitions: readonly string[] = [...'0123456789abcdefghjkmnpqrstvwxyz'];

/**
 * The partition that something is marked in, by its id. A character of an id is random, and spreads the marks over as many
 * partitions as there are characters.
 */
export const outstandingPartitionOf = (id: string): string => id.slice(-2, -1);

/** Where a walk goes on: a partition of the index, and the key in it. */
export interface OutstandingPlace {
  readonly partition: number;
  readonly from?: Readonly<Record<string, unknown>> | undefined;
}

/** What was done on one page of a partition. */
export interface OutstandingPage {
  readonly looked: number;
  /** Where the next page of the partition begins; undefined when there is none. */
  readonly next?: Readonly<Record<string, unknown>> | undefined;
}

/** Pages of one walk: as many partitions as there are, and as many again where some hold more than a page. */
const pagesPerWalk = 2 * outstandingPartitions.length;

/**
 * Goes through the partitions of what is outstanding, a page at a time. A walk takes a bounded number of pages and goes on
 * where the last one ended; it never comes to a partition twice.
 * @param mayGoOn whether there is time and capacity for another page.
 * @returns how much was looked at.
 */
export const walkOutstanding = async (
  continuation: {
    read(): Promise<OutstandingPlace | undefined>;
    write(place: OutstandingPlace | undefined): Promise<void>;
  },
  workOn: (partition: string, from: OutstandingPlace['from']) => Promise<OutstandingPage>,
  mayGoOn: () => boolean,
): Promise<number> => {
  const begin: OutstandingPlace = (await continuation.read()) ?? { partition: 0 };
  let place = begin;
  let total = 0;
  let finished = 0;
  for (let pages = 0; pages < pagesPerWalk && finished < outstandingPartitions.length; pages += 1) {
    if (!mayGoOn()) break;
    const { looked, next } = await workOn(outstandingPartitions[place.partition] ?? '', place.from);
    total += looked;
    if (next === undefined) finished += 1;
    place =
      next === undefined
        ? { partition: (place.partition + 1) % outstandingPartitions.length }
        : { partition: place.partition, from: next };
  }
  // At rest a walk comes round to where it began, and writes nothing.
  if (place.partition !== begin.partition || place.from !== begin.from) await continuation.write(place);
  return total;
};
