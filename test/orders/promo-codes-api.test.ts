import type { Context } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openEventReader } from '../../functions/catalog/event-contracts.ts';
import { promoCodeCommands, promoCodeQueries } from '../../functions/orders/promo-codes-api.ts';
import { promoProblem } from '../../functions/orders/promo-problem.ts';
import { promoCommandRoutes, promoQueryRoutes } from '../../functions/orders/promo-routes.ts';
import { claimPromoUse, openPromoCodes } from '../../functions/orders/promo-store.ts';
import { serve } from '../../functions/platform/serve.ts';
import type { Table } from '../../functions/platform/table.ts';
import { type Answered, type Catalog, freshKey, type Subject, startCatalog } from '../catalog/harness.ts';
import { gatewayEvent } from '../support/gateway-event.ts';

const routes = { ...promoCommandRoutes, ...promoQueryRoutes };

interface CallOptions {
  readonly as?: Subject | null;
  readonly code?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly key?: string;
  readonly ifMatch?: string;
}

let catalog: Catalog;
let orders: Table;
let handler: ReturnType<typeof serve>;
let eventId: string;
/** Ticket types of the event: in euro, and of another session in lei. */
let euro: string;
let lei: string;

beforeAll(async () => {
  catalog = await startCatalog();
  orders = await catalog.engine.createTable('orders');
  const promoCodes = openPromoCodes(orders);
  const events = openEventReader(catalog.table);
  handler = serve({
    routes,
    handlers: { ...promoCodeCommands(promoCodes, events), ...promoCodeQueries(promoCodes) },
    loaders: { event: events.event },
    guard: async () => (await import('../../functions/identity/contracts.ts')).identityGuard(),
    idSecretArn: process.env['ID_SECRET_ARN'] ?? '',
  }) as never;

  const venue = await catalog.call('createVenue', {
    body: {
      name: 'Meadow',
      address: 'Strada Mare 1',
      city: 'Cluj',
      country: 'RO',
      location: { lat: 46.77, lon: 23.6 },
      timeZone: 'Europe/Bucharest',
    },
  });
  eventId = await newEvent(venue.body.id);
  euro = await newSession('EUR');
  lei = await newSession('RON');
});
afterAll(() => catalog.stop());

const newEvent = async (venueId: string): Promise<string> =>
  (await catalog.call('createEvent', { body: { name: 'Summer', category: 'concert', venueId } })).body.id;

const newSession = async (currency: string): Promise<string> => {
  const session = await catalog.call('createSession', {
    params: { eventId },
    body: {
      startsAt: '2037-06-01T18:00:00Z',
      endsAt: '2037-06-01T22:00:00Z',
      ticketTypes: [{ name: 'Standing', price: { amount: 2_500, currency }, quantity: 100 }],
    },
  });
  return session.body.ticketTypes[0].id;
};

const call = async (operation: keyof typeof routes, options: CallOptions = {}): Promise<Answered> => {
  const definition = routes[operation];
  const params = { eventId, ...(options.code !== undefined && { code: options.code }) };
  const path = definition.path.replace('{eventId}', eventId).replace('{code}', options.code ?? 'of the test');
  const subject = options.as === undefined ? 'ann' : options.as;
  const event = gatewayEvent(definition.method, path, {
    headers: {
      ...(subject !== null && { authorization: `Bearer ${catalog.token(subject)}` }),
      ...('creates' in definition && { 'idempotency-key': options.key ?? freshKey() }),
      ...(options.ifMatch !== undefined && { 'if-match': options.ifMatch }),
    },
    params,
    ...(options.query && { query: options.query }),
    ...(options.body !== undefined && { body: options.body }),
  });
  // The gateway gives each request an id of its own, by which a write knows itself again.
  event.requestContext.requestId = freshKey();
  const result = await handler(event, { awsRequestId: 'lambda-1' } as Context);
  return {
    status: result.statusCode,
    headers: result.headers ?? {},
    etag: String(result.headers?.ETag ?? ''),
    body: result.body === '' ? undefined : JSON.parse(result.body),
  };
};

const create = (code: string, more: object = {}, options: CallOptions = {}) =>
  call('createPromoCode', { body: { code, discount: { basisPoints: 1_000 }, ...more }, ...options });
const look = (code: string) => call('getPromoCode', { code, as: null });
const faultsOf = ({ body }: Answered): readonly string[] =>
  body.errors.map(({ pointer, code }: { pointer: string; code: string }) => `${pointer} ${code}`);

describe('adding a promo code', () => {
  test('the organizer reads all of it, a customer what it gives', async () => {
    const ticketTypeIds = [euro];
    const made = await create('early10', {
      maxUses: 5,
      validFrom: '2020-01-01T00:00:00Z',
      validUntil: '2037-01-01T00:00:00Z',
      ticketTypeIds,
    });
    expect(made.status).toBe(201);
    expect(made.body).toEqual({
      eventId,
      code: 'EARLY10',
      discount: { basisPoints: 1_000 },
      maxUses: 5,
      uses: 0,
      validFrom: '2020-01-01T00:00:00Z',
      validUntil: '2037-01-01T00:00:00Z',
      ticketTypeIds,
      isActive: true,
      organizationId: 'org_aaaaaaaaaaaaaaaaaaaaaaaaaa',
      createdAt: expect.any(String),
      updatedAt: made.body.createdAt,
    });
    const seen = await look('Early10');
    expect([seen.status, seen.body]).toEqual([
      200,
      {
        code: 'EARLY10',
        isValid: true,
        discount: { basisPoints: 1_000 },
        validFrom: '2020-01-01T00:00:00Z',
        validUntil: '2037-01-01T00:00:00Z',
        ticketTypeIds,
      },
    ]);
  });

  test('a retry answers the same code; another request for the name is refused', async () => {
    const key = freshKey();
    const made = await create('TWICE', {}, { key });
    const again = await create('TWICE', {}, { key });
    expect([again.status, again.body, again.headers['Idempotent-Replayed']]).toEqual([
      201,
      made.body,
      'true',
    ]);
    const other = await create('twice', { maxUses: 3 });
    expect([other.status, other.body.code]).toEqual([409, 'PROMO_CODE_EXISTS']);
    expect((await look('TWICE')).body.discount).toEqual({ basisPoints: 1_000 });
  });

  test('many who add the same code at once make one', async () => {
    const made = await Promise.all(Array.from({ length: 10 }, (_, n) => create('RACE', { maxUses: n + 1 })));
    expect(made.map(({ status }) => status).toSorted()).toEqual([201, ...Array(9).fill(409)]);
  });

  test('money off is in a currency that it is for', async () => {
    const amount = { discount: { amount: 500, currency: 'EUR' } };
    expect((await create('FIVER', amount)).status).toBe(201);
    const refused = await create('FIVER2', { ...amount, ticketTypeIds: [lei] });
    expect([refused.status, faultsOf(refused)]).toEqual([422, ['/discount/currency OTHER_CURRENCY']]);
    const other = await create('FIVER3', { discount: { amount: 500, currency: 'USD' } });
    expect(other.body.errors[0].detail).toBe('What it is for sells in EUR, RON.');
  });

  test.each<[string, object, string[]]>([
    ['no discount', { discount: undefined }, ['/discount INVALID_TYPE']],
    ['more than all', { discount: { basisPoints: 10_001 } }, ['/discount/basisPoints TOO_BIG']],
    ['nothing off', { discount: { amount: 0, currency: 'EUR' } }, ['/discount/amount TOO_SMALL']],
    ['a limit of none', { maxUses: 0 }, ['/maxUses TOO_SMALL']],
    ['a code with a space', { code: 'A B C' }, ['/code INVALID_FORMAT']],
    ['an unknown field', { percent: 10 }, ['/percent UNKNOWN_FIELD']],
    [
      'over before it begins, for a type of nobody',
      {
        validFrom: '2030-01-01T00:00:00Z',
        validUntil: '2030-01-01T00:00:00Z',
        ticketTypeIds: ['tt_00000000000000000000000000'],
      },
      ['/validUntil ENDS_BEFORE_START', '/ticketTypeIds/0 UNKNOWN_TICKET_TYPE'],
    ],
  ])('%s is refused', async (_, more, faults) => {
    const refused = await create('BAD', more);
    expect([refused.status, faultsOf(refused)]).toEqual([422, faults]);
    expect((await look('BAD')).status).toBe(404);
  });

  test('owners and managers of the event’s organization only', async () => {
    const statuses = async (answers: Promise<Answered>[]) =>
      (await Promise.all(answers)).map(({ status }) => status);
    const people = ['bob', 'cat', 'dan', null] as const;
    expect(await statuses(people.map((as) => create('MINE', {}, { as })))).toEqual([404, 403, 404, 401]);
    expect(await statuses(people.map((as) => call('listPromoCodes', { as })))).toEqual([404, 403, 404, 401]);
    expect(
      await statuses(
        people.map((as) =>
          call('updatePromoCode', { as, code: 'TWICE', ifMatch: '"r1"', body: { isActive: false } }),
        ),
      ),
    ).toEqual([404, 403, 404, 401]);
  });
});

describe('changing a promo code', () => {
  test('switched off and on again, at the revision that was read', async () => {
    await create('SWITCH');
    const { etag } = await look('SWITCH');
    const off = await call('updatePromoCode', { code: 'switch', ifMatch: etag, body: { isActive: false } });
    expect([off.status, off.body.isActive]).toEqual([200, false]);
    expect((await look('SWITCH')).body).toEqual({
      code: 'SWITCH',
      isValid: false,
      reason: 'inactive',
      discount: { basisPoints: 1_000 },
    });
    const stale = await call('updatePromoCode', { code: 'SWITCH', ifMatch: etag, body: { isActive: true } });
    expect(stale.status).toBe(412);
    const on = await call('updatePromoCode', { code: 'SWITCH', ifMatch: off.etag, body: { isActive: true } });
    expect([on.status, on.body.isActive]).toEqual([200, true]);
  });

  test('limit and dates change, null ends a date; a use taken meanwhile does not stand in the way', async () => {
    const made = await create('DATES', { maxUses: 1, validUntil: '2021-01-01T00:00:00Z' });
    expect((await look('DATES')).body).toMatchObject({ isValid: false, reason: 'over' });
    await orders.transact([claimPromoUse({ eventId, code: 'DATES' })]);
    const changed = await call('updatePromoCode', {
      code: 'DATES',
      ifMatch: made.etag,
      body: { validUntil: null, maxUses: 2 },
    });
    expect(changed.status).toBe(200);
    expect([changed.body.maxUses, changed.body.uses, changed.body.validUntil]).toEqual([2, 1, undefined]);
    expect((await look('DATES')).body.isValid).toBe(true);
    await orders.transact([claimPromoUse({ eventId, code: 'DATES' })]);
    expect((await look('DATES')).body).toMatchObject({ isValid: false, reason: 'used_up' });
  });

  test('what cannot be is refused', async () => {
    const made = await create('FREE', { validFrom: '2030-01-01T00:00:00Z' });
    const refused = await call('updatePromoCode', {
      code: 'FREE',
      ifMatch: made.etag,
      body: { maxUses: 5, validUntil: '2029-01-01T00:00:00Z' },
    });
    expect([refused.status, faultsOf(refused)]).toEqual([
      422,
      ['/validUntil ENDS_BEFORE_START', '/maxUses NOT_LIMITED'],
    ]);
    const missing = { code: 'NOWHERE', ifMatch: '"r1"', body: { isActive: false } };
    expect((await call('updatePromoCode', missing)).status).toBe(404);
    expect((await call('updatePromoCode', { code: 'FREE', body: {} })).status).toBe(428);
  });

  test('two at once: one is applied', async () => {
    const made = await create('BOTH');
    const change = (validUntil: string) =>
      call('updatePromoCode', { code: 'BOTH', ifMatch: made.etag, body: { validUntil } });
    const both = await Promise.all([change('2030-01-01T00:00:00Z'), change('2031-01-01T00:00:00Z')]);
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 412]);
  });
});

describe('looking at promo codes', () => {
  test('the organizer’s list goes by name, page by page, with what was used', async () => {
    await create('ZZ1', { maxUses: 1 });
    await create('ZZ2');
    const names: string[] = [];
    for (let cursor: string | undefined = ''; cursor !== undefined; ) {
      const page: Answered = await call('listPromoCodes', {
        query: { limit: '2', ...(cursor !== '' && { cursor }) },
      });
      expect(page.status).toBe(200);
      names.push(...page.body.items.map(({ code }: { code: string }) => code));
      cursor = page.body.nextCursor;
    }
    expect(names).toEqual(names.toSorted());
    expect(names).toContain('EARLY10');
    expect(names.slice(-2)).toEqual(['ZZ1', 'ZZ2']);
    const foreign = Buffer.from(JSON.stringify({ pk: 'EVENT#evt_other', sk: 'PROMO#A' })).toString(
      'base64url',
    );
    expect((await call('listPromoCodes', { query: { cursor: foreign } })).status).toBe(422);
  });

  test('an order finds the codes of its events, each once, in its own order', async () => {
    await create('FOUND');
    const codes = openPromoCodes(orders);
    const other = 'evt_00000000000000000000000000';
    const found = await codes.find('FOUND', [other, eventId, eventId, other]);
    expect(found.map((item) => [item.eventId, item.code])).toEqual([[eventId, 'FOUND']]);
    expect(await codes.find('FOUND', [other])).toEqual([]);
    expect(promoProblem('used_up')).toEqual({
      kind: 'problem',
      code: 'PROMO_CODE_REFUSED',
      members: { reason: 'used_up' },
    });
  });

  test('of a code that is not there, and of what no code looks like, a customer learns nothing', async () => {
    expect((await look('GUESSED')).body.code).toBe('NOT_FOUND');
    expect((await look('a')).body.code).toBe('NOT_FOUND');
  });
});
