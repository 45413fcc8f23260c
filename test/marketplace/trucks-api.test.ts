import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freshKey } from '../support/api-call.ts';
import { truckBody } from '../support/truck-body.ts';
import { type Marketplace, newTruck, organizationId, startMarketplace } from './harness.ts';

let world: Marketplace;
beforeAll(async () => {
  world = await startMarketplace();
});
afterAll(() => world.stop());

const square = (to: number) => [
  [23, 46],
  [to, 46],
  [to, 47],
  [23, 46],
];

describe('a truck', () => {
  test('is a draft that only its organization sees, until it is listed', async () => {
    const created = await world.call('createTruck', { body: truckBody });
    expect([created.status, created.etag]).toEqual([201, '"r1"']);
    expect(created.body).toMatchObject({
      ...truckBody,
      status: 'draft',
      organizationId,
      units: 1,
      tags: [],
      openingHours: [],
      recurringBlackouts: [],
      holdMinutes: 60,
      travel: { roadFactor: 1.3, beyondKmPerHour: 60 },
    });
    const truckId = created.body.id;
    expect(truckId).toMatch(/^trk_/);
    const look = async (as: string | null) =>
      (await world.call('getTruck', { as, params: { truckId } })).status;
    expect([await look('ann'), await look('cat'), await look('bob'), await look(null)]).toEqual([
      200, 200, 404, 404,
    ]);
    const listed = await world.call('updateTruck', {
      params: { truckId },
      ifMatch: '"r1"',
      body: { status: 'listed' },
    });
    expect([listed.status, listed.body.status, listed.etag]).toEqual([200, 'listed', '"r2"']);
    expect([await look('bob'), await look(null)]).toEqual([200, 200]);
  });

  test('sent again is the same truck; with another body the key is refused', async () => {
    const key = freshKey();
    const first = await world.call('createTruck', { key, body: truckBody });
    const again = await world.call('createTruck', { key, body: truckBody });
    expect([again.status, again.body.id, again.headers['Idempotent-Replayed']]).toEqual([
      201,
      first.body.id,
      'true',
    ]);
    const other = await world.call('createTruck', { key, body: { ...truckBody, name: 'Another' } });
    expect([other.status, other.body.code]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
  });

  test.each([
    ['no cuisine', { cuisines: [] }, '/cuisines'],
    ['more guests at least than at most', { guests: { min: 10, max: 9 } }, '/guests/max'],
    ['a price band that does not exist', { priceBand: 5 }, '/priceBand'],
    ['no time zone', { timeZone: '+02:00' }, '/timeZone'],
    ['a home beyond the pole', { home: { city: 'X', lat: 91, lon: 0 } }, '/home/lat'],
    ['a hold of a quarter of an hour', { holdMinutes: 15 }, '/holdMinutes'],
    [
      'an hour that does not exist',
      { openingHours: [{ day: 1, from: '24:00', to: '10:00' }] },
      '/openingHours/0/from',
    ],
    [
      'longer roads that take less time',
      {
        travel: {
          roadFactor: 1.3,
          buckets: [
            { upToKm: 5, minutes: 20 },
            { upToKm: 9, minutes: 10 },
          ],
          beyondKmPerHour: 60,
        },
      },
      '/travel/buckets',
    ],
    [
      'a rule by the hour',
      { recurringBlackouts: [{ rule: 'FREQ=HOURLY', firstFrom: '2026-01-01T00:00', minutes: 10 }] },
      '/recurringBlackouts/0/rule',
    ],
    ['an unknown field', { colour: 'red' }, '/colour'],
  ])('with %s is refused, and it says where', async (_, wrong, pointer) => {
    const refused = await world.call('createTruck', { body: { ...truckBody, ...wrong } });
    expect([refused.status, refused.body.code]).toEqual([422, 'VALIDATION_FAILED']);
    expect(refused.body.errors.map((fault: { pointer: string }) => fault.pointer)).toContain(pointer);
  });

  test('serves a polygon (GeoJSON), which must be closed', async () => {
    const polygon = (coordinates: unknown) => ({
      ...truckBody,
      serviceArea: { polygon: { type: 'Polygon', coordinates } },
    });
    const taken = await world.call('createTruck', { body: polygon([square(24)]) });
    expect([taken.status, taken.body.serviceArea.polygon.coordinates]).toEqual([201, [square(24)]]);
    const open = await world.call('createTruck', { body: polygon([square(24).slice(0, 3)]) });
    expect([open.status, open.body.code]).toEqual([422, 'VALIDATION_FAILED']);
  });

  test('is changed by its organization only, as it was read', async () => {
    const truckId = await newTruck(world);
    const change = async (as: string, ifMatch: string) =>
      (await world.call('updateTruck', { as, params: { truckId }, ifMatch, body: { units: 2 } })).status;
    expect([await change('bob', '"r2"'), await change('cat', '"r2"')]).toEqual([403, 403]);
    expect([await change('ann', '"r1"'), await change('ann', '"r2"')]).toEqual([412, 200]);
  });

  test('has a menu, which changes its tag', async () => {
    const truckId = await newTruck(world);
    const items = [
      { name: 'Tacos al pastor', price: { amount: 3_200, currency: 'RON' }, tags: ['pork'] },
      { name: 'Apă', price: { amount: 900, currency: 'RON' } },
    ];
    const put = await world.call('putMenu', { params: { truckId }, ifMatch: '"r2"', body: { items } });
    expect([put.status, put.etag]).toEqual([200, '"r3"']);
    const page = await world.call('getTruck', { as: null, params: { truckId } });
    expect([page.etag, page.body.menu]).toEqual(['"r3"', [items[0], { ...items[1], tags: [] }]]);
    const stale = await world.call('putMenu', { params: { truckId }, ifMatch: '"r2"', body: { items: [] } });
    expect(stale.status).toBe(412);
  });

  test('tells its own organization only how it is reached', async () => {
    const contact = { name: 'Ion Pop', email: 'ion@example.com', phone: '+40 722 000 000', locale: 'ro' };
    const truckId = await newTruck(world, { contact });
    const changed = await world.call('updateTruck', {
      params: { truckId },
      ifMatch: '"r2"',
      body: { contact: { ...contact, name: 'Ana Pop' } },
    });
    expect(changed.body.contact).toEqual({ ...contact, name: 'Ana Pop' });
    const listed = await world.call('listTrucks', { query: { organizationId } });
    expect(listed.body.items.find(({ id }: { id: string }) => id === truckId)?.contact?.name).toBe('Ana Pop');
    for (const as of ['ann', 'bob', null]) {
      const seen = await world.call('getTruck', { as, params: { truckId } });
      expect([seen.status, 'contact' in seen.body]).toEqual([200, false]);
    }
  });

  test('is listed with the others of its organization, and with no other', async () => {
    const truckId = await newTruck(world);
    const own = await world.call('listTrucks', { query: { limit: '1' } });
    expect([own.body.items.map((truck: { id: string }) => truck.id), typeof own.body.nextCursor]).toEqual([
      [truckId],
      'string',
    ]);
    const others = await world.call('listTrucks', { as: 'bob', query: { organizationId } });
    expect(others.status).toBe(404);
  });
});
