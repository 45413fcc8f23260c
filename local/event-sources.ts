import type { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import type { LambdaFunction } from './lambda.ts';
import { pollQueue } from './queue-poller.ts';
import { type QueuesAndBuckets, queueNameOf } from './queues-and-buckets.ts';
import type { State } from './state.ts';
import { pollStream } from './stream-poller.ts';
import type { Resource } from './template.ts';
import { ttlDeletionsOf } from './ttl-sweeper.ts';

export interface EventSourceParts {
  readonly queues: QueuesAndBuckets;
  readonly streams: DynamoDBStreamsClient;
  /** The engine’s ARN of each table’s stream, by the table’s name. */
  readonly engineStreams: ReadonlyMap<string, string>;
  readonly state: State;
  readonly functionOf: (name: string) => LambdaFunction;
  readonly log: (line: string) => void;
}

/** Delivers streams and queues to functions as the template’s event source mappings say, until the signal. */
export const runEventSources = (
  resources: readonly Resource[],
  parts: EventSourceParts,
  signal: AbortSignal,
): readonly Promise<void>[] =>
  resources
    .filter(({ type }) => type === 'AWS::Lambda::EventSourceMapping')
    .map((mapping) =>
      mapping.properties['StartingPosition'] === undefined
        ? runQueue(mapping, resources, parts, signal)
        : runStream(mapping, parts, signal),
    );

const runQueue = (
  { name, properties }: Resource,
  resources: readonly Resource[],
  { queues, functionOf, log }: EventSourceParts,
  signal: AbortSignal,
): Promise<void> => {
  const queueArn: string = properties['EventSourceArn'];
  const queue = resources.find(
    (one) => one.type === 'AWS::SQS::Queue' && queueNameOf(one.name) === queueNameOf(queueArn),
  );
  if (queue === undefined) throw new Error(`${name} reads ${queueArn}, which is no queue`);
  const functionName: string = properties['FunctionName'];
  return pollQueue(
    { name: functionName, queueUrl: queue.name, queueArn, batchSize: properties['BatchSize'] ?? 10 },
    { sqs: queues.sqs, invoke: (event) => functionOf(functionName).invoke(event), log },
    signal,
  );
};

const runStream = (
  { name, properties }: Resource,
  { queues, streams, engineStreams, state, functionOf, log }: EventSourceParts,
  signal: AbortSignal,
): Promise<void> => {
  const streamArn: string = properties['EventSourceArn'];
  const tableName = streamArn.split('/')[1] ?? '';
  const engineStreamArn = engineStreams.get(tableName);
  const failureArn: string | undefined = properties['DestinationConfig']?.OnFailure?.Destination;
  if (engineStreamArn === undefined || failureArn === undefined) {
    throw new Error(`${name} needs a table with a stream, and a queue for what fails`);
  }
  const functionName: string = properties['FunctionName'];
  return pollStream(
    {
      name: functionName,
      streamArn,
      batchSize: properties['BatchSize'] ?? 100,
      bisectOnError: properties['BisectBatchOnFunctionError'] ?? false,
      retries: properties['MaximumRetryAttempts'] ?? 10,
    },
    {
      streams,
      engineStreamArn,
      invoke: (event) => functionOf(functionName).invoke(event),
      position: {
        get: () => state.get('stream-position', name),
        set: (sequenceNumber) => state.set('stream-position', name, sequenceNumber),
      },
      setAside: async (message) => {
        queues.server.sendMessage(queueNameOf(failureArn), message);
      },
      ttlDeletions: ttlDeletionsOf(state, tableName),
      log,
    },
    signal,
  );
};
