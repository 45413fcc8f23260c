import { truckDefaults } from '../../../functions/marketplace/truck.ts';
import type { Item } from '../../../functions/platform/table.ts';
import { places, type SimulatedBrief, type SimulatedTruck, startMs } from './setting.ts';

export const iso = (ms: number): string => new Date(ms).toISOString();
const createdAt = iso(startMs - 86_400_000);

/** A truck as its table has it. */
export const truckItem = (truck: SimulatedTruck): Item => ({
  pk: `TRUCK#${truck.truckId}`,
  sk: 'TRUCK',
  ...truckDefaults,
  truckId: truck.truckId,
  organizationId: truck.organizationId,
  name: 'Truck',
  cuisines: ['mexican'],
  home: places[0],
  serviceArea: { radiusKm: 500 },
  guests: { min: 1, max: 400 },
  priceBand: 2,
  timeZone: 'Europe/Bucharest',
  holdMinutes: 30,
  units: truck.units,
  setupMinutes: truck.setupMinutes,
  teardownMinutes: truck.teardownMinutes,
  cancellationPolicy: truck.policy,
  status: 'listed',
  revision: 1,
  createdAt,
  updatedAt: createdAt,
  requestHash: 'truck',
});

/** What an organizer needs, as its table has it. */
export const briefItem = ({ briefId, organizationId, place, from, to }: SimulatedBrief): Item => ({
  pk: `BRIEF#${briefId}`,
  sk: 'BRIEF',
  briefId,
  organizationId,
  name: 'A wedding',
  venue: places[place],
  startsAt: iso(1_000 * from),
  endsAt: iso(1_000 * to),
  guests: 100,
  timeZone: 'Europe/Bucharest',
  leads: 0,
  revision: 1,
  createdAt,
  updatedAt: createdAt,
  requestHash: 'brief',
});
