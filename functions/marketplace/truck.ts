import * as z from 'zod';
import { idOf } from '../platform/id-schema.ts';
import { money } from '../platform/money.ts';
import type { OwnedItem } from '../platform/owned-item.ts';
import { timeZone } from '../platform/time.ts';
import { openingHours } from './calendar/opening-hours.ts';
import { recurringBlackout } from './calendar/recurring-blackout.ts';
import { defaultTravelRules, place, travelRules } from './calendar/travel.ts';
import { contact } from './contact.ts';
import { cancellationPolicy, defaultCancellationPolicy } from './leads/cancellation-policy.ts';
import type { Album } from './photos/album.ts';
import { serviceArea } from './service-area.ts';
import type { Verified } from './verification/verified.ts';

export const truckId = idOf('trk');

/** Drafts are seen by their organization only; listed trucks by everybody, and they can be asked. */
export const truckStatus = z.enum(['draft', 'listed']);
export type TruckStatus = z.output<typeof truckStatus>;

/** Setup and teardown together stay within a day. */
const minutesAround = z.int().min(0).max(720);

const words = (most: number) => z.array(z.string().trim().min(1).max(60)).max(most);

/** What a truck says of itself. */
export const truckFields = {
  name: z.string().trim().min(1).max(120),
  description: z.string().trim().max(4_000).optional(),
  cuisines: words(10)
    .min(1)
    .meta({ example: ['mexican'] }),
  tags: words(20)
    .optional()
    .meta({ example: ['vegan', 'gluten-free'] }),
  home: place.extend({ city: z.string().trim().min(1).max(120) }),
  serviceArea,
  guests: z
    .strictObject({ min: z.int().min(1).max(100_000), max: z.int().min(1).max(100_000) })
    .refine(({ min, max }) => min <= max, { error: 'max is at least min', path: ['max'] }),
  priceBand: z.int().min(1).max(4).meta({ description: '1 is cheap, 4 is fine dining.' }),
  setupMinutes: minutesAround,
  teardownMinutes: minutesAround,
  units: z
    .int()
    .min(1)
    .max(20)
    .optional()
    .meta({ description: 'How many can be out at once; 1 unless said.' }),
  openingHours: openingHours.optional(),
  timeZone,
  travel: travelRules.optional().meta({ description: 'Left out: a loaded truck, 60 km/h on long roads.' }),
  recurringBlackouts: z.array(recurringBlackout).max(20).optional(),
  holdMinutes: z
    .int()
    .min(30)
    .max(120)
    .optional()
    .meta({ description: 'How long a lead keeps its time free; 60 unless said.' }),
  cancellationPolicy: cancellationPolicy
    .optional()
    .meta({ description: 'Left out: all until fourteen days before, half until seven.' }),
};

/** What a truck says of itself to its own organization, and from the booking on to an organizer. */
export const privateTruckFields = { contact: contact.optional() };

const newTruck = z.strictObject({ ...truckFields, ...privateTruckFields });
/** What a truck is when it does not say. */
export const truckDefaults = {
  tags: [],
  units: 1,
  openingHours: [],
  travel: defaultTravelRules,
  recurringBlackouts: [],
  holdMinutes: 60,
  cancellationPolicy: defaultCancellationPolicy,
} satisfies Partial<z.output<typeof newTruck>>;

type NewTruck = z.output<typeof newTruck>;
export type Truck = NewTruck & {
  readonly [Name in keyof typeof truckDefaults]-?: NonNullable<NewTruck[Name]>;
};

export interface TruckItem extends OwnedItem, Truck {
  readonly truckId: string;
  readonly status: TruckStatus;
  /** None is the same as an empty one. */
  readonly photos?: Album;
  readonly verified?: Verified;
}

export const menuItem = z.strictObject({
  name: z.string().trim().min(1).max(120),
  description: z.string().trim().max(500).optional(),
  price: money,
  tags: words(10).default([]),
});
/** Dishes of a truck; with the longest texts it stays below DynamoDB’s 400 KB an item. */
export const menu = z.strictObject({ items: z.array(menuItem).max(200) });
export type Menu = z.output<typeof menu>;

export const menuKey = (id: string) => ({ pk: `TRUCK#${id}`, sk: 'MENU' });
