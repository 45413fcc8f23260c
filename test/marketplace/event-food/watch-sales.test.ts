import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { BriefItem } from '../../../functions/marketplace/briefs/brief.ts';
import { briefLifecycle } from '../../../functions/marketplace/briefs/brief-lifecycle.ts';
import {
  type BookedFood,
  type EventCancelledItem,
  eventCancelledKey,
  type OutgrownItem,
  openBookedFood,
  outgrownKey,
} from '../../../functions/marketplace/event-food/booked-food.ts';
import { openSalesWatch, type SalesPorts } from '../../../functions/marketplace/event-food/watch-sales.ts';
import type { Lead } from '../../../functions/marketplace/leads/lead.ts';
import { stamp } from '../../../functions/platform/lifecycle-event.ts';
import type { Table } from '../../../functions/platform/table.ts';
import { type Engine, startEngine } from '../../support/dynoxide.ts';

let engine: Engine;
let table: Table;
beforeAll(async () => {
  engine = await startEngine();
  table = await engine.createTable('marketplace');
});
afterAll(() => engine.stop());

const lookAfterSeconds = 60;
const change = (what = 'brief.outgrown') =>
  stamp(what, { requestId: 'r', now: new Date('2026-11-20T18:00:00Z'), caller: { subject: 'system:test' } });

/** An event of one session with one brief: what is sold, what is booked and the clock are set by the test. */
let worlds = 0;
const newWorld = () => {
  worlds += 1;
  const eventId = `evt_${worlds}`;
  const sessionId = `ses_${worlds}`;
  const briefId = `brf_${worlds}`;
  const world = {
    eventId,
    sessionId,
    now: 1_000_000,
    sold: 0,
    leads: new Map<string, Lead>(),
    /** Looks on their way: when each comes. */
    looks: [] as number[],
    reads: 0,
    dies: false,
    status: 'published' as 'published' | 'cancelled',
    sessionStatus: 'published' as 'published' | 'cancelled',
  };
  const store = openBookedFood(table);
  const food: BookedFood = {
    ...store,
    dueAt(id) {
      world.reads += 1;
      return store.dueAt(id);
    },
    noteDue(id, dueAt) {
      if (world.dies) throw new Error('It dies after it asked');
      return store.noteDue(id, dueAt);
    },
  };
  const ports: SalesPorts = {
    food,
    leadOf: async (leadId) => world.leads.get(leadId),
    briefOf: async (id) => ({ briefId: id, organizationId: 'org_1' }) as BriefItem,
    eventIdOf: async (id) => (id === sessionId ? eventId : undefined),
    occasionOf: async () => ({
      eventId,
      organizationId: 'org_1',
      status: world.status,
      venue: { city: 'Cluj-Napoca', lat: 46.77, lon: 23.62, timeZone: 'Europe/Bucharest' },
      sessions: [
        { sessionId, status: world.sessionStatus, from: '2027-03-06T10:00:00Z', to: '2027-03-06T14:00:00Z' },
        {
          sessionId: `${sessionId}_other`,
          status: world.status,
          from: '2027-03-07T10:00:00Z',
          to: '2027-03-07T14:00:00Z',
        },
      ],
    }),
    soldOf: async () => () => ({ sold: world.sold, capacity: 1_000 }),
    askToLook: async (_, delaySeconds) => {
      world.looks.push(world.now + delaySeconds);
    },
    clock: () => world.now,
    lookAfterSeconds,
  };
  const instance = () => openSalesWatch(ports);
  const watch = instance();
  return Object.assign(world, {
    watch,
    instance,
    async book(leadId: string, guests: number, as: Partial<Lead> = {}) {
      const lead = { leadId, briefId, sessionId, guests, status: 'booked', revision: 5, ...as };
      world.leads.set(leadId, lead as Lead);
      await watch.noteLead(eventId, leadId);
    },
    /** Time goes on, and the looks that are due come. */
    async pass(seconds: number) {
      world.now += seconds;
      const due = world.looks.filter((at) => at <= world.now);
      world.looks = world.looks.filter((at) => at > world.now);
      for (const _ of due) await watch.look(eventId, change());
    },
    told: (of = briefId) => table.get<EventCancelledItem>(eventCancelledKey(of), { consistent: true }),
    warned: () => table.get<OutgrownItem>(outgrownKey(briefId), { consistent: true }),
  });
};

test('a brief is warned of once, however often it is looked at, and again when more was booked', async () => {
  const world = newWorld();
  await world.book('lead_a', 200);
  world.sold = 221;
  await world.pass(60);
  const first = await world.warned();
  expect(first).toMatchObject({
    guests: 200,
    sold: 221,
    version: 1,
    organizationId: 'org_1',
    eventId: world.eventId,
  });
  world.sold = 300;
  await world.watch.look(world.eventId, change('again'));
  expect(await world.warned()).toEqual(first);

  // Another truck for the same guests, then another brief for more of them.
  await world.book('lead_b', 200);
  await world.pass(60);
  expect(await world.warned()).toEqual(first);
  await world.book('lead_c', 50, { briefId: `${world.eventId}_other` });
  world.sold = 276;
  await world.pass(60);
  expect(await world.warned()).toMatchObject({ guests: 250, sold: 276, version: 2 });
});

test('refunds and cancelled bookings take nothing back and warn of nothing', async () => {
  const world = newWorld();
  await world.book('lead_a', 200);
  world.sold = 230;
  await world.pass(60);
  const first = await world.warned();
  world.sold = 100;
  await world.watch.look(world.eventId, change('again'));
  await world.book('lead_a', 200, { revision: 6, status: 'cancelled' });
  world.sold = 500;
  await world.pass(60);
  expect(await world.warned()).toEqual(first);
});

test('an older word of a lead does not bring its booking back', async () => {
  const world = newWorld();
  await world.book('lead_a', 200, { revision: 6, status: 'cancelled' });
  await world.book('lead_a', 200);
  world.sold = 500;
  await world.pass(60);
  expect(await world.warned()).toBeUndefined();
});

test('a thousand sales of an event are one look and one read', async () => {
  const world = newWorld();
  await world.book('lead_a', 200);
  await world.pass(60);
  const other = world.instance();
  for (let sale = 0; sale < 1_000; sale += 1) await other.noteSale([world.sessionId]);
  expect(world.looks).toEqual([world.now + 60]);
  expect(world.reads).toBe(1);
});

test('sales of events without food are looked up once in half a minute, those of sessions that are gone never', async () => {
  const world = newWorld();
  for (let sale = 0; sale < 100; sale += 1) await world.watch.noteSale([world.sessionId, 'ses_gone']);
  expect(world.reads).toBe(1);
  await world.pass(30);
  await world.watch.noteSale([world.sessionId]);
  expect(world.reads).toBe(2);
  expect(world.looks).toEqual([]);
});

test('who dies after it asked for a look has the message again: the look is not lost', async () => {
  const world = newWorld();
  await world.book('lead_a', 200);
  await world.pass(61);
  world.dies = true;
  world.sold = 221;
  await expect(world.watch.noteSale([world.sessionId])).rejects.toThrow('It dies after it asked');
  world.dies = false;
  await world.watch.noteSale([world.sessionId]);
  expect(world.looks).toEqual([world.now + 60, world.now + 60]);
  await world.pass(60);
  expect(await world.warned()).toMatchObject({ guests: 200, sold: 221, version: 1 });
});

test('whenever sales, bookings and deaths come, what is outgrown in the end is told', async () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('sell' as const), places: fc.integer({ min: 1, max: 60 }) }),
    fc.record({ kind: fc.constant('book' as const), guests: fc.integer({ min: 50, max: 200 }) }),
    fc.record({ kind: fc.constant('pass' as const), seconds: fc.integer({ min: 1, max: 90 }) }),
    fc.record({ kind: fc.constant('die' as const) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 25 }), async (steps) => {
      const world = newWorld();
      const processes = [world.watch, world.instance()];
      let booked = 0;
      for (const [index, each] of steps.entries()) {
        if (each.kind === 'pass') await world.pass(each.seconds);
        if (each.kind === 'book' && booked === 0) {
          booked = each.guests;
          await world.book('lead_a', booked);
        }
        if (each.kind === 'sell') {
          world.sold += each.places;
          await processes[index % 2]?.noteSale([world.sessionId]);
        }
        if (each.kind === 'die') {
          world.dies = true;
          await processes[index % 2]?.noteSale([world.sessionId]).catch(() => undefined);
          world.dies = false;
          await processes[index % 2]?.noteSale([world.sessionId]);
        }
      }
      await world.pass(lookAfterSeconds);
      const warned = await world.warned();
      expect(warned !== undefined).toBe(booked > 0 && world.sold * 100 > booked * 110);
      if (warned !== undefined) expect(warned).toMatchObject({ guests: booked, version: 1 });
    }),
    { numRuns: 40 },
  );
});

test('bookings for a session that is cancelled are told once, each of them; those for the whole event wait for the others', async () => {
  const world = newWorld();
  const whole = `${world.eventId}_whole`;
  await world.book('lead_a', 200);
  await world.book('lead_all', 200, { briefId: whole, sessionId: undefined });
  await world.book('lead_off', 200, { revision: 6, status: 'cancelled' });
  const cancelled = () => world.watch.noteEventCancelled(world.eventId, change('brief.event_cancelled'));
  await cancelled();
  expect([await world.told(), await world.told(whole)]).toEqual([undefined, undefined]);

  world.sessionStatus = 'cancelled';
  await cancelled();
  const first = await world.told();
  expect(first).toMatchObject({
    eventId: world.eventId,
    sessionId: world.sessionId,
    organizationId: 'org_1',
    leadIds: ['lead_a'],
    version: 1,
  });
  await cancelled();
  await world.pass(60);
  expect([await world.told(), await world.told(whole)]).toEqual([first, undefined]);

  // Accepted before, paid for after: the look that follows each booking finds it.
  await world.book('lead_b', 200);
  await world.pass(60);
  const second = await world.told();
  expect(second).toMatchObject({ leadIds: ['lead_a', 'lead_b'], version: 2 });
  // What is called off is nothing new.
  await world.book('lead_a', 200, { revision: 6, status: 'cancelled' });
  world.status = 'cancelled';
  await cancelled();
  expect(await world.told()).toEqual(second);
  expect(await world.told(whole)).toMatchObject({ leadIds: ['lead_all'], version: 1 });
  expect(await world.told(whole)).not.toHaveProperty('sessionId');
});

test('that an event is cancelled is told as one lifecycle event for each set of bookings', () => {
  const item = {
    ...eventCancelledKey('brf_1'),
    briefId: 'brf_1',
    eventId: 'evt_1',
    organizationId: 'org_1',
    leadIds: ['lead_a', 'lead_b'],
    version: 2,
    change: change(),
  };
  const told = (before: typeof item | undefined) =>
    briefLifecycle({ kind: 'MODIFY', before, after: item, expired: false, seenAt: new Date(0) });
  expect(told({ ...item, version: 1 })).toMatchObject([
    {
      type: 'BRIEF-EVENT-CANCELLED',
      organizationId: 'org_1',
      aggregate: { kind: 'brief-event', id: 'brf_1', sequence: 2 },
      data: { briefId: 'brf_1', eventId: 'evt_1', leadIds: ['lead_a', 'lead_b'] },
    },
  ]);
  expect(told(item)).toEqual([]);
});

test('each warning is told as one lifecycle event, without anybody’s name', () => {
  const item = {
    ...outgrownKey('brf_1'),
    briefId: 'brf_1',
    eventId: 'evt_1',
    sessionId: 'ses_1',
    organizationId: 'org_1',
    guests: 200,
    sold: 221,
    version: 1,
    change: change(),
  };
  const told = (before: typeof item | undefined, after: typeof item) =>
    briefLifecycle({ kind: 'MODIFY', before, after, expired: false, seenAt: new Date(0) });
  expect(told(undefined, item)).toMatchObject([
    {
      type: 'BRIEF-OUTGROWN',
      organizationId: 'org_1',
      aggregate: { kind: 'brief', id: 'brf_1', sequence: 1 },
      data: { briefId: 'brf_1', eventId: 'evt_1', sessionId: 'ses_1', guests: 200, sold: 221 },
    },
  ]);
  expect(told(item, item)).toEqual([]);
  expect(told(item, { ...item, guests: 300, version: 2 })).toMatchObject([{ aggregate: { sequence: 2 } }]);
});
