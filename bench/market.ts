import { BatchWriteItemCommand, DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { CalendarEntry } from '../functions/marketplace/calendar/calendar.ts';
import { calendarWrites } from '../functions/marketplace/calendar/calendar-store.ts';
import type { Interval } from '../functions/marketplace/calendar/interval.ts';
import { truckDefaults } from '../functions/marketplace/truck.ts';
import { randomId } from '../functions/platform/ids.ts';
import { newItem } from '../functions/platform/owned-item.ts';
import type { Item } from '../functions/platform/table.ts';
import { routes } from '../functions/routes.ts';
import { localClient } from '../local/account.ts';
import { connect, type Platform, tokenFor } from '../local/demo/api.ts';
import { inParallel } from '../local/demo/parallel.ts';

const hourSeconds = 3_600;
const daySeconds = 24 * hourSeconds;

/** Somebody who speaks for an organization. */
export interface Speaker {
  readonly token: string;
  readonly organizationId: string;
}

/** A brief of an organizer for food at that time. */
export interface BriefOf {
  readonly organizationId: string;
  readonly window: Interval;
}

/** Of a truck in Cluj: no setup, so that its hours can follow one another. */
const truckFields = {
  name: 'La Carreta',
  cuisines: ['mexican'],
  home: { city: 'Cluj-Napoca', lat: 46.7712, lon: 23.6236 },
  serviceArea: { radiusKm: 150 },
  guests: { min: 30, max: 400 },
  priceBand: 2,
  setupMinutes: 0,
  teardownMinutes: 0,
  timeZone: 'Europe/Bucharest',
};
const { home } = truckFields;

/** The second month from now: what lies in its middle touches no other. Epoch seconds. */
export const monthAhead = (now: Date): number =>
  Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 2) / 1_000;

/** Days of a month, from the third on, that read no other month. */
const days = 25;
/** Hours of a day that a truck is asked for. */
const hours = 22;

/** Hours of the days of a month, one after the other: 550 times that do not overlap. */
export const hourOf = (monthBegins: number, index: number): Interval => {
  const from =
    monthBegins + (2 + (index % days)) * daySeconds + (Math.floor(index / days) % hours) * hourSeconds;
  return { from, to: from + hourSeconds };
};

/** The items of a truck’s calendar with so many bookings of half an hour in the month. */
export const bookedMonth = (truckId: string, monthBegins: number, bookings: number): readonly Item[] => {
  const put = Array.from({ length: bookings }, (_, index): CalendarEntry => {
    const { from } = hourOf(monthBegins, index);
    const shown = { from, to: from + hourSeconds / 2 };
    return {
      id: `lead_${String(index).padStart(26, '0')}`,
      kind: 'booking',
      shown,
      blocked: shown,
      unit: 0,
      place: { lat: home.lat, lon: home.lon },
    };
  });
  const at = new Date(monthBegins * 1_000).toISOString();
  const month = { month: at.slice(0, 7), version: 0, entries: [] };
  const change = { what: 'calendar.filled', by: 'bench', requestId: 'bench', at };
  const edit = { kind: 'replace', remove: [], put } as const;
  return calendarWrites({ truckId, months: [month] }, edit, change, monthBegins).flatMap((write) =>
    'put' in write ? [write.put] : [],
  );
};

const request = () => ({
  caller: { subject: 'bench' },
  requestId: 'bench',
  now: new Date(),
  idempotency: { key: 'bench', requestHash: 'bench' },
});

const truckItem = (truckId: string, organizationId: string): Item => {
  const truck = { ...truckDefaults, ...truckFields, truckId, status: 'listed' };
  return newItem('TRUCK', truckId, organizationId, truck, request());
};

const briefItem = (briefId: string, { organizationId, window }: BriefOf): Item => {
  const at = (seconds: number): string => new Date(seconds * 1_000).toISOString();
  const brief = {
    briefId,
    name: 'Company picnic',
    venue: home,
    startsAt: at(window.from),
    endsAt: at(window.to),
    guests: 200,
    timeZone: 'Europe/Bucharest',
    leads: 0,
  };
  return newItem('BRIEF', briefId, organizationId, brief, request());
};

/** Most items that one call writes (service limit). */
const maxBatch = 25;
const callsAtOnce = 8;
/** Items between two lines of progress. */
const told = 5_000;

/**
 * A market of trucks on a running platform. What a scenario only needs to be there is put straight into the table, as
 * the platform itself writes it: ten thousand trucks by HTTP would take minutes.
 */
export const openMarket = async (origin: string) => {
  const platform: Platform = { url: `${origin}/v1`, tokenUrl: `${origin}/_local/token` };
  const client = new DynamoDBClient(localClient(origin));
  const { TableNames: names = [] } = await client.send(new ListTablesCommand({}));
  const table = names.find((name) => name.includes('MarketplaceTable'));
  if (table === undefined) throw new Error(`No table of the marketplace among ${names.join(', ')}`);

  /** Puts items of new things; every so many it says how far it is. */
  const putAll = async (what: string, items: readonly Item[]): Promise<void> => {
    let written = 0;
    const batches = Array.from({ length: Math.ceil(items.length / maxBatch) }, (_, index) =>
      items.slice(index * maxBatch, (index + 1) * maxBatch),
    );
    await inParallel(callsAtOnce, batches, async (batch) => {
      const puts = batch.map((item) => ({
        PutRequest: { Item: marshall(item, { removeUndefinedValues: true }) },
      }));
      const { UnprocessedItems = {} } = await client.send(
        new BatchWriteItemCommand({ RequestItems: { [table]: puts } }),
      );
      if (Object.keys(UnprocessedItems).length > 0) throw new Error('The engine left items unwritten');
      if (Math.floor((written + batch.length) / told) > Math.floor(written / told))
        console.log(`    ${written + batch.length} of ${items.length} items of ${what}`);
      written += batch.length;
    });
  };

  return {
    /** Organizations with somebody who speaks for each, by the API. */
    speakers: (kind: 'organizer' | 'truck', count: number): Promise<readonly Speaker[]> =>
      inParallel(callsAtOnce, Array.from({ length: count }), async () => {
        const token = await tokenFor(platform, `bench-${crypto.randomUUID()}`);
        const { id } = await connect(platform, token).must(201, routes.createOrganization, {
          idempotencyKey: crypto.randomUUID(),
          body: { name: 'Bench', kind },
        });
        return { token, organizationId: id };
      }),

    /** Listed trucks, one for each of these organizations. @returns their ids. */
    async trucks(
      organizationIds: readonly string[],
      calendarOf: (truckId: string) => readonly Item[] = () => [],
    ): Promise<readonly string[]> {
      const ids = organizationIds.map(() => randomId('trk'));
      await putAll(
        'trucks',
        ids.flatMap((id, index) => [truckItem(id, organizationIds[index] ?? ''), ...calendarOf(id)]),
      );
      return ids;
    },

    /** @returns ids of the briefs, in their order. */
    async briefs(briefs: readonly BriefOf[]): Promise<readonly string[]> {
      const ids = briefs.map(() => randomId('brf'));
      await putAll(
        'briefs',
        briefs.map((brief, index) => briefItem(ids[index] ?? '', brief)),
      );
      return ids;
    },
  };
};

export type Market = Awaited<ReturnType<typeof openMarket>>;
