import { describe, expect, test } from 'vitest';
import { planInventory } from '../../functions/ticketing/block-plan.ts';
import { type Hold, statusAt } from '../../functions/ticketing/hold.ts';
import { decideExtend, decideExtendForPayment } from '../../functions/ticketing/hold-extension.ts';
import type { OpenSale } from '../../functions/ticketing/ports.ts';
import { saleState } from '../../functions/ticketing/sale.ts';
import { expiresAt, holdView } from '../../functions/ticketing/views.ts';
import { hall, seated, standing } from './hall.ts';

const hold = (more: Partial<Hold> = {}): Hold => ({
  holdId: 'hld_1',
  sessionId: 'ses_1',
  status: 'active',
  places: [],
  until: 1_600,
  createdAt: 1_000,
  requestHash: 'x',
  revision: 1,
  ...more,
});

test('a hold is active through its last second, expired from the next on, whatever job has run', () => {
  expect(statusAt(hold(), 1_600)).toBe('active');
  expect(statusAt(hold(), 1_601)).toBe('expired');
  expect(statusAt(hold({ status: 'cancelled' }), 1_601)).toBe('cancelled');
  expect(statusAt(hold({ status: 'confirmed' }), 1_601)).toBe('confirmed');
  expect(expiresAt(1_600)).toBe('1970-01-01T00:26:41.000Z');
});

describe('extending a hold made at 1000 until 1600; the cap is 1000 + 30 minutes = 2800', () => {
  test.each<[string, Partial<Hold>, number, number, number | undefined, object]>([
    // what                        hold                       now   holdSeconds seconds   decision
    ['a heartbeat: its duration again', {}, 1_100, 600, undefined, { kind: 'extend', until: 1_700 }],
    ['a heartbeat that comes too late', {}, 2_500, 600, undefined, { kind: 'expired' }],
    [
      'a heartbeat is cut at the cap',
      { until: 2_700 },
      2_500,
      600,
      undefined,
      { kind: 'extend', until: 2_800 },
    ],
    ['heartbeat at the cap', { until: 2_800 }, 2_500, 600, undefined, { kind: 'limit', latest: 2_800 }],
    ['so many seconds', {}, 1_600, 600, 30, { kind: 'extend', until: 1_630 }],
    ['exactly to the cap', {}, 1_600, 600, 1_200, { kind: 'extend', until: 2_800 }],
    ['a second over the cap', {}, 1_600, 600, 1_201, { kind: 'limit', latest: 2_800 }],
    ['never shortened', {}, 1_100, 600, 30, { kind: 'unchanged', until: 1_600 }],
    ['in the same second as made', {}, 1_000, 600, undefined, { kind: 'unchanged', until: 1_600 }],
    ['lapsed', {}, 1_601, 600, 30, { kind: 'expired' }],
    ['expired', { status: 'expired' }, 1_700, 600, 30, { kind: 'expired' }],
    ['cancelled', { status: 'cancelled' }, 1_100, 600, 30, { kind: 'not_active', status: 'cancelled' }],
    ['confirmed', { status: 'confirmed' }, 1_100, 600, 30, { kind: 'not_active', status: 'confirmed' }],
    [
      'a session of two hours has a cap of two hours',
      { until: 8_200 },
      1_001,
      7_200,
      7_199,
      { kind: 'unchanged', until: 8_200 },
    ],
    ['and no more', { until: 8_200 }, 1_001, 7_200, 7_200, { kind: 'limit', latest: 8_200 }],
  ])('%s', (_, more, now, holdSeconds, seconds, expected) => {
    expect(decideExtend(hold(more), now, holdSeconds, seconds)).toEqual(expected);
  });
});

describe('extending it for a payment that its provider does not take', () => {
  test.each<[string, Partial<Hold>, number, number, number, object]>([
    // what                          hold           now   holdSeconds payBy  decision
    ['as long as its order may be paid', {}, 1_100, 600, 2_500, { kind: 'extend', until: 2_500 }],
    ['in its last second', {}, 1_600, 600, 2_500, { kind: 'extend', until: 2_500 }],
    ['not beyond the cap', {}, 1_100, 600, 4_000, { kind: 'extend', until: 2_800 }],
    [
      'nor beyond its own duration, where that is longer',
      {},
      1_100,
      7_200,
      9_000,
      { kind: 'extend', until: 8_200 },
    ],
    ['never twice', { isExtendedForPayment: true }, 1_100, 600, 2_500, { kind: 'unchanged', until: 1_600 }],
    ['it reaches as far already', { until: 2_500 }, 1_100, 600, 2_500, { kind: 'unchanged', until: 2_500 }],
    ['it lapsed', {}, 1_601, 600, 2_500, { kind: 'expired' }],
    [
      'it was given up',
      { status: 'cancelled' },
      1_100,
      600,
      2_500,
      { kind: 'not_active', status: 'cancelled' },
    ],
  ])('%s', (_, more, now, holdSeconds, payBy, expected) => {
    expect(decideExtendForPayment(hold(more), now, holdSeconds, payBy)).toEqual(expected);
  });
});

test.each([
  ['on_sale', '1970-01-01T00:10:01Z', 'on_sale'],
  ['on_sale', '1970-01-01T00:10:00Z', 'over'],
  ['building', '1970-01-01T00:10:00Z', 'building'],
  ['postponed', '1970-01-01T00:10:00Z', 'postponed'],
  ['cancelled', '1970-01-01T00:20:00Z', 'cancelled'],
] as const)('a sale that is %s and ends at %s is %s at 00:10:00', (status, endsAt, expected) => {
  expect(saleState({ status, endsAt }, 600)).toBe(expected);
});

test('a hold as it is shown: places by name with their prices, the total, the instant it ends', () => {
  const ticketTypes = [seated('a'), standing('lawn', 30)];
  const open = {
    sale: { sessionId: 'ses_1', ticketTypes },
    plan: planInventory(hall(['aaa']), ticketTypes),
  } as unknown as OpenSale;
  const places = [
    { block: 0, keys: ['0', '2'] },
    { block: 2, keys: ['e'] },
  ];
  expect(holdView(hold({ places }), open, 1_600)).toEqual({
    id: 'hld_1',
    status: 'active',
    sessionId: 'ses_1',
    places: [
      { place: '1-1', ticketTypeId: 'tt_a', price: { amount: 4_500, currency: 'EUR' } },
      { place: '1-3', ticketTypeId: 'tt_a', price: { amount: 4_500, currency: 'EUR' } },
      { place: 'tt_lawn-30', ticketTypeId: 'tt_lawn', price: { amount: 2_000, currency: 'EUR' } },
    ],
    total: { amount: 11_000, currency: 'EUR' },
    expiresAt: '1970-01-01T00:26:41.000Z',
  });
  expect(holdView(hold({ places }), open, 1_601).status).toBe('expired');
  expect(() => holdView(hold({ places: [{ block: 9, keys: ['0'] }] }), open, 1_600)).toThrow(
    'names no block',
  );
});
