import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeTableCommand,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import type { Resource } from './template.ts';

/**
 * Creates the tables of the template; those that an earlier run left are kept.
 * @returns the engine’s ARN of each table’s stream, by the table’s name.
 * @throws Error when a kept table has other keys than the template says.
 */
export const createTables = async (
  client: DynamoDBClient,
  resources: readonly Resource[],
): Promise<ReadonlyMap<string, string>> => {
  const streams = new Map<string, string>();
  for (const { type, name, properties } of resources) {
    if (type !== 'AWS::DynamoDB::Table') continue;
    const known = await describe(client, name);
    if (known === undefined) {
      await client.send(
        new CreateTableCommand({
          TableName: name,
          BillingMode: 'PAY_PER_REQUEST',
          KeySchema: properties['KeySchema'],
          AttributeDefinitions: properties['AttributeDefinitions'],
          GlobalSecondaryIndexes: properties['GlobalSecondaryIndexes'],
          ...(properties['StreamSpecification'] !== undefined && {
            StreamSpecification: { StreamEnabled: true, ...properties['StreamSpecification'] },
          }),
        } satisfies CreateTableCommandInput),
      );
    } else if (JSON.stringify(known.KeySchema) !== JSON.stringify(properties['KeySchema'])) {
      throw new Error(`The data has a table ${name} with other keys; use another --data folder`);
    }
    const streamArn = (known ?? (await describe(client, name)))?.LatestStreamArn;
    if (streamArn !== undefined) streams.set(name, streamArn);
  }
  return streams;
};

const describe = async (client: DynamoDBClient, name: string) => {
  try {
    return (await client.send(new DescribeTableCommand({ TableName: name }))).Table;
  } catch (error) {
    if ((error as Error).name === 'ResourceNotFoundException') return undefined;
    throw error;
  }
};
