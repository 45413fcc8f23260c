import { CompactSign, generateKeyPair } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkInCommands } from '../../functions/admission/check-ins-api.ts';
import { type Ticket, ticketIdOf } from '../../functions/admission/contracts.ts';
import { type Admission, freshKey, startAdmission } from './harness.ts';

let admission: Admission;
beforeAll(async () => {
  admission = await startAdmission();
});
afterAll(() => admission.stop());

const scan = (sessionId: string, code: string, more: object = {}, as = 'ann') =>
  admission.call('checkIn', {
    as,
    params: { sessionId },
    body: { code, nonce: freshKey(), device: 'scanner-1', gate: 'north', ...more },
  });

const issued = async (options: Parameters<Admission['session']>[0] = {}) => {
  const sessionId = await admission.session(options);
  const [ticket] = (await admission.issue(sessionId)) as [Ticket];
  return { sessionId, ticket, code: await admission.codeOf(ticket) };
};

const said = ({
  status,
  body,
}: {
  status: number;
  body: { result?: string; reason?: string; code?: string };
}) => [status, body.result ?? body.code, body.reason];

describe('the first scan', () => {
  test('lets in, and says whose ticket it is', async () => {
    const { sessionId, ticket, code } = await issued();
    const answer = await scan(sessionId, code);
    expect([answer.status, answer.body]).toEqual([
      201,
      {
        result: 'admitted',
        admittedAt: answer.body.admittedAt,
        ticket: {
          serial: ticket.serial,
          place: 'parter-A-1',
          ticketType: 'Parter',
          holderName: 'Ștefan Țepeș',
        },
      },
    ]);
    expect(Math.abs(Date.parse(answer.body.admittedAt) - Date.now())).toBeLessThan(5_000);
  });

  test('is one write; the membership of who scans is the one read', async () => {
    const instance = admission.instance();
    const { sessionId, ticket, code } = await issued();
    const [other] = (await admission.issue(sessionId)) as [Ticket];
    const call = async (body: object) => {
      const { status } = await instance.call('checkIn', { params: { sessionId }, body });
      return [status, instance.cost()];
    };
    // The first request of an instance also reads the session, and remembers it for five seconds.
    await call({ code: await admission.codeOf(other), nonce: freshKey() });
    // One unit for the item, and two for its entry in the index, which moves to the end of its shard.
    expect(await call({ code, nonce: freshKey() })).toEqual([201, { calls: 2, readUnits: 1, writeUnits: 3 }]);
    // A refusal is one more write, which counts it; a wrong code only that.
    expect(await call({ code, nonce: freshKey() })).toEqual([200, { calls: 3, readUnits: 1, writeUnits: 2 }]);
    expect(await call({ code: 'x', nonce: freshKey() })).toEqual([
      200,
      { calls: 2, readUnits: 1, writeUnits: 1 },
    ]);
    expect((await admission.read(ticket)).revision).toBe(2);
  });
});

describe('what was refused at the door', () => {
  const numbers = async (sessionId: string) => {
    // An instance of its own: it reads anew.
    const { body } = await admission.instance().call('getCheckInSummary', { params: { sessionId } });
    return [body.refused, body.byReason, body.byGate];
  };

  test('is counted by reason and gate, each scan once however often it is sent', async () => {
    const { sessionId, code } = await issued();
    const other = await issued();
    const at = (gate: string, device: string, nonce = freshKey()) => ({ gate, device, nonce });
    expect((await scan(sessionId, code, at('north', 'one'))).status).toBe(201);
    const retried = at('north', 'one');
    for (let attempt = 0; attempt < 3; attempt += 1) await scan(sessionId, code, retried);
    await scan(sessionId, code, at('north', 'two'));
    await scan(sessionId, code, at('south', 'one'));
    await scan(sessionId, other.code, at('south', 'one'));
    await scan(sessionId, 'of no ticket', at('south', 'one'));
    expect(await numbers(sessionId)).toEqual([
      5,
      [
        { reason: 'already_used', refused: 3 },
        { reason: 'unknown', refused: 1 },
        { reason: 'wrong_session', refused: 1 },
      ],
      [
        { gate: 'north', admitted: 1, refused: 2 },
        { gate: 'south', admitted: 0, refused: 3 },
      ],
    ]);
    expect((await numbers(other.sessionId))[0]).toBe(0);
  });

  test('by a hundred scanners at once, and by some that name neither gate nor device', async () => {
    const { sessionId } = await issued();
    const unnamed = { device: undefined, gate: undefined };
    await Promise.all([
      ...Array.from({ length: 100 }, (_, index) => scan(sessionId, 'x', { device: `scanner-${index % 10}` })),
      scan(sessionId, 'x', unnamed, 'mia'),
      scan(sessionId, 'x', unnamed, 'sam'),
    ]);
    expect(await numbers(sessionId)).toEqual([
      102,
      [{ reason: 'unknown', refused: 102 }],
      [
        { gate: 'north', admitted: 0, refused: 100 },
        { admitted: 0, refused: 2 },
      ],
    ]);
  });

  test('is no lifecycle event', async () => {
    const { sessionId } = await issued();
    await admission.settle();
    await scan(sessionId, 'x');
    expect(await admission.settle()).toEqual([]);
  });

  test('is answered although it cannot be counted', async () => {
    const verdicts: string[] = [];
    const broken = checkInCommands({} as never, { read: async () => undefined } as never, {
      count: (_sessionId, _scanner, reason) => {
        verdicts.push(reason);
        return Promise.reject(new Error('throttled'));
      },
    });
    const answer = await broken.checkIn({
      now: new Date(),
      params: { sessionId: 'ses_1' },
      body: { code: 'x', nonce: 'n' },
      resource: { entity: {} },
      caller: { subject: 'sam' },
    } as never);
    expect(answer).toMatchObject({ status: 200, body: { result: 'refused', reason: 'unknown' } });
    expect(verdicts).toEqual(['unknown']);
  });
});

test('a repeat says when and where; the same nonce again is the same scan', async () => {
  const { sessionId, code } = await issued();
  const nonce = freshKey();
  const first = await scan(sessionId, code, { nonce });
  expect(first.status).toBe(201);
  const again = await scan(sessionId, code, { nonce });
  expect([again.status, again.body]).toEqual([201, first.body]);
  const other = await scan(sessionId, code, { device: 'scanner-2' });
  expect([other.status, other.body]).toEqual([
    200,
    {
      result: 'refused',
      reason: 'already_used',
      firstAdmittedAt: first.body.admittedAt,
      firstDevice: 'scanner-1',
      firstGate: 'north',
    },
  ]);
});

/** Each state a ticket can be in, and what each scan of it means. */
const states = {
  valid: async () => undefined,
  admitted: async (ticket: Ticket, sessionId: string) => {
    await scan(sessionId, await admission.codeOf(ticket), { nonce: 'the-first-scan' });
  },
  transferred: async (ticket: Ticket) => {
    const { status } = await admission.call('transferTicket', {
      params: { ticketId: ticketIdOf(ticket) },
      body: { email: 'ana@example.com', name: 'Ana' },
    });
    expect(status).toBe(201);
  },
  refunded: async (ticket: Ticket) => admission.end(ticket, 'refunded'),
  cancelled: async (ticket: Ticket) => admission.end(ticket, 'cancelled'),
  'admitted and refunded': async (ticket: Ticket, sessionId: string) => {
    await scan(sessionId, await admission.codeOf(ticket), { nonce: 'the-first-scan' });
    await admission.end(ticket, 'refunded');
  },
} as const;
type State = keyof typeof states;

const admitted = [201, 'admitted', undefined];
const refusedAs = (reason: string) => [200, 'refused', reason];

describe('a decision for each state of a ticket and each scan', () => {
  const table: Record<
    State,
    { readonly fresh: unknown; readonly repeat: unknown; readonly elsewhere: unknown }
  > = {
    valid: { fresh: admitted, repeat: admitted, elsewhere: refusedAs('wrong_session') },
    admitted: {
      fresh: refusedAs('already_used'),
      repeat: admitted,
      elsewhere: refusedAs('wrong_session'),
    },
    transferred: {
      fresh: refusedAs('revoked'),
      repeat: refusedAs('revoked'),
      elsewhere: refusedAs('wrong_session'),
    },
    refunded: {
      fresh: refusedAs('refunded'),
      repeat: refusedAs('refunded'),
      elsewhere: refusedAs('wrong_session'),
    },
    cancelled: {
      fresh: refusedAs('cancelled'),
      repeat: refusedAs('cancelled'),
      elsewhere: refusedAs('wrong_session'),
    },
    'admitted and refunded': {
      fresh: refusedAs('refunded'),
      repeat: refusedAs('refunded'),
      elsewhere: refusedAs('wrong_session'),
    },
  };

  test.for(
    Object.entries(table).flatMap(([state, row]) =>
      Object.entries(row).map(([kind, expected]) => [state as State, kind, expected] as const),
    ),
  )('%s, %s scan', async ([state, kind, expected]) => {
    const { sessionId, ticket, code } = await issued();
    await states[state](ticket, sessionId);
    const where = kind === 'elsewhere' ? await admission.session() : sessionId;
    const nonce = kind === 'repeat' ? 'the-first-scan' : freshKey();
    expect(said(await scan(where, code, { nonce }))).toEqual(expected);
  });

  test.for([
    ['before the doors open', { startsInMinutes: 241 }, refusedAs('not_yet_valid')],
    ['from four hours before the start', { startsInMinutes: 239 }, admitted],
    [
      'before the doors open, by the session’s own setting',
      { startsInMinutes: 31, doorsOpenMinutes: 30 },
      refusedAs('not_yet_valid'),
    ],
    ['when they do, by its own setting', { startsInMinutes: 29, doorsOpenMinutes: 30 }, admitted],
    ['days before, by its own setting', { startsInMinutes: 2_800, doorsOpenMinutes: 2_880 }, admitted],
    ['until its end', { startsInMinutes: -119, lastsMinutes: 120 }, admitted],
    ['after its end', { startsInMinutes: -121, lastsMinutes: 120 }, [409, 'CHECK_IN_CLOSED', undefined]],
    ['of a cancelled session', { status: 'cancelled' }, refusedAs('cancelled')],
    ['of a postponed session', { status: 'postponed' }, refusedAs('not_yet_valid')],
  ] as const)('%s', async ([, options, expected]) => {
    const { sessionId, code } = await issued(options);
    expect(said(await scan(sessionId, code))).toEqual(expected);
  });

  test('`at` says when the scan was, and never that it will be', async () => {
    const at = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();
    const early = await issued({ startsInMinutes: 200 });
    expect(said(await scan(early.sessionId, early.code, { at: at(-60) }))).toEqual(
      refusedAs('not_yet_valid'),
    );
    const over = await issued({ startsInMinutes: -125, lastsMinutes: 120 });
    const late = await scan(over.sessionId, over.code, { at: at(-10) });
    expect(said(late)).toEqual(admitted);
    const ahead = await issued();
    const { body } = await scan(ahead.sessionId, ahead.code, { at: at(90) });
    expect(Date.parse(body.admittedAt)).toBeLessThanOrEqual(Date.now());
  });
});

describe('a code that is not ours', () => {
  test('is unknown: another text, another key under our name, another kind of document', async () => {
    const { sessionId, code } = await issued();
    const [header = '', payload = ''] = code.split('.');
    const { privateKey } = await generateKeyPair('ES256');
    const forged = await new CompactSign(Buffer.from(payload, 'base64url'))
      .setProtectedHeader(JSON.parse(Buffer.from(header, 'base64url').toString()))
      .sign(privateKey);
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`;
    const { body: manifest } = await admission.call('getManifest', { params: { sessionId } });
    for (const text of ['hello', 'a.b.c', `${code}x`, forged, unsigned, manifest.signature]) {
      expect(said(await scan(sessionId, text))).toEqual(refusedAs('unknown'));
    }
    expect(said(await scan(sessionId, code))).toEqual(admitted);
  });

  test('is unknown when we signed it and the ticket is not there', async () => {
    const { sessionId } = await issued();
    const [ghost] = (await admission.issue(sessionId)) as [Ticket];
    const code = await admission.codeOf(ghost);
    await admission.table.delete({ pk: `TICKET#${ghost.serial}`, sk: 'TICKET' }, {});
    expect(said(await scan(sessionId, code))).toEqual(refusedAs('unknown'));
  });
});

describe('who may scan', () => {
  test.for(['ann', 'mia', 'sam'])('%s of the organization may', async (as) => {
    const { sessionId, code } = await issued();
    expect((await scan(sessionId, code, {}, as)).status).toBe(201);
  });

  test('strangers may not, and nobody without a token', async () => {
    const { sessionId, code } = await issued();
    expect(said(await scan(sessionId, code, {}, 'bob'))).toEqual([403, 'FORBIDDEN', undefined]);
    const anonymous = await admission.call('checkIn', {
      as: null,
      params: { sessionId },
      body: { code, nonce: freshKey() },
    });
    expect(anonymous.status).toBe(401);
    expect((await scan(sessionId, code)).status).toBe(201);
    const draft = await admission.session({ status: 'draft' });
    expect(said(await scan(draft, code, {}, 'bob'))).toEqual([404, 'NOT_FOUND', undefined]);
    expect(said(await scan('ses_00000000000000000000000000', code))).toEqual([404, 'NOT_FOUND', undefined]);
  });

  test('staff of one session in their window only', async () => {
    const one = await issued();
    const other = await issued();
    const hours = (count: number) => new Date(Date.now() + count * 3_600_000).toISOString();
    const window = { role: 'staff', sessionId: one.sessionId };
    await admission.member('sue', { ...window, from: hours(-1), until: hours(1) });
    await admission.member('early', { ...window, from: hours(1), until: hours(2) });
    await admission.member('late', { ...window, from: hours(-2), until: hours(-1) });
    expect((await scan(other.sessionId, other.code, {}, 'sue')).status).toBe(403);
    expect((await scan(one.sessionId, one.code, {}, 'early')).status).toBe(403);
    expect((await scan(one.sessionId, one.code, {}, 'late')).status).toBe(403);
    expect((await scan(one.sessionId, one.code, {}, 'sue')).status).toBe(201);
  });
});

test.for([
  ['no nonce', { nonce: undefined }, '/nonce'],
  ['a nonce that is guessed', { nonce: '1' }, '/nonce'],
  ['a code beyond all codes', { code: 'x'.repeat(601) }, '/code'],
  ['an instant without zone', { at: '2026-11-20T18:00:00' }, '/at'],
  ['a field of something else', { ticket: 'x' }, '/ticket'],
])('%s is refused by its pointer', async ([, change, pointer]) => {
  const sessionId = await admission.session();
  const { status, body } = await admission.call('checkIn', {
    params: { sessionId },
    body: { code: 'x', nonce: freshKey(), ...(change as object) },
  });
  expect([status, body.errors.map((fault: { pointer: string }) => fault.pointer)]).toEqual([422, [pointer]]);
});
