import * as z from 'zod';
import {
  type Change,
  defineLifecycleEvent,
  type LifecycleEvent,
  lifecycleEvent,
} from '../platform/lifecycle-event.ts';
import type { StreamChange } from '../platform/relay.ts';
import { briefLifecycle, briefLifecycleEvents } from './briefs/brief-lifecycle.ts';
import { calendarImportRequested, importLifecycle } from './feeds/lifecycle.ts';
import { leadLifecycle, leadLifecycleEvents } from './leads/lead-lifecycle.ts';
import { talkLifecycle, talkLifecycleEvents } from './messages/talk-lifecycle.ts';
import { photoLifecycle, photoLifecycleEvents } from './photos/photo-lifecycle.ts';
import { type TruckItem, truckStatus } from './truck.ts';
import { verificationLifecycle, verificationLifecycleEvents } from './verification/verification-lifecycle.ts';

const truckData = z.object({
  truckId: z.string(),
  name: z.string(),
  cuisines: z.array(z.string()),
  city: z.string(),
  priceBand: z.int(),
  status: truckStatus,
});

// @__NO_SIDE_EFFECTS__
const truckEvent = <const Type extends string>(type: Type, description: string) =>
  defineLifecycleEvent({
    type,
    version: 1,
    description,
    aggregate: 'truck',
    data: truckData,
    example: {
      truckId: 'trk_5zr1v9n6q0w8c4t2m7k3x1y9ab',
      name: 'La Carreta',
      cuisines: ['mexican'],
      city: 'Cluj-Napoca',
      priceBand: 2,
      status: 'listed',
    },
  });

export const truckCreated = truckEvent('TRUCK-CREATED', 'A truck was drafted.');
export const truckUpdated = truckEvent('TRUCK-UPDATED', 'A truck or its menu was changed.');
export const truckListed = truckEvent('TRUCK-LISTED', 'Everybody sees the truck, and it can be asked.');
export const truckUnlisted = truckEvent('TRUCK-UNLISTED', 'Only its organization sees the truck.');

export const marketplaceLifecycleEvents = [
  truckCreated,
  truckUpdated,
  truckListed,
  truckUnlisted,
  ...photoLifecycleEvents,
  ...verificationLifecycleEvents,
  ...leadLifecycleEvents,
  ...briefLifecycleEvents,
  ...talkLifecycleEvents,
  calendarImportRequested,
] as const;

/** The lifecycle events that a change of the marketplace’s table means. */
export const marketplaceLifecycle = (change: StreamChange): readonly LifecycleEvent[] => [
  ...truckLifecycle(change),
  ...verificationLifecycle(change),
  ...leadLifecycle(change),
  ...briefLifecycle(change),
  ...talkLifecycle(change),
  ...importLifecycle(change),
];

const truckLifecycle = ({ before, after }: StreamChange): readonly LifecycleEvent[] => {
  if (after?.sk !== 'TRUCK') return [];
  const truck = after as TruckItem & { readonly change: Change };
  const ofPhoto = photoLifecycle(before as TruckItem | undefined, truck);
  if (ofPhoto !== undefined) return [ofPhoto];
  const { truckId, name, cuisines, home, priceBand, status, revision, organizationId, change } = truck;
  const data = { truckId, name, cuisines: [...cuisines], city: home.city, priceBand, status };
  const definition = definitionOf((before as TruckItem | undefined)?.status, status);
  return [
    lifecycleEvent(definition, { aggregateId: truckId, sequence: revision, change, organizationId, data }),
  ];
};

const definitionOf = (was: TruckItem['status'] | undefined, is: TruckItem['status']) => {
  if (was === undefined) return truckCreated;
  if (was === is) return truckUpdated;
  return is === 'listed' ? truckListed : truckUnlisted;
};
