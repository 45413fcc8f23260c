import type { Change } from '../platform/lifecycle-event.ts';
import {
  absent,
  atRevision,
  type Item,
  type Page,
  type Table,
  type TransactionWrite,
} from '../platform/table.ts';
import type { PromoUse } from './order.ts';
import type { PromoCode } from './promo-code.ts';

export interface PromoCodeItem extends Item, PromoCode {
  /** +1 with every change by the organizer; uses count without it. */
  readonly revision: number;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly requestHash: string;
}

const promoKey = ({ eventId, code }: PromoUse) => ({ pk: promoListKey(eventId), sk: `PROMO#${code}` });

/** Partition of an event’s promo codes. */
export const promoListKey = (eventId: string): string => `EVENT#${eventId}`;

/** What an organizer may change of a code that exists; null takes it away. */
export interface PromoChanges {
  readonly isActive?: boolean | undefined;
  readonly maxUses?: number | undefined;
  readonly validFrom?: string | null | undefined;
  readonly validUntil?: string | null | undefined;
}

export type PromoChanged =
  | { readonly kind: 'changed'; readonly item: PromoCodeItem }
  | { readonly kind: 'missing' | 'stale' };

/** Promo codes in the orders table. */
export const openPromoCodes = (table: Table) => ({
  /** Read strongly consistent: what the organizer switched off is off. */
  get: (use: PromoUse): Promise<PromoCodeItem | undefined> =>
    table.get<PromoCodeItem>(promoKey(use), { consistent: true }),

  /** Codes of a name that these events have, in their order: for `decidePromo`. At most 100 events. */
  async find(code: string, eventIds: readonly string[]): Promise<readonly PromoCodeItem[]> {
    const distinct = [...new Set(eventIds)];
    const items = await table.batchGet<PromoCodeItem>(
      distinct.map((eventId) => promoKey({ eventId, code })),
      { consistent: true },
    );
    return distinct.flatMap((eventId) => items.find((item) => item.eventId === eventId) ?? []);
  },

  /** Puts a new code; gives the one that has its name already. */
  async create(
    promo: PromoCode,
    { at, requestHash }: { readonly at: string; readonly requestHash: string },
    change: Change,
  ): Promise<
    { readonly created: true; readonly item: PromoCodeItem } | { created: false; old: PromoCodeItem }
  > {
    const item: PromoCodeItem = {
      ...promoKey(promo),
      ...promo,
      ...(promo.maxUses !== undefined && { uses: 0 }),
      revision: 1,
      createdAt: at,
      updatedAt: at,
      requestHash,
      change,
    };
    const result = await table.put(item, absent);
    return result.written
      ? { created: true, item }
      : { created: false, old: result.old as unknown as PromoCodeItem };
  },

  list: (eventId: string, limit: number, from?: Record<string, unknown>): Promise<Page<PromoCodeItem>> =>
    table.query<PromoCodeItem>({
      pk: promoListKey(eventId),
      skPrefix: 'PROMO#',
      limit,
      consistent: true,
      ...(from && { from }),
    }),

  /** Changes a code that is still at `revision`. */
  async change(
    use: PromoUse,
    revision: number,
    changes: PromoChanges,
    at: string,
    change: Change,
  ): Promise<PromoChanged> {
    const fields = Object.entries(changes).filter(([, value]) => value !== undefined);
    const sets = fields.filter(([, value]) => value !== null);
    const removes = fields.filter(([, value]) => value === null).map(([name]) => `#${name}`);
    const expected = atRevision(revision);
    const result = await table.update<PromoCodeItem>(promoKey(use), {
      update: `SET #revision = #revision + :one, #updatedAt = :at, #change = :change${sets
        .map(([name]) => `, #${name} = :${name}`)
        .join('')}${removes.length > 0 ? ` REMOVE ${removes.join(', ')}` : ''}`,
      condition: `attribute_exists(pk) AND ${expected.condition}`,
      names: {
        ...expected.names,
        '#updatedAt': 'updatedAt',
        '#change': 'change',
        ...Object.fromEntries(fields.map(([name]) => [`#${name}`, name])),
      },
      values: {
        ...expected.values,
        ':one': 1,
        ':at': at,
        ':change': change,
        ...Object.fromEntries(sets.map(([name, value]) => [`:${name}`, value])),
      },
    });
    if (result.written) return { kind: 'changed', item: result.item };
    return { kind: result.old === undefined ? 'missing' : 'stale' };
  },
});

export type PromoCodes = ReturnType<typeof openPromoCodes>;

/**
 * The write that claims one use of a limited code. It belongs into the transaction that creates the order, whose
 * own put is conditional: a repeat claims nothing. Refused when the code is used up or switched off; what
 * refused it is the code as it is, for `refusalNow`.
 */
export const claimPromoUse = (use: PromoUse): TransactionWrite => ({
  update: promoKey(use),
  by: {
    update: 'SET #uses = #uses + :one',
    condition: '#isActive = :active AND #uses < #maxUses',
    names: { '#uses': 'uses', '#isActive': 'isActive', '#maxUses': 'maxUses' },
    values: { ':one': 1, ':active': true },
  },
});

/**
 * The write that gives a claimed use back. It belongs into the transaction that cancels the order, whose own
 * update is conditional on an order that has not ended: that is why it happens once. Codes are never deleted,
 * so that nothing but the order can refuse.
 */
export const releasePromoUse = (use: PromoUse): TransactionWrite => ({
  update: promoKey(use),
  by: {
    update: 'SET #uses = #uses - :one',
    condition: '#uses >= :one',
    names: { '#uses': 'uses' },
    values: { ':one': 1 },
  },
});
