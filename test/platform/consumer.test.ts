import type { Context, SQSEvent } from 'aws-lambda';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod';
import { consumer } from '../../functions/platform/consumer.ts';
import { defineLifecycleEvent, lifecycleEvent } from '../../functions/platform/lifecycle-event.ts';
import { type Engine, startEngine } from '../support/dynoxide.ts';

const boxMoved = defineLifecycleEvent({
  type: 'BOX-MOVED',
  version: 1,
  description: 'A box was moved.',
  aggregate: 'box',
  data: z.object({ to: z.string() }),
  example: { to: 'attic' },
});

const moved = (sequence: number, to = 'attic') =>
  lifecycleEvent(boxMoved, {
    aggregateId: 'box_1',
    sequence,
    change: { what: 'box.moved', by: 'ann', requestId: 'r', at: '2026-11-21T10:00:00.000Z' },
    data: { to },
  });

const messages = (...bodies: string[]): SQSEvent => ({
  Records: bodies.map((body, index) => ({
    messageId: `m${index}`,
    receiptHandle: `h${index}`,
    body,
    attributes: {
      ApproximateReceiveCount: '1',
      SentTimestamp: '0',
      SenderId: 's',
      ApproximateFirstReceiveTimestamp: '0',
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:eu-central-1:000000000000:boxes',
    awsRegion: 'eu-central-1',
  })),
});
const delivered = (event: object) => JSON.stringify({ 'detail-type': 'BOX-MOVED', detail: event });
const context = {
  functionName: 'boxes',
  awsRequestId: 'a',
  getRemainingTimeInMillis: () => 30_000,
} as unknown as Context;

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine();
  await engine.createTable('boxes');
  Object.assign(process.env, {
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_DYNAMODB: engine.endpoint,
    AWS_LAMBDA_FUNCTION_NAME: 'boxes',
  });
});
afterAll(() => engine.stop());

test('each message fails alone: a bad one does not hold back or repeat the others', async () => {
  const seen: number[] = [];
  const handler = consumer({
    name: 'boxes',
    accepts: [boxMoved],
    handle: async (event) => {
      if (event.data.to === 'nowhere') throw new Error('cannot go there');
      seen.push(event.aggregate.sequence);
    },
  });
  const answer = await handler(
    messages(
      delivered(moved(1)),
      delivered(moved(2, 'nowhere')),
      '{not json',
      delivered({ type: 'BOX-BURNT' }),
      delivered({ ...moved(3), version: 2 }),
      delivered(moved(4)),
    ),
    context,
  );
  expect(answer.batchItemFailures.map((failure) => failure.itemIdentifier)).toEqual(['m1', 'm2', 'm3', 'm4']);
  expect(seen).toEqual([1, 4]);
});

test('a batch that fails wholly gives every message back', async () => {
  const handler = consumer({
    name: 'boxes',
    accepts: [boxMoved],
    handle: async () => Promise.reject(new Error('down')),
  });
  const answer = await handler(messages(delivered(moved(1)), delivered(moved(2))), context);
  expect(answer.batchItemFailures).toHaveLength(2);
});

test('a remembered lifecycle event is handled once, however often it is delivered; a failed one again', async () => {
  const seen: number[] = [];
  let fails = true;
  const handler = consumer({
    name: 'boxes',
    accepts: [boxMoved],
    rememberIn: 'boxes',
    handle: async (event) => {
      if (event.aggregate.sequence === 2 && fails) throw new Error('not yet');
      seen.push(event.aggregate.sequence);
    },
  });
  const deliver = () => handler(messages(delivered(moved(1)), delivered(moved(2))), context);
  expect((await deliver()).batchItemFailures).toEqual([{ itemIdentifier: 'm1' }]);
  fails = false;
  expect((await deliver()).batchItemFailures).toEqual([]);
  await deliver();
  expect(seen).toEqual([1, 2]);
});
