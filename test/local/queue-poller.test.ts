import { afterAll, beforeAll, expect, test } from 'vitest';
import { pollQueue } from '../../local/queue-poller.ts';
import {
  createQueuesAndBuckets,
  type QueuesAndBuckets,
  startQueuesAndBuckets,
} from '../../local/queues-and-buckets.ts';
import { redrive } from '../../scripts/redrive-queue.ts';

let queues: QueuesAndBuckets;
let url: (name: string) => string;

beforeAll(async () => {
  queues = await startQueuesAndBuckets();
  url = (name) => `${queues.endpoint}/000000000000/${name}`;
  await createQueuesAndBuckets(queues, [
    { name: url('dead'), type: 'AWS::SQS::Queue', properties: {} },
    { name: url('other'), type: 'AWS::SQS::Queue', properties: { VisibilityTimeout: 30 } },
    {
      name: url('work'),
      type: 'AWS::SQS::Queue',
      properties: {
        VisibilityTimeout: 30,
        RedrivePolicy: {
          deadLetterTargetArn: 'arn:aws:sqs:eu-central-1:000000000000:dead',
          maxReceiveCount: 3,
        },
      },
    },
  ]);
});
afterAll(() => queues.stop());

const waiting = (name: string): number => {
  const found = queues.server.inspectQueue(name)?.messages;
  return (found?.ready.length ?? 0) + (found?.inflight.length ?? 0) + (found?.delayed.length ?? 0);
};

test('a message that fails three times waits in the dead-letter queue, and redrive brings it back', async () => {
  let mended = false;
  const tries: string[] = [];
  const stop = new AbortController();
  const running = pollQueue(
    {
      name: 'consumer',
      queueUrl: url('work'),
      queueArn: 'arn:aws:sqs:eu-central-1:000000000000:work',
      batchSize: 10,
    },
    {
      sqs: queues.sqs,
      invoke: async ({ Records }) => {
        tries.push(...Records.map(({ body }) => body));
        const failed = Records.filter(({ body }) => body === 'poison' && !mended);
        return {
          ok: true,
          payload: JSON.stringify({
            batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })),
          }),
        };
      },
      log: () => undefined,
    },
    stop.signal,
  );
  queues.server.sendMessage('work', 'good');
  queues.server.sendMessage('work', 'poison');
  await expect.poll(() => waiting('dead'), { timeout: 15_000 }).toBe(1);
  expect(waiting('work')).toBe(0);
  expect(tries.toSorted()).toEqual(['good', 'poison', 'poison', 'poison']);

  mended = true;
  expect(await redrive(queues.sqs, url('dead'))).toEqual({
    kind: 'moved',
    to: expect.stringMatching(/\/work$/),
    messages: 1,
  });
  await expect.poll(() => tries.filter((body) => body === 'poison').length).toBe(4);
  await expect.poll(() => waiting('work')).toBe(0);
  expect(waiting('dead')).toBe(0);
  stop.abort();
  await running;
});

test('a queue that nobody fails into has nothing to give back', async () => {
  expect(await redrive(queues.sqs, url('work'))).toEqual({ kind: 'no_source' });
});

test('a batch that makes the function throw comes again whole', async () => {
  const seen: string[] = [];
  const stop = new AbortController();
  const running = pollQueue(
    { name: 'consumer', queueUrl: url('other'), queueArn: 'arn', batchSize: 10 },
    {
      sqs: queues.sqs,
      invoke: async ({ Records }) => {
        seen.push(...Records.map(({ body }) => body));
        return seen.length === 1
          ? { ok: false, reason: 'error', message: 'no' }
          : { ok: true, payload: undefined };
      },
      log: () => undefined,
    },
    stop.signal,
  );
  queues.server.sendMessage('other', 'once more');
  await expect.poll(() => seen, { timeout: 10_000 }).toEqual(['once more', 'once more']);
  await expect.poll(() => waiting('other')).toBe(0);
  stop.abort();
  await running;
});

test('they listen on loopback only', () => {
  expect(queues.server.address).toMatch(/^http:\/\/127\.0\.0\.1:/);
});
