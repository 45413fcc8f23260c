import booleanPointInPolygon from '@turf/boolean-point-in-polygon';
import distance from '@turf/distance';
import * as z from 'zod';
import { rounded } from '../platform/degrees.ts';
import { type Place, place } from './calendar/travel.ts';

/** Positions of all rings together. */
const maxPositions = 1_000;

const position = z.tuple([place.shape.lon, place.shape.lat]).meta({ description: 'Longitude, latitude.' });

const ring = z
  .array(position)
  .min(4)
  .max(maxPositions)
  .refine((positions) => positions[0]?.join() === positions.at(-1)?.join(), {
    error: 'A ring ends where it begins (RFC 7946, 3.1.6)',
  });

/** Where a truck serves: so far from its home, or within a polygon (GeoJSON, RFC 7946). */
export const serviceArea = z
  .union([
    z.strictObject({ radiusKm: rounded(z.number().min(0.1).max(1_000), 1) }),
    z.strictObject({
      polygon: z.strictObject({
        type: z.literal('Polygon'),
        coordinates: z
          .array(ring)
          .min(1)
          .max(10)
          .refine((rings) => rings.reduce((sum, { length }) => sum + length, 0) <= maxPositions, {
            error: `At most ${maxPositions} positions`,
          }),
      }),
    }),
  ])
  .meta({ id: 'ServiceArea' });
export type ServiceArea = z.output<typeof serviceArea>;

/** Whether a truck with its home there serves a place; the border belongs to the area. */
export const servesPlace = (area: ServiceArea, home: Place, at: Place): boolean =>
  'radiusKm' in area
    ? distance([home.lon, home.lat], [at.lon, at.lat], { units: 'kilometers' }) <= area.radiusKm
    : booleanPointInPolygon([at.lon, at.lat], area.polygon);
