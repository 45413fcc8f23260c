import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  ListStreamsCommand,
} from '@aws-sdk/client-dynamodb-streams';
import type { DynamoDBRecord } from 'aws-lambda';

/** Reads a table’s stream, each record once, in the shape Lambda gets. */
export const openTableStream = async (
  endpoint: string,
  tableName: string,
): Promise<() => Promise<DynamoDBRecord[]>> => {
  const client = new DynamoDBStreamsClient({
    endpoint,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const { Streams } = await client.send(new ListStreamsCommand({ TableName: tableName }));
  const StreamArn = Streams?.[0]?.StreamArn ?? '';
  const iterators = new Map<string, string | undefined>();
  return async () => {
    const { StreamDescription } = await client.send(new DescribeStreamCommand({ StreamArn }));
    const records: DynamoDBRecord[] = [];
    for (const { ShardId = '' } of StreamDescription?.Shards ?? []) {
      if (!iterators.has(ShardId)) {
        const { ShardIterator } = await client.send(
          new GetShardIteratorCommand({ StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' }),
        );
        iterators.set(ShardId, ShardIterator);
      }
      const ShardIterator = iterators.get(ShardId);
      if (ShardIterator === undefined) continue;
      const { Records = [], NextShardIterator } = await client.send(new GetRecordsCommand({ ShardIterator }));
      iterators.set(ShardId, NextShardIterator);
      for (const { eventID = '', eventName, dynamodb } of Records) {
        records.push({
          eventID,
          ...(eventName && { eventName }),
          dynamodb: {
            ...(dynamodb?.OldImage && { OldImage: dynamodb.OldImage as Record<string, never> }),
            ...(dynamodb?.NewImage && { NewImage: dynamodb.NewImage as Record<string, never> }),
            ...(dynamodb?.SequenceNumber && { SequenceNumber: dynamodb.SequenceNumber }),
          },
        } satisfies { dynamodb: Record<string, string | Record<string, AttributeValue>> } & DynamoDBRecord);
      }
    }
    return records;
  };
};
