import { describe, expect, test } from 'vitest';
import type { StreamChange } from '../../functions/platform/relay.ts';
import type { Item } from '../../functions/platform/table.ts';
import { expiryTimer, holdTimers } from '../../functions/ticketing/hold-timers.ts';
import { ticketingLifecycle } from '../../functions/ticketing/lifecycle.ts';

const change = { what: 'hold.created', by: 'ann', requestId: 'r1', at: '2026-11-21T10:00:00.000Z', key: 'k' };
const item = (more: object = {}): Item => ({
  pk: 'HOLD#hld_1',
  sk: 'HOLD',
  holdId: 'hld_1',
  sessionId: 'ses_1',
  status: 'active',
  places: [[12, '3a']],
  until: 1_600,
  createdAt: 1_000,
  requestHash: 'x',
  revision: 1,
  ttl: 88_000,
  change,
  ...more,
});
const seenAt = new Date('2026-11-22T10:00:00Z');
const changed = (
  kind: StreamChange['kind'],
  before: Item | undefined,
  after: Item | undefined,
  expired = false,
): StreamChange => ({ kind, before, after, expired, seenAt });

const ended = (status: string) =>
  item({ status, revision: 2, change: { ...change, what: `hold.${status}` } });
const typesOf = (stream: StreamChange) => ticketingLifecycle(stream).map(({ type }) => type);

describe('what a change of a hold means', () => {
  test.each<[string, StreamChange, string[]]>([
    ['a new one', changed('INSERT', undefined, item()), ['SEAT-HOLD-CREATED']],
    ['a later end', changed('MODIFY', item(), item({ until: 1_700, revision: 2 })), ['SEAT-HOLD-EXTENDED']],
    ['given up', changed('MODIFY', item(), ended('cancelled')), ['SEAT-HOLD-CANCELLED']],
    ['over', changed('MODIFY', item(), ended('expired')), ['SEAT-HOLD-EXPIRED']],
    ['confirmed by an order', changed('MODIFY', item(), ended('confirmed')), ['SEAT-HOLD-CONFIRMED']],
    ['nothing that matters', changed('MODIFY', item(), item({ note: 1 })), []],
    ['ended already', changed('MODIFY', ended('cancelled'), ended('cancelled')), []],
    ['TTL removes an active one', changed('REMOVE', item(), undefined, true), ['SEAT-HOLD-EXPIRED']],
    ['TTL removes an ended one', changed('REMOVE', ended('cancelled'), undefined, true), []],
    ['an operator removes one', changed('REMOVE', item(), undefined, false), []],
  ])('%s', (_, stream, expected) => {
    expect(typesOf(stream)).toEqual(expected);
  });

  test('the whole envelope', () => {
    const [created, ...others] = ticketingLifecycle(changed('INSERT', undefined, item()));
    expect(others).toEqual([]);
    expect(created).toEqual({
      id: expect.stringMatching(/^lev_[0-9a-z]{26}$/),
      type: 'SEAT-HOLD-CREATED',
      version: 1,
      occurredAt: '2026-11-21T10:00:00.000Z',
      aggregate: { kind: 'hold', id: 'hld_1', sequence: 1 },
      actor: 'ann',
      idempotencyKey: 'k',
      data: {
        holdId: 'hld_1',
        sessionId: 'ses_1',
        expiresAt: '1970-01-01T00:26:41.000Z',
        places: [{ block: 12, keys: ['3', 'a'] }],
      },
    });
  });

  test('told twice it has the same id; another change has another', () => {
    const idOf = (stream: StreamChange) => ticketingLifecycle(stream)[0]?.id;
    const extended = changed('MODIFY', item(), item({ until: 1_700, revision: 2 }));
    expect(idOf(extended)).toBe(idOf(extended));
    expect(idOf(extended)).not.toBe(
      idOf(changed('MODIFY', item({ until: 1_700 }), item({ until: 1_800, revision: 3 }))),
    );
  });

  test('what TTL removed was ended by TTL, when the service saw it, as the next of the hold’s changes', () => {
    expect(ticketingLifecycle(changed('REMOVE', item(), undefined, true))[0]).toMatchObject({
      occurredAt: '2026-11-22T10:00:00.000Z',
      actor: 'system:ttl',
      aggregate: { sequence: 2 },
    });
  });
});

describe('what a change of a sale means', () => {
  const sale = (status: string, revision: number): Item => ({
    pk: 'SESSION#ses_1',
    sk: 'SESSION',
    sessionId: 'ses_1',
    eventId: 'evt_1',
    organizationId: 'org_1',
    status,
    blocksTotal: 58,
    revision,
    change: { ...change, what: 'sale.built', by: 'system:ticketing-inventory-builder' },
  });
  test.each<[string, StreamChange, string[]]>([
    ['begun', changed('INSERT', undefined, sale('building', 1)), []],
    ['built in part', changed('MODIFY', sale('building', 1), sale('building', 2)), []],
    ['built', changed('MODIFY', sale('building', 2), sale('on_sale', 3)), ['SESSION-INVENTORY-BUILT']],
    ['settings changed', changed('MODIFY', sale('on_sale', 3), sale('on_sale', 4)), []],
    ['postponed', changed('MODIFY', sale('on_sale', 3), sale('postponed', 4)), []],
    ['on sale again', changed('MODIFY', sale('postponed', 4), sale('on_sale', 5)), []],
    ['cancelled', changed('MODIFY', sale('building', 2), sale('cancelled', 3)), []],
  ])('%s', (_, stream, expected) => {
    expect(typesOf(stream)).toEqual(expected);
  });
  test('who it belongs to and how many blocks stand', () => {
    expect(ticketingLifecycle(changed('MODIFY', sale('building', 2), sale('on_sale', 3)))[0]).toMatchObject({
      aggregate: { kind: 'sale', id: 'ses_1', sequence: 3 },
      organizationId: 'org_1',
      data: { sessionId: 'ses_1', eventId: 'evt_1', blocks: 58 },
    });
  });
});

test('blocks, slots and remembered messages concern nobody', () => {
  for (const sk of ['BLOCK#00001', 'CUSTOMER#cst_1#0', 'anything']) {
    expect(typesOf(changed('MODIFY', { pk: 'x', sk }, { pk: 'x', sk }))).toEqual([]);
  }
});

describe('timers', () => {
  test('a hold is looked at in the second after its last, at most fifteen minutes ahead', () => {
    const delay = (until: number, now: number) => expiryTimer('q', 'hld_1', until, now).delaySeconds;
    expect(delay(1_600, 1_000)).toBe(601);
    expect(delay(1_600, 1_601)).toBe(0);
    expect(delay(1_600, 5_000)).toBe(0);
    expect(delay(8_200, 1_000)).toBe(900);
  });

  test('only a new hold starts one', () => {
    const timers = holdTimers('https://queue', () => 1_000);
    expect(timers(changed('INSERT', undefined, item()))).toEqual([
      { queueUrl: 'https://queue', body: '{"holdId":"hld_1"}', delaySeconds: 601 },
    ]);
    expect(timers(changed('MODIFY', item(), item({ until: 1_700 })))).toEqual([]);
    expect(timers(changed('INSERT', undefined, { pk: 'x', sk: 'BLOCK#00001' }))).toEqual([]);
    expect(timers(changed('REMOVE', item(), undefined, true))).toEqual([]);
  });
});
