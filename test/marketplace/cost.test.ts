import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LeadOperation, leadUnits } from '../../bench/lead-units.ts';
import { bookedMonth } from '../../bench/market.ts';
import { maxMonthEntries } from '../../functions/marketplace/calendar/calendar-month.ts';
import { absent } from '../../functions/platform/table.ts';
import type { Answered } from '../support/api-call.ts';
import { quoteBody } from '../support/quote-body.ts';
import { type Marketplace, newBrief, newTruck, startMarketplace } from './harness.ts';

/**
 * What requests about trucks and leads cost, from `ReturnConsumedCapacity`: all calls to DynamoDB of the request, those
 * for who asks included. A write of a transaction counts twice (DynamoDB’s price list), each kilobyte of an item once,
 * and each index that the item is in once more.
 */
let world: Marketplace;
const measured = new Set<string>();
beforeAll(async () => {
  world = await startMarketplace();
});
afterAll(() => world.stop());

const hourSeconds = 3_600;
const daySeconds = 24 * hourSeconds;
const today = new Date();
/** Three months from now: what is near enough to the middle of a month reads no other. */
const monthBegins = Date.UTC(today.getUTCFullYear(), today.getUTCMonth() + 3) / 1_000;
const noon = monthBegins + 14.5 * daySeconds;
const at = (seconds: number): string => new Date(seconds * 1_000).toISOString();

const expectCost = (operation: LeadOperation, status: number, answered: Answered): Answered => {
  measured.add(operation);
  expect([operation, answered.status, world.cost()]).toEqual([operation, status, leadUnits[operation]]);
  return answered;
};

/** Four hours of food. */
const ask = async (truckId: string, from = noon, more: object = {}): Promise<Answered> => {
  const briefId = await newBrief(world, { startsAt: at(from), endsAt: at(from + 4 * hourSeconds) });
  return world.call('createLead', { as: 'dan', body: { briefId, truckId, ...more } });
};

/** A truck with twenty units, one of which has so many bookings in the month. */
const busyTruck = async (bookings: number): Promise<string> => {
  const truckId = await newTruck(world, { units: 20 });
  for (const item of bookedMonth(truckId, monthBegins, bookings)) await world.table.put(item, absent);
  return truckId;
};

const availability = (truckId: string, from: number, days = 1) =>
  world.call('getAvailability', {
    as: null,
    params: { truckId },
    query: { from: at(from), to: at(from + days * daySeconds) },
  });

/** Commands of one lead by its organizer (`dan`) and its truck (`ann`). */
const commandsOf = (leadId: string) => {
  const by =
    (as: string) =>
    (operation: Parameters<Marketplace['call']>[0], body?: object): Promise<Answered> =>
      world.call(operation, { as, params: { leadId }, ...(body && { body }) });
  return { organizer: by('dan'), truck: by('ann') };
};

const quoted = async (offer: object = quoteBody) => {
  const commands = commandsOf((await ask(await newTruck(world))).body.id);
  await commands.truck('contactLead');
  await commands.truck('quoteLead', offer);
  return commands;
};

test('a brief, and a lead on it', async () => {
  const briefId = await newBrief(world, { startsAt: at(noon), endsAt: at(noon + 4 * hourSeconds) });
  expect(world.cost()).toEqual(leadUnits['a brief']);
  measured.add('a brief');
  const truckId = await newTruck(world);
  const made = await world.call('createLead', { as: 'dan', body: { briefId, truckId } });
  expectCost('a lead, the first in its month', 201, made);
  expectCost('a lead refused: the time is taken', 409, await ask(truckId));
});

test('a lead with a message, and one close to a border of months: that month is checked too', async () => {
  const told = await ask(await newTruck(world), noon, { message: 'Is there something without meat?' });
  expectCost('a lead with a first message', 201, told);
  const close = await ask(await newTruck(world), monthBegins + 2 * hourSeconds);
  expectCost('a lead close to a border of months', 201, close);
});

describe('the more a month holds, the more is read and written of it', () => {
  test('30 entries', async () => {
    const truckId = await busyTruck(30);
    const day = await availability(truckId, noon);
    expectCost('availability of a day, 30 entries in its month', 200, day);
    expectCost('a lead in a month of 30 entries', 201, await ask(truckId));
  });

  test('as many as it takes', async () => {
    const truckId = await busyTruck(maxMonthEntries - 1);
    expectCost('a lead in a month of 499 entries, the last that it takes', 201, await ask(truckId));
    expectCost('a lead refused: the month is full', 409, await ask(truckId, noon + daySeconds));
    const day = await availability(truckId, noon);
    expectCost('availability of a day, 500 entries in its month', 200, day);
    // The twenty of the next morning, and the lead.
    expect(day.body.busy).toHaveLength(21);
  });
});

test('availability of an empty calendar: the truck, and each month in which its neighbours may be', async () => {
  const truckId = await newTruck(world);
  const day = await availability(truckId, noon);
  expectCost('availability of a day, nothing in the calendar', 200, day);
  const close = await availability(truckId, monthBegins);
  expectCost('availability of a day at a border of months', 200, close);
  const all = await availability(truckId, monthBegins, 92);
  expectCost('availability of 92 days, nothing in the calendar', 200, all);
});

test('a lead that is negotiated, booked and called off', async () => {
  const { organizer, truck } = commandsOf((await ask(await newTruck(world))).body.id);
  expectCost('the hold extended', 200, await organizer('extendLeadHold', { minutes: 90 }));
  expectCost('the truck takes it up (contact)', 200, await truck('contactLead'));
  expectCost('the same again', 200, await truck('contactLead'));
  expectCost('a quote', 201, await truck('quoteLead', quoteBody));
  expectCost('a counter-offer', 201, await organizer('quoteLead', quoteBody));
  const accepted = await truck('acceptLead', { quoteVersion: 2 });
  expectCost('an offer accepted, a deposit due: held until then', 200, accepted);
  const paid = await organizer('payDeposit', { payment: { provider: 'test' } });
  expectCost('the deposit paid, booked with it (test provider)', 201, paid);
  expect(paid.body.status).toBe('booked');
  expectCost('a lead read, with history, quotes and reviews', 200, await organizer('getLead'));
  const cancelled = await organizer('cancelLead', { reason: 'The park is closed.' });
  expectCost('a booking called off', 200, cancelled);
});

test('an offer with nothing due is booked when it is accepted; one that is declined gives the time back', async () => {
  const free = await quoted({ ...quoteBody, deposit: { percent: 0 } });
  const booked = await free.organizer('acceptLead', { quoteVersion: 1 });
  expectCost('an offer accepted with nothing due: booked', 200, booked);
  expect(booked.body.status).toBe('booked');
  const { organizer } = await quoted();
  expectCost('an offer declined, the time given back', 200, await organizer('declineLead', {}));
});

test('messages', async () => {
  const { organizer, truck } = commandsOf((await ask(await newTruck(world))).body.id);
  expectCost('a message', 201, await organizer('sendMessage', { body: 'Is there power?' }));
  const sent = expectCost('a message', 201, await truck('sendMessage', { body: '16 A.' }));
  const read = await organizer('putReadMarker', { messageId: sent.body.id });
  expectCost('messages marked as read', 200, read);
});

test('nothing else is said to cost anything', () => {
  expect([...measured].toSorted()).toEqual(Object.keys(leadUnits).toSorted());
});
