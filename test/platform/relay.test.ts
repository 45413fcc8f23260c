import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeEach, expect, test } from 'vitest';
import * as z from 'zod';
import { defineLifecycleEvent, lifecycleEvent } from '../../functions/platform/lifecycle-event.ts';
import { relay, type StreamChange } from '../../functions/platform/relay.ts';

process.env['AWS_REGION'] = 'eu-central-1';

const boxMoved = defineLifecycleEvent({
  type: 'BOX-MOVED',
  version: 1,
  description: 'A box was moved.',
  aggregate: 'box',
  data: z.object({ to: z.string() }),
  example: { to: 'attic' },
});

const events = mockClient(EventBridgeClient);
const queues = mockClient(SQSClient);
beforeEach(() => {
  events.reset();
  queues.reset();
});
afterEach(() => {
  events.reset();
});

const lifecycleEvents = ({ after, expired, before }: StreamChange) => {
  if (after?.['poison']) throw new Error('poison');
  const item = after ?? (expired ? before : undefined);
  return item === undefined
    ? []
    : [
        lifecycleEvent(boxMoved, {
          aggregateId: item.pk,
          sequence: item['revision'] as number,
          change: { what: 'box.moved', by: 'ann', requestId: 'r', at: '2026-11-21T10:00:00.000Z' },
          data: { to: item.sk },
        }),
      ];
};

const handler = relay({
  source: 'fairground.boxes',
  busName: 'bus',
  lifecycleEvents,
  timers: ({ after }) =>
    after?.['timer'] ? [{ queueUrl: 'https://queue', body: '{}', delaySeconds: 5 }] : [],
});

const record = (sequence: number, box: string, more: Record<string, unknown> = {}): DynamoDBRecord => ({
  eventID: `event-${sequence}`,
  eventName: 'MODIFY',
  dynamodb: {
    SequenceNumber: String(sequence),
    NewImage: marshall({ pk: box, sk: 'attic', revision: sequence, ...more }) as never,
  },
});
const batch = (...Records: DynamoDBRecord[]): DynamoDBStreamEvent => ({ Records });

const allPut = (count: number) => ({
  FailedEntryCount: 0,
  Entries: Array.from({ length: count }, (_, n) => ({ EventId: String(n) })),
});
const putBoxes = () =>
  events
    .commandCalls(PutEventsCommand)
    .map((call) => call.args[0].input.Entries?.map((entry) => JSON.parse(entry.Detail ?? '').aggregate.id));

test('events of different aggregates go in one call, of one aggregate in turn', async () => {
  events.on(PutEventsCommand).callsFake((input) => allPut(input.Entries.length));
  expect(await handler(batch(record(1, 'a'), record(2, 'b'), record(3, 'a'), record(4, 'c')))).toEqual({
    batchItemFailures: [],
  });
  expect(putBoxes()).toEqual([
    ['a', 'b'],
    ['a', 'c'],
  ]);
});

test('more than ten entries are cut into calls of ten', async () => {
  events.on(PutEventsCommand).callsFake((input) => allPut(input.Entries.length));
  await handler(batch(...Array.from({ length: 23 }, (_, n) => record(n, `box-${n}`))));
  expect(putBoxes().map((boxes) => boxes?.length)).toEqual([10, 10, 3]);
});

test('a refused entry is given back to the stream, and nothing after its wave is sent', async () => {
  events
    .on(PutEventsCommand)
    .resolves({ FailedEntryCount: 1, Entries: [{ EventId: 'x' }, { ErrorCode: 'ThrottlingException' }] });
  const answer = await handler(batch(record(11, 'a'), record(12, 'b'), record(13, 'b')));
  expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: '12' }] });
  expect(putBoxes()).toEqual([['a', 'b']]);
});

test('a call that fails as a whole gives back its first record', async () => {
  events.on(PutEventsCommand).rejects(new Error('no network'));
  expect(await handler(batch(record(21, 'a'), record(22, 'b')))).toEqual({
    batchItemFailures: [{ itemIdentifier: '21' }],
  });
});

test('records before a poison record are sent; it is given back', async () => {
  events.on(PutEventsCommand).callsFake((input) => allPut(input.Entries.length));
  const answer = await handler(batch(record(31, 'a'), record(32, 'b', { poison: true }), record(33, 'c')));
  expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: '32' }] });
  expect(putBoxes()).toEqual([['a']]);
});

test('timers are sent first; one that cannot be sent gives everything back', async () => {
  events.on(PutEventsCommand).callsFake((input) => allPut(input.Entries.length));
  queues.on(SendMessageBatchCommand).resolves({ Successful: [], Failed: [] });
  expect(await handler(batch(record(41, 'a', { timer: true })))).toEqual({ batchItemFailures: [] });
  expect(queues.commandCalls(SendMessageBatchCommand)[0]?.args[0].input.Entries).toEqual([
    { Id: '0', MessageBody: '{}', DelaySeconds: 5 },
  ]);

  events.resetHistory();
  queues
    .on(SendMessageBatchCommand)
    .resolves({ Successful: [], Failed: [{ Id: '0', Code: 'InternalError', SenderFault: false }] });
  expect(await handler(batch(record(42, 'a', { timer: true })))).toEqual({
    batchItemFailures: [{ itemIdentifier: '42' }],
  });
  expect(queues.commandCalls(SendMessageBatchCommand)).toHaveLength(4);
  expect(putBoxes()).toEqual([]);
});

test('the id follows from the fact: the same record twice gives the same id', async () => {
  events.on(PutEventsCommand).callsFake((input) => allPut(input.Entries.length));
  await handler(batch(record(51, 'a')));
  await handler(batch(record(51, 'a')));
  await handler(batch(record(52, 'a')));
  const details = events
    .commandCalls(PutEventsCommand)
    .map((call) => JSON.parse(call.args[0].input.Entries?.[0]?.Detail ?? ''));
  expect(details[0].id).toBe(details[1].id);
  expect(details[2].id).not.toBe(details[0].id);
  expect(details[0]).toEqual({
    id: expect.stringMatching(/^lev_[0-9a-z]{26}$/),
    type: 'BOX-MOVED',
    version: 1,
    occurredAt: '2026-11-21T10:00:00.000Z',
    aggregate: { kind: 'box', id: 'a', sequence: 51 },
    actor: 'ann',
    data: { to: 'attic' },
  });
});

test('what the TTL service removed is told apart from what we removed', async () => {
  events.on(PutEventsCommand).callsFake((input) => allPut(input.Entries.length));
  const removed: DynamoDBRecord = {
    eventName: 'REMOVE',
    dynamodb: { SequenceNumber: '61', OldImage: marshall({ pk: 'a', sk: 'attic', revision: 9 }) as never },
  };
  await handler(batch(removed));
  expect(putBoxes()).toEqual([]);
  await handler(
    batch({ ...removed, userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' } }),
  );
  expect(putBoxes()).toEqual([['a']]);
});
