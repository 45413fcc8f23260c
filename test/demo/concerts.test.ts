import { describe, expect, test } from 'vitest';
import { instantAt, minutesOf, moveToFuture, readConcerts, spokenName } from '../../local/demo/concerts.ts';

const concerts = readConcerts();

test('names are said first name first, in their own spelling', () => {
  expect(
    ['Rouvali, Santtu-Matias', 'Paert [Pärt], Arvo', 'Corigliano, John, Jr.', 'de Hartmann, Thomas'].map(
      spokenName,
    ),
  ).toEqual(['Santtu-Matias Rouvali', 'Arvo Pärt', 'John Corigliano Jr.', 'Thomas de Hartmann']);
});

test('a concert has a name, a programme and each performer once', () => {
  expect(concerts).toHaveLength(18);
  const [first] = concerts;
  expect(first).toMatchObject({
    id: 'nyphil-14946-1',
    date: '2024-11-07',
    minutes: 1_170,
    performers: [
      { name: 'New York Philharmonic', description: 'Orchestra' },
      { name: 'Santtu-Matias Rouvali', description: 'Conductor' },
      { name: 'Miah Persson', description: 'Soprano' },
    ],
  });
  const yujaWang = concerts.find(({ id }) => id === 'nyphil-14957-1');
  expect(yujaWang?.performers).toEqual([
    { name: 'New York Philharmonic', description: 'Orchestra' },
    { name: 'Yuja Wang', description: 'Conductor, Piano' },
  ]);
});

test('times are of a twelve-hour clock', () => {
  expect(['12:00AM', '9:05AM', '12:30PM', '7:30PM'].map(minutesOf)).toEqual([0, 545, 750, 1_170]);
  expect(() => minutesOf('19:30')).toThrow('Not a time: 19:30');
});

describe('dates', () => {
  const first = (today: string) => moveToFuture(concerts, new Date(today))[0]?.date;

  test('move to the future by whole weeks, and stay the whole day', () => {
    // 7 November 2024 was a Thursday.
    expect(first('2026-11-21T00:00:00Z')).toBe('2026-12-03');
    expect(first('2026-11-21T23:59:59Z')).toBe('2026-12-03');
    expect(first('2026-11-26T12:00:00Z')).toBe('2026-12-03');
    expect(first('2026-11-27T12:00:00Z')).toBe('2026-12-10');
  });

  test('keep their distances', () => {
    const moved = moveToFuture(concerts, new Date('2026-11-21T00:00:00Z'));
    const days = (a: string, b: string) => (Date.parse(b) - Date.parse(a)) / 86_400_000;
    expect(days(moved[0]?.date ?? '', moved.at(-1)?.date ?? '')).toBe(391);
  });

  test.for([
    ['2026-12-03', 1_170, 'Atlantic/Canary', '2026-12-03T19:30:00.000Z'],
    ['2026-07-01', 1_170, 'Atlantic/Canary', '2026-07-01T18:30:00.000Z'],
    ['2026-12-03', 1_170, 'America/New_York', '2026-12-04T00:30:00.000Z'],
    ['2026-07-01', 30, 'Europe/Bucharest', '2026-06-30T21:30:00.000Z'],
    // The morning after the clocks changed, and the evening before.
    ['2026-03-29', 600, 'Europe/Bucharest', '2026-03-29T07:00:00.000Z'],
    ['2026-03-28', 1_410, 'Europe/Bucharest', '2026-03-28T21:30:00.000Z'],
  ] as const)('%s, minute %s in %s is %s', ([date, minutes, timeZone, expected]) => {
    expect(instantAt(date, minutes, timeZone).toISOString()).toBe(expected);
  });
});
