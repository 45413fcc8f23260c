import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { readCalendar } from '../../../functions/marketplace/calendar/calendar-store.ts';
import { changeCalendar } from '../../../functions/marketplace/calendar/change-calendar.ts';
import { applyImport, type ImportPorts } from '../../../functions/marketplace/feeds/apply-import.ts';
import type { FetchedCalendar } from '../../../functions/marketplace/feeds/fetch-calendar.ts';
import { refreshImports } from '../../../functions/marketplace/feeds/refresh-imports.ts';
import { marketplaceLifecycle } from '../../../functions/marketplace/lifecycle.ts';
import type { Item, Table } from '../../../functions/platform/table.ts';
import { freshKey } from '../../support/api-call.ts';
import { type Marketplace, newTruck, startMarketplace } from '../harness.ts';

const instant = new Date('2026-11-20T12:00:00Z');
const now = instant.getTime() / 1_000;
const seconds = (text: string): number => Date.parse(text) / 1_000;

let world: Marketplace;
beforeAll(async () => {
  world = await startMarketplace();
  vi.useFakeTimers({ toFake: ['Date'], now: instant });
});
afterAll(async () => {
  vi.useRealTimers();
  await world.stop();
});

const context = { caller: { subject: 'system:test' }, requestId: 'message-1', now: instant };

interface Busy {
  readonly uid?: string;
  readonly from: string;
  readonly to: string;
  readonly rule?: string;
}
const stampOf = (text: string): string => text.replaceAll(/[-:]|\.000/g, '');
const calendarOf = (...events: readonly Busy[]): string =>
  [
    'BEGIN:VCALENDAR',
    ...events.flatMap(({ uid = '1@example.com', from, to, rule }) => [
      'BEGIN:VEVENT',
      `UID:${uid}`,
      `DTSTART:${stampOf(from)}`,
      `DTEND:${stampOf(to)}`,
      ...(rule === undefined ? [] : [`RRULE:${rule}`]),
      'END:VEVENT',
    ]),
    'END:VCALENDAR',
  ].join('\r\n');

const monday = { from: '2026-12-07T08:00:00.000Z', to: '2026-12-07T12:00:00.000Z' };
const tuesday = { uid: '2@example.com', from: '2026-12-08T08:00:00.000Z', to: '2026-12-08T12:00:00.000Z' };

const noFetch: ImportPorts['fetchCalendar'] = () => Promise.reject(new Error('Nothing is fetched here'));

const apply = (truckId: string, importId: string, ports: Partial<ImportPorts> = {}) =>
  applyImport({ table: world.table, fetchCalendar: noFetch, ...ports }, { truckId, importId }, context);

const begin = async (truckId: string, body: object): Promise<string> => {
  const begun = await world.call('createCalendarImport', { params: { truckId }, body });
  expect([begun.status, begun.body.status]).toEqual([202, 'pending']);
  return begun.body.id;
};
const send = async (truckId: string, ics: string, source = 'google'): Promise<string> => {
  const importId = await begin(truckId, { source, ics });
  await apply(truckId, importId);
  return importId;
};
const result = async (truckId: string, importId: string) =>
  (await world.call('getCalendarImport', { params: { truckId, importId } })).body;

/** What takes the truck’s time in December, as everybody sees it. */
const busy = async (truckId: string) => {
  const query = { from: '2026-12-01T00:00:00Z', to: '2027-01-01T00:00:00Z' };
  const { body } = await world.call('getAvailability', { params: { truckId }, query });
  return body.busy.map(({ from, to, kind }: Record<string, string>) => ({ from, to, kind }));
};
const blackout = ({ from, to }: Busy) => ({ from, to, kind: 'blackout' });

const change = { what: 'test', by: 'ann', requestId: 'request-1', at: instant.toISOString() };
/** Takes a time as a booking does. */
const book = (truckId: string, { from, to }: Busy) => {
  const shown = { from: seconds(from), to: seconds(to) };
  const entry = { id: 'bok_1', kind: 'booking' as const, shown, blocked: shown, unit: 0 };
  return changeCalendar(
    world.table,
    truckId,
    shown,
    () => ({ kind: 'edit', edit: { kind: 'put', entry }, beside: [] }),
    change,
    now,
  );
};

describe('a calendar that is sent', () => {
  test('blocks its times, and says how many', async () => {
    const truckId = await newTruck(world);
    const importId = await send(truckId, calendarOf(monday, tuesday));
    expect(await busy(truckId)).toEqual([blackout(monday), blackout(tuesday)]);
    expect(await result(truckId, importId)).toEqual({
      id: importId,
      source: 'google',
      status: 'done',
      createdAt: instant.toISOString(),
      finishedAt: instant.toISOString(),
      imported: 2,
      skipped: [],
      ignored: { free: 0, cancelled: 0, outside: 0, own: 0 },
    });
  });

  test('replaces what the same calendar brought before, and nothing of another one', async () => {
    const truckId = await newTruck(world);
    await send(truckId, calendarOf(tuesday), 'apple');
    const first = await send(truckId, calendarOf(monday, tuesday));
    const later = { ...monday, to: '2026-12-07T13:00:00.000Z' };
    const second = await send(truckId, calendarOf(later));
    expect(await busy(truckId)).toEqual([blackout(later), blackout(tuesday)]);
    expect((await result(truckId, first)).status).toBe('ended');
    const { body } = await world.call('listCalendarImports', { params: { truckId } });
    expect(body.items.map(({ id, source }: Record<string, string>) => [id === second, source])).toEqual([
      [false, 'apple'],
      [true, 'google'],
    ]);
  });

  test('what a booking takes stays booked, and is told', async () => {
    const truckId = await newTruck(world);
    const wedding = { from: '2026-12-07T10:00:00.000Z', to: '2026-12-07T14:00:00.000Z' };
    await book(truckId, wedding);
    const importId = await send(truckId, calendarOf(monday, tuesday));
    expect(await busy(truckId)).toEqual([{ ...wedding, kind: 'booking' }, blackout(tuesday)]);
    expect(await result(truckId, importId)).toMatchObject({
      imported: 1,
      skipped: [{ ...monday, reason: 'OVERLAP', conflict: { ...wedding, kind: 'booking' } }],
    });
  });

  test('of more than a month is written month by month, and a day in two of them in both', async () => {
    const truckId = await newTruck(world);
    const daily = {
      ...monday,
      from: '2026-11-21T22:00:00.000Z',
      to: '2026-11-22T02:00:00.000Z',
      rule: 'FREQ=DAILY;COUNT=300',
    };
    const importId = await send(truckId, calendarOf(daily));
    expect(await result(truckId, importId)).toMatchObject({ imported: 300, skipped: [] });
    const horizon = { from: now, to: now + 365 * 86_400 };
    const { months } = await readCalendar(world.table, truckId, horizon, { consistent: true });
    const counts = months.map(({ month, entries }) => [month, entries.length]);
    expect(counts.slice(0, 4)).toEqual([
      ['2026-11', 10],
      ['2026-12', 32],
      ['2027-01', 32],
      ['2027-02', 29],
    ]);
  });

  test('is the same import when it is sent again under its key', async () => {
    const truckId = await newTruck(world);
    const key = freshKey();
    const post = (ics: string) =>
      world.call('createCalendarImport', { params: { truckId }, key, body: { source: 'google', ics } });
    const [first, again, other] = [
      await post(calendarOf(monday)),
      await post(calendarOf(monday)),
      await post(calendarOf(tuesday)),
    ];
    expect([again.status, again.body.id, again.headers['Idempotent-Replayed']]).toEqual([
      202,
      first.body.id,
      'true',
    ]);
    expect([other.status, other.body.code]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
  });

  test('that is wrong is refused with the line, and nothing of it is kept', async () => {
    const truckId = await newTruck(world);
    const ics = calendarOf(monday, { ...tuesday, to: tuesday.from.replace('08:00', '07:00') });
    const refused = await world.call('createCalendarImport', {
      params: { truckId },
      body: { source: 'google', ics },
    });
    expect([refused.status, refused.body.errors]).toEqual([
      422,
      [{ in: 'body', pointer: '/ics', code: 'INVALID_CALENDAR', detail: 'Line 10: DTEND is before DTSTART' }],
    ]);
    expect((await world.call('listCalendarImports', { params: { truckId } })).body.items).toEqual([]);
  });

  test.each([
    ['neither file nor address', { source: 'google' }],
    ['both', { source: 'google', ics: calendarOf(monday), url: 'https://example.com/a.ics' }],
    ['an address without TLS', { source: 'google', url: 'http://example.com/a.ics' }],
    ['an address with a password', { source: 'google', url: 'https://ann:secret@example.com/a.ics' }],
    ['a name that is none', { source: 'My calendar', ics: calendarOf(monday) }],
  ])('%s is refused', async (_, body) => {
    const truckId = await newTruck(world);
    expect((await world.call('createCalendarImport', { params: { truckId }, body })).status).toBe(422);
  });

  test('is one of ten at most', async () => {
    const truckId = await newTruck(world);
    const post = (source: string) =>
      world.call('createCalendarImport', { params: { truckId }, body: { source, ics: calendarOf(monday) } });
    for (let index = 0; index < 10; index += 1) expect((await post(`calendar-${index}`)).status).toBe(202);
    const refused = await post('calendar-10');
    expect([refused.status, refused.body.code]).toEqual([409, 'TOO_MANY_CALENDARS']);
    expect((await post('calendar-3')).status).toBe(202);
  });
});

/** The table, except that the transaction of this number (from 1) fails as when the process dies before it. */
const dyingBefore = (table: Table, number: number): Table => {
  let transactions = 0;
  return {
    ...table,
    transact(writes) {
      transactions += 1;
      return transactions === number ? Promise.reject(new Error('It died')) : table.transact(writes);
    },
  };
};

describe('a run', () => {
  const daily = { ...monday, rule: 'FREQ=DAILY;COUNT=100' };

  test('that breaks off is gone on with by the next delivery, and a third one changes nothing', async () => {
    const truckId = await newTruck(world);
    const importId = await begin(truckId, { source: 'google', ics: calendarOf(daily) });
    await expect(apply(truckId, importId, { table: dyingBefore(world.table, 3) })).rejects.toThrow('It died');
    expect((await result(truckId, importId)).status).toBe('pending');
    await apply(truckId, importId);
    const done = await result(truckId, importId);
    expect(done).toMatchObject({ status: 'done', imported: 100, skipped: [] });
    await apply(truckId, importId);
    expect(await result(truckId, importId)).toEqual(done);
  });

  test('beside which a later import begins leaves the calendar to that one', async () => {
    const truckId = await newTruck(world);
    const first = await begin(truckId, { source: 'google', ics: calendarOf(daily) });
    let second = '';
    const overtaken: Table = {
      ...world.table,
      async transact(writes) {
        if (second === '') second = await begin(truckId, { source: 'google', ics: calendarOf(tuesday) });
        return world.table.transact(writes);
      },
    };
    await apply(truckId, first, { table: overtaken });
    await apply(truckId, second);
    expect(await busy(truckId)).toEqual([blackout(tuesday)]);
    expect([(await result(truckId, first)).status, (await result(truckId, second)).status]).toEqual([
      'ended',
      'done',
    ]);
  });

  test('beside which its calendar is removed leaves nothing behind', async () => {
    const truckId = await newTruck(world);
    const importId = await begin(truckId, { source: 'google', ics: calendarOf(daily) });
    let transactions = 0;
    const overtaken: Table = {
      ...world.table,
      async transact(writes) {
        transactions += 1;
        if (transactions === 2) await world.call('deleteCalendarImport', { params: { truckId, importId } });
        return world.table.transact(writes);
      },
    };
    await apply(truckId, importId, { table: overtaken });
    expect(transactions).toBe(2);
    await apply(truckId, importId);
    expect((await result(truckId, importId)).status).toBe('ended');
    const horizon = { from: now, to: now + 365 * 86_400 };
    const { months } = await readCalendar(world.table, truckId, horizon, { consistent: true });
    expect(months.flatMap(({ entries }) => entries)).toEqual([]);
  });

  test('twice at once brings each time once', async () => {
    const truckId = await newTruck(world);
    const importId = await begin(truckId, { source: 'google', ics: calendarOf(daily) });
    await Promise.all([apply(truckId, importId), apply(truckId, importId)]);
    expect(await result(truckId, importId)).toMatchObject({ status: 'done', imported: 100, skipped: [] });
    expect((await busy(truckId)).length).toBe(25);
  });

  test('is asked for by a lifecycle event, which tells neither times nor address', async () => {
    const truckId = await newTruck(world);
    const importId = await begin(truckId, {
      source: 'google',
      url: 'https://calendar.example.com/secret.ics',
    });
    const key = { pk: `TRUCK#${truckId}`, sk: `CALENDAR_IMPORT#${importId}` };
    const after = (await world.table.get<Item>(key)) as Item;
    expect(marketplaceLifecycle({ before: undefined, after } as never)).toMatchObject([
      {
        type: 'CALENDAR-IMPORT-REQUESTED',
        aggregate: { kind: 'calendar-import', id: importId, sequence: 1 },
        data: { truckId, importId },
      },
    ]);
    expect(marketplaceLifecycle({ before: after, after: { ...after, status: 'done' } } as never)).toEqual([]);
  });
});

describe('a calendar that is removed', () => {
  test('opens its times and is forgotten', async () => {
    const truckId = await newTruck(world);
    await send(truckId, calendarOf(tuesday), 'apple');
    const importId = await send(truckId, calendarOf(monday));
    const remove = async () =>
      (await world.call('deleteCalendarImport', { params: { truckId, importId } })).status;
    expect(await remove()).toBe(204);
    expect((await result(truckId, importId)).status).toBe('removing');
    await apply(truckId, importId);
    expect((await result(truckId, importId)).status).toBe('ended');
    expect(await busy(truckId)).toEqual([blackout(tuesday)]);
    const { body } = await world.call('listCalendarImports', { params: { truckId } });
    expect(body.items.map(({ source }: Record<string, string>) => source)).toEqual(['apple']);
    expect(await remove()).toBe(204);
    expect((await result(truckId, importId)).status).toBe('ended');
  });
});

describe('a calendar at an address', () => {
  const url = 'https://calendar.example.com/private-5zr1/basic.ics';
  const tomorrow = new Date('2026-11-21T12:00:01Z');
  const fetching = (fetched: FetchedCalendar) => ({
    fetchCalendar: (asked: string) => {
      expect(asked).toBe(url);
      return Promise.resolve(fetched);
    },
  });
  const served = (...events: readonly Busy[]) => fetching({ kind: 'fetched', text: calendarOf(...events) });

  test('is fetched, and each day again, and what is gone there goes', async () => {
    const truckId = await newTruck(world);
    const importId = await begin(truckId, { source: 'google', url });
    await apply(truckId, importId, served(monday, tuesday));
    expect(await busy(truckId)).toEqual([blackout(monday), blackout(tuesday)]);
    const done = await result(truckId, importId);
    expect(done).toMatchObject({ status: 'done', host: 'calendar.example.com', imported: 2 });
    expect(JSON.stringify(done)).not.toContain('private-5zr1');

    const refresh = (at: Date) => refreshImports(world.table, { ...context, now: at });
    await refresh(instant);
    expect((await result(truckId, importId)).status).toBe('done');
    expect(await refresh(tomorrow)).toBeGreaterThan(0);
    expect((await result(truckId, importId)).status).toBe('pending');
    expect(await refresh(tomorrow)).toBe(0);
    await apply(truckId, importId, served(tuesday));
    expect(await busy(truckId)).toEqual([blackout(tuesday)]);
  });

  test('that cannot be had, or is no calendar, is told; what it brought stays', async () => {
    const truckId = await newTruck(world);
    const importId = await begin(truckId, { source: 'google', url });
    await apply(truckId, importId, served(monday));
    const day = 86_400_000;
    for (const [index, fetched, fault] of [
      [1, { kind: 'refused', reason: 'Its server answers 503' }, { reason: 'Its server answers 503' }],
      [
        2,
        { kind: 'fetched', text: '<html>' },
        { line: 1, reason: 'Neither a property nor a part of the line before' },
      ],
    ] as const) {
      await refreshImports(world.table, { ...context, now: new Date(tomorrow.getTime() + index * day) });
      await apply(truckId, importId, fetching(fetched));
      expect(await result(truckId, importId)).toMatchObject({ status: 'failed', fault, imported: 1 });
    }
    expect(await busy(truckId)).toEqual([blackout(monday)]);
    await refreshImports(world.table, { ...context, now: new Date(tomorrow.getTime() + 4 * day) });
    await apply(truckId, importId, served(monday));
    expect((await result(truckId, importId)).fault).toBeUndefined();
  });

  test('is fetched no more once it is removed or another one is in its place', async () => {
    const truckId = await newTruck(world);
    const removed = await begin(truckId, { source: 'google', url });
    await world.call('deleteCalendarImport', { params: { truckId, importId: removed } });
    const replaced = await begin(truckId, { source: 'apple', url });
    await send(truckId, calendarOf(monday), 'apple');
    await refreshImports(world.table, { ...context, now: new Date('2026-12-31T00:00:00Z') });
    expect([(await result(truckId, removed)).status, (await result(truckId, replaced)).status]).toEqual([
      'removing',
      'ended',
    ]);
    const { items } = await world.table.query({ pk: `TRUCK#${truckId}` });
    expect(JSON.stringify(items)).not.toContain('private-5zr1');
  });
});

test.each([
  ['a stranger', 'bob', 403, 403],
  ['staff', 'cat', 403, 200],
])('%s may not import', async (_, as, write, read) => {
  const truckId = await newTruck(world);
  const importId = await send(truckId, calendarOf(monday));
  const body = { source: 'google', ics: calendarOf(tuesday) };
  const params = { truckId, importId };
  expect([
    (await world.call('createCalendarImport', { as, params, body })).status,
    (await world.call('deleteCalendarImport', { as, params })).status,
    (await world.call('getCalendarImport', { as, params })).status,
    (await world.call('listCalendarImports', { as, params })).status,
  ]).toEqual([write, write, read, read]);
});
