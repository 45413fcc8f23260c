import * as z from 'zod';
import { idOf } from '../../platform/id-schema.ts';
import { policy, publicAccess, route } from '../../platform/route.ts';
import { instant } from '../../platform/time.ts';
import { truckParams } from '../truck-params.ts';
import { importStatus, maxSources } from './calendar-import.ts';
import { importedDays, maxCalendarLength, maxImportedTimes } from './import-limits.ts';

const ofTruck = (action: string) => policy(action, { kind: 'truck', from: 'params.truckId' });
const id = (prefix: string) => `${prefix}_5zr1v9n6q0w8c4t2m7k3x1y9ab`;
const tags = ['Trucks'];

export const createCalendarFeed = route({
  operationId: 'createCalendarFeed',
  method: 'POST',
  path: '/trucks/{truckId}/calendar-feed',
  function: 'marketplace-commands',
  tags,
  summary: 'Make or renew the address of a truck’s feed',
  description:
    'The address holds a secret of which only a hash is kept: it is told here, once. A repeat makes another one, and the one before is 404 at once.',
  access: ofTruck('ManageCalendar'),
  params: truckParams,
  responses: {
    201: {
      description: 'The address.',
      schema: z.strictObject({
        path: z.string().meta({ description: 'Below the address of the API. Who has it reads the feed.' }),
      }),
      example: { path: `/trucks/${id('trk')}/feeds/${id('cft')}/calendar.ics` },
    },
  },
});

export const deleteCalendarFeed = route({
  operationId: 'deleteCalendarFeed',
  method: 'DELETE',
  path: '/trucks/{truckId}/calendar-feed',
  function: 'marketplace-commands',
  tags,
  summary: 'Take away the address of a truck’s feed',
  access: ofTruck('ManageCalendar'),
  params: truckParams,
  responses: { 204: { description: 'There is none, or was none.' } },
});

export const getCalendarFeed = route({
  operationId: 'getCalendarFeed',
  method: 'GET',
  path: '/trucks/{truckId}/feeds/{feedToken}/calendar.ics',
  function: 'marketplace-queries',
  tags,
  summary: 'A truck’s calendar for other calendars',
  description:
    'RFC 5545: bookings, holds (`TENTATIVE`) and blackouts of the last 90 days and a year ahead. Who booked is not in it, nor is what was imported. Ask with `If-None-Match`: the same calendar is 304.',
  access: publicAccess(),
  params: truckParams.extend({ feedToken: idOf('cft') }),
  responses: {
    200: { description: 'A calendar.', document: { mediaType: 'text/calendar', isBinary: false } },
  },
});

const source = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,39}$/)
  .meta({
    description: 'Name of the calendar: a later import of it replaces what this one brings.',
    example: 'google',
  });

const calendarUrl = z
  .url({ protocol: /^https$/, error: 'An https address' })
  .max(2_000)
  .refine((text) => !URL.canParse(text) || (new URL(text).username === '' && new URL(text).password === ''), {
    error: 'An address without a password',
  })
  .meta({ example: 'https://calendar.example.com/private-5zr1/basic.ics' });

const ics = z.string().min(1).max(maxCalendarLength).meta({ description: 'An iCalendar file (RFC 5545).' });

const file = [
  'BEGIN:VCALENDAR',
  'VERSION:2.0',
  'PRODID:-//Example//EN',
  'BEGIN:VEVENT',
  'UID:1@example.com',
  'DTSTAMP:20261101T000000Z',
  'DTSTART;VALUE=DATE:20270501',
  'END:VEVENT',
  'END:VCALENDAR',
  '',
].join('\r\n');

const conflict = z.strictObject({
  from: instant,
  to: instant,
  kind: z.enum(['booking', 'hold', 'blackout']),
});
const skipped = z.union([
  z.strictObject({ from: instant, to: instant, reason: z.literal('OVERLAP'), conflict }),
  z.strictObject({ from: instant, to: instant, reason: z.literal('CALENDAR_FULL') }),
]);
const count = z.int().min(0);

const calendarImport = z
  .strictObject({
    id: idOf('cim'),
    source,
    status: importStatus.meta({
      description:
        '`pending` and `removing` are under way; `ended`: removed, or a later import of the calendar is in its place.',
    }),
    createdAt: instant,
    finishedAt: instant.optional(),
    host: z.string().optional().meta({ description: 'Where it is fetched from, once a day.' }),
    imported: count.optional().meta({ description: 'Times that block the truck.' }),
    skipped: z
      .array(skipped)
      .optional()
      .meta({ description: 'Times that do not, because something else takes them.' }),
    ignored: z
      .strictObject({ free: count, cancelled: count, outside: count, own: count })
      .optional()
      .meta({
        description: `Events that take no time, are cancelled, are over or more than ${importedDays} days ahead, or are of this truck’s own feed.`,
      }),
    fault: z
      .strictObject({ reason: z.string(), line: z.int().min(1).optional() })
      .optional()
      .meta({ description: 'Why the last run failed; what was brought before stays.' }),
  })
  .meta({ id: 'CalendarImport' });

const pending: z.input<typeof calendarImport> = {
  id: id('cim'),
  source: 'google',
  status: 'pending',
  createdAt: '2026-11-20T18:00:00.000Z',
};
const done: z.input<typeof calendarImport> = {
  ...pending,
  status: 'done',
  finishedAt: '2026-11-20T18:00:01.000Z',
  imported: 41,
  skipped: [
    {
      from: '2026-12-05T08:00:00.000Z',
      to: '2026-12-05T12:00:00.000Z',
      reason: 'OVERLAP',
      conflict: { from: '2026-12-05T10:00:00.000Z', to: '2026-12-05T14:00:00.000Z', kind: 'booking' },
    },
  ],
  ignored: { free: 2, cancelled: 0, outside: 17, own: 0 },
};

export const createCalendarImport = route({
  operationId: 'createCalendarImport',
  method: 'POST',
  path: '/trucks/{truckId}/calendar-imports',
  function: 'marketplace-commands',
  tags,
  summary: 'Import a calendar as blackouts',
  description: `A file, or an https address that is fetched in the background, and again each day. All it takes within ${importedDays} days blocks the truck, at most ${maxImportedTimes} times; all-day events and times without a zone are in the zone of the truck. It replaces what the calendar of this name brought before. At most ${maxSources} calendars.`,
  access: ofTruck('ManageCalendar'),
  creates: true,
  params: truckParams,
  // Text in JSON: line ends are two characters, others may be six.
  maxBodyBytes: 2_500_000,
  body: z.union([z.strictObject({ source, ics }), z.strictObject({ source, url: calendarUrl })]),
  requestExample: { source: 'google', ics: file },
  responses: {
    202: {
      description: 'It is written in the background; read it to see what came of it.',
      schema: calendarImport,
      example: pending,
    },
  },
  problems: ['TOO_MANY_CALENDARS'],
});

export const listCalendarImports = route({
  operationId: 'listCalendarImports',
  method: 'GET',
  path: '/trucks/{truckId}/calendar-imports',
  function: 'marketplace-queries',
  tags,
  summary: 'The imports in force, one of each calendar',
  access: ofTruck('ReadCalendar'),
  params: truckParams,
  responses: {
    200: {
      description: 'By their name.',
      schema: z.strictObject({ items: z.array(calendarImport) }),
      example: { items: [done] },
    },
  },
});

const importParams = truckParams.extend({ importId: idOf('cim') });

export const getCalendarImport = route({
  operationId: 'getCalendarImport',
  method: 'GET',
  path: '/trucks/{truckId}/calendar-imports/{importId}',
  function: 'marketplace-queries',
  tags,
  summary: 'What came of an import',
  access: ofTruck('ReadCalendar'),
  params: importParams,
  responses: { 200: { description: 'The import.', schema: calendarImport, example: done } },
});

export const deleteCalendarImport = route({
  operationId: 'deleteCalendarImport',
  method: 'DELETE',
  path: '/trucks/{truckId}/calendar-imports/{importId}',
  function: 'marketplace-commands',
  tags,
  summary: 'Remove an imported calendar',
  description: 'It is fetched no more, and its times are open again, as far as they are not over.',
  access: ofTruck('ManageCalendar'),
  params: importParams,
  responses: { 204: { description: 'It is being removed, or was.' } },
});
