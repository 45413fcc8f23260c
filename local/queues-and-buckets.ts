import net from 'node:net';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { SetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { type FauxqsServer, startFauxqs } from 'fauxqs';
import { account, localClient } from './account.ts';
import type { Resource } from './template.ts';

export interface QueuesAndBuckets {
  readonly server: FauxqsServer;
  readonly endpoint: string;
  readonly sqs: SQSClient;
  stop(): Promise<void>;
}

/**
 * Starts SQS and S3 (fauxqs) on a free port.
 * @param dataDirectory where they keep their data; in memory when left out.
 */
export const startQueuesAndBuckets = async (dataDirectory?: string): Promise<QueuesAndBuckets> => {
  const server = await onLoopback(() =>
    startFauxqs({
      port: 0,
      logger: false,
      defaultRegion: account.region,
      ...(dataDirectory !== undefined && { dataDir: dataDirectory }),
    }),
  );
  const endpoint = `http://127.0.0.1:${server.port}`;
  const sqs = new SQSClient(localClient(endpoint));
  return {
    server,
    endpoint,
    sqs,
    async stop() {
      sqs.destroy();
      await server.stop();
    },
  };
};

/** fauxqs listens on every interface and has no setting for it; nothing here is for the network to see. */
const onLoopback = async <T>(start: () => Promise<T>): Promise<T> => {
  const { listen } = net.Server.prototype;
  net.Server.prototype.listen = function (this: net.Server, ...given: unknown[]) {
    const [first, ...others] = given;
    const options =
      typeof first === 'object' && first !== null && 'host' in first
        ? { ...first, host: '127.0.0.1' }
        : first;
    return listen.apply(this, [options, ...others] as never);
  } as typeof listen;
  try {
    return await start();
  } finally {
    net.Server.prototype.listen = listen;
  }
};

/** Creates the queues and buckets of the template; those that an earlier run left keep what they hold. */
export const createQueuesAndBuckets = async (
  { server, endpoint, sqs }: QueuesAndBuckets,
  resources: readonly Resource[],
): Promise<void> => {
  for (const { type, properties, name } of resources) {
    if (type !== 'AWS::SQS::Queue') continue;
    const queueName = queueNameOf(name);
    const attributes = queueAttributes(properties);
    if (server.inspectQueue(queueName) === undefined) server.createQueue(queueName, { attributes });
    else await sqs.send(new SetQueueAttributesCommand({ QueueUrl: name, Attributes: attributes }));
  }
  const s3 = new S3Client(localClient(endpoint));
  for (const { type, name } of resources) {
    if (type !== 'AWS::S3::Bucket') continue;
    await s3.send(new CreateBucketCommand({ Bucket: name })).catch((error: Error) => {
      if (error.name !== 'BucketAlreadyOwnedByYou') throw error;
    });
  }
  s3.destroy();
};

/** Name of a queue, from its URL or ARN. */
export const queueNameOf = (urlOrArn: string): string => urlOrArn.split(/[/:]/).at(-1) ?? '';

const attributeNames = [
  'VisibilityTimeout',
  'MessageRetentionPeriod',
  'DelaySeconds',
  'RedrivePolicy',
  'ReceiveMessageWaitTimeSeconds',
];

const queueAttributes = (properties: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries(
    attributeNames
      .filter((name) => properties[name] !== undefined)
      .map((name) => [
        name,
        typeof properties[name] === 'object' ? JSON.stringify(properties[name]) : String(properties[name]),
      ]),
  );
