import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type CalendarEntry,
  type CalendarRules,
  decidePlacement,
  earliestStart,
  freeWindows,
} from '../../../functions/marketplace/calendar/calendar.ts';
import {
  defaultTravelRules,
  type Place,
  travelSeconds,
} from '../../../functions/marketplace/calendar/travel.ts';

const seconds = (instant: string): number => Date.parse(instant) / 1_000;
const at = (day: number, time: string): number =>
  seconds(`2026-06-${String(day).padStart(2, '0')}T${time}:00Z`);
const cluj: Place = { lat: 46.7712, lon: 23.6236 };
const bucuresti: Place = { lat: 44.4268, lon: 26.1025 };
/** Some 26 km from Cluj as the crow flies, 34 by road. */
const turda: Place = { lat: 46.5667, lon: 23.7833 };
const always = [{ from: at(1, '00:00'), to: at(30, '00:00') }];

const rules = (more: Partial<CalendarRules> = {}): CalendarRules => ({
  units: 1,
  setupSeconds: 3_600,
  teardownSeconds: 1_800,
  travel: defaultTravelRules,
  open: always,
  closed: [],
  ...more,
});

const entry = (from: number, to: number, more: Partial<CalendarEntry> = {}): CalendarEntry => ({
  id: 'lead_1',
  kind: 'booking',
  shown: { from, to },
  blocked: { from: from - 3_600, to: to + 1_800 },
  unit: 0,
  place: cluj,
  ...more,
});

const now = at(1, '00:00');
const wanted = (from: number, to: number, place: Place | undefined = cluj) => ({
  shown: { from, to },
  place,
});

describe('Cluj 12:00–16:00 is booked; an hour of setup, half an hour of teardown', () => {
  const booked = [entry(at(10, '12:00'), at(10, '16:00'))];
  const conflict = { from: at(10, '12:00'), to: at(10, '16:00'), kind: 'booking' };

  test('București at 18:00 the same day is refused, and 00:32 is the earliest start that works', () => {
    const asked = wanted(at(10, '18:00'), at(10, '21:00'), bucuresti);
    // 324 km as the crow flies, 422 by road, at 60 km/h: from the end of teardown at 16:30 until 23:32.
    expect(travelSeconds(defaultTravelRules, cluj, bucuresti)).toBe(422 * 60);
    expect(decidePlacement(booked, rules(), asked, now)).toEqual({
      kind: 'too_far',
      conflict,
      travelSeconds: 422 * 60,
    });
    expect(earliestStart(booked, rules(), asked, now, at(20, '00:00'))).toBe(at(11, '00:32'));
    expect(earliestStart(booked, rules(), asked, now, at(10, '20:00'))).toBeUndefined();
  });

  test('thirty kilometres away on the same day is accepted', () => {
    const asked = wanted(at(10, '19:00'), at(10, '22:00'), turda);
    expect(travelSeconds(defaultTravelRules, cluj, turda)).toBe(75 * 60);
    expect(decidePlacement(booked, rules(), asked, now)).toEqual({
      kind: 'fits',
      unit: 0,
      blocked: { from: at(10, '18:00'), to: at(10, '22:30') },
    });
  });

  test.each([
    // what, from, to, place, placement
    ['the same hours', '12:00', '16:00', cluj, { kind: 'taken', conflict }],
    ['its teardown runs into our setup', '17:29', '20:00', cluj, { kind: 'taken', conflict }],
    ['setup begins when teardown ends', '17:30', '20:00', cluj, { kind: 'fits', unit: 0 }],
    ['our teardown runs into its setup', '08:00', '10:31', cluj, { kind: 'taken', conflict }],
    ['teardown ends when setup begins', '08:00', '10:30', cluj, { kind: 'fits', unit: 0 }],
    ['too late to drive there before it', '05:00', '09:16', turda, { kind: 'too_far', conflict }],
    ['just in time to drive there before it', '05:00', '09:15', turda, { kind: 'fits', unit: 0 }],
  ] as const)('%s', (_, from, to, place, placement) => {
    const asked = wanted(at(10, from), at(10, to), place);
    expect(decidePlacement(booked, rules(), asked, now)).toMatchObject(placement);
  });

  test('a second unit takes what the first cannot', () => {
    const asked = wanted(at(10, '18:00'), at(10, '21:00'), bucuresti);
    expect(decidePlacement(booked, rules({ units: 2 }), asked, now)).toMatchObject({ kind: 'fits', unit: 1 });
  });

  test('of two units that can, the one that stands idle shortest before it', () => {
    const asked = wanted(at(10, '19:00'), at(10, '22:00'), turda);
    expect(decidePlacement(booked, rules({ units: 2 }), asked, now)).toMatchObject({ kind: 'fits', unit: 0 });
  });

  test('a hold stands through its last second and then takes nothing', () => {
    const held = [entry(at(10, '12:00'), at(10, '16:00'), { kind: 'hold', until: now + 60 })];
    const asked = wanted(at(10, '12:00'), at(10, '16:00'));
    expect(decidePlacement(held, rules(), asked, now + 60)).toMatchObject({ kind: 'taken' });
    expect(decidePlacement(held, rules(), asked, now + 61)).toMatchObject({ kind: 'fits' });
  });

  test('a blackout between two places does not shorten the road', () => {
    const blackout = entry(at(10, '17:00'), at(10, '18:00'), {
      kind: 'blackout',
      unit: 'all',
      blocked: { from: at(10, '17:00'), to: at(10, '18:00') },
      place: undefined,
    });
    const asked = wanted(at(10, '19:00'), at(10, '21:00'), bucuresti);
    expect(decidePlacement([...booked, blackout], rules(), asked, now)).toEqual({
      kind: 'too_far',
      conflict,
      travelSeconds: 422 * 60,
    });
  });

  test('what is free around it, here and far away', () => {
    const day = { from: at(10, '06:00'), to: at(11, '06:00') };
    expect(freeWindows(booked, rules(), cluj, day, now)).toEqual([
      { from: at(10, '06:00'), to: at(10, '10:30') },
      { from: at(10, '17:30'), to: at(11, '06:00') },
    ]);
    expect(freeWindows(booked, rules(), bucuresti, day, now)).toEqual([
      { from: at(11, '00:32'), to: at(11, '06:00') },
    ]);
  });
});

describe('opening hours 10:00–22:00 on two days', () => {
  const open = [
    { from: at(10, '10:00'), to: at(10, '22:00') },
    { from: at(11, '10:00'), to: at(11, '22:00') },
  ];
  test.each([
    ['within', at(10, '10:00'), at(10, '22:00'), 'fits'],
    ['a minute before', at(10, '09:59'), at(10, '12:00'), 'closed'],
    ['a minute after', at(10, '20:00'), at(10, '22:01'), 'closed'],
    ['over the night, less than a day', at(10, '20:00'), at(11, '11:00'), 'closed'],
    ['two days, begins and ends while open', at(10, '10:00'), at(11, '22:00'), 'fits'],
    ['two days, ends after closing', at(10, '10:00'), at(11, '22:01'), 'closed'],
  ] as const)('%s', (_, from, to, kind) => {
    expect(decidePlacement([], rules({ open }), wanted(from, to), now).kind).toBe(kind);
  });

  test('a recurring blackout blocks setup and teardown too, and the next start is after it', () => {
    const closed = [{ from: at(10, '12:00'), to: at(10, '13:00') }];
    const asked = wanted(at(10, '11:00'), at(10, '11:45'));
    expect(decidePlacement([], rules({ open, closed }), asked, now)).toEqual({
      kind: 'taken',
      conflict: { from: at(10, '12:00'), to: at(10, '13:00'), kind: 'blackout' },
    });
    expect(earliestStart([], rules({ open, closed }), asked, now, at(12, '00:00'))).toBe(at(10, '14:00'));
  });

  test('when nothing fits that day the next opening is the earliest start', () => {
    const asked = wanted(at(10, '21:00'), at(10, '23:00'));
    expect(earliestStart([], rules({ open }), asked, now, at(12, '00:00'))).toBe(at(11, '10:00'));
    const long = wanted(at(10, '11:00'), at(10, '11:00') + 30 * 3_600);
    // Thirty hours end while open only from 04:00 on: the first start that is open too is 10:00 – none ends open before.
    expect(earliestStart([], rules({ open }), long, now, at(12, '00:00'))).toBe(at(10, '11:00'));
  });
});

/**
 * The same rule again, minute by minute and unit by unit: slow, without intervals, written apart from the code.
 * Minutes are counted from `start`.
 */
const gridSays = (
  entries: readonly CalendarEntry[],
  { units, setupSeconds, teardownSeconds, open, closed, travel }: CalendarRules,
  shown: { from: number; to: number },
  place: Place,
  moment: number,
): boolean => {
  const isIn = (minute: number, { from, to }: { from: number; to: number }) => from <= minute && minute < to;
  const minutes = (from: number, to: number) =>
    Array.from({ length: (to - from) / 60 }, (_, index) => from + index * 60);
  if (!minutes(shown.from, shown.to).every((minute) => open.some((interval) => isIn(minute, interval))))
    return false;
  const busy = minutes(shown.from - setupSeconds, shown.to + teardownSeconds);
  if (busy.some((minute) => closed.some((interval) => isIn(minute, interval)))) return false;
  const first = shown.from - setupSeconds;
  const last = shown.to + teardownSeconds;
  for (let unit = 0; unit < units; unit += 1) {
    const own = entries.filter(
      (one) => (one.unit === unit || one.unit === 'all') && !(one.until !== undefined && one.until < moment),
    );
    if (busy.some((minute) => own.some(({ blocked }) => isIn(minute, blocked)))) continue;
    let ok = true;
    for (const direction of [-1, 1]) {
      // Walk away from the window, minute by minute, to the first thing with a place; two days are enough.
      for (let step = 0; step < 2 * 24 * 60; step += 1) {
        const minute = direction < 0 ? first - (step + 1) * 60 : last + step * 60;
        const there = own.find((one) => one.place !== undefined && isIn(minute, one.blocked));
        if (there === undefined) continue;
        if (travelSeconds(travel, there.place as Place, place) > step * 60) ok = false;
        break;
      }
    }
    if (ok) return true;
  }
  return false;
};

const quarter = 15 * 60;
const base = at(10, '00:00');
const spanQuarters = 2 * 24 * 4;

const places = [cluj, turda, bucuresti, { lat: 45.7983, lon: 24.1256 }];
const interval = (longest: number) =>
  fc
    .tuple(fc.nat({ max: spanQuarters - 1 }), fc.integer({ min: 1, max: longest }))
    .map(([from, length]) => ({ from: base + from * quarter, to: base + (from + length) * quarter }));

const world = fc
  .record({
    units: fc.integer({ min: 1, max: 3 }),
    setup: fc.nat({ max: 6 }),
    teardown: fc.nat({ max: 4 }),
    hours: fc.option(fc.array(interval(48), { minLength: 1, maxLength: 4 })),
    closed: fc.array(interval(12), { maxLength: 2 }),
    asks: fc.array(
      fc.record({
        shown: interval(24),
        place: fc.constantFrom(...places),
        kind: fc.constantFrom('booking', 'hold', 'blackout'),
        until: fc.integer({ min: -5, max: 5 }),
      }),
      { minLength: 1, maxLength: 10 },
    ),
  })
  .map(({ units, setup, teardown, hours, closed, asks }) => {
    const given = rules({
      units,
      setupSeconds: setup * quarter,
      teardownSeconds: teardown * quarter,
      open: hours === null ? [{ from: base - 10 * 86_400, to: base + 20 * 86_400 }] : disjoint(hours),
      closed: disjoint(closed),
    });
    return { rules: given, asks };
  });

const disjoint = (intervals: readonly { from: number; to: number }[]) => {
  const sorted = [...intervals].sort((one, other) => one.from - other.from);
  const result: { from: number; to: number }[] = [];
  for (const { from, to } of sorted) {
    const last = result.at(-1);
    if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to);
    else result.push({ from, to });
  }
  return result;
};

test('the decision, the listing and a grid of minutes say the same of random calendars', () => {
  const moment = base;
  const seed = 20261121;
  let fitted = 0;
  let refused = 0;
  fc.assert(
    fc.property(world, ({ rules: given, asks }) => {
      const entries: CalendarEntry[] = [];
      for (const [index, { shown, place, kind, until }] of asks.entries()) {
        if (kind === 'blackout') {
          entries.push({ id: `b${index}`, kind, shown, blocked: shown, unit: 'all' });
          continue;
        }
        const placement = decidePlacement(entries, given, { shown, place }, moment);
        const fits = placement.kind === 'fits';
        if (fits !== gridSays(entries, given, shown, place, moment)) throw new Error('The grid disagrees');
        const listed = freeWindows(
          entries,
          given,
          place,
          { from: base - 3 * 86_400, to: base + 6 * 86_400 },
          moment,
        );
        if (fits !== listed.some(({ from, to }) => from <= shown.from && shown.to <= to))
          throw new Error('The listing disagrees');
        if (placement.kind !== 'fits') {
          refused += 1;
          const horizon = base + 4 * 86_400;
          const start = earliestStart(entries, given, { shown, place }, moment, horizon);
          const length = shown.to - shown.from;
          const stretch = listed.filter(({ from, to }) => to - from >= length && to - length >= shown.from);
          const first = Math.min(...stretch.map(({ from }) => Math.max(from, shown.from)));
          if (start !== (first <= horizon ? first : undefined))
            throw new Error('The earliest start is another');
          continue;
        }
        fitted += 1;
        entries.push({
          id: `e${index}`,
          kind: kind as 'booking',
          shown,
          blocked: placement.blocked,
          unit: placement.unit,
          place,
          ...(kind === 'hold' && { until: moment + until }),
        });
      }
    }),
    { numRuns: 10_000, seed },
  );
  expect([fitted > 5_000, refused > 5_000]).toEqual([true, true]);
});
