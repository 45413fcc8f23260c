import { describe, expect, test } from 'vitest';
import { anybody, signIn } from './client.ts';
import { euros, freshName, placesOf, putOnSale, ticketTypeOf } from './scenario.ts';
import { waitFor } from './wait-for.ts';

const unknownHold = 'hld_00000000000000000000000000';

describe.concurrent('holding', () => {
  test('given seats, with their prices', async () => {
    const { session, sessionId } = await putOnSale();
    const before = Date.now();
    const { body, headers } = await anybody().ok(201, 'createHold', {
      params: { sessionId },
      body: { seats: ['A-1', 'A-2', 'C-5'] },
    });
    expect(body).toEqual({
      id: expect.stringMatching(/^hld_[0-9a-z]{26}$/),
      status: 'active',
      sessionId,
      places: [
        { place: 'A-1', ticketTypeId: ticketTypeOf(session, 0), price: { amount: 4500, currency: 'EUR' } },
        { place: 'A-2', ticketTypeId: ticketTypeOf(session, 0), price: { amount: 4500, currency: 'EUR' } },
        { place: 'C-5', ticketTypeId: ticketTypeOf(session, 1), price: { amount: 3000, currency: 'EUR' } },
      ],
      total: { amount: 12_000, currency: 'EUR' },
      expiresAt: expect.any(String),
    });
    const seconds = (Date.parse(body.expiresAt) - before) / 1_000;
    expect(seconds).toBeGreaterThan(598);
    expect(seconds).toBeLessThan(610);
    expect(headers.get('idempotent-replayed')).toBeNull();
    const read = await anybody().ok(200, 'getHold', { params: { holdId: body.id } });
    expect(read.body).toEqual(body);
  });

  test('the best available, side by side and in the best row that has room', async () => {
    const { session, sessionId } = await putOnSale();
    const { body } = await anybody().ok(201, 'createHold', {
      params: { sessionId },
      body: { ticketTypeId: ticketTypeOf(session, 0), quantity: 10, adjacent: true },
    });
    const whole = (row: string) => Array.from({ length: 10 }, (_, index) => `${row}-${index + 1}`);
    const [first] = placesOf(body);
    expect(placesOf(body)).toEqual(whole(first === 'A-1' ? 'A' : 'B'));
  });

  test('apart when no places side by side are left, unless that is demanded', async () => {
    const { session, sessionId } = await putOnSale();
    const visitor = anybody();
    // Of the balcony’s five places only the odd ones are left.
    await visitor.ok(201, 'createHold', { params: { sessionId }, body: { seats: ['C-2', 'C-4'] } });
    const ticketTypeId = ticketTypeOf(session, 1);
    await visitor.refused('NOT_ADJACENT', 'createHold', {
      params: { sessionId },
      body: { ticketTypeId, quantity: 2, adjacent: true },
    });
    const { body } = await visitor.ok(201, 'createHold', {
      params: { sessionId },
      body: { ticketTypeId, quantity: 3 },
    });
    expect(placesOf(body)).toEqual(['C-1', 'C-3', 'C-5']);
    await visitor.refused('SOLD_OUT', 'createHold', {
      params: { sessionId },
      body: { ticketTypeId, quantity: 1 },
    });
  });

  test('general admission by quantity, until it is sold out', async () => {
    const { session, sessionId } = await putOnSale({
      ticketTypes: [{ name: 'Standing', price: euros(20), quantity: 30 }],
    });
    const ticketTypeId = ticketTypeOf(session, 0);
    const first = await anybody().ok(201, 'createHold', {
      params: { sessionId },
      body: { ticketTypeId, quantity: 20 },
    });
    expect(first.body.total).toEqual({ amount: 40_000, currency: 'EUR' });
    await anybody().refused('SOLD_OUT', 'createHold', {
      params: { sessionId },
      body: { ticketTypeId, quantity: 11 },
    });
    const rest = await anybody().ok(201, 'createHold', {
      params: { sessionId },
      body: { ticketTypeId, quantity: 10 },
    });
    const all = [...placesOf(first.body), ...placesOf(rest.body)];
    expect(new Set(all)).toEqual(
      new Set(Array.from({ length: 30 }, (_, index) => `${ticketTypeId}-${index + 1}`)),
    );
  });

  test('a refusal names exactly the places that are taken, and holds nothing', async () => {
    const { sessionId } = await putOnSale();
    const visitor = anybody();
    await visitor.ok(201, 'createHold', { params: { sessionId }, body: { seats: ['A-3', 'B-4'] } });
    const refused = await visitor.refused('PLACES_TAKEN', 'createHold', {
      params: { sessionId },
      body: { seats: ['A-2', 'A-3', 'B-4', 'C-1'] },
    });
    expect(refused.places).toEqual(['A-3', 'B-4']);
    expect(refused.detail).toBe('Taken: A-3, B-4.');
    const one = await visitor.refused('PLACES_TAKEN', 'createHold', {
      params: { sessionId },
      body: { seats: ['A-3', 'A-4'] },
    });
    expect(one.places).toEqual(['A-3']);
    await visitor.ok(201, 'createHold', { params: { sessionId }, body: { seats: ['A-2', 'A-4', 'C-1'] } });
  });

  test('what cannot be held is refused with the place in the request', async () => {
    const { session, sessionId } = await putOnSale({ maxPlacesPerHold: 4 });
    const visitor = anybody();
    const seats = await visitor.refused('VALIDATION_FAILED', 'createHold', {
      params: { sessionId },
      body: { seats: ['A-1', 'Z-1', 'A-1', 'A-2', 'A-3'] },
    });
    expect(seats.errors).toMatchObject([
      { pointer: '/seats', code: 'TOO_MANY_PLACES' },
      { pointer: '/seats/1', code: 'UNKNOWN_PLACE' },
      { pointer: '/seats/2', code: 'DUPLICATE_PLACE' },
    ]);
    const best = await visitor.refused('VALIDATION_FAILED', 'createHold', {
      params: { sessionId },
      body: { ticketTypeId: 'tt_00000000000000000000000000', quantity: 5 },
    });
    expect(best.errors).toMatchObject([
      { pointer: '/quantity', code: 'TOO_MANY_PLACES' },
      { pointer: '/ticketTypeId', code: 'UNKNOWN_TICKET_TYPE' },
    ]);
    await visitor.ok(201, 'createHold', {
      params: { sessionId },
      body: { ticketTypeId: ticketTypeOf(session, 0), quantity: 4 },
    });
    await visitor.refused('NOT_FOUND', 'createHold', {
      params: { sessionId: 'ses_00000000000000000000000000' },
      body: { seats: ['A-1'] },
    });
  });

  test('a customer has no more live holds than the organizer allows', async () => {
    const { sessionId } = await putOnSale({ maxHoldsPerCustomer: 1 });
    const params = { sessionId };
    const ann = await signIn(freshName('ann'));
    const bob = await signIn(freshName('bob'));
    const first = await ann.ok(201, 'createHold', { params, body: { seats: ['A-1'] } });
    const refused = await ann.refused('HOLD_LIMIT_REACHED', 'createHold', {
      params,
      body: { seats: ['A-2'] },
    });
    expect(refused.limit).toBe(1);
    await bob.ok(201, 'createHold', { params, body: { seats: ['A-2'] } });
    await ann.ok(204, 'cancelHold', { params: { holdId: first.body.id } });
    await ann.ok(201, 'createHold', { params, body: { seats: ['A-3'] } });
  });
});

describe.concurrent('a hold', () => {
  test('is extended up to its cap', async () => {
    const { sessionId } = await putOnSale({ holdSeconds: 60 });
    const visitor = anybody();
    const { body: hold } = await visitor.ok(201, 'createHold', {
      params: { sessionId },
      body: { seats: ['A-1'] },
    });
    const params = { holdId: hold.id };
    const extended = await visitor.ok(200, 'extendHold', { params, body: { seconds: 1_200 } });
    const gained = (Date.parse(extended.body.expiresAt) - Date.parse(hold.expiresAt)) / 1_000;
    expect(gained).toBeGreaterThanOrEqual(1_140);
    expect(gained).toBeLessThan(1_170);
    // Never shortened.
    const unchanged = await visitor.ok(200, 'extendHold', { params, body: { seconds: 10 } });
    expect(unchanged.body).toEqual(extended.body);
    const limit = await visitor.refused('EXTENSION_LIMIT', 'extendHold', {
      params,
      body: { seconds: 1_900 },
    });
    // Thirty minutes from its creation, and the second in which it still stands.
    expect(limit.latest).toBe(new Date(Date.parse(hold.expiresAt) + (1_800 - 60) * 1_000).toISOString());
    const read = await visitor.ok(200, 'getHold', { params });
    expect(read.body).toEqual({ ...hold, expiresAt: extended.body.expiresAt });
  });

  test('is cancelled, as often as one likes, and its places are free at once', async () => {
    const { sessionId } = await putOnSale();
    const visitor = anybody();
    const body = { seats: ['A-1', 'B-1'] };
    const { body: hold } = await visitor.ok(201, 'createHold', { params: { sessionId }, body });
    const params = { holdId: hold.id };
    await visitor.ok(204, 'cancelHold', { params });
    await visitor.ok(201, 'createHold', { params: { sessionId }, body });
    await visitor.ok(204, 'cancelHold', { params });
    expect((await visitor.ok(200, 'getHold', { params })).body.status).toBe('cancelled');
    const refused = await visitor.refused('HOLD_NOT_ACTIVE', 'extendHold', { params, body: {} });
    expect(refused.currentStatus).toBe('cancelled');
    // The second cancellation did not free what somebody else holds by now.
    const taken = await visitor.refused('PLACES_TAKEN', 'createHold', { params: { sessionId }, body });
    expect(taken.places).toEqual(['A-1', 'B-1']);
  });

  test('expires at its instant, and somebody else takes the place', async () => {
    const { sessionId } = await putOnSale({ holdSeconds: 1 });
    const visitor = anybody();
    const body = { seats: ['A-1'] };
    const first = await visitor.ok(201, 'createHold', { params: { sessionId }, body });
    const params = { holdId: first.body.id };
    const second = await waitFor(
      'the place to be free',
      async () => {
        const answer = await visitor.call('createHold', { params: { sessionId }, body });
        return answer.ok && answer.status === 201 ? answer.body : undefined;
      },
      { timeoutMs: 6_000, everyMs: 20 },
    );
    // Not a moment before its instant.
    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(first.body.expiresAt));
    expect(second.id).not.toBe(first.body.id);
    expect((await visitor.ok(200, 'getHold', { params })).body.status).toBe('expired');
    await visitor.refused('HOLD_EXPIRED', 'extendHold', { params, body: { seconds: 60 } });
    await visitor.ok(204, 'cancelHold', { params });
  });

  test('that does not exist is not found', async () => {
    const params = { holdId: unknownHold };
    await anybody().refused('NOT_FOUND', 'getHold', { params });
    await anybody().refused('NOT_FOUND', 'extendHold', { params, body: {} });
    await anybody().refused('NOT_FOUND', 'cancelHold', { params });
  });
});

describe.concurrent('an idempotency key', () => {
  test('answers the same hold again, as it is now', async () => {
    const { sessionId } = await putOnSale();
    const visitor = anybody();
    const request = {
      params: { sessionId },
      body: { seats: ['A-1', 'A-2'] },
      idempotencyKey: crypto.randomUUID(),
    };
    const first = await visitor.ok(201, 'createHold', request);
    const replay = await visitor.ok(201, 'createHold', request);
    expect(replay.body).toEqual(first.body);
    expect(replay.headers.get('idempotent-replayed')).toBe('true');
    await visitor.ok(204, 'cancelHold', { params: { holdId: first.body.id } });
    const later = await visitor.ok(201, 'createHold', request);
    expect(later.body).toEqual({ ...first.body, status: 'cancelled' });
    // The replay claimed nothing.
    await visitor.ok(201, 'createHold', { params: { sessionId }, body: { seats: ['A-1', 'A-2'] } });
  });

  test('sent by two clients at once makes one hold', async () => {
    const { session, sessionId } = await putOnSale();
    const visitor = anybody();
    const ticketTypeId = ticketTypeOf(session, 0);
    for (const body of [
      { seats: ['A-1', 'B-2', 'C-3'] },
      { seats: ['A-5'] },
      { ticketTypeId, quantity: 2 },
    ]) {
      const request = { params: { sessionId }, body, idempotencyKey: crypto.randomUUID() };
      const answers = await Promise.all([
        visitor.ok(201, 'createHold', request),
        visitor.ok(201, 'createHold', request),
      ]);
      expect(answers[0].body).toEqual(answers[1].body);
      const replayed = answers.filter(({ headers }) => headers.get('idempotent-replayed') === 'true');
      expect(replayed).toHaveLength(1);
    }
    // Three, one and two places, and nothing left behind by whoever came second.
    await waitFor('the counts', async () => {
      const { body } = await visitor.ok(200, 'getSeats', { params: { sessionId } });
      return body.summary.held === 6 && body.summary.available === 19 ? true : undefined;
    });
  });

  test('with another body is refused, and the first hold stands', async () => {
    const { sessionId } = await putOnSale();
    const visitor = anybody();
    const request = { params: { sessionId }, idempotencyKey: crypto.randomUUID() };
    const first = await visitor.ok(201, 'createHold', { ...request, body: { seats: ['A-1'] } });
    await visitor.refused('IDEMPOTENCY_KEY_REUSED', 'createHold', { ...request, body: { seats: ['A-2'] } });
    await visitor.refused('IDEMPOTENCY_KEY_REUSED', 'createHold', {
      ...request,
      body: { seats: ['A-1', 'B-2'] },
    });
    expect((await visitor.ok(200, 'getHold', { params: { holdId: first.body.id } })).body.status).toBe(
      'active',
    );
    await visitor.ok(201, 'createHold', { params: { sessionId }, body: { seats: ['A-2', 'B-2'] } });
  });

  test('of one customer says nothing to another', async () => {
    const { sessionId } = await putOnSale();
    const idempotencyKey = crypto.randomUUID();
    const params = { sessionId };
    const mine = await anybody().ok(201, 'createHold', {
      params,
      idempotencyKey,
      headers: { 'fairground-client': freshName('browser') },
      body: { seats: ['A-1'] },
    });
    const theirs = await anybody().ok(201, 'createHold', {
      params,
      idempotencyKey,
      headers: { 'fairground-client': freshName('browser') },
      body: { seats: ['A-2'] },
    });
    expect(theirs.body.id).not.toBe(mine.body.id);
  });

  test('must be there, and long enough that nobody guesses it', async () => {
    const { sessionId } = await putOnSale();
    const request = { params: { sessionId }, body: { seats: ['A-1'] } };
    await anybody().refused('IDEMPOTENCY_KEY_REQUIRED', 'createHold', { ...request, idempotencyKey: '' });
    const short = await anybody().refused('INVALID_REQUEST', 'createHold', {
      ...request,
      idempotencyKey: 'key-1',
    });
    expect(short.detail).toBe('Idempotency-Key takes 16 to 255 characters on this route.');
  });

  test('creates an organization, a performer and an event once', async () => {
    const ann = await signIn(freshName('ann'));
    const organization = {
      idempotencyKey: crypto.randomUUID(),
      body: { name: 'Ann’s concerts', kind: 'organizer' },
    } as const;
    const first = await ann.ok(201, 'createOrganization', organization);
    const second = await ann.ok(201, 'createOrganization', organization);
    expect(second.body).toEqual(first.body);
    expect(second.headers.get('idempotent-replayed')).toBe('true');
    await ann.refused('IDEMPOTENCY_KEY_REUSED', 'createOrganization', {
      ...organization,
      body: { name: 'Other', kind: 'organizer' },
    });
    const performer = { idempotencyKey: crypto.randomUUID(), body: { name: 'Jessye Norman' } };
    const made = await Promise.all([
      ann.ok(201, 'createPerformer', performer),
      ann.ok(201, 'createPerformer', performer),
    ]);
    expect(made[0].body.id).toBe(made[1].body.id);
    expect((await ann.ok(200, 'listPerformers', {})).body.items).toHaveLength(1);
    expect((await ann.ok(200, 'listOrganizations', {})).body.items).toHaveLength(1);
  });
});

describe.concurrent('a session', () => {
  test('that is postponed keeps its holds and takes none, until it has a new date', async () => {
    const { organizer, sessionId } = await putOnSale();
    const visitor = anybody();
    const { body: hold } = await visitor.ok(201, 'createHold', {
      params: { sessionId },
      body: { seats: ['A-1'] },
    });
    const { headers } = await organizer.client.ok(200, 'getSession', { params: { sessionId } });
    const postponed = await organizer.client.ok(200, 'updateSession', {
      params: { sessionId },
      ifMatch: headers.get('etag') ?? '',
      body: { status: 'postponed' },
    });
    expect(postponed.body.status).toBe('postponed');
    // A place that is taken: asking for it changes nothing, whatever the answer.
    const refused = await waitFor('the sale to stop', async () => {
      const answer = await visitor.call('createHold', { params: { sessionId }, body: { seats: ['A-1'] } });
      return !answer.ok && answer.problem.code === 'SESSION_NOT_ON_SALE' ? answer.problem : undefined;
    });
    expect(refused.currentStatus).toBe('postponed');
    expect((await visitor.ok(200, 'getHold', { params: { holdId: hold.id } })).body.status).toBe('active');

    const moved = await organizer.client.ok(200, 'updateSession', {
      params: { sessionId },
      ifMatch: postponed.headers.get('etag') ?? '',
      body: { status: 'published', startsAt: '2037-04-01T20:00:00Z', endsAt: '2037-04-01T22:00:00Z' },
    });
    expect(moved.body).toMatchObject({ status: 'published', startsAt: '2037-04-01T20:00:00Z' });
    await waitFor('the sale to go on', async () => {
      const answer = await visitor.call('createHold', { params: { sessionId }, body: { seats: ['A-2'] } });
      return answer.ok ? true : undefined;
    });
  });

  test('that is cancelled ends its holds and stays visible', async () => {
    const { organizer, eventId, sessionId } = await putOnSale();
    const visitor = anybody();
    const { body: hold } = await visitor.ok(201, 'createHold', {
      params: { sessionId },
      body: { seats: ['A-1'] },
    });
    const cancelled = await organizer.client.ok(200, 'cancelSession', { params: { sessionId } });
    expect(cancelled.body.status).toBe('cancelled');
    expect((await organizer.client.ok(200, 'cancelSession', { params: { sessionId } })).body.status).toBe(
      'cancelled',
    );
    await waitFor('its hold to be ended', async () => {
      const { body } = await visitor.ok(200, 'getHold', { params: { holdId: hold.id } });
      return body.status === 'cancelled' ? true : undefined;
    });
    await visitor.refused('SESSION_NOT_ON_SALE', 'createHold', {
      params: { sessionId },
      body: { seats: ['A-2'] },
    });
    const page = await visitor.ok(200, 'getEvent', { params: { eventId } });
    expect(page.body.sessions).toMatchObject([{ id: sessionId, status: 'cancelled' }]);
    const again = await organizer.client.refused('TRANSITION_NOT_ALLOWED', 'updateSession', {
      params: { sessionId },
      ifMatch: cancelled.headers.get('etag') ?? '',
      body: { status: 'published' },
    });
    expect(again.allowed).toEqual([]);
  });

  test('whose event is cancelled is cancelled too', async () => {
    const { organizer, eventId, sessionId } = await putOnSale();
    const { body: hold } = await anybody().ok(201, 'createHold', {
      params: { sessionId },
      body: { seats: ['A-1'] },
    });
    await organizer.client.ok(200, 'cancelEvent', { params: { eventId } });
    const session = await anybody().ok(200, 'getSession', { params: { sessionId } });
    expect(session.body.status).toBe('cancelled');
    await waitFor('its hold to be ended', async () => {
      const { body } = await anybody().ok(200, 'getHold', { params: { holdId: hold.id } });
      return body.status === 'cancelled' ? true : undefined;
    });
  });

  test('that is not published yet sells nothing', async () => {
    const { organizer, eventId } = await putOnSale();
    const { body: draft } = await organizer.client.ok(201, 'createSession', {
      params: { eventId },
      body: {
        startsAt: '2037-03-02T20:00:00Z',
        endsAt: '2037-03-02T22:00:00Z',
        ticketTypes: [{ name: 'Standing', price: euros(20), quantity: 5 }],
      },
    });
    await anybody().refused('NOT_FOUND', 'createHold', {
      params: { sessionId: draft.id },
      body: { ticketTypeId: ticketTypeOf(draft, 0), quantity: 1 },
    });
  });
});
