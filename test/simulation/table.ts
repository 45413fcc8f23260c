import type { Expression, Item, Key, Table, TransactionWrite } from '../../functions/platform/table.ts';
import { conditionOf, updateOf } from './expression.ts';

/** A change of one item, as the table’s stream will tell it. */
export interface Commit {
  readonly key: Key;
  readonly before: Item | undefined;
  readonly after: Item | undefined;
  /** Removed by TTL. */
  readonly expired: boolean;
}

export interface SimulatedTable extends Table {
  /** An item as it is, for whoever watches. */
  peek(key: Key): Item | undefined;
  items(): Iterable<Item>;
  /** Deletes an item as the TTL service does. */
  expire(key: Key): void;
}

export interface TableOptions {
  readonly onCommit: (commit: Commit) => void;
  /** Whether a read that is not consistent sees this item as it was before its last change. */
  readonly seesOld: (key: Key) => boolean;
  readonly initial: readonly Item[];
}

const textOf = ({ pk, sk }: Key): string => `${pk}|${sk}`;
const nothing = {};

/**
 * A table in memory with the semantics the stores rely on: conditions evaluated on the item at the
 * instant of the write, all or nothing in a transaction, refusals with the old item, reads that may lag.
 * Items are never changed in place, so nobody has to copy them.
 */
export const openSimulatedTable = ({ onCommit, seesOld, initial }: TableOptions): SimulatedTable => {
  const items = new Map<string, Item>(initial.map((item) => [textOf(item), item]));
  const olds = new Map<string, Item>();

  const meets = (item: Item | undefined, { condition, names = nothing, values = nothing }: Expression) =>
    condition === undefined || conditionOf(condition)(item, names, values);

  const commit = (key: Key, after: Item | undefined, expired = false): void => {
    const text = textOf(key);
    const before = items.get(text);
    if (before !== undefined) olds.set(text, before);
    if (after === undefined) items.delete(text);
    else items.set(text, after);
    if (before !== undefined || after !== undefined) onCommit({ key, before, after, expired });
  };

  const keyOf = (write: TransactionWrite): Key =>
    'put' in write
      ? write.put
      : 'update' in write
        ? write.update
        : 'delete' in write
          ? write.delete
          : write.check;
  const conditionOfWrite = (write: TransactionWrite): Expression =>
    'update' in write ? write.by : (write.when ?? {});

  const perform = (write: TransactionWrite): Item | undefined => {
    const key = keyOf(write);
    if ('check' in write) return items.get(textOf(key));
    let after: Item | undefined;
    if ('put' in write) {
      after = { ...write.put };
      for (const name in after) if (after[name] === undefined) delete after[name];
    } else if ('update' in write) {
      const { update, names = nothing, values = nothing } = write.by;
      const old = items.get(textOf(key)) ?? { pk: key.pk, sk: key.sk };
      after = updateOf(update)(old, names, values) as Item;
    }
    commit(key, after);
    return after;
  };

  const writeOne = (write: TransactionWrite) => {
    const old = items.get(textOf(keyOf(write)));
    if (!meets(old, conditionOfWrite(write))) return { written: false as const, ...(old && { old }) };
    return { written: true as const, item: perform(write) as Item };
  };

  return {
    name: 'simulated',
    get: async (key) => items.get(textOf(key)) as never,
    batchGet: async (keys) => keys.flatMap((key) => items.get(textOf(key)) ?? []) as never[],
    async query({ pk, skPrefix = '', consistent = false, index }) {
      const found: Item[] = [];
      for (const [text, item] of items) {
        if (item[index?.pk ?? 'pk'] !== pk || !item.sk.startsWith(skPrefix)) continue;
        const old = consistent ? undefined : olds.get(text);
        found.push(old !== undefined && seesOld(item) ? old : item);
      }
      return { items: found as never[] };
    },
    put: async (item, when) => writeOne({ put: item, when }),
    update: async (key, by) => writeOne({ update: key, by }) as never,
    delete: async (key, when) => writeOne({ delete: key, when }),
    async transact(writes) {
      const refusals = writes.flatMap((write, index) => {
        const old = items.get(textOf(keyOf(write)));
        return meets(old, conditionOfWrite(write)) ? [] : [{ index, ...(old && { old }) }];
      });
      if (refusals.length > 0) return { written: false, refusals };
      for (const write of writes) perform(write);
      return { written: true };
    },
    peek: (key) => items.get(textOf(key)),
    items: () => items.values(),
    expire: (key) => commit(key, undefined, true),
  };
};
