import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { layoutOf, seatCount } from '../../functions/catalog/layout.ts';
import { checkPlan, type SeatingPlan } from '../../functions/catalog/seating-plan.ts';
import { maxFaults } from '../../functions/platform/request.ts';
import { generateStadium } from '../../scripts/generate-plan.ts';

const fixture = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../fixtures/seating/${name}.pretix.json`, import.meta.url), 'utf8'));

const seat = (guid: string, more: object = {}) => ({
  seat_guid: guid,
  seat_number: guid,
  position: { x: 0, y: 0 },
  category: 'Stalls',
  ...more,
});
const row = (seats: readonly unknown[], more: object = {}) => ({ row_number: '1', seats, ...more });
const zone = (rows: readonly unknown[], more: object = {}) => ({
  name: 'Hall',
  position: { x: 0, y: 0 },
  rows,
  ...more,
});
const plan = (zones: readonly unknown[], more: object = {}) => ({
  name: 'Hall',
  categories: [{ name: 'Stalls' }, { name: 'Standing' }],
  zones,
  ...more,
});
const standing = (capacity: unknown, more: object = {}) => ({
  shape: 'rectangle',
  rectangle: { width: 10, height: 10 },
  fairground: { generalAdmission: { name: 'Pit', category: 'Standing', capacity, ...more } },
});

const faultsOf = (document: unknown) => {
  const check = checkPlan(document);
  return check.ok ? [] : check.faults.map(({ pointer, code }) => `${code} ${pointer}`);
};

describe('real plans', () => {
  test('the Paraninfo is accepted', () => {
    const check = checkPlan(fixture('ull-paraninfo'));
    if (!check.ok) throw new Error(JSON.stringify(check.faults.slice(0, 3)));
    const layout = layoutOf(check.plan, 'ven_1');
    expect(seatCount(layout)).toBe(603);
    expect(layout.zones.map((z) => [z.name, z.rows.length])).toEqual([
      ['Patio de Butacas', 17],
      ['Anfiteatro', 8],
      ['Palco Bajo', 2],
      ['Palco Alto', 2],
    ]);
  });

  test('the demo stadium is refused for both of its faults, each seen among the first hundred', () => {
    const check = checkPlan(fixture('seatmap-canvas-stadium'));
    if (check.ok) throw new Error('accepted');
    const seen = check.faults.slice(0, maxFaults);
    expect(check.faults).toHaveLength(422);
    expect(seen[0]).toMatchObject({ pointer: '/zones/0/areas/0/rectangle/width' });
    expect(seen.find((fault) => fault.code === 'DUPLICATE_SEAT')).toEqual({
      in: 'body',
      pointer: '/zones/0/rows/6/seats/0/seat_guid',
      code: 'DUPLICATE_SEAT',
      detail: 'The seat_guid "Groundfloor-A-1" is already used at /zones/0/rows/0/seats/0.',
    });
  });

  test('generated stadiums are accepted up to 40,000 seats and refused above', () => {
    expect(faultsOf(generateStadium(40_000))).toEqual([]);
    expect(faultsOf(generateStadium(40_001))).toEqual(['TOO_MANY_PLACES /zones']);
  });
});

describe('accepted', () => {
  test.for<[string, unknown]>([
    ['one seat', plan([zone([row([seat('A')])])])],
    ['standing places only', plan([zone([], { areas: [standing(500)] })])],
    [
      'seats in one category, standing in another',
      plan([zone([row([seat('A')])], { areas: [standing(39_999)] })]),
    ],
    ['an accessible seat', plan([zone([row([seat('A', { fairground: { accessible: true } })])])])],
    [
      'what pretix lets be left out: a zone’s name, an area’s shape, positions of rows',
      plan([{ position: { x: 0, y: 0 }, rows: [row([seat('A')])], areas: [{ color: '#fff' }] }]),
    ],
    [
      'what pretix lets be null',
      plan([
        zone([
          row([seat('A', { start_direction: null })], {
            row_label: null,
            seat_label: null,
            row_number_position: null,
          }),
        ]),
      ]),
    ],
    [
      'fractional and negative positions',
      plan([zone([row([seat('A', { position: { x: -1.5, y: 0.25 } })])])]),
    ],
    ['a category that no seat has', plan([zone([row([seat('A')])])])],
  ])('%s', ([, document]) => {
    expect(faultsOf(document)).toEqual([]);
  });
});

describe('refused', () => {
  test.for<[string, unknown, string[]]>([
    [
      'an unknown category',
      plan([zone([row([seat('A'), seat('B', { category: 'Balcony' })])])]),
      ['UNKNOWN_CATEGORY /zones/0/rows/0/seats/1/category'],
    ],
    [
      'a repeated seat_guid, also across zones, once for each repeat',
      plan([zone([row([seat('A'), seat('A')])]), zone([row([seat('A')])])]),
      [
        'DUPLICATE_SEAT /zones/0/rows/0/seats/1/seat_guid',
        'DUPLICATE_SEAT /zones/1/rows/0/seats/0/seat_guid',
      ],
    ],
    ['an empty row', plan([zone([row([seat('A')]), row([])])]), ['EMPTY_ROW /zones/0/rows/1/seats']],
    ['no places at all', plan([]), ['NO_PLACES /zones']],
    [
      'no places in a zone of drawings',
      plan([zone([], { areas: [{ shape: 'text' }] })]),
      ['NO_PLACES /zones'],
    ],
    [
      'a category defined twice',
      plan([zone([row([seat('A')])])], { categories: [{ name: 'Stalls' }, { name: 'Stalls' }] }),
      ['DUPLICATE_CATEGORY /categories/1/name'],
    ],
    [
      'too many places, seats and standing together',
      plan([zone([row([seat('A')])], { areas: [standing(40_000)] })]),
      ['TOO_MANY_PLACES /zones'],
    ],
    [
      'a category of seats and of standing places',
      plan([zone([row([seat('A')])], { areas: [standing(5, { category: 'Stalls' })] })]),
      ['MIXED_CATEGORY /zones/0/areas/0/fairground/generalAdmission/category'],
    ],
    [
      'an unknown category of standing places',
      plan([zone([row([seat('A')])], { areas: [standing(5, { category: 'Pit' })] })]),
      ['UNKNOWN_CATEGORY /zones/0/areas/0/fairground/generalAdmission/category'],
    ],
    [
      'an unknown property, named with its slash and tilde escaped',
      plan([zone([row([seat('A', { 'a/b~c': 1 })])])]),
      ['UNKNOWN_FIELD /zones/0/rows/0/seats/0/a~1b~0c'],
    ],
    [
      'a fractional size of an area',
      plan([
        zone([row([seat('A')])], { areas: [{ shape: 'rectangle', rectangle: { width: 1.5, height: 2 } }] }),
      ]),
      ['INVALID_TYPE /zones/0/areas/0/rectangle/width'],
    ],
    [
      'a missing name of the plan',
      { ...plan([zone([row([seat('A')])])]), name: undefined },
      ['INVALID_TYPE /name'],
    ],
    [
      'one uuid for two objects, whatever their kinds',
      plan([zone([row([seat('A', { uuid: 'u1' })], { uuid: 'u1' })])]),
      ['DUPLICATE_UUID /zones/0/rows/0/seats/0/uuid'],
    ],
    [
      'two zones of one zone_id',
      plan([zone([row([seat('A')])], { zone_id: 'z' }), zone([row([seat('B')])], { zone_id: 'z' })]),
      ['DUPLICATE_ZONE /zones/1/zone_id'],
    ],
    [
      'a position so far out that sums lose their meaning',
      plan([zone([row([seat('A', { position: { x: 1e300, y: 0 } })])])]),
      ['TOO_BIG /zones/0/rows/0/seats/0/position/x'],
    ],
  ])('%s', ([, document, expected]) => {
    expect(faultsOf(document)).toEqual(expected);
  });

  test.for<[string, unknown]>([
    ['null', null],
    ['a number', 5],
    ['a list', []],
    ['a plan without anything', {}],
    ['zones that are no list', plan({} as never)],
    [
      'null in every list',
      plan([null, zone([null, row([null])], { areas: [null] })], { categories: [null] }),
    ],
    [
      'null under our own key',
      plan([zone([row([seat('A', { fairground: null })])], { areas: [{ fairground: null }] })]),
    ],
    [
      'null as standing places',
      plan([zone([], { areas: [{ shape: 'text', fairground: { generalAdmission: null } }] })]),
    ],
    ['a capacity below zero', plan([zone([row([seat('A')])], { areas: [standing(-1)] })])],
    ['text as a capacity', plan([zone([], { areas: [standing('many')] })])],
  ])('%s, without a crash', ([, document]) => {
    expect(faultsOf(document).length).toBeGreaterThan(0);
  });

  test('every kind of fault is among the first hundred, faults of form first', () => {
    const seats = Array.from({ length: 300 }, (_, index) =>
      seat(`S${index % 2}`, { category: 'Nowhere', ...(index < 150 && { extra: 1 }) }),
    );
    const seen = faultsOf(plan([zone([row(seats), row([])])])).slice(0, maxFaults);
    expect(new Set(seen.map((fault) => fault.split(' ')[0]))).toEqual(
      new Set(['UNKNOWN_FIELD', 'UNKNOWN_CATEGORY', 'DUPLICATE_SEAT', 'EMPTY_ROW']),
    );
    expect(seen[0]).toBe('UNKNOWN_FIELD /zones/0/rows/0/seats/0/extra');
  });
});

describe('a document made to exhaust us is refused at once', () => {
  test.for<[string, string, string]>([
    [
      'a million empty seats',
      `{"zones":[{"rows":[{"seats":[${'{},'.repeat(1_000_000)}{}]}]}]}`,
      'TOO_MANY_OBJECTS ',
    ],
    [
      '200,000 empty seats',
      `{"zones":[{"rows":[{"seats":[${'{},'.repeat(200_000)}{}]}]}]}`,
      'TOO_MANY_PLACES /zones',
    ],
    [
      'nested two million deep',
      `{"name":${'['.repeat(2_000_000)}${']'.repeat(2_000_000)}}`,
      'TOO_MANY_OBJECTS ',
    ],
    ['nested 200,000 deep', `{"name":${'['.repeat(200_000)}${']'.repeat(200_000)}}`, 'INVALID_TYPE /name'],
  ])('%s', ([, text, expected]) => {
    expect(faultsOf(JSON.parse(text))).toContain(expected);
  });
});

describe('any JSON', () => {
  test('is judged without a crash, and a refusal names at least one place', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (document) => {
        const check = checkPlan(document);
        expect(check.ok || check.faults.length > 0).toBe(true);
      }),
    );
  });

  test('put anywhere in a plan is judged without a crash', () => {
    const good = plan([zone([row([seat('A')])], { areas: [standing(5)] })]);
    const paths = pathsOf(good);
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.jsonValue(), (path, value) => {
        const check = checkPlan(replaced(good, path, value));
        expect(check.ok || check.faults.length > 0).toBe(true);
      }),
    );
  });
});

const pathsOf = (value: unknown, path: readonly string[] = []): (readonly string[])[] =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, child]) => [[...path, key], ...pathsOf(child, [...path, key])])
    : [];

const replaced = (document: unknown, [key, ...rest]: readonly string[], value: unknown): unknown => {
  if (key === undefined) return value;
  if (Array.isArray(document)) {
    return document.map((child, index) => (String(index) === key ? replaced(child, rest, value) : child));
  }
  const object = document as Record<string, unknown>;
  return { ...object, [key]: replaced(object[key], rest, value) };
};

/** Any valid plan: a few zones of rows of seats, with standing areas. */
const anyPlan: fc.Arbitrary<SeatingPlan> = fc
  .array(
    fc.record({
      rows: fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 6 }),
      capacities: fc.array(fc.integer({ min: 1, max: 200 }), { maxLength: 2 }),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .filter((zones) => zones.some((z) => z.rows.length + z.capacities.length > 0))
  .map((zones) => {
    const document = plan(
      zones.map(({ rows, capacities }, z) =>
        zone(
          rows.map((length, r) => row(Array.from({ length }, (_, s) => seat(`${z}-${r}-${s}`)))),
          { areas: capacities.map((capacity) => standing(capacity)) },
        ),
      ),
    );
    const check = checkPlan(document);
    if (!check.ok) throw new Error(JSON.stringify(check.faults));
    return check.plan;
  });

describe('any valid plan', () => {
  test('keeps every seat in the order of the document', () => {
    fc.assert(
      fc.property(anyPlan, (valid) => {
        const guids = (zones: readonly { rows: readonly { seats: readonly object[] }[] }[], key: string) =>
          zones.flatMap((z) =>
            z.rows.flatMap((r) => r.seats.map((s) => (s as Record<string, unknown>)[key])),
          );
        const layout = layoutOf(valid, 'ven_1');
        expect(guids(layout.zones, 'guid')).toEqual(guids(valid.zones, 'seat_guid'));
        expect(layoutOf(valid, 'ven_2').planVersion).toBe(layout.planVersion);
      }),
    );
  });
});
