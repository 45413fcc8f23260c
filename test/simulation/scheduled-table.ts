import type { Key, Table, TransactionWrite } from '../../functions/platform/table.ts';
import type { Scheduled } from './scheduler.ts';

/** How queries are called: of an index, and of a partition. */
interface QueryNames<CallName> {
  readonly index: CallName;
  readonly partition: CallName;
}

const kindOf = ({ sk }: Key): string => {
  const end = sk.indexOf('#');
  return end < 0 ? sk : sk.slice(0, end);
};

const keyOf = (write: TransactionWrite): Key =>
  'put' in write
    ? write.put
    : 'update' in write
      ? write.update
      : 'delete' in write
        ? write.delete
        : write.check;

/** The table as one process sees it: the stores stand on it, each call at the mercy of the schedule. */
export const scheduledTable = <CallName extends string>(
  table: Table,
  call: Scheduled<CallName>,
  nameOf: (id: string) => string,
  queryNames: QueryNames<CallName>,
): Table => {
  const named = <T>(operation: string, key: Key, perform: () => Promise<T>, more = ''): Promise<T> =>
    call(
      `${operation} ${kindOf(key)}` as CallName,
      () => `${operation} ${kindOf(key).toLowerCase()} of ${nameOf(key.pk.split('#')[1] ?? '')}${more}`,
      perform,
    );
  return {
    name: table.name,
    get: (key, options) => named('get', key, () => table.get(key, options) as Promise<never>),
    batchGet: (keys, options) =>
      named('batchGet', keys[0] as Key, () => table.batchGet(keys, options) as Promise<never>),
    query: (query) => {
      const name = query.index === undefined ? queryNames.partition : queryNames.index;
      return call(
        name,
        () => name,
        () => table.query(query) as Promise<never>,
      );
    },
    put: (item, when) => named('put', item, () => table.put(item, when)),
    update: (key, by) =>
      named(
        'update',
        key,
        () => table.update(key, by) as Promise<never>,
        ` (${String((by.values?.[':change'] as { what?: string } | undefined)?.what ?? 'claims')})`,
      ),
    delete: (key, when) => named('delete', key, () => table.delete(key, when)),
    transact: (writes) => {
      const [first] = writes;
      if (first === undefined) throw new Error('A transaction without writes');
      return named('transact', keyOf(first), () => table.transact(writes), ` and ${writes.length - 1} more`);
    },
  };
};
