import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openEventPages } from '../../functions/catalog/event-page.ts';
import type { Table } from '../../functions/platform/table.ts';
import { type Catalog, startCatalog } from './harness.ts';

let catalog: Catalog;
beforeAll(async () => {
  catalog = await startCatalog();
});
afterAll(() => catalog.stop());

const sale = {
  startsAt: '2037-03-01T20:00:00Z',
  endsAt: '2037-03-01T22:00:00Z',
  ticketTypes: [{ name: 'Standing', price: { amount: 2500, currency: 'EUR' }, quantity: 100 }],
};

const onSale = async () => {
  const { call } = catalog;
  const venue = (
    await call('createVenue', {
      body: {
        name: 'Paraninfo',
        address: '',
        city: 'La Laguna',
        country: 'ES',
        location: { lat: 28.4817, lon: -16.3176 },
        timeZone: 'Atlantic/Canary',
      },
    })
  ).body;
  const performer = (await call('createPerformer', { body: { name: 'Jessye Norman' } })).body;
  const event = (
    await call('createEvent', {
      body: { name: 'Four Last Songs', category: 'concert', venueId: venue.id, performerIds: [performer.id] },
    })
  ).body;
  const params = { eventId: event.id as string };
  const session = (await call('createSession', { params, body: sale })).body;
  await call('publishEvent', { params });
  await catalog.inventoryBuilt(session.id);
  return { venue, performer, event, session, params };
};

describe('GET /events/{id}', () => {
  test('shows venue, performers, sessions and ticketing’s counts, to anybody', async () => {
    const { venue, performer, event, session, params } = await onSale();
    const ticketType = session.ticketTypes[0].id;
    catalog.availability.set(session.id, {
      blocksBuilt: 5,
      blocksTotal: 5,
      ticketTypes: { [ticketType]: { available: 90, held: 7, sold: 3 } },
    });
    const answer = await catalog.call('getEvent', { params, as: null });
    expect(answer.body).toEqual({
      id: event.id,
      organizationId: event.organizationId,
      name: 'Four Last Songs',
      category: 'concert',
      status: 'published',
      venue: {
        id: venue.id,
        name: 'Paraninfo',
        address: '',
        city: 'La Laguna',
        country: 'ES',
        location: { lat: 28.4817, lon: -16.3176 },
        timeZone: 'Atlantic/Canary',
      },
      performers: [{ id: performer.id, name: 'Jessye Norman' }],
      sessions: [
        {
          id: session.id,
          status: 'published',
          startsAt: '2037-03-01T20:00:00Z',
          endsAt: '2037-03-01T22:00:00Z',
          timeZone: 'Atlantic/Canary',
          ticketTypes: [
            {
              id: ticketType,
              name: 'Standing',
              price: { amount: 2500, currency: 'EUR' },
              available: 90,
              held: 7,
              sold: 3,
            },
          ],
        },
      ],
      food: [],
      updatedAt: expect.stringMatching(/Z$/),
    });
    expect(answer.headers['Cache-Control']).toBe('no-cache');
  });

  test('its tag changes with what is saved and with the counts; If-Match goes by what is saved', async () => {
    const { session, params } = await onSale();
    const first = await catalog.call('getEvent', { params, as: null });
    expect(first.etag).toMatch(/^"r\d+\.[\w-]+"$/);
    expect((await catalog.call('getEvent', { params, as: null, ifNoneMatch: first.etag })).status).toBe(304);

    catalog.availability.set(session.id, {
      blocksBuilt: 5,
      blocksTotal: 5,
      ticketTypes: { [session.ticketTypes[0].id]: { available: 99, held: 1, sold: 0 } },
    });
    const second = await catalog.call('getEvent', { params, as: null, ifNoneMatch: first.etag });
    expect(second.status).toBe(200);
    expect(second.etag.split('.')[0]).toBe(first.etag.split('.')[0]);

    const saved = await catalog.call('updateEvent', { params, ifMatch: first.etag, body: { name: 'New' } });
    expect(saved.status).toBe(200);
    const stale = await catalog.call('updateEvent', {
      params,
      ifMatch: second.etag,
      body: { name: 'Newer' },
    });
    expect(stale.status).toBe(412);
    expect((await catalog.call('updateEvent', { params, body: { name: 'Newer' } })).status).toBe(428);
  });

  test('after a save has answered, no instance shows what was there before', async () => {
    const { venue, performer, session, params } = await onSale();
    const instances = [catalog.call, catalog.anotherInstance(), catalog.anotherInstance()];
    const pages = async () =>
      Promise.all(instances.map(async (call) => (await call('getEvent', { params, as: null })).body));
    await pages();

    const save = async (
      operation: 'updateEvent' | 'updateVenue' | 'updatePerformer' | 'updateSession',
      id: object,
      body: object,
    ) => {
      const read = {
        updateEvent: 'getEvent',
        updateVenue: 'getVenue',
        updatePerformer: 'getPerformer',
        updateSession: 'getSession',
      } as const;
      const { etag } = await catalog.call(read[operation], { params: id as Record<string, string> });
      const answer = await catalog.call(operation, {
        params: id as Record<string, string>,
        ifMatch: etag,
        body,
      });
      expect(answer.status).toBe(200);
    };
    await save('updateEvent', params, { name: 'Renamed' });
    for (const page of await pages()) expect(page.name).toBe('Renamed');
    await save('updateVenue', { venueId: venue.id }, { name: 'Renamed hall' });
    for (const page of await pages()) expect(page.venue.name).toBe('Renamed hall');
    await save('updatePerformer', { performerId: performer.id }, { name: 'Renamed singer' });
    for (const page of await pages()) expect(page.performers[0].name).toBe('Renamed singer');
    await save('updateSession', { sessionId: session.id }, { endsAt: '2037-03-01T23:00:00Z' });
    for (const page of await pages()) expect(page.sessions[0].endsAt).toBe('2037-03-01T23:00:00Z');
    await save('updateSession', { sessionId: session.id }, { status: 'postponed' });
    for (const page of await pages()) expect(page.sessions[0].status).toBe('postponed');
    await catalog.call('cancelEvent', { params });
    for (const page of await pages()) expect(page.status).toBe('cancelled');
  });

  test('a deleted event is gone everywhere', async () => {
    const { venue } = await onSale();
    const event = (
      await catalog.call('createEvent', { body: { name: 'A', category: 'c', venueId: venue.id } })
    ).body;
    const params = { eventId: event.id };
    const other = catalog.anotherInstance();
    expect([
      (await catalog.call('getEvent', { params })).status,
      (await other('getEvent', { params })).status,
    ]).toEqual([200, 200]);
    await catalog.call('deleteEvent', { params });
    expect([
      (await catalog.call('getEvent', { params })).status,
      (await other('getEvent', { params })).status,
    ]).toEqual([404, 404]);
  });
});

describe('the read path in memory', () => {
  /** Counts the reads that go to the table. */
  const counting = (table: Table) => {
    const reads: string[] = [];
    const counted = <T extends (...parameters: never[]) => unknown>(name: string, read: T): T =>
      ((...parameters: Parameters<T>) => {
        reads.push(name);
        return read(...parameters);
      }) as T;
    return {
      reads,
      table: {
        ...table,
        get: counted('get', table.get),
        batchGet: counted('batchGet', table.batchGet),
      } as Table,
    };
  };

  test('a page that nobody changed costs one read of revisions', async () => {
    const { params } = await onSale();
    const { reads, table } = counting(catalog.table);
    const pages = openEventPages(table);
    await pages.read(params.eventId);
    expect(reads).toEqual(['get', 'batchGet', 'batchGet']);
    reads.length = 0;
    await pages.read(params.eventId);
    await pages.read(params.eventId);
    expect(reads).toEqual(['batchGet', 'batchGet']);
  });

  test('without that read it would go on showing what was replaced', async () => {
    const { event, params } = await onSale();
    const blind: Table = {
      ...catalog.table,
      // Says of every revision what it said first.
      batchGet: (() => {
        const first = new Map<string, Promise<unknown>>();
        return (keys: readonly { pk: string }[], options: { attributes?: readonly string[] } = {}) => {
          if (options.attributes === undefined) return catalog.table.batchGet(keys as never, options);
          const known = first.get(keys[0]?.pk ?? '') ?? catalog.table.batchGet(keys as never, options);
          first.set(keys[0]?.pk ?? '', known);
          return known;
        };
      })() as Table['batchGet'],
    };
    const [seeing, unseeing] = [openEventPages(catalog.table), openEventPages(blind)];
    for (const pages of [seeing, unseeing]) {
      await pages.read(event.id);
      await pages.read(event.id);
    }
    const { etag } = await catalog.call('getEvent', { params });
    await catalog.call('updateEvent', { params, ifMatch: etag, body: { name: 'Renamed' } });
    expect((await seeing.read(event.id))?.event.name).toBe('Renamed');
    expect((await unseeing.read(event.id))?.event.name).toBe('Four Last Songs');
  });
});
