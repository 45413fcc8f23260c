import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { openTable, type Table } from '../../functions/platform/table.ts';
import { localClient } from '../../local/account.ts';
import { startDynamoDb } from '../../local/dynamodb.ts';

export interface Engine {
  readonly endpoint: string;
  readonly client: DynamoDBClient;
  /** Creates a table of the platform’s shape with an index (default: the catalog’s) and opens it. */
  createTable(name: string, indexName?: string): Promise<Table>;
  stop(): Promise<void>;
}

/** Starts the DynamoDB engine in memory on a free port; for tests of stores. */
export const startEngine = async (): Promise<Engine> => {
  const dynamoDb = await startDynamoDb();
  const client = new DynamoDBClient({ ...localClient(dynamoDb.endpoint), maxAttempts: 1 });
  return {
    endpoint: dynamoDb.endpoint,
    client,
    async createTable(name, indexName = 'byOrganization') {
      const attribute = (AttributeName: string) => ({ AttributeName, AttributeType: 'S' as const });
      const keys = (pk: string, sk: string) => [
        { AttributeName: pk, KeyType: 'HASH' as const },
        { AttributeName: sk, KeyType: 'RANGE' as const },
      ];
      await client.send(
        new CreateTableCommand({
          TableName: name,
          BillingMode: 'PAY_PER_REQUEST',
          AttributeDefinitions: ['pk', 'sk', 'gsi1pk', 'gsi1sk'].map(attribute),
          KeySchema: keys('pk', 'sk'),
          GlobalSecondaryIndexes: [
            {
              IndexName: indexName,
              KeySchema: keys('gsi1pk', 'gsi1sk'),
              Projection: { ProjectionType: 'ALL' },
            },
          ],
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
