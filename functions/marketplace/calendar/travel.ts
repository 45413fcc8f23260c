import distance from '@turf/distance';
import * as z from 'zod';
import { degrees, rounded } from '../../platform/degrees.ts';

export const place = z.strictObject({ lat: degrees(90), lon: degrees(180) });
/** A point on the map, in degrees. */
export type Place = z.output<typeof place>;

export const travelRules = z
  .strictObject({
    roadFactor: rounded(z.number().min(1).max(3), 3).meta({
      description: 'Length of the road for each great-circle km.',
    }),
    buckets: z
      .array(
        z.strictObject({
          upToKm: rounded(z.number().min(0.1).max(1_000), 1),
          minutes: z.int().min(0).max(1_440),
        }),
      )
      .max(10)
      .meta({ description: 'Minutes that a road of at most so many km takes, the shortest first.' }),
    beyondKmPerHour: rounded(z.number().min(10).max(120), 1).meta({ description: 'Speed on longer roads.' }),
  })
  .refine(
    ({ buckets }) =>
      buckets.every(
        ({ upToKm, minutes }, index) =>
          index === 0 ||
          (upToKm > (buckets[index - 1]?.upToKm ?? 0) && minutes >= (buckets[index - 1]?.minutes ?? 0)),
      ),
    { error: 'Each bucket is longer than the one before, and takes no less time', path: ['buckets'] },
  )
  .meta({ id: 'TravelRules' });
export type TravelRules = z.output<typeof travelRules>;

/** Of a truck that says nothing else: a loaded truck in town, on country roads, then at 60 km/h. */
export const defaultTravelRules: TravelRules = {
  roadFactor: 1.3,
  buckets: [
    { upToKm: 5, minutes: 15 },
    { upToKm: 20, minutes: 40 },
    { upToKm: 50, minutes: 75 },
    { upToKm: 100, minutes: 120 },
  ],
  beyondKmPerHour: 60,
};

/**
 * After two days a truck can be anywhere. It bounds how far from a window neighbours matter, and so what is
 * read of a calendar.
 */
export const maxTravelSeconds = 48 * 60 * 60;

const roadKm = ({ roadFactor }: TravelRules, from: Place, to: Place): number =>
  distance([from.lon, from.lat], [to.lon, to.lat], { units: 'kilometers' }) * roadFactor;

/** How long a truck drives from one place to the other: seconds, up to the next minute; 0 at the same place. */
export const travelSeconds = (rules: TravelRules, from: Place, to: Place): number => {
  const km = roadKm(rules, from, to);
  if (km === 0) return 0;
  const bucket = rules.buckets.find(({ upToKm }) => km <= upToKm);
  const minutes = bucket === undefined ? Math.ceil((km / rules.beyondKmPerHour) * 60) : bucket.minutes;
  return Math.min(maxTravelSeconds, minutes * 60);
};
