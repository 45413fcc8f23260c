import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { clientSettings, withoutFrills } from './aws-client.ts';

export interface DelayedMessage {
  readonly queueUrl: string;
  readonly body: string;
  /** 0–900: SQS delays a message by fifteen minutes at most. */
  readonly delaySeconds: number;
}

/** The longest delay SQS gives one message (service limit). */
export const maxDelaySeconds = 900;

/**
 * The delay of a message that is to come a second after `until`, or as late as one can.
 * @param until epoch seconds, like `now`.
 */
export const delayAfter = (until: number, now: number): number =>
  Math.min(maxDelaySeconds, Math.max(0, until - now + 1));

const batchSize = 10;
const tries = 3;

let client: SQSClient | undefined;

/**
 * Sends messages in batches of ten, each entry’s result read; entries that failed are sent again, and
 * what still fails throws: the caller’s own retry (stream or queue) takes over.
 */
export const sendMessages = async (messages: readonly DelayedMessage[]): Promise<void> => {
  client ??= withoutFrills(new SQSClient(clientSettings('sqs')));
  for (const [queueUrl, group] of Map.groupBy(messages, (message) => message.queueUrl)) {
    for (let start = 0; start < group.length; start += batchSize) {
      await sendBatch(client, queueUrl, group.slice(start, start + batchSize));
    }
  }
};

const sendBatch = async (
  sqs: SQSClient,
  queueUrl: string,
  messages: readonly DelayedMessage[],
): Promise<void> => {
  let pending = messages;
  for (let attempt = 1; pending.length > 0; attempt += 1) {
    const output = await sqs.send(
      new SendMessageBatchCommand({
        QueueUrl: queueUrl,
        Entries: pending.map((message, index) => ({
          Id: String(index),
          MessageBody: message.body,
          DelaySeconds: message.delaySeconds,
        })),
      }),
    );
    const failed = output.Failed ?? [];
    if (failed.length > 0 && attempt === tries)
      throw new Error(`SQS refused ${failed.length} messages: ${failed[0]?.Code}`);
    pending = failed.flatMap((entry) => pending[Number(entry.Id)] ?? []);
  }
};
