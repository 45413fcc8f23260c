import { setTimeout as delay } from 'node:timers/promises';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import type { DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { localClient } from '../../local/account.ts';
import type { Invocation } from '../../local/lambda.ts';
import { openState } from '../../local/state.ts';
import { deliver, pollStream, type StreamPollerPorts } from '../../local/stream-poller.ts';
import { createTables } from '../../local/tables.ts';
import { sweepExpired, ttlDeletionsOf } from '../../local/ttl-sweeper.ts';
import { type Engine, startEngine } from '../support/dynoxide.ts';

const mapping = { name: 'relay', streamArn: 'arn', batchSize: 3, bisectOnError: true, retries: 2 };
const records = (...numbers: readonly number[]): DynamoDBRecord[] =>
  numbers.map((number) => ({ dynamodb: { SequenceNumber: String(number) } }));
const handled: Invocation = { ok: true, payload: '{"batchItemFailures":[]}' };
const thrown: Invocation = { ok: false, reason: 'error', message: 'no' };
const failedAt = (number: number): Invocation => ({
  ok: true,
  payload: JSON.stringify({ batchItemFailures: [{ itemIdentifier: String(number) }] }),
});

const run = async (batch: readonly DynamoDBRecord[], answer: (numbers: readonly string[]) => Invocation) => {
  const calls: string[] = [];
  const positions: string[] = [];
  const aside: unknown[] = [];
  await deliver(
    batch,
    mapping,
    {
      invoke: async (event: DynamoDBStreamEvent) => {
        const numbers = event.Records.map(({ dynamodb }) => dynamodb?.SequenceNumber ?? '');
        calls.push(numbers.join(' '));
        return answer(numbers);
      },
      position: { get: () => undefined, set: (number: string) => positions.push(number) },
      setAside: async (message: string) => void aside.push(JSON.parse(message).DDBStreamBatchInfo),
      ttlDeletions: { has: () => false, forget: () => undefined },
      log: () => undefined,
    } as unknown as StreamPollerPorts,
    new AbortController().signal,
  );
  return { calls, positions, aside };
};

describe('a batch of a stream', () => {
  test('that is handled moves the position to its end', async () => {
    expect(await run(records(1, 2, 3), () => handled)).toEqual({
      calls: ['1 2 3'],
      positions: ['3'],
      aside: [],
    });
  });

  test('with a record that fails once comes again from that record on', async () => {
    let failures = 1;
    const { calls, positions } = await run(records(1, 2, 3), () => (failures-- > 0 ? failedAt(2) : handled));
    expect(calls).toEqual(['1 2 3', '2 3']);
    expect(positions).toEqual(['1', '3']);
  });

  test('with a record that always fails sets that one aside, after its tries, and goes on in order', async () => {
    const { calls, positions, aside } = await run(records(1, 2, 3), (numbers) =>
      numbers.includes('2') ? failedAt(2) : handled,
    );
    expect(calls).toEqual(['1 2 3', '2 3', '2 3', '3']);
    expect(positions).toEqual(['1', '2', '3']);
    expect(aside).toEqual([
      {
        shardId: 'shardId-00000001',
        startSequenceNumber: '2',
        endSequenceNumber: '2',
        batchSize: 1,
        streamArn: 'arn',
      },
    ]);
  });

  test('that makes the function throw is cut in halves until the poison record stands alone', async () => {
    const { calls, positions, aside } = await run(records(1, 2, 3), (numbers) =>
      numbers.includes('3') ? thrown : handled,
    );
    expect(calls).toEqual(['1 2 3', '1 2', '3', '3', '3']);
    expect(positions).toEqual(['2', '3']);
    expect(aside).toHaveLength(1);
  });
});

describe('with the engine', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await startEngine();
  });
  afterAll(() => engine.stop());

  test('a stream is delivered in order, goes on where it was, and says what TTL removed', async () => {
    const streams = new DynamoDBStreamsClient(localClient(engine.endpoint));
    const state = openState();
    const key = { AttributeName: 'pk', AttributeType: 'S' };
    const arns = await createTables(engine.client, [
      {
        name: 'things',
        type: 'AWS::DynamoDB::Table',
        properties: {
          KeySchema: [
            { AttributeName: 'pk', KeyType: 'HASH' },
            { AttributeName: 'sk', KeyType: 'RANGE' },
          ],
          AttributeDefinitions: [key, { ...key, AttributeName: 'sk' }],
          StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
        },
      },
    ]);
    const put = (name: string, ttl: number) =>
      engine.client.send(
        new PutItemCommand({
          TableName: 'things',
          Item: { pk: { S: name }, sk: { S: 'x' }, ttl: { N: String(ttl) } },
        }),
      );
    const seen: (string | undefined)[][] = [];
    const poll = (signal: AbortSignal) =>
      pollStream(
        { ...mapping, batchSize: 100 },
        {
          streams,
          engineStreamArn: arns.get('things') ?? '',
          invoke: async ({ Records }) => {
            seen.push(
              ...Records.map(({ eventName, dynamodb, userIdentity }) => [
                eventName,
                dynamodb?.Keys?.['pk']?.S,
                userIdentity?.principalId,
              ]),
            );
            return handled;
          },
          position: {
            get: () => state.get('stream-position', 'things'),
            set: (number) => state.set('stream-position', 'things', number),
          },
          setAside: async () => undefined,
          ttlDeletions: ttlDeletionsOf(state, 'things'),
          log: () => undefined,
        },
        signal,
      );

    const now = Math.floor(Date.now() / 1_000);
    await put('old', now - 10);
    await put('young', now + 1_000);
    const first = new AbortController();
    const running = poll(first.signal);
    await expect
      .poll(() => seen)
      .toEqual([
        ['INSERT', 'old', undefined],
        ['INSERT', 'young', undefined],
      ]);
    first.abort();
    await running;

    seen.length = 0;
    const second = new AbortController();
    const again = [
      poll(second.signal),
      sweepExpired(
        engine.client,
        [{ tableName: 'things', attribute: 'ttl' }],
        state,
        3_600,
        second.signal,
        () => undefined,
      ),
    ];
    await expect.poll(() => seen).toEqual([['REMOVE', 'old', 'dynamodb.amazonaws.com']]);
    // Forgotten with its record: a removal of our own under the same key would not be TTL’s.
    await expect.poll(() => ttlDeletionsOf(state, 'things').has({ pk: 'old', sk: 'x' })).toBe(false);
    await delay(0);
    second.abort();
    await Promise.all(again);
    streams.destroy();
    state.close();
  });
});
