import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { categoryPlaces, layoutOf, planVersionOf } from '../../functions/catalog/layout.ts';
import { checkPlan, type SeatingPlan } from '../../functions/catalog/seating-plan.ts';
import { generateStadium } from '../../scripts/generate-plan.ts';

const valid = (document: unknown): SeatingPlan => {
  const check = checkPlan(document);
  if (!check.ok) throw new Error(JSON.stringify(check.faults.slice(0, 3)));
  return check.plan;
};

const document = {
  name: 'Small hall',
  size: { width: 300, height: 200 },
  categories: [{ name: 'Stalls', color: '#112233' }, { name: 'Balcony' }, { name: 'Standing' }],
  zones: [
    {
      name: 'Ground floor',
      zone_id: 'ground',
      position: { x: 100, y: 50 },
      rows: [
        {
          row_number: 'A',
          row_label: 'Row A',
          position: { x: 10, y: 20 },
          seats: [
            { seat_guid: 'g-a-1', seat_number: '1', position: { x: 1.25, y: -2 }, category: 'Stalls' },
            {
              seat_guid: 'g-a-2',
              seat_number: '2',
              position: { x: 26, y: 0 },
              category: 'Balcony',
              fairground: { accessible: true },
            },
          ],
        },
      ],
      areas: [
        {
          shape: 'rectangle',
          color: '#eeeeee',
          position: { x: 5, y: 5 },
          rectangle: { width: 50, height: 20 },
          fairground: { generalAdmission: { name: 'Pit', category: 'Standing', capacity: 120 } },
        },
      ],
    },
  ],
};

describe('layout', () => {
  test('adds up positions, points to categories and keeps our additions', () => {
    const layout = layoutOf(valid(document), 'ven_1');
    expect(layout).toEqual({
      planVersion: layout.planVersion,
      venueId: 'ven_1',
      name: 'Small hall',
      size: { width: 300, height: 200 },
      categories: [
        { name: 'Stalls', color: '#112233' },
        { name: 'Balcony', color: '#808080' },
        { name: 'Standing', color: '#808080' },
      ],
      zones: [
        {
          id: 'ground',
          name: 'Ground floor',
          rows: [
            {
              id: '0',
              label: 'Row A',
              seats: [
                { guid: 'g-a-1', number: '1', x: 111.3, y: 68, category: 0 },
                { guid: 'g-a-2', number: '2', x: 136, y: 70, category: 1, accessible: true },
              ],
            },
          ],
        },
      ],
      areas: [{ shape: 'rectangle', color: '#eeeeee', x: 105, y: 55, rectangle: { width: 50, height: 20 } }],
      generalAdmission: [{ name: 'Pit', category: 'Standing', capacity: 120 }],
    });
    expect(categoryPlaces(layout)).toEqual([
      { name: 'Stalls', seats: 1, capacity: 0 },
      { name: 'Balcony', seats: 1, capacity: 0 },
      { name: 'Standing', seats: 0, capacity: 120 },
    ]);
  });

  test('has the same version for the same plan, in whatever order its properties stand', () => {
    const { zones, ...rest } = document;
    const version = planVersionOf(valid(document));
    expect(version).toMatch(/^pln_[0-9a-hjkmnp-tv-z]{26}$/);
    expect(planVersionOf(valid({ zones, ...rest }))).toBe(version);
    expect(planVersionOf(valid({ ...document, name: 'Large hall' }))).not.toBe(version);
  });

  test('of the Paraninfo begins with row Q, whose first seat stands where the file says', () => {
    const file = new URL('../fixtures/seating/ull-paraninfo.pretix.json', import.meta.url);
    const layout = layoutOf(valid(JSON.parse(readFileSync(file, 'utf8'))), 'ven_1');
    expect(layout.zones[0]?.rows[0]?.label).toBe('Q');
    expect(layout.zones[0]?.rows[0]?.seats[0]).toEqual({
      guid: 'stalls-Q-24',
      number: '24',
      x: 252,
      y: 502,
      category: 0,
    });
    expect(categoryPlaces(layout).map(({ name, seats }) => [name, seats])).toEqual([
      ['Patio de Butacas', 396],
      ['Anfiteatro', 137],
      ['Palco Bajo', 32],
      ['Palco Alto', 38],
    ]);
  });

  test('of 40,000 seats is a document of less than 3.5 MB', () => {
    const layout = layoutOf(valid(generateStadium(40_000)), 'ven_1');
    expect(Buffer.byteLength(JSON.stringify(layout))).toBeLessThan(3_500_000);
  });
});
