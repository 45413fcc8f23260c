import { describe, expect, test } from 'vitest';
import { anybody, signIn } from './client.ts';
import {
  euros,
  fixture,
  freshName,
  newEvent,
  newOrganizer,
  newSession,
  newVenue,
  publish,
  smallHall,
  smallHallTicketTypes,
  ticketTypeOf,
  venueBody,
} from './scenario.ts';

test('an organizer takes the Paraninfo from its plan to a published event', async () => {
  const organizer = await newOrganizer();
  const { client, organizationId } = organizer;
  const venue = await newVenue(organizer);
  expect(venue).toMatchObject({ ...venueBody, organizationId });

  const imported = await client.ok(200, 'importSeatingPlan', {
    params: { venueId: venue.id },
    body: fixture('ull-paraninfo'),
  });
  expect(imported.body).toEqual({
    planVersion: expect.stringMatching(/^pln_[0-9a-z]{26}$/),
    zones: 4,
    seats: 603,
    generalAdmission: 0,
  });
  const withPlan = await client.ok(200, 'getVenue', { params: { venueId: venue.id } });
  expect(withPlan.body.seatingPlan?.categories).toEqual([
    { name: 'Patio de Butacas', seats: 396, capacity: 0 },
    { name: 'Anfiteatro', seats: 137, capacity: 0 },
    { name: 'Palco Bajo', seats: 32, capacity: 0 },
    { name: 'Palco Alto', seats: 38, capacity: 0 },
  ]);

  const soprano = await client.ok(201, 'createPerformer', {
    body: { name: 'Jessye Norman', description: 'Soprano' },
  });
  const event = await client.ok(201, 'createEvent', {
    body: {
      name: 'Four Last Songs',
      category: 'concert',
      venueId: venue.id,
      performerIds: [soprano.body.id],
    },
  });
  expect(event.body.status).toBe('draft');
  const eventId = event.body.id;
  const session = await newSession(organizer, eventId, {
    ticketTypes: [
      { name: 'Stalls', price: euros(45), planCategory: 'Patio de Butacas' },
      { name: 'Circle', price: euros(30), planCategory: 'Anfiteatro' },
    ],
  });
  expect(session).toMatchObject({
    status: 'draft',
    timeZone: 'Atlantic/Canary',
    holdSeconds: 600,
    maxPlacesPerHold: 20,
  });

  // A draft is for members only.
  await anybody().refused('NOT_FOUND', 'getEvent', { params: { eventId } });

  const built: number[] = [];
  await publish(organizer, eventId, (page) => {
    const inventory = page.sessions[0]?.inventory;
    if (inventory === undefined) return;
    expect(inventory.built).toBeLessThanOrEqual(inventory.total);
    built.push(inventory.built);
  });
  expect(built).toEqual(built.toSorted((a, b) => a - b));

  const again = await client.ok(200, 'publishEvent', { params: { eventId } });
  expect(again.body.status).toBe('published');

  const page = await anybody().ok(200, 'getEvent', { params: { eventId } });
  expect(page.body).toMatchObject({
    name: 'Four Last Songs',
    status: 'published',
    venue: { id: venue.id, name: 'Paraninfo', timeZone: 'Atlantic/Canary' },
    performers: [{ id: soprano.body.id, name: 'Jessye Norman', description: 'Soprano' }],
    sessions: [
      {
        id: session.id,
        status: 'published',
        ticketTypes: [
          { name: 'Stalls', price: { amount: 4500, currency: 'EUR' }, available: 396, held: 0, sold: 0 },
          { name: 'Circle', price: { amount: 3000, currency: 'EUR' }, available: 137, held: 0, sold: 0 },
        ],
      },
    ],
  });
  const plan = await anybody().ok(200, 'getPlan', { params: { sessionId: session.id } });
  expect(plan.body.planVersion).toBe(imported.body.planVersion);
  expect(plan.body.zones.map(({ name }) => name)).toEqual([
    'Patio de Butacas',
    'Anfiteatro',
    'Palco Bajo',
    'Palco Alto',
  ]);
  expect(plan.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
});

describe('seating plans', () => {
  test('the stadium plan is refused with both of its faults and nothing of it is kept', async () => {
    const organizer = await newOrganizer();
    const venue = await newVenue(organizer);
    const refused = await organizer.client.refused('PLAN_REFUSED', 'importSeatingPlan', {
      params: { venueId: venue.id },
      body: fixture('seatmap-canvas-stadium'),
    });
    expect(refused.detail).toBe('422 faults; the first 100 are listed.');
    expect(refused.errors).toHaveLength(100);
    expect(refused.errors?.[0]).toMatchObject({ pointer: '/zones/0/areas/0/rectangle/width' });
    expect(refused.errors?.find(({ code }) => code === 'DUPLICATE_SEAT')).toMatchObject({
      pointer: '/zones/0/rows/6/seats/0/seat_guid',
      detail: 'The seat_guid "Groundfloor-A-1" is already used at /zones/0/rows/0/seats/0.',
    });
    const { body } = await organizer.client.ok(200, 'getVenue', { params: { venueId: venue.id } });
    expect(body.seatingPlan).toBeUndefined();
  });

  test('a plan refused with its venue leaves no venue', async () => {
    const { client } = await newOrganizer();
    const zones = [{ name: 'Stalls', position: { x: 0, y: 0 }, rows: [] }];
    const refused = await client.refused('PLAN_REFUSED', 'createVenue', {
      body: { ...venueBody, seatingPlan: { ...smallHall, zones } },
    });
    expect(refused.errors).toMatchObject([{ pointer: '/seatingPlan/zones', code: 'NO_PLACES' }]);
    expect((await client.ok(200, 'listVenues', {})).body.items).toEqual([]);
  });

  test('the same plan has the same version, another one another', async () => {
    const organizer = await newOrganizer();
    const { id: venueId } = await newVenue(organizer);
    const versionOf = async (plan: Record<string, unknown>) =>
      (await organizer.client.ok(200, 'importSeatingPlan', { params: { venueId }, body: plan })).body
        .planVersion;
    const first = await versionOf(smallHall);
    expect(await versionOf({ ...smallHall })).toBe(first);
    expect(await versionOf({ ...smallHall, name: 'Small hall, rebuilt' })).not.toBe(first);
  });
});

describe('changes', () => {
  test('once a PATCH has answered no read shows the old value', async () => {
    const organizer = await newOrganizer();
    const { id: venueId } = await newVenue(organizer, smallHall);
    const { id: eventId } = await newEvent(organizer, venueId);
    await newSession(organizer, eventId, { ticketTypes: smallHallTicketTypes });
    await publish(organizer, eventId);
    const visitor = anybody();
    let { headers } = await organizer.client.ok(200, 'getEvent', { params: { eventId } });
    for (let version = 1; version <= 10; version += 1) {
      const name = `Four Last Songs ${version}`;
      ({ headers } = await organizer.client.ok(200, 'updateEvent', {
        params: { eventId },
        ifMatch: headers.get('etag') ?? '',
        body: { name },
      }));
      // Several at once, so that every instance that serves reads is asked.
      const pages = await Promise.all(
        Array.from({ length: 6 }, () => visitor.ok(200, 'getEvent', { params: { eventId } })),
      );
      expect(pages.map(({ body }) => body.name)).toEqual([name, name, name, name, name, name]);
    }
  });

  test('a venue renamed shows its new name on its event’s page', async () => {
    const organizer = await newOrganizer();
    const venue = await organizer.client.ok(201, 'createVenue', { body: venueBody });
    const { id: eventId } = await newEvent(organizer, venue.body.id);
    const before = await organizer.client.ok(200, 'getEvent', { params: { eventId } });
    expect(before.body.venue.name).toBe('Paraninfo');
    await organizer.client.ok(200, 'updateVenue', {
      params: { venueId: venue.body.id },
      // Each event that is given a venue counts as a change of it.
      ifMatch:
        (await organizer.client.ok(200, 'getVenue', { params: { venueId: venue.body.id } })).headers.get(
          'etag',
        ) ?? '',
      body: { name: 'Paraninfo ULL' },
    });
    const after = await organizer.client.ok(200, 'getEvent', { params: { eventId } });
    expect(after.body.venue.name).toBe('Paraninfo ULL');
  });

  test('an update needs the ETag that was read, and only the latest will do', async () => {
    const { client } = await newOrganizer();
    const created = await client.ok(201, 'createPerformer', { body: { name: 'Jessye Norman' } });
    expect(created.headers.get('etag')).toBe('"r1"');
    const update = { params: { performerId: created.body.id }, body: { description: 'Soprano' } };
    await client.refused('PRECONDITION_REQUIRED', 'updatePerformer', update);
    const updated = await client.ok(200, 'updatePerformer', { ...update, ifMatch: '"r1"' });
    expect(updated.headers.get('etag')).toBe('"r2"');
    await client.refused('PRECONDITION_FAILED', 'updatePerformer', { ...update, ifMatch: '"r1"' });
    await client.refused('PRECONDITION_FAILED', 'updatePerformer', { ...update, ifMatch: '*' });
    const read = await client.ok(304, 'getPerformer', {
      params: { performerId: created.body.id },
      ifNoneMatch: '"r2"',
    });
    expect(read.body).toBeUndefined();
  });

  test('of two updates at once one is written', async () => {
    const { client } = await newOrganizer();
    const { body } = await client.ok(201, 'createPerformer', { body: { name: 'Jessye Norman' } });
    const params = { performerId: body.id };
    const answers = await Promise.all(
      ['Soprano', 'Dramatic soprano'].map((description) =>
        client.call('updatePerformer', { params, ifMatch: '"r1"', body: { description } }),
      ),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 412]);
  });

  test('what is used cannot be deleted, and drafts can', async () => {
    const organizer = await newOrganizer();
    const { client } = organizer;
    const { id: venueId } = await newVenue(organizer, smallHall);
    const performer = await client.ok(201, 'createPerformer', { body: { name: 'Jessye Norman' } });
    const event = await client.ok(201, 'createEvent', {
      body: { name: 'Recital', category: 'concert', venueId, performerIds: [performer.body.id] },
    });
    const eventId = event.body.id;
    const performerId = performer.body.id;
    const { id: sessionId } = await newSession(organizer, eventId, { ticketTypes: smallHallTicketTypes });
    await client.refused('IN_USE', 'deleteVenue', { params: { venueId } });
    await client.refused('IN_USE', 'deletePerformer', { params: { performerId } });
    await client.refused('IN_USE', 'deleteEvent', { params: { eventId } });
    await client.ok(204, 'deleteSession', { params: { sessionId } });
    await client.ok(204, 'deleteEvent', { params: { eventId } });
    await client.ok(204, 'deletePerformer', { params: { performerId } });
    await client.ok(204, 'deleteVenue', { params: { venueId } });
    await client.refused('NOT_FOUND', 'getEvent', { params: { eventId } });
  });
});

test('lists come in pages, newest first, and every item once', async () => {
  const { client } = await newOrganizer();
  const names = ['Ann', 'Bob', 'Cat', 'Dan', 'Eve'];
  for (const name of names) await client.ok(201, 'createPerformer', { body: { name } });
  const seen: string[] = [];
  const sizes: number[] = [];
  let cursor: string | undefined;
  do {
    const page = await client.ok(200, 'listPerformers', {
      query: { limit: 2, ...(cursor !== undefined && { cursor }) },
    });
    seen.push(...page.body.items.map(({ name }) => name));
    sizes.push(page.body.items.length);
    cursor = page.body.nextCursor;
  } while (cursor !== undefined);
  expect(seen).toEqual(['Eve', 'Dan', 'Cat', 'Bob', 'Ann']);
  expect(sizes).toEqual([2, 2, 1]);

  const refused = await client.refused('VALIDATION_FAILED', 'listPerformers', { query: { limit: 101 } });
  expect(refused.errors).toMatchObject([{ in: 'query', pointer: '/limit', code: 'TOO_BIG' }]);
  const other = await newOrganizer();
  await other.client.ok(201, 'createPerformer', { body: { name: 'Fay' } });
  await other.client.ok(201, 'createPerformer', { body: { name: 'Gus' } });
  const theirs = await other.client.ok(200, 'listPerformers', { query: { limit: 1 } });
  // A cursor of another organization’s list opens nothing.
  const foreign = await client.refused('VALIDATION_FAILED', 'listPerformers', {
    query: { cursor: theirs.body.nextCursor },
  });
  expect(foreign.errors).toMatchObject([{ pointer: '/cursor', code: 'INVALID_CURSOR' }]);
});

test('members come, change and go; the last owner stays', async () => {
  const { client, organizationId, subject } = await newOrganizer();
  const manager = freshName('manager');
  const params = { organizationId };
  await client.ok(201, 'addMember', { params, body: { subject: manager, role: 'manager' } });
  await client.refused('ALREADY_A_MEMBER', 'addMember', {
    params,
    body: { subject: manager, role: 'staff' },
  });
  const asManager = await signIn(manager);
  // With one organization only, it need not be named.
  await asManager.ok(201, 'createPerformer', { body: { name: 'Jessye Norman' } });
  await asManager.refused('FORBIDDEN', 'addMember', {
    params,
    body: { subject: freshName('x'), role: 'staff' },
  });
  const me = await asManager.ok(200, 'getMe', {});
  expect(me.body.memberships).toEqual([{ organizationId, role: 'manager' }]);

  const theirs = { organizationId, subject: manager };
  await client.ok(200, 'updateMember', { params: theirs, ifMatch: '"r1"', body: { role: 'staff' } });
  await asManager.refused('FORBIDDEN', 'createPerformer', { body: { name: 'Kathleen Battle' } });
  await client.refused('LAST_OWNER', 'removeMember', { params: { organizationId, subject } });
  await client.ok(204, 'removeMember', { params: theirs });
  await asManager.refused('NOT_FOUND', 'getOrganization', { params });
});

test('who belongs to two organizations says which', async () => {
  const { client, organizationId } = await newOrganizer();
  const second = await client.ok(201, 'createOrganization', { body: { name: 'Second', kind: 'organizer' } });
  const body = { name: 'Jessye Norman' };
  const refused = await client.refused('ORGANIZATION_REQUIRED', 'createPerformer', { body });
  expect(refused.errors).toMatchObject([{ in: 'body', pointer: '/organizationId' }]);
  for (const id of [organizationId, second.body.id]) {
    const made = await client.ok(201, 'createPerformer', { body: { ...body, organizationId: id } });
    expect(made.body.organizationId).toBe(id);
  }
});

test('an event that cannot be published says everything that is wrong', async () => {
  const organizer = await newOrganizer();
  const { client } = organizer;
  const { id: venueId } = await newVenue(organizer, smallHall);
  const { id: eventId } = await newEvent(organizer, venueId);
  const empty = await client.refused('NOT_PUBLISHABLE', 'publishEvent', { params: { eventId } });
  expect(empty.errors).toMatchObject([{ pointer: '/sessions', code: 'NO_SESSIONS' }]);

  const unknown = await client.refused('VALIDATION_FAILED', 'createSession', {
    params: { eventId },
    body: {
      startsAt: '2037-03-01T22:00:00Z',
      endsAt: '2037-03-01T20:00:00Z',
      ticketTypes: [{ name: 'Pit', price: euros(45), planCategory: 'Pit' }],
    },
  });
  expect(unknown.errors).toMatchObject([
    { pointer: '/endsAt', code: 'ENDS_BEFORE_START' },
    { pointer: '/ticketTypes/0/planCategory', code: 'UNKNOWN_CATEGORY' },
  ]);

  const past = await newSession(organizer, eventId, {
    startsAt: '2020-03-01T20:00:00Z',
    endsAt: '2020-03-01T22:00:00Z',
    ticketTypes: smallHallTicketTypes,
  });
  const refused = await client.refused('NOT_PUBLISHABLE', 'publishEvent', { params: { eventId } });
  expect(refused.errors).toMatchObject([{ pointer: `/sessions/${past.id}/startsAt`, code: 'IN_THE_PAST' }]);
});

test('a session added later goes on sale while the first one stays on sale', async () => {
  const organizer = await newOrganizer();
  const { id: venueId } = await newVenue(organizer, smallHall);
  const { id: eventId } = await newEvent(organizer, venueId);
  const first = await newSession(organizer, eventId, { ticketTypes: smallHallTicketTypes });
  await publish(organizer, eventId);
  const hold = { body: { ticketTypeId: ticketTypeOf(first, 0), quantity: 1 } };
  await anybody().ok(201, 'createHold', { params: { sessionId: first.id }, ...hold });

  const second = await newSession(organizer, eventId, {
    startsAt: '2037-03-02T20:00:00Z',
    endsAt: '2037-03-02T22:00:00Z',
    ticketTypes: [{ name: 'Standing', price: euros(20), quantity: 40 }],
  });
  await anybody().ok(201, 'createHold', { params: { sessionId: first.id }, ...hold });
  const page = await publish(organizer, eventId);
  expect(page.sessions.map(({ id, status }) => ({ id, status }))).toEqual([
    { id: first.id, status: 'published' },
    { id: second.id, status: 'published' },
  ]);
  expect(page.sessions[1]?.ticketTypes).toMatchObject([{ available: 40, held: 0, sold: 0 }]);
});
