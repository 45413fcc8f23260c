import { expect, test } from 'vitest';
import { decodeCursor, encodeCursor } from '../../functions/platform/cursor.ts';

const list = (cursor: string | undefined) => decodeCursor(cursor, { pk: 'TRUCK#1' }, { sk: 'BLACKOUT#' });

test('a cursor is a key of its list, and without one the list begins', () => {
  const key = { pk: 'TRUCK#1', sk: 'BLACKOUT#7' };
  expect(list(encodeCursor(key))).toEqual({ ok: true, from: key });
  expect(list(undefined)).toEqual({ ok: true, from: undefined });
});

// The table throws when it is to go on from what is no key of the list.
test.each([
  ['of another partition', { pk: 'TRUCK#2', sk: 'BLACKOUT#7' }],
  ['of another kind of thing', { pk: 'TRUCK#1', sk: 'CALENDAR#2026-11' }],
  ['with nothing after its beginning', { pk: 'TRUCK#1', sk: 'BLACKOUT#' }],
  ['with half of the key', { pk: 'TRUCK#1' }],
  ['with more than the key', { pk: 'TRUCK#1', sk: 'BLACKOUT#7', x: 'y' }],
  ['with a number', { pk: 'TRUCK#1', sk: 7 }],
])('one %s is refused', (_, key) => {
  expect(list(encodeCursor(key))).toEqual({ ok: false });
});

test('one that is no JSON is refused', () => {
  expect(list('zz')).toEqual({ ok: false });
  expect(list(Buffer.from('null').toString('base64url'))).toEqual({ ok: false });
});
