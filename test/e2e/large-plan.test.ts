import { gzipSync } from 'node:zlib';
import { expect, inject, test } from 'vitest';
import { generateStadium } from '../../scripts/generate-plan.ts';
import { anybody } from './client.ts';
import {
  euros,
  newEvent,
  newOrganizer,
  newSession,
  newVenue,
  publish,
  publishSeconds,
  ticketTypeOf,
} from './scenario.ts';
import { waitFor } from './wait-for.ts';

/** A stadium whose document is of exactly so many bytes: every seat bears a UUID, as pretix’s editor gives it. */
const stadiumOf = (seats: number, bytes: number): string => {
  const plan = generateStadium(seats);
  const document = {
    ...plan,
    zones: plan.zones.map((zone, z) => ({
      ...zone,
      rows: zone.rows.map((row, r) => ({
        ...row,
        seats: row.seats.map((seat, s) => ({ ...seat, uuid: `${z}-${r}-${s}` })),
      })),
    })),
  };
  const json = JSON.stringify(document);
  if (json.length > bytes) throw new Error(`The plan has ${json.length} bytes already`);
  return json + ' '.repeat(bytes - json.length);
};

test('a plan of 40,000 seats and 5 MB goes by upload, and on sale within a minute', async () => {
  const organizer = await newOrganizer();
  const { client } = organizer;
  const plan = stadiumOf(40_000, 5 * 1024 * 1024);
  const upload = await client.ok(201, 'createUpload', {
    body: { kind: 'seating-plan', contentType: 'application/json', bytes: plan.length },
  });
  const put = await fetch(upload.body.url, {
    method: upload.body.method,
    headers: upload.body.headers,
    body: plan,
  });
  expect(put.status).toBe(200);

  const { id: venueId } = await newVenue(organizer);
  const imported = await client.ok(200, 'importSeatingPlan', {
    params: { venueId },
    body: { uploadId: upload.body.id },
  });
  expect(imported.body).toMatchObject({ seats: 40_000, generalAdmission: 0 });
  const venue = await client.ok(200, 'getVenue', { params: { venueId } });

  const { id: eventId } = await newEvent(organizer, venueId);
  const session = await newSession(organizer, eventId, {
    ticketTypes: (venue.body.seatingPlan?.categories ?? []).map(({ name }) => ({
      name,
      price: euros(45),
      planCategory: name,
    })),
  });
  const startedAt = Date.now();
  const built: number[] = [];
  const page = await publish(organizer, eventId, ({ sessions: [building] }) => {
    if (building?.inventory !== undefined) built.push(building.inventory.built);
  });
  expect(Date.now() - startedAt).toBeLessThan(publishSeconds() * 1_000);
  // Its progress is shown, and only grows.
  expect(built.length).toBeGreaterThan(0);
  expect(built).toEqual(built.toSorted((a, b) => a - b));
  const available = page.sessions[0]?.ticketTypes.reduce((sum, type) => sum + type.available, 0);
  expect(available).toBe(40_000);

  const params = { sessionId: session.id };
  const visitor = anybody();
  await visitor.ok(201, 'createHold', {
    params,
    body: { ticketTypeId: ticketTypeOf(session, 0), quantity: 20 },
  });
  const heldAt = Date.now();
  const seats = await waitFor(
    'the hold to be seen',
    async () => {
      const { body } = await visitor.ok(200, 'getSeats', { params });
      return body.summary.held === 20 ? body : undefined;
    },
    { everyMs: 50 },
  );
  expect(Date.now() - heldAt).toBeLessThan(5_000);
  expect(seats.summary).toEqual({ available: 39_980, held: 20, sold: 0 });
  expect(seats.states).toHaveLength(40_000);
  expect(gzipSync(JSON.stringify(seats)).length).toBeLessThanOrEqual(60 * 1024);
});

test('a plan of 4.5 MB reaches its route in the body, and a byte more is too large', async () => {
  const organizer = await newOrganizer();
  const { id: venueId } = await newVenue(organizer);
  const { token } = organizer.client;
  const put = (bytes: number) =>
    fetch(`${inject('target').url}/venues/${venueId}/seating-plan`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: stadiumOf(1_000, bytes),
    });
  const taken = await put(4_500_000);
  expect([taken.status, await taken.json()]).toMatchObject([200, { seats: 1_000 }]);
  const refused = await put(4_500_001);
  expect([refused.status, await refused.json()]).toMatchObject([413, { code: 'PAYLOAD_TOO_LARGE' }]);
});

test('an upload is taken once it is there, by its own organization, and judged like any plan', async () => {
  const organizer = await newOrganizer();
  const { client } = organizer;
  const { id: venueId } = await newVenue(organizer);
  const notJson = '{"name": "A plan that ends too ';
  const upload = await client.ok(201, 'createUpload', {
    body: { kind: 'seating-plan', contentType: 'application/json', bytes: notJson.length },
  });
  const request = { params: { venueId }, body: { uploadId: upload.body.id } };
  await client.refused('UPLOAD_NOT_FOUND', 'importSeatingPlan', request);
  const put = await fetch(upload.body.url, { method: 'PUT', headers: upload.body.headers, body: notJson });
  expect(put.status).toBe(200);
  const refused = await client.refused('PLAN_REFUSED', 'importSeatingPlan', request);
  expect(refused.errors).toMatchObject([{ pointer: '', code: 'NOT_JSON' }]);

  const other = await newOrganizer();
  const theirs = await newVenue(other);
  await other.client.refused('UPLOAD_NOT_FOUND', 'importSeatingPlan', {
    params: { venueId: theirs.id },
    body: request.body,
  });
});

test('more than 40,000 seats or 5 MB is refused', async () => {
  const organizer = await newOrganizer();
  const { client } = organizer;
  const { id: venueId } = await newVenue(organizer);
  const plan = JSON.stringify(generateStadium(40_001));
  const upload = await client.ok(201, 'createUpload', {
    body: { kind: 'seating-plan', contentType: 'application/json', bytes: plan.length },
  });
  await fetch(upload.body.url, { method: 'PUT', headers: upload.body.headers, body: plan });
  const refused = await client.refused('PLAN_REFUSED', 'importSeatingPlan', {
    params: { venueId },
    body: { uploadId: upload.body.id },
  });
  expect(refused.errors).toMatchObject([{ pointer: '/zones', code: 'TOO_MANY_PLACES' }]);

  const tooLarge = await client.refused('VALIDATION_FAILED', 'createUpload', {
    body: { kind: 'seating-plan', contentType: 'application/json', bytes: 5 * 1024 * 1024 + 1 },
  });
  expect(tooLarge.errors).toMatchObject([{ pointer: '/bytes', code: 'TOO_BIG' }]);
});
