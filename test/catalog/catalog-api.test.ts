import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { maxSessions } from '../../functions/catalog/event.ts';
import type { SessionItem } from '../../functions/catalog/items.ts';
import { generateStadium } from '../../scripts/generate-plan.ts';
import { stored } from '../support/memory-bucket.ts';
import {
  type Answered,
  type Catalog,
  freshKey,
  type Operation,
  orgA,
  orgB,
  startCatalog,
} from './harness.ts';

let catalog: Catalog;
beforeAll(async () => {
  catalog = await startCatalog();
});
afterAll(() => catalog.stop());

const call: Catalog['call'] = (operation, options) => catalog.call(operation, options);

const venueBody = {
  name: 'Paraninfo',
  address: 'Avenida Astrofísico Francisco Sánchez 1',
  city: 'La Laguna',
  country: 'ES',
  location: { lat: 28.4817, lon: -16.3176 },
  timeZone: 'Atlantic/Canary',
};
const paraninfo: unknown = JSON.parse(
  readFileSync(new URL('../fixtures/seating/ull-paraninfo.pretix.json', import.meta.url), 'utf8'),
);
const stadium: unknown = JSON.parse(
  readFileSync(new URL('../fixtures/seating/seatmap-canvas-stadium.pretix.json', import.meta.url), 'utf8'),
);
const smallPlan = {
  name: 'Small hall',
  categories: [{ name: 'Stalls' }],
  zones: [
    {
      name: 'Hall',
      position: { x: 0, y: 0 },
      rows: [
        {
          row_number: 'A',
          seats: [1, 2, 3].map((n) => ({
            seat_guid: `A-${n}`,
            seat_number: String(n),
            position: { x: 25 * n, y: 0 },
            category: 'Stalls',
          })),
        },
      ],
    },
  ],
};

const eur = (amount: number) => ({ amount, currency: 'EUR' });
const sessionBody = (more: object = {}) => ({
  startsAt: '2037-03-01T20:00:00Z',
  endsAt: '2037-03-01T22:00:00Z',
  ticketTypes: [{ name: 'Standing', price: eur(2500), quantity: 100 }],
  ...more,
});

const created = (answer: Answered): Answered => {
  expect([answer.status, answer.body?.errors]).toEqual([201, undefined]);
  return answer;
};
const newVenue = async (more: object = {}) =>
  created(await call('createVenue', { body: { ...venueBody, ...more } })).body;
const newPerformer = async (name = 'Jessye Norman') =>
  created(await call('createPerformer', { body: { name } })).body;
const newEvent = async (more: object = {}) =>
  created(
    await call('createEvent', {
      body: { name: 'Four Last Songs', category: 'concert', venueId: (await newVenue()).id, ...more },
    }),
  ).body;
const newSession = async (eventId: string, more: object = {}) =>
  created(await call('createSession', { params: { eventId }, body: sessionBody(more) })).body;

const publishedEvent = async (sessions = 1) => {
  const event = await newEvent();
  const params = { eventId: event.id };
  const made = [];
  for (let n = 0; n < sessions; n += 1) made.push(await newSession(event.id));
  expect((await call('publishEvent', { params })).status).toBe(202);
  for (const session of made) await catalog.inventoryBuilt(session.id);
  return { event, params, sessions: made };
};
const etagOf = async (operation: Operation, params: Record<string, string>) =>
  (await call(operation, { params })).etag;

describe('venues', () => {
  test('are created, read, listed, changed and deleted by their organization', async () => {
    const answer = created(await call('createVenue', { body: venueBody }));
    expect(answer.body).toEqual({
      id: expect.stringMatching(/^ven_[0-9a-hjkmnp-tv-z]{26}$/),
      ...venueBody,
      organizationId: orgA,
      createdAt: expect.stringMatching(/Z$/),
      updatedAt: answer.body.createdAt,
    });
    expect(answer.etag).toBe('"r1"');
    const params = { venueId: answer.body.id };

    const changed = await call('updateVenue', { params, ifMatch: '"r1"', body: { name: 'Paraninfo ULL' } });
    expect([changed.status, changed.etag, changed.body.name]).toEqual([200, '"r2"', 'Paraninfo ULL']);
    expect((await call('getVenue', { params })).body).toEqual(changed.body);
    expect((await call('getVenue', { params, ifNoneMatch: '"r2"' })).status).toBe(304);
    expect((await call('listVenues')).body.items[0]).toEqual(changed.body);

    expect((await call('deleteVenue', { params })).status).toBe(204);
    expect((await call('getVenue', { params })).status).toBe(404);
  });

  test('an update needs the tag that was read', async () => {
    const params = { venueId: (await newVenue()).id };
    expect((await call('updateVenue', { params, body: { name: 'A' } })).status).toBe(428);
    expect((await call('updateVenue', { params, ifMatch: '"r1"', body: { name: 'B' } })).status).toBe(200);
    const stale = await call('updateVenue', { params, ifMatch: '"r1"', body: { name: 'C' } });
    expect([stale.status, stale.body.code]).toEqual([412, 'PRECONDITION_FAILED']);
    expect((await call('getVenue', { params })).body.name).toBe('B');
  });

  test.for<[string, object, string]>([
    ['a city that is no time zone', { timeZone: 'La Laguna' }, '/timeZone'],
    ['an offset as a time zone', { timeZone: '+01:00' }, '/timeZone'],
    ['a country in three letters', { country: 'ESP' }, '/country'],
    ['a latitude over the pole', { location: { lat: 91, lon: 0 } }, '/location/lat'],
    ['an unknown field', { planet: 'Earth' }, '/planet'],
    ['an empty name', { name: '  ' }, '/name'],
  ])('refuses %s', async ([, more, pointer]) => {
    const answer = await call('createVenue', { body: { ...venueBody, ...more } });
    expect([answer.status, answer.body.errors.map((e: { pointer: string }) => e.pointer)]).toEqual([
      422,
      [pointer],
    ]);
  });

  test('in use by an event it stays until the event is deleted', async () => {
    const venue = await newVenue();
    const performer = await newPerformer();
    const event = await newEvent({ venueId: venue.id, performerIds: [performer.id] });
    const params = { venueId: venue.id };
    expect((await call('deleteVenue', { params })).body.code).toBe('IN_USE');
    expect((await call('deletePerformer', { params: { performerId: performer.id } })).body.code).toBe(
      'IN_USE',
    );
    expect((await call('deleteEvent', { params: { eventId: event.id } })).status).toBe(204);
    expect((await call('deleteVenue', { params })).status).toBe(204);
    expect((await call('deletePerformer', { params: { performerId: performer.id } })).status).toBe(204);
  });

  test('lists go page by page, newest first, and their cursors fit no other list', async () => {
    const names = ['one', 'two', 'three'];
    for (const name of names) await call('createPerformer', { as: 'bob', body: { name } });
    const first = (await call('listPerformers', { as: 'bob', query: { limit: '2' } })).body;
    const second = (
      await call('listPerformers', { as: 'bob', query: { limit: '2', cursor: first.nextCursor } })
    ).body;
    expect([...first.items, ...second.items].map((item: { name: string }) => item.name)).toEqual([
      'three',
      'two',
      'one',
    ]);
    expect(second.nextCursor).toBeUndefined();
    const foreign = await call('listVenues', { as: 'bob', query: { cursor: first.nextCursor } });
    expect([foreign.status, foreign.body.errors[0].code]).toEqual([422, 'INVALID_CURSOR']);
    expect((await call('listPerformers', { as: 'ann', query: { cursor: first.nextCursor } })).status).toBe(
      422,
    );
    expect((await call('listPerformers', { as: 'bob', query: { limit: '101' } })).status).toBe(422);
  });
});

describe('an Idempotency-Key', () => {
  test.for<[Operation, () => Promise<{ params?: Record<string, string>; body: object; other: object }>]>([
    ['createVenue', async () => ({ body: venueBody, other: { ...venueBody, name: 'Other' } })],
    ['createPerformer', async () => ({ body: { name: 'A' }, other: { name: 'B' } })],
    [
      'createEvent',
      async () => {
        const body = { name: 'A', category: 'concert', venueId: (await newVenue()).id };
        return { body, other: { ...body, name: 'B' } };
      },
    ],
    [
      'createSession',
      async () => ({
        params: { eventId: (await newEvent()).id },
        body: sessionBody(),
        other: sessionBody({ holdSeconds: 61 }),
      }),
    ],
    [
      'createUpload',
      async () => {
        const body = { kind: 'seating-plan', contentType: 'application/json', bytes: 100 };
        return { body, other: { ...body, bytes: 101 } };
      },
    ],
  ])(
    'repeated on %s answers the same thing, with another body it is refused',
    async ([operation, prepare]) => {
      const { params = {}, body, other } = await prepare();
      const key = freshKey();
      const first = created(await call(operation, { params, body, key }));
      const again = created(await call(operation, { params, body, key }));
      expect(again.body.id).toBe(first.body.id);
      expect([first.headers['Idempotent-Replayed'], again.headers['Idempotent-Replayed']]).toEqual([
        undefined,
        'true',
      ]);
      const reused = await call(operation, { params, body: other, key });
      expect([reused.status, reused.body.code]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
      expect((await call(operation, { params, body, key: '' })).body.code).toBe('IDEMPOTENCY_KEY_REQUIRED');
    },
  );

  test('used twice at once makes one thing', async () => {
    const key = freshKey();
    const answers = await Promise.all([1, 2, 3].map(() => call('createVenue', { body: venueBody, key })));
    expect(answers.map((answer) => answer.status)).toEqual([201, 201, 201]);
    expect(new Set(answers.map((answer) => answer.body.id)).size).toBe(1);
  });

  test('answers the thing as it is now', async () => {
    const key = freshKey();
    const venue = created(await call('createVenue', { body: venueBody, key })).body;
    await call('updateVenue', { params: { venueId: venue.id }, ifMatch: '"r1"', body: { name: 'New name' } });
    const again = await call('createVenue', { body: venueBody, key });
    expect([again.status, again.body.name, again.etag]).toEqual([201, 'New name', '"r2"']);
  });

  test('of a session is honoured even after the event was cancelled', async () => {
    const event = await newEvent();
    const params = { eventId: event.id };
    const key = freshKey();
    const session = created(await call('createSession', { params, body: sessionBody(), key })).body;
    await call('cancelEvent', { params });
    const again = await call('createSession', { params, body: sessionBody(), key });
    expect([again.status, again.body.id]).toEqual([201, session.id]);
    expect((await call('createSession', { params, body: sessionBody() })).body).toMatchObject({
      code: 'TRANSITION_NOT_ALLOWED',
      currentStatus: 'cancelled',
      allowed: [],
    });
  });

  test('of one organization’s member says nothing to another’s', async () => {
    const key = freshKey();
    const ours = created(await call('createVenue', { body: venueBody, key }));
    const theirs = created(await call('createVenue', { as: 'bob', body: venueBody, key }));
    expect(theirs.body.id).not.toBe(ours.body.id);
    expect(theirs.body.organizationId).toBe(orgB);
  });
});

describe('seating plans', () => {
  test('the Paraninfo is imported; its documents lie under its version', async () => {
    const params = { venueId: (await newVenue()).id };
    const answer = await call('importSeatingPlan', { params, body: paraninfo });
    expect([answer.status, answer.body]).toEqual([
      200,
      { planVersion: expect.stringMatching(/^pln_/), zones: 4, seats: 603, generalAdmission: 0 },
    ]);
    const layout = catalog.objects.get(`plans/${params.venueId}/${answer.body.planVersion}/layout.json`);
    expect(JSON.parse(String(layout?.body)).zones).toHaveLength(4);
    expect((await call('getVenue', { params })).body.seatingPlan.categories[0]).toEqual({
      name: 'Patio de Butacas',
      seats: 396,
      capacity: 0,
    });
    const again = await call('importSeatingPlan', { params, body: paraninfo });
    expect(again.body.planVersion).toBe(answer.body.planVersion);
  });

  test('the faulty stadium is refused with both faults, and nothing of it is kept', async () => {
    const params = { venueId: (await newVenue()).id };
    const before = catalog.objects.size;
    const answer = await call('importSeatingPlan', { params, body: stadium });
    expect([answer.status, answer.body.code]).toEqual([422, 'PLAN_REFUSED']);
    expect(answer.body.errors).toHaveLength(100);
    expect(answer.body.detail).toBe('422 faults; the first 100 are listed.');
    expect(answer.body.errors.map((e: { pointer: string }) => e.pointer)).toEqual(
      expect.arrayContaining(['/zones/0/areas/0/rectangle/width', '/zones/0/rows/6/seats/0/seat_guid']),
    );
    expect(catalog.objects.size).toBe(before);
    expect((await call('getVenue', { params })).body.seatingPlan).toBeUndefined();
  });

  test('of 40,000 seats is imported', async () => {
    const params = { venueId: (await newVenue()).id };
    const answer = await call('importSeatingPlan', { params, body: generateStadium(40_000) });
    expect([answer.status, answer.body.seats]).toEqual([200, 40_000]);
  });

  test('may come with a new venue; its faults are named where it stands', async () => {
    expect((await newVenue({ seatingPlan: smallPlan })).seatingPlan).toMatchObject({ zones: 1, seats: 3 });
    const answer = await call('createVenue', {
      body: { ...venueBody, seatingPlan: { ...smallPlan, zones: [] } },
    });
    expect([answer.status, answer.body.errors[0].pointer]).toEqual([422, '/seatingPlan/zones']);
  });

  test('nested without end is refused, not a crash', async () => {
    const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
    const rawBody = JSON.stringify({ ...venueBody, seatingPlan: {} }).replace('{}', `{"name":${deep}}`);
    expect((await call('createVenue', { rawBody })).status).toBe(422);
    const params = { venueId: (await newVenue()).id };
    expect((await call('importSeatingPlan', { params, rawBody: `{"name":${deep}}` })).status).toBe(422);
  });

  test('a body over 4.5 MB goes by upload, and over 5 MB there it is a 422 that says so', async () => {
    const params = { venueId: (await newVenue()).id };
    const rows = Array.from({ length: 18_000 }, (_, n) => ({
      row_number: String(n),
      row_label: 'x'.repeat(200),
      seats: [{ seat_guid: `S-${n}`, seat_number: '1', position: { x: 0, y: n }, category: 'Stalls' }],
    }));
    const zones = Array.from({ length: 5 }, (_, n) => ({
      position: { x: 0, y: 0 },
      rows: rows.slice(n * 3_600, (n + 1) * 3_600),
    }));
    const body = { ...smallPlan, zones };
    const direct = await call('importSeatingPlan', { params, body });
    expect([direct.status, direct.body.code]).toEqual([413, 'PAYLOAD_TOO_LARGE']);

    const upload = created(
      await call('createUpload', {
        body: { kind: 'seating-plan', contentType: 'application/json', bytes: 5_000_000 },
      }),
    ).body;
    catalog.objects.set(`uploads/${orgA}/seating-plan/${upload.id}`, stored(JSON.stringify(body)));
    const answer = await call('importSeatingPlan', { params, body: { uploadId: upload.id } });
    expect([answer.status, answer.body.code, answer.body.errors?.[0].code]).toEqual([
      422,
      'PLAN_REFUSED',
      'PLAN_TOO_LARGE',
    ]);
  });

  test('large ones are uploaded and named by their upload', async () => {
    const params = { venueId: (await newVenue()).id };
    const body = JSON.stringify(smallPlan);
    const upload = created(
      await call('createUpload', {
        body: { kind: 'seating-plan', contentType: 'application/json', bytes: body.length },
      }),
    ).body;
    const url = new URL(upload.url);
    expect(url.searchParams.get('X-Amz-SignedHeaders')).toBe('content-length;content-type;host');
    const missing = await call('importSeatingPlan', { params, body: { uploadId: upload.id } });
    expect([missing.status, missing.body.code]).toEqual([422, 'UPLOAD_NOT_FOUND']);

    catalog.objects.set(`uploads/${orgA}/seating-plan/${upload.id}`, stored(body));
    const both = await call('importSeatingPlan', { params, body: { uploadId: upload.id, ...smallPlan } });
    expect(both.status).toBe(422);
    const answer = await call('importSeatingPlan', { params, body: { uploadId: upload.id } });
    expect([answer.status, answer.body.seats]).toEqual([200, 3]);

    catalog.objects.set(`uploads/${orgA}/seating-plan/${upload.id}`, stored('{"name":'));
    const broken = await call('importSeatingPlan', { params, body: { uploadId: upload.id } });
    expect([broken.status, broken.body.errors[0].code]).toEqual([422, 'NOT_JSON']);
  });

  test('an upload of another organization does not exist', async () => {
    const upload = created(
      await call('createUpload', {
        as: 'bob',
        body: { kind: 'seating-plan', contentType: 'application/json', bytes: 100 },
      }),
    ).body;
    catalog.objects.set(`uploads/${orgB}/seating-plan/${upload.id}`, stored(JSON.stringify(smallPlan)));
    const params = { venueId: (await newVenue()).id };
    const answer = await call('importSeatingPlan', { params, body: { uploadId: upload.id } });
    expect(answer.body.code).toBe('UPLOAD_NOT_FOUND');
  });

  test('uploads over 5 MB or of another type get no URL', async () => {
    const body = { kind: 'seating-plan', contentType: 'application/json', bytes: 5 * 1024 * 1024 + 1 };
    expect((await call('createUpload', { body })).body.errors[0].pointer).toBe('/bytes');
    const image = { ...body, bytes: 5, contentType: 'image/png' };
    expect((await call('createUpload', { body: image })).body.errors[0].pointer).toBe('/contentType');
  });
});

describe('events', () => {
  test('name things of their own organization only', async () => {
    const theirs = created(await call('createVenue', { as: 'bob', body: venueBody })).body;
    const performer = created(await call('createPerformer', { as: 'bob', body: { name: 'X' } })).body;
    const own = await newPerformer();
    const answer = await call('createEvent', {
      body: { name: 'A', category: 'c', venueId: theirs.id, performerIds: [own.id, performer.id] },
    });
    expect([answer.status, answer.body.errors.map((e: { pointer: string }) => e.pointer)]).toEqual([
      422,
      ['/venueId', '/performerIds/1'],
    ]);
    // Nothing was half written: the performer is still unused.
    expect((await call('deletePerformer', { params: { performerId: own.id } })).status).toBe(204);
  });

  test('change their performers, and count them', async () => {
    const [one, two] = [await newPerformer('One'), await newPerformer('Two')];
    const event = await newEvent({ performerIds: [one.id] });
    const params = { eventId: event.id };
    const changed = await call('updateEvent', { params, ifMatch: '"r1"', body: { performerIds: [two.id] } });
    expect([changed.status, changed.body.performerIds]).toEqual([200, [two.id]]);
    expect((await call('deletePerformer', { params: { performerId: one.id } })).status).toBe(204);
    expect((await call('deletePerformer', { params: { performerId: two.id } })).body.code).toBe('IN_USE');
    const gone = await call('updateEvent', {
      params,
      ifMatch: '"r2"',
      body: { performerIds: [two.id, one.id] },
    });
    expect([gone.status, gone.body.errors[0].pointer]).toEqual([422, '/performerIds/1']);
  });

  test('with sessions cannot be deleted; drafts of sessions can', async () => {
    const event = await newEvent();
    const session = await newSession(event.id);
    const params = { eventId: event.id };
    expect((await call('deleteEvent', { params })).body.code).toBe('IN_USE');
    expect((await call('deleteSession', { params: { sessionId: session.id } })).status).toBe(204);
    expect((await call('getEvent', { params })).body.sessions).toEqual([]);
    expect((await call('deleteEvent', { params })).status).toBe(204);
  });
});

describe('sessions', () => {
  test('are created with defaults and the venue’s time zone beside their instants', async () => {
    const event = await newEvent();
    expect(await newSession(event.id)).toMatchObject({
      status: 'draft',
      startsAt: '2037-03-01T20:00:00Z',
      timeZone: 'Atlantic/Canary',
      holdSeconds: 600,
      maxPlacesPerHold: 20,
      ticketTypes: [{ id: expect.stringMatching(/^tt_/), name: 'Standing', price: eur(2500), quantity: 100 }],
    });
  });

  test('name every fault of their times, prices and categories at once', async () => {
    const event = await newEvent({ venueId: (await newVenue({ seatingPlan: smallPlan })).id });
    const answer = await call('createSession', {
      params: { eventId: event.id },
      body: sessionBody({
        endsAt: '2037-03-01T19:00:00Z',
        holdSeconds: 10,
        ticketTypes: [
          { name: 'Stalls', price: eur(1), planCategory: 'Stalls' },
          { name: 'Again', price: { amount: 1, currency: 'RON' }, planCategory: 'Stalls' },
          { name: 'Circle', price: eur(1), planCategory: 'Circle' },
        ],
      }),
    });
    expect(answer.status).toBe(422);
    expect(
      answer.body.errors.map((e: { pointer: string; code: string }) => `${e.pointer} ${e.code}`),
    ).toEqual([
      '/endsAt ENDS_BEFORE_START',
      '/holdSeconds OUT_OF_RANGE',
      '/ticketTypes/1/price/currency MIXED_CURRENCY',
      '/ticketTypes/1/planCategory DUPLICATE_CATEGORY',
      '/ticketTypes/2/planCategory UNKNOWN_CATEGORY',
    ]);
  });

  test(`of one event are ${maxSessions} at most, so that cancelling all of them is one transaction`, async () => {
    const event = await newEvent();
    const params = { eventId: event.id };
    for (let n = 0; n < maxSessions; n += 1) await newSession(event.id);
    const answer = await call('createSession', { params, body: sessionBody() });
    expect([answer.status, answer.body.code]).toEqual([409, 'IN_USE']);
    expect((await call('publishEvent', { params })).status).toBe(202);
    expect((await call('cancelEvent', { params })).body.status).toBe('cancelled');
  });

  test('of a draft change their ticket types, published ones do not', async () => {
    const { params, sessions } = await publishedEvent();
    const [session] = sessions;
    const sessionId = { sessionId: session.id };
    const ticketTypes = [{ name: 'Other', price: eur(1), quantity: 5 }];
    const ifMatch = await etagOf('getSession', sessionId);
    const refused = await call('updateSession', { params: sessionId, ifMatch, body: { ticketTypes } });
    expect([refused.status, refused.body]).toMatchObject([
      409,
      { code: 'TRANSITION_NOT_ALLOWED', currentStatus: 'published' },
    ]);
    const draft = await newSession(params.eventId);
    const changed = await call('updateSession', {
      params: { sessionId: draft.id },
      ifMatch: '"r1"',
      body: { ticketTypes },
    });
    expect([changed.status, changed.body.ticketTypes[0].name]).toEqual([200, 'Other']);
  });

  test('say when their doors open, from the beginning or later', async () => {
    const event = await newEvent();
    expect((await newSession(event.id)).doorsOpenMinutes).toBeUndefined();
    const created = await call('createSession', {
      params: { eventId: event.id },
      body: sessionBody({ doorsOpenMinutes: 90 }),
    });
    expect([created.status, created.body.doorsOpenMinutes]).toEqual([201, 90]);
    const params = { sessionId: created.body.id };
    const change = (doorsOpenMinutes: unknown) =>
      call('updateSession', { params, ifMatch: '"r1"', body: { doorsOpenMinutes } });
    for (const minutes of [-1, 2_881, 1.5, null]) {
      const refused = await change(minutes);
      expect([refused.status, refused.body.errors[0].pointer]).toEqual([422, '/doorsOpenMinutes']);
    }
    expect((await change(0)).body.doorsOpenMinutes).toBe(0);
    expect((await call('getSession', { params })).body.doorsOpenMinutes).toBe(0);
  });

  const terms = {
    fee: { amount: 150 },
    tax: { name: 'TVA', basisPoints: 900, included: true },
    salesFrom: '2036-01-01T09:00:00Z',
    salesUntil: '2037-03-01T18:00:00Z',
    maxPerOrder: 4,
  };
  const standing = { name: 'Standing', price: eur(2500), quantity: 100 };

  test('keep the terms that ticket types are sold on, and show them to customers', async () => {
    const event = await newEvent();
    const session = await newSession(event.id, { ticketTypes: [{ ...standing, ...terms }] });
    const kept = {
      ...terms,
      fee: { amount: 150, isRefundable: false },
      tax: { ...terms.tax, isFeeTaxed: true },
    };
    const id = session.ticketTypes[0].id;
    expect(session.ticketTypes).toEqual([{ id, ...standing, ...kept }]);
    const page = await call('getEvent', { params: { eventId: event.id } });
    expect(page.body.sessions[0].ticketTypes).toEqual([
      { id, name: 'Standing', price: eur(2500), ...kept, available: 0, held: 0, sold: 0 },
    ]);
  });

  test('on sale change the terms of ticket types, and nothing else of them', async () => {
    const { sessions } = await publishedEvent();
    const params = { sessionId: sessions[0].id };
    const patch = async (saleTerms: object[]) =>
      call('updateSession', { params, ifMatch: await etagOf('getSession', params), body: { saleTerms } });
    const { id } = sessions[0].ticketTypes[0];
    const changed = await patch([{ id, ...terms, fee: { basisPoints: 500, isRefundable: true } }]);
    expect([changed.status, changed.body.ticketTypes]).toEqual([
      200,
      [
        {
          id,
          ...standing,
          ...terms,
          fee: { basisPoints: 500, isRefundable: true },
          tax: { ...terms.tax, isFeeTaxed: true },
        },
      ],
    ]);
    // What is left out stays; null ends it.
    await patch([{ id, fee: null, tax: null, salesFrom: null, maxPerOrder: 2 }]);
    const now = await call('getSession', { params });
    expect(now.body.ticketTypes).toEqual([{ id, ...standing, salesUntil: terms.salesUntil, maxPerOrder: 2 }]);
    const refused = await patch([{ id, price: eur(1) }]);
    expect(refused.body.errors.map(({ pointer, code }: Record<string, string>) => [pointer, code])).toEqual([
      ['/saleTerms/0/price', 'UNKNOWN_FIELD'],
    ]);
    const wrong = await patch([
      { id, salesFrom: terms.salesUntil },
      { id: 'tt_00000000000000000000000000', maxPerOrder: 1 },
    ]);
    expect(wrong.body.errors.map(({ pointer, code }: Record<string, string>) => [pointer, code])).toEqual([
      ['/saleTerms/1/id', 'UNKNOWN_TICKET_TYPE'],
    ]);
    expect((await call('getSession', { params })).body.ticketTypes).toEqual(now.body.ticketTypes);
  });

  test('take answers by a free ticket type, say so on the page of the event, and stop to', async () => {
    const event = await newEvent();
    const params = { eventId: event.id };
    const free = { name: 'Guests', price: eur(0), quantity: 10 };
    const ticketTypes = [standing, free];
    const refused = await call('createSession', {
      params,
      body: sessionBody({ ticketTypes, rsvp: { ticketType: 'Standing' } }),
    });
    expect([refused.status, refused.body.errors[0].pointer, refused.body.errors[0].code]).toEqual([
      422,
      '/rsvp/ticketType',
      'NOT_FREE',
    ]);
    const session = await newSession(event.id, { ticketTypes, rsvp: { ticketType: 'Guests', guestsMax: 2 } });
    const rsvp = { ticketType: 'Guests', guestsMax: 2, approval: 'automatic' };
    expect(session.rsvp).toEqual(rsvp);
    expect((await call('getEvent', { params })).body.sessions[0].rsvp).toEqual(rsvp);
    const at = { params: { sessionId: session.id } };
    const patch = async (body: object) =>
      call('updateSession', { ...at, ifMatch: await etagOf('getSession', at.params), body });
    // What answers rely on cannot be taken from under them.
    const fee = { id: session.ticketTypes[1].id, fee: { amount: 100 } };
    expect((await patch({ saleTerms: [fee] })).body.errors[0].code).toBe('NOT_FREE');
    expect((await patch({ ticketTypes: [standing] })).body.errors[0].code).toBe('UNKNOWN_TICKET_TYPE');
    const changed = { ...rsvp, guestsMax: 0, approval: 'organizer' };
    expect((await patch({ rsvp: { ticketType: 'Guests', approval: 'organizer' } })).body.rsvp).toEqual(
      changed,
    );
    expect((await patch({ rsvp: null })).body.rsvp).toBeUndefined();
    expect((await call('getSession', at)).body.rsvp).toBeUndefined();
  });

  test('are postponed, get new dates, and are on sale again', async () => {
    const { params, sessions } = await publishedEvent();
    const session = { sessionId: sessions[0].id };
    const patch = async (body: object) =>
      call('updateSession', { params: session, ifMatch: await etagOf('getSession', session), body });
    expect((await patch({ status: 'postponed' })).body.status).toBe('postponed');
    expect((await patch({ status: 'postponed' })).body.status).toBe('postponed');
    const past = await patch({
      status: 'published',
      startsAt: '2020-01-01T20:00:00Z',
      endsAt: '2020-01-01T22:00:00Z',
    });
    expect([past.status, past.body.errors?.[0]]).toMatchObject([
      422,
      { pointer: '/startsAt', code: 'IN_THE_PAST' },
    ]);
    const again = await patch({
      status: 'published',
      startsAt: '2038-03-01T20:00:00Z',
      endsAt: '2038-03-01T22:00:00Z',
    });
    expect([again.status, again.body.status, again.body.startsAt]).toEqual([
      200,
      'published',
      '2038-03-01T20:00:00Z',
    ]);
    expect((await call('getEvent', { params })).body.sessions[0]).toMatchObject({
      status: 'published',
      startsAt: '2038-03-01T20:00:00Z',
    });
  });

  test('a draft is not put on sale or off by PATCH', async () => {
    const event = await newEvent();
    const params = { sessionId: (await newSession(event.id)).id };
    for (const status of ['published', 'postponed']) {
      const answer = await call('updateSession', { params, ifMatch: '"r1"', body: { status } });
      expect([answer.status, answer.body]).toMatchObject([
        409,
        {
          code: 'TRANSITION_NOT_ALLOWED',
          currentStatus: 'draft',
          allowed: ['publish', 'update', 'delete', 'cancel'],
        },
      ]);
    }
  });

  test('are cancelled once and stay so', async () => {
    const { sessions } = await publishedEvent();
    const params = { sessionId: sessions[0].id };
    const first = await call('cancelSession', { params });
    const second = await call('cancelSession', { params });
    expect([first.body.status, second.body.status, second.etag]).toEqual([
      'cancelled',
      'cancelled',
      first.etag,
    ]);
    const answer = await call('updateSession', { params, ifMatch: first.etag, body: { holdSeconds: 90 } });
    expect([answer.status, answer.body.allowed]).toEqual([409, []]);
  });
});

describe('publishing', () => {
  test('pins the plan, waits for every session’s inventory, and is safe to repeat', async () => {
    const venue = await newVenue({ seatingPlan: smallPlan });
    const event = await newEvent({ venueId: venue.id });
    const params = { eventId: event.id };
    const ticketTypes = [{ name: 'Stalls', price: eur(1), planCategory: 'Stalls' }];
    const one = await newSession(event.id, { ticketTypes });
    const two = await newSession(event.id);

    const first = await call('publishEvent', { params });
    expect([first.status, first.body.status]).toEqual([202, 'publishing']);
    const repeated = await call('publishEvent', { params });
    expect([repeated.status, repeated.etag]).toEqual([202, first.etag]);
    const pinned = (await call('getSession', { params: { sessionId: one.id } })).body;
    expect([pinned.status, pinned.planVersion]).toEqual(['publishing', venue.seatingPlan.planVersion]);
    await call('importSeatingPlan', { params: { venueId: venue.id }, body: paraninfo });

    await catalog.inventoryBuilt(one.id);
    expect((await call('getEvent', { params })).body).toMatchObject({
      status: 'publishing',
      sessions: [{ status: 'published' }, { status: 'publishing', inventory: { built: 0, total: 0 } }],
    });
    await catalog.inventoryBuilt(two.id);
    await catalog.inventoryBuilt(two.id);
    await catalog.inventoryBuilt(one.id);
    const last = await call('publishEvent', { params });
    expect([last.status, last.body.status]).toEqual([200, 'published']);
    expect((await call('getSession', { params: { sessionId: one.id } })).body.planVersion).toBe(
      venue.seatingPlan.planVersion,
    );
  });

  test('two sessions whose inventory stands at the same instant publish the event', async () => {
    const event = await newEvent();
    const params = { eventId: event.id };
    const sessions = await Promise.all([1, 2, 3].map(() => newSession(event.id)));
    await call('publishEvent', { params });
    const deliver = async (sessionId: string): Promise<void> => {
      // As the queue does: a message that failed comes again, three times at most.
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await catalog.inventoryBuilt(sessionId);
        } catch (error) {
          if (attempt === 3) throw error;
        }
      }
    };
    await Promise.all(sessions.map((session) => deliver(session.id)));
    expect((await call('getEvent', { params })).body.status).toBe('published');
  });

  test('is refused with every reason', async () => {
    const event = await newEvent({ venueId: (await newVenue({ seatingPlan: smallPlan })).id });
    const params = { eventId: event.id };
    const empty = await call('publishEvent', { params });
    expect([empty.status, empty.body.code, empty.body.errors[0].code]).toEqual([
      422,
      'NOT_PUBLISHABLE',
      'NO_SESSIONS',
    ]);
    const past = await newSession(event.id, {
      startsAt: '2020-01-01T20:00:00Z',
      endsAt: '2020-01-01T22:00:00Z',
    });
    const seated = await newSession(event.id, {
      ticketTypes: [{ name: 'Stalls', price: eur(1), planCategory: 'Stalls' }],
    });
    await call('importSeatingPlan', { params: { venueId: event.venueId }, body: paraninfo });
    const answer = await call('publishEvent', { params });
    expect([
      answer.status,
      answer.body.errors.map((e: { pointer: string; code: string }) => `${e.pointer} ${e.code}`),
    ]).toEqual([
      422,
      [
        `/sessions/${past.id}/startsAt IN_THE_PAST`,
        `/sessions/${seated.id}/ticketTypes/0/planCategory UNKNOWN_CATEGORY`,
      ],
    ]);
    expect((await call('getSession', { params: { sessionId: past.id } })).body.status).toBe('draft');
  });

  test('a session added later is published by publishing again; the event stays on sale meanwhile', async () => {
    const { params } = await publishedEvent();
    const later = await newSession(params.eventId);
    expect((await call('getEvent', { params, as: null })).body.sessions).toHaveLength(1);
    expect((await call('publishEvent', { params })).status).toBe(202);
    expect((await call('getEvent', { params, as: null })).status).toBe(200);
    expect((await call('publishEvent', { params })).status).toBe(202);
    await catalog.inventoryBuilt(later.id);
    expect((await call('publishEvent', { params })).status).toBe(200);
    expect((await call('getEvent', { params, as: null })).body.sessions).toHaveLength(2);
  });

  test('goes on where a crash between session and event left it', async () => {
    const event = await newEvent();
    const params = { eventId: event.id };
    const session = await newSession(event.id);
    await call('publishEvent', { params });
    // The session was marked, then the function died; the message comes again.
    await catalog.table.update(
      { pk: `SESSION#${session.id}`, sk: 'SESSION' },
      {
        update: 'SET #status = :published, #publishedAt = :at, #revision = #revision + :one',
        names: { '#status': 'status', '#publishedAt': 'publishedAt', '#revision': 'revision' },
        values: { ':published': 'published', ':at': '2026-11-20T18:00:00.000Z', ':one': 1 },
      },
    );
    await catalog.inventoryBuilt(session.id);
    expect((await call('publishEvent', { params })).status).toBe(200);
  });

  test('of an event whose sessions were all cancelled meanwhile makes it a draft again', async () => {
    const event = await newEvent();
    const params = { eventId: event.id };
    const [one, two] = [await newSession(event.id), await newSession(event.id)];
    await call('publishEvent', { params });
    for (const session of [one, two]) {
      await call('cancelSession', { params: { sessionId: session.id } });
      await catalog.inventoryBuilt(session.id);
    }
    expect((await call('getEvent', { params })).body.status).toBe('draft');
    expect((await call('publishEvent', { params })).body.errors[0].code).toBe('NO_SESSIONS');
    expect((await call('getEvent', { params, as: null })).status).toBe(404);
  });

  test('a cancelled session does not hold up the others', async () => {
    const event = await newEvent();
    const params = { eventId: event.id };
    const [one, two] = [await newSession(event.id), await newSession(event.id)];
    await call('publishEvent', { params });
    await catalog.inventoryBuilt(one.id);
    await call('cancelSession', { params: { sessionId: two.id } });
    // SESSION-CANCELLED reaches the same consumer.
    await catalog.inventoryBuilt(two.id);
    const page = (await call('getEvent', { params, as: null })).body;
    expect([page.status, page.sessions.map((session: { id: string }) => session.id)]).toEqual([
      'published',
      [one.id],
    ]);
  });

  test('inventory that stands after its session was cancelled changes nothing', async () => {
    const event = await newEvent();
    const params = { eventId: event.id };
    const session = await newSession(event.id);
    await call('publishEvent', { params });
    await call('cancelEvent', { params });
    await catalog.inventoryBuilt(session.id);
    expect((await call('getSession', { params: { sessionId: session.id } })).body.status).toBe('cancelled');
    const answer = await call('publishEvent', { params });
    expect([answer.status, answer.body.code]).toEqual([409, 'TRANSITION_NOT_ALLOWED']);
  });

  test('cancelling cancels all sessions at once, and again answers the same', async () => {
    const { params } = await publishedEvent(3);
    const first = await call('cancelEvent', { params });
    const second = await call('cancelEvent', { params });
    expect([first.status, first.body.status, second.etag]).toEqual([200, 'cancelled', first.etag]);
    const page = (await call('getEvent', { params, as: null })).body;
    expect(page.sessions.map((session: SessionItem) => session.status)).toEqual([
      'cancelled',
      'cancelled',
      'cancelled',
    ]);
  });
});

describe('who sees what', () => {
  test('drafts are their members’ alone; what is published is everybody’s; what never was stays hidden', async () => {
    const event = await newEvent();
    const params = { eventId: event.id };
    const draft = await newSession(event.id);
    const sessionParams = { sessionId: draft.id };
    const seenBy = async () =>
      Promise.all(
        ([null, 'dan', 'bob', 'cat', 'ann'] as const).map(
          async (as) =>
            `${(await call('getEvent', { params, as })).status} ${(await call('getSession', { params: sessionParams, as })).status}`,
        ),
      );
    expect(await seenBy()).toEqual(['404 404', '404 404', '404 404', '200 200', '200 200']);
    await call('publishEvent', { params });
    expect((await seenBy())[0]).toBe('404 404');
    await catalog.inventoryBuilt(draft.id);
    expect(await seenBy()).toEqual(['200 200', '200 200', '200 200', '200 200', '200 200']);
    await newSession(event.id);
    await call('cancelEvent', { params });
    expect(await seenBy()).toEqual(['200 200', '200 200', '200 200', '200 200', '200 200']);
    expect((await call('getEvent', { params, as: null })).body.sessions).toHaveLength(1);

    const secret = await newEvent();
    const secretSession = await newSession(secret.id);
    await call('cancelEvent', { params: { eventId: secret.id } });
    expect((await call('getEvent', { params: { eventId: secret.id }, as: null })).status).toBe(404);
    expect((await call('getSession', { params: { sessionId: secretSession.id }, as: null })).status).toBe(
      404,
    );
  });

  test.for<Operation>([
    'updateEvent',
    'deleteEvent',
    'publishEvent',
    'cancelEvent',
    'createSession',
    'updateVenue',
    'deleteVenue',
    'importSeatingPlan',
    'getVenue',
    'updatePerformer',
    'deletePerformer',
    'getPerformer',
    'updateSession',
    'deleteSession',
    'cancelSession',
  ])(
    '%s: a stranger learns nothing of private things, no token is 401, staff may not change',
    async (operation) => {
      const performer = await newPerformer();
      const venue = await newVenue();
      const event = await newEvent({ venueId: venue.id, performerIds: [performer.id] });
      const session = await newSession(event.id);
      const params = {
        venueId: venue.id,
        performerId: performer.id,
        eventId: event.id,
        sessionId: session.id,
      };
      const body =
        operation === 'createSession' ? sessionBody() : operation === 'importSeatingPlan' ? smallPlan : {};
      const options = {
        params,
        ...(!operation.startsWith('get') && !/delete|publish|cancel/.test(operation) && { body }),
        ...(operation.startsWith('update') && { ifMatch: '"r1"' }),
      };
      const stranger = await call(operation, { ...options, as: 'bob' });
      expect([stranger.status, stranger.body.code]).toEqual([404, 'NOT_FOUND']);
      expect((await call(operation, { ...options, as: null })).status).toBe(401);
      expect((await call(operation, { ...options, as: 'cat' })).status).toBe(
        operation.startsWith('get') ? 200 : 403,
      );
    },
  );

  test('a member of another organization cannot create in ours', async () => {
    const answer = await call('createVenue', { as: 'bob', body: { ...venueBody, organizationId: orgA } });
    expect([answer.status, answer.body.code]).toEqual([404, 'NOT_FOUND']);
  });
});
