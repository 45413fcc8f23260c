import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type UndoBatch, undoBatch } from '../../functions/orders/cancel-session-orders.ts';
import { findOrders, maxExamined, maxPlaces } from '../../functions/orders/find-orders.ts';
import type { Order, OrderStatus } from '../../functions/orders/order.ts';
import { positionInList, sessionListKey } from '../../functions/orders/order-store.ts';
import { ordersCsv } from '../../functions/orders/orders-csv.ts';
import { decideMailRequest } from '../../functions/orders/request-mail.ts';
import { requestRefund } from '../../functions/orders/request-refund.ts';
import { countList } from '../../functions/orders/session-index.ts';
import { applyRefundNews } from '../../functions/orders/settle-refund.ts';
import { randomId } from '../../functions/platform/ids.ts';
import { type OrdersWorld, sell, startOrders } from './harness.ts';

/** What organizers see and do: the orders of their sessions. */
let world: OrdersWorld;
beforeAll(async () => {
  world = await startOrders();
});
afterAll(() => world.stop());

const ion = { name: 'Ion Rus', email: 'Ion.Rus@example.com' };

/** A session whose manager is `ann`. */
const session = async (organizationId = randomId('org')) => {
  await world.join('ann', organizationId, 'manager');
  const sessionId = await sell(world, { organizationId });
  const at = new Date().toISOString();
  await world.catalog.put(
    {
      pk: `SESSION#${sessionId}`,
      sk: 'SESSION',
      sessionId,
      organizationId,
      status: 'published',
      publishedAt: at,
    },
    {},
  );
  return { organizationId, sessionId };
};
const ordered = async (sessionId: string, seat: string, more: object = {}): Promise<string> =>
  (await world.order([await world.hold(sessionId, { seats: [seat] })], more)).body.id;
const list = (sessionId: string, query: Record<string, string> = {}, as = 'ann') =>
  world.call('listOrders', { as, params: { sessionId }, query });
const csv = (sessionId: string, query: Record<string, string> = {}, as = 'ann') =>
  world.call('exportOrders', { as, params: { sessionId }, query });
const idsOf = (answer: Awaited<ReturnType<typeof list>>): string[] =>
  answer.body.items.map(({ id }: { id: string }) => id);

describe('the list of a session’s orders', () => {
  test('newest first, page by page, each order once', async () => {
    const { sessionId } = await session();
    const ids: string[] = [];
    for (const seat of ['1-1', '1-2', '1-3']) ids.unshift(await ordered(sessionId, seat));
    const first = await list(sessionId, { limit: '2' });
    expect([first.status, idsOf(first)]).toEqual([200, ids.slice(0, 2)]);
    const second = await list(sessionId, { limit: '2', cursor: first.body.nextCursor });
    expect(idsOf(second)).toEqual(ids.slice(2));
    expect(second.body.nextCursor).toBeUndefined();
  });

  test('what it shows: people, places and money, and nothing to pay with', async () => {
    const { sessionId } = await session();
    const id = await ordered(sessionId, '1-1', { attendees: [ion] });
    const [shown] = (await list(sessionId)).body.items;
    expect(shown).toEqual({
      id,
      status: 'awaiting_payment',
      customer: { name: 'Ana Pop', email: 'ana@example.com', locale: 'en' },
      places: [
        {
          place: '1-1',
          ticketTypeId: expect.stringMatching(/^tt_a/),
          ticketTypeName: 'a',
          total: { amount: 4_500, currency: 'EUR' },
          attendee: ion,
          status: 'open',
        },
      ],
      total: { amount: 4_500, currency: 'EUR' },
      refunded: { amount: 0, currency: 'EUR' },
      paymentStatus: 'created',
      createdAt: (await world.get(id)).createdAt,
    });
  });

  test('an order of two sessions stands in both lists, with the places of each', async () => {
    const one = await session();
    const two = await session(one.organizationId);
    const holds = [
      await world.hold(one.sessionId, { seats: ['1-1'] }),
      await world.hold(two.sessionId, { seats: ['1-2', '1-3'] }),
    ];
    const { id } = (await world.order(holds)).body;
    const placesIn = async (sessionId: string) =>
      (await list(sessionId)).body.items.map((order: { id: string; places: { place: string }[] }) => [
        order.id,
        order.places.map(({ place }) => place),
      ]);
    expect(await placesIn(one.sessionId)).toEqual([[id, ['1-1']]]);
    expect(await placesIn(two.sessionId)).toEqual([[id, ['1-2', '1-3']]]);
    // A page that ends at the reference in the second list goes on after it.
    const later = await ordered(two.sessionId, '1-4', { customer: ion });
    const older = await list(two.sessionId, { limit: '1', status: 'awaiting_payment' });
    expect(idsOf(older)).toEqual([later]);
    const next = await list(two.sessionId, {
      limit: '1',
      status: 'awaiting_payment',
      cursor: older.body.nextCursor,
    });
    expect(idsOf(next)).toEqual([id]);
    expect(next.body.nextCursor).toBeUndefined();
  });

  test('by status, by id, by e-mail address in any case', async () => {
    const { sessionId } = await session();
    const paid = await ordered(sessionId, '1-1');
    await world.pay(paid, 'card_ok');
    const open = await ordered(sessionId, '1-2', { customer: ion });
    expect(idsOf(await list(sessionId, { status: 'confirmed' }))).toEqual([paid]);
    expect(idsOf(await list(sessionId, { status: 'awaiting_payment' }))).toEqual([open]);
    expect(idsOf(await list(sessionId, { status: 'cancelled' }))).toEqual([]);
    expect(idsOf(await list(sessionId, { search: paid }))).toEqual([paid]);
    expect(idsOf(await list(sessionId, { search: paid, status: 'cancelled' }))).toEqual([]);
    expect(idsOf(await list(sessionId, { search: 'ion.rus@EXAMPLE.com' }))).toEqual([open]);
    expect(idsOf(await list(sessionId, { search: 'rus@example.com' }))).toEqual([]);
    expect(idsOf(await list(sessionId, { search: randomId('ord') }))).toEqual([]);
  });

  test('an order of another session is not found, whoever knows its id', async () => {
    const mine = await session();
    const theirs = await session();
    const id = await ordered(theirs.sessionId, '1-1');
    expect(idsOf(await list(mine.sessionId, { search: id }))).toEqual([]);
  });

  test.each([
    [{ status: 'paid' }, '/status'],
    [{ search: 'Ana' }, '/search'],
    [{ limit: '101' }, '/limit'],
    [{ cursor: 'abc' }, '/cursor'],
    [{ cursor: Buffer.from('{"gsi1pk":"SESSION#ses_1"}').toString('base64url') }, '/cursor'],
    [{ name: 'Ana' }, '/name'],
  ])('%j is refused', async (query, pointer) => {
    const { sessionId } = await session();
    const answer = await list(sessionId, query as Record<string, string>);
    expect([answer.status, answer.body.errors[0].pointer]).toEqual([422, pointer]);
  });

  test('a cursor of another session, or with a part missing, is refused', async () => {
    const { sessionId } = await session();
    const other = await session();
    for (const seat of ['1-1', '1-2']) await ordered(other.sessionId, seat);
    const { nextCursor } = (await list(other.sessionId, { limit: '1' })).body;
    const broken = Buffer.from(JSON.stringify({ gsi1pk: `SESSION#${sessionId}` })).toString('base64url');
    for (const cursor of [nextCursor, broken])
      for (const read of [list, csv])
        expect((await read(sessionId, { cursor })).body.errors[0].code).toBe('INVALID_CURSOR');
  });

  test('for owners and managers only', async () => {
    const { sessionId, organizationId } = await session();
    await world.join('olga', organizationId, 'owner');
    await world.join('sam', organizationId, 'staff');
    for (const read of [list, csv]) {
      expect((await read(sessionId, {}, 'olga')).status).toBe(200);
      // It was on sale: that it exists is no secret.
      for (const subject of ['sam', 'stranger'])
        expect((await read(sessionId, {}, subject)).status).toBe(403);
    }
    expect((await world.call('listOrders', { params: { sessionId } })).status).toBe(401);
    expect((await list(randomId('ses'))).status).toBe(404);
  });
});

/** An order of one place, as the store gives it. */
const sample = (more: Partial<Order> = {}): Order => ({
  orderId: 'ord_1',
  organizationId: 'org_1',
  status: 'confirmed',
  currency: 'EUR',
  total: 4_500,
  customer: { ...ion, locale: 'ro' },
  holds: [{ holdId: 'hld_1', sessionId: 'ses_1', until: 1 }],
  items: [item('1-1')],
  lines: [],
  captured: 4_500,
  refunded: 0,
  createdAt: '2026-11-20T18:05:00.000Z',
  requestHash: 'h',
  revision: 1,
  ...more,
});
const item = (place: string, more: Partial<Order['items'][number]> = {}): Order['items'][number] => ({
  ticketId: 'tkt_1',
  holdId: 'hld_1',
  sessionId: 'ses_1',
  eventId: 'evt_1',
  place,
  shard: 0,
  block: 0,
  key: place,
  ticketTypeId: 'tt_1',
  ticketTypeName: 'Stalls',
  total: 4_500,
  refundable: 4_500,
  attendee: ion,
  status: 'valid',
  ...more,
});

describe('a search is bounded', () => {
  /** A list of so many orders, as the store pages it; counts what is read. */
  const listOf = (count: number, orderAt: (index: number) => Partial<Order>) => {
    const reads: number[] = [];
    return {
      reads,
      orders: {
        async ofSession(_: string, { limit, from }: { limit: number; from?: Record<string, unknown> }) {
          const start = from === undefined ? 0 : Number(from['gsi1sk']) + 1;
          const end = Math.min(count, start + limit);
          reads.push(limit);
          const orders = Array.from({ length: end - start }, (_unused, index) =>
            sample({ createdAt: String(start + index), ...orderAt(start + index) }),
          );
          const last = orders.at(-1);
          return { orders, ...(end < count && last && { next: positionInList(last, 'ses_1') }) };
        },
      } as never,
    };
  };
  const statusAt = (wanted: number) => (index: number) => ({
    status: (index === wanted ? 'cancelled' : 'confirmed') as OrderStatus,
  });
  const cancelled = { status: 'cancelled' } as const;

  test('a request looks at 1,000 orders and says where to go on; the next finds the one at 1,500', async () => {
    expect(maxExamined).toBe(1_000);
    const { orders, reads } = listOf(3_000, statusAt(1_500));
    const first = await findOrders(orders, 'ses_1', cancelled, { limit: 20 });
    expect([first.orders, first.next?.['gsi1sk']]).toEqual([[], '999']);
    expect(reads).toEqual(Array.from({ length: 10 }, () => 100));
    const second = await findOrders(orders, 'ses_1', cancelled, { limit: 20, from: first.next });
    expect(second.orders.map(({ createdAt }) => createdAt)).toEqual(['1500']);
  });

  test('without a filter only what is answered is read', async () => {
    const { orders, reads } = listOf(3_000, () => ({}));
    const { next } = await findOrders(orders, 'ses_1', {}, { limit: 20 });
    expect([reads, next?.['gsi1sk']]).toEqual([[20], '19']);
  });

  test('a page that is full at the very end of the list leads nowhere', async () => {
    const { orders } = listOf(120, statusAt(119));
    const found = await findOrders(orders, 'ses_1', cancelled, { limit: 1 });
    expect([found.orders.length, found.next]).toEqual([1, undefined]);
  });

  test('it ends at 2,000 places, too, with the order that has them', async () => {
    expect(maxPlaces).toBe(2_000);
    const places = Array.from({ length: 30 }, (_, index) => item(`1-${index}`));
    const { orders } = listOf(500, () => ({ items: places }));
    const { orders: found, next } = await findOrders(orders, 'ses_1', {}, { limit: 1_000 });
    expect([found.length, next?.['gsi1sk']]).toEqual([67, '66']);
  });
});

describe('the CSV', () => {
  const header =
    'order_id,ordered_at,order_status,cancel_reason,customer_name,customer_email,customer_locale,promo_code,place,' +
    'ticket_type,attendee_name,attendee_email,ticket_status,price,currency\r\n';

  test('names, a row for each place of the session, in the answer of the route', async () => {
    const { sessionId } = await session();
    const id = await ordered(sessionId, '1-1', { customer: { ...ion, name: 'Rus, "Ion"', locale: 'ro' } });
    const { createdAt } = await world.get(id);
    const answer = await csv(sessionId);
    expect([answer.status, answer.headers['Content-Type'], answer.headers['Content-Disposition']]).toEqual([
      200,
      'text/csv',
      `attachment; filename="orders-${sessionId}.csv"`,
    ]);
    expect(answer.headers['Link']).toBeUndefined();
    expect(answer.headers['Cache-Control']).toBe('no-store');
    expect(answer.text).toBe(
      `\uFEFF${header}${id},${createdAt},awaiting_payment,,"Rus, ""Ion""",Ion.Rus@example.com,ro,,1-1,a,` +
        '"Rus, ""Ion""",Ion.Rus@example.com,open,45.00,EUR\r\n',
    );
    expect((await csv(sessionId, { status: 'cancelled' })).text).toBe(`\uFEFF${header}`);
  });

  test.each([
    ['=HYPERLINK("http://evil.example","Ana")', `"'=HYPERLINK(""http://evil.example"",""Ana"")"`],
    ['+40 721 000 000', "'+40 721 000 000"],
    ['-2+3', "'-2+3"],
    ['@SUM(1)', "'@SUM(1)"],
    ['\t=1+1', "'\t=1+1"],
    ['\r=1+1', `"'\r=1+1"`],
    ['＝1+1', "'＝1+1"],
    ['Ana\n=1+1', '"Ana\n=1+1"'],
    ['Ana\r=1+1', '"Ana\r=1+1"'],
    ['Ana = Ion', 'Ana = Ion'],
  ])('a name that is %j is no formula', (name, cell) => {
    const order = sample({ items: [item('1-1', { attendee: { ...ion, name } })] });
    expect(ordersCsv([order], 'ses_1', { isFirst: false }).split(',').slice(10, -4).join(',')).toBe(cell);
  });

  test('prices have the digits of their currency; places of other sessions are left out', () => {
    const items = [item('1-1', { total: 1_234 }), item('1-2', { sessionId: 'ses_2' })];
    const priceIn = (currency: string) =>
      ordersCsv([sample({ currency, items })], 'ses_1', { isFirst: false })
        .trimEnd()
        .split('\r\n')
        .map((row) => row.split(',').slice(-2));
    expect(priceIn('EUR')).toEqual([['12.34', 'EUR']]);
    expect(priceIn('JPY')).toEqual([['1234', 'JPY']]);
    expect(priceIn('KWD')).toEqual([['1.234', 'KWD']]);
  });

  test('in parts: each leads to the next, and together they are one file with each order once', async () => {
    const { sessionId } = await session();
    const orders = Array.from({ length: maxExamined + 1 }, (_, index) => {
      const orderId = `ord_${String(index).padStart(26, '0')}`;
      const createdAt = new Date(Date.UTC(2026, 0, 1) + index * 1_000).toISOString();
      const held = [{ holdId: 'hld_1', sessionId, until: 1 }];
      return sample({ orderId, createdAt, holds: held, items: [item('1-1', { sessionId })] });
    });
    const change = { what: 'order.created', by: 'test', requestId: 'r', at: '2026-01-01T00:00:00.000Z' };
    for (let at = 0; at < orders.length; at += 50)
      await Promise.all(orders.slice(at, at + 50).map((order) => world.orders.create(order, change)));
    const first = await csv(sessionId, { status: 'confirmed' });
    const link = /^<\?(.+)>; rel="next"$/.exec(String(first.headers['Link']))?.[1];
    const query = Object.fromEntries(new URLSearchParams(link));
    expect(query).toEqual({ cursor: expect.any(String), status: 'confirmed' });
    const second = await csv(sessionId, query);
    expect(second.headers['Link']).toBeUndefined();
    const [names, ...rows] = (first.text + second.text).trimEnd().split('\r\n');
    expect(`${names}\r\n`).toBe(`\uFEFF${header}`);
    expect(rows.map((row) => row.split(',')[0])).toEqual(orders.map(({ orderId }) => orderId).toReversed());
  });
});

describe('how far a cancelled session is undone', () => {
  const progress = (sessionId: string, as = 'ann') =>
    world.call('getCancellation', { as, params: { sessionId } });
  const cancel = (sessionId: string) =>
    world.catalog.update(
      { pk: `SESSION#${sessionId}`, sk: 'SESSION' },
      { update: 'SET #status = :status', names: { '#status': 'status' }, values: { ':status': 'cancelled' } },
    );
  const stamp = (what: string) => ({
    what,
    by: 'system:test',
    requestId: 'r',
    at: '2026-11-20T19:00:00.000Z',
  });
  const undoNext = async (batch: UndoBatch): Promise<UndoBatch | undefined> => {
    let next: UndoBatch | undefined;
    const tables = { ticketing: 'ticketing', admission: 'admission' };
    await undoBatch(
      {
        orders: world.orders,
        tables,
        countOrders: (sessionId) => countList(world.table, sessionListKey(sessionId)),
      },
      batch,
      async (asked) => {
        next = asked;
      },
      stamp,
    );
    return next;
  };

  test('waiting, then its orders, then their money; what failed is named', async () => {
    const { sessionId } = await session();
    const paid = await ordered(sessionId, '1-1');
    await world.pay(paid, 'card_ok');
    const lost = await ordered(sessionId, '1-2');
    await world.pay(lost, 'card_ok');
    await ordered(sessionId, '1-3');
    await world.settle();
    await cancel(sessionId);
    const none = { done: 0, remaining: 0, failed: 0 };
    expect((await progress(sessionId)).body).toEqual({
      status: 'waiting',
      orders: { done: 0 },
      refunds: none,
      failed: [],
    });

    expect(await undoNext({ sessionId, done: 0 })).toBeUndefined();
    const updatedAt = '2026-11-20T19:00:00.000Z';
    const undone = { status: 'done', orders: { done: 3, remaining: 0 }, updatedAt };
    expect((await progress(sessionId)).body).toEqual({ ...undone, refunds: none, failed: [] });

    await world.settle();
    expect((await progress(sessionId)).body).toMatchObject({ refunds: { done: 2, remaining: 0, failed: 0 } });
    // The bank returned one of them.
    const refundId = (await world.orders.read(lost))?.refunds[0]?.refundId ?? '';
    await applyRefundNews(
      { orders: world.orders },
      { payableId: lost, refundId, providerRefundId: 'p', status: 'failed' },
      stamp,
    );
    expect((await progress(sessionId)).body).toEqual({
      ...undone,
      refunds: { done: 1, remaining: 0, failed: 1 },
      failed: [{ orderId: lost, refundId }],
    });
  });

  test('refunds that were asked for remain until the provider has paid them', async () => {
    const { sessionId } = await session();
    const id = await ordered(sessionId, '1-1');
    await world.pay(id, 'card_ok');
    await world.settle();
    await cancel(sessionId);
    await undoNext({ sessionId, done: 0 });
    const order = await world.get(id);
    const money = { refundId: randomId('rfd'), amount: 1, ticketIds: [], reason: 'r', requestHash: 'h' };
    await requestRefund(
      { orders: world.orders },
      order,
      { ...money, cancelledSessionId: sessionId },
      undefined,
      [],
      stamp,
    );
    expect((await progress(sessionId)).body.refunds).toEqual({ done: 0, remaining: 1, failed: 0 });
  });

  test('half of sixty orders are done: the rest remains', async () => {
    const { sessionId } = await session();
    await cancel(sessionId);
    const at = '2026-11-20T19:00:00.000Z';
    await world.orders.noteCancellation(sessionId, {
      status: 'running',
      orders: 25,
      total: 60,
      updatedAt: at,
    });
    expect((await progress(sessionId)).body).toMatchObject({
      status: 'running',
      orders: { done: 25, remaining: 35 },
      updatedAt: at,
    });
  });

  test('not of a session that takes place; not for staff or strangers', async () => {
    const { sessionId, organizationId } = await session();
    expect((await progress(sessionId)).body).toMatchObject({
      status: 404,
      detail: 'This session is not cancelled.',
    });
    await world.join('sam', organizationId, 'staff');
    expect((await progress(sessionId, 'sam')).status).toBe(403);
    expect((await progress(sessionId, 'stranger')).status).toBe(403);
  });
});

describe('sending the tickets again', () => {
  const resend = (orderId: string, key?: string, as = 'ann') =>
    world.call('resendOrderMail', { as, params: { orderId }, ...(key !== undefined && { key }) });
  const paid = async () => {
    const made = await session();
    const id = await ordered(made.sessionId, '1-1');
    await world.pay(id, 'card_ok');
    await world.settle();
    return { ...made, id };
  };
  const typesOf = (events: readonly { readonly type: string }[]) => events.map(({ type }) => type);

  test('is one event for each request; the same key again is the same request', async () => {
    const { id } = await paid();
    const first = await resend(id, 'the-first-key');
    expect([first.status, first.body]).toEqual([
      202,
      { id: expect.stringMatching(/^mrq_/), requestedAt: expect.any(String) },
    ]);
    const again = await resend(id, 'the-first-key');
    expect([again.status, again.body, again.headers['Idempotent-Replayed']]).toEqual([
      202,
      first.body,
      'true',
    ]);
    const events = await world.settle();
    expect(typesOf(events)).toEqual(['ORDER-MAIL-REQUESTED']);
    expect(events[0]).toMatchObject({ data: { orderId: id, status: 'confirmed' } });
    expect(JSON.stringify(events)).not.toContain('@');
  });

  test('twenty at once send one mail; the others are told when to come back', async () => {
    const { id } = await paid();
    const answers = await Promise.all(Array.from({ length: 20 }, () => resend(id)));
    const refused = answers.filter(({ status }) => status === 429);
    expect([answers.filter(({ status }) => status === 202).length, refused.length]).toEqual([1, 19]);
    for (const { body, headers } of refused) {
      expect(body.code).toBe('TOO_MANY_REQUESTS');
      expect(Number(headers['Retry-After'])).toBeGreaterThan(50);
      expect(Number(headers['Retry-After'])).toBeLessThanOrEqual(60);
    }
    expect(typesOf(await world.settle())).toEqual(['ORDER-MAIL-REQUESTED']);
  });

  test('not of an order without tickets', async () => {
    const { sessionId, id } = await paid();
    const open = await ordered(sessionId, '1-2');
    const refused = await resend(open);
    expect([refused.status, refused.body.code, refused.body.currentStatus]).toEqual([
      409,
      'NO_MAIL_TO_SEND',
      'awaiting_payment',
    ]);
    await world.call('undoOrder', { as: 'ann', params: { orderId: id }, body: {} });
    expect((await resend(id)).body).toMatchObject({ code: 'NO_MAIL_TO_SEND', currentStatus: 'cancelled' });
  });

  test('not by the customer, staff or strangers', async () => {
    const { organizationId, id } = await paid();
    await world.join('sam', organizationId, 'staff');
    expect((await resend(id, undefined, 'sam')).status).toBe(403);
    expect((await resend(id, undefined, 'stranger')).status).toBe(404);
    expect((await world.call('resendOrderMail', { params: { orderId: id } })).status).toBe(401);
  });

  describe('is decided by what the order has noted', () => {
    const at = new Date('2026-11-20T19:00:00.000Z');
    const before = (seconds: number, id = 'mrq_old') => ({
      id,
      at: new Date(at.getTime() - seconds * 1_000).toISOString(),
    });
    const valid = { status: 'valid' };
    test.for([
      ['the first', 'confirmed', [valid], undefined, { kind: 'request' }],
      ['after a minute', 'confirmed', [valid], [before(60)], { kind: 'request' }],
      ['sooner', 'confirmed', [valid], [before(59.5)], { kind: 'too_soon', retryAfterSeconds: 1 }],
      ['the tenth', 'confirmed', [valid], Array.from({ length: 9 }, () => before(600)), { kind: 'request' }],
      [
        'the eleventh',
        'confirmed',
        [valid],
        Array.from({ length: 10 }, () => before(600)),
        { kind: 'limit_reached' },
      ],
      [
        'a repeat, however soon and often',
        'confirmed',
        [valid],
        [before(600, 'mrq_new'), ...Array.from({ length: 9 }, () => before(1))],
        { kind: 'replayed', at: '2026-11-20T18:50:00.000Z' },
      ],
      [
        'a repeat when the order has ended since',
        'cancelled',
        [{ status: 'cancelled' }],
        [before(600, 'mrq_new')],
        { kind: 'replayed', at: '2026-11-20T18:50:00.000Z' },
      ],
      [
        'all tickets were refunded',
        'confirmed',
        [{ status: 'refunded' }],
        undefined,
        { kind: 'nothing_to_send', status: 'confirmed' },
      ],
      [
        'before it is confirmed',
        'pending',
        [{ status: 'open' }],
        undefined,
        { kind: 'nothing_to_send', status: 'pending' },
      ],
    ] as const)('%s', ([, status, items, mailRequests, expected]) => {
      const order = { status, items: items as never, mailRequests };
      expect(decideMailRequest(order, { id: 'mrq_new', at })).toEqual(expected);
    });
  });
});

describe('undoing a confirmed order', () => {
  const undo = (orderId: string, body: object = {}, as = 'ann') =>
    world.call('undoOrder', { as, params: { orderId }, body });
  const paid = async (isCaptured: boolean) => {
    const made = await session();
    const id = await ordered(made.sessionId, '1-1');
    await world.pay(id, 'card_ok');
    if (isCaptured) await world.settle();
    return { ...made, id };
  };
  const stateOf = async (id: string) => {
    const { status, cancelReason, payment, captured, refunded } = await world.get(id);
    return [status, cancelReason, payment?.status, captured, refunded];
  };

  test('its ticket ends, its place is on sale again, its money goes back; again changes nothing', async () => {
    const { sessionId, id } = await paid(true);
    const undone = await undo(id);
    expect([undone.status, undone.body.status, undone.body.cancelReason]).toEqual([
      202,
      'cancelled',
      'organizer',
    ]);
    expect((await world.ticketsOf(id)).map(({ status }) => status)).toEqual(['cancelled']);
    expect((await world.placesOf(sessionId))['1-1']).toBe('available');
    await world.settle();
    expect(await stateOf(id)).toEqual(['cancelled', 'organizer', 'captured', 4_500, 4_500]);
    expect((await undo(id)).status).toBe(202);
    await world.settle();
    expect(await stateOf(id)).toEqual(['cancelled', 'organizer', 'captured', 4_500, 4_500]);
  });

  test('money that is only set aside is voided; without restock the place stays sold', async () => {
    const { sessionId, id } = await paid(false);
    expect((await undo(id, { restock: false })).status).toBe(202);
    expect((await world.placesOf(sessionId))['1-1']).toBe('sold');
    await world.settle();
    expect(await stateOf(id)).toEqual(['cancelled', 'organizer', 'voided', 0, 0]);
  });

  test('five at once, and a refund: it ends once, and no more than was captured goes back', async () => {
    const { id } = await paid(true);
    await Promise.all([
      ...Array.from({ length: 5 }, () => undo(id)),
      world.call('createRefund', { as: 'ann', params: { orderId: id }, body: { reason: 'Ill' } }),
    ]);
    await world.settle();
    expect(await stateOf(id)).toEqual(['cancelled', 'organizer', 'captured', 4_500, 4_500]);
  });

  test('not of an order that is not confirmed, or ended otherwise; not by staff or strangers', async () => {
    const { sessionId, organizationId, id } = await paid(true);
    const open = await ordered(sessionId, '1-2');
    const refused = await undo(open);
    expect([refused.status, refused.body.currentStatus]).toEqual([409, 'awaiting_payment']);
    await world.call('cancelOrder', { params: { orderId: open } });
    expect((await undo(open)).body.detail).toBe('It was cancelled before: customer.');
    await world.join('sam', organizationId, 'staff');
    expect((await undo(id, {}, 'sam')).status).toBe(403);
    expect((await undo(id, {}, 'stranger')).status).toBe(404);
  });
});
