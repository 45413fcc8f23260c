import type { Interval } from './calendar/interval.ts';
import { publicPhotos } from './photos/photo-view.ts';
import { type TruckItem, truckFields } from './truck.ts';
import { publicVerified } from './verification/verified.ts';

const iso = (seconds: number): string => new Date(seconds * 1_000).toISOString();

/** An interval as the API shows it. */
export const intervalView = ({ from, to }: Interval) => ({ from: iso(from), to: iso(to) });

/** Epoch seconds of an interval that a request names. */
export const toInterval = ({ from, to }: { readonly from: string; readonly to: string }): Interval => ({
  from: Date.parse(from) / 1_000,
  to: Date.parse(to) / 1_000,
});

const shownFields = Object.keys(truckFields) as readonly (keyof typeof truckFields)[];

/** A truck as the API shows it: the named fields only, so that nothing internal ever slips out. */
export const truckView = (item: TruckItem) => ({
  id: item.truckId,
  status: item.status,
  ...(Object.fromEntries(
    shownFields.flatMap((name) => (item[name] === undefined ? [] : [[name, item[name]]])),
  ) as Pick<TruckItem, keyof typeof truckFields>),
  photos: publicPhotos(item.photos),
  ...publicVerified(item),
  organizationId: item.organizationId,
  createdAt: item.createdAt,
  updatedAt: item.updatedAt,
});

/** A truck as its own organization sees it. */
export const ownTruckView = (item: TruckItem) => ({
  ...truckView(item),
  ...(item.contact !== undefined && { contact: item.contact }),
});
