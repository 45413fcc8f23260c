import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Context, SQSRecord } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { noteWrite, openLeads } from '../../../functions/marketplace/leads/lead-store.ts';
import type { TruckItem } from '../../../functions/marketplace/truck.ts';
import { takeTime } from '../../../functions/marketplace/truck-holds/truck-hold.ts';
import { keyOf } from '../../../functions/platform/owned-item.ts';
import { epochSeconds } from '../../../functions/platform/time.ts';
import { freshKey } from '../../support/api-call.ts';
import { briefBody } from '../../support/brief-body.ts';
import {
  type Marketplace,
  newBrief,
  newTruck,
  organizationId,
  otherOrganizationId,
  startMarketplace,
} from '../harness.ts';

let world: Marketplace;
beforeAll(async () => {
  world = await startMarketplace();
});
afterAll(() => world.stop());

const bucuresti = { city: 'București', lat: 44.4268, lon: 26.1025 };
/** Some 26 km from Cluj as the crow flies. */
const turda = { city: 'Turda', lat: 46.5667, lon: 23.7833 };
const contact = { name: 'Ana Pop', email: 'ana@example.com', phone: '+40 722 000 000' };

/** An hour of the day of `briefBody`; 24 and more are of the next day. */
const hour = (of: number): string =>
  new Date(Date.parse(briefBody.startsAt) + (of - 10) * 3_600_000).toISOString();

const ask = (briefId: string, truckId: string, key = freshKey()) =>
  world.call('createLead', { as: 'dan', body: { briefId, truckId }, key });

const newLead = async (): Promise<{ leadId: string; briefId: string; truckId: string }> => {
  const truckId = await newTruck(world);
  const briefId = await newBrief(world, { contact });
  return { leadId: (await ask(briefId, truckId)).body.id, briefId, truckId };
};

/** Makes a lead a booking, as the payment of its deposit does; only the calendar and its status are looked at. */
const book = async (leadId: string, truckId: string): Promise<void> => {
  const now = new Date();
  const change = { what: 'test', by: 'test', requestId: 'request-1', at: now.toISOString() };
  const lead = await openLeads(world.table).get(leadId);
  const truck = await world.table.get<TruckItem>(keyOf('TRUCK', truckId));
  if (lead === undefined || truck === undefined) throw new Error('Nothing to book');
  const booked = { ...lead, status: 'booked' as const };
  const taken = await takeTime(
    world.table,
    truck,
    lead,
    { kind: 'booking' },
    (hold) => [noteWrite(booked, { hold }, change)],
    change,
    epochSeconds(now),
  );
  expect(taken.kind).toBe('written');
};

describe('a truck that is asked', () => {
  test('holds its time softly, and both sides read the lead', async () => {
    const truckId = await newTruck(world);
    const briefId = await newBrief(world);
    const asked = await ask(briefId, truckId);
    expect(asked.status).toBe(201);
    const { startsAt: from, endsAt: to } = briefBody;
    expect(asked.body).toMatchObject({
      status: 'new',
      briefId,
      truckId,
      organizationId: otherOrganizationId,
      truckOrganizationId: organizationId,
      window: { from, to },
      hold: { kind: 'soft', from, to, blocked: { from: hour(9), to: hour(14.5) }, isLive: true },
    });
    // An hour, and the second in which it still stands.
    expect(Date.parse(asked.body.hold.expiresAt) - Date.parse(asked.body.createdAt)).toBeGreaterThan(
      3_599_000,
    );
    const leadId = asked.body.id;
    const read = async (as: string | null) =>
      (await world.call('getLead', { as, params: { leadId } })).status;
    expect(await Promise.all(['dan', 'ann', 'cat', 'bob', 'admin', null].map(read))).toEqual([
      200, 200, 403, 404, 200, 401,
    ]);
    const { history, quotes } = (await world.call('getLead', { params: { leadId } })).body;
    expect(history).toEqual([
      { command: 'create', to: 'new', actor: 'dan', party: 'organizer', at: asked.body.since },
    ]);
    expect(quotes).toEqual([]);
  });

  test('twice with one key is one lead; with another body the key is refused', async () => {
    const truckId = await newTruck(world);
    const briefId = await newBrief(world);
    const key = freshKey();
    const first = await ask(briefId, truckId, key);
    const again = await ask(briefId, truckId, key);
    expect([again.status, again.headers['Idempotent-Replayed']]).toEqual([201, 'true']);
    expect(again.body).toEqual(first.body);
    const other = await ask(briefId, await newTruck(world), key);
    expect([other.status, other.body.code]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
    const anew = await ask(briefId, truckId);
    expect([anew.status, anew.body.code, anew.body.leadId]).toEqual([409, 'LEAD_EXISTS', first.body.id]);
  });

  test('in Cluj from 12 to 16 cannot be in București at 18, and is told from when; 30 km away it can', async () => {
    const truckId = await newTruck(world, { serviceArea: { radiusKm: 600 } });
    const inCluj = await ask(await newBrief(world, { startsAt: hour(12), endsAt: hour(16) }), truckId);
    await book(inCluj.body.id, truckId);
    const evening = { startsAt: hour(18), endsAt: hour(21) };

    const far = await ask(await newBrief(world, { ...evening, venue: bucuresti }), truckId);
    expect(far.status).toBe(409);
    // Teardown until 16:30, 422 minutes by road, an hour of setup: 00:32 the next day.
    expect(far.body).toMatchObject({
      code: 'TRUCK_NOT_AVAILABLE',
      reason: 'too_far',
      conflict: { from: hour(12), to: hour(16), kind: 'booking' },
      travelMinutes: 422,
      earliestStart: hour(24 + 32 / 60),
    });
    const later = { startsAt: far.body.earliestStart, endsAt: hour(27 + 32 / 60) };
    expect((await ask(await newBrief(world, { ...later, venue: bucuresti }), truckId)).status).toBe(201);

    // 75 minutes of road after 16:30, and an hour of setup: at 19:00 it works.
    const near = { startsAt: hour(19), endsAt: hour(20), venue: turda };
    const other = await newTruck(world);
    const booked = await ask(await newBrief(world, { startsAt: hour(12), endsAt: hour(16) }), other);
    await book(booked.body.id, other);
    expect((await ask(await newBrief(world, near), other)).status).toBe(201);
  });

  test('at a time that is held says by what, and nothing of whose it is', async () => {
    const { truckId } = await newLead();
    const refused = await ask(await newBrief(world), truckId);
    expect(refused.status).toBe(409);
    const { detail: _, instance: __, requestId: ___, title: ____, type: _____, ...said } = refused.body;
    expect(said).toEqual({
      status: 409,
      code: 'TRUCK_NOT_AVAILABLE',
      reason: 'taken',
      conflict: { from: briefBody.startsAt, to: briefBody.endsAt, kind: 'hold' },
      earliestStart: hour(15.5),
    });
  });

  test('when it is closed has no conflict to show', async () => {
    // 08:00 to 09:00 in Bucharest is never within these hours of the brief.
    const openingHours = [1, 2, 3, 4, 5, 6, 7].map((day) => ({ day, from: '08:00', to: '09:00' }));
    const refused = await ask(await newBrief(world), await newTruck(world, { openingHours }));
    expect([refused.status, refused.body.code, refused.body.reason]).toEqual([
      409,
      'TRUCK_NOT_AVAILABLE',
      'closed',
    ]);
    expect([refused.body.conflict, refused.body.earliestStart]).toEqual([undefined, undefined]);
  });

  test.each([
    ['too many guests', { guests: 401 }, '/truckId', 'GUESTS_OUT_OF_RANGE'],
    ['too few guests', { guests: 29 }, '/truckId', 'GUESTS_OUT_OF_RANGE'],
    ['a place that it does not serve', { venue: bucuresti }, '/truckId', 'OUTSIDE_SERVICE_AREA'],
    ['a day a year from now', { startsAt: hour(6_500), endsAt: hour(6_502) }, '/briefId', 'TOO_FAR_AHEAD'],
  ])('for %s is not', async (_, fields, pointer, code) => {
    const refused = await ask(await newBrief(world, fields), await newTruck(world));
    expect([refused.status, refused.body.code]).toEqual([422, 'VALIDATION_FAILED']);
    expect(refused.body.errors.map((fault: object) => ({ ...fault, detail: '' }))).toEqual([
      { in: 'body', pointer, code, detail: '' },
    ]);
  });

  test('for a brief that has begun since is not', async () => {
    const briefId = await newBrief(world);
    await world.table.update(keyOf('BRIEF', briefId), {
      update: 'SET #startsAt = :startsAt, #endsAt = :endsAt',
      names: { '#startsAt': 'startsAt', '#endsAt': 'endsAt' },
      values: { ':startsAt': '2026-01-01T10:00:00Z', ':endsAt': '2026-01-01T12:00:00Z' },
    });
    const refused = await ask(briefId, await newTruck(world));
    expect(refused.status).toBe(422);
    expect(refused.body.errors).toMatchObject([{ pointer: '/briefId', code: 'IN_THE_PAST' }]);
  });

  test('is not found while it is a draft, nor is the brief of somebody else', async () => {
    const truckId = await newTruck(world);
    const briefId = await newBrief(world);
    await world.call('updateTruck', { params: { truckId }, ifMatch: '"r2"', body: { status: 'draft' } });
    const refused = await ask(briefId, truckId);
    expect([refused.status, refused.body.code]).toEqual([404, 'NOT_FOUND']);
    const others = async (as: string) =>
      (await world.call('createLead', { as, body: { briefId, truckId } })).status;
    expect([await others('ann'), await others('bob')]).toEqual([404, 404]);
  });
});

describe('the hold of a lead', () => {
  test('is extended by the organizer, not by the truck nor in their name', async () => {
    const { leadId } = await newLead();
    const extend = (as: string, body: object = { minutes: 90 }) =>
      world.call('extendLeadHold', { as, params: { leadId }, body });
    const extended = await extend('dan');
    expect(extended.status).toBe(200);
    const lead = (await world.call('getLead', { params: { leadId } })).body;
    expect(lead.hold.expiresAt).toBe(extended.body.expiresAt);
    expect(lead.history).toHaveLength(1);
    const statuses = await Promise.all(
      ['ann', 'cat', 'bob', 'admin'].map(async (as) => (await extend(as)).status),
    );
    expect(statuses).toEqual([403, 403, 404, 404]);
    const tooFar = await extend('dan', { minutes: 121 });
    expect([tooFar.status, tooFar.body.errors[0].pointer]).toEqual([422, '/minutes']);
  });

  test('of a booking is none to extend', async () => {
    const { leadId, truckId } = await newLead();
    await book(leadId, truckId);
    const refused = await world.call('extendLeadHold', { as: 'dan', params: { leadId }, body: {} });
    expect([refused.status, refused.body.code, refused.body.currentStatus]).toEqual([
      409,
      'HOLD_NOT_ACTIVE',
      'booked',
    ]);
  });
});

describe('contacts', () => {
  test('are each side’s own until the truck is booked', async () => {
    const truckContact = { name: 'Ion Pop', phone: '0722 000 000' };
    const truckId = await newTruck(world, { contact: truckContact });
    const briefId = await newBrief(world, {
      contact,
      notes: 'By the lake',
      budget: { amount: 900_000, currency: 'RON' },
    });
    const leadId = (await ask(briefId, truckId)).body.id;
    const seenBy = async (as: string) => (await world.call('getLead', { as, params: { leadId } })).body;
    expect((await seenBy('dan')).contacts).toEqual({ organizer: contact });
    expect(await seenBy('ann')).toMatchObject({
      contacts: { truck: truckContact },
      brief: { notes: 'By the lake', budget: { amount: 900_000, currency: 'RON' } },
    });
    expect((await seenBy('admin')).contacts).toEqual({ organizer: contact, truck: truckContact });
    await book(leadId, truckId);
    for (const as of ['dan', 'ann'])
      expect((await seenBy(as)).contacts).toEqual({ organizer: contact, truck: truckContact });
  });

  test('of a truck are shown to its organization, and never on its page', async () => {
    const truckId = await newTruck(world, { contact });
    const page = await world.call('getTruck', { params: { truckId } });
    expect([page.status, page.body.contact]).toEqual([200, undefined]);
    const listed = await world.call('listTrucks', { query: { limit: '1' } });
    expect([listed.body.items[0].id, listed.body.items[0].contact]).toEqual([truckId, contact]);
  });
});

describe('a brief', () => {
  test('is read by owners and managers of its organization', async () => {
    const made = await world.call('createBrief', { as: 'dan', body: { ...briefBody, contact } });
    expect([made.status, made.etag]).toEqual([201, '"r1"']);
    expect(made.body).toMatchObject({
      ...briefBody,
      contact,
      organizationId: otherOrganizationId,
      timeZone: 'Europe/Bucharest',
    });
    const briefId = made.body.id;
    const read = await world.call('getBrief', { as: 'dan', params: { briefId } });
    expect([read.status, read.etag, read.body]).toEqual([200, '"r1"', made.body]);
    const status = async (as: string) => (await world.call('getBrief', { as, params: { briefId } })).status;
    expect([await status('ann'), await status('bob'), await status('admin')]).toEqual([404, 404, 200]);
    const listed = await world.call('listBriefs', { as: 'dan', query: { limit: '1' } });
    expect(listed.body.items).toEqual([made.body]);
    const next = await world.call('listBriefs', {
      as: 'dan',
      query: { limit: '1', cursor: listed.body.nextCursor },
    });
    expect(next.body.items).toHaveLength(1);
    expect(next.body.items[0].id).not.toBe(briefId);
  });

  test.each([
    ['an end before its begin', { endsAt: hour(10) }, '/endsAt'],
    ['more than a month', { endsAt: hour(10 + 24 * 31.1) }, '/endsAt'],
    ['no guests', { guests: 0 }, '/guests'],
    ['a venue without a city', { venue: { lat: 46.7, lon: 23.6 } }, '/venue/city'],
    ['a local time', { startsAt: '2027-06-12T10:00:00+03:00' }, '/startsAt'],
    ['a budget in no currency', { budget: { amount: 1, currency: 'LEI' } }, '/budget/currency'],
    ['a contact that is none', { contact: { name: 'Ana', email: 'ana' } }, '/contact/email'],
    ['an unknown field', { colour: 'red' }, '/colour'],
  ])('with %s is refused, and it says where', async (_, wrong, pointer) => {
    const refused = await world.call('createBrief', { as: 'dan', body: { ...briefBody, ...wrong } });
    expect([refused.status, refused.body.code]).toEqual([422, 'VALIDATION_FAILED']);
    expect(refused.body.errors.map((fault: { pointer: string }) => fault.pointer)).toContain(pointer);
  });

  const inMinutes = (minutes: number): string => new Date(Date.now() + minutes * 60_000).toISOString();
  const soon = () => ({ ...briefBody, startsAt: inMinutes(10), endsAt: inMinutes(70) });
  afterEach(() => {
    vi.useRealTimers();
  });
  const afterMinutes = (minutes: number): void => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + minutes * 60_000 });
  };

  test('is still to come, but its repeat is answered whatever time it is; it may be further ahead than trucks are asked', async () => {
    const body = soon();
    const key = freshKey();
    const create = (of: object, options = {}) =>
      world.call('createBrief', { as: 'dan', body: of, ...options });
    const made = await create(body, { key });
    expect(made.status).toBe(201);
    afterMinutes(11);
    const late = await create(body);
    expect([late.status, late.body.errors]).toEqual([
      422,
      [
        {
          in: 'body',
          pointer: '/startsAt',
          code: 'IN_THE_PAST',
          detail: 'Give it dates that are still to come.',
        },
      ],
    ]);
    const again = await create(body, { key });
    expect([again.status, again.body]).toEqual([201, made.body]);
    expect((await create({ ...body, guests: 1 }, { key })).body.code).toBe('IDEMPOTENCY_KEY_REUSED');
    const farAhead = { startsAt: hour(20_000), endsAt: hour(20_002) };
    expect((await create({ ...briefBody, ...farAhead })).status).toBe(201);
  });

  test('takes no begin that is over; of one that has begun all else may change', async () => {
    const body = soon();
    const made = await world.call('createBrief', { as: 'dan', body });
    const patch = (revision: number, change: object) =>
      world.call('updateBrief', {
        as: 'dan',
        params: { briefId: made.body.id },
        ifMatch: `"r${revision}"`,
        body: change,
      });
    const faultsOf = async (change: object) => {
      const { body: answer } = await patch(1, change);
      return answer.errors?.map(({ pointer, code }: { pointer: string; code: string }) => [pointer, code]);
    };
    expect(await faultsOf({ startsAt: inMinutes(-5) })).toEqual([['/startsAt', 'IN_THE_PAST']]);
    afterMinutes(11);
    expect(await faultsOf({ startsAt: inMinutes(0) })).toEqual([['/startsAt', 'IN_THE_PAST']]);
    expect(await faultsOf({ startsAt: inMinutes(-5), endsAt: inMinutes(-6) })).toEqual([
      ['/startsAt', 'IN_THE_PAST'],
      ['/endsAt', 'INVALID'],
    ]);
    const noted = await patch(1, {
      notes: 'Thank you',
      budget: { amount: 1, currency: 'RON' },
      contact,
      warnAtPercent: 20,
      startsAt: body.startsAt,
    });
    expect([noted.status, noted.body.notes]).toEqual([200, 'Thank you']);
    const { startsAt, endsAt } = { startsAt: inMinutes(30), endsAt: inMinutes(90) };
    expect((await patch(2, { startsAt, endsAt })).body).toMatchObject({ startsAt, endsAt });
  });

  test('changes as a whole until a truck is asked, then only what no truck was asked for', async () => {
    const briefId = await newBrief(world);
    const patch = (ifMatch: string, body: object) =>
      world.call('updateBrief', { as: 'dan', params: { briefId }, ifMatch, body });
    expect((await patch('"r1"', { guests: 250 })).body.guests).toBe(250);
    const swapped = await patch('"r2"', { startsAt: hour(15) });
    expect([swapped.status, swapped.body.errors?.[0].pointer]).toEqual([422, '/endsAt']);
    expect((await patch('"r1"', { notes: 'Late' })).body.code).toBe('PRECONDITION_FAILED');

    await ask(briefId, await newTruck(world));
    const refused = await patch('"r2"', { guests: 300 });
    expect([refused.status, refused.body.code]).toEqual([409, 'IN_USE']);
    const noted = await patch('"r2"', { notes: 'There is power at the gate.', contact });
    expect([noted.status, noted.etag, noted.body.guests]).toEqual([200, '"r3"', 250]);
  });
});

describe('several trucks at once', () => {
  const askAll = (briefId: string, truckIds: readonly string[], key = freshKey()) =>
    world.call('createLeads', { as: 'dan', params: { briefId }, body: { truckIds }, key });

  test('are asked one by one: one that cannot be asked keeps nobody else from it', async () => {
    const { truckId: held } = await newLead();
    const [free, small] = [await newTruck(world), await newTruck(world, { guests: { min: 1, max: 50 } })];
    const nowhere = 'trk_00000000000000000000000000';
    const briefId = await newBrief(world);
    const key = freshKey();
    const asked = await askAll(briefId, [free, held, small, nowhere], key);
    expect(asked.status).toBe(200);
    expect(asked.body.items).toMatchObject([
      { truckId: free, lead: { status: 'new', truckId: free, briefId } },
      { truckId: held, problem: { code: 'TRUCK_NOT_AVAILABLE', status: 409, reason: 'taken' } },
      {
        truckId: small,
        problem: { code: 'VALIDATION_FAILED', status: 422, errors: [{ pointer: '/truckId' }] },
      },
      { truckId: nowhere, problem: { code: 'NOT_FOUND', status: 404 } },
    ]);
    // Again: the same lead, and those that could not be asked are tried anew.
    const again = await askAll(briefId, [free, held, small, nowhere], key);
    expect(again.body.items[0]).toEqual(asked.body.items[0]);
    expect(again.body.items[1].problem.code).toBe('TRUCK_NOT_AVAILABLE');
  });

  test.each([
    ['none', []],
    ['one twice', ['trk_00000000000000000000000000', 'trk_00000000000000000000000000']],
    ['more than twenty', Array.from({ length: 21 }, (_, index) => `trk_${String(index).padStart(26, '0')}`)],
  ])('%s is refused', async (_, truckIds) => {
    const refused = await askAll(await newBrief(world), truckIds);
    expect([refused.status, refused.body.errors[0].pointer]).toEqual([422, '/truckIds']);
  });

  test('are compared, with how far each has to drive', async () => {
    const near = await newTruck(world, { name: 'Near' });
    const far = await newTruck(world, { name: 'Far', home: turda });
    const briefId = await newBrief(world);
    await askAll(briefId, [near, far]);
    const compared = await world.call('compareQuotes', { as: 'dan', params: { briefId } });
    expect(compared.status).toBe(200);
    expect(compared.body.items).toMatchObject([
      { truckId: near, truckName: 'Near', status: 'new', travelMinutes: 0, isOpen: false },
      { truckId: far, truckName: 'Far', status: 'new', travelMinutes: 75, isOpen: false },
    ]);
    const nobody = await world.call('compareQuotes', {
      as: 'dan',
      params: { briefId: await newBrief(world) },
    });
    expect(nobody.body).toEqual({ items: [] });
  });
});

describe('leads of an organization', () => {
  test('are listed newest first, on the side that is asked for, and by status', async () => {
    const leadIds: string[] = [];
    for (let index = 0; index < 3; index += 1) leadIds.unshift((await newLead()).leadId);
    const list = async (as: string, query: Record<string, string>) => {
      const { status, body } = await world.call('listLeads', { as, query });
      return { status, ids: body.items?.map(({ id }: { id: string }) => id), next: body.nextCursor };
    };
    for (const [as, role] of [
      ['dan', 'organizer'],
      ['ann', 'truck'],
    ] as const) {
      const page = await list(as, { role, limit: '2' });
      expect(page.ids).toEqual(leadIds.slice(0, 2));
      const next = await list(as, { role, limit: '1', cursor: page.next });
      expect(next.ids).toEqual(leadIds.slice(2));
      // A cursor of one list is none of another.
      const other = role === 'truck' ? 'organizer' : 'truck';
      expect((await list(as, { role: other, cursor: page.next })).status).toBe(422);
    }
    expect((await list('ann', { role: 'organizer' })).ids).toEqual([]);
    expect((await list('cat', { role: 'truck' })).status).toBe(403);
    expect((await list('dan', { role: 'truck', organizationId })).status).toBe(404);

    const { leadId, truckId } = await newLead();
    await book(leadId, truckId);
    await newLead();
    const booked = await list('ann', { role: 'truck', status: 'booked', limit: '1' });
    expect(booked.ids).toEqual([leadId]);
    const rest = await list('ann', { role: 'truck', status: 'booked', limit: '100', cursor: booked.next });
    expect(rest.ids).not.toContain(leadId);
    expect((await list('ann', { role: 'truck', status: 'expired' })).ids).toEqual([]);
  });
});

test('the timer of a hold that lives waits on, fifteen minutes at most', async () => {
  const { leadId } = await newLead();
  const sqs = mockClient(SQSClient).on(SendMessageBatchCommand).resolves({});
  process.env['TRUCK_HOLD_EXPIRY_QUEUE_URL'] = 'https://sqs.test/timers';
  const { handler } = await import('../../../functions/marketplace/truck-holds/hold-expiry.ts');
  const record = { messageId: 'message-1', body: JSON.stringify({ leadId }), attributes: {} } as SQSRecord;
  expect(await handler({ Records: [record] }, {} as Context)).toEqual({ batchItemFailures: [] });
  expect(sqs.commandCalls(SendMessageBatchCommand).map(({ args: [{ input }] }) => input)).toEqual([
    {
      QueueUrl: 'https://sqs.test/timers',
      Entries: [{ Id: '0', MessageBody: JSON.stringify({ leadId }), DelaySeconds: 900 }],
    },
  ]);
});
