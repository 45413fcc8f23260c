import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PromoUse } from '../../functions/orders/order.ts';
import { refusalNow } from '../../functions/orders/promo-code.ts';
import {
  claimPromoUse,
  openPromoCodes,
  type PromoCodeItem,
  releasePromoUse,
} from '../../functions/orders/promo-store.ts';
import { absent, type Table, type Transacted } from '../../functions/platform/table.ts';
import { type Engine, startEngine } from '../support/dynoxide.ts';

let engine: Engine;
let table: Table;
beforeAll(async () => {
  engine = await startEngine();
  table = await engine.createTable('orders');
});
afterAll(() => engine.stop());

const change = { what: 'test', by: 'test', requestId: 'r', at: '2027-01-01T00:00:00.000Z' };

const limited = async (code: string, maxUses: number): Promise<PromoUse> => {
  const use = { eventId: 'evt_1', code };
  await openPromoCodes(table).create(
    { ...use, organizationId: 'org_1', discount: { basisPoints: 1_000 }, maxUses, isActive: true },
    { at: change.at, requestHash: 'h' },
    change,
  );
  return use;
};
const usesOf = async (use: PromoUse) => (await openPromoCodes(table).get(use))?.uses;

const orderKey = (orderId: string) => ({ pk: `ORDER#${orderId}`, sk: 'ORDER' });

/** The two transactions of an order that a use belongs into: its creation and its cancellation. */
const order = (orderId: string, use: PromoUse): Promise<Transacted> =>
  table.transact([
    { put: { ...orderKey(orderId), status: 'pending', promoUse: use }, when: absent },
    claimPromoUse(use),
  ]);
const cancel = (orderId: string, use: PromoUse): Promise<Transacted> =>
  table.transact([
    {
      update: orderKey(orderId),
      by: {
        update: 'SET #status = :cancelled',
        condition: '#status = :pending',
        names: { '#status': 'status' },
        values: { ':cancelled': 'cancelled', ':pending': 'pending' },
      },
    },
    releasePromoUse(use),
  ]);

describe('uses of a limited code', () => {
  test('two hundred orders at once get no more than there are; the others are told that it is used up', async () => {
    const use = await limited('TWOHUNDRED', 37);
    const ids = Array.from({ length: 200 }, (_, n) => `crowd-${n}`);
    const results = await Promise.all(ids.map((id) => order(id, use)));
    expect(results.filter(({ written }) => written).length).toBe(37);
    expect(await usesOf(use)).toBe(37);
    const refused = results.filter((result) => !result.written);
    for (const { refusals } of refused) {
      expect(refusals.map(({ index }) => index)).toEqual([1]);
      expect(refusalNow(refusals[0]?.old as PromoCodeItem, new Date())).toBe('used_up');
    }
    // An order that got no use does not exist.
    const made = ids.filter((_, n) => results[n]?.written);
    const existing = await Promise.all(ids.map((id) => table.get(orderKey(id), { consistent: true })));
    expect(ids.filter((_, n) => existing[n] !== undefined)).toEqual(made);
  });

  test('an order that dies gives its use back once, however often it is cancelled at once', async () => {
    const use = await limited('GIVEBACK', 10);
    const ids = Array.from({ length: 10 }, (_, n) => `dying-${n}`);
    for (const id of ids) expect((await order(id, use)).written).toBe(true);
    expect((await order('one-too-many', use)).written).toBe(false);
    const cancelled = await Promise.all(
      ids.slice(0, 4).flatMap((id) => Array.from({ length: 5 }, () => cancel(id, use))),
    );
    expect(cancelled.filter(({ written }) => written).length).toBe(4);
    expect(await usesOf(use)).toBe(6);
    const next = await Promise.all(Array.from({ length: 20 }, (_, n) => order(`next-${n}`, use)));
    expect(next.filter(({ written }) => written).length).toBe(4);
    expect(await usesOf(use)).toBe(10);
  });

  test('claims and releases at once never go over the limit nor below nothing', async () => {
    const use = await limited('CHURN', 5);
    let most = 0;
    const journey = async (n: number): Promise<void> => {
      const made = await order(`churn-${n}`, use);
      most = Math.max(most, (await usesOf(use)) ?? 0);
      if (made.written) await cancel(`churn-${n}`, use);
    };
    await Promise.all(Array.from({ length: 100 }, (_, n) => journey(n)));
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThanOrEqual(5);
    expect(await usesOf(use)).toBe(0);
  });

  test('a repeat of the creation claims nothing more', async () => {
    const use = await limited('REPEAT', 3);
    await order('same', use);
    const again = await order('same', use);
    expect(again).toMatchObject({ written: false, refusals: [{ index: 0 }] });
    expect(await usesOf(use)).toBe(1);
  });

  test('a code that was switched off, or whose limit was lowered, gives no more uses, and takes them back', async () => {
    const codes = openPromoCodes(table);
    const use = await limited('LOWERED', 3);
    await order('lowered-1', use);
    await order('lowered-2', use);
    await codes.change(use, 1, { maxUses: 1 }, change.at, change);
    expect((await order('lowered-3', use)).written).toBe(false);
    await cancel('lowered-1', use);
    await codes.change(use, 2, { maxUses: 9, isActive: false }, change.at, change);
    const refused = await order('lowered-4', use);
    expect(refused.written === false && refusalNow(refused.refusals[0]?.old as never, new Date())).toBe(
      'inactive',
    );
    expect((await cancel('lowered-2', use)).written).toBe(true);
    expect(await usesOf(use)).toBe(0);
  });
});
