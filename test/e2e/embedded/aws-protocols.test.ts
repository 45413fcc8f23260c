import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { DescribeTableCommand, DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { ListQueuesCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { expect, inject, test } from 'vitest';
import { waitFor } from '../wait-for.ts';

/** AWS’s own protocols on the platform’s port, as any SDK speaks them, signatures and all. */
const { origin } = new URL(inject('target').url);
const settings = {
  endpoint: origin,
  region: 'eu-central-1',
  credentials: { accessKeyId: 'any', secretAccessKey: 'body' },
};

test('DynamoDB, SQS and S3 answer on the port of the API', async () => {
  const dynamoDb = new DynamoDBClient(settings);
  const { TableNames = [] } = await dynamoDb.send(new ListTablesCommand({}));
  expect(TableNames).toHaveLength(7);
  const { Table } = await dynamoDb.send(new DescribeTableCommand({ TableName: TableNames[0] }));
  expect(Table?.StreamSpecification?.StreamViewType).toBe('NEW_AND_OLD_IMAGES');
  const { QueueUrls = [] } = await new SQSClient({ ...settings, useQueueUrlAsEndpoint: false }).send(
    new ListQueuesCommand({}),
  );
  expect(QueueUrls.length).toBeGreaterThan(10);
  const { Buckets = [] } = await new S3Client({ ...settings, forcePathStyle: true }).send(
    new ListBucketsCommand({}),
  );
  expect(Buckets).toHaveLength(1);
});

test('EventBridge refuses entry by entry, and what there is not is said', async () => {
  const events = new EventBridgeClient(settings);
  const { FailedEntryCount, Entries } = await events.send(
    new PutEventsCommand({
      Entries: [{ EventBusName: 'no-such-bus', Source: 's', DetailType: 't', Detail: '{}' }],
    }),
  );
  expect([FailedEntryCount, Entries?.[0]?.ErrorCode]).toEqual([1, 'InvalidArgument']);
  const secrets = new SecretsManagerClient(settings);
  await expect(secrets.send(new GetSecretValueCommand({ SecretId: 'nobody' }))).rejects.toThrow(
    'There is no such secret',
  );
});

interface QueueFacts {
  readonly name: string;
  readonly url: string;
  readonly waiting: number;
  readonly inFlight: number;
}

const queuesNamed = async (...parts: readonly string[]): Promise<readonly QueueFacts[]> => {
  const { queues } = (await (await fetch(`${origin}/_local/queues`)).json()) as { queues: QueueFacts[] };
  return queues.filter(({ name }) => parts.every((part) => name.includes(part)));
};

test('a message that a consumer cannot take waits in its dead-letter queue, and npm run redrive brings it back', async () => {
  const sqs = new SQSClient({ ...settings, useQueueUrlAsEndpoint: false });
  const [deadLetters] = await queuesNamed('TicketingClaimReleaseQueueDeadLetters');
  const work = (await queuesNamed('TicketingClaimReleaseQueue')).find(
    ({ name }) => !name.includes('DeadLetters'),
  );
  if (deadLetters === undefined || work === undefined) throw new Error('There is no such consumer');
  await sqs.send(
    new SendMessageCommand({ QueueUrl: work.url, MessageBody: '{"detail":{"type":"NOBODY-KNOWS"}}' }),
  );
  const isDead = async () => ((await queuesNamed(deadLetters.name))[0]?.waiting === 1 ? true : undefined);
  await waitFor('the message to be given up', isDead);

  const script = path.join(import.meta.dirname, '../../../scripts/redrive.ts');
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, [script, '--queue', deadLetters.url, '--endpoint', origin]);
  expect(stdout).toMatch(/^Given back to .*TicketingClaimReleaseQueue.*: 1$/m);
  // Nobody mended the consumer: it gives up again.
  await waitFor('the message to be given up again', isDead);
});
