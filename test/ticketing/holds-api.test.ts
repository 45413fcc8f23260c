import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { hall } from './hall.ts';
import {
  type Answered,
  type CallOptions,
  freshKey,
  owners,
  seats,
  slots,
  startTicketing,
  type Ticketing,
  typeId,
} from './harness.ts';

let ticketing: Ticketing;
beforeAll(async () => {
  ticketing = await startTicketing();
});
afterAll(() => ticketing.stop());
afterEach(() => ticketing.clock.run());

const hold = (sessionId: string, body: object, options: CallOptions = {}): Promise<Answered> =>
  ticketing.call('createHold', { params: { sessionId }, body, ...options });
const holdSeats = (sessionId: string, names: string[], options?: CallOptions) =>
  hold(sessionId, { seats: names }, options);
const get = (holdId: string) => ticketing.call('getHold', { params: { holdId } });
const extend = (holdId: string, body: object = {}) =>
  ticketing.call('extendHold', { params: { holdId }, body });
const cancel = (holdId: string) => ticketing.call('cancelHold', { params: { holdId } });
const namesOf = ({ body }: Answered): string[] => body.places.map(({ place }: { place: string }) => place);

/** Two rows of ten, and a row of thirty in another category. */
const small = () => ({
  layout: hall(['aaaaaaaaaa', 'aaaaaaaaaa', 'b'.repeat(30)]),
  ticketTypes: [seats('a'), seats('b')],
});

describe('holding given seats', () => {
  test('answers the places with their prices, the total and when it ends; GET shows the same', async () => {
    ticketing.clock.stopAt(Date.parse('2027-01-01T10:00:00.900Z'));
    const sessionId = await ticketing.sell(small());
    const made = await holdSeats(sessionId, ['1-3', '1-2']);
    expect(made.status).toBe(201);
    const price = { amount: 4_500, currency: 'EUR' };
    expect(made.body).toEqual({
      id: expect.stringMatching(/^hld_[0-9a-z]{26}$/),
      status: 'active',
      sessionId,
      places: [
        { place: '1-2', ticketTypeId: typeId('a'), price },
        { place: '1-3', ticketTypeId: typeId('a'), price },
      ],
      total: { amount: 9_000, currency: 'EUR' },
      expiresAt: '2027-01-01T10:10:01.000Z',
    });
    expect(made.headers['Idempotent-Replayed']).toBeUndefined();
    const seen = await get(made.body.id);
    expect(seen.status).toBe(200);
    expect(seen.body).toEqual(made.body);
  });

  test('a refusal names the taken places, those alone, and holds nothing', async () => {
    const sessionId = await ticketing.sell(small());
    await holdSeats(sessionId, ['1-2', '1-4']);
    const refused = await holdSeats(sessionId, ['1-1', '1-2', '1-3', '1-4']);
    expect(refused.status).toBe(409);
    expect(refused.body).toMatchObject({ code: 'PLACES_TAKEN', status: 409, places: ['1-2', '1-4'] });
    expect((await holdSeats(sessionId, ['1-1', '1-3'])).status).toBe(201);
  });

  test('places of several blocks: all of them or none', async () => {
    const sessionId = await ticketing.sell(small());
    const made = await holdSeats(sessionId, ['1-1', '2-10', '3-1', '3-30']);
    expect([made.status, namesOf(made)]).toEqual([201, ['1-1', '2-10', '3-1', '3-30']]);
    const refused = await holdSeats(sessionId, ['1-2', '2-10', '3-2', '3-30']);
    expect([refused.status, refused.body.places]).toEqual([409, ['2-10', '3-30']]);
    expect((await holdSeats(sessionId, ['1-2', '2-9', '3-2', '3-29'])).status).toBe(201);
    await owners(ticketing.table, sessionId, [made.body.id]);
  });

  test('everything wrong with the list is said at once', async () => {
    const sessionId = await ticketing.sell({
      layout: hall(['aax']),
      ticketTypes: [seats('a')],
      maxPlacesPerHold: 3,
    });
    const refused = await holdSeats(sessionId, ['1-1', '1-1', '1-3', 'Z-9']);
    expect(refused.status).toBe(422);
    expect(refused.body.errors.map(({ pointer, code }: Record<string, string>) => [pointer, code])).toEqual([
      ['/seats', 'TOO_MANY_PLACES'],
      ['/seats/1', 'DUPLICATE_PLACE'],
      ['/seats/2', 'UNKNOWN_PLACE'],
      ['/seats/3', 'UNKNOWN_PLACE'],
    ]);
  });

  test('twenty places at most, even where the session says nothing', async () => {
    const sessionId = await ticketing.sell(small());
    const names = (count: number) => Array.from({ length: count }, (_, n) => `3-${n + 1}`);
    expect((await holdSeats(sessionId, names(21))).body.errors[0].code).toBe('TOO_MANY_PLACES');
    expect((await holdSeats(sessionId, names(20))).status).toBe(201);
  });

  test('a session that does not exist', async () => {
    expect((await holdSeats('ses_00000000000000000000000000', ['1-1'])).status).toBe(404);
    expect((await get('hld_00000000000000000000000000')).status).toBe(404);
    expect((await extend('hld_00000000000000000000000000')).status).toBe(404);
    expect((await cancel('hld_00000000000000000000000000')).status).toBe(404);
  });

  test('a key shorter than 16 characters, and none, are refused', async () => {
    const sessionId = await ticketing.sell(small());
    expect((await holdSeats(sessionId, ['1-1'], { key: '123456789012345' })).body.code).toBe(
      'INVALID_REQUEST',
    );
    expect((await holdSeats(sessionId, ['1-1'], { key: '' })).body.code).toBe('IDEMPOTENCY_KEY_REQUIRED');
  });

  test('a token is not needed, but one that is sent must be good', async () => {
    const sessionId = await ticketing.sell(small());
    expect((await holdSeats(sessionId, ['1-1'], { as: 'ann' })).status).toBe(201);
    const bad = await holdSeats(sessionId, ['1-2'], { authorization: 'Bearer a.b.c' });
    expect([bad.status, bad.body.code]).toEqual([401, 'UNAUTHENTICATED']);
  });
});

describe('best available and general admission', () => {
  test('side by side until nothing else is left, then apart, then sold out', async () => {
    const sessionId = await ticketing.sell({ layout: hall(['aaa', 'aaa']), ticketTypes: [seats('a')] });
    const best = (more: object = {}) => hold(sessionId, { ticketTypeId: typeId('a'), quantity: 2, ...more });
    const first = await best();
    const second = await best();
    expect([namesOf(first), namesOf(second)].toSorted()).toEqual([
      ['1-1', '1-2'],
      ['2-1', '2-2'],
    ]);
    const together = await best({ adjacent: true });
    expect([together.status, together.body.code]).toEqual([409, 'NOT_ADJACENT']);
    expect(namesOf(await best())).toEqual(['1-3', '2-3']);
    expect((await best()).body.code).toBe('SOLD_OUT');
    expect((await best({ adjacent: true })).body.code).toBe('SOLD_OUT');
  });

  test('a quantity of standing places, to the last one; being side by side means nothing there', async () => {
    const sessionId = await ticketing.sell({ ticketTypes: [slots('pit', 25)] });
    const take = (quantity: number) =>
      hold(sessionId, { ticketTypeId: typeId('pit'), quantity, adjacent: true });
    const first = await take(10);
    expect(first.body.total).toEqual({ amount: 20_000, currency: 'EUR' });
    expect(new Set(namesOf(first)).size).toBe(10);
    expect(namesOf(first).every((name) => name.startsWith(`${typeId('pit')}-`))).toBe(true);
    expect((await take(14)).status).toBe(201);
    expect((await take(2)).body.code).toBe('SOLD_OUT');
    expect((await take(1)).status).toBe(201);
    expect((await take(1)).body.code).toBe('SOLD_OUT');
  });

  test('another ticket type’s places are never given', async () => {
    const sessionId = await ticketing.sell(small());
    const first = await hold(sessionId, { ticketTypeId: typeId('b'), quantity: 20 });
    expect(first.body.places.every((p: { ticketTypeId: string }) => p.ticketTypeId === typeId('b'))).toBe(
      true,
    );
    expect((await hold(sessionId, { ticketTypeId: typeId('b'), quantity: 11 })).body.code).toBe('SOLD_OUT');
  });

  test('too many, and an unknown ticket type', async () => {
    const sessionId = await ticketing.sell({ ...small(), maxPlacesPerHold: 4 });
    const tooMany = await hold(sessionId, { ticketTypeId: typeId('zzz'), quantity: 5 });
    expect([tooMany.status, tooMany.body.errors.map(({ pointer }: { pointer: string }) => pointer)]).toEqual([
      422,
      ['/quantity', '/ticketTypeId'],
    ]);
  });

  test('another process took the places this one remembers as free: it looks again and finds others', async () => {
    const sessionId = await ticketing.sell({ layout: hall(['aaaa']), ticketTypes: [seats('a')] });
    const best = { params: { sessionId }, body: { ticketTypeId: typeId('a'), quantity: 1 } };
    const other = ticketing.instance();
    // Both remember an empty hall from here on: time stands still.
    ticketing.clock.stopAt(Date.now());
    const taken = [
      await ticketing.call('createHold', best),
      await other.call('createHold', best),
      await ticketing.call('createHold', best),
      await other.call('createHold', best),
    ];
    expect(taken.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
    expect(new Set(taken.flatMap(namesOf)).size).toBe(4);
  });

  test('places given back elsewhere are found, however fresh the memory of a full hall is', async () => {
    const sessionId = await ticketing.sell({ layout: hall(['aa']), ticketTypes: [seats('a')] });
    const body = { ticketTypeId: typeId('a'), quantity: 2 };
    const full = await hold(sessionId, body);
    expect((await hold(sessionId, body)).body.code).toBe('SOLD_OUT');
    const elsewhere = ticketing.instance();
    await elsewhere.call('cancelHold', { params: { holdId: full.body.id } });
    expect((await hold(sessionId, body)).status).toBe(201);
  });
});

describe('the end of a hold', () => {
  test('by the clock: the places are others’ from expiresAt on, and never before, whatever job ran', async () => {
    const sessionId = await ticketing.sell(small());
    const first = await holdSeats(sessionId, ['1-1', '2-1']);
    const endMs = Date.parse(first.body.expiresAt);
    ticketing.clock.stopAt(endMs - 1);
    expect((await holdSeats(sessionId, ['1-1'])).body.places).toEqual(['1-1']);
    expect((await holdSeats(sessionId, ['1-1', '2-1'])).body.places).toEqual(['1-1', '2-1']);
    expect((await get(first.body.id)).body.status).toBe('active');
    ticketing.clock.stopAt(endMs);
    expect((await get(first.body.id)).body.status).toBe('expired');
    expect((await holdSeats(sessionId, ['1-1', '2-1'])).status).toBe(201);
  });

  test('by the customer: the places are free at once, again and again is 204', async () => {
    const sessionId = await ticketing.sell(small());
    const first = await holdSeats(sessionId, ['1-1', '2-1']);
    expect((await cancel(first.body.id)).status).toBe(204);
    expect((await holdSeats(sessionId, ['1-1'])).status).toBe(201);
    expect((await cancel(first.body.id)).status).toBe(204);
    expect((await get(first.body.id)).body.status).toBe('cancelled');
    // The second DELETE took nothing from the new owner.
    expect((await holdSeats(sessionId, ['1-1'])).status).toBe(409);
  });

  test('given up after it lapsed: 204, it stays expired, and the next owner keeps the places', async () => {
    const sessionId = await ticketing.sell(small());
    const first = await holdSeats(sessionId, ['1-1', '1-2']);
    ticketing.clock.stopAt(Date.parse(first.body.expiresAt));
    const second = await holdSeats(sessionId, ['1-1']);
    expect((await cancel(first.body.id)).status).toBe(204);
    expect((await get(first.body.id)).body.status).toBe('expired');
    expect((await holdSeats(sessionId, ['1-1'])).status).toBe(409);
    await owners(ticketing.table, sessionId, [first.body.id, second.body.id]);
  });
});

describe('extending', () => {
  test('keeps the places as long as it says, in every block', async () => {
    const sessionId = await ticketing.sell(small());
    const first = await holdSeats(sessionId, ['1-1', '2-1']);
    const startMs = Date.parse(first.body.expiresAt) - 601_000;
    ticketing.clock.stopAt(startMs + 300_000);
    const extended = await extend(first.body.id);
    expect([extended.status, extended.body]).toEqual([
      200,
      { expiresAt: new Date(startMs + 901_000).toISOString() },
    ]);
    ticketing.clock.stopAt(startMs + 900_999);
    expect((await holdSeats(sessionId, ['1-1', '2-1'])).body.places).toEqual(['1-1', '2-1']);
    ticketing.clock.stopAt(startMs + 901_000);
    expect((await holdSeats(sessionId, ['1-1', '2-1'])).status).toBe(201);
    const late = await extend(first.body.id);
    expect([late.status, late.body.code]).toEqual([409, 'HOLD_EXPIRED']);
  });

  test('thirty minutes from its creation at most; the refusal says the latest', async () => {
    const sessionId = await ticketing.sell(small());
    const first = await holdSeats(sessionId, ['1-1']);
    const startMs = Date.parse(first.body.expiresAt) - 601_000;
    const latest = new Date(startMs + 1_801_000).toISOString();
    ticketing.clock.stopAt(startMs);
    const tooFar = await extend(first.body.id, { seconds: 1_801 });
    expect([tooFar.status, tooFar.body]).toEqual([
      409,
      expect.objectContaining({ code: 'EXTENSION_LIMIT', latest }),
    ]);
    expect((await extend(first.body.id, { seconds: 1_800 })).body).toEqual({ expiresAt: latest });
    ticketing.clock.stopAt(startMs + 1_500_000);
    expect((await extend(first.body.id)).body.code).toBe('EXTENSION_LIMIT');
  });

  test('never shortens', async () => {
    const sessionId = await ticketing.sell(small());
    const first = await holdSeats(sessionId, ['1-1']);
    expect((await extend(first.body.id, { seconds: 1 })).body).toEqual({ expiresAt: first.body.expiresAt });
  });

  test('a cancelled hold is not active', async () => {
    const sessionId = await ticketing.sell(small());
    const first = await holdSeats(sessionId, ['1-1']);
    await cancel(first.body.id);
    const refused = await extend(first.body.id);
    expect(refused.body).toMatchObject({
      status: 409,
      code: 'HOLD_NOT_ACTIVE',
      currentStatus: 'cancelled',
    });
  });

  test('two at once: the hold reaches as far as either says', async () => {
    const sessionId = await ticketing.sell(small());
    const first = await holdSeats(sessionId, ['1-1', '2-1']);
    const answers = await Promise.all([700, 900, 800].map((seconds) => extend(first.body.id, { seconds })));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    const reach = answers
      .map(({ body }) => body.expiresAt)
      .toSorted()
      .at(-1);
    expect((await get(first.body.id)).body.expiresAt).toBe(reach);
    await owners(ticketing.table, sessionId, [first.body.id]);
    ticketing.clock.stopAt(Date.parse(reach) - 1);
    expect((await holdSeats(sessionId, ['1-1', '2-1'])).body.places).toEqual(['1-1', '2-1']);
  });
});

describe('repeating a request', () => {
  test('the same key and body: the same hold as it is now, said to be a replay, nothing more claimed', async () => {
    const sessionId = await ticketing.sell(small());
    const key = freshKey();
    for (const body of [
      { seats: ['1-1', '1-2'] },
      { seats: ['1-3', '2-3'] },
      { ticketTypeId: typeId('b'), quantity: 3 },
    ]) {
      const options = { key: `${key}-${JSON.stringify(body)}` };
      const first = await hold(sessionId, body, options);
      const again = await hold(sessionId, body, options);
      expect([again.status, again.headers['Idempotent-Replayed']]).toEqual([201, 'true']);
      expect(again.body).toEqual(first.body);
      const elsewhere = await ticketing
        .instance()
        .call('createHold', { params: { sessionId }, body, ...options });
      expect(elsewhere.body).toEqual(first.body);
    }
    expect([...(await owners(ticketing.table, sessionId, [])).values()]).toHaveLength(7);
  });

  test('a replay does not shorten a hold that was extended since', async () => {
    const sessionId = await ticketing.sell(small());
    const key = freshKey();
    const first = await holdSeats(sessionId, ['1-1'], { key });
    const { expiresAt } = (await extend(first.body.id, { seconds: 1_200 })).body;
    expect((await holdSeats(sessionId, ['1-1'], { key })).body.expiresAt).toBe(expiresAt);
    ticketing.clock.stopAt(Date.parse(expiresAt) - 1);
    expect((await holdSeats(sessionId, ['1-1'])).status).toBe(409);
  });

  test('of a hold that ended: the ended hold, and the places stay free', async () => {
    const sessionId = await ticketing.sell(small());
    for (const names of [['1-1'], ['1-2', '2-2']]) {
      const key = freshKey();
      const first = await holdSeats(sessionId, names, { key });
      await cancel(first.body.id);
      const again = await holdSeats(sessionId, names, { key });
      expect([again.status, again.body.status, again.headers['Idempotent-Replayed']]).toEqual([
        201,
        'cancelled',
        'true',
      ]);
      expect((await holdSeats(sessionId, names)).status).toBe(201);
    }
  });

  test('of a hold that ended, when others have its places by now', async () => {
    const sessionId = await ticketing.sell({
      layout: hall(['aa', 'bb', 'bb']),
      ticketTypes: [seats('a'), seats('b')],
    });
    const repeat = async (body: object, others: string[]) => {
      const key = freshKey();
      const first = await hold(sessionId, body, { key });
      await cancel(first.body.id);
      expect((await holdSeats(sessionId, others)).status).toBe(201);
      return hold(sessionId, body, { key });
    };
    const best = await repeat({ ticketTypeId: typeId('a'), quantity: 2 }, ['1-1', '1-2']);
    expect([best.status, best.body.status]).toEqual([201, 'cancelled']);
    const several = await repeat({ seats: ['2-1', '3-1'] }, ['2-1', '3-1']);
    expect([several.status, several.body.status]).toEqual([201, 'cancelled']);
    // A refusal in one block is one call: it says that the places are taken, without looking for a hold.
    const one = await repeat({ seats: ['2-2'] }, ['2-2']);
    expect([one.status, one.body.code]).toEqual([409, 'PLACES_TAKEN']);
  });

  test('the key with another body is refused, and leaves neither claims nor the first hold changed', async () => {
    const sessionId = await ticketing.sell(small());
    const key = freshKey();
    const first = await holdSeats(sessionId, ['1-1', '1-2'], { key });
    for (const body of [
      { seats: ['1-3'] },
      { seats: ['1-1'] },
      { seats: ['1-2', '1-3'] },
      { seats: ['1-4', '2-4'] },
      { ticketTypeId: typeId('a'), quantity: 2 },
    ]) {
      const refused = await hold(sessionId, body, { key });
      expect([refused.status, refused.body.code]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
    }
    expect((await get(first.body.id)).body).toEqual(first.body);
    expect([...(await owners(ticketing.table, sessionId, [first.body.id])).keys()].toSorted()).toEqual([
      '0/0',
      '0/1',
    ]);
  });

  test('the same key at once from two clients of one caller, on two instances: exactly one hold', async () => {
    const sessionId = await ticketing.sell(small());
    const other = ticketing.instance();
    for (const body of [
      { seats: ['1-1', '1-2'] },
      { seats: ['1-3', '2-3'] },
      { ticketTypeId: typeId('b'), quantity: 2 },
    ]) {
      const options = { params: { sessionId }, body, key: freshKey() };
      const answers = await Promise.all([
        ticketing.call('createHold', options),
        other.call('createHold', options),
        ticketing.call('createHold', options),
        other.call('createHold', options),
      ]);
      expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
      for (const answer of answers) {
        expect([answer.body.id, namesOf(answer)]).toEqual([answers[0]?.body.id, namesOf(answers[0]!)]);
      }
      expect(answers.filter(({ headers }) => headers['Idempotent-Replayed'] === undefined)).toHaveLength(1);
    }
    expect([...(await owners(ticketing.table, sessionId, [])).values()]).toHaveLength(6);
  });

  test('whoever guesses the key of another caller gets no hold of theirs', async () => {
    const sessionId = await ticketing.sell(small());
    const key = freshKey();
    const mine = await holdSeats(sessionId, ['1-1'], { key, client: 'a secret of my own' });
    const others: CallOptions[] = [
      { client: 'another secret..' },
      { sourceIp: '198.51.100.1' },
      { as: 'ann' },
      {},
    ];
    for (const options of others) {
      const answer = await holdSeats(sessionId, ['1-1'], { key, ...options });
      expect([answer.status, answer.body.id]).toEqual([409, undefined]);
    }
    expect((await holdSeats(sessionId, ['1-1'], { key, client: 'a secret of my own' })).body.id).toBe(
      mine.body.id,
    );
    // A secret that spells another’s address, or a subject’s, is not that address or subject.
    const sourceIp = '2001:db8::1234:5678';
    const byAddress = await holdSeats(sessionId, ['1-2'], { key, sourceIp });
    expect(byAddress.status).toBe(201);
    expect((await holdSeats(sessionId, ['1-2'], { key, client: sourceIp })).status).toBe(409);
    expect((await holdSeats(sessionId, ['1-3'], { key, as: `anonymous:${sourceIp}` })).body.id).not.toBe(
      byAddress.body.id,
    );
  });
});

test('a client that is told apart by a text too short to be a secret is told so', async () => {
  const sessionId = await ticketing.sell(small());
  const answer = await holdSeats(sessionId, ['1-1'], { key: freshKey(), client: 'fifteen letters' });
  expect([answer.status, answer.body.code, answer.body.detail]).toEqual([
    400,
    'INVALID_REQUEST',
    'Fairground-Client takes 16 to 255 characters: what is shorter is guessed.',
  ]);
});

describe('a limit on live holds per customer', () => {
  const limited = (maxHoldsPerCustomer: number) => ({ ...small(), maxHoldsPerCustomer });

  test('is of live ones: one ended makes room, another customer has their own', async () => {
    const sessionId = await ticketing.sell(limited(2));
    const first = await holdSeats(sessionId, ['1-1'], { as: 'ann' });
    expect((await hold(sessionId, { ticketTypeId: typeId('b'), quantity: 1 }, { as: 'ann' })).status).toBe(
      201,
    );
    const third = await holdSeats(sessionId, ['1-3'], { as: 'ann' });
    expect([third.status, third.body.code, third.body.limit]).toEqual([409, 'HOLD_LIMIT_REACHED', 2]);
    expect((await holdSeats(sessionId, ['1-3'], { as: 'bob' })).status).toBe(201);
    await cancel(first.body.id);
    expect((await holdSeats(sessionId, ['1-4'], { as: 'ann' })).status).toBe(201);
    expect((await holdSeats(sessionId, ['1-5'], { as: 'ann' })).status).toBe(409);
  });

  test('anonymous customers are told apart by address, not by a secret they choose', async () => {
    const sessionId = await ticketing.sell(limited(1));
    const by = (client: string, sourceIp: string, name: string) =>
      holdSeats(sessionId, [name], { client, sourceIp });
    expect((await by('a secret of my own', '198.51.100.1', '1-1')).status).toBe(201);
    expect((await by('another secret....', '198.51.100.1', '1-2')).status).toBe(409);
    expect((await by('a secret of my own', '198.51.100.2', '1-2')).status).toBe(201);
  });

  test('a lapsed hold makes room at its instant; an extended one does not', async () => {
    const sessionId = await ticketing.sell(limited(1));
    const first = await holdSeats(sessionId, ['1-1'], { as: 'ann' });
    const endMs = Date.parse(first.body.expiresAt);
    const extended = await extend(first.body.id, { seconds: 1_200 });
    ticketing.clock.stopAt(endMs);
    expect((await holdSeats(sessionId, ['1-2'], { as: 'ann' })).body.code).toBe('HOLD_LIMIT_REACHED');
    ticketing.clock.stopAt(Date.parse(extended.body.expiresAt));
    expect((await holdSeats(sessionId, ['1-2'], { as: 'ann' })).status).toBe(201);
  });

  test('a refused hold, a replay of an ended one and a reused key take no room and free none', async () => {
    const sessionId = await ticketing.sell(limited(1));
    await holdSeats(sessionId, ['1-1'], { as: 'bob' });
    expect((await holdSeats(sessionId, ['1-1'], { as: 'ann' })).body.code).toBe('PLACES_TAKEN');
    const key = freshKey();
    const first = await holdSeats(sessionId, ['1-2'], { as: 'ann', key });
    expect(first.status).toBe(201);
    // A reused key must not free the room of the hold that has it.
    expect((await holdSeats(sessionId, ['1-3'], { as: 'ann', key })).status).toBe(422);
    expect((await holdSeats(sessionId, ['1-1'], { as: 'ann', key })).status).toBe(409);
    expect((await holdSeats(sessionId, ['1-3'], { as: 'ann' })).body.code).toBe('HOLD_LIMIT_REACHED');
    expect((await holdSeats(sessionId, ['1-2'], { as: 'ann', key })).body.id).toBe(first.body.id);
    await cancel(first.body.id);
    // A replay of an ended hold must not keep the room it took.
    expect((await holdSeats(sessionId, ['1-2'], { as: 'ann', key })).body.status).toBe('cancelled');
    expect((await holdSeats(sessionId, ['1-3'], { as: 'ann' })).status).toBe(201);
  });

  test('is kept when a customer asks for many at once', async () => {
    const sessionId = await ticketing.sell(limited(3));
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, n) => holdSeats(sessionId, [`1-${n + 1}`], { as: 'ann' })),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(3);
    expect(
      answers.filter(({ status }) => status !== 201).every(({ body }) => body.code === 'HOLD_LIMIT_REACHED'),
    ).toBe(true);
  });
});
