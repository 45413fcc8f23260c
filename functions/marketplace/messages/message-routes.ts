import * as z from 'zod';
import { pageOf, pageQuery } from '../../platform/cursor.ts';
import { idOf } from '../../platform/id-schema.ts';
import { route } from '../../platform/route.ts';
import { instant } from '../../platform/time.ts';
import { leadParams, ofLead } from '../leads/lead-routes.ts';
import { party } from '../leads/quote.ts';
import { maxMessages, maxMessagesPerMinute, messageBody } from './thread.ts';

const id = (prefix: string) => `${prefix}_5zr1v9n6q0w8c4t2m7k3x1y9ab`;
const at = '2026-11-20T18:00:00.000Z';
const messageId = idOf('msg');
const uploadId = idOf('upl');
const maxAttachments = 5;

const message = z
  .strictObject({
    id: messageId,
    sequence: z.int().min(1).meta({ description: '1, 2, 3 …, the same for both sides.' }),
    by: party,
    body: z.string(),
    isMasked: z.boolean().meta({ description: 'Addresses, numbers or links are left out of `body`: `•••`.' }),
    attachments: z.array(
      z.strictObject({
        id: uploadId,
        contentType: z.string(),
        bytes: z.int(),
        url: z.url().optional().meta({ description: 'In lists: saves the file; it works for five minutes.' }),
      }),
    ),
    at: instant,
  })
  .meta({ id: 'Message' });
const messageExample: z.input<typeof message> = {
  id: id('msg'),
  sequence: 1,
  by: 'truck',
  body: 'Is there power at the square?',
  isMasked: false,
  attachments: [],
  at,
};

/** For which side somebody speaks. */
export const roleQuery = z.strictObject({
  role: party.optional().meta({ description: 'Needed by a caller who belongs to both sides.' }),
});

const readMarker = z.strictObject({ messageId, at: instant });

export const sendMessage = route({
  operationId: 'sendMessage',
  method: 'POST',
  path: '/leads/{leadId}/messages',
  function: 'leads-messages',
  tags: ['Leads'],
  summary: 'Write to the other side of a lead',
  description:
    `A message stays as it is. At most ${maxMessages} a lead, ${maxMessagesPerMinute} a minute of one side. Until the ` +
    'booking the other side reads it without e-mail addresses, telephone numbers and links; attachments are not looked into.',
  access: ofLead('SendMessage'),
  creates: true,
  params: leadParams,
  query: roleQuery,
  body: z.strictObject({
    body: messageBody,
    attachments: z
      .array(uploadId)
      .max(maxAttachments)
      .refine((ids) => new Set(ids).size === ids.length, { error: 'Each upload once' })
      .optional()
      .meta({
        description: 'Ids of uploads of the kind `message_attachment` by the organization that writes.',
      }),
  }),
  requestExample: { body: messageExample.body },
  responses: { 201: { description: 'The message.', schema: message, example: messageExample } },
  problems: ['THREAD_FULL', 'TOO_MANY_REQUESTS', 'UPLOAD_NOT_FOUND'],
});

export const listMessages = route({
  operationId: 'listMessages',
  method: 'GET',
  path: '/leads/{leadId}/messages',
  function: 'leads-queries',
  tags: ['Leads'],
  summary: 'Messages of a lead, the first first',
  description: 'For both sides in the same order. `after` goes on behind a message that is known.',
  access: ofLead('ReadLead'),
  params: leadParams,
  query: z
    .strictObject({ ...pageQuery, after: messageId.optional() })
    .refine(({ cursor, after }) => cursor === undefined || after === undefined, {
      error: 'Either cursor or after',
      path: ['after'],
    }),
  responses: {
    200: {
      description: 'A page, and how far both sides have read.',
      schema: pageOf(message).extend({
        readMarkers: z.strictObject({ organizer: readMarker.optional(), truck: readMarker.optional() }),
      }),
      example: { items: [messageExample], readMarkers: { organizer: { messageId: id('msg'), at } } },
    },
  },
});

export const putReadMarker = route({
  operationId: 'putReadMarker',
  method: 'PUT',
  path: '/leads/{leadId}/read-marker',
  function: 'leads-messages',
  tags: ['Leads'],
  summary: 'Say how far your side has read',
  description: 'It only goes forward: naming an earlier message changes nothing.',
  access: ofLead('MarkMessagesRead'),
  params: leadParams,
  query: roleQuery,
  body: z.strictObject({ messageId }),
  requestExample: { messageId: id('msg') },
  responses: {
    200: {
      description: 'How far it has read, and how many messages of the other side come after that.',
      schema: readMarker.extend({ unread: z.int().min(0) }),
      example: { messageId: id('msg'), at, unread: 0 },
    },
  },
});
