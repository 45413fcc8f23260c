import { DeleteItemCommand, type DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { pause } from './backoff.ts';
import type { State } from './state.ts';
import type { ItemKeys } from './stream-poller.ts';
import type { Resource } from './template.ts';

export interface TtlTable {
  readonly tableName: string;
  readonly attribute: string;
}

/** The tables of the template whose items expire. */
export const ttlTables = (resources: readonly Resource[]): readonly TtlTable[] =>
  resources.flatMap(({ type, name, properties }) => {
    const attribute = properties['TimeToLiveSpecification']?.AttributeName;
    return type === 'AWS::DynamoDB::Table' && attribute !== undefined ? [{ tableName: name, attribute }] : [];
  });

const pageSize = 500;

/**
 * Deletes items whose time to live is over, as DynamoDB’s TTL service does within days, here within
 * `intervalSeconds`. What it deletes is noted first, so that the stream can say who did.
 */
export const sweepExpired = async (
  client: DynamoDBClient,
  tables: readonly TtlTable[],
  state: State,
  intervalSeconds: number,
  signal: AbortSignal,
  log: (line: string) => void,
): Promise<void> => {
  while (!signal.aborted) {
    for (const table of tables) {
      if (signal.aborted) return;
      await sweepTable(client, table, state).catch((error: Error) => {
        if (!signal.aborted) log(`TTL of ${table.tableName}: ${error.message}`);
      });
    }
    await pause(intervalSeconds * 1_000, signal);
  }
};

const sweepTable = async (
  client: DynamoDBClient,
  { tableName, attribute }: TtlTable,
  state: State,
): Promise<void> => {
  const now = { ':now': { N: String(Math.floor(Date.now() / 1_000)) } };
  const names = { '#ttl': attribute };
  const pages = paginateScan(
    { client, pageSize },
    {
      TableName: tableName,
      FilterExpression: '#ttl < :now',
      ProjectionExpression: 'pk, sk',
      ExpressionAttributeNames: names,
      ExpressionAttributeValues: now,
    },
  );
  for await (const { Items = [] } of pages) {
    for (const { pk, sk } of Items) {
      if (pk === undefined || sk === undefined) continue;
      const key = deletionKey(tableName, { pk: pk.S ?? '', sk: sk.S ?? '' });
      state.set('ttl-deletion', key, '');
      const deleted = await client
        .send(
          new DeleteItemCommand({
            TableName: tableName,
            Key: { pk, sk },
            ConditionExpression: '#ttl < :now',
            ExpressionAttributeNames: names,
            ExpressionAttributeValues: now,
          }),
        )
        .catch((error: Error) => {
          if (error.name === 'ConditionalCheckFailedException') return undefined;
          throw error;
        });
      if (deleted === undefined) state.delete('ttl-deletion', key);
    }
  }
};

/** What the sweeper removed from a table, as the table’s stream asks. */
export const ttlDeletionsOf = (state: State, tableName: string) => ({
  has: (keys: ItemKeys): boolean => state.get('ttl-deletion', deletionKey(tableName, keys)) !== undefined,
  forget: (keys: ItemKeys): void => state.delete('ttl-deletion', deletionKey(tableName, keys)),
});

const deletionKey = (tableName: string, keys: ItemKeys): string =>
  JSON.stringify([tableName, keys['pk'], keys['sk']]);
