import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { changeCalendar } from '../../../functions/marketplace/calendar/change-calendar.ts';
import { type Marketplace, newTruck, startMarketplace } from '../harness.ts';

let world: Marketplace;
beforeAll(async () => {
  world = await startMarketplace();
});
afterAll(() => world.stop());

const christmas = { from: '2026-12-24T00:00:00Z', to: '2026-12-27T00:00:00Z', reason: 'Ana is away' };

/** Makes or renews the address, and gives the secret in it. */
const renew = async (truckId: string): Promise<string> => {
  const made = await world.call('createCalendarFeed', { params: { truckId } });
  const match = /^\/trucks\/(trk_\w{26})\/feeds\/(cft_\w{26})\/calendar\.ics$/.exec(made.body.path);
  expect([made.status, match?.[1]]).toEqual([201, truckId]);
  return match?.[2] ?? '';
};

const feed = (truckId: string, feedToken: string, ifNoneMatch?: string) =>
  world.call('getCalendarFeed', {
    as: null,
    params: { truckId, feedToken },
    ...(ifNoneMatch !== undefined && { ifNoneMatch }),
  });

test('who has the address reads the feed; an unchanged one is 304, a changed one is not', async () => {
  const truckId = await newTruck(world);
  const token = await renew(truckId);
  await world.call('createBlackout', { params: { truckId }, body: christmas });
  const first = await feed(truckId, token);
  expect([first.status, first.headers['Content-Type'], first.headers['Cache-Control']]).toEqual([
    200,
    'text/calendar',
    'private, no-cache',
  ]);
  expect(first.body).toMatch(
    /DTSTART:20261224T000000Z\r\nDTEND:20261227T000000Z\r\nSUMMARY:Blocked: La Carreta/,
  );
  expect(first.body).not.toContain('Ana');
  expect((await feed(truckId, token, first.etag)).status).toBe(304);

  await world.call('createBlackout', {
    params: { truckId },
    body: { from: '2027-01-24T00:00:00Z', to: '2027-01-27T00:00:00Z' },
  });
  const second = await feed(truckId, token, first.etag);
  expect(second.status).toBe(200);
  expect(second.body).toContain('DTSTART:20270124T000000Z');
});

test('a renewed address is another one, and the one before is gone at once', async () => {
  const truckId = await newTruck(world);
  const old = await renew(truckId);
  const token = await renew(truckId);
  expect(token).not.toBe(old);
  expect([(await feed(truckId, old)).status, (await feed(truckId, token)).status]).toEqual([404, 200]);

  const remove = async () => (await world.call('deleteCalendarFeed', { params: { truckId } })).status;
  expect([await remove(), await remove()]).toEqual([204, 204]);
  expect((await feed(truckId, token)).status).toBe(404);
});

test('what comes anew under its id has the next sequence', async () => {
  const truckId = await newTruck(world);
  const token = await renew(truckId);
  const from = Math.floor(Date.now() / 1_000) + 86_400;
  const put = (to: number) => {
    const shown = { from, to };
    const entry = { id: 'bok_1', kind: 'booking' as const, shown, blocked: shown, unit: 0 };
    const change = { what: 'test', by: 'ann', requestId: 'request-1', at: '2026-11-20T18:00:00.000Z' };
    return changeCalendar(
      world.table,
      truckId,
      // The second one reaches into another month.
      { from, to: from + 40 * 86_400 },
      () => ({ kind: 'edit', edit: { kind: 'put', entry }, beside: [] }),
      change,
      from,
    );
  };
  const sequences = async () =>
    [...(await feed(truckId, token)).body.matchAll(/SEQUENCE:(\d+)\r\nDTSTAMP:20261120T180000Z/g)].map(
      ([, n]) => n,
    );
  await put(from + 3_600);
  expect(await sequences()).toEqual(['0']);
  await put(from + 35 * 86_400);
  expect(await sequences()).toEqual(['1']);
});

test('a wrong secret, a truck without a feed and one that does not exist are all alike', async () => {
  const [truckId, bare] = [await newTruck(world), await newTruck(world)];
  const token = await renew(truckId);
  const other = `cft_${'a'.repeat(26)}`;
  const answers = [
    await feed(truckId, other),
    await feed(bare, token),
    await feed(`trk_${'a'.repeat(26)}`, token),
    await feed(truckId, 'x'),
  ].map(({ status, body: { instance: _, requestId: __, ...body } }) => [status, body]);
  expect(answers).toEqual(answers.map(() => answers[0]));
  expect(answers[0]?.[0]).toBe(404);
});

test('the table holds no secret', async () => {
  const truckId = await newTruck(world);
  const token = await renew(truckId);
  const { items } = await world.table.query({ pk: `TRUCK#${truckId}` });
  expect(items.map(({ sk }) => sk)).toContain('CALENDAR_FEED');
  expect(JSON.stringify(items)).not.toContain(token);
});

describe('the address is made by who runs the truck', () => {
  test.each([
    ['a stranger', 'bob', 403],
    ['staff', 'cat', 403],
    ['nobody', null, 401],
  ])('not by %s', async (_, as, status) => {
    const truckId = await newTruck(world);
    const token = await renew(truckId);
    for (const operation of ['createCalendarFeed', 'deleteCalendarFeed'] as const)
      expect((await world.call(operation, { as, params: { truckId } })).status).toBe(status);
    expect((await feed(truckId, token)).status).toBe(200);
  });
});
