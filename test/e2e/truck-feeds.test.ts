import { expect, test } from 'vitest';
import { anybody } from './client.ts';
import { calendarBody, feedTokenIn, newOrganizer, newTruck } from './scenario.ts';
import { waitFor } from './wait-for.ts';

test('an owner brings their calendar, subscribes to the truck’s, and takes both away again', async () => {
  const organizer = await newOrganizer();
  const { client } = organizer;
  const { id: truckId } = await newTruck(organizer);
  const params = { truckId };
  const settled = (importId: string) =>
    waitFor(`import ${importId}`, async () => {
      const { body } = await client.ok(200, 'getCalendarImport', { params: { truckId, importId } });
      return ['pending', 'removing'].includes(body.status) ? undefined : body;
    });
  const hours = (count: number): string => new Date(Date.now() + count * 3_600_000).toISOString();
  const kindsOfBusy = async () => {
    const query = { from: hours(0), to: hours(30 * 24) };
    const { body } = await anybody().ok(200, 'getAvailability', { params, query });
    return body.busy.map(({ kind }) => kind);
  };

  const begun = await client.ok(202, 'createCalendarImport', { params, body: calendarBody() });
  expect(await settled(begun.body.id)).toMatchObject({ status: 'done', imported: 1, skipped: [] });
  expect(await kindsOfBusy()).toEqual(['blackout']);

  const wrong = { ...calendarBody(), ics: 'BEGIN:VCALENDAR\r\nEND:VEVENT\r\n' };
  const refused = await client.refused('VALIDATION_FAILED', 'createCalendarImport', { params, body: wrong });
  expect(refused.errors?.[0]?.detail).toBe('Line 2: END:VEVENT ends nothing that has begun');

  const { body: made } = await client.ok(201, 'createCalendarFeed', { params });
  const blocked = await client.ok(201, 'createBlackout', {
    params,
    body: { from: hours(48), to: hours(50) },
  });
  const readFeed = (feedToken: string) =>
    anybody().call('getCalendarFeed', { params: { truckId, feedToken } });
  const first = await readFeed(feedTokenIn(made.path));
  if (!first.ok || first.status !== 200) throw new Error('Who has the address reads the feed');
  // Lines are folded after 75 octets (RFC 5545, 3.1).
  expect(first.body.replaceAll('\r\n ', '')).toContain(`UID:${blocked.body.id}.${truckId}@fairground`);

  const renewed = await client.ok(201, 'createCalendarFeed', { params });
  await anybody().refused('NOT_FOUND', 'getCalendarFeed', {
    params: { truckId, feedToken: feedTokenIn(made.path) },
  });
  expect((await readFeed(feedTokenIn(renewed.body.path))).ok).toBe(true);

  await client.ok(204, 'deleteCalendarFeed', { params });
  expect((await readFeed(feedTokenIn(renewed.body.path))).ok).toBe(false);
  await client.ok(204, 'deleteCalendarImport', { params: { truckId, importId: begun.body.id } });
  expect((await settled(begun.body.id)).status).toBe('ended');
  expect(await kindsOfBusy()).toEqual(['blackout']);
  await client.ok(204, 'deleteBlackout', { params: { truckId, blackoutId: blocked.body.id } });
  expect(await kindsOfBusy()).toEqual([]);
});
