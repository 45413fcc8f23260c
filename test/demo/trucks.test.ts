import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { faultOf } from '../../functions/marketplace/calendar/occurrences.ts';
import { servesPlace } from '../../functions/marketplace/service-area.ts';
import { openChance } from '../../local/demo/chance.ts';
import { readTrucks } from '../../local/demo/trucks.ts';
import { commaBelow, drawHomes, type GeoName, outlineOf, townsOf } from '../../scripts/demo-trucks/homes.ts';
import { cuisinesOf, menuOf } from '../../scripts/demo-trucks/kitchen.ts';
import { makeTrucks } from '../../scripts/demo-trucks/trucks.ts';
import { dishesOf, nameOf, vendorsOf } from '../../scripts/demo-trucks/vendors.ts';

describe('the trucks of the demo', () => {
  // Reading them checks each by the schemas of createTruck and putMenu.
  const { about, firms, trucks } = readTrucks();

  test('are 44 of eight firms, each with a name of its own and a menu in lei', () => {
    expect(trucks).toHaveLength(44);
    expect(new Set(trucks.map(({ truck }) => truck.name)).size).toBe(44);
    expect(new Set(trucks.map(({ firm }) => firm))).toEqual(new Set(firms.map(({ id }) => id)));
    expect(firms).toHaveLength(8);
    const dishes = trucks.flatMap(({ menu }) => menu.items);
    expect(new Set(dishes.map(({ price }) => price.currency))).toEqual(new Set(['RON']));
    expect(Math.min(...trucks.map(({ menu }) => menu.items.length))).toBe(3);
    const amounts = dishes.map(({ price }) => price.amount);
    expect([Math.min(...amounts) >= 500, Math.max(...amounts) <= 8_000]).toEqual([true, true]);
  });

  test('are what the API takes beyond its schemas: rules recur, each serves its own home', () => {
    const rules = trucks.flatMap(({ truck }) => truck.recurringBlackouts ?? []);
    expect(rules.length).toBeGreaterThan(5);
    expect(rules.flatMap((rule) => faultOf(rule) ?? [])).toEqual([]);
    const polygons = trucks.filter(({ truck }) => 'polygon' in truck.serviceArea);
    expect(polygons.length).toBeGreaterThan(5);
    expect(
      trucks.filter(({ truck: { serviceArea, home } }) => !servesPlace(serviceArea, home, home)),
    ).toEqual([]);
    expect(new Set(trucks.map(({ truck }) => truck.timeZone))).toEqual(new Set(['Europe/Bucharest']));
  });

  test('live where GeoNames has their towns, written as in Romania', () => {
    const homes = new Map(trucks.map(({ truck: { home } }) => [home.city, [home.lat, home.lon]]));
    expect(homes.size).toBe(26);
    expect(homes.get('București')).toEqual([44.43225, 26.10626]);
    expect(homes.get('Cluj-Napoca')).toEqual([46.76667, 23.6]);
    expect([...homes.keys()].filter((city) => /[şţŞŢ]|Bucharest|Sector/.test(city))).toEqual([]);
  });

  test('say what of them is made up, and whose the rest is', () => {
    expect(about.join(' ')).toMatch(/DataSF.*© GeoNames, CC BY 4\.0.*made up: prices/);
    const sources = readFileSync(path.join(import.meta.dirname, '../../local/demo/data/SOURCES.md'), 'utf8');
    expect(sources).toMatch(/`trucks.json`.*PDDL/);
    expect(sources).toMatch(/`trucks.json`.*© GeoNames.*CC BY 4\.0/);
  });
});

describe('made from permits', () => {
  test.for([
    ["Bay Area Mobile Catering, Inc. dba. Taqueria Angelica's", 'Taqueria Angelica’s'],
    ["BOWL'D ACAI, LLC.", 'Bowl’d Acai'],
    ['BH & MT LLC', 'BH & MT'],
    ['Roadside Rotisserie Corporation / Country Grill', 'Roadside Rotisserie'],
    ['El Tonayanse #4 / #36', 'El Tonayanse #4'],
  ] as const)('%s is the truck %s', ([applicant, name]) => {
    expect(nameOf(applicant)).toBe(name);
  });

  test('a menu has dishes only, each once', () => {
    expect(
      dishesOf([
        'Cold Truck',
        'Tacos',
        'taco',
        'Quesadillas & Various Drinks',
        'nachos (refried beans',
        'cheese sauce',
        'salsa fresca)',
        'and String beans',
        'chicken special. Soda',
        'etc',
      ]),
    ).toEqual(['Tacos', 'Quesadillas', 'Nachos', 'Cheese sauce', 'String beans', 'Chicken special']);
  });

  test('a vendor without a truck, or with two dishes, is none', () => {
    const items = (applicant: string, ...dishes: string[]) => dishes.map((item) => ({ applicant, item }));
    const vendors = vendorsOf(
      [
        { Applicant: 'Zuri', FacilityType: 'Truck' },
        { Applicant: 'Cart', FacilityType: 'Push Cart' },
        { Applicant: 'Two', FacilityType: 'Truck' },
        { Applicant: 'Alfaro', FacilityType: 'Truck' },
        { Applicant: 'Alfaro', FacilityType: 'Truck' },
      ],
      ['Zuri', 'Cart', 'Alfaro']
        .flatMap((applicant) => items(applicant, 'Tacos', 'Tortas', 'Burritos'))
        .concat(items('Two', 'Tacos', 'Tortas', 'etc')),
    );
    expect(vendors.map(({ name }) => name)).toEqual(['Alfaro', 'Zuri']);
  });

  test('cuisines are those of most dishes; a drink costs less than a dish', () => {
    const dishes = ['Chicken Tikka Masala', 'Mango Lassi', 'Samosas', 'Burritos', 'Tacos', 'Hot dogs'];
    expect(cuisinesOf({ name: 'SF Street Food', dishes })).toEqual(['indian', 'mexican']);
    const { items } = menuOf({ dishes: ['Mango Lassi', 'Tacos'] }, 2, openChance('menu'));
    expect(items.map(({ name, tags }) => [name, tags])).toEqual([
      ['Mango Lassi', ['drink']],
      ['Tacos', []],
    ]);
    const [drink, dish] = items.map(({ price }) => price.amount / 100);
    expect([drink! >= 8 && drink! <= 14, dish! >= 26 && dish! <= 44]).toEqual([true, true]);
  });
});

const geoName = (name: string, code: string, population: number, lat: number, lon: number): GeoName => ({
  name,
  admin1_code: code,
  feature_code: 'PPL',
  population: String(population),
  lat: String(lat),
  lon: String(lon),
});
const places = [
  geoName('Cluj-Napoca', '13', 316_748, 46.76667, 23.6),
  geoName('Oradea', '05', 206_614, 47.0458, 21.91833),
  geoName('Bistriţa', '06', 81_318, 47.13316, 24.50011),
  geoName('Bucharest', '10', 1_877_155, 44.43225, 26.10626),
  { ...geoName('Sector 3', '10', 385_439, 44.4234, 26.16874), feature_code: 'PPLX' },
  geoName('Voluntari', '43', 30_000, 44.49, 26.17),
  geoName('Buftea', '43', 20_000, 44.56, 25.95),
];

describe('homes', () => {
  const towns = townsOf(places);

  test('are towns in Romanian, with their region; districts are none', () => {
    expect(towns.map(({ city, region }) => `${city} ${region}`)).toEqual([
      'Cluj-Napoca north-west',
      'Oradea north-west',
      'Bistrița north-west',
      'București capital',
      'Voluntari capital',
      'Buftea capital',
    ]);
    expect(commaBelow('Iaşi, Constanţa, ŞŢ')).toBe('Iași, Constanța, ȘȚ');
    expect(() => townsOf([geoName('Chișinău', '99', 1, 47, 28)])).toThrow('County 99 of Chișinău');
  });

  test('are one in each large town first, then where people live', () => {
    const homes = drawHomes(towns, { count: 40, cities: 3 }, openChance('homes'));
    const count = (city: string) => homes.filter((home) => home.city === city).length;
    expect(homes).toHaveLength(40);
    expect(count('București') + count('Cluj-Napoca') + count('Oradea')).toBe(40);
    expect([count('București') > 20, count('Cluj-Napoca') > 1, count('Oradea') > 1]).toEqual([
      true,
      true,
      true,
    ]);
  });

  test('an outline is a closed ring around all its corners, counter-clockwise', () => {
    const outline = outlineOf([
      { lat: 46, lon: 23 },
      { lat: 46, lon: 24 },
      { lat: 47, lon: 24 },
      { lat: 47, lon: 23 },
      { lat: 46.5, lon: 23.5 },
    ]);
    const ring = 'polygon' in outline ? outline.polygon.coordinates[0] : [];
    expect(ring).toEqual([
      [24, 46],
      [24, 47],
      [23, 47],
      [23, 46],
      [24, 46],
    ]);
    expect(() => outlineOf([{ lat: 46, lon: 23 }])).toThrow('Three towns');
  });
});

test('the same sources and seed give the same trucks, another seed others', () => {
  const names = ['Alfaro', 'Buenafe', 'Cardona', 'Corazon'];
  const sources = {
    permits: names.map((Applicant) => ({ Applicant, FacilityType: 'Truck' })),
    items: names.flatMap((applicant) => ['Tacos', 'Tortas', 'Burritos'].map((item) => ({ applicant, item }))),
    places,
  };
  const made = JSON.stringify(makeTrucks(sources, 'one'));
  expect(JSON.stringify(makeTrucks(sources, 'one'))).toBe(made);
  expect(JSON.stringify(makeTrucks(sources, 'two'))).not.toBe(made);
  expect(makeTrucks(sources, 'one').trucks.map(({ source }) => source)).toEqual(names);
});
