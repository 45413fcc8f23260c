import { compactVerify, createLocalJWKSet, decodeProtectedHeader } from 'jose';
import QRCode from 'qrcode';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Ticket, ticketIdOf } from '../../functions/admission/contracts.ts';
import { type Admission, freshKey, partsOf, startAdmission, ticketKeyId } from './harness.ts';
import { pdfText } from './pdf-text.ts';

let admission: Admission;
beforeAll(async () => {
  admission = await startAdmission();
});
afterAll(() => admission.stop());

const issued = async (options: Parameters<Admission['session']>[0] = {}, fields: Partial<Ticket> = {}) => {
  const sessionId = await admission.session(options);
  const [ticket] = (await admission.issue(sessionId, 1, fields)) as [Ticket];
  return { sessionId, ticket, ticketId: ticketIdOf(ticket) };
};
const get = (ticketId: string) => admission.call('getTicket', { as: null, params: { ticketId } });
const transfer = (
  ticketId: string,
  body: object = { email: 'ana@example.com', name: 'Ana' },
  key = freshKey(),
) => admission.call('transferTicket', { as: null, params: { ticketId }, body, key });

describe('a ticket', () => {
  test('says all that its holder needs, to whoever knows its id', async () => {
    const { sessionId, ticket, ticketId } = await issued({
      startsAt: '2027-03-28T17:00:00.000Z',
      endsAt: '2027-03-28T19:00:00.000Z',
    });
    const { status, headers, body } = await get(ticketId);
    expect(status).toBe(200);
    expect(headers['Cache-Control']).toBe('no-store');
    expect(body).toEqual({
      id: ticketId,
      serial: ticket.serial,
      status: 'valid',
      code: body.code,
      holderName: 'Ștefan Țepeș',
      locale: 'en',
      place: 'parter-A-1',
      ticketType: 'Parter',
      session: {
        id: sessionId,
        status: 'published',
        startsAt: '2027-03-28T17:00:00.000Z',
        endsAt: '2027-03-28T19:00:00.000Z',
        timeZone: 'Europe/Bucharest',
        doorsOpenAt: '2027-03-28T13:00:00.000Z',
      },
      event: { id: body.event.id, name: 'Cântece de primăvară' },
      venue: {
        id: body.venue.id,
        name: 'Ateneul Român',
        address: 'Strada Benjamin Franklin 1–3',
        city: 'București',
        country: 'RO',
        location: { lat: 44.4413, lon: 26.0973 },
        timeZone: 'Europe/Bucharest',
      },
    });
  });

  test('with another secret, or none at all, is not there', async () => {
    const { ticket } = await issued();
    const other = ticketIdOf({ serial: ticket.serial, secret: '0'.repeat(13) });
    for (const ticketId of [other, `tkt_${'0'.repeat(26)}`, 'tkt_short']) {
      const { status, body } = await get(ticketId);
      expect([status, body.code]).toEqual([404, 'NOT_FOUND']);
    }
  });

  test('that ended says so', async () => {
    const { ticket, ticketId } = await issued();
    await admission.end(ticket, 'refunded');
    expect((await get(ticketId)).body.status).toBe('refunded');
    await expect(admission.end(ticket, 'cancelled')).rejects.toThrow('The ticket was not ended');
  });
});

describe('its code', () => {
  test('verifies with the published keys, names ticket and session, and fits its QR code', async () => {
    const { sessionId, ticket, ticketId } = await issued();
    const { body } = await get(ticketId);
    const jwks = await admission.call('getTicketKeys', { as: null });
    expect([jwks.status, jwks.headers['Cache-Control']]).toEqual([200, 'public, max-age=300']);
    const { payload, protectedHeader } = await compactVerify(body.code, createLocalJWKSet(jwks.body));
    expect(JSON.parse(new TextDecoder().decode(payload))).toEqual({
      t: `${ticket.serial}${ticket.secret}`,
      s: sessionId.slice('ses_'.length),
    });
    expect(protectedHeader).toEqual({ alg: 'ES256', kid: jwks.body.keys[0].kid });
    expect(jwks.body.keys).toMatchObject([
      { kty: 'EC', crv: 'P-256', use: 'sig', alg: 'ES256', kid: expect.stringMatching(/^[0-9a-z]{8}$/) },
    ]);
    expect(JSON.stringify(jwks.body)).not.toContain('"d"');
    expect(body.code).toHaveLength(221);
    expect(QRCode.create(body.code, { errorCorrectionLevel: 'M' }).version).toBe(11);
  });

  test('is signed once and kept in memory', async () => {
    const { ticketId } = await issued();
    const before = admission.keyService.signatures();
    const codes = await Promise.all([get(ticketId), get(ticketId), get(ticketId)]);
    expect(new Set(codes.map(({ body }) => body.code)).size).toBe(1);
    expect(admission.keyService.signatures()).toBe(before + 1);
  });

  test('when KMS is asked too often, the answer is 503, and the next one has it', async () => {
    const { ticketId } = await issued();
    admission.keyService.throttle(1);
    const { status, headers, body } = await get(ticketId);
    expect([status, body.code, headers['Retry-After']]).toEqual([503, 'SERVICE_UNAVAILABLE', '1']);
    expect((await get(ticketId)).status).toBe(200);
  });

  test('of an older key stays valid when the keys rotate; the newest signs', async () => {
    const { sessionId, ticket, ticketId } = await issued();
    const [second] = (await admission.issue(sessionId)) as [Ticket];
    const old = await admission.codeOf(ticket);
    const rotated = admission.instance({
      keys: ['arn:aws:kms:eu-central-1:000000000000:key/v2', ticketKeyId],
    });
    const { body: jwks } = await rotated.call('getTicketKeys');
    expect(jwks.keys).toHaveLength(2);
    const renewed = (await rotated.call('getTicket', { params: { ticketId } })).body.code;
    expect(decodeProtectedHeader(old).kid).toBe(jwks.keys[1].kid);
    expect(decodeProtectedHeader(renewed).kid).toBe(jwks.keys[0].kid);
    const scan = async (code: string) =>
      (await rotated.call('checkIn', { params: { sessionId }, body: { code, nonce: freshKey() } })).body;
    expect(await scan(old)).toMatchObject({ result: 'admitted' });
    expect(await scan(renewed)).toMatchObject({ reason: 'already_used' });
    const newest = (await rotated.call('getTicket', { params: { ticketId: ticketIdOf(second) } })).body.code;
    expect(await scan(newest)).toMatchObject({ result: 'admitted' });
  });
});

describe('drawn', () => {
  test('as SVG and PNG, the modules of its code', async () => {
    const { ticketId } = await issued();
    const params = { ticketId };
    const { code } = (await get(ticketId)).body;
    const svg = await admission.call('getTicketQrSvg', { params });
    expect([svg.status, svg.headers['Content-Type']]).toEqual([200, 'image/svg+xml']);
    expect(svg.bytes.toString()).toContain('viewBox="0 0 69 69"');
    expect(svg.bytes.toString()).toBe(
      await QRCode.toString(code, { type: 'svg', errorCorrectionLevel: 'M', margin: 4 }),
    );
    const png = await admission.call('getTicketQrPng', { params });
    expect([png.status, png.headers['Content-Type']]).toEqual([200, 'image/png']);
    expect(png.bytes.subarray(0, 8).toString('hex')).toBe('89504e470d0a1a0a');
    // Width and height (PNG specification, IHDR).
    expect([png.bytes.readUInt32BE(16), png.bytes.readUInt32BE(20)]).toEqual([552, 552]);
  });

  test('as a page of A4, with every letter', async () => {
    const { ticketId } = await issued(
      { startsAt: '2027-03-28T17:00:00.000Z', endsAt: '2027-03-28T19:00:00.000Z' },
      {
        holders: [
          { name: 'Ștefan Țepeș-Brâncoveanu', email: 's@example.com', since: '2026-01-01T00:00:00Z' },
        ],
      },
    );
    const pdf = await admission.call('getTicketPdf', { params: { ticketId } });
    expect([pdf.status, pdf.headers['Content-Type'], pdf.headers['Content-Disposition']]).toEqual([
      200,
      'application/pdf',
      'inline; filename="ticket.pdf"',
    ]);
    const { pages, text } = pdfText(pdf.bytes);
    expect(pages).toBe(1);
    expect(text.split('\n')).toEqual([
      'Cântece de primăvară',
      'Sunday, 28 March 2027 at 20:00 (Europe/Bucharest)',
      'Ateneul Român, Strada Benjamin Franklin 1–3, București',
      'Place',
      'parter-A-1',
      'Ticket',
      'Parter',
      'Name',
      'Ștefan Țepeș-Brâncoveanu',
      'Show this code at the door. Whoever comes first with it is let in.',
    ]);
  });

  test('in the language of the order, at the time of the venue', async () => {
    const { ticketId } = await issued(
      { startsAt: '2027-03-28T17:00:00.000Z', endsAt: '2027-03-28T19:00:00.000Z' },
      { locale: 'ro' },
    );
    const pdf = await admission.call('getTicketPdf', { params: { ticketId } });
    expect(pdf.bytes.toString('latin1')).toContain('/Lang (ro-RO)');
    expect(pdfText(pdf.bytes).text.split('\n')).toEqual([
      'Cântece de primăvară',
      'duminică, 28 martie 2027 la 20:00 (Europe/Bucharest)',
      'Ateneul Român, Strada Benjamin Franklin 1–3, București',
      'Loc',
      'parter-A-1',
      'Bilet',
      'Parter',
      'Nume',
      'Ștefan Țepeș',
      'Arătați acest cod la intrare. Intră cine vine primul cu el.',
    ]);
  });

  test('names of any length stay on one page', async () => {
    const { ticketId } = await issued(
      { eventName: 'Ș'.repeat(200) },
      { holders: [{ name: 'ț'.repeat(120), email: 's@example.com', since: '2026-01-01T00:00:00Z' }] },
    );
    const pdf = await admission.call('getTicketPdf', { params: { ticketId } });
    expect(pdfText(pdf.bytes).pages).toBe(1);
  });

  test.for([
    // The clocks go forward that night: the concert is at 20:00 by the new time.
    [
      'after the change in spring',
      '2027-03-28T17:00:00.000Z',
      '2027-03-28T19:00:00.000Z',
      '20270328T200000',
      '20270328T220000',
    ],
    [
      'before it',
      '2027-03-27T18:00:00.000Z',
      '2027-03-27T20:00:00.000Z',
      '20270327T200000',
      '20270327T220000',
    ],
    // Four hours by the clock, five to wait: 03:00 to 04:00 comes twice.
    [
      'across the change in autumn',
      '2027-10-30T20:00:00.000Z',
      '2027-10-31T03:00:00.000Z',
      '20271030T230000',
      '20271031T050000',
    ],
  ] as const)('for the calendar, on the wall of the venue: %s', async ([, startsAt, endsAt, start, end]) => {
    const { ticket, ticketId } = await issued({ startsAt, endsAt });
    const { status, headers, bytes } = await admission.call('getTicketCalendar', { params: { ticketId } });
    expect([status, headers['Content-Type']]).toEqual([200, 'text/calendar']);
    const lines = bytes.toString().split('\r\n');
    expect(lines.every((line) => Buffer.byteLength(line) <= 75)).toBe(true);
    const text = bytes.toString().replaceAll('\r\n ', '').split('\r\n');
    expect(text).toContain(`DTSTART;TZID=Europe/Bucharest:${start}`);
    expect(text).toContain(`DTEND;TZID=Europe/Bucharest:${end}`);
    expect(text).toContain(`UID:${ticket.serial}@fairground`);
    expect(text).toContain('SUMMARY:Cântece de primăvară');
    expect(text).toContain('STATUS:CONFIRMED');
    expect(text.find((line) => line.startsWith('DTSTAMP:'))).toMatch(/^DTSTAMP:\d{8}T\d{6}Z$/);
    // RFC 5545 §3.6.5: the rules of the zone stand beside the times that refer to it.
    const zone = text.slice(text.indexOf('BEGIN:VTIMEZONE'), text.indexOf('END:VTIMEZONE'));
    expect(zone).toContain('TZID:Europe/Bucharest');
    expect(zone).toContain('RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU');
    expect(zone).toContain('RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU');
  });

  test.for([
    ['cancelled', 'STATUS:CANCELLED'],
    ['postponed', 'STATUS:TENTATIVE'],
  ] as const)('of a session that was %s', async ([sessionStatus, line]) => {
    const { ticketId } = await issued({ status: sessionStatus });
    const { bytes } = await admission.call('getTicketCalendar', { params: { ticketId } });
    expect(bytes.toString().split('\r\n')).toContain(line);
    const pdf = await admission.call('getTicketPdf', { params: { ticketId } });
    expect(pdfText(pdf.bytes).text).toContain(`This session was ${sessionStatus}.`);
  });

  test.for(['getTicketQrSvg', 'getTicketQrPng', 'getTicketPdf', 'getTicketCalendar'] as const)(
    '%s of no ticket is 404',
    async (operation) => {
      const { ticket } = await issued();
      const ticketId = ticketIdOf({ serial: ticket.serial, secret: '0'.repeat(13) });
      expect((await admission.call(operation, { params: { ticketId } })).status).toBe(404);
    },
  );
});

describe('a transfer', () => {
  test('gives a new id and code; the old ones are dead at once, and the history is kept', async () => {
    const { sessionId, ticket, ticketId } = await issued();
    const old = await admission.codeOf(ticket);
    const { status, body } = await transfer(ticketId, { email: 'ana@example.com', name: ' Ana Țurcanu ' });
    expect([status, body.holderName]).toEqual([201, 'Ana Țurcanu']);
    expect(partsOf(body.id).serial).toBe(ticket.serial);
    expect(body.id).not.toBe(ticketId);
    expect((await get(ticketId)).status).toBe(404);
    const now = (await get(body.id)).body;
    expect(now.holderName).toBe('Ana Țurcanu');
    // Two signatures of one text differ; what they sign is the same.
    expect(now.code.split('.').slice(0, 2)).toEqual(body.code.split('.').slice(0, 2));
    const scan = async (code: string) =>
      (await admission.call('checkIn', { params: { sessionId }, body: { code, nonce: freshKey() } })).body;
    expect(await scan(old)).toEqual({ result: 'refused', reason: 'revoked' });
    expect(await scan(body.code)).toMatchObject({ result: 'admitted' });
    expect((await admission.read(ticket)).holders.map(({ name, email }) => [name, email])).toEqual([
      ['Ștefan Țepeș', 'stefan@example.com'],
      ['Ana Țurcanu', 'ana@example.com'],
    ]);
  });

  test('repeated with its key is the same transfer, also after the next one', async () => {
    const { ticketId, ticket } = await issued();
    const key = freshKey();
    const first = await transfer(ticketId, undefined, key);
    const again = await transfer(ticketId, undefined, key);
    expect([again.status, again.body]).toEqual([201, first.body]);
    expect(again.headers['Idempotent-Replayed']).toBe('true');
    expect((await transfer(ticketId, { email: 'x@example.com', name: 'X' }, key)).body.code).toBe(
      'IDEMPOTENCY_KEY_REUSED',
    );
    const next = await transfer(first.body.id, { email: 'dan@example.com', name: 'Dan' });
    expect(next.status).toBe(201);
    // What it gave then, and nothing of what came after.
    const late = await transfer(ticketId, undefined, key);
    expect([late.status, late.body.id, late.body.holderName]).toEqual([201, first.body.id, 'Ana']);
    expect((await get(late.body.id)).status).toBe(404);
    expect((await admission.read(ticket)).holders).toHaveLength(3);
  });

  test('of an id that is no longer current is 404', async () => {
    const { ticketId } = await issued();
    expect((await transfer(ticketId)).status).toBe(201);
    expect((await transfer(ticketId)).body.code).toBe('NOT_FOUND');
    expect((await transfer(`tkt_${'0'.repeat(26)}`)).body.code).toBe('NOT_FOUND');
  });

  test('at once to two people: one has it', async () => {
    const { ticket, ticketId } = await issued();
    const answers = await Promise.all(
      ['a', 'b', 'c', 'd'].map((name) => transfer(ticketId, { email: `${name}@example.com`, name })),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 404, 404, 404]);
    expect((await admission.read(ticket)).holders).toHaveLength(2);
  });

  test('goes five times', async () => {
    const { ticketId } = await issued();
    let id = ticketId;
    for (let count = 1; count <= 5; count += 1) {
      const { status, body } = await transfer(id);
      expect([count, status]).toEqual([count, 201]);
      id = body.id;
    }
    const { status, body } = await transfer(id);
    expect([status, body.code, body.limit]).toEqual([409, 'TRANSFER_LIMIT_REACHED', 5]);
    expect((await get(id)).status).toBe(200);
  });

  test.for([
    ['admitted', {}],
    ['refunded', {}],
    ['cancelled', {}],
    ['session_cancelled', { status: 'cancelled' }],
    ['session_over', { startsInMinutes: -180, lastsMinutes: 120 }],
  ] as const)('is refused when %s', async ([currentStatus, options]) => {
    const { sessionId, ticket, ticketId } = await issued(options);
    if (currentStatus === 'admitted') {
      const code = await admission.codeOf(ticket);
      await admission.call('checkIn', { params: { sessionId }, body: { code, nonce: freshKey() } });
    } else if (currentStatus === 'refunded' || currentStatus === 'cancelled') {
      await admission.end(ticket, currentStatus);
    }
    const { status, body } = await transfer(ticketId);
    expect([status, body.code, body.currentStatus]).toEqual([409, 'TICKET_NOT_TRANSFERABLE', currentStatus]);
    expect((await admission.read(ticket)).secret).toBe(ticket.secret);
  });

  test('and a scan at once: either the old code is in, or the new one', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { sessionId, ticket, ticketId } = await issued();
      const code = await admission.codeOf(ticket);
      const [moved, scanned] = await Promise.all([
        transfer(ticketId),
        admission.call('checkIn', { params: { sessionId }, body: { code, nonce: freshKey() } }),
      ]);
      const outcome = [moved.status, scanned.body.result, scanned.body.reason];
      expect([
        [201, 'refused', 'revoked'],
        [409, 'admitted', undefined],
      ]).toContainEqual(outcome);
    }
  });

  test.for([
    ['no address', { email: 'ana', name: 'Ana' }, '/email'],
    ['no name', { email: 'ana@example.com', name: ' ' }, '/name'],
  ])('to %s is refused by its pointer', async ([, body, pointer]) => {
    const { ticketId } = await issued();
    const answer = await transfer(ticketId, body as object);
    expect([answer.status, answer.body.errors[0].pointer]).toEqual([422, pointer]);
  });
});
