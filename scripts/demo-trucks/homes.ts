import type { Place } from '../../functions/marketplace/calendar/travel.ts';
import type { ServiceArea } from '../../functions/marketplace/service-area.ts';
import type { Chance } from '../../local/demo/chance.ts';

/** One line of GeoNames’ places of Romania. */
export interface GeoName {
  readonly name: string;
  /** County, by GeoNames’ own numbers. */
  readonly admin1_code: string;
  /** `PPLX` is part of a city. */
  readonly feature_code: string;
  readonly population: string;
  readonly lat: string;
  readonly lon: string;
}

/**
 * Development regions of Romania (Law 315/2004, NUTS 2) with GeoNames’ numbers of their counties. In each, one
 * made-up firm runs the demo’s trucks.
 */
export const regions = [
  { id: 'north-west', firm: 'Someș Street Food', counties: ['05', '06', '13', '25', '31', '32'] },
  { id: 'centre', firm: 'Carpați pe Roate', counties: ['01', '09', '15', '20', '27', '33'] },
  { id: 'north-east', firm: 'Moldova Street Food', counties: ['04', '07', '23', '28', '34', '38'] },
  { id: 'south-east', firm: 'Dunăre și Mare Catering', counties: ['08', '11', '14', '18', '37', '40'] },
  { id: 'south', firm: 'Muntenia Food Trucks', counties: ['03', '16', '22', '30', '35', '41', '42'] },
  { id: 'capital', firm: 'Bucureștii Mobili', counties: ['10', '43'] },
  { id: 'south-west', firm: 'Oltenia la Drum', counties: ['17', '19', '26', '29', '39'] },
  { id: 'west', firm: 'Banat Bistro Mobil', counties: ['02', '12', '21', '36'] },
] as const;
export type Region = (typeof regions)[number]['id'];

export interface Town extends Place {
  readonly city: string;
  readonly region: Region;
  readonly population: number;
}

/** Names that GeoNames has in English. */
const romanian: Readonly<Record<string, string>> = { Bucharest: 'București' };

/** `Iaşi` → `Iași`: comma below, as Romanian is written; GeoNames mixes it with the cedilla. */
export const commaBelow = (text: string): string =>
  text.replace(/[şţŞŢ]/g, (letter) => ({ ş: 'ș', ţ: 'ț', Ş: 'Ș', Ţ: 'Ț' })[letter] ?? letter);

/** Towns and villages, without the districts of cities. */
export const townsOf = (places: readonly GeoName[]): readonly Town[] =>
  places
    .filter(({ feature_code }) => feature_code !== 'PPLX')
    .map(({ name, admin1_code, population, lat, lon }) => {
      const region = regions.find(({ counties }) => counties.some((county) => county === admin1_code));
      if (region === undefined) throw new Error(`County ${admin1_code} of ${name} is in no region`);
      return {
        city: commaBelow(romanian[name] ?? name),
        region: region.id,
        population: Number(population),
        lat: Number(lat),
        lon: Number(lon),
      };
    });

/** A home for each of `count` trucks: one in every of the `cities` largest, the others where people live. */
export const drawHomes = (
  towns: readonly Town[],
  { count, cities }: { readonly count: number; readonly cities: number },
  chance: Chance,
): readonly Town[] => {
  const largest = towns.toSorted((a, b) => b.population - a.population).slice(0, cities);
  const people = largest.reduce((sum, { population }) => sum + population, 0);
  const drawn = Array.from({ length: Math.max(0, count - largest.length) }, () => {
    let rest = chance.below(people);
    return (
      largest.find(({ population }) => {
        rest -= population;
        return rest < 0;
      }) ?? chance.pick(largest)
    );
  });
  return chance.shuffled([...largest, ...drawn].slice(0, count));
};

/** Directions that an outline is taken in: its most corners. */
const directions = 24;

/**
 * A convex polygon (GeoJSON, RFC 7946: counter-clockwise, closed) whose corners are the towns that lie outermost in
 * some direction.
 */
export const outlineOf = (towns: readonly Place[]): ServiceArea => {
  const corners = Array.from({ length: directions }, (_, index) => {
    const angle = (index / directions) * 2 * Math.PI;
    const outward = ({ lat, lon }: Place) => lon * Math.cos(angle) + lat * Math.sin(angle);
    return towns.reduce((outermost, town) => (outward(town) > outward(outermost) ? town : outermost));
  });
  const ring = [...new Set(corners)].map(({ lat, lon }): [number, number] => [lon, lat]);
  const [first] = ring;
  if (first === undefined || ring.length < 3) throw new Error('Three towns make an outline, not fewer');
  return { polygon: { type: 'Polygon', coordinates: [[...ring, first]] } };
};
