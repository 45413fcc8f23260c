import * as z from 'zod';
import { pageOf, pageQuery } from '../../platform/cursor.ts';
import { idOf } from '../../platform/id-schema.ts';
import { policy, route } from '../../platform/route.ts';
import { getRsvp, rsvpSchema } from './rsvp-routes.ts';

const sessionParams = z.strictObject({ sessionId: idOf('ses') });
const onSession = { kind: 'session', from: 'params.sessionId' } as const;

export const listRsvps = route({
  operationId: 'listRsvps',
  method: 'GET',
  path: '/sessions/{sessionId}/rsvps',
  function: 'orders-queries',
  tags: ['RSVPs'],
  summary: 'Answers to the invitation of a session, newest first',
  description:
    'For owners and managers: answers name people. A new answer is in the list within a second or so.',
  access: policy('ListRsvps', onSession),
  params: sessionParams,
  query: z.strictObject(pageQuery),
  responses: {
    200: {
      description: 'A page.',
      schema: pageOf(rsvpSchema),
      example: { items: [getRsvp.responses[200].example] },
    },
  },
});

const rsvpCounts = z
  .strictObject({
    answers: z
      .strictObject({ yes: z.int(), maybe: z.int(), no: z.int() })
      .meta({ description: 'Without those that the organizer cancelled.' }),
    statuses: z.strictObject({ pending: z.int(), confirmed: z.int(), cancelled: z.int() }),
    people: z.int().meta({ description: 'Guests who come, and whom they bring: places that are taken.' }),
    isComplete: z.boolean().meta({ description: 'False beyond 100,000 answers, which are not counted.' }),
  })
  .meta({ id: 'RsvpCounts' });

export const countRsvps = route({
  operationId: 'countRsvps',
  method: 'GET',
  path: '/sessions/{sessionId}/rsvps/counts',
  function: 'orders-queries',
  tags: ['RSVPs'],
  summary: 'How many said what, and how many people come',
  access: policy('ListRsvps', onSession),
  params: sessionParams,
  responses: {
    200: {
      description: 'As it was a second or so ago.',
      schema: rsvpCounts,
      example: {
        answers: { yes: 41, maybe: 6, no: 9 },
        statuses: { pending: 8, confirmed: 39, cancelled: 9 },
        people: 72,
        isComplete: true,
      },
    },
  },
});

export const exportRsvps = route({
  operationId: 'exportRsvps',
  method: 'GET',
  path: '/sessions/{sessionId}/rsvps.csv',
  function: 'orders-queries',
  tags: ['RSVPs'],
  summary: 'Answers to the invitation of a session as CSV, a row for each',
  description:
    'Newest first, in parts of 1,000 answers at most. While there is more, `Link` with `rel="next"` leads to the next ' +
    'part; only the first has the names of the columns, so that parts put one after the other are one file. A cell that ' +
    'a spreadsheet would take for a formula begins with an apostrophe.',
  access: policy('ExportRsvps', onSession),
  params: sessionParams,
  query: z.strictObject({ cursor: pageQuery.cursor }),
  responses: {
    200: { description: 'A part, RFC 4180 in UTF-8.', document: { mediaType: 'text/csv', isBinary: false } },
  },
});

export const rsvpOrganizerRoutes = { listRsvps, countRsvps, exportRsvps };
export const rsvpQueryRoutes = { getRsvp, ...rsvpOrganizerRoutes };
