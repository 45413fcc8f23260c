import type { Interval } from '../functions/marketplace/calendar/interval.ts';
import { randomId } from '../functions/platform/ids.ts';
import { flowLoad } from './flow-load.ts';
import {
  acceptRequest,
  availabilityRequest,
  contactRequest,
  depositRequest,
  leadRequest,
  quoteRequest,
} from './lead-requests.ts';
import { type LoadResult, load } from './load.ts';
import { bookedMonth, hourOf, type Market, monthAhead, openMarket, type Speaker } from './market.ts';
import { expectCount, type Measured, measured, onlyStatuses, type Scenario } from './measured.ts';
import type { BenchPlatform } from './platform.ts';
import { untilQuiet } from './quiet.ts';

/** All that follows from leads may wait in queues for as long. */
const quietTimeoutMs = 300_000;
/** So many organizers ask, each in a connection of its own at most. */
export const organizerCount = 64;
export const truckCount = 10_000;
/** Of each of many trucks, in the month that is asked about. */
export const bookingsOfATruck = 8;
/** More leads than a second has. */
const maxPerSecond = 300;
const weekSeconds = 7 * 24 * 60 * 60;
/** From here on a month has bookings, and reads no other. */
const firstDaysSeconds = 2 * 24 * 60 * 60;

/** A week of the month that is asked about. */
export const weekOf = (month: number): Interval => {
  const from = month + firstDaysSeconds;
  return { from, to: from + weekSeconds };
};

/** What all scenarios of one platform share. */
interface Stage {
  readonly market: Market;
  readonly organizers: readonly Speaker[];
  /** The month that all ask about: when it begins, epoch seconds. */
  readonly month: number;
  /** Ten thousand trucks with some bookings each. */
  readonly trucks: () => Promise<readonly string[]>;
}

const once = <T>(make: () => Promise<T>): (() => Promise<T>) => {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
};

const openStage = async (platform: BenchPlatform): Promise<Stage> => {
  const market = await openMarket(platform.origin);
  const month = monthAhead(new Date());
  return {
    market,
    month,
    organizers: await market.speakers('organizer', organizerCount),
    trucks: once(() =>
      market.trucks(
        Array.from({ length: truckCount }, () => randomId('org')),
        (truckId) => bookedMonth(truckId, month, bookingsOfATruck),
      ),
    ),
  };
};

const stages = new WeakMap<BenchPlatform, Promise<Stage>>();
const stageOf = (platform: BenchPlatform): Promise<Stage> => {
  const stage = stages.get(platform) ?? openStage(platform);
  stages.set(platform, stage);
  return stage;
};

const inTurn = <T>(all: readonly T[], index: number): T => all[index % all.length] as T;

/** A lead of each of these briefs, which are of the organizers in turn. */
const leadRequests = async (
  { market, organizers }: Stage,
  wanted: readonly { readonly window: Interval; readonly truckId: string }[],
) => {
  const briefs = await market.briefs(
    wanted.map(({ window }, index) => ({ window, organizationId: inTurn(organizers, index).organizationId })),
  );
  return (index: number) => {
    const [briefId, truckId] = [briefs[index], wanted[index]?.truckId];
    return briefId === undefined || truckId === undefined
      ? undefined
      : leadRequest(inTurn(organizers, index).token, briefId, truckId);
  };
};

const loadOf = (result: LoadResult): LoadResult => {
  const { requests, seconds, perSecond, p50Ms, p95Ms, p99Ms, maxMs, statuses } = result;
  return { requests, seconds, perSecond, p50Ms, p95Ms, p99Ms, maxMs, statuses };
};

/** A load on a platform that has nothing else to do; what follows from it counts as its processor time. */
const measuredWhole = async <R extends LoadResult>(
  platform: BenchPlatform,
  work: () => Promise<R>,
  check: (result: R) => Pick<Measured, 'checked'> & { readonly goodPerSecond: number },
): Promise<Measured> => {
  await untilQuiet(platform, quietTimeoutMs);
  let checked = '';
  return measured(
    platform,
    async () => {
      const result = await work();
      const found = check(result);
      ({ checked } = found);
      await untilQuiet(platform, quietTimeoutMs);
      return { ...loadOf(result), goodPerSecond: found.goodPerSecond };
    },
    () => checked,
  );
};

const statusCount = ({ statuses }: LoadResult, status: number): number => statuses[status] ?? 0;

const toldToComeBack = (result: LoadResult): string => `told to come back ${statusCount(result, 503)} times`;

/** Of a load of leads each of which the truck has time for. */
const leadsOf = (result: LoadResult) => {
  onlyStatuses(result, 201, 503);
  const made = statusCount(result, 201);
  return { goodPerSecond: made / result.seconds, checked: `${made} leads; ${toldToComeBack(result)}` };
};

const oneTruckAtOtherTimes = (connections: number): Scenario => ({
  name: `leads: one truck at other times, ${connections === 1 ? 'one organizer' : `${connections} organizers at once`}`,
  what: 'an hour of the same month each; whoever loses eight times to others is told to come back',
  async run(platform, seconds) {
    const stage = await stageOf(platform);
    const [truckId = ''] = await stage.market.trucks([randomId('org')]);
    // A month takes 500.
    const wanted = Array.from({ length: 500 }, (_, index) => ({
      truckId,
      window: hourOf(stage.month, index),
    }));
    const next = await leadRequests(stage, wanted);
    return measuredWhole(
      platform,
      () => load({ origin: platform.origin, connections, seconds, next }),
      leadsOf,
    );
  },
});

export const slots = 10;
const oneSlot: Scenario = {
  name: `leads: one truck, ${organizerCount} organizers want the same hour, ${slots} hours one after the other`,
  what: 'one of them gets each hour, the others are told what takes it',
  async run(platform) {
    const stage = await stageOf(platform);
    const [truckId = ''] = await stage.market.trucks([randomId('org')]);
    const windows = Array.from({ length: slots }, (_, slot) => hourOf(stage.month, slot));
    const wanted = windows.flatMap((window) =>
      Array.from({ length: organizerCount }, () => ({ truckId, window })),
    );
    const next = await leadRequests(stage, wanted);
    const begins = new Map<string, number>();
    return measuredWhole(
      platform,
      () =>
        flowLoad(
          {
            origin: platform.origin,
            connections: organizerCount,
            onAnswer: (status, body) => {
              if (status !== 409) return;
              const { code, conflict } = JSON.parse(body) as { code: string; conflict?: { from: string } };
              const told = `${code} ${conflict?.from}`;
              begins.set(told, (begins.get(told) ?? 0) + 1);
            },
          },
          { begin: next, next: [], ends: 'new' },
        ),
      (result) => {
        onlyStatuses(result, 201, 409, 503);
        expectCount('leads', result.ended.length, slots);
        for (const { from } of windows) {
          const told = `TRUCK_NOT_AVAILABLE ${new Date(from * 1_000).toISOString()}`;
          expectCount(told, begins.get(told) ?? 0, organizerCount - 1);
        }
        return {
          goodPerSecond: wanted.length / result.seconds,
          checked: `${slots} leads, one for each hour; ${slots * (organizerCount - 1)} told which hour is taken; ${toldToComeBack(result)}`,
        };
      },
    );
  },
};

const room = 10;
const fullMonth: Scenario = {
  name: `leads: one truck whose month takes ${room} more, 4 organizers at once`,
  what: 'its month has 490 bookings of 500',
  async run(platform) {
    const stage = await stageOf(platform);
    const { market, month } = stage;
    const [truckId = ''] = await market.trucks([randomId('org')], (id) => bookedMonth(id, month, 500 - room));
    const wanted = Array.from({ length: 2 * room }, (_, index) => ({
      truckId,
      window: hourOf(month, 500 + index),
    }));
    const next = await leadRequests(stage, wanted);
    return measuredWhole(
      platform,
      () => flowLoad({ origin: platform.origin, connections: 4 }, { begin: next, next: [], ends: 'new' }),
      (result) => {
        onlyStatuses(result, 201, 409, 503);
        expectCount('leads', result.ended.length, room);
        expectCount('refused', statusCount(result, 409), room);
        return {
          goodPerSecond: wanted.length / result.seconds,
          checked: `${room} leads, then CALENDAR_FULL; ${toldToComeBack(result)}`,
        };
      },
    );
  },
};

const manyTrucks: Scenario = {
  name: `leads: ${truckCount.toLocaleString('en')} trucks, ${organizerCount} organizers at once`,
  what: 'one truck after the other, each with eight bookings',
  async run(platform, seconds) {
    const stage = await stageOf(platform);
    const trucks = await stage.trucks();
    const wanted = Array.from({ length: seconds * maxPerSecond }, (_, index) => ({
      truckId: inTurn(trucks, index),
      window: hourOf(stage.month, bookingsOfATruck),
    }));
    const next = await leadRequests(stage, wanted);
    return measuredWhole(
      platform,
      () => load({ origin: platform.origin, connections: organizerCount, seconds, next }),
      leadsOf,
    );
  },
};

const availability = (
  name: string,
  what: string,
  trucksOf: (stage: Stage) => Promise<readonly string[]>,
  busy: number,
): Scenario => ({
  name: `availability: ${name}, 64 connections`,
  what,
  async run(platform, seconds) {
    const stage = await stageOf(platform);
    const trucks = await trucksOf(stage);
    const week = weekOf(stage.month);
    let listed = 0;
    return measuredWhole(
      platform,
      () =>
        load({
          origin: platform.origin,
          connections: 64,
          seconds,
          next: (count) => availabilityRequest(inTurn(trucks, count), week),
          onAnswer: (status, body) => {
            if (status !== 200) return;
            listed += (JSON.parse(body) as { busy: readonly unknown[] }).busy.length;
          },
        }),
      (result) => {
        onlyStatuses(result, 200, 503);
        const answered = statusCount(result, 200);
        expectCount('bookings that were listed', listed, busy * answered);
        return {
          goodPerSecond: answered / result.seconds,
          checked: `a week of the month, with the way: ${busy} bookings each; ${toldToComeBack(result)}`,
        };
      },
    );
  },
});

/** One truck with so many bookings in the month. */
const busyTruck =
  (bookings: number) =>
  ({ market, month }: Stage) =>
    market.trucks([randomId('org')], (truckId) => bookedMonth(truckId, month, bookings));

const negotiations: Scenario = {
  name: 'negotiation: lead, contact, quote, accepted, deposit paid, booked; 16 organizers at once',
  what: 'five requests, two of them by the truck; each truck is of an organization of its own',
  async run(platform, seconds) {
    const stage = await stageOf(platform);
    const { market, organizers, month } = stage;
    const cooks = await market.speakers('truck', 16);
    const trucks = await market.trucks(cooks.map(({ organizationId }) => organizationId));
    const wanted = Array.from({ length: seconds * maxPerSecond }, (_, index) => ({
      truckId: inTurn(trucks, index),
      window: hourOf(month, Math.floor(index / trucks.length)),
    }));
    const begin = await leadRequests(stage, wanted);
    const expiresAt = new Date(month * 1_000).toISOString();
    const organizerOf = (flow: number) => inTurn(organizers, flow).token;
    const cookOf = (flow: number) => inTurn(cooks, flow).token;
    return measuredWhole(
      platform,
      () =>
        flowLoad(
          { origin: platform.origin, connections: 16, seconds },
          {
            begin,
            next: [
              (leadId, flow) => contactRequest(cookOf(flow), leadId),
              (leadId, flow) => quoteRequest(cookOf(flow), leadId, expiresAt),
              (leadId, flow) => acceptRequest(organizerOf(flow), leadId),
              (leadId, flow) => depositRequest(organizerOf(flow), leadId),
            ],
            ends: 'booked',
          },
        ),
      (result) => {
        onlyStatuses(result, 200, 201, 503);
        expectCount('booked', result.ended.length, result.begun);
        return {
          goodPerSecond: result.flowsPerSecond,
          checked: `${result.ended.length} trucks booked, their deposits paid; ${toldToComeBack(result)}`,
        };
      },
    );
  },
};

/** Leads and questions to many trucks, so that what comes after meets functions that run. */
export const warmUpTrucks = async (platform: BenchPlatform, seconds: number): Promise<void> => {
  const stage = await stageOf(platform);
  const { market, month } = stage;
  const trucks = await market.trucks(Array.from({ length: organizerCount }, () => randomId('org')));
  const wanted = Array.from({ length: trucks.length * bookingsOfATruck }, (_, index) => ({
    truckId: inTurn(trucks, index),
    window: hourOf(month, Math.floor(index / trucks.length)),
  }));
  const leads = await leadRequests(stage, wanted);
  await load({
    origin: platform.origin,
    connections: 32,
    seconds,
    next: (count) => leads(count) ?? availabilityRequest(inTurn(trucks, count), weekOf(month)),
  });
};

const manyCalendars = availability(
  `${truckCount.toLocaleString('en')} trucks`,
  'one truck after the other, each with eight bookings',
  (stage) => stage.trucks(),
  7,
);

/** Those that PostgreSQL is given too. */
export const comparedScenarios = {
  manyTrucks,
  otherTimes: oneTruckAtOtherTimes(8),
  sameHour: oneSlot,
  busyTruck: availability('one truck, 30 bookings in its month', 'the same truck by all', busyTruck(30), 12),
  manyCalendars,
} as const satisfies Record<string, Scenario>;

export type ComparedScenario = keyof typeof comparedScenarios;

export const leadScenarios: readonly Scenario[] = [
  manyTrucks,
  oneTruckAtOtherTimes(1),
  comparedScenarios.otherTimes,
  oneTruckAtOtherTimes(32),
  oneSlot,
  fullMonth,
  comparedScenarios.busyTruck,
  availability('one truck, its month full', 'the same truck by all', busyTruck(500), 140),
  manyCalendars,
  negotiations,
];
