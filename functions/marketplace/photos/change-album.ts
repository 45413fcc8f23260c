import type { stamp } from '../../platform/lifecycle-event.ts';
import { changeAt, type OwnedItems } from '../../platform/owned-item.ts';
import { untilWritten } from '../../platform/until-written.ts';
import type { TruckItem } from '../truck.ts';
import type { Album } from './album.ts';

/** An album to be written, or an outcome without a write. */
export type AlbumDecision<Outcome> = { readonly kind: 'changed'; readonly album: Album } | Outcome;

export type AlbumChange<Outcome> =
  | { readonly kind: 'changed'; readonly truck: TruckItem }
  | { readonly kind: 'noTruck' }
  | Outcome;

/**
 * Decides on a truck’s photos as they are, and writes on the condition that the truck is as it was read; else
 * reads and decides again.
 */
export const changeAlbum = <Outcome extends { readonly kind: string }>(
  trucks: OwnedItems<TruckItem>,
  truckId: string,
  decide: (album: Album) => AlbumDecision<Outcome>,
  what: string,
  by: Parameters<typeof stamp>[1],
): Promise<AlbumChange<Outcome>> =>
  untilWritten(`The album of ${truckId}`, async () => {
    const truck = await trucks.get(truckId);
    if (truck === undefined) return { kind: 'noTruck' };
    const decision = decide(truck.photos ?? []);
    if (!('album' in decision)) return decision;
    const photos = decision.album;
    const changed = await trucks.change(truckId, changeAt(truck.revision, { photos }, what, by));
    return changed.written ? { kind: 'changed', truck: changed.item } : undefined;
  });
