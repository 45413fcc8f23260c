import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import {
  BatchGetItemCommand,
  type ConsumedCapacity,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type TransactWriteItem,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { clientSettings, withoutFrills } from './aws-client.ts';
import { recordCost } from './request-scope.ts';

export interface Key {
  readonly pk: string;
  readonly sk: string;
}

/** An item as native values: numbers, strings, booleans, arrays, plain objects, `Set` for sets. */
export type Item = Key & Record<string, unknown>;

/** A condition or update in DynamoDB’s own language; names begin with `#`, values with `:`. */
export interface Expression {
  readonly condition?: string;
  readonly names?: Readonly<Record<string, string>>;
  readonly values?: Readonly<Record<string, unknown>>;
}

export interface UpdateExpression extends Expression {
  readonly update: string;
}

/** A refused write carries the item that refused it (`ALL_OLD`), when there is one. */
export type Written = { readonly written: true } | { readonly written: false; readonly old?: Item };

export type Updated<T> =
  | { readonly written: true; readonly item: T }
  | { readonly written: false; readonly old?: Item };

export interface Refusal {
  /** Index of the refusing write in the transaction. */
  readonly index: number;
  readonly old?: Item;
}

export type Transacted =
  | { readonly written: true }
  | { readonly written: false; readonly refusals: readonly Refusal[] };

/**
 * A write of a transaction, on this table unless it names another. A refusal carries the item that refused it, unless
 * the write says that nobody wants it: large ones are long on the way.
 */
export type TransactionWrite = { readonly table?: string; readonly carriesOld?: false } & (
  | { readonly put: Item; readonly when?: Expression }
  | { readonly update: Key; readonly by: UpdateExpression }
  | { readonly delete: Key; readonly when?: Expression }
  | { readonly check: Key; readonly when: Expression }
);

export interface Query {
  readonly pk: string;
  readonly skPrefix?: string;
  /** Sort keys from this one on; instead of `skPrefix`. */
  readonly skFrom?: string;
  /** Sort keys before this one; instead of both. */
  readonly skBefore?: string;
  /** Items read at most; default 100. */
  readonly limit?: number;
  /** Key to go on after, as `next` of the page before gave it. */
  readonly from?: Readonly<Record<string, unknown>>;
  readonly consistent?: boolean;
  readonly descending?: boolean;
  readonly index?: { readonly name: string; readonly pk: string; readonly sk: string };
  readonly attributes?: readonly string[];
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly next?: Readonly<Record<string, unknown>>;
}

/** The condition of every creation: nothing is there yet. */
export const absent: Expression = { condition: 'attribute_not_exists(pk)' };

/** The condition of every update of something read before: it is still as it was read. */
export const atRevision = (revision: number): Expression => ({
  condition: '#revision = :revision',
  names: { '#revision': 'revision' },
  values: { ':revision': revision },
});

/** DynamoDB’s own bound on a transaction. */
export const maxTransactionWrites = 100;

const conflictTries = 6;
const batchTries = 8;

/**
 * A DynamoDB table of the platform’s shape (string keys `pk` and `sk`).
 * Expected refusals are returned; what throws is broken or unreachable.
 *
 * The SDK retries throttles, timeouts and 5xx. It does not retry a write that collided with a
 * transaction on the same item (`TransactionConflictException`, or a transaction cancelled for a
 * conflict): that is done here, bounded and with full jitter.
 */
export const openTable = (name: string, client: DynamoDBClient = tableClient()) => {
  const common = { TableName: name, ReturnConsumedCapacity: 'TOTAL' } as const;

  const writeOne = async <T extends { ConsumedCapacity?: ConsumedCapacity | undefined }>(
    send: () => Promise<T>,
  ): Promise<{ written: true; output: T } | { written: false; old?: Item }> => {
    try {
      const output = await retryingConflicts(send);
      recordCost(0, output.ConsumedCapacity?.CapacityUnits ?? 0);
      return { written: true, output };
    } catch (error) {
      if (errorName(error) !== 'ConditionalCheckFailedException') throw error;
      // A refused write consumes a unit too, but the service does not report it: it is counted as one.
      recordCost(0, 1);
      const old = (error as { Item?: Parameters<typeof unmarshall>[0] }).Item;
      return { written: false, ...(old && { old: unmarshall(old) as Item }) };
    }
  };

  return {
    name,

    async get<T extends object = Item>(
      key: Key,
      options: { consistent?: boolean } = {},
    ): Promise<T | undefined> {
      const output = await client.send(
        new GetItemCommand({
          ...common,
          Key: marshall(pick(key)),
          ConsistentRead: options.consistent ?? false,
        }),
      );
      recordCost(output.ConsumedCapacity?.CapacityUnits ?? 0, 0);
      return output.Item && (unmarshall(output.Item) as T);
    },

    /** Reads up to 100 keys in one call; missing ones are left out, order is not kept. */
    async batchGet<T extends object = Item>(
      keys: readonly Key[],
      options: { consistent?: boolean; attributes?: readonly string[] } = {},
    ): Promise<readonly T[]> {
      const items: T[] = [];
      const projection = project(options.attributes);
      let pending: Parameters<typeof unmarshall>[0][] = keys.map((key) => marshall(pick(key)) as never);
      for (let attempt = 0; pending.length > 0; attempt += 1) {
        if (attempt === batchTries) throw new Error(`BatchGetItem on ${name} left keys unprocessed`);
        if (attempt > 0) await backOff(attempt);
        const output = await client.send(
          new BatchGetItemCommand({
            ReturnConsumedCapacity: 'TOTAL',
            RequestItems: {
              [name]: { Keys: pending as never, ConsistentRead: options.consistent ?? false, ...projection },
            },
          }),
        );
        recordCost(sumUnits(output.ConsumedCapacity), 0);
        for (const item of output.Responses?.[name] ?? []) items.push(unmarshall(item) as T);
        pending = (output.UnprocessedKeys?.[name]?.Keys ?? []) as never;
      }
      return items;
    },

    async query<T extends object = Item>(query: Query): Promise<Page<T>> {
      const projection = project(query.attributes);
      const { sk, condition } = sortKeysOf(query);
      const output = await client.send(
        new QueryCommand({
          ...common,
          ...(query.index && { IndexName: query.index.name }),
          KeyConditionExpression: `#pk = :pk${condition}`,
          ExpressionAttributeNames: {
            ...projection.ExpressionAttributeNames,
            '#pk': query.index?.pk ?? 'pk',
            ...(sk !== undefined && { '#sk': query.index?.sk ?? 'sk' }),
          },
          ...(projection.ProjectionExpression && { ProjectionExpression: projection.ProjectionExpression }),
          ExpressionAttributeValues: marshall({
            ':pk': query.pk,
            ...(sk !== undefined && { ':sk': sk }),
          }),
          ...(query.from && { ExclusiveStartKey: marshall(query.from) }),
          Limit: query.limit ?? 100,
          ScanIndexForward: !query.descending,
          ConsistentRead: query.consistent ?? false,
        }),
      );
      recordCost(output.ConsumedCapacity?.CapacityUnits ?? 0, 0);
      return {
        items: (output.Items ?? []).map((item) => unmarshall(item) as T),
        ...(output.LastEvaluatedKey && { next: unmarshall(output.LastEvaluatedKey) }),
      };
    },

    async put(item: Item, when: Expression): Promise<Written> {
      const result = await writeOne(() =>
        client.send(
          new PutItemCommand({
            ...common,
            Item: marshall(item, { removeUndefinedValues: true }),
            ...conditionOf(when),
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        ),
      );
      return result.written ? { written: true } : result;
    },

    /** Updates an item and returns it as it is afterwards. */
    async update<T extends object = Item>(key: Key, by: UpdateExpression): Promise<Updated<T>> {
      const result = await writeOne(() =>
        client.send(
          new UpdateItemCommand({
            ...common,
            Key: marshall(pick(key)),
            UpdateExpression: by.update,
            ...conditionOf(by),
            ReturnValues: 'ALL_NEW',
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        ),
      );
      if (!result.written) {
        // The SDK tries again when an answer is lost: what it then finds is the write that was applied.
        return isOwn(result.old, by) ? { written: true, item: result.old as unknown as T } : result;
      }
      return { written: true, item: unmarshall(result.output.Attributes ?? {}) as T };
    },

    async delete(key: Key, when: Expression): Promise<Written> {
      const result = await writeOne(() =>
        client.send(
          new DeleteItemCommand({
            ...common,
            Key: marshall(pick(key)),
            ...conditionOf(when),
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        ),
      );
      return result.written ? { written: true } : result;
    },

    /** All or nothing, at most 100 writes on distinct items. */
    async transact(writes: readonly TransactionWrite[]): Promise<Transacted> {
      if (writes.length > maxTransactionWrites)
        throw new Error(`A transaction takes ${maxTransactionWrites} writes`);
      const items = writes.map((write) => transactItem(name, write));
      try {
        const output = await retryingConflicts(() =>
          client.send(
            new TransactWriteItemsCommand({ TransactItems: items, ReturnConsumedCapacity: 'TOTAL' }),
          ),
        );
        recordCost(0, sumUnits(output.ConsumedCapacity));
        return { written: true };
      } catch (error) {
        const reasons = cancellationReasons(error);
        if (!reasons?.some((reason) => reason.Code === 'ConditionalCheckFailed')) throw error;
        recordCost(0, 2 * writes.length);
        return {
          written: false,
          refusals: reasons.flatMap((reason, index) =>
            reason.Code === 'ConditionalCheckFailed'
              ? [{ index, ...(reason.Item && { old: unmarshall(reason.Item) as Item }) }]
              : [],
          ),
        };
      }
    },
  };
};

export type Table = ReturnType<typeof openTable>;

let client: DynamoDBClient | undefined;
/** The client that all tables of a function share. */
export const tableClient = (): DynamoDBClient => {
  client ??= withoutFrills(new DynamoDBClient(clientSettings('dynamodb')));
  return client;
};

/** Whether an item was last written by this very write, which its stamp of the change tells. */
const isOwn = (old: Item | undefined, { values }: UpdateExpression): boolean => {
  const change = values?.[':change'];
  return change !== undefined && old !== undefined && isDeepStrictEqual(old['change'], plainOf(change));
};

/** As the table keeps it: without members that are undefined. */
const plainOf = (value: unknown): unknown =>
  unmarshall(marshall({ value }, { removeUndefinedValues: true }))['value'];

/** The sort keys that a query wants, as the value `:sk` and a condition on it. */
const sortKeysOf = ({ skPrefix, skFrom, skBefore }: Query) => {
  if (skPrefix !== undefined) return { sk: skPrefix, condition: ' AND begins_with(#sk, :sk)' };
  if (skFrom !== undefined) return { sk: skFrom, condition: ' AND #sk >= :sk' };
  return { sk: skBefore, condition: skBefore === undefined ? '' : ' AND #sk < :sk' };
};

const pick = ({ pk, sk }: Key): Key => ({ pk, sk });

const conditionOf = ({ condition, names, values }: Expression) => ({
  ...(condition !== undefined && { ConditionExpression: condition }),
  ...(names && Object.keys(names).length > 0 && { ExpressionAttributeNames: names }),
  ...(values &&
    Object.keys(values).length > 0 && {
      ExpressionAttributeValues: marshall(values, { removeUndefinedValues: true }),
    }),
});

const project = (attributes: readonly string[] | undefined) =>
  attributes === undefined
    ? {}
    : {
        ProjectionExpression: attributes.map((_, index) => `#a${index}`).join(', '),
        ExpressionAttributeNames: Object.fromEntries(attributes.map((name, index) => [`#a${index}`, name])),
      };

const transactItem = (table: string, write: TransactionWrite): TransactWriteItem => {
  const common = {
    TableName: write.table ?? table,
    ReturnValuesOnConditionCheckFailure: write.carriesOld === false ? 'NONE' : 'ALL_OLD',
  } as const;
  if ('put' in write) {
    return {
      Put: {
        ...common,
        Item: marshall(write.put, { removeUndefinedValues: true }),
        ...conditionOf(write.when ?? {}),
      },
    };
  }
  if ('update' in write) {
    return {
      Update: {
        ...common,
        Key: marshall(pick(write.update)),
        UpdateExpression: write.by.update,
        ...conditionOf(write.by),
      },
    };
  }
  if ('delete' in write) {
    return { Delete: { ...common, Key: marshall(pick(write.delete)), ...conditionOf(write.when ?? {}) } };
  }
  const { ConditionExpression = '', ...rest } = conditionOf(write.when);
  return { ConditionCheck: { ...common, Key: marshall(pick(write.check)), ConditionExpression, ...rest } };
};

const errorName = (error: unknown): string | undefined => (error instanceof Error ? error.name : undefined);

interface CancellationReason {
  readonly Code?: string;
  readonly Item?: Parameters<typeof unmarshall>[0];
}

const cancellationReasons = (error: unknown): readonly CancellationReason[] | undefined =>
  errorName(error) === 'TransactionCanceledException'
    ? ((error as { CancellationReasons?: CancellationReason[] }).CancellationReasons ?? [])
    : undefined;

const transientReasons = new Set(['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded']);

/** A collision with another write; a refusal beside it wins, because retrying cannot change that verdict’s need. */
const isConflict = (error: unknown): boolean => {
  const name = errorName(error);
  if (name === 'TransactionConflictException' || name === 'TransactionInProgressException') return true;
  const reasons = cancellationReasons(error);
  return (
    reasons !== undefined &&
    !reasons.some((reason) => reason.Code === 'ConditionalCheckFailed') &&
    reasons.some((reason) => transientReasons.has(reason.Code ?? ''))
  );
};

const retryingConflicts = async <T>(send: () => Promise<T>): Promise<T> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await send();
    } catch (error) {
      if (attempt === conflictTries || !isConflict(error)) throw error;
      await backOff(attempt);
    }
  }
};

/** Full jitter: a random share of 20 ms, 40 ms, 80 ms … up to 640 ms. */
const backOff = (attempt: number): Promise<void> => delay(Math.random() * Math.min(640, 10 * 2 ** attempt));

const sumUnits = (capacities: readonly ConsumedCapacity[] | undefined): number =>
  (capacities ?? []).reduce((sum, capacity) => sum + (capacity.CapacityUnits ?? 0), 0);
