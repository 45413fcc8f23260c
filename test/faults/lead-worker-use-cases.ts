import { outgrownKey } from '../../functions/marketplace/event-food/booked-food.ts';
import { leadKey } from '../../functions/marketplace/leads/lead-store.ts';
import { holdKey } from '../../functions/marketplace/truck-holds/hold-item.ts';
import { orderConfirmed } from '../../functions/orders/contracts.ts';
import { randomId } from '../../functions/platform/ids.ts';
import { lifecycleEvent } from '../../functions/platform/lifecycle-event.ts';
import type { UpdateExpression } from '../../functions/platform/table.ts';
import { briefBody } from '../support/brief-body.ts';
import {
  accepted,
  asked,
  authorizeFrom,
  bookedFree,
  built,
  contacted,
  type LeadWorld,
  leadNews,
  listed,
  nothingDue,
  past,
  pastIso,
  payingSlowly,
  quoted,
  set,
  setLead,
  stored,
  told,
} from './market-world.ts';
import { mailing, organizer, sold } from './order-use-cases.ts';
import type { Platform } from './platform.ts';
import { byMachine, byQueue, byStream, freshKey, must, type Ready, type UseCase } from './use-cases.ts';

/** A lead of which something is due by now, in the stage that it is in. */
const due =
  (
    before: (platform: Platform) => Promise<LeadWorld>,
    timer: string,
    change: UpdateExpression,
    beside: (platform: Platform, world: LeadWorld) => Promise<unknown> = async () => undefined,
  ) =>
  async (platform: Platform): Promise<Ready> => {
    const world = await before(platform);
    const { leadId } = world;
    await setLead(platform, leadId, change);
    await beside(platform, world);
    const { stage } = await stored(platform, leadKey(leadId));
    return { marks: [leadId], run: byMachine(() => platform.leadTask({ leadId, stage, timer })) };
  };

/** Two leads of one truck for one time: `rivalId` was booked when the hold of the other was gone. */
const overtaken = built(async (platform) => {
  const world = await asked(platform);
  const { organizer: as, truckOwner, truckId } = world;
  const month = { pk: `TRUCK#${truckId}`, sk: `CALENDAR#${briefBody.startsAt.slice(0, 7)}` };
  await platform.marketplaceTable.delete(month, {});
  const { body: brief } = await must(platform, 201, 'createBrief', { as, key: freshKey(), body: briefBody });
  const body = { briefId: brief.id as string, truckId };
  const { body: lead } = await must(platform, 201, 'createLead', { as, key: freshKey(), body });
  const rivalId = lead.id as string;
  const params = { leadId: rivalId };
  await must(platform, 200, 'contactLead', { as: truckOwner, params });
  await must(platform, 201, 'quoteLead', { as: truckOwner, params, key: freshKey(), body: nothingDue });
  await must(platform, 200, 'acceptLead', { as, params, body: { quoteVersion: 1 } });
  return { ...world, rivalId };
});

/** A truck is booked for an event of its organizer. */
const eventFood = built(async (platform) => {
  const world = await listed(platform);
  const { as, more, inCatalog } = await organizer(platform);
  const sessionId = randomId('ses');
  const { startsAt, endsAt, name, guests, venue } = briefBody;
  await inCatalog(sessionId, { startsAt, endsAt });
  const { eventId, organizationId } = more;
  const { body: brief } = await must(platform, 201, 'createBrief', {
    as,
    key: freshKey(),
    body: { name, guests, venue, eventId },
  });
  const body = { briefId: brief.id as string, truckId: world.truckId };
  const { body: lead } = await must(platform, 201, 'createLead', { as, key: freshKey(), body });
  const params = { leadId: lead.id as string };
  const { truckOwner } = world;
  await must(platform, 200, 'contactLead', { as: truckOwner, params });
  await must(platform, 201, 'quoteLead', { as: truckOwner, params, key: freshKey(), body: nothingDue });
  await must(platform, 200, 'acceptLead', { as, params, body: { quoteVersion: 1 } });
  return { ...world, organizationId, eventId, sessionId, ...params };
});

/** An event that has sold two tickets, with food for one guest. */
const soldOut = async (platform: Platform) => {
  const { as, eventId, sessionId } = await sold(platform);
  const { startsAt, endsAt, name } = briefBody;
  const body = { name, guests: 1, eventId, startsAt, endsAt, contact: contactOf(newAddress()) };
  const { body: brief } = await must(platform, 201, 'createBrief', { as, key: freshKey(), body });
  const [briefId, leadId] = [brief.id as string, randomId('lead')];
  const booking = { leadId, briefId, guests: 1, isBooked: true, revision: 1 };
  await platform.marketplaceTable.put({ pk: `EVENT#${eventId}`, sk: `BOOKING#${leadId}`, ...booking }, {});
  return { eventId, sessionId, briefId, email: body.contact.email };
};
const newAddress = (): string => `${crypto.randomUUID()}@example.com`;
const contactOf = (email: string) => ({ name: 'Ion Pop', email });

const change = { what: 'test', by: 'test', requestId: 'r', at: new Date().toISOString() };

export const leadWorkerUseCases: readonly UseCase[] = [
  {
    name: 'relay of a new lead: events, timer of its hold, machine of its stage',
    context: 'marketplace',
    calls: ['SendMessageBatch', 'StartExecution', 'PutEvents'],
    async prepare(platform) {
      const { leadId } = await asked(platform);
      const items = [await stored(platform, leadKey(leadId)), await stored(platform, holdKey(leadId))];
      return {
        marks: [leadId],
        run: byStream(platform, 'marketplace', items),
        facts: () => [
          `timer ${platform.waiting('truck-hold-expiry').some((body) => body.includes(leadId))}`,
          `machine ${platform.machinesStarted.has(`${leadId}-1`)}`,
        ],
      };
    },
  },
  {
    name: 'expiry of the hold of a truck',
    context: 'marketplace',
    calls: ['UpdateItem hold'],
    async prepare(platform) {
      const { leadId } = await asked(platform);
      await platform.marketplaceTable.update(holdKey(leadId), set('until', past));
      return { marks: [leadId], run: byQueue(platform, 'truck-hold-expiry', { leadId }) };
    },
  },
  {
    name: 'expiry of the hold of a truck that comes too early',
    context: 'marketplace',
    calls: ['UpdateItem hold', 'SendMessageBatch'],
    async prepare(platform) {
      const { leadId } = await asked(platform);
      return {
        marks: [leadId],
        run: byQueue(platform, 'truck-hold-expiry', { leadId }),
        facts: () => [`timer ${platform.waiting('truck-hold-expiry').some((body) => body.includes(leadId))}`],
      };
    },
  },
  {
    name: 'timer: the truck is reminded',
    context: 'marketplace',
    calls: ['GetItem lead', 'TransactWriteItems lead'],
    prepare: due(asked, 'remind', set('since', pastIso)),
  },
  {
    name: 'timer: a lead without an offer lapses, its time comes back',
    context: 'marketplace',
    calls: ['GetItem lead', 'BatchGetItem calendar', 'TransactWriteItems calendar, lead, lead history, hold'],
    prepare: due(contacted, 'lapse', set('window.from', past)),
  },
  {
    name: 'timer: an offer expires',
    context: 'marketplace',
    calls: ['GetItem lead', 'BatchGetItem calendar', 'TransactWriteItems calendar, lead, lead history, hold'],
    prepare: due(quoted, 'expire', set('quote.expiresAt', pastIso)),
  },
  {
    name: 'timer: an accepted lead lapses, its hard hold being over',
    context: 'marketplace',
    calls: ['GetItem lead', 'TransactWriteItems lead, lead history'],
    prepare: due(accepted, 'lapse', set('depositBy', past), (platform, { leadId }) =>
      setLead(platform, leadId, set('hold.until', past)),
    ),
  },
  {
    name: 'timer: a lead whose deposit is not paid lapses',
    context: 'marketplace',
    calls: [
      'GetItem lead',
      'GetItem payment',
      'GetItem lead',
      'BatchGetItem calendar',
      'TransactWriteItems calendar, lead, lead history, hold',
    ],
    prepare: due(payingSlowly, 'lapse', set('depositBy', past), (platform, { leadId }) =>
      authorizeFrom(platform, leadId, 4_000_000_000),
    ),
  },
  {
    name: 'timer: a lead whose deposit nobody told of is booked',
    context: 'marketplace',
    calls: [
      'GetItem lead',
      'GetItem payment',
      'GetItem truck',
      'BatchGetItem calendar',
      'TransactWriteItems calendar, lead, lead history, hold',
      'GetItem lead',
    ],
    prepare: due(payingSlowly, 'lapse', set('depositBy', past), (platform, { leadId }) =>
      authorizeFrom(platform, leadId, past),
    ),
  },
  {
    name: 'timer: a booking is completed',
    context: 'marketplace',
    calls: ['GetItem lead', 'TransactWriteItems lead, lead history'],
    prepare: due(bookedFree, 'complete', set('window.to', past)),
  },
  {
    name: 'facts of a truck',
    context: 'marketplace',
    calls: ['GetItem lead facts', 'PutItem lead facts'],
    prepare: leadNews(bookedFree, 'truck-facts', 'LEAD-BOOKED'),
  },
  {
    name: 'a booking takes the time of another lead',
    context: 'marketplace',
    calls: [
      'GetItem lead',
      'GetItem truck',
      'Query by lead',
      'GetItem lead',
      'BatchGetItem calendar',
      'TransactWriteItems lead',
    ],
    async prepare(platform) {
      const { rivalId } = await overtaken(platform);
      const event = told('LEAD-BOOKED', await stored(platform, leadKey(rivalId)));
      return { marks: [rivalId], run: byQueue(platform, 'time-taken', event) };
    },
  },
  {
    name: 'food is booked for an event: its sales are watched',
    context: 'marketplace',
    calls: ['GetItem lead', 'PutItem booking', 'SendMessageBatch', 'PutItem sales watch'],
    async prepare(platform) {
      const { leadId, eventId } = await eventFood(platform);
      const event = told('LEAD-BOOKED', await stored(platform, leadKey(leadId)));
      return {
        marks: [leadId],
        run: byQueue(platform, 'outgrown', event),
        facts: () => [`look ${platform.waiting('outgrown').some((body) => body.includes(eventId))}`],
      };
    },
  },
  {
    name: 'a ticket is sold for an event with food',
    context: 'marketplace',
    calls: ['GetItem session', 'GetItem sales watch', 'SendMessageBatch', 'PutItem sales watch'],
    async prepare(platform) {
      const { eventId, sessionId } = await eventFood(platform);
      await platform.marketplaceTable.put({ pk: `EVENT#${eventId}`, sk: 'SALES-WATCH', dueAt: past }, {});
      const orderId = randomId('ord');
      const detail = lifecycleEvent(orderConfirmed, {
        aggregateId: orderId,
        sequence: 2,
        change,
        data: { ...orderConfirmed.example, orderId, sessionIds: [sessionId] },
      });
      return {
        marks: [eventId],
        run: byQueue(platform, 'outgrown', { 'detail-type': detail.type, detail }),
        facts: () => [`look ${platform.waiting('outgrown').some((body) => body.includes(eventId))}`],
      };
    },
  },
  {
    name: 'sales outgrow the food that is booked',
    context: 'marketplace',
    calls: [
      'Query bookings',
      'GetItem event',
      'GetItem venue',
      'BatchGetItem session',
      'GetItem session',
      'GetObject layout.json',
      'Query blocks',
      'GetItem brief',
      'UpdateItem outgrown',
    ],
    async prepare(platform) {
      const { eventId, briefId } = await soldOut(platform);
      return { marks: [briefId], run: byQueue(platform, 'outgrown', { lookAt: eventId }) };
    },
  },
];

/** Mails about leads, messages and briefs. */
export const leadMailUseCases: readonly UseCase[] = [
  {
    name: 'mail to a truck that is asked',
    context: 'notifications',
    calls: ['GetItem lead', 'GetItem brief', 'GetItem truck', 'PutItem mail', 'SendEmail', 'UpdateItem mail'],
    onlyAfterFaults: ['DeleteItem mail'],
    async prepare(platform) {
      const { leadId, truckMail } = await asked(platform);
      const event = told('LEAD-CREATED', await stored(platform, leadKey(leadId)));
      return { marks: [], ...mailing(platform, truckMail, event, `${event.detail.id}/truck`) };
    },
  },
  {
    name: 'mail of a message',
    context: 'notifications',
    calls: [
      'GetItem thread',
      'GetItem lead',
      'GetItem brief',
      'GetItem truck',
      'PutItem mail',
      'SendEmail',
      'UpdateItem mail',
    ],
    onlyAfterFaults: ['DeleteItem mail'],
    async prepare(platform) {
      const { leadId, truckOwner: as, organizerMail } = await asked(platform);
      const call = { as, params: { leadId }, key: freshKey(), body: { body: 'With pleasure.' } };
      await must(platform, 201, 'sendMessage', call);
      const key = { pk: `LEAD-MESSAGES#${leadId}`, sk: 'MESSAGE#00000002' };
      const event = told('MESSAGE-SENT', await stored(platform, key));
      return { marks: [], ...mailing(platform, organizerMail, event, `${event.detail.id}/organizer`) };
    },
  },
  {
    name: 'mail of sales that outgrow the food',
    context: 'notifications',
    calls: ['GetItem brief', 'PutItem mail', 'SendEmail', 'UpdateItem mail'],
    onlyAfterFaults: ['DeleteItem mail'],
    async prepare(platform) {
      const { eventId, briefId, email } = await soldOut(platform);
      if (!(await platform.deliver('outgrown', { lookAt: eventId }))) throw new Error('Not looked at');
      const event = told('BRIEF-OUTGROWN', await stored(platform, outgrownKey(briefId)));
      return { marks: [], ...mailing(platform, email, event) };
    },
  },
];
