import { createHash } from 'node:crypto';
import { compactVerify, createLocalJWKSet, type JWK } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Ticket, ticketIdOf } from '../../functions/admission/contracts.ts';
import { type Admission, freshKey, type Instance, startAdmission } from './harness.ts';

let admission: Admission;
beforeAll(async () => {
  admission = await startAdmission();
});
afterAll(() => admission.stop());

interface Entry {
  readonly serial: string;
  readonly secretHash: string;
  readonly status: string;
  readonly place: string;
  readonly ticketType: string;
  readonly admitted: boolean;
}
interface Page {
  readonly keys: JWK[];
  readonly tickets: readonly Entry[];
  readonly isComplete: boolean;
  readonly cursor: string;
}

/** A scanner as docs/guides/check-in.md describes it: it trusts the key set that it began with. */
const scanner = (sessionId: string, instance: Instance = admission) => {
  const tickets = new Map<string, Entry>();
  let cursor: string | undefined;
  let keys: JWK[] = [];
  return {
    tickets,
    /** Reads pages until there are no more; gives how many entries each had. */
    async refresh(): Promise<readonly number[]> {
      const sizes: number[] = [];
      for (;;) {
        const { status, body } = await instance.call('getManifest', {
          params: { sessionId },
          ...(cursor !== undefined && { query: { cursor } }),
        });
        expect(status).toBe(200);
        const trusted = (await instance.call('getTicketKeys')).body;
        const { payload, protectedHeader } = await compactVerify(body.signature, createLocalJWKSet(trusted));
        expect(protectedHeader.typ).toBe('fairground-manifest');
        expect(JSON.parse(new TextDecoder().decode(payload))).toEqual({
          sha256: createHash('sha256').update(body.page).digest('base64url'),
        });
        const page = JSON.parse(body.page) as Page;
        keys = page.keys;
        for (const entry of page.tickets) tickets.set(entry.serial, entry);
        sizes.push(page.tickets.length);
        cursor = page.cursor;
        if (page.isComplete) return sizes;
      }
    },
    /** What the scanner says of a code without a connection. */
    async judge(code: string): Promise<string> {
      const { payload } = await compactVerify(code, createLocalJWKSet({ keys: keys as never }));
      const { t, s } = JSON.parse(new TextDecoder().decode(payload)) as { t: string; s: string };
      if (`ses_${s}` !== sessionId) return 'wrong_session';
      const entry = tickets.get(t.slice(0, 13));
      if (entry === undefined) return 'not in the manifest';
      const hash = createHash('sha256').update(t.slice(13)).digest('base64url').slice(0, 16);
      if (hash !== entry.secretHash) return 'revoked';
      if (entry.status !== 'valid') return entry.status;
      return entry.admitted ? 'already_used' : 'admitted';
    },
  };
};

test('a scanner judges every ticket by its manifest, and by the delta what changed since', async () => {
  const sessionId = await admission.session();
  const tickets = await admission.issue(sessionId, 6);
  const [valid, refunded, cancelled, moved, used, later] = tickets as readonly [
    Ticket,
    Ticket,
    Ticket,
    Ticket,
    Ticket,
    Ticket,
  ];
  const codes = new Map<Ticket, string>();
  for (const ticket of tickets) codes.set(ticket, await admission.codeOf(ticket));
  const codeOf = (ticket: Ticket): string => codes.get(ticket) ?? '';
  await admission.end(refunded, 'refunded');
  const device = scanner(sessionId);
  expect(await device.refresh()).toEqual([6]);
  expect(await device.judge(codeOf(valid))).toBe('admitted');
  expect(await device.judge(codeOf(refunded))).toBe('refunded');
  expect(await device.judge(codeOf(moved))).toBe('admitted');

  await admission.end(cancelled, 'cancelled');
  const transferred = await admission.call('transferTicket', {
    params: { ticketId: ticketIdOf(moved) },
    body: { email: 'ana@example.com', name: 'Ana' },
  });
  await admission.call('checkIn', { params: { sessionId }, body: { code: codeOf(used), nonce: freshKey() } });
  const [issued] = (await admission.issue(sessionId)) as [Ticket];
  expect(await device.judge(await admission.codeOf(issued))).toBe('not in the manifest');
  await device.refresh();
  expect(await device.judge(codeOf(cancelled))).toBe('cancelled');
  expect(await device.judge(codeOf(moved))).toBe('revoked');
  expect(await device.judge(transferred.body.code)).toBe('admitted');
  expect(await device.judge(codeOf(used))).toBe('already_used');
  expect(await device.judge(codeOf(later))).toBe('admitted');
  expect(await device.judge(await admission.codeOf(issued))).toBe('admitted');
  const elsewhere = await admission.session();
  const [foreign] = (await admission.issue(elsewhere)) as [Ticket];
  expect(await device.judge(await admission.codeOf(foreign))).toBe('wrong_session');
});

test('it carries neither names nor what would let its reader make a code', async () => {
  const sessionId = await admission.session();
  const [ticket] = (await admission.issue(sessionId)) as [Ticket];
  const { body } = await admission.call('getManifest', { params: { sessionId } });
  const page = JSON.parse(body.page);
  expect(page).toMatchObject({ sessionId, sessionStatus: 'published', isComplete: true });
  expect(page.tickets).toEqual([
    {
      serial: ticket.serial,
      secretHash: createHash('sha256').update(ticket.secret).digest('base64url').slice(0, 16),
      status: 'valid',
      place: 'parter-A-1',
      ticketType: 'Parter',
      admitted: false,
    },
  ]);
  for (const text of [ticket.secret, 'Țepeș', 'stefan@example.com']) expect(body.page).not.toContain(text);
});

test('a session of 2,500 comes in pages of a thousand, each ticket once; the delta later is small', async () => {
  // The clock of this instance goes ahead, so that the delta leaves out what was issued now.
  let aheadMs = 0;
  const RealDate = Date;
  const sessionId = await admission.session({ startsInMinutes: 200 });
  const tickets = await admission.issue(sessionId, 2_500);
  const device = scanner(sessionId);
  expect(await device.refresh()).toEqual([1_000, 1_000, 500]);
  expect(device.tickets.size).toBe(2_500);
  globalThis.Date = class extends RealDate {
    constructor(...given: ConstructorParameters<typeof RealDate> | []) {
      if (given.length === 0) super(RealDate.now() + aheadMs);
      else super(...given);
    }
    static override now(): number {
      return RealDate.now() + aheadMs;
    }
  } as DateConstructor;
  try {
    aheadMs = 60_000;
    await device.refresh();
    aheadMs = 120_000;
    expect(await device.refresh()).toEqual([0]);
    await admission.end(tickets[7] as Ticket, 'refunded');
    aheadMs = 125_000;
    expect(await device.refresh()).toEqual([1]);
    // Half a minute back is read again, in case an entry came late; then it is told no more.
    expect(await device.refresh()).toEqual([1]);
    aheadMs = 240_000;
    await device.refresh();
    expect(await device.refresh()).toEqual([0]);
  } finally {
    globalThis.Date = RealDate;
  }
  expect(device.tickets.get((tickets[7] as Ticket).serial)?.status).toBe('refunded');
});

test.for([
  ['nonsense', 'nonsense'],
  [
    'no cursor of this session',
    Buffer.from(JSON.stringify({ session: 'ses_other', shard: 0, begun: '2026-11-20T18:00:00Z' })).toString(
      'base64url',
    ),
  ],
  [
    'a shard that there is not',
    Buffer.from(JSON.stringify({ session: '', shard: 8, begun: '2026-11-20T18:00:00Z' })).toString(
      'base64url',
    ),
  ],
] as const)('a cursor of %s is refused', async ([, cursor]) => {
  const sessionId = await admission.session();
  const { status, body } = await admission.call('getManifest', { params: { sessionId }, query: { cursor } });
  expect([status, body.errors[0].code]).toEqual([422, 'INVALID_CURSOR']);
});

describe('numbers at the door', () => {
  test('are two seconds old at most, and only what changed is read again', async () => {
    let nowMs = Date.now();
    const instance = admission.instance({ clockMs: () => nowMs });
    const sessionId = await admission.session();
    const tickets = await admission.issue(sessionId, 300);
    const summary = async () => {
      const { body } = await instance.call('getCheckInSummary', { params: { sessionId } });
      return [body.tickets, body.admitted, body.remaining];
    };
    expect(await summary()).toEqual([300, 0, 300]);
    const [one, two] = tickets as readonly [Ticket, Ticket];
    const body = { code: await admission.codeOf(one), nonce: freshKey() };
    expect((await instance.call('checkIn', { params: { sessionId }, body })).status).toBe(201);
    await admission.end(two, 'refunded');
    nowMs += 1_999;
    expect(await summary()).toEqual([300, 0, 300]);
    nowMs += 1;
    expect(await summary()).toEqual([299, 1, 298]);
    // A minute later a pass finds what changed since: nothing in eight shards (4 units), and no refusals; beside it the membership, and session, event and venue.
    nowMs += 60_000;
    await summary();
    nowMs += 60_000;
    await summary();
    expect(instance.cost()).toEqual({ calls: 12, readUnits: 7, writeUnits: 0 });
  });

  test('of a session without tickets are zero', async () => {
    const sessionId = await admission.session();
    const { body } = await admission.call('getCheckInSummary', { params: { sessionId } });
    expect(body).toEqual({
      asOf: body.asOf,
      tickets: 0,
      admitted: 0,
      remaining: 0,
      conflicts: 0,
      refused: 0,
      byReason: [],
      byGate: [],
      byDevice: [],
    });
  });

  test.for(['getManifest', 'listConflicts', 'getCheckInSummary'] as const)(
    '%s is for members of the organization',
    async (operation) => {
      const sessionId = await admission.session();
      const params = { sessionId };
      const statuses = [];
      for (const as of ['ann', 'mia', 'sam', 'bob', null])
        statuses.push((await admission.call(operation, { params, as })).status);
      expect(statuses).toEqual([200, 200, 200, 403, 401]);
    },
  );
});
