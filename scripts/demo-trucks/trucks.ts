import { type Chance, openChance } from '../../local/demo/chance.ts';
import type { DemoTruck, TruckDemo } from '../../local/demo/trucks.ts';
import { drawHomes, type GeoName, outlineOf, regions, type Town, townsOf } from './homes.ts';
import { cuisinesOf, menuOf, truckTagsOf } from './kitchen.ts';
import { type Permit, type Vendor, type VendorItem, vendorsOf } from './vendors.ts';

export interface Sources {
  readonly permits: readonly Permit[];
  readonly items: readonly VendorItem[];
  readonly places: readonly GeoName[];
}

const mostTrucks = 52;
/** So that not every truck sells tacos, as in San Francisco. */
const mostOfCuisine = 9;
const cities = 26;

const about = [
  'Names and dishes: permits of mobile food facilities in San Francisco (DataSF, public domain). Towns: © GeoNames, CC BY 4.0. SOURCES.md says more.',
  'Everything else is made up: prices, firms, homes in Romania, where these trucks never were, guests, price bands, areas, hours and blackouts.',
];

const weekdays = [1, 2, 3, 4, 5];
const everyDay = [...weekdays, 6, 7];
const hours = {
  lunch: weekdays.map((day) => ({ day, from: '10:30', to: '16:00' })),
  daily: everyDay.map((day) => ({ day, from: '10:00', to: '22:00' })),
  // `to` is on the next day.
  nights: [4, 5, 6].map((day) => ({ day, from: '17:00', to: '02:00' })),
  weekend: [
    ...[5, 6].map((day) => ({ day, from: '12:00', to: '01:00' })),
    { day: 7, from: '11:00', to: '21:00' },
  ],
  always: [],
};

const day = 24 * 60;
/** A day of rest, a day in the workshop, a fortnight off: each from a first date that the rule gives. */
const closed = {
  mondays: { rule: 'FREQ=WEEKLY;BYDAY=MO', firstFrom: '2026-01-05T00:00', minutes: day },
  workshop: { rule: 'FREQ=MONTHLY;BYDAY=1TU', firstFrom: '2026-01-06T08:00', minutes: 8 * 60 },
  winter: { rule: 'FREQ=YEARLY', firstFrom: '2026-01-02T00:00', minutes: 14 * day },
};

/** The vendor’s truck at its home; `chance` is its own, so that a vendor more changes none of the others. */
const truckOf = (vendor: Vendor, home: Town, towns: readonly Town[], chance: Chance): DemoTruck => {
  const priceBand = Number(chance.share({ 1: 30, 2: 45, 3: 20, 4: 5 }));
  const { city, lat, lon } = home;
  const outline = outlineOf(towns.filter(({ region }) => region === home.region));
  const serviceArea = chance.percent(20) ? outline : { radiusKm: chance.pick([40, 60, 80, 120, 150, 250]) };
  const openingHours = hours[chance.share({ daily: 30, weekend: 20, nights: 15, lunch: 15, always: 20 })];
  const blackout = chance.share({ none: 55, mondays: 20, workshop: 10, winter: 15 });
  const tags = truckTagsOf(vendor);
  return {
    firm: home.region,
    source: vendor.applicant,
    truck: {
      name: vendor.name,
      cuisines: [...cuisinesOf(vendor)],
      ...(tags.length > 0 && { tags }),
      home: { city, lat, lon },
      serviceArea,
      guests: { min: chance.pick([20, 30, 40, 50]), max: chance.pick([120, 150, 200, 300, 400, 600]) },
      priceBand,
      setupMinutes: chance.pick([30, 45, 60, 90]),
      teardownMinutes: chance.pick([30, 45, 60]),
      units: Number(chance.share({ 1: 85, 2: 12, 3: 3 })),
      ...(openingHours.length > 0 && { openingHours }),
      ...(blackout !== 'none' && { recurringBlackouts: [closed[blackout]] }),
      timeZone: 'Europe/Bucharest',
    },
    menu: menuOf(vendor, priceBand, chance),
  };
};

/** At most `most` of each main cuisine, in the given order. */
const mixed = (vendors: readonly Vendor[], most: number): readonly Vendor[] => {
  const counts = new Map<string, number>();
  return vendors.filter((vendor) => {
    const [main = ''] = cuisinesOf(vendor);
    const count = (counts.get(main) ?? 0) + 1;
    counts.set(main, count);
    return main !== '' && count <= most;
  });
};

/** The demo’s trucks: the same sources and seed give the same ones. */
export const makeTrucks = ({ permits, items, places }: Sources, seed: string): TruckDemo => {
  const towns = townsOf(places);
  const vendors = mixed(vendorsOf(permits, items), mostOfCuisine).slice(0, mostTrucks);
  const homes = drawHomes(towns, { count: vendors.length, cities }, openChance(`${seed}/homes`));
  const trucks = vendors.map((vendor, index) =>
    truckOf(vendor, homes[index] as Town, towns, openChance(`${seed}/${vendor.applicant}`)),
  );
  const firms = regions
    .filter(({ id }) => trucks.some(({ firm }) => firm === id))
    .map(({ id, firm }) => ({ id, name: firm }));
  return { about, seed, firms, trucks };
};
