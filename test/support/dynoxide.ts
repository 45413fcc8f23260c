import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { withoutFrills } from '../../functions/platform/aws-client.ts';
import { openTable, type Table } from '../../functions/platform/table.ts';
import { localClient } from '../../local/account.ts';
import { startDynamoDb } from '../../local/dynamodb.ts';

interface Index {
  readonly name: string;
  readonly pk: string;
  readonly sk: string;
  /** What it carries beside its keys; all of the item without. */
  readonly attributes?: readonly string[];
}

const projectionOf = ({ attributes }: Index) => {
  if (attributes === undefined) return { ProjectionType: 'ALL' as const };
  return attributes.length === 0
    ? { ProjectionType: 'KEYS_ONLY' as const }
    : { ProjectionType: 'INCLUDE' as const, NonKeyAttributes: [...attributes] };
};

export interface Engine {
  readonly endpoint: string;
  readonly client: DynamoDBClient;
  /** Creates a table of the platform’s shape with indexes (default: the catalog’s) and opens it. */
  createTable(name: string, ...indexes: readonly Index[]): Promise<Table>;
  stop(): Promise<void>;
}

/** Starts the DynamoDB engine in memory on a free port; for tests of stores. */
export const startEngine = async (): Promise<Engine> => {
  const dynamoDb = await startDynamoDb();
  const client = withoutFrills(new DynamoDBClient({ ...localClient(dynamoDb.endpoint), maxAttempts: 1 }));
  return {
    endpoint: dynamoDb.endpoint,
    client,
    async createTable(name, ...given) {
      const indexes: readonly Index[] =
        given.length === 0 ? [{ name: 'byOrganization', pk: 'gsi1pk', sk: 'gsi1sk' }] : given;
      const attribute = (AttributeName: string) => ({ AttributeName, AttributeType: 'S' as const });
      const keys = (pk: string, sk: string) => [
        { AttributeName: pk, KeyType: 'HASH' as const },
        { AttributeName: sk, KeyType: 'RANGE' as const },
      ];
      await client.send(
        new CreateTableCommand({
          TableName: name,
          BillingMode: 'PAY_PER_REQUEST',
          AttributeDefinitions: [...new Set(['pk', 'sk', ...indexes.flatMap(({ pk, sk }) => [pk, sk])])].map(
            attribute,
          ),
          KeySchema: keys('pk', 'sk'),
          GlobalSecondaryIndexes: indexes.map((index) => ({
            IndexName: index.name,
            KeySchema: keys(index.pk, index.sk),
            Projection: projectionOf(index),
          })),
          StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
        }),
      );
      return openTable(name, client);
    },
    async stop() {
      client.destroy();
      await dynamoDb.stop();
    },
  };
};
