import { randomId } from '../../functions/platform/ids.ts';
import { briefBody } from '../support/brief-body.ts';
import {
  accepted,
  asked,
  booked,
  bookedFree,
  briefed,
  completed,
  contacted,
  type LeadWorld,
  listed,
  offer,
  quoted,
  quotedFree,
} from './market-world.ts';
import { organizer } from './order-use-cases.ts';
import type { Operation, Platform } from './platform.ts';
import { uploaded } from './truck-use-cases.ts';
import { byApi, freshKey, must, type Ready, type UseCase } from './use-cases.ts';

type Side = 'truckOwner' | 'organizer';

/** What one side of a lead asks of it. */
const asking =
  (
    before: (platform: Platform) => Promise<LeadWorld>,
    operation: Operation,
    side: Side,
    bodyOf: (world: LeadWorld, platform: Platform) => object | undefined | Promise<object> = () => undefined,
  ) =>
  async (platform: Platform): Promise<Ready> => {
    const world = await before(platform);
    const body = await bodyOf(world, platform);
    const call = {
      as: world[side],
      params: { leadId: world.leadId },
      key: freshKey(),
      ...(body && { body }),
    };
    return { marks: [world.leadId], run: byApi(platform, operation, call) };
  };

/** An event of an organizer at the hours of a brief. */
const withEvent = async (platform: Platform) => {
  const { as, more, inCatalog } = await organizer(platform);
  const sessionId = randomId('ses');
  const { startsAt, endsAt } = briefBody;
  await inCatalog(sessionId, { startsAt, endsAt });
  return { as, ...more, sessionId };
};

/** A message of the truck that is there: its id. */
const messageOf = async (platform: Platform, { leadId, truckOwner: as }: LeadWorld): Promise<string> => {
  const call = { as, params: { leadId }, key: freshKey(), body: { body: 'With pleasure.' } };
  const { body } = await must(platform, 201, 'sendMessage', call);
  return body.id as string;
};

/** An extension reaches from now on: one that is repeated a second later extends by a second more. */
const anyLength = (fact: string): string =>
  fact
    .replaceAll(/"(revision|sequence|version)":\d+/g, '"$1":n')
    .replace(/(TRUCK-HOLD-EXTENDED) \d+/, '$1 n');

export const leadUseCases: readonly UseCase[] = [
  {
    name: 'new brief',
    context: 'marketplace',
    calls: ['Query memberships', 'PutItem brief'],
    async prepare(platform) {
      const { organizer: as, briefId } = await briefed(platform);
      return {
        marks: [briefId],
        run: byApi(platform, 'createBrief', { as, key: freshKey(), body: briefBody }),
      };
    },
  },
  {
    name: 'new brief for an event',
    context: 'marketplace',
    calls: ['Query memberships', 'GetItem event', 'GetItem venue', 'BatchGetItem session', 'PutItem brief'],
    async prepare(platform) {
      const { as, eventId, organizationId } = await withEvent(platform);
      const { name, guests } = briefBody;
      const call = { as, key: freshKey(), body: { name, guests, eventId } };
      return { marks: [organizationId, eventId], run: byApi(platform, 'createBrief', call) };
    },
  },
  {
    name: 'change of a brief',
    context: 'marketplace',
    calls: ['GetItem brief', 'Query memberships', 'UpdateItem brief'],
    async prepare(platform) {
      const { organizer: as, briefId } = await briefed(platform);
      const call = { as, params: { briefId }, ifMatch: '"r1"', body: { guests: 150 } };
      return { marks: [briefId], run: byApi(platform, 'updateBrief', call) };
    },
  },
  {
    name: 'a brief joins an event',
    context: 'marketplace',
    calls: [
      'GetItem brief',
      'Query memberships',
      'GetItem event',
      'GetItem venue',
      'BatchGetItem session',
      'UpdateItem brief',
    ],
    async prepare(platform) {
      const { as, eventId, organizationId } = await withEvent(platform);
      const { body } = await must(platform, 201, 'createBrief', { as, key: freshKey(), body: briefBody });
      const call = { as, params: { briefId: body.id as string }, ifMatch: '"r1"', body: { eventId } };
      return { marks: [organizationId, eventId], run: byApi(platform, 'updateBrief', call) };
    },
  },
  {
    name: 'a truck is asked: soft hold, with a message',
    context: 'marketplace',
    calls: [
      'GetItem brief',
      'Query memberships',
      'GetItem truck',
      'BatchGetItem calendar',
      'TransactWriteItems calendar, lead, lead history, brief, thread, message, message id, hold, truck',
    ],
    async prepare(platform) {
      const { organizer: as, briefId, truckId } = await briefed(platform);
      const call = { as, key: freshKey(), body: { briefId, truckId, message: 'Can you come?' } };
      return { marks: [truckId], run: byApi(platform, 'createLead', call) };
    },
  },
  {
    name: 'two trucks are asked at once',
    context: 'marketplace',
    calls: [
      'GetItem brief',
      'Query memberships',
      'GetItem truck',
      'BatchGetItem calendar',
      'TransactWriteItems calendar, lead, lead history, brief, hold, truck',
      'GetItem truck',
      'BatchGetItem calendar',
      'TransactWriteItems calendar, lead, lead history, brief, hold, truck',
    ],
    async prepare(platform) {
      const { organizer: as, briefId, truckId } = await briefed(platform);
      const another = await listed(platform);
      const call = {
        as,
        params: { briefId },
        key: freshKey(),
        body: { truckIds: [truckId, another.truckId] },
      };
      return { marks: [truckId], run: byApi(platform, 'createLeads', call) };
    },
  },
  {
    name: 'a truck is asked that has no time: the window that is taken is told',
    context: 'marketplace',
    calls: [
      'GetItem brief',
      'Query memberships',
      'GetItem truck',
      'BatchGetItem calendar',
      'GetItem lead',
      'BatchGetItem calendar',
      'GetItem lead',
    ],
    async prepare(platform) {
      const { organizer: as, truckId } = await asked(platform);
      const { body: brief } = await must(platform, 201, 'createBrief', {
        as,
        key: freshKey(),
        body: briefBody,
      });
      const call = { as, key: freshKey(), body: { briefId: brief.id as string, truckId } };
      return { marks: [truckId], run: byApi(platform, 'createLead', call) };
    },
  },
  {
    name: 'extension of a soft hold',
    context: 'marketplace',
    timeless: anyLength,
    calls: [
      'GetItem lead',
      'Query memberships',
      'GetItem truck',
      'BatchGetItem calendar',
      'TransactWriteItems calendar, lead, hold',
    ],
    prepare: asking(asked, 'extendLeadHold', 'organizer', () => ({ minutes: 90 })),
  },
  {
    name: 'the truck answers',
    context: 'marketplace',
    calls: ['GetItem lead', 'Query memberships', 'TransactWriteItems lead, lead history'],
    prepare: asking(asked, 'contactLead', 'truckOwner'),
  },
  {
    name: 'quote',
    context: 'marketplace',
    calls: [
      'GetItem lead',
      'Query memberships',
      'GetItem quote',
      'TransactWriteItems lead, lead history, quote',
    ],
    prepare: asking(contacted, 'quoteLead', 'truckOwner', () => offer),
  },
  {
    name: 'counter-offer',
    context: 'marketplace',
    calls: [
      'GetItem lead',
      'Query memberships',
      'GetItem quote',
      'TransactWriteItems lead, lead history, quote',
    ],
    prepare: asking(quoted, 'quoteLead', 'organizer', () => ({ ...offer, terms: 'Without onions.' })),
  },
  {
    name: 'acceptance: hard hold',
    context: 'marketplace',
    calls: [
      'GetItem lead',
      'Query memberships',
      'GetItem truck',
      'BatchGetItem calendar',
      'TransactWriteItems calendar, lead, lead history, hold',
    ],
    prepare: asking(quoted, 'acceptLead', 'organizer', () => ({ quoteVersion: 1 })),
  },
  {
    name: 'acceptance with nothing due: booking',
    context: 'marketplace',
    calls: [
      'GetItem lead',
      'Query memberships',
      'GetItem truck',
      'BatchGetItem calendar',
      'TransactWriteItems calendar, lead, lead history, hold',
    ],
    prepare: asking(quotedFree, 'acceptLead', 'organizer', () => ({ quoteVersion: 1 })),
  },
  {
    name: 'the offer is declined',
    context: 'marketplace',
    calls: [
      'GetItem lead',
      'Query memberships',
      'BatchGetItem calendar',
      'TransactWriteItems calendar, lead, lead history, hold',
    ],
    prepare: asking(quoted, 'declineLead', 'organizer', () => ({ reason: 'Too dear' })),
  },
  {
    name: 'the booking is called off: time back, refund asked for',
    context: 'marketplace',
    calls: [
      'GetItem lead',
      'Query memberships',
      'BatchGetItem calendar',
      'TransactWriteItems calendar, lead, lead history, hold',
    ],
    prepare: asking(booked, 'cancelLead', 'truckOwner', () => ({ reason: 'The engine broke' })),
  },
  {
    name: 'completion',
    context: 'marketplace',
    calls: ['GetItem lead', 'Query memberships', 'TransactWriteItems lead, lead history'],
    prepare: asking(bookedFree, 'completeLead', 'truckOwner'),
  },
  {
    name: 'message',
    context: 'marketplace',
    calls: [
      'GetItem lead',
      'Query memberships',
      'GetItem thread',
      'TransactWriteItems thread, message, message id',
    ],
    prepare: asking(accepted, 'sendMessage', 'truckOwner', () => ({ body: 'With pleasure.' })),
  },
  {
    name: 'message with an attachment',
    context: 'marketplace',
    calls: [
      'GetItem lead',
      'Query memberships',
      'GetItem message id',
      'HeadObject message_attachment',
      'CopyObject attachments',
      'GetItem thread',
      'TransactWriteItems thread, message, message id',
    ],
    prepare: asking(asked, 'sendMessage', 'organizer', async ({ organizationId }, platform) => ({
      body: 'This is the place.',
      attachments: [await uploaded(platform, organizationId, 'message_attachment')],
    })),
  },
  {
    name: 'read marker',
    context: 'marketplace',
    calls: [
      'GetItem lead',
      'Query memberships',
      'GetItem message id',
      'GetItem message',
      'UpdateItem thread',
    ],
    prepare: asking(asked, 'putReadMarker', 'organizer', async (world, platform) => ({
      messageId: await messageOf(platform, world),
    })),
  },
  {
    name: 'review by the organizer',
    context: 'marketplace',
    calls: ['GetItem lead', 'Query memberships', 'TransactWriteItems review, lead, rating'],
    prepare: asking(completed, 'createReview', 'organizer', () => ({ rating: 5, body: 'Gone in an hour' })),
  },
  {
    name: 'review by the truck',
    context: 'marketplace',
    calls: ['GetItem lead', 'Query memberships', 'TransactWriteItems review, lead, rating'],
    prepare: asking(completed, 'createReview', 'truckOwner', () => ({ rating: 4 })),
  },
];
