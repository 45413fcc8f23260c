import * as z from 'zod';
import { pageOf, pageQuery } from '../platform/cursor.ts';
import { idOf } from '../platform/id-schema.ts';
import { locale } from '../platform/locale.ts';
import { policy, publicAccess, route } from '../platform/route.ts';
import { instant } from '../platform/time.ts';
import { deadCode, refusalReason } from './check-in.ts';
import { maxTransfers, ticketId, ticketStatus } from './ticket.ts';
import { maxCodeLength } from './ticket-code.ts';

const id = (prefix: string) => `${prefix}_5zr1v9n6q0w8c4t2m7k3x1y9ab`;
const ticketParams = z.strictObject({ ticketId });
const sessionParams = z.strictObject({ sessionId: idOf('ses') });

const capability =
  'The id of a ticket is an unguessable capability: who knows it has the ticket. After a transfer the old id is 404.';

const ticket = z
  .strictObject({
    id: ticketId,
    serial: z.string().meta({ description: 'The same for ever; the id changes with each transfer.' }),
    status: ticketStatus,
    code: z.string().meta({ description: 'Compact JWS (ES256); what the QR code holds.' }),
    holderName: z.string(),
    locale: locale.meta({ description: 'Language of its PDF: that of the order.' }),
    place: z.string(),
    ticketType: z.string(),
    admittedAt: instant.optional(),
    session: z.strictObject({
      id: idOf('ses'),
      status: z.string(),
      startsAt: instant,
      endsAt: instant,
      timeZone: z.string(),
      doorsOpenAt: instant,
    }),
    event: z.strictObject({ id: idOf('evt'), name: z.string() }),
    venue: z.strictObject({
      id: idOf('ven'),
      name: z.string(),
      address: z.string(),
      city: z.string(),
      country: z.string(),
      location: z.strictObject({ lat: z.number(), lon: z.number() }),
      timeZone: z.string(),
    }),
  })
  .meta({ id: 'Ticket' });

const ticketExample = {
  id: id('tkt'),
  serial: '5zr1v9n6q0w8c',
  status: 'valid',
  code: 'eyJhbGciOiJFUzI1NiIsImtpZCI6Ijd4azJtOXF3In0.eyJ0IjoiNXpyMXY5bjZxMHc4YzR0Mm03azN4MXk5YWIiLCJzIjoi….MEUCIQ…',
  holderName: 'Ștefan Țepeș',
  locale: 'ro',
  place: 'stalls-A-1',
  ticketType: 'Stalls',
  session: {
    id: id('ses'),
    status: 'published',
    startsAt: '2027-03-01T20:00:00Z',
    endsAt: '2027-03-01T22:00:00Z',
    timeZone: 'Atlantic/Canary',
    doorsOpenAt: '2027-03-01T16:00:00.000Z',
  },
  event: { id: id('evt'), name: 'Four Last Songs' },
  venue: {
    id: id('ven'),
    name: 'Paraninfo',
    address: 'Calle Padre Herrera s/n',
    city: 'La Laguna',
    country: 'ES',
    location: { lat: 28.4817, lon: -16.3159 },
    timeZone: 'Atlantic/Canary',
  },
} as const;

const ticketRoute = { method: 'GET', tags: ['Tickets'], function: 'admission-queries' } as const;

export const getTicket = route({
  ...ticketRoute,
  operationId: 'getTicket',
  path: '/tickets/{ticketId}',
  summary: 'A ticket with its code',
  description: capability,
  access: publicAccess(),
  params: ticketParams,
  responses: { 200: { description: 'The ticket as it is now.', schema: ticket, example: ticketExample } },
});

export const getTicketQrSvg = route({
  ...ticketRoute,
  operationId: 'getTicketQrSvg',
  path: '/tickets/{ticketId}/qr.svg',
  summary: 'The code of a ticket as a QR code (SVG)',
  description: 'Version 11, error correction M: 61 × 61 modules and a quiet zone of four.',
  access: publicAccess(),
  params: ticketParams,
  responses: {
    200: { description: 'An image.', document: { mediaType: 'image/svg+xml', isBinary: false } },
  },
});

export const getTicketQrPng = route({
  ...ticketRoute,
  operationId: 'getTicketQrPng',
  path: '/tickets/{ticketId}/qr.png',
  summary: 'The code of a ticket as a QR code (PNG)',
  description: 'The same as the SVG, 552 × 552 pixels.',
  access: publicAccess(),
  params: ticketParams,
  responses: { 200: { description: 'An image.', document: { mediaType: 'image/png', isBinary: true } } },
});

export const getTicketPdf = route({
  ...ticketRoute,
  operationId: 'getTicketPdf',
  path: '/tickets/{ticketId}/ticket.pdf',
  summary: 'A ticket to print',
  description: 'One page of A4, in the language of the order.',
  access: publicAccess(),
  params: ticketParams,
  responses: {
    200: { description: 'A document.', document: { mediaType: 'application/pdf', isBinary: true } },
  },
});

export const getTicketCalendar = route({
  ...ticketRoute,
  operationId: 'getTicketCalendar',
  path: '/tickets/{ticketId}/ticket.ics',
  summary: 'A ticket for the calendar',
  description: 'RFC 5545, with the times on the wall of the venue and the rules of its time zone.',
  access: publicAccess(),
  params: ticketParams,
  responses: {
    200: {
      description: 'A calendar of one event.',
      document: { mediaType: 'text/calendar', isBinary: false },
    },
  },
});

export const getTicketKeys = route({
  ...ticketRoute,
  operationId: 'getTicketKeys',
  path: '/.well-known/jwks.json',
  summary: 'The keys that ticket codes verify with',
  description:
    'RFC 7517. All versions that tickets were signed with, the newest first; look again when a code names a `kid` that you do not know.',
  access: publicAccess(),
  responses: {
    200: {
      description: 'A key set.',
      schema: z.strictObject({
        keys: z.array(
          z.looseObject({
            kty: z.string(),
            crv: z.string(),
            x: z.string(),
            y: z.string(),
            kid: z.string(),
            alg: z.string(),
            use: z.string(),
          }),
        ),
      }),
      example: {
        keys: [
          {
            kty: 'EC',
            crv: 'P-256',
            x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
            y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
            use: 'sig',
            alg: 'ES256',
            kid: '7xk2m9qw',
          },
        ],
      },
    },
  },
});

export const transferTicket = route({
  operationId: 'transferTicket',
  method: 'POST',
  path: '/tickets/{ticketId}/transfer',
  function: 'admission-commands',
  tags: ['Tickets'],
  summary: 'Give a ticket to somebody else',
  description: `It gets a new id and code; the old ones are dead at once. Not after it let somebody in, nor after it ended; at most ${maxTransfers} times. ${capability}`,
  access: publicAccess(),
  creates: true,
  minKeyLength: 16,
  params: ticketParams,
  body: z.strictObject({
    email: z.email().max(254),
    name: z.string().trim().min(1).max(120),
  }),
  requestExample: { email: 'ana@example.com', name: 'Ana Ionescu' },
  responses: {
    201: {
      description: 'The new id and code.',
      schema: z.strictObject({ id: ticketId, code: z.string(), holderName: z.string() }),
      example: { id: id('tkt'), code: ticketExample.code, holderName: 'Ana Ionescu' },
    },
  },
  problems: ['TICKET_NOT_TRANSFERABLE', 'TRANSFER_LIMIT_REACHED'],
});

const code = z.string().min(1).max(maxCodeLength).meta({ description: 'The text of the QR code.' });
const nonce = z
  .string()
  .min(8)
  .max(64)
  .meta({ description: 'A fresh random text for each scan; the same for its retries.' });
const deviceName = z.string().trim().min(1).max(64);

const firstAdmission = {
  firstAdmittedAt: instant.optional().meta({ description: 'When it let somebody in first.' }),
  firstDevice: z.string().optional(),
  firstGate: z.string().optional(),
};

const scannedTicket = z.strictObject({
  serial: z.string(),
  place: z.string(),
  ticketType: z.string(),
  holderName: z.string(),
});
const scannedTicketExample = {
  serial: '5zr1v9n6q0w8c',
  place: 'stalls-A-1',
  ticketType: 'Stalls',
  holderName: 'Ștefan Țepeș',
};

const onSession = { kind: 'session', from: 'params.sessionId' } as const;

export const checkIn = route({
  operationId: 'checkIn',
  method: 'POST',
  path: '/sessions/{sessionId}/check-ins',
  function: 'admission-commands',
  tags: ['Check-in'],
  summary: 'Scan a ticket at the door',
  description:
    'The first scan lets in, whatever comes at the same time. The same `nonce` again answers the first admission again; ' +
    'a refusal is counted, but not kept: its repeat is judged anew. `at` is the instant of the scan (default and latest: now).',
  access: policy('CheckIn', onSession),
  params: sessionParams,
  body: z.strictObject({
    code,
    nonce,
    at: instant.optional(),
    device: deviceName.optional(),
    gate: deviceName.optional(),
  }),
  requestExample: { code: ticketExample.code, nonce: '0d5c1f0a-6a52', device: 'scanner-1', gate: 'north' },
  responses: {
    201: {
      description: 'Let them in.',
      schema: z.strictObject({ result: z.literal('admitted'), admittedAt: instant, ticket: scannedTicket }),
      example: { result: 'admitted', admittedAt: '2027-03-01T19:05:00.000Z', ticket: scannedTicketExample },
    },
    200: {
      description: 'Do not let them in; `reason` is one of a closed list.',
      schema: z.strictObject({
        result: z.literal('refused'),
        reason: refusalReason,
        ...firstAdmission,
      }),
      example: {
        result: 'refused',
        reason: 'already_used',
        firstAdmittedAt: '2027-03-01T19:05:00.000Z',
        firstDevice: 'scanner-1',
        firstGate: 'north',
      },
    },
  },
  problems: ['CHECK_IN_CLOSED'],
});

/** Most scans one upload takes: some 50 KB. */
export const maxScans = 100;

export const uploadScans = route({
  operationId: 'uploadScans',
  method: 'POST',
  path: '/sessions/{sessionId}/check-ins/batch',
  function: 'admission-commands',
  tags: ['Check-in'],
  summary: 'Upload what a scanner let in without a connection',
  description:
    'In any order and as often as you like: each scan is answered on its own, in the order sent, as things stand now. A ' +
    'ticket that two devices let in is a `conflict`: both scans are kept and the organizer is told.',
  access: policy('CheckIn', onSession),
  params: sessionParams,
  body: z.strictObject({
    scans: z
      .array(
        z.strictObject({
          code,
          nonce,
          at: instant,
          device: deviceName,
          gate: deviceName.optional(),
        }),
      )
      .min(1)
      .max(maxScans),
  }),
  requestExample: {
    scans: [
      { code: ticketExample.code, nonce: '0d5c1f0a-6a52', at: '2027-03-01T19:05:00Z', device: 'scanner-2' },
    ],
  },
  responses: {
    200: {
      description: 'What became of each scan.',
      schema: z.strictObject({
        results: z.array(
          z.strictObject({
            nonce: z.string(),
            result: z.enum(['admitted', 'conflict', 'refused']),
            reason: z.union([refusalReason, z.literal('session_over')]).optional(),
            ...firstAdmission,
          }),
        ),
      }),
      example: {
        results: [
          {
            nonce: '0d5c1f0a-6a52',
            result: 'conflict',
            firstAdmittedAt: '2027-03-01T19:04:00.000Z',
            firstDevice: 'scanner-1',
          },
        ],
      },
    },
  },
});

export const getManifest = route({
  operationId: 'getManifest',
  method: 'GET',
  path: '/sessions/{sessionId}/check-ins/manifest',
  function: 'admission-queries',
  tags: ['Check-in'],
  summary: 'What a scanner needs without a connection',
  description:
    '`page` is a JSON text: keys, tickets with hashes of their current secrets, and where to go on. `signature` is a ' +
    'compact JWS of type `fairground-manifest` over `{sha256}` of that text (base64url). With `cursor`, what changed since.',
  access: policy('CheckIn', onSession),
  params: sessionParams,
  query: z.strictObject({ cursor: z.string().max(1_500).optional() }),
  responses: {
    200: {
      description: 'One page; docs/guides/check-in.md says how a scanner uses it.',
      schema: z.strictObject({ page: z.string(), signature: z.string() }),
      example: {
        page: '{"sessionId":"ses_…","issuedAt":"2027-03-01T15:00:00.000Z","tickets":[…],"isComplete":true,"cursor":"…"}',
        signature:
          'eyJhbGciOiJFUzI1NiIsImtpZCI6Ijd4azJtOXF3IiwidHlwIjoiZmFpcmdyb3VuZC1tYW5pZmVzdCJ9.eyJzaGEyNTYiOiI….…',
      },
    },
  },
});

const admission = z.strictObject({
  at: instant,
  device: z.string().optional(),
  gate: z.string().optional(),
  dead: deadCode.optional(),
});

export const listConflicts = route({
  operationId: 'listConflicts',
  method: 'GET',
  path: '/sessions/{sessionId}/check-ins/conflicts',
  function: 'admission-queries',
  tags: ['Check-in'],
  summary: 'Tickets that several devices let in',
  description: 'Or one with a code that was dead, which it could not know. At most two seconds old.',
  access: policy('ReadCheckIns', onSession),
  params: sessionParams,
  query: z.strictObject(pageQuery),
  responses: {
    200: {
      description: 'Each with its admissions, earliest first.',
      schema: pageOf(
        z.strictObject({
          serial: z.string(),
          place: z.string(),
          ticketType: z.string(),
          admissions: z.array(admission),
        }),
      ),
      example: {
        items: [
          {
            serial: '5zr1v9n6q0w8c',
            place: 'stalls-A-1',
            ticketType: 'Stalls',
            admissions: [
              { at: '2027-03-01T19:04:00.000Z', device: 'scanner-1', gate: 'north' },
              { at: '2027-03-01T19:05:00.000Z', device: 'scanner-2' },
            ],
          },
        ],
      },
    },
  },
});

export const getCheckInSummary = route({
  operationId: 'getCheckInSummary',
  method: 'GET',
  path: '/sessions/{sessionId}/check-ins/summary',
  function: 'admission-queries',
  tags: ['Check-in'],
  summary: 'Numbers at the door',
  description:
    'At most two seconds old. Gates and devices are those of the first admission; what scanners without a connection ' +
    'refused is not known.',
  access: policy('ReadCheckIns', onSession),
  params: sessionParams,
  responses: {
    200: {
      description: 'How many are in and how many are still to come.',
      schema: z.strictObject({
        asOf: instant,
        tickets: z.int().meta({ description: 'Valid tickets.' }),
        admitted: z.int(),
        remaining: z.int(),
        conflicts: z.int(),
        refused: z.int().meta({ description: 'Scans that were refused at the door, not tickets.' }),
        byReason: z.array(z.strictObject({ reason: refusalReason, refused: z.int() })),
        byGate: z.array(z.strictObject({ gate: z.string().optional(), admitted: z.int(), refused: z.int() })),
        byDevice: z.array(z.strictObject({ device: z.string().optional(), admitted: z.int() })),
      }),
      example: {
        asOf: '2027-03-01T19:10:00.000Z',
        tickets: 603,
        admitted: 411,
        remaining: 192,
        conflicts: 1,
        refused: 12,
        byReason: [
          { reason: 'already_used', refused: 9 },
          { reason: 'wrong_session', refused: 3 },
        ],
        byGate: [
          { gate: 'north', admitted: 230, refused: 12 },
          { admitted: 181, refused: 0 },
        ],
        byDevice: [{ device: 'scanner-1', admitted: 411 }],
      },
    },
  },
});

export const admissionCommandRoutes = { transferTicket, checkIn, uploadScans };
export const admissionQueryRoutes = {
  getTicket,
  getTicketQrSvg,
  getTicketQrPng,
  getTicketPdf,
  getTicketCalendar,
  getTicketKeys,
  getManifest,
  listConflicts,
  getCheckInSummary,
};
