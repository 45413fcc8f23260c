import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Party } from '../../../functions/marketplace/leads/quote.ts';
import {
  decideAppend,
  emptyThread,
  type Thread,
  unreadOf,
} from '../../../functions/marketplace/messages/thread.ts';
import {
  messagePartition,
  openThreads,
  type Threads,
} from '../../../functions/marketplace/messages/thread-store.ts';
import { type Change, stamp } from '../../../functions/platform/lifecycle-event.ts';
import type { Table } from '../../../functions/platform/table.ts';
import { type Engine, startEngine } from '../../support/dynoxide.ts';

const thread = (fields: Partial<Thread>): Thread => ({ ...emptyThread, ...fields });

describe('one more message', () => {
  test.each([
    [
      'is the first',
      emptyThread,
      { sequence: 1, sent: { organizer: 0, truck: 1 }, pace: { from: 1_000, count: 1 } },
    ],
    [
      'is counted for its side and its minute',
      thread({
        sequence: 7,
        sent: { organizer: 4, truck: 3 },
        pace: { organizer: { from: 990, count: 20 }, truck: { from: 941, count: 19 } },
      }),
      { sequence: 8, sent: { organizer: 4, truck: 4 }, pace: { from: 941, count: 20 } },
    ],
    [
      'begins a minute when the last is over',
      thread({ sequence: 7, pace: { organizer: { from: 0, count: 0 }, truck: { from: 940, count: 20 } } }),
      { sequence: 8, sent: { organizer: 0, truck: 1 }, pace: { from: 1_000, count: 1 } },
    ],
  ])('%s', (_, before, { sequence, sent, pace }) => {
    const decision = decideAppend(before, 'truck', 1_000);
    expect(decision).toEqual({
      kind: 'append',
      next: { ...before, sequence, sent, pace: { ...before.pace, truck: pace } },
    });
  });

  test('is refused to who has written twenty in a minute, until it is over', () => {
    const full = thread({
      sequence: 20,
      pace: { organizer: { from: 0, count: 0 }, truck: { from: 941, count: 20 } },
    });
    expect(decideAppend(full, 'truck', 1_000)).toEqual({ kind: 'too_fast', retryAfterSeconds: 1 });
    expect(decideAppend(full, 'truck', 941)).toEqual({ kind: 'too_fast', retryAfterSeconds: 60 });
    expect(decideAppend(full, 'organizer', 1_000).kind).toBe('append');
  });

  test('is refused after two thousand', () => {
    expect(decideAppend(thread({ sequence: 1_999 }), 'truck', 1_000).kind).toBe('append');
    expect(decideAppend(thread({ sequence: 2_000 }), 'truck', 1_000)).toEqual({ kind: 'full' });
  });
});

test('unread is what the other side wrote after the marker', () => {
  const marker = (seen: number) => ({ messageId: 'm', sequence: 9, seen, at: '' });
  const of = thread({ sent: { organizer: 5, truck: 3 }, read: { truck: marker(2) } });
  expect([unreadOf(of, ['truck']), unreadOf(of, ['organizer'])]).toEqual([3, 3]);
  expect(unreadOf(of, ['organizer', 'truck'])).toBe(6);
});

describe('kept', () => {
  let engine: Engine;
  let table: Table;
  let threads: Threads;
  beforeAll(async () => {
    engine = await startEngine();
    table = await engine.createTable('marketplace');
    threads = openThreads(table);
  });
  afterAll(() => engine.stop());

  let leads = 0;
  const newLead = () => {
    leads += 1;
    return {
      leadId: `lead_${leads}`,
      truckId: 'trk_1',
      organizationId: 'org_organizer',
      truckOrganizationId: 'org_truck',
      createdAt: '2026-11-20T18:00:00.000Z',
    };
  };
  const now = new Date('2026-11-20T18:30:00.000Z');
  const change: Change = stamp('message.sent', { requestId: 'r', now });
  const draft = (messageId: string, by: Party = 'truck') => ({
    messageId,
    by,
    body: `body of ${messageId}`,
    attachments: [],
    requestHash: 'hash',
  });
  const idsOf = async (leadId: string) =>
    (await threads.list(leadId, 100)).items.map(({ sequence, messageId }) => `${sequence} ${messageId}`);

  test('messages of both sides at once, in the same millisecond, have one order without gaps', async () => {
    const lead = newLead();
    const sides = ['organizer', 'truck'] as const;
    const sent = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        threads.append(lead, draft(`m${index}`, sides[index % 2]), change),
      ),
    );
    expect(sent.map(({ kind }) => kind)).toEqual(Array(10).fill('appended'));
    const { items } = await threads.list(lead.leadId, 100);
    expect(items.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(items.map(({ messageId }) => messageId).sort()).toEqual(
      Array.from({ length: 10 }, (_, i) => `m${i}`),
    );
    // Each carries the counts up to it, which markers stand on.
    for (const { sequence, sent } of items) expect(sent.organizer + sent.truck).toBe(sequence);
    expect(await threads.read(lead.leadId)).toMatchObject({ sequence: 10, sent: { organizer: 5, truck: 5 } });
  });

  test('a message sent again is the one that there is, also when both come at once', async () => {
    const lead = newLead();
    const both = await Promise.all([
      threads.append(lead, draft('same'), change),
      threads.append(lead, draft('same'), change),
    ]);
    expect(both.map(({ kind }) => kind).sort()).toEqual(['appended', 'exists']);
    await threads.append(lead, draft('next'), change);
    expect(await threads.append(lead, draft('same'), change)).toMatchObject({
      kind: 'exists',
      message: { messageId: 'same', sequence: 1, requestHash: 'hash' },
    });
    expect(await idsOf(lead.leadId)).toEqual(['1 same', '2 next']);
    expect(await threads.find(lead.leadId, 'next')).toMatchObject({ sequence: 2, body: 'body of next' });
    expect(await threads.find(lead.leadId, 'none')).toBeUndefined();
  });

  test('a page goes on behind the message it is told', async () => {
    const lead = newLead();
    for (const messageId of ['a', 'b', 'c', 'd']) await threads.append(lead, draft(messageId), change);
    const second = await threads.find(lead.leadId, 'b');
    if (second === undefined) throw new Error('There is a second one');
    const page = await threads.list(lead.leadId, 1, threads.behind(second));
    expect(page.items.map(({ messageId }) => messageId)).toEqual(['c']);
    const last = await threads.list(lead.leadId, 10, page.next);
    expect(last.items.map(({ messageId }) => messageId)).toEqual(['d']);
  });

  test('markers go forward only, each side its own, and stay when messages come', async () => {
    const lead = newLead();
    for (const [messageId, by] of [
      ['t1', 'truck'],
      ['o2', 'organizer'],
      ['t3', 'truck'],
    ] as const) {
      await threads.append(lead, draft(messageId, by), change);
    }
    const mark = async (messageId: string, side: Party) => {
      const message = await threads.find(lead.leadId, messageId);
      if (message === undefined) throw new Error(`No ${messageId}`);
      const marked = await threads.markRead(message, side, change);
      return [marked.read[side]?.messageId, unreadOf(marked, [side])];
    };
    expect(await mark('o2', 'organizer')).toEqual(['o2', 1]);
    expect(await mark('t1', 'organizer')).toEqual(['o2', 1]);
    expect(await mark('o2', 'organizer')).toEqual(['o2', 1]);
    expect(await mark('t3', 'organizer')).toEqual(['t3', 0]);
    await threads.append(lead, draft('t4'), change);
    const now = await threads.read(lead.leadId);
    expect([unreadOf(now, ['organizer']), unreadOf(now, ['truck'])]).toEqual([1, 1]);
    expect((await threads.readMany([lead.leadId, 'lead_none'])).get(lead.leadId)).toEqual(now);
  });

  test('in a partition of their own, to which nothing but a new item is ever written', async () => {
    const lead = newLead();
    await threads.append(lead, draft('m1'), change);
    const { items } = await table.query({ pk: messagePartition(lead.leadId) });
    expect(items.map(({ pk, sk }) => `${pk} ${sk}`)).toEqual([
      `LEAD-MESSAGES#${lead.leadId} ID#m1`,
      `LEAD-MESSAGES#${lead.leadId} MESSAGE#00000001`,
    ]);
  });
});
