import type { Interval } from '../../functions/marketplace/calendar/interval.ts';
import {
  bookingsOfATruck,
  type ComparedScenario,
  organizerCount,
  slots,
  truckCount,
  weekOf,
} from '../lead-scenarios.ts';
import { type LoadRequest, type LoadResult, load } from '../load.ts';
import { hourOf, monthAhead } from '../market.ts';
import { onReference } from './run.ts';

export interface TruckReferenceResult {
  readonly version: string;
  readonly loads: Readonly<Record<ComparedScenario, LoadResult>>;
}

const busyBookings = 30;
const emptyTruck = 0;
const busyTruck = 1;
const firstOfMany = 2;

const leadOf = (truck: number, { from, to }: Interval): LoadRequest => ({
  method: 'POST',
  path: '/leads',
  headers: { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() },
  body: JSON.stringify({ truck, from, to }),
});

const onlyAnswers = (result: LoadResult, ...allowed: readonly number[]): LoadResult => {
  if (Object.keys(result.statuses).some((status) => !allowed.includes(Number(status))))
    throw new Error(`PostgreSQL answered ${JSON.stringify(result.statuses)}`);
  return result;
};

/** The loads of trucks on PostgreSQL; undefined when the system has none. */
export const runTruckReference = (seconds: number): Promise<TruckReferenceResult | undefined> => {
  const month = monthAhead(new Date());
  const week = weekOf(month);
  const args = {
    '--trucks': firstOfMany + truckCount,
    '--bookings': bookingsOfATruck,
    '--busy': busyBookings,
    '--month': month,
  };
  return onReference('trucks.ts', Object.entries(args).flat().map(String), async (origin, version) => {
    const all = (
      next: (count: number) => LoadRequest | undefined,
      bounds: { readonly seconds?: number; readonly connections?: number } = { seconds },
    ) => load({ origin, connections: organizerCount, ...bounds, next });
    const manyTruck = (count: number): number => firstOfMany + (count % truckCount);
    const availabilityOf = (truck: number): LoadRequest => ({
      method: 'GET',
      path: `/trucks/${truck}/availability?from=${week.from}&to=${week.to}`,
    });
    // Hours of the month that no booking is at, one for each round over the trucks.
    const freeHour = (count: number) => hourOf(month, bookingsOfATruck + Math.floor(count / truckCount));
    await all((count) => availabilityOf(manyTruck(count)), { seconds: 2 });
    return {
      version,
      loads: {
        manyTrucks: onlyAnswers(await all((count) => leadOf(manyTruck(count), freeHour(count))), 201),
        sameHour: onlyAnswers(
          await all((count) => {
            const slot = Math.floor(count / organizerCount);
            return slot < slots ? leadOf(emptyTruck, hourOf(month, slot)) : undefined;
          }, {}),
          201,
          409,
        ),
        otherTimes: onlyAnswers(
          await all(
            (count) => (count < 500 - slots ? leadOf(emptyTruck, hourOf(month, slots + count)) : undefined),
            { seconds, connections: 8 },
          ),
          201,
        ),
        busyTruck: onlyAnswers(await all(() => availabilityOf(busyTruck)), 200),
        manyCalendars: onlyAnswers(await all((count) => availabilityOf(manyTruck(count))), 200),
      },
    };
  });
};
