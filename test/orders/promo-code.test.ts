import { describe, expect, test } from 'vitest';
import { decidePromo, type PromoCode, promoCodeText, refusalNow } from '../../functions/orders/promo-code.ts';

const promo = (more: Partial<PromoCode> = {}): PromoCode => ({
  eventId: 'evt_1',
  organizationId: 'org_1',
  code: 'EARLY10',
  discount: { basisPoints: 1_000 },
  isActive: true,
  ...more,
});
const at = (instant: string) => new Date(instant);
const noon = at('2027-01-01T12:00:00.000Z');

describe('whether a code is valid', () => {
  test.each<[string, Partial<PromoCode>, ReturnType<typeof refusalNow>]>([
    ['no limit, no dates', {}, undefined],
    ['switched off', { isActive: false }, 'inactive'],
    ['a millisecond early', { validFrom: '2027-01-01T12:00:00.001Z' }, 'not_yet'],
    ['from this instant', { validFrom: '2027-01-01T12:00:00Z' }, undefined],
    ['its last millisecond', { validUntil: '2027-01-01T12:00:00.001Z' }, undefined],
    ['over at this instant', { validUntil: '2027-01-01T12:00:00Z' }, 'over'],
    ['one use left', { maxUses: 3, uses: 2 }, undefined],
    ['none left', { maxUses: 3, uses: 3 }, 'used_up'],
    ['a limit lowered below what was used', { maxUses: 2, uses: 3 }, 'used_up'],
    ['off before all else', { isActive: false, maxUses: 1, uses: 1 }, 'inactive'],
  ])('%s', (_, more, reason) => {
    expect(refusalNow(promo(more), noon)).toBe(reason);
  });
});

describe('what a code gives an order', () => {
  const places = [
    { eventId: 'evt_1', ticketTypeId: 'tt_a' },
    { eventId: 'evt_1', ticketTypeId: 'tt_a' },
    { eventId: 'evt_1', ticketTypeId: 'tt_b' },
    { eventId: 'evt_2', ticketTypeId: 'tt_c' },
  ];
  const order = { currency: 'EUR', places };

  test.each<[string, PromoCode[], object]>([
    ['no such code', [], { kind: 'refused', reason: 'unknown' }],
    ['not valid now', [promo({ isActive: false })], { kind: 'refused', reason: 'inactive' }],
    [
      'all ticket types of its event, none of another',
      [promo()],
      {
        kind: 'given',
        discount: { code: 'EARLY10', discount: { basisPoints: 1_000 }, ticketTypeIds: ['tt_a', 'tt_b'] },
      },
    ],
    [
      'those it is for',
      [promo({ ticketTypeIds: ['tt_b', 'tt_c', 'tt_d'] })],
      {
        kind: 'given',
        discount: { code: 'EARLY10', discount: { basisPoints: 1_000 }, ticketTypeIds: ['tt_b'] },
      },
    ],
    [
      'none of the order',
      [promo({ ticketTypeIds: ['tt_d'] })],
      { kind: 'refused', reason: 'other_ticket_types' },
    ],
    ['another event', [promo({ eventId: 'evt_3' })], { kind: 'refused', reason: 'other_ticket_types' }],
    [
      'an amount of its currency',
      [promo({ discount: { amount: 500, currency: 'EUR' } })],
      {
        kind: 'given',
        discount: {
          code: 'EARLY10',
          discount: { amount: 500, currency: 'EUR' },
          ticketTypeIds: ['tt_a', 'tt_b'],
        },
      },
    ],
    [
      'an amount of another currency',
      [promo({ discount: { amount: 500, currency: 'RON' } })],
      { kind: 'refused', reason: 'other_currency' },
    ],
  ])('%s', (_, code, decision) => {
    expect(decidePromo(code, order, noon)).toEqual(decision);
  });

  test('a limited code gives a use to claim', () => {
    expect(decidePromo([promo({ maxUses: 5, uses: 4 })], order, noon)).toEqual({
      kind: 'given',
      discount: { code: 'EARLY10', discount: { basisPoints: 1_000 }, ticketTypeIds: ['tt_a', 'tt_b'] },
      use: { eventId: 'evt_1', code: 'EARLY10' },
    });
  });

  test('of two events with a code of that name, the first that gives anything; else the first says why', () => {
    const off = promo({ isActive: false });
    const over = promo({ eventId: 'evt_2', validUntil: '2020-01-01T00:00:00Z' });
    expect(decidePromo([off, promo({ eventId: 'evt_2' })], order, noon)).toMatchObject({
      kind: 'given',
      discount: { ticketTypeIds: ['tt_c'] },
    });
    expect(decidePromo([off, over], order, noon)).toEqual({ kind: 'refused', reason: 'inactive' });
  });
});

test('codes are read without regard to case', () => {
  expect(promoCodeText.parse('early_Bird-10')).toBe('EARLY_BIRD-10');
  for (const text of ['ab', 'a'.repeat(33), 'ÄRGER', 'a b c', '']) {
    expect(promoCodeText.safeParse(text).success).toBe(false);
  }
});
