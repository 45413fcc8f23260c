import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { recordCost } from './request-scope.ts';
import { type Item, type Page, tableClient } from './table.ts';

/**
 * Reads a table page by page, whatever is in it: for runs that work through all of a table. Eventually consistent.
 * Apart from `openTable`, so that no function that answers requests carries it, or could.
 * @param limit items of a page at most; a page also ends at a megabyte.
 * @param from key to go on after, as `next` of the page before gave it.
 */
export const scanPage = async (
  tableName: string,
  limit: number,
  from: Readonly<Record<string, unknown>> | undefined,
  client = tableClient(),
): Promise<Page<Item>> => {
  const output = await client.send(
    new ScanCommand({
      TableName: tableName,
      Limit: limit,
      ReturnConsumedCapacity: 'TOTAL',
      ...(from && { ExclusiveStartKey: marshall(from) }),
    }),
  );
  recordCost(output.ConsumedCapacity?.CapacityUnits ?? 0, 0);
  return {
    items: (output.Items ?? []).map((item) => unmarshall(item) as Item),
    ...(output.LastEvaluatedKey && { next: unmarshall(output.LastEvaluatedKey) }),
  };
};
