import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { admissionsOf, judgeOfflineScan } from '../../functions/admission/check-in.ts';
import { type Ticket, ticketIdOf } from '../../functions/admission/contracts.ts';
import type { Admission as AdmittedBy } from '../../functions/admission/ticket.ts';
import { type Admission, freshKey, startAdmission } from './harness.ts';

let admission: Admission;
beforeAll(async () => {
  admission = await startAdmission();
});
afterAll(() => admission.stop());

interface Scan {
  readonly code: string;
  readonly nonce: string;
  readonly at: string;
  readonly device: string;
  readonly gate?: string;
}

const at = (minutes: number): string => new Date(Date.now() + minutes * 60_000).toISOString();

const upload = async (sessionId: string, scans: readonly Scan[]) => {
  const { status, body } = await admission.call('uploadScans', { params: { sessionId }, body: { scans } });
  expect([status, body.code]).toEqual([200, undefined]);
  return body.results as readonly {
    nonce: string;
    result: string;
    reason?: string;
    firstAdmittedAt?: string;
    firstDevice?: string;
  }[];
};
const scanOnline = async (sessionId: string, code: string, more: object = {}) =>
  (await admission.call('checkIn', { params: { sessionId }, body: { code, nonce: freshKey(), ...more } }))
    .body;

const begun = async (count = 1) => {
  const sessionId = await admission.session({ startsInMinutes: -30 });
  const tickets = await admission.issue(sessionId, count);
  return { sessionId, tickets, codes: await Promise.all(tickets.map(admission.codeOf)) };
};

describe('an upload', () => {
  test('answers each scan on its own, in the order sent', async () => {
    const { sessionId, tickets, codes } = await begun(4);
    const [valid = '', refunded = '', moved = '', twice = ''] = codes;
    await admission.end(tickets[1] as Ticket, 'refunded');
    await admission.call('transferTicket', {
      params: { ticketId: ticketIdOf(tickets[2] as Ticket) },
      body: { email: 'ana@example.com', name: 'Ana' },
    });
    const elsewhere = await begun();
    const scan = (code: string, nonce: string, minutes = -5): Scan => ({
      code,
      nonce,
      at: at(minutes),
      device: 'd1',
    });
    expect(
      await upload(sessionId, [
        scan(refunded, 'nonce-refunded'),
        scan(valid, 'nonce-valid'),
        scan('hello', 'nonce-unknown'),
        scan(moved, 'nonce-revoked'),
        scan(elsewhere.codes[0] ?? '', 'nonce-elsewhere'),
        scan(valid, 'nonce-early', -300),
        scan(twice, 'nonce-twice'),
      ]),
    ).toEqual([
      { nonce: 'nonce-refunded', result: 'refused', reason: 'refunded' },
      { nonce: 'nonce-valid', result: 'admitted' },
      { nonce: 'nonce-unknown', result: 'refused', reason: 'unknown' },
      { nonce: 'nonce-revoked', result: 'refused', reason: 'revoked' },
      { nonce: 'nonce-elsewhere', result: 'refused', reason: 'wrong_session' },
      { nonce: 'nonce-early', result: 'refused', reason: 'not_yet_valid' },
      { nonce: 'nonce-twice', result: 'admitted' },
    ]);
  });

  test('again changes nothing', async () => {
    const { sessionId, tickets, codes } = await begun();
    const scans = [{ code: codes[0] ?? '', nonce: freshKey(), at: at(-5), device: 'd1', gate: 'north' }];
    const first = await upload(sessionId, scans);
    expect(await upload(sessionId, scans)).toEqual(first);
    expect(await upload(sessionId, [...scans, ...scans])).toEqual([...first, ...first]);
    expect((await admission.read(tickets[0] as Ticket)).revision).toBe(2);
  });

  test('after the session is over, of what was scanned before', async () => {
    const sessionId = await admission.session({ startsInMinutes: -150, lastsMinutes: 120 });
    const [ticket, other] = await admission.issue(sessionId, 2);
    const scan = async (one: Ticket | undefined, minutes: number): Promise<Scan> => ({
      code: await admission.codeOf(one as Ticket),
      nonce: freshKey(),
      at: at(minutes),
      device: 'd1',
    });
    const results = await upload(sessionId, [await scan(ticket, -31), await scan(other, -29)]);
    expect(results.map(({ result, reason }) => [result, reason])).toEqual([
      ['admitted', undefined],
      ['refused', 'session_over'],
    ]);
  });

  test.for([
    ['no scan', [], '/scans'],
    ['a hundred and one', Array.from({ length: 101 }, () => ({})), '/scans'],
    [
      'a scan without device',
      [{ code: 'x', nonce: 'a-long-nonce', at: '2026-11-20T18:00:00Z' }],
      '/scans/0/device',
    ],
  ] as const)('of %s is refused by its pointer', async ([, scans, pointer]) => {
    const sessionId = await admission.session();
    const { status, body } = await admission.call('uploadScans', { params: { sessionId }, body: { scans } });
    expect(status).toBe(422);
    expect(body.errors.map((fault: { pointer: string }) => fault.pointer)).toContain(pointer);
  });
});

describe('a ticket that two devices let in', () => {
  const both = (code: string, [first, second]: readonly [number, number]): readonly [Scan, Scan] => [
    { code, nonce: 'nonce-of-one', at: at(first), device: 'one', gate: 'north' },
    { code, nonce: 'nonce-of-two', at: at(second), device: 'two' },
  ];

  test('is a conflict, whichever log comes first', async () => {
    for (const order of [
      [0, 1],
      [1, 0],
    ] as const) {
      const { sessionId, tickets, codes } = await begun();
      const scans = both(codes[0] ?? '', [-10, -5]);
      const [earlier] = scans;
      const results = [];
      for (const index of order) results.push(...(await upload(sessionId, [scans[index]])));
      expect(results.map(({ result }) => result)).toEqual(['admitted', 'conflict']);
      expect(results[1]).toMatchObject({ firstAdmittedAt: earlier.at, firstDevice: 'one' });
      const ticket = await admission.read(tickets[0] as Ticket);
      expect(admissionsOf(ticket)).toEqual([
        { at: scans[0].at, nonce: 'nonce-of-one', device: 'one', gate: 'north', by: 'ann' },
        { at: scans[1].at, nonce: 'nonce-of-two', device: 'two', by: 'ann' },
      ]);
      const [again] = await upload(sessionId, [scans[order[0]]]);
      expect(again).toMatchObject({ result: 'conflict' });
    }
  });

  test('one of them online, is one too; a second device online is not let in at all', async () => {
    const { sessionId, tickets, codes } = await begun();
    const code = codes[0] ?? '';
    expect(await scanOnline(sessionId, code, { device: 'one', nonce: 'nonce-online' })).toMatchObject({
      result: 'admitted',
    });
    expect(await scanOnline(sessionId, code, { device: 'two' })).toMatchObject({ reason: 'already_used' });
    const [result] = await upload(sessionId, [{ code, nonce: 'nonce-offline', at: at(-5), device: 'three' }]);
    expect(result).toMatchObject({ result: 'conflict', firstDevice: 'three' });
    // The earlier one is the admission now; the scan at the door is still what it was.
    expect((await admission.read(tickets[0] as Ticket)).admission?.device).toBe('three');
    expect(await scanOnline(sessionId, code, { device: 'one', nonce: 'nonce-online' })).toMatchObject({
      result: 'admitted',
    });
  });

  test('is listed for the organizer, page by page, and counted', async () => {
    const { sessionId, tickets, codes } = await begun(5);
    const serials = tickets
      .slice(0, 3)
      .map(({ serial }) => serial)
      .toSorted();
    await upload(
      sessionId,
      codes.slice(0, 3).flatMap((code, index) => both(code, [-10, -5 - index])),
    );
    await upload(sessionId, [
      { code: codes[3] ?? '', nonce: freshKey(), at: at(-1), device: 'one', gate: 'south' },
    ]);
    const list = (query: Record<string, string>) =>
      admission.call('listConflicts', { params: { sessionId }, query });
    const first = (await list({ limit: '2' })).body;
    const second = (await list({ limit: '2', cursor: first.nextCursor })).body;
    expect([first.items.length, second.items.length, second.nextCursor]).toEqual([2, 1, undefined]);
    expect([...first.items, ...second.items].map(({ serial }) => serial)).toEqual(serials);
    expect(first.items[0]).toMatchObject({
      ticketType: 'Parter',
      admissions: [
        { at: expect.any(String), device: 'one', gate: 'north' },
        { at: expect.any(String), device: 'two' },
      ],
    });
    expect(JSON.stringify(first)).not.toContain('tkt_');
    const { body } = await admission.call('getCheckInSummary', { params: { sessionId } });
    expect(body).toEqual({
      asOf: body.asOf,
      tickets: 5,
      admitted: 4,
      remaining: 1,
      conflicts: 3,
      refused: 0,
      byReason: [],
      byGate: [
        { gate: 'north', admitted: 3, refused: 0 },
        { gate: 'south', admitted: 1, refused: 0 },
      ],
      byDevice: [{ device: 'one', admitted: 4 }],
    });
    expect((await list({ cursor: 'x' })).body.errors[0].code).toBe('INVALID_CURSOR');
    const other = await admission.session();
    const foreign = await admission.call('listConflicts', {
      params: { sessionId: other },
      query: { cursor: first.nextCursor },
    });
    expect(foreign.body.errors[0].code).toBe('INVALID_CURSOR');
  });
});

describe('a code that was dead before its log came', () => {
  test('let somebody in: the organizer is told, and the holder of the new one still gets in', async () => {
    const { sessionId, tickets, codes } = await begun();
    const [ticket] = tickets as [Ticket];
    const moved = await admission.call('transferTicket', {
      params: { ticketId: ticketIdOf(ticket) },
      body: { email: 'ana@example.com', name: 'Ana' },
    });
    const scan = { code: codes[0] ?? '', nonce: 'nonce-of-old', at: at(-9), device: 'one', gate: 'north' };
    const refused = { nonce: 'nonce-of-old', result: 'refused', reason: 'revoked' };
    expect(await upload(sessionId, [scan, scan])).toEqual([refused, refused]);
    const later = { ...scan, nonce: 'nonce-of-later', at: at(-8) };
    expect(await upload(sessionId, [later])).toEqual([{ ...refused, nonce: 'nonce-of-later' }]);
    expect((await admission.read(ticket)).revision).toBe(3);

    const entered = await scanOnline(sessionId, moved.body.code, { device: 'two' });
    expect(entered).toMatchObject({ result: 'admitted' });
    const list = await admission.call('listConflicts', { params: { sessionId } });
    expect(list.body.items.map(({ admissions }: { admissions: unknown }) => admissions)).toEqual([
      [
        { at: scan.at, device: 'one', gate: 'north', dead: 'revoked' },
        { at: entered.admittedAt, device: 'two' },
      ],
    ]);
    const { body } = await admission.call('getCheckInSummary', { params: { sessionId } });
    expect([body.admitted, body.remaining, body.conflicts]).toEqual([1, 0, 1]);
    // A copy of the new code at a third door, offline: all three are kept.
    const [copy] = await upload(sessionId, [
      { code: moved.body.code, nonce: 'nonce-of-copy', at: at(-7), device: 'three' },
    ]);
    expect(copy).toMatchObject({ result: 'conflict', firstDevice: 'three' });
    expect(kept(await admission.read(ticket)).map((text) => text.split(' ').at(-1))).toEqual([
      'one',
      'three',
      'two',
    ]);
  });

  test('of a ticket that was refunded after it let its holder in, and whose log comes again: nothing new', async () => {
    const { sessionId, tickets, codes } = await begun();
    const [ticket] = tickets as [Ticket];
    const scan = { code: codes[0] ?? '', nonce: 'nonce-of-scan', at: at(-9), device: 'one' };
    expect(await upload(sessionId, [scan])).toEqual([{ nonce: scan.nonce, result: 'admitted' }]);
    await admission.end(ticket, 'refunded');
    expect(await upload(sessionId, [scan])).toMatchObject([{ result: 'refused', reason: 'refunded' }]);
    expect((await admission.read(ticket)).conflicts ?? []).toEqual([]);
  });
});

/** Scans of one ticket by a few devices, with equal instants and repeats. */
const scansOf = fc.array(
  fc.record({
    device: fc.constantFrom('a', 'b', 'c', 'd'),
    minute: fc.integer({ min: -9, max: -1 }),
    nonce: fc.integer({ min: 0, max: 999 }),
  }),
  { minLength: 1, maxLength: 12 },
);

/** What the earliest scan of each device comes to, by hand: no code of the platform. */
const expectedOf = (scans: readonly { device: string; at: string; nonce: string }[]): readonly string[] => {
  const earliest = new Map<string, string>();
  for (const { device, at: instant, nonce } of scans) {
    const text = `${instant} ${nonce} ${device}`;
    const known = earliest.get(device);
    if (known === undefined || text < known) earliest.set(device, text);
  }
  return [...earliest.values()].sort();
};

const kept = (ticket: Pick<Ticket, 'admission' | 'conflicts'>): readonly string[] =>
  admissionsOf(ticket).map((one) => `${one.at} ${one.nonce} ${one.device}`);

describe('any order and any repetition of logs give the same admissions', () => {
  const begunAt = Date.now();
  const toScans = (drawn: readonly { device: string; minute: number; nonce: number }[]) =>
    drawn.map(({ device, minute, nonce }) => ({
      device,
      at: new Date(begunAt + minute * 60_000).toISOString(),
      // A nonce belongs to one scan of one device.
      nonce: `nonce-${device}-${minute}-${nonce}`,
    }));

  test('as decided', () => {
    const code = { serial: 's', secret: 'k', sessionId: 'ses_1' };
    const fresh = { ...code, status: 'valid' } as unknown as Ticket;
    const apply = (scans: readonly Omit<AdmittedBy, 'by'>[]): Ticket => {
      let ticket = fresh;
      for (const scan of scans) {
        const { kept: next } = judgeOfflineScan(ticket, code, { ...scan, by: 'ann' });
        if (next !== undefined) ticket = { ...ticket, ...next };
      }
      return ticket;
    };
    fc.assert(
      fc.property(
        scansOf.chain((drawn) =>
          fc.tuple(
            fc.constant(toScans(drawn)),
            fc.shuffledSubarray([...drawn.keys(), ...drawn.keys()], { minLength: drawn.length }),
          ),
        ),
        ([scans, order]) => {
          // Whatever order it is that they come in, in the end all came.
          const sent = [...order.flatMap((index) => scans[index] ?? []), ...scans];
          expect(kept(apply(sent))).toEqual(expectedOf(scans));
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test('as written, in batches that come at the same time', async () => {
    const sessionId = await admission.session({ startsInMinutes: -30 });
    await fc.assert(
      fc.asyncProperty(
        scansOf.map(toScans),
        fc.array(fc.nat({ max: 11 }), { minLength: 4, maxLength: 24 }),
        async (scans, picks) => {
          const [ticket] = (await admission.issue(sessionId)) as [Ticket];
          const code = await admission.codeOf(ticket);
          const batch = (indexes: readonly number[]) =>
            upload(
              sessionId,
              indexes.flatMap((index) => {
                const scan = scans[index % scans.length];
                return scan === undefined ? [] : [{ code, ...scan }];
              }),
            );
          const middle = Math.ceil(picks.length / 2);
          await Promise.all([batch(picks.slice(0, middle)), batch(picks.slice(middle))]);
          await batch([...scans.keys()].reverse());
          expect(kept(await admission.read(ticket))).toEqual(expectedOf(scans));
        },
      ),
      { numRuns: 40 },
    );
  }, 60_000);
});
