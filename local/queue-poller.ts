import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { SQSEvent, SQSRecordAttributes } from 'aws-lambda';
import { account } from './account.ts';
import { backOff } from './backoff.ts';
import type { Invocation } from './lambda.ts';

export interface QueueMapping {
  readonly name: string;
  readonly queueUrl: string;
  readonly queueArn: string;
  readonly batchSize: number;
}

export interface QueuePollerPorts {
  readonly sqs: SQSClient;
  readonly invoke: (event: SQSEvent) => Promise<Invocation>;
  readonly log: (line: string) => void;
}

const waitSeconds = 20;

/** Batches that a function works on at once. */
const batchesAtOnce = 4;

/**
 * A failed message comes again after this many seconds for each time it was received. Lambda leaves it
 * until the queue’s visibility timeout is over: six times the function’s timeout, too long to watch.
 */
const retrySeconds = 1;

/**
 * Delivers a queue to a function as Lambda’s event source mapping does: messages of a batch that it names
 * as failed come again, the others are deleted.
 */
export const pollQueue = async (
  mapping: QueueMapping,
  ports: QueuePollerPorts,
  signal: AbortSignal,
): Promise<void> => {
  const running = new Set<Promise<void>>();
  let failures = 0;
  while (!signal.aborted) {
    try {
      if (running.size === batchesAtOnce) await Promise.race(running);
      const { Messages = [] } = await ports.sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: mapping.queueUrl,
          MaxNumberOfMessages: Math.min(mapping.batchSize, 10),
          WaitTimeSeconds: waitSeconds,
          MessageSystemAttributeNames: ['All'],
          MessageAttributeNames: ['All'],
        }),
        { abortSignal: signal },
      );
      failures = 0;
      if (Messages.length === 0) continue;
      const batch = deliver(Messages, mapping, ports)
        .catch((error: Error) => ports.log(`${mapping.name}: ${error.message}`))
        .finally(() => running.delete(batch));
      running.add(batch);
    } catch (error) {
      if (signal.aborted) break;
      ports.log(`${mapping.name}: the queue cannot be read: ${(error as Error).message}`);
      await backOff(failures, signal);
      failures += 1;
    }
  }
  await Promise.all(running);
};

const deliver = async (
  messages: readonly Message[],
  { queueArn, queueUrl }: QueueMapping,
  { sqs, invoke }: QueuePollerPorts,
): Promise<void> => {
  const result = await invoke({
    Records: messages.map((message) => ({
      messageId: message.MessageId ?? '',
      receiptHandle: message.ReceiptHandle ?? '',
      body: message.Body ?? '',
      attributes: (message.Attributes ?? {}) as unknown as SQSRecordAttributes,
      messageAttributes: {},
      md5OfBody: message.MD5OfBody ?? '',
      eventSource: 'aws:sqs',
      eventSourceARN: queueArn,
      awsRegion: account.region,
    })),
  });
  const failed = failedMessages(result, messages);
  const entries = (chosen: readonly Message[]) =>
    chosen.map((message, index) => ({ Id: String(index), ReceiptHandle: message.ReceiptHandle ?? '' }));
  const done = messages.filter((message) => !failed.has(message.MessageId ?? ''));
  if (done.length > 0)
    await sqs.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries: entries(done) }));
  const again = messages.filter((message) => failed.has(message.MessageId ?? ''));
  if (again.length > 0) {
    await sqs.send(
      new ChangeMessageVisibilityBatchCommand({
        QueueUrl: queueUrl,
        Entries: entries(again).map((entry, index) => ({
          ...entry,
          VisibilityTimeout: retrySeconds * Number(again[index]?.Attributes?.ApproximateReceiveCount ?? 1),
        })),
      }),
    );
  }
};

const failedMessages = (result: Invocation, messages: readonly Message[]): ReadonlySet<string> => {
  const all = () => new Set(messages.map(({ MessageId }) => MessageId ?? ''));
  if (!result.ok) return all();
  const failures = (
    JSON.parse(result.payload ?? 'null') as { batchItemFailures?: { itemIdentifier: string }[] } | null
  )?.batchItemFailures;
  return new Set((failures ?? []).map(({ itemIdentifier }) => itemIdentifier));
};
