import * as z from 'zod';
import {
  type Change,
  defineLifecycleEvent,
  type LifecycleEvent,
  lifecycleEvent,
} from '../../platform/lifecycle-event.ts';
import type { TruckItem } from '../truck.ts';

// @__NO_SIDE_EFFECTS__
const photoEvent = <const Type extends string>(type: Type, description: string) =>
  defineLifecycleEvent({
    type,
    version: 1,
    description,
    aggregate: 'truck',
    data: z.object({ truckId: z.string(), photoId: z.string() }),
    example: {
      truckId: 'trk_5zr1v9n6q0w8c4t2m7k3x1y9ab',
      photoId: 'pho_5zr1v9n6q0w8c4t2m7k3x1y9ab',
    },
  });

export const truckPhotoAdded = photoEvent(
  'TRUCK-PHOTO-ADDED',
  'A photo was attached to a truck; its thumbnails are to be made.',
);
export const truckPhotoDeleted = photoEvent('TRUCK-PHOTO-DELETED', 'A photo of a truck was taken away.');

export const photoLifecycleEvents = [truckPhotoAdded, truckPhotoDeleted] as const;

const idsOf = (truck: TruckItem | undefined): ReadonlySet<string> =>
  new Set((truck?.photos ?? []).map(({ photoId }) => photoId));

/** That a write attached a photo or took one away (it does so with one at most); undefined when neither. */
export const photoLifecycle = (
  before: TruckItem | undefined,
  after: TruckItem & { readonly change: Change },
): LifecycleEvent | undefined => {
  const { truckId, organizationId, revision, change } = after;
  const [had, has] = [idsOf(before), idsOf(after)];
  const [added] = has.difference(had);
  const [deleted] = had.difference(has);
  const photoId = added ?? deleted;
  return photoId === undefined
    ? undefined
    : lifecycleEvent(added === undefined ? truckPhotoDeleted : truckPhotoAdded, {
        aggregateId: truckId,
        sequence: revision,
        change,
        organizationId,
        data: { truckId, photoId },
      });
};
