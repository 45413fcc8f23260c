import {
  DescribeStreamCommand,
  type DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type _Record as StreamRecord,
} from '@aws-sdk/client-dynamodb-streams';
import type { DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { account } from './account.ts';
import { backOff, pause } from './backoff.ts';
import type { Invocation } from './lambda.ts';

export interface StreamMapping {
  readonly name: string;
  /** ARN as the event shows it. */
  readonly streamArn: string;
  readonly batchSize: number;
  readonly bisectOnError: boolean;
  /** Tries after the first; what still fails is set aside. */
  readonly retries: number;
}

export type ItemKeys = Readonly<Record<string, string>>;

export interface StreamPollerPorts {
  readonly streams: DynamoDBStreamsClient;
  /** The engine’s ARN of the stream. */
  readonly engineStreamArn: string;
  readonly invoke: (event: DynamoDBStreamEvent) => Promise<Invocation>;
  /** Sequence number up to which everything was handled or set aside. */
  readonly position: { get(): string | undefined; set(sequenceNumber: string): void };
  /** Takes the message that names records which failed for good. */
  readonly setAside: (message: string) => Promise<void>;
  /** What the TTL service removed, by the keys of the item; forgotten once its record is handled. */
  readonly ttlDeletions: { has(keys: ItemKeys): boolean; forget(keys: ItemKeys): void };
  readonly log: (line: string) => void;
}

/** Pause after an empty read: short while something goes on, longer when nothing has for some seconds. */
const idleMs = 50;
const restingMs = 250;
const restingAfter = 60;
const recordsPerCall = 1_000;

/**
 * Delivers a table’s stream to a function as Lambda’s event source mapping does: in order, batch by
 * batch; a failed batch again (from the first failed record on when the function names it, in halves when
 * it threw), and what fails for good is set aside.
 */
export const pollStream = async (
  mapping: StreamMapping,
  ports: StreamPollerPorts,
  signal: AbortSignal,
): Promise<void> => {
  let iterator: string | undefined;
  let failures = 0;
  let emptyReads = 0;
  while (!signal.aborted) {
    try {
      iterator ??= await shardIterator(ports);
      const output = await ports.streams.send(
        new GetRecordsCommand({ ShardIterator: iterator, Limit: recordsPerCall }),
        { abortSignal: signal },
      );
      const records = (output.Records ?? []).map((record) => toLambdaRecord(record, mapping, ports));
      for (let start = 0; start < records.length && !signal.aborted; start += mapping.batchSize) {
        await deliver(records.slice(start, start + mapping.batchSize), mapping, ports, signal);
      }
      iterator = output.NextShardIterator;
      failures = 0;
      emptyReads = records.length === 0 ? emptyReads + 1 : 0;
      if (emptyReads > 0) await pause(emptyReads > restingAfter ? restingMs : idleMs, signal);
    } catch (error) {
      if (signal.aborted) return;
      ports.log(`${mapping.name}: the stream cannot be read: ${(error as Error).message}`);
      iterator = undefined;
      await backOff(failures, signal);
      failures += 1;
    }
  }
};

const shardIterator = async ({ streams, engineStreamArn, position }: StreamPollerPorts): Promise<string> => {
  const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn: engineStreamArn }));
  const shards = StreamDescription?.Shards ?? [];
  if (shards.length !== 1) throw new Error(`${engineStreamArn} has ${shards.length} shards; one is expected`);
  const after = position.get();
  const { ShardIterator } = await streams.send(
    new GetShardIteratorCommand({
      StreamArn: engineStreamArn,
      ShardId: shards[0]?.ShardId,
      ...(after === undefined
        ? { ShardIteratorType: 'TRIM_HORIZON' }
        : { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: after }),
    }),
  );
  if (ShardIterator === undefined) throw new Error(`${engineStreamArn} gave no iterator`);
  return ShardIterator;
};

/** Delivers one batch until nothing of it is left. */
export const deliver = async (
  batch: readonly DynamoDBRecord[],
  mapping: StreamMapping,
  ports: StreamPollerPorts,
  signal: AbortSignal,
): Promise<void> => {
  let rest = batch;
  for (let attempt = 0; rest.length > 0; attempt += 1) {
    const result = await ports.invoke({ Records: [...rest] });
    if (signal.aborted) return;
    const failedFrom = firstFailure(result, rest);
    if (failedFrom > 0) {
      advance(rest.slice(0, failedFrom), ports);
      rest = rest.slice(failedFrom);
      attempt = 0;
      if (rest.length === 0) return;
    }
    if (!result.ok && mapping.bisectOnError && rest.length > 1) {
      const half = Math.ceil(rest.length / 2);
      await deliver(rest.slice(0, half), mapping, ports, signal);
      await deliver(rest.slice(half), mapping, ports, signal);
      return;
    }
    if (attempt >= mapping.retries) {
      await setAside(rest.slice(0, 1), mapping, ports, result);
      advance(rest.slice(0, 1), ports);
      rest = rest.slice(1);
      attempt = -1;
      continue;
    }
    await backOff(attempt, signal);
  }
};

/** These records will not be delivered again. */
const advance = (records: readonly DynamoDBRecord[], { position, ttlDeletions }: StreamPollerPorts): void => {
  position.set(sequenceNumberOf(records.at(-1)));
  for (const { userIdentity, dynamodb } of records) {
    if (userIdentity !== undefined) ttlDeletions.forget(keysOf(dynamodb?.Keys));
  }
};

/** Index of the first record that was not handled; the batch’s length when all were. */
const firstFailure = (result: Invocation, batch: readonly DynamoDBRecord[]): number => {
  if (!result.ok) return 0;
  const failures = (
    JSON.parse(result.payload ?? 'null') as { batchItemFailures?: { itemIdentifier: string }[] } | null
  )?.batchItemFailures;
  if (failures === undefined || failures.length === 0) return batch.length;
  const failed = new Set(failures.map(({ itemIdentifier }) => itemIdentifier));
  const index = batch.findIndex((record) => failed.has(sequenceNumberOf(record)));
  return Math.max(index, 0);
};

/** As Lambda tells an on-failure destination: where the records are, not what they hold. */
const setAside = async (
  records: readonly DynamoDBRecord[],
  mapping: StreamMapping,
  ports: StreamPollerPorts,
  result: Invocation,
): Promise<void> => {
  ports.log(`${mapping.name}: ${records.length} record failed for good and is set aside`);
  await ports.setAside(
    JSON.stringify({
      requestContext: {
        condition: 'RetryAttemptsExhausted',
        functionArn: mapping.name,
        approximateInvokeCount: mapping.retries + 1,
      },
      responseContext: { functionError: result.ok ? 'batchItemFailures' : result.message },
      version: '1.0',
      timestamp: new Date().toISOString(),
      DDBStreamBatchInfo: {
        shardId: 'shardId-00000001',
        startSequenceNumber: sequenceNumberOf(records[0]),
        endSequenceNumber: sequenceNumberOf(records.at(-1)),
        batchSize: records.length,
        streamArn: mapping.streamArn,
      },
    }),
  );
};

const sequenceNumberOf = (record: DynamoDBRecord | undefined): string =>
  record?.dynamodb?.SequenceNumber ?? '';

const toLambdaRecord = (
  { eventID, eventName, dynamodb }: StreamRecord,
  mapping: StreamMapping,
  ports: StreamPollerPorts,
): DynamoDBRecord => ({
  eventID: eventID ?? '',
  eventName: eventName as 'INSERT' | 'MODIFY' | 'REMOVE',
  eventVersion: '1.1',
  eventSource: 'aws:dynamodb',
  awsRegion: account.region,
  eventSourceARN: mapping.streamArn,
  dynamodb: {
    ...(dynamodb as DynamoDBRecord['dynamodb']),
    ApproximateCreationDateTime: Math.floor(
      (dynamodb?.ApproximateCreationDateTime ?? new Date()).getTime() / 1_000,
    ),
  },
  ...(eventName === 'REMOVE' &&
    ports.ttlDeletions.has(keysOf(dynamodb?.Keys)) && {
      userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' },
    }),
});

const keysOf = (keys: Readonly<Record<string, object>> = {}): ItemKeys =>
  Object.fromEntries(Object.entries(keys).map(([name, value]) => [name, Object.values(value)[0]]));
