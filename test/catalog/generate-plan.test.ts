import { describe, expect, test } from 'vitest';
import { generateStadium } from '../../scripts/generate-plan.ts';

const seatsOf = (plan: ReturnType<typeof generateStadium>) =>
  plan.zones.flatMap((zone) =>
    zone.rows.flatMap((row) =>
      row.seats.map((seat) => ({
        guid: seat.seat_guid,
        category: seat.category,
        x: zone.position.x + row.position.x + seat.position.x,
        y: zone.position.y + row.position.y + seat.position.y,
      })),
    ),
  );

describe('a generated stadium', () => {
  test.for([1, 7, 100, 603, 2_500, 10_000, 40_000, 40_001])('has exactly %i seats, each once', (count) => {
    const seats = seatsOf(generateStadium(count));
    expect(seats).toHaveLength(count);
    expect(new Set(seats.map((seat) => seat.guid)).size).toBe(count);
  });

  test('of 40,000 seats has ten categories, no empty row, and stays under 5 MB', () => {
    const plan = generateStadium(40_000);
    expect(plan.categories).toHaveLength(10);
    expect(plan.zones.every((zone) => zone.rows.length > 0)).toBe(true);
    expect(plan.zones.flatMap((zone) => zone.rows).every((row) => row.seats.length > 0)).toBe(true);
    expect(Buffer.byteLength(JSON.stringify(plan))).toBeLessThan(5_000_000);
    const names = new Set(plan.categories.map((category) => category.name));
    expect(seatsOf(plan).every((seat) => names.has(seat.category))).toBe(true);
  });

  test.for([603, 40_000])('of %i seats draws no two on top of each other, all inside the plan', (count) => {
    const plan = generateStadium(count);
    const cell = (value: number) => Math.floor(value / 20);
    const grid = new Map<string, { x: number; y: number }[]>();
    let nearest = Number.POSITIVE_INFINITY;
    for (const seat of seatsOf(plan)) {
      expect(seat.x > 0 && seat.y > 0 && seat.x < plan.size.width && seat.y < plan.size.height).toBe(true);
      for (const dx of [-1, 0, 1]) {
        for (const dy of [-1, 0, 1]) {
          for (const other of grid.get(`${cell(seat.x) + dx}/${cell(seat.y) + dy}`) ?? []) {
            nearest = Math.min(nearest, Math.hypot(seat.x - other.x, seat.y - other.y));
          }
        }
      }
      const key = `${cell(seat.x)}/${cell(seat.y)}`;
      grid.set(key, [...(grid.get(key) ?? []), seat]);
    }
    expect(nearest).toBeGreaterThan(19);
  });

  test('is the same every time, and puts the middle of the main stand first', () => {
    const plan = generateStadium(5_000);
    expect(generateStadium(5_000)).toEqual(plan);
    expect(plan.zones[0]?.name).toBe('Lower tier 101, main stand');
    expect(plan.zones[0]?.rows[0]?.seats[0]?.category).toBe('Main stand centre');
  });
});
