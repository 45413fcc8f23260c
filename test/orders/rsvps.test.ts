import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { cancelRsvpBatch, type RsvpBatch } from '../../functions/orders/rsvps/cancel-session-rsvps.ts';
import type { Rsvp } from '../../functions/orders/rsvps/rsvp.ts';
import { openRsvps } from '../../functions/orders/rsvps/rsvp-store.ts';
import { randomId } from '../../functions/platform/ids.ts';
import type { Change } from '../../functions/platform/lifecycle-event.ts';
import { type Answered, type CallOptions, freshKey, slots, typeId } from '../ticketing/harness.ts';
import { type OrdersWorld, startOrders } from './harness.ts';

/** Answers to invitations: places, tickets and answer are one fact. */
let world: OrdersWorld;
beforeAll(async () => {
  world = await startOrders();
});
afterAll(() => world.stop());
afterEach(() => world.ticketing.clock.run());

const free = (quantity: number) => ({ ...slots('pit', quantity), price: { amount: 0, currency: 'EUR' } });

interface Invitation {
  readonly eventId: string;
  readonly sessionId: string;
  readonly organizationId: string;
}

/** A session on sale whose catalog items say how it takes answers. */
const invite = async (
  more: {
    quantity?: number;
    rsvp?: object | undefined;
    session?: object;
    type?: object;
    eventId?: string;
    organizationId?: string;
  } = {},
): Promise<Invitation> => {
  const { eventId = randomId('evt'), organizationId = randomId('org') } = more;
  const ticketTypes = [{ ...free(more.quantity ?? 10), ...more.type }];
  const sessionId = await world.ticketing.sell({ ticketTypes, organizationId });
  const rsvp = { ticketType: 'pit', guestsMax: 4, approval: 'automatic', ...more.rsvp };
  await world.catalog.put(
    {
      pk: `SESSION#${sessionId}`,
      sk: 'SESSION',
      sessionId,
      eventId,
      organizationId,
      status: 'published',
      publishedAt: '2026-01-01T00:00:00Z',
      startsAt: new Date(Date.now() + 86_400_000).toISOString(),
      endsAt: new Date(Date.now() + 90_000_000).toISOString(),
      ticketTypes,
      ...('rsvp' in more && more.rsvp === undefined ? {} : { rsvp }),
      ...more.session,
    },
    {},
  );
  const event = await world.catalog.get<{ sessionIds: string[] }>({ pk: `EVENT#${eventId}`, sk: 'EVENT' });
  const sessionIds = [...(event?.sessionIds ?? []), sessionId];
  await world.catalog.put(
    {
      pk: `EVENT#${eventId}`,
      sk: 'EVENT',
      eventId,
      organizationId,
      sessionIds,
      publishedAt: '2026-01-01T00:00:00Z',
    },
    {},
  );
  return { eventId, sessionId, organizationId };
};

let guests = 0;
const answer = (eventId: string, body: object = {}, options: CallOptions = {}): Promise<Answered> => {
  guests += 1;
  return world.call('createRsvp', {
    params: { eventId },
    body: { answer: 'yes', name: 'Ana Pop', email: `guest-${guests}@example.com`, ...body },
    ...options,
  });
};
const answered = async (eventId: string, body: object = {}): Promise<Answered['body']> => {
  const made = await answer(eventId, body);
  expect([made.status, made.body.code]).toEqual([201, undefined]);
  return made.body;
};
const read = (rsvpId: string) => world.call('getRsvp', { params: { rsvpId } });
const change = async (rsvpId: string, body: object): Promise<Answered> => {
  const { headers } = await read(rsvpId);
  return world.call('updateRsvp', { params: { rsvpId }, ifMatch: String(headers['ETag']), body });
};
const refused = ({ status, body }: Answered) => [status, body.code];
const sold = async (sessionId: string): Promise<number> =>
  Object.values(await world.placesOf(sessionId)).filter((state) => state === 'sold').length;
const ticketStatuses = async (ticketIds: readonly string[]): Promise<readonly unknown[]> => {
  const keys = ticketIds.map((id) => ({ pk: `TICKET#${id.slice(4, 17)}`, sk: 'TICKET' }));
  const items = await world.admission.batchGet(keys, { consistent: true });
  return keys.map(({ pk }) => items.find((item) => item.pk === pk)?.['status']);
};
const idsOf = ({ tickets }: { tickets: { id: string }[] }): readonly string[] => tickets.map(({ id }) => id);
/** What was told, with the answer each fact is about. */
const told = async (rsvpId: string) =>
  (await world.settle()).filter(({ aggregate }) => aggregate.id === rsvpId).map(({ type }) => type);

test('a yes has its places and tickets at once; the same request again gives the same', async () => {
  const { eventId, sessionId } = await invite();
  const body = { guests: 2, email: 'Ana@Example.com', locale: 'ro' };
  const options = { key: freshKey() };
  const made = await answer(eventId, body, options);
  expect(made.status).toBe(201);
  expect(made.body).toEqual({
    id: expect.stringMatching(/^rsvp_[0-9a-z]{26}$/),
    eventId,
    sessionId,
    status: 'confirmed',
    answer: 'yes',
    guests: 2,
    name: 'Ana Pop',
    email: 'Ana@Example.com',
    locale: 'ro',
    tickets: [1, 2, 3].map(() => ({ id: expect.stringMatching(/^tkt_/), place: expect.any(String) })),
    createdAt: expect.any(String),
  });
  expect(await sold(sessionId)).toBe(3);
  expect(await ticketStatuses(idsOf(made.body))).toEqual(['valid', 'valid', 'valid']);
  expect(await told(made.body.id)).toEqual(['RSVP-CREATED', 'RSVP-CONFIRMED']);

  const again = await answer(eventId, body, options);
  expect([again.status, again.headers['Idempotent-Replayed']]).toEqual([201, 'true']);
  expect(again.body).toEqual(made.body);
  expect(refused(await answer(eventId, { ...body, guests: 1 }, options))).toEqual([
    422,
    'IDEMPOTENCY_KEY_REUSED',
  ]);
  expect(await sold(sessionId)).toBe(3);
  // Also when nothing of it would be taken by now.
  await change(made.body.id, { answer: 'no' });
  const late = await answer(eventId, body, options);
  expect([late.status, late.body.status]).toEqual([201, 'cancelled']);
});

test('other guests: the last tickets end and their places are free, further ones are new', async () => {
  const { eventId, sessionId } = await invite({ quantity: 6 });
  const made = await answered(eventId, { guests: 2 });
  const [first = '', second = '', third = ''] = idsOf(made);

  const fewer = await change(made.id, { guests: 0 });
  expect([fewer.status, idsOf(fewer.body)]).toEqual([200, [first]]);
  expect(await ticketStatuses([first, second, third])).toEqual(['valid', 'cancelled', 'cancelled']);
  expect(await sold(sessionId)).toBe(1);

  const more = await change(made.id, { guests: 4 });
  expect(more.status).toBe(200);
  expect(idsOf(more.body)).toHaveLength(5);
  expect(new Set([...idsOf(more.body), second, third]).size).toBe(7);
  expect(idsOf(more.body)[0]).toBe(first);
  expect(await sold(sessionId)).toBe(5);

  const no = await change(made.id, { answer: 'no' });
  expect([no.body.status, no.body.cancelReason, no.body.tickets]).toEqual(['cancelled', 'guest', []]);
  expect(await ticketStatuses(idsOf(more.body))).toEqual(Array.from({ length: 5 }, () => 'cancelled'));
  expect(await sold(sessionId)).toBe(0);

  const back = await change(made.id, { answer: 'maybe' });
  expect([back.body.status, back.body.cancelReason, back.body.tickets]).toEqual(['pending', undefined, []]);
  const yes = await change(made.id, { answer: 'yes', guests: 1 });
  expect([yes.body.status, yes.body.tickets.length]).toEqual(['confirmed', 2]);
  // Seven before.
  expect(new Set([...idsOf(more.body), ...idsOf(yes.body), second, third]).size).toBe(9);
  expect(await told(made.id)).toEqual([
    'RSVP-CREATED',
    'RSVP-CONFIRMED',
    'RSVP-CHANGED',
    'RSVP-CHANGED',
    'RSVP-CANCELLED',
    'RSVP-CHANGED',
    'RSVP-CONFIRMED',
  ]);
});

test('what says so already changes nothing; what was read before a change is stale', async () => {
  const { eventId } = await invite();
  const made = await answered(eventId);
  const before = await read(made.id);
  expect((await change(made.id, {})).headers['ETag']).toBe(before.headers['ETag']);
  expect((await change(made.id, { answer: 'yes' })).headers['ETag']).toBe('"r1"');
  expect((await change(made.id, { guests: 1 })).headers['ETag']).toBe('"r2"');
  const stale = await world.call('updateRsvp', {
    params: { rsvpId: made.id },
    ifMatch: '"r1"',
    body: { answer: 'no' },
  });
  expect(refused(stale)).toEqual([412, 'PRECONDITION_FAILED']);
  const missing = { params: { rsvpId: randomId('rsvp') }, ifMatch: '"r1"', body: { answer: 'no' } };
  expect(refused(await world.call('updateRsvp', missing))).toEqual([404, 'NOT_FOUND']);
});

test('a maybe has no places; no more are taken than there are, beside holds and orders', async () => {
  const { eventId, sessionId } = await invite({ quantity: 4 });
  const maybe = await answered(eventId, { answer: 'maybe', guests: 1 });
  expect([maybe.status, maybe.tickets, await sold(sessionId)]).toEqual(['pending', [], 0]);
  await world.hold(sessionId, { ticketTypeId: typeId('pit'), quantity: 2 });
  const full = await answer(eventId, { guests: 2 });
  expect([...refused(full), full.body.left]).toEqual([409, 'SOLD_OUT', 2]);
  await answered(eventId, { guests: 1 });
  const late = await change(maybe.id, { answer: 'yes' });
  expect([...refused(late), late.body.left]).toEqual([409, 'SOLD_OUT', 0]);
  // A hold that lapses leaves its places to them.
  world.ticketing.clock.skip(700);
  expect((await change(maybe.id, { answer: 'yes' })).body.tickets).toHaveLength(2);
  expect(await sold(sessionId)).toBe(4);
});

test('many a yes at once on the last places, against holds that become orders: never one too many', async () => {
  for (let round = 0; round < 4; round += 1) {
    const { eventId, sessionId } = await invite({ quantity: 13 });
    const buy = async (): Promise<number> => {
      const body = { ticketTypeId: typeId('pit'), quantity: 2 };
      const held = await world.ticketing.call('createHold', { params: { sessionId }, body, key: freshKey() });
      if (held.status !== 201) return 0;
      const order = await world.order([held.body.id], { payment: undefined });
      return order.status === 201 ? 2 : 0;
    };
    const [answers, bought] = await Promise.all([
      Promise.all(Array.from({ length: 8 }, (_, index) => answer(eventId, { guests: index % 3 }))),
      Promise.all(Array.from({ length: 4 }, buy)),
    ]);
    for (const one of answers) if (one.status !== 201) expect(refused(one)).toEqual([409, 'SOLD_OUT']);
    const taken = answers.flatMap(({ status, body }) => (status === 201 ? idsOf(body) : []));
    expect(new Set(taken).size).toBe(taken.length);
    expect(await sold(sessionId)).toBe(taken.length + bought.reduce((sum, count) => sum + count, 0));
    expect(taken.length).toBeGreaterThan(0);
    const names = answers.flatMap(({ status, body }) =>
      status === 201 ? body.tickets.map(({ place }: { place: string }) => place) : [],
    );
    expect(new Set(names).size).toBe(names.length);
  }
});

test('two changes of one answer at once: one is written, the other is told', async () => {
  const { eventId, sessionId } = await invite();
  const made = await answered(eventId, { guests: 1 });
  const at = { params: { rsvpId: made.id }, ifMatch: '"r1"' };
  const answers = await Promise.all(
    [{ guests: 3 }, { guests: 4 }, { answer: 'no' }].map((body) => world.call('updateRsvp', { ...at, body })),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412]);
  const now = (await read(made.id)).body;
  expect(await sold(sessionId)).toBe(now.tickets.length);
});

test('after fifty changes only a no is taken', async () => {
  const { eventId } = await invite();
  const made = await answered(eventId);
  await world.table.update(
    { pk: `RSVP#${made.id}`, sk: 'RSVP' },
    { update: 'SET #r = :r', names: { '#r': 'revision' }, values: { ':r': 51 } },
  );
  const often = await change(made.id, { guests: 1 });
  expect([...refused(often), often.body.detail]).toEqual([
    409,
    'RSVP_CLOSED',
    'It was changed 50 times; only a no is taken now.',
  ]);
  expect((await change(made.id, { answer: 'no' })).body.status).toBe('cancelled');
});

describe('one answer an e-mail address and session', () => {
  test('in any case; a no leaves room for another', async () => {
    const { eventId, organizationId } = await invite();
    const made = await answered(eventId, { email: 'ana@example.com', answer: 'maybe' });
    expect(refused(await answer(eventId, { email: 'ANA@example.com' }))).toEqual([409, 'RSVP_EXISTS']);
    await change(made.id, { answer: 'no' });
    const second = await answered(eventId, { email: 'ANA@example.com' });
    expect(refused(await change(made.id, { answer: 'yes' }))).toEqual([409, 'RSVP_EXISTS']);
    await change(second.id, { answer: 'no' });
    expect((await change(made.id, { answer: 'yes' })).status).toBe(200);
    // Any number of no.
    await answered(eventId, { email: 'ana@example.com', answer: 'no' });

    const manager = `manager of ${eventId}`;
    await world.join(manager, organizationId, 'manager');
    await world.call('cancelRsvp', { as: manager, params: { rsvpId: made.id } });
    expect(refused(await answer(eventId, { email: 'ana@example.com' }))).toEqual([409, 'RSVP_EXISTS']);
  });

  test('of ten at once, one', async () => {
    const { eventId, sessionId } = await invite();
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => answer(eventId, { email: 'ana@example.com' })),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(new Set(answers.flatMap(({ body }) => body.code ?? []))).toEqual(new Set(['RSVP_EXISTS']));
    expect(await sold(sessionId)).toBe(1);
  });

  test('the address stands in no key', async () => {
    const { eventId } = await invite();
    const made = await answered(eventId, { email: 'secret@example.com' });
    const { address } = (await openRsvps(world.table).get(made.id)) as Rsvp;
    const key = { pk: `RSVP-OF#${address}`, sk: 'RSVP-OF' };
    expect(await world.table.get(key)).toEqual({ ...key, rsvpId: made.id });
    expect(address).toMatch(/^adr_[0-9a-z]{26}$/);
  });
});

describe('with the organizer’s approval', () => {
  test('a yes waits, is confirmed once, and may then bring fewer, not more', async () => {
    const { eventId, sessionId, organizationId } = await invite({ rsvp: { approval: 'organizer' } });
    const as = `owner of ${eventId}`;
    await world.join(as, organizationId, 'owner');
    const made = await answered(eventId, { guests: 2 });
    const at = { as, params: { rsvpId: made.id } };
    expect([made.status, await sold(sessionId)]).toEqual(['pending', 0]);
    expect((await world.call('confirmRsvp', at)).body).toMatchObject({ status: 'confirmed', guests: 2 });
    const again = await world.call('confirmRsvp', at);
    expect([again.status, again.headers['ETag'], await sold(sessionId)]).toEqual([200, '"r2"', 3]);
    expect(await told(made.id)).toEqual(['RSVP-CREATED', 'RSVP-CONFIRMED']);
    expect((await change(made.id, { guests: 3 })).body.errors).toMatchObject([
      { pointer: '/guests', code: 'OVER_APPROVED' },
    ]);
    expect((await change(made.id, { guests: 1 })).body.tickets).toHaveLength(2);
    expect((await world.call('cancelRsvp', at)).body).toMatchObject({
      status: 'cancelled',
      cancelReason: 'organizer',
    });
    expect((await world.call('cancelRsvp', at)).status).toBe(200);
    expect(await sold(sessionId)).toBe(0);
    const over = await change(made.id, { answer: 'yes', guests: 0 });
    expect([...refused(over), over.body.currentStatus, over.body.allowed]).toEqual([
      409,
      'TRANSITION_NOT_ALLOWED',
      'cancelled',
      [],
    ]);
  });

  test('nobody is confirmed who has not said yes, or for whom no place is left', async () => {
    const { eventId, organizationId } = await invite({ quantity: 1, rsvp: { approval: 'organizer' } });
    const as = `owner of ${eventId}`;
    await world.join(as, organizationId, 'owner');
    const confirm = (rsvpId: string) => world.call('confirmRsvp', { as, params: { rsvpId } });
    const maybe = await answered(eventId, { answer: 'maybe' });
    expect(refused(await confirm(maybe.id))).toEqual([409, 'TRANSITION_NOT_ALLOWED']);
    const two = await answered(eventId, { guests: 1 });
    expect(refused(await confirm(two.id))).toEqual([409, 'SOLD_OUT']);
    expect((await read(two.id)).body.status).toBe('pending');
    expect(refused(await confirm(randomId('rsvp')))).toEqual([404, 'NOT_FOUND']);
  });
});

test('who is in stays in: a used ticket ends by the organizer only', async () => {
  const { eventId, sessionId, organizationId } = await invite();
  const made = await answered(eventId, { guests: 1 });
  const [, second = ''] = idsOf(made);
  await world.admission.update(
    { pk: `TICKET#${second.slice(4, 17)}`, sk: 'TICKET' },
    { update: 'SET #a = :a', names: { '#a': 'admission' }, values: { ':a': { at: 'now' } } },
  );
  for (const body of [{ guests: 0 }, { answer: 'no' }, { answer: 'maybe' }]) {
    const used = await change(made.id, body);
    expect([...refused(used), used.body.ticketIds]).toEqual([409, 'TICKET_USED', [second]]);
  }
  expect(await sold(sessionId)).toBe(2);
  const as = `owner of ${eventId}`;
  await world.join(as, organizationId, 'owner');
  await world.call('cancelRsvp', { as, params: { rsvpId: made.id } });
  expect(await ticketStatuses(idsOf(made))).toEqual(['cancelled', 'cancelled']);
});

describe('what is refused', () => {
  const errorsOf = ({ body }: Answered) =>
    body.errors?.map(({ pointer, code }: { pointer: string; code: string }) => `${pointer} ${code}`);

  test('the session must be known where there are several', async () => {
    const one = await invite();
    expect(errorsOf(await answer(one.eventId, { sessionId: randomId('ses') }))).toEqual([
      '/sessionId UNKNOWN_SESSION',
    ]);
    const other = await invite();
    expect(errorsOf(await answer(one.eventId, { sessionId: other.sessionId }))).toEqual([
      '/sessionId UNKNOWN_SESSION',
    ]);
    const two = await invite({ eventId: one.eventId, organizationId: one.organizationId });
    expect(errorsOf(await answer(one.eventId))).toEqual(['/sessionId SESSION_REQUIRED']);
    expect((await answered(one.eventId, { sessionId: two.sessionId })).sessionId).toBe(two.sessionId);
    const none = await invite({ rsvp: undefined });
    expect(errorsOf(await answer(none.eventId))).toEqual(['/sessionId NO_ANSWERS_TAKEN']);
    expect(refused(await answer(none.eventId, { sessionId: none.sessionId }))).toEqual([409, 'RSVP_CLOSED']);
    expect(refused(await answer(randomId('evt')))).toEqual([404, 'NOT_FOUND']);
  });

  test.for<[string, object, string]>([
    ['an unknown answer', { answer: 'perhaps' }, '/answer'],
    ['guests below nobody', { guests: -1 }, '/guests'],
    ['half a guest', { guests: 0.5 }, '/guests'],
    ['more guests than one may bring', { guests: 5 }, '/guests TOO_MANY_GUESTS'],
    ['no address', { email: 'ana' }, '/email'],
    ['no name', { name: ' ' }, '/name'],
    ['another field', { vip: true }, '/vip'],
  ])('%s', async ([, body, expected]) => {
    const { eventId } = await invite();
    const { status, body: problem } = await answer(eventId, body);
    expect([status, problem.code]).toEqual([422, 'VALIDATION_FAILED']);
    expect(errorsOf({ body: problem } as Answered).join()).toContain(expected);
  });

  test('answers after their date, and to what is not on sale', async () => {
    const changeUntil = new Date(Date.now() + 3_600_000).toISOString();
    const { eventId } = await invite({ rsvp: { changeUntil } });
    const made = await answered(eventId);
    world.ticketing.clock.skip(3_601);
    const late = await answer(eventId);
    expect([...refused(late), late.body.since]).toEqual([409, 'RSVP_CLOSED', changeUntil]);
    expect(refused(await change(made.id, { answer: 'no' }))).toEqual([409, 'RSVP_CLOSED']);
    world.ticketing.clock.run();

    const postponed = await invite({ session: { status: 'postponed' } });
    const off = await answer(postponed.eventId);
    expect([...refused(off), off.body.currentStatus]).toEqual([409, 'SESSION_NOT_ON_SALE', 'postponed']);
    const salesFrom = new Date(Date.now() + 3_600_000).toISOString();
    const later = await invite({ type: { salesFrom } });
    const early = await answer(later.eventId);
    expect([...refused(early), early.body.ticketTypes]).toEqual([
      409,
      'TICKET_TYPE_NOT_ON_SALE',
      [{ ticketTypeId: typeId('pit'), salesFrom }],
    ]);
  });
});

describe('the organizer’s list', () => {
  test('newest first in pages, counted, and as CSV', async () => {
    const { eventId, sessionId, organizationId } = await invite();
    const as = `manager of ${eventId}`;
    await world.join(as, organizationId, 'manager');
    const yes = await answered(eventId, { guests: 2, name: '=SUM(A1)', email: 'first@example.com' });
    const maybe = await answered(eventId, { answer: 'maybe', guests: 1 });
    const no = await answered(eventId, { answer: 'no' });
    const removed = await answered(eventId);
    await world.call('cancelRsvp', { as, params: { rsvpId: removed.id } });

    const at = { as, params: { sessionId } };
    const first = await world.call('listRsvps', { ...at, query: { limit: '3' } });
    const ids = first.body.items.map(({ id }: { id: string }) => id);
    expect(ids).toEqual([removed.id, no.id, maybe.id]);
    const rest = await world.call('listRsvps', { ...at, query: { cursor: first.body.nextCursor } });
    expect(rest.body).toEqual({ items: [yes] });
    expect((await world.call('countRsvps', at)).body).toEqual({
      answers: { yes: 1, maybe: 1, no: 1 },
      statuses: { pending: 1, confirmed: 1, cancelled: 2 },
      people: 3,
      isComplete: true,
    });
    const { text, headers } = await world.call('exportRsvps', at);
    expect(headers['Link']).toBeUndefined();
    const rows = text.replace('\uFEFF', '').split('\r\n');
    expect(rows[0]).toBe('rsvp_id,answered_at,status,cancel_reason,answer,guests,places,name,email,locale');
    expect(rows[4]).toBe(`${yes.id},${yes.createdAt},confirmed,,yes,2,3,'=SUM(A1),first@example.com,en`);
    expect(rows).toHaveLength(6);
    const strange = Buffer.from(JSON.stringify({ gsi1pk: `SESSION#${sessionId}` })).toString('base64url');
    for (const operation of ['listRsvps', 'exportRsvps'] as const) {
      const { status, body } = await world.call(operation, { ...at, query: { cursor: strange } });
      expect([status, body.errors[0].code]).toEqual([422, 'INVALID_CURSOR']);
    }
  });

  test('staff and strangers see nothing of it', async () => {
    const { eventId, sessionId, organizationId } = await invite();
    const as = `staff of ${eventId}`;
    await world.join(as, organizationId, 'staff');
    const { id } = await answered(eventId);
    for (const operation of ['listRsvps', 'countRsvps', 'exportRsvps'] as const)
      expect(refused(await world.call(operation, { as, params: { sessionId } }))).toEqual([403, 'FORBIDDEN']);
    for (const operation of ['confirmRsvp', 'cancelRsvp'] as const) {
      const stranger = { as: 'a stranger', params: { rsvpId: id } };
      expect(refused(await world.call(operation, stranger))).toEqual([404, 'NOT_FOUND']);
      expect((await world.call(operation, { as, params: { rsvpId: id } })).status).not.toBe(200);
    }
    expect((await read(id)).body.status).toBe('confirmed');
  });
});

test('a cancelled session ends its answers in batches of 25, once however often it is told', async () => {
  const { eventId, sessionId } = await invite({ quantity: 40 });
  const coming = await answered(eventId, { guests: 1 });
  const maybe = await answered(eventId, { answer: 'maybe' });
  const declined = await answered(eventId, { answer: 'no' });
  for (let index = 0; index < 24; index += 1) await answered(eventId);
  await world.settle();
  const ports = {
    rsvps: openRsvps(world.table),
    tables: { ticketing: 'ticketing', admission: 'admission' },
  };
  const stamp = (what: string): Change => ({
    what,
    by: 'system:test',
    requestId: randomId('req'),
    at: new Date().toISOString(),
  });
  const endAll = async (): Promise<number> => {
    const batches: RsvpBatch[] = [{ of: 'rsvps', sessionId }];
    for (const batch of batches)
      await cancelRsvpBatch(
        ports,
        JSON.parse(JSON.stringify(batch)),
        async (next) => void batches.push(next),
        stamp,
      );
    return batches.length;
  };
  expect(await endAll()).toBe(2);
  const ended = (await world.settle()).filter(({ type }) => type === 'RSVP-CANCELLED');
  expect(ended).toHaveLength(26);
  expect(await endAll()).toBe(2);
  expect(await world.settle()).toEqual([]);
  const reasons = await Promise.all(
    [coming, maybe, declined].map(async ({ id }) => (await read(id)).body.cancelReason),
  );
  expect(reasons).toEqual(['session_cancelled', 'session_cancelled', 'guest']);
  expect(await ticketStatuses(idsOf(coming))).toEqual(['cancelled', 'cancelled']);
});

/** Calls and capacity units of the requests that guests wait for; a write of a transaction counts twice. */
test('what answers cost', async () => {
  const { eventId, sessionId } = await invite({ quantity: 20 });
  // The functions have read the sale and its picture.
  await answered(eventId, { sessionId });
  const made = await answered(eventId, { sessionId });
  const yes = world.ticketing.cost();
  const { id } = made;
  await world.call('updateRsvp', { params: { rsvpId: id }, ifMatch: '"r1"', body: { guests: 4 } });
  const more = world.ticketing.cost();
  await world.call('updateRsvp', { params: { rsvpId: id }, ifMatch: '"r2"', body: { answer: 'no' } });
  const no = world.ticketing.cost();
  await answered(eventId, { sessionId, answer: 'maybe' });
  const maybe = world.ticketing.cost();
  await read(id);
  expect({ yes, more, no, maybe, read: world.ticketing.cost() }).toEqual({
    yes: { calls: 2, readUnits: 1, writeUnits: 10 },
    more: { calls: 3, readUnits: 2, writeUnits: 20 },
    no: { calls: 3, readUnits: 2, writeUnits: 30 },
    maybe: { calls: 2, readUnits: 1, writeUnits: 5 },
    read: { calls: 1, readUnits: 1, writeUnits: 0 },
  });
});
