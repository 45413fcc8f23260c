import {
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  paginateListQueues,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';

export type RedriveOutcome =
  | { readonly kind: 'moved'; readonly to: string; readonly messages: number }
  | { readonly kind: 'no_source' };

/** Most messages of one run: those that arrive meanwhile, because they fail again, must not keep it going. */
const maxMessages = 100_000;

/**
 * Gives the messages of a dead-letter queue back to the queue they came from, each sent before it is
 * deleted: cut off in the middle, none is lost and ten may come twice, which consumers take.
 * `StartMessageMoveTask` would do the same, but emulators lack it.
 */
export const redrive = async (sqs: SQSClient, deadLetterQueueUrl: string): Promise<RedriveOutcome> => {
  const attributes = await attributesOf(sqs, deadLetterQueueUrl);
  const to = await sourceOf(sqs, attributes['QueueArn'] ?? '');
  if (to === undefined) return { kind: 'no_source' };
  const waiting = Math.min(Number(attributes['ApproximateNumberOfMessages'] ?? 0), maxMessages);
  let moved = 0;
  while (moved < waiting) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: deadLetterQueueUrl,
        MaxNumberOfMessages: Math.min(10, waiting - moved),
        MessageAttributeNames: ['All'],
        WaitTimeSeconds: 1,
      }),
    );
    if (Messages.length === 0) break;
    const sent = await sqs.send(
      new SendMessageBatchCommand({
        QueueUrl: to,
        Entries: Messages.map(({ Body, MessageAttributes }, index) => ({
          Id: String(index),
          MessageBody: Body,
          MessageAttributes,
        })),
      }),
    );
    const gone = (sent.Successful ?? []).map(({ Id }) => ({
      Id,
      ReceiptHandle: Messages[Number(Id)]?.ReceiptHandle,
    }));
    if (gone.length < Messages.length) {
      throw new Error(`${to} refused ${Messages.length - gone.length} messages: ${sent.Failed?.[0]?.Code}`);
    }
    await sqs.send(new DeleteMessageBatchCommand({ QueueUrl: deadLetterQueueUrl, Entries: gone }));
    moved += gone.length;
  }
  return { kind: 'moved', to, messages: moved };
};

const attributesOf = async (sqs: SQSClient, queueUrl: string): Promise<Record<string, string>> => {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['All'] }),
  );
  return Attributes;
};

/** The queue whose messages end in this one; an account has few queues, so all are asked. */
const sourceOf = async (sqs: SQSClient, deadLetterQueueArn: string): Promise<string | undefined> => {
  for await (const { QueueUrls = [] } of paginateListQueues({ client: sqs, pageSize: 100 }, {})) {
    for (const url of QueueUrls) {
      const policy = (await attributesOf(sqs, url))['RedrivePolicy'];
      if (policy !== undefined && JSON.parse(policy).deadLetterTargetArn === deadLetterQueueArn) return url;
    }
  }
  return undefined;
};
