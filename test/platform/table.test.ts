import { PutItemCommand, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { currentScope, inScope } from '../../functions/platform/request-scope.ts';
import { absent, atRevision, type Table } from '../../functions/platform/table.ts';
import { type Engine, startEngine } from '../support/dynoxide.ts';

let engine: Engine;
let table: Table;

beforeAll(async () => {
  engine = await startEngine();
  table = await engine.createTable('things');
});
afterAll(() => engine.stop());

describe('writes are conditional, refusals are data', () => {
  test('a second put learns what the first one wrote', async () => {
    const item = { pk: 'A', sk: 'A', name: 'first', tags: new Set(['x']), nested: { deep: [1, true, null] } };
    expect(await table.put(item, absent)).toEqual({ written: true });
    expect(await table.put({ ...item, name: 'second' }, absent)).toEqual({ written: false, old: item });
    expect(await table.get(item, { consistent: true })).toEqual(item);
  });

  test('an update at a stale revision is refused with what is there', async () => {
    await table.put({ pk: 'B', sk: 'B', revision: 1 }, absent);
    const bump = (revision: number) => ({
      ...atRevision(revision),
      update: 'SET #revision = #revision + :one',
      values: { ...atRevision(revision).values, ':one': 1 },
    });
    expect(await table.update({ pk: 'B', sk: 'B' }, bump(1))).toEqual({
      written: true,
      item: { pk: 'B', sk: 'B', revision: 2 },
    });
    expect(await table.update({ pk: 'B', sk: 'B' }, bump(1))).toEqual({
      written: false,
      old: { pk: 'B', sk: 'B', revision: 2 },
    });
    expect(await table.update({ pk: 'missing', sk: 'B' }, bump(1))).toEqual({ written: false });
    expect(await table.delete({ pk: 'B', sk: 'B' }, atRevision(1))).toMatchObject({
      written: false,
      old: { revision: 2 },
    });
    expect(await table.delete({ pk: 'B', sk: 'B' }, atRevision(2))).toEqual({ written: true });
  });

  test('a transaction writes all or nothing and names who refused', async () => {
    await table.put({ pk: 'C', sk: '1', revision: 7 }, absent);
    const refused = await table.transact([
      { put: { pk: 'C', sk: '2' }, when: absent },
      { check: { pk: 'C', sk: '1' }, when: atRevision(6) },
      { put: { pk: 'C', sk: '3' }, when: absent },
    ]);
    expect(refused).toEqual({
      written: false,
      refusals: [{ index: 1, old: { pk: 'C', sk: '1', revision: 7 } }],
    });
    const unwanted = { check: { pk: 'C', sk: '1' }, when: atRevision(6), carriesOld: false } as const;
    expect(await table.transact([unwanted])).toEqual({ written: false, refusals: [{ index: 0 }] });
    expect((await table.query({ pk: 'C' })).items).toEqual([{ pk: 'C', sk: '1', revision: 7 }]);
    expect(
      await table.transact([
        { put: { pk: 'C', sk: '2' }, when: absent },
        { delete: { pk: 'C', sk: '1' }, when: atRevision(7) },
      ]),
    ).toEqual({ written: true });
    expect((await table.query({ pk: 'C' })).items).toEqual([{ pk: 'C', sk: '2' }]);
  });

  test('a transaction of 101 writes is a broken invariant', async () => {
    const writes = Array.from({ length: 101 }, (_, n) => ({ put: { pk: 'D', sk: String(n) }, when: absent }));
    await expect(table.transact(writes)).rejects.toThrow('A transaction takes 100 writes');
  });
});

describe('reads', () => {
  test('query goes on where the page ended', async () => {
    for (const n of [1, 2, 3]) await table.put({ pk: 'Q', sk: `N#${n}` }, absent);
    await table.put({ pk: 'Q', sk: 'Z' }, absent);
    const first = await table.query({ pk: 'Q', skPrefix: 'N#', limit: 2 });
    expect(first.items.map((item) => item.sk)).toEqual(['N#1', 'N#2']);
    const second = await table.query({
      pk: 'Q',
      skPrefix: 'N#',
      limit: 2,
      ...(first.next && { from: first.next }),
    });
    expect(second.items.map((item) => item.sk)).toEqual(['N#3']);
    expect(second.next).toBeUndefined();
  });

  test('query takes sort keys from one on, before one, or those that begin alike', async () => {
    for (const sk of ['a1', 'a2', 'b1']) await table.put({ pk: 'R', sk }, absent);
    const keysOf = async (given: object) =>
      (await table.query({ pk: 'R', ...given })).items.map(({ sk }) => sk);
    expect(await keysOf({})).toEqual(['a1', 'a2', 'b1']);
    expect(await keysOf({ skFrom: 'a2' })).toEqual(['a2', 'b1']);
    expect(await keysOf({ skBefore: 'a2' })).toEqual(['a1']);
    expect(await keysOf({ skPrefix: 'a' })).toEqual(['a1', 'a2']);
  });

  test('batchGet leaves out what is missing and projects', async () => {
    await table.put({ pk: 'G', sk: '1', a: 1, b: 2 }, absent);
    expect(
      await table.batchGet(
        [
          { pk: 'G', sk: '1' },
          { pk: 'G', sk: '2' },
        ],
        { consistent: true, attributes: ['a'] },
      ),
    ).toEqual([{ a: 1 }]);
  });
});

describe('cost', () => {
  test('calls and units are added to the scope of the request', async () => {
    await inScope({ requestId: 'r', traceparent: undefined }, async () => {
      await table.put({ pk: 'cost', sk: '1' }, absent);
      await table.put({ pk: 'cost', sk: '1' }, absent);
      await table.get({ pk: 'cost', sk: '1' });
      await table.get({ pk: 'cost', sk: '1' }, { consistent: true });
      await table.transact([
        { put: { pk: 'cost', sk: '2' }, when: absent },
        { put: { pk: 'cost', sk: '3' }, when: absent },
      ]);
      expect(currentScope()?.cost).toEqual({ calls: 5, readUnits: 1.5, writeUnits: 6 });
    });
  });
});

describe('collisions with transactions, which the SDK does not retry', () => {
  const named = (name: string, more: object = {}) => Object.assign(new Error(name), { name, ...more });
  const cancelled = (...codes: string[]) =>
    named('TransactionCanceledException', { CancellationReasons: codes.map((Code) => ({ Code })) });

  let mock: ReturnType<typeof mockClient> | undefined;
  afterEach(() => mock?.restore());

  test('a plain write is tried again until it gets through', async () => {
    mock = mockClient(engine.client);
    mock
      .on(PutItemCommand)
      .rejectsOnce(named('TransactionConflictException'))
      .rejectsOnce(named('TransactionConflictException'))
      .resolves({});
    expect(await table.put({ pk: 'X', sk: 'X' }, absent)).toEqual({ written: true });
    expect(mock.calls()).toHaveLength(3);
  });

  test('a cancelled transaction too, when nothing but a conflict or a throttle cancelled it', async () => {
    mock = mockClient(engine.client);
    mock
      .on(TransactWriteItemsCommand)
      .rejectsOnce(cancelled('None', 'TransactionConflict'))
      .rejectsOnce(cancelled('ThrottlingError', 'None'))
      .resolves({});
    expect(await table.transact([{ put: { pk: 'X', sk: 'X' }, when: absent }])).toEqual({ written: true });
    expect(mock.calls()).toHaveLength(3);
  });

  test('a refusal beside a conflict is the verdict', async () => {
    mock = mockClient(engine.client);
    mock.on(TransactWriteItemsCommand).rejects(cancelled('ConditionalCheckFailed', 'TransactionConflict'));
    expect(await table.transact([{ put: { pk: 'X', sk: 'X' }, when: absent }])).toEqual({
      written: false,
      refusals: [{ index: 0 }],
    });
    expect(mock.calls()).toHaveLength(1);
  });

  test('it gives up after six tries', async () => {
    mock = mockClient(engine.client);
    mock.on(PutItemCommand).rejects(named('TransactionConflictException'));
    await expect(table.put({ pk: 'X', sk: 'X' }, absent)).rejects.toThrow('TransactionConflictException');
    expect(mock.calls()).toHaveLength(6);
  });
});
