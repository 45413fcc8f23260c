import type { Change } from '../platform/lifecycle-event.ts';
import { absent, type Item, type Table, type TransactionWrite } from '../platform/table.ts';
import { type Block, type Rule, type RuleInput, rules } from './block.ts';
import { toExpression } from './block-expression.ts';
import type { InventoryPlan, PlannedBlock } from './block-plan.ts';
import { type BlockPlaces, type CustomerSlot, claimId, type Hold, keptSeconds } from './hold.ts';
import type { Sale, SaleStatus } from './sale.ts';

/** What became of a rule on a block; a refused one tells how the block was. */
export type BlockResult =
  | { readonly applied: true; readonly block: Block }
  | { readonly applied: false; readonly block: Block | undefined };

export type HoldPut = { readonly put: true } | { readonly put: false; readonly old: Hold };

export type ClaimedWithHold =
  | { readonly kind: 'claimed' }
  | { readonly kind: 'hold_exists'; readonly old: Hold }
  /** Blocks that refused, as they were. */
  | {
      readonly kind: 'refused';
      readonly blocks: readonly { readonly number: number; readonly block: Block | undefined }[];
    };

export type HoldChange =
  | { readonly changed: true; readonly hold: Hold }
  | { readonly changed: false; readonly hold: Hold | undefined };

/** Where blocks, holds and sales are kept. Simulations put faults before each call. */
export interface InventoryStore {
  readSale(sessionId: string): Promise<Sale | undefined>;
  /** Applies a rule to places of one block: one write, all places or none. */
  applyRule(sessionId: string, block: PlannedBlock, rule: Rule, input: RuleInput): Promise<BlockResult>;
  /** Claims places of several blocks and puts the hold: one transaction. */
  claimWithHold(plan: InventoryPlan, hold: Hold, now: number, change: Change): Promise<ClaimedWithHold>;
  putHold(hold: Hold, change: Change): Promise<HoldPut>;
  getHold(holdId: string): Promise<Hold | undefined>;
  /**
   * Moves `until` forward while the hold is active and not lapsed; `isForPayment` only if it was not extended
   * so before.
   */
  extendHold(
    holdId: string,
    until: number,
    now: number,
    change: Change,
    isForPayment: boolean,
  ): Promise<HoldChange>;
  /** Ends an active hold: `expired` only when its time is over, `cancelled` only before. */
  endHold(holdId: string, status: 'cancelled' | 'expired', now: number, change: Change): Promise<HoldChange>;
  /**
   * Takes a customer’s place number `slot`; refused while another live hold has it. `shared` when another try
   * of the same hold has taken it before. The last try that took it is noted.
   */
  takeSlot(
    sessionId: string,
    slot: CustomerSlot,
    holdId: string,
    until: number,
    now: number,
    tryId: string,
  ): Promise<'taken' | 'shared' | 'refused'>;
  /** Frees a hold’s slot; with `tryId` only when no other try of the hold has taken it since. */
  freeSlot(sessionId: string, slot: CustomerSlot, holdId: string, tryId?: string): Promise<void>;
  /** All blocks of a session that exist, by number. */
  readBlocks(sessionId: string, shards: number, consistent: boolean): Promise<ReadonlyMap<number, Block>>;
}

const saleKey = (sessionId: string) => ({ pk: `SESSION#${sessionId}`, sk: 'SESSION' });
export const blockKey = (sessionId: string, { shard, number }: Pick<PlannedBlock, 'shard' | 'number'>) => ({
  pk: `SESSION#${sessionId}#${shard}`,
  sk: `BLOCK#${String(number).padStart(5, '0')}`,
});
export const holdKey = (holdId: string) => ({ pk: `HOLD#${holdId}`, sk: 'HOLD' });
const slotKey = (sessionId: string, { customer, slot }: CustomerSlot) => ({
  pk: `SESSION#${sessionId}`,
  sk: `CUSTOMER#${customer}#${slot}`,
});

export const toBlock = (item: Item): Block => ({
  sold: (item['sold'] as Set<string> | undefined) ?? new Set(),
  held: (item['held'] as Block['held'] | undefined) ?? {},
});

/** Places are kept as `[block, "keys"]`: a hold of twenty places stays within one write unit. */
type PackedPlaces = readonly (readonly [number, string])[];

const toItem = ({ places, customerSlot, ...hold }: Hold, change: Change): Item => ({
  ...holdKey(hold.holdId),
  ...hold,
  places: places.map(({ block, keys }) => [block, keys.join('')]),
  ...(customerSlot !== undefined && { customer: customerSlot.customer, slot: customerSlot.slot }),
  ttl: hold.until + keptSeconds,
  change,
});

/** A hold from its item, as the stream shows it too. */
export const toHold = (item: Item): Hold => {
  const { holdId, sessionId, status, until, createdAt, requestHash, revision } = item as unknown as Hold;
  const customer = item['customer'] as string | undefined;
  const { isExtendedForPayment, orderId } = item as unknown as Hold;
  return {
    holdId,
    sessionId,
    status,
    until,
    createdAt,
    requestHash,
    revision,
    places: (item['places'] as PackedPlaces).map(
      ([block, keys]): BlockPlaces => ({ block, keys: [...keys] }),
    ),
    ...(customer !== undefined && { customerSlot: { customer, slot: item['slot'] as number } }),
    ...(isExtendedForPayment !== undefined && { isExtendedForPayment }),
    ...(orderId !== undefined && { orderId }),
  };
};

/** Blocks, holds and sales in the ticketing table. */
export const openInventory = (table: Table): InventoryStore & SaleWrites => ({
  readSale: (sessionId) => table.get<Sale>(saleKey(sessionId), { consistent: true }),

  async applyRule(sessionId, block, rule, input) {
    const result = await table.update<Item>(blockKey(sessionId, block), toExpression(rule, input));
    return result.written
      ? { applied: true, block: toBlock(result.item) }
      : { applied: false, block: result.old && toBlock(result.old) };
  },

  async claimWithHold(plan, hold, now, change) {
    const claims = hold.places.map(({ block, keys }): TransactionWrite => {
      const planned = plan.blocks[block];
      if (planned === undefined) throw new Error(`No block ${block}`);
      return {
        update: blockKey(hold.sessionId, planned),
        by: toExpression(rules.claimWithHold, { keys, holdId: claimId(hold.holdId), now, until: hold.until }),
      };
    });
    const result = await table.transact([{ put: toItem(hold, change), when: absent }, ...claims]);
    if (result.written) return { kind: 'claimed' };
    const existing = result.refusals.find(({ index }) => index === 0)?.old;
    if (existing !== undefined) return { kind: 'hold_exists', old: toHold(existing) };
    return {
      kind: 'refused',
      blocks: result.refusals.flatMap(({ index, old }) => {
        const number = hold.places[index - 1]?.block;
        return number === undefined ? [] : [{ number, block: old && toBlock(old) }];
      }),
    };
  },

  async putHold(hold, change) {
    const result = await table.put(toItem(hold, change), absent);
    if (result.written) return { put: true };
    if (result.old === undefined) throw new Error('A refused put came without the item that refused it');
    return { put: false, old: toHold(result.old) };
  },

  async getHold(holdId) {
    const item = await table.get(holdKey(holdId), { consistent: true });
    return item && toHold(item);
  },

  async extendHold(holdId, until, now, change, isForPayment) {
    const [mark, unmarked] = isForPayment
      ? [', #mark = :true', ' AND attribute_not_exists(#mark)']
      : ['', ''];
    const result = await table.update<Item>(holdKey(holdId), {
      update: `SET #until = :until, #ttl = :ttl, #revision = #revision + :one, #change = :change${mark}`,
      condition: `#status = :active AND #until >= :now AND #until < :until${unmarked}`,
      names: {
        '#until': 'until',
        '#ttl': 'ttl',
        '#revision': 'revision',
        '#change': 'change',
        '#status': 'status',
        ...(isForPayment && { '#mark': 'isExtendedForPayment' }),
      },
      values: {
        ':until': until,
        ':ttl': until + keptSeconds,
        ':one': 1,
        ':change': change,
        ':active': 'active',
        ':now': now,
        ...(isForPayment && { ':true': true }),
      },
    });
    return result.written
      ? { changed: true, hold: toHold(result.item) }
      : { changed: false, hold: result.old && toHold(result.old) };
  },

  async endHold(holdId, status, now, change) {
    const isDue = status === 'expired';
    const result = await table.update<Item>(holdKey(holdId), {
      update: 'SET #status = :status, #revision = #revision + :one, #change = :change',
      condition: `#status = :active AND #until ${isDue ? '<' : '>='} :now`,
      names: { '#status': 'status', '#revision': 'revision', '#change': 'change', '#until': 'until' },
      values: { ':status': status, ':one': 1, ':change': change, ':active': 'active', ':now': now },
    });
    return result.written
      ? { changed: true, hold: toHold(result.item) }
      : { changed: false, hold: result.old && toHold(result.old) };
  },

  async takeSlot(sessionId, slot, holdId, until, now, tryId) {
    const id = claimId(holdId);
    const key = slotKey(sessionId, slot);
    const fresh = await table.put(
      { ...key, h: id, u: until, t: tryId, ttl: until + keptSeconds },
      { condition: 'attribute_not_exists(pk) OR #u < :now', names: { '#u': 'u' }, values: { ':now': now } },
    );
    if (fresh.written) return 'taken';
    let old = fresh.old;
    while (old?.['h'] === id) {
      // Its own already, maybe for longer: a repeat must not shorten what was extended since.
      const last = Math.max(until, old['u'] as number);
      const joined = await table.update<Item>(key, {
        update: 'SET #u = :last, #t = :try, #ttl = :ttl',
        condition: '#h = :h AND #u <= :last',
        names: { '#h': 'h', '#u': 'u', '#t': 't', '#ttl': 'ttl' },
        values: { ':h': id, ':last': last, ':try': tryId, ':ttl': last + keptSeconds },
      });
      if (joined.written) return 'shared';
      old = joined.old;
    }
    return 'refused';
  },

  async freeSlot(sessionId, slot, holdId, tryId) {
    const isOurs = tryId === undefined ? '' : ' AND #t = :try';
    await table.delete(slotKey(sessionId, slot), {
      condition: `#h = :h${isOurs}`,
      names: { '#h': 'h', ...(tryId !== undefined && { '#t': 't' }) },
      values: { ':h': claimId(holdId), ...(tryId !== undefined && { ':try': tryId }) },
    });
  },

  async readBlocks(sessionId, shards, consistent) {
    const blocks = new Map<number, Block>();
    await Promise.all(
      Array.from({ length: shards }, async (_, shard) => {
        let from: Readonly<Record<string, unknown>> | undefined;
        do {
          const page = await table.query<Item>({
            pk: `SESSION#${sessionId}#${shard}`,
            skPrefix: 'BLOCK#',
            limit: 1_000,
            consistent,
            ...(from && { from }),
          });
          for (const item of page.items) blocks.set(Number(item.sk.slice('BLOCK#'.length)), toBlock(item));
          from = page.next;
        } while (from !== undefined);
      }),
    );
    return blocks;
  },

  async createSale(sale, change) {
    const result = await table.put({ ...saleKey(sale.sessionId), ...sale, change }, absent);
    return result.written ? undefined : (result.old as unknown as Sale);
  },

  async createBlock(sessionId, block) {
    await table.put({ ...blockKey(sessionId, block), held: {} }, absent);
  },

  async advanceSale(sessionId, blocksBuilt, status, change) {
    await table.update(saleKey(sessionId), {
      update: 'SET #built = :built, #revision = #revision + :one, #change = :change, #status = :status',
      condition: '#status = :building AND #built < :built',
      names: { '#built': 'blocksBuilt', '#revision': 'revision', '#change': 'change', '#status': 'status' },
      values: {
        ':built': blocksBuilt,
        ':one': 1,
        ':change': change,
        ':status': status,
        ':building': 'building',
      },
    });
  },

  async syncSale(sessionId, sequence, settings, change) {
    const fields = Object.entries(settings);
    const sets = fields.filter(([, value]) => value !== undefined);
    const removes = fields.filter(([, value]) => value === undefined).map(([name]) => `#${name}`);
    const result = await table.update<Item>(saleKey(sessionId), {
      update: `SET #sourceSequence = :sequence, #revision = #revision + :one, #change = :change${sets
        .map(([name]) => `, #${name} = :${name}`)
        .join('')}${removes.length > 0 ? ` REMOVE ${removes.join(', ')}` : ''}`,
      condition: 'attribute_exists(pk) AND #sourceSequence < :sequence AND #status <> :cancelled',
      names: {
        '#sourceSequence': 'sourceSequence',
        '#revision': 'revision',
        '#change': 'change',
        '#status': 'status',
        ...Object.fromEntries(fields.map(([name]) => [`#${name}`, name])),
      },
      values: {
        ':sequence': sequence,
        ':one': 1,
        ':change': change,
        ':cancelled': 'cancelled',
        ...Object.fromEntries(sets.map(([name, value]) => [`:${name}`, value])),
      },
    });
    if (result.written) return 'applied';
    return result.old === undefined ? 'missing' : 'stale';
  },
});

export type SaleSettings = Partial<
  Pick<
    Sale,
    | 'startsAt'
    | 'endsAt'
    | 'holdSeconds'
    | 'maxPlacesPerHold'
    | 'maxHoldsPerCustomer'
    | 'ticketTypes'
    | 'status'
  >
>;

/** Writes of builder and sync. */
export interface SaleWrites {
  /** Puts a new sale; gives the one that is there already. */
  createSale(sale: Sale, change: Change): Promise<Sale | undefined>;
  /** Puts an empty block; one that is there, with whatever claims, stays as it is. */
  createBlock(sessionId: string, block: PlannedBlock): Promise<void>;
  /** Notes how many blocks stand; `on_sale` when all do. Never goes back. */
  advanceSale(sessionId: string, blocksBuilt: number, status: SaleStatus, change: Change): Promise<void>;
  /** Applies what the catalog says, unless something newer was applied; a cancelled sale stays cancelled. */
  syncSale(
    sessionId: string,
    sequence: number,
    settings: SaleSettings,
    change: Change,
  ): Promise<'applied' | 'stale' | 'missing'>;
}
