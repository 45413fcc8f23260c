import { contentId } from '../platform/ids.ts';
import type { SeatingPlan } from './seating-plan.ts';

/**
 * The layout of a plan version: immutable, so that it can be cached for good. Seats stand in the order of
 * the document, which is also the order of selling (best first).
 */
export interface Layout {
  readonly planVersion: string;
  readonly venueId: string;
  readonly name: string;
  readonly size: { readonly width: number; readonly height: number };
  readonly categories: readonly { readonly name: string; readonly color: string }[];
  readonly zones: readonly LayoutZone[];
  readonly areas: readonly LayoutArea[];
  readonly generalAdmission: readonly {
    readonly name: string;
    readonly category: string;
    readonly capacity: number;
  }[];
}

export interface LayoutZone {
  readonly id: string;
  readonly name: string;
  readonly rows: readonly LayoutRow[];
}

export interface LayoutRow {
  readonly id: string;
  readonly label: string;
  readonly seats: readonly LayoutSeat[];
}

export interface LayoutSeat {
  readonly guid: string;
  readonly number: string;
  /** Pixels from the plan’s origin: zone, row and seat added up. */
  readonly x: number;
  readonly y: number;
  /** Index into `categories`. */
  readonly category: number;
  readonly accessible?: true;
}

/** A drawing, in absolute position; the members are pretix’s. */
export type LayoutArea = Readonly<Record<string, unknown>> & { readonly x: number; readonly y: number };

/** Where a category has its places: how many seats, or how many may stand. */
export interface CategoryPlaces {
  readonly name: string;
  readonly seats: number;
  readonly capacity: number;
}

const defaultColor = '#808080';

/** Rounded to a tenth of a pixel: nobody sees more, and the document is a third smaller. */
const round = (value: number): number => Math.round(value * 10) / 10;

/** The same plan always has the same version, whatever venue it is imported for and however often. */
export const planVersionOf = (plan: SeatingPlan): string => contentId('pln', JSON.stringify(plan));

export const layoutOf = (plan: SeatingPlan, venueId: string): Layout => {
  const categoryIndex = new Map(plan.categories.map((category, index) => [category.name, index]));
  let right = 0;
  let bottom = 0;
  const zones = plan.zones.map((zone, zoneNumber) => ({
    id: zone.zone_id ?? zone.uuid ?? String(zoneNumber),
    name: zone.name ?? zone.zone_id ?? '',
    rows: zone.rows.map((row, rowNumber) => ({
      id: row.uuid ?? String(rowNumber),
      label: row.row_label ?? row.row_number,
      seats: row.seats.map((seat): LayoutSeat => {
        const x = round(zone.position.x + (row.position?.x ?? 0) + seat.position.x);
        const y = round(zone.position.y + (row.position?.y ?? 0) + seat.position.y);
        right = Math.max(right, x);
        bottom = Math.max(bottom, y);
        return {
          guid: seat.seat_guid,
          number: seat.seat_number,
          x,
          y,
          category: categoryIndex.get(seat.category) ?? 0,
          ...(seat.fairground?.accessible && { accessible: true as const }),
        };
      }),
    })),
  }));
  const areas = plan.zones.flatMap((zone) =>
    (zone.areas ?? []).map(({ position, fairground: _, uuid: __, ...drawing }) => ({
      ...drawing,
      x: round(zone.position.x + (position?.x ?? 0)),
      y: round(zone.position.y + (position?.y ?? 0)),
    })),
  );
  return {
    planVersion: planVersionOf(plan),
    venueId,
    name: plan.name,
    size: plan.size ?? { width: Math.ceil(right + 40), height: Math.ceil(bottom + 40) },
    categories: plan.categories.map(({ name, color }) => ({ name, color: color ?? defaultColor })),
    zones,
    areas,
    generalAdmission: plan.zones.flatMap((zone) =>
      (zone.areas ?? []).flatMap((area) => area.fairground?.generalAdmission ?? []),
    ),
  };
};

export const seatCount = (layout: Layout): number =>
  layout.zones.reduce((sum, zone) => sum + zone.rows.reduce((seats, row) => seats + row.seats.length, 0), 0);

/** How many places each category has; a category has either seats or standing places. */
export const categoryPlaces = (layout: Layout): readonly CategoryPlaces[] => {
  const seats = layout.categories.map(() => 0);
  for (const zone of layout.zones) {
    for (const row of zone.rows) {
      for (const seat of row.seats) seats[seat.category] = (seats[seat.category] ?? 0) + 1;
    }
  }
  return layout.categories.map(({ name }, index) => ({
    name,
    seats: seats[index] ?? 0,
    capacity: layout.generalAdmission
      .filter((area) => area.category === name)
      .reduce((sum, area) => sum + area.capacity, 0),
  }));
};
