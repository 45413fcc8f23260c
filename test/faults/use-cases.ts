import { marshall } from '@aws-sdk/util-dynamodb';
import { randomId } from '../../functions/platform/ids.ts';
import { lifecycleEvent } from '../../functions/platform/lifecycle-event.ts';
import { serve } from '../../functions/platform/serve.ts';
import type { Item } from '../../functions/platform/table.ts';
import { epochSeconds } from '../../functions/platform/time.ts';
import { routes } from '../../functions/routes.ts';
import { createHold } from '../../functions/ticketing/create-hold.ts';
import { holdCommands } from '../../functions/ticketing/holds-api.ts';
import { openInventory } from '../../functions/ticketing/inventory-store.ts';
import { holdCancelled } from '../../functions/ticketing/lifecycle.ts';
import { openPictures } from '../../functions/ticketing/pictures.ts';
import { ticketingCommandRoutes } from '../../functions/ticketing/routes.ts';
import { openSales } from '../../functions/ticketing/sales.ts';
import type { FakeRequest } from '../payments/fake-stripe.ts';
import { hall } from '../ticketing/hall.ts';
import { seats, slots, typeId } from '../ticketing/harness.ts';
import type { ApiCall, Consumer, Operation, Platform, Table } from './platform.ts';

/** How one attempt of a use case ended: as its caller, its queue or its stream sees it. */
export interface Ending {
  /** Whether the caller, the queue or the stream tries again by itself. */
  readonly isFailure: boolean;
  readonly text: string;
}

/** A use case made ready, in a world of its own. */
export interface Ready {
  /** Ids by which everything of this world is found again: in items and in lifecycle events. */
  readonly marks: readonly string[];
  run(): Promise<Ending>;
  /** Lets the time pass that the next attempt waits for. */
  wait?(): Promise<void>;
  /** What only this use case can tell, besides tables and lifecycle events. */
  facts?(): readonly string[];
  /** Subjects of the mails that came. */
  mails?(): readonly string[];
  /** What Stripe was asked about its payments. */
  stripeRequests?(): readonly FakeRequest[];
}

export interface UseCase {
  readonly name: string;
  readonly context:
    | 'ticketing'
    | 'catalog'
    | 'identity'
    | 'orders'
    | 'payments'
    | 'admission'
    | 'notifications'
    | 'marketplace'
    | 'platform';
  /** The calls to AWS that it makes, in order; those made only when something failed stand in `onlyAfterFaults`. */
  readonly calls: readonly string[];
  readonly onlyAfterFaults?: readonly string[];
  /** Which of its calls are to fail; all when left out. The others fail in a use case that is alike. */
  readonly failing?: RegExp;
  /** It does what others left due: nobody else is to be at work. */
  readonly isAlone?: boolean;
  /** Reads a fact without what depends on when an attempt is made. */
  readonly timeless?: (fact: string) => string;
  prepare(platform: Platform): Promise<Ready>;
}

export const ending = ({ status, body }: { status: number; body?: { code?: string } }): Ending => ({
  isFailure: status >= 500,
  text: status < 400 ? String(status) : `${status} ${body?.code}`,
});

export const must = async (platform: Platform, status: number, operation: Operation, call: ApiCall) => {
  const answer = await platform.call(operation, call);
  if (answer.status !== status)
    throw new Error(`${operation} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  return answer;
};

export const byApi = (platform: Platform, operation: Operation, call: ApiCall) => async (): Promise<Ending> =>
  ending(await platform.call(operation, call));

export const byQueue = (platform: Platform, consumer: Consumer, body: unknown) => async (): Promise<Ending> =>
  (await platform.deliver(consumer, body))
    ? { isFailure: false, text: 'done' }
    : { isFailure: true, text: 'given back' };

/** What a machine sees: a task that throws is tried again. */
export const byMachine = (task: () => Promise<unknown>) => (): Promise<Ending> =>
  task().then(
    () => ({ isFailure: false, text: 'done' }),
    () => ({ isFailure: true, text: 'failed' }),
  );

/** A stream that shows new items to the relay of their table. */
export const byStream = (platform: Platform, table: Table, items: readonly Item[]) => {
  const Records = items.map((item, index) => ({
    eventID: `e${index}`,
    eventName: 'INSERT',
    dynamodb: {
      NewImage: marshall(item, { removeUndefinedValues: true }),
      SequenceNumber: String(index + 1),
    },
  }));
  return async (): Promise<Ending> => {
    const { batchItemFailures } = await platform.relays[table]({ Records } as never);
    const isFailure = batchItemFailures.length > 0;
    return { isFailure, text: isFailure ? 'given back' : 'done' };
  };
};

/** A hall of one seat. */
const smallHall = routes.importSeatingPlan.requestExample;

export const freshKey = (): string => `a-key-of-the-faults-${crypto.randomUUID()}`;

// Ticketing

/** A session as the catalog tells of it: two rows of ten seats, and a place to stand. */
const announce = async (platform: Platform, more: object = {}) => {
  const [sessionId, venueId, planVersion] = [randomId('ses'), randomId('ven'), randomId('pln')];
  await platform.putObject(`plans/${venueId}/${planVersion}/layout.json`, {
    ...hall(['aaaaaaaaaa', 'aaaaaaaaaa']),
    venueId,
    planVersion,
  });
  const data = {
    sessionId,
    venueId,
    planVersion,
    eventId: randomId('evt'),
    organizationId: randomId('org'),
    status: 'publishing',
    timeZone: 'Atlantic/Canary',
    startsAt: '2037-03-01T20:00:00Z',
    endsAt: '2037-03-01T22:00:00Z',
    holdSeconds: 600,
    maxPlacesPerHold: 20,
    ticketTypes: [seats('a'), slots('pit', 30)],
    ...more,
  };
  const event = (type: string, sequence: number, changes: object = {}) => ({
    'detail-type': type,
    detail: {
      id: randomId('lev'),
      type,
      version: 1,
      occurredAt: new Date().toISOString(),
      aggregate: { kind: 'session', id: sessionId, sequence },
      actor: 'ann',
      data: { ...data, ...changes },
    },
  });
  return { sessionId, data, event };
};

type Announced = Awaited<ReturnType<typeof announce>>;

/** Has the functions build a session, and somebody else hold places of every block. */
const build = async (platform: Platform, { sessionId, event }: Announced): Promise<readonly string[]> => {
  if (!(await platform.deliver('inventory-builder', event('SESSION-PUBLISHING', 2))))
    throw new Error('Not built');
  const others: string[] = [];
  for (const taken of [['1-10', '2-10'], [1, 2].map((slot) => `${typeId('pit')}-${slot}`)]) {
    const body = { seats: taken };
    const params = { sessionId };
    others.push(
      (await must(platform, 201, 'createHold', { as: 'another', params, key: freshKey(), body })).body.id,
    );
  }
  return others;
};

/** The items of a session that was built, with the ids in them. */
interface Built {
  readonly items: string;
  readonly ids: Announced['data'];
  readonly others: readonly string[];
}

const builtOf = async (platform: Platform, more: object): Promise<Built> => {
  const announced = await announce(platform, more);
  const others = await build(platform, announced);
  const ofSession = (await platform.scan('ticketing')).filter((item) =>
    JSON.stringify(item).includes(announced.sessionId),
  );
  return { items: JSON.stringify(ofSession), ids: announced.data, others };
};
const builds = new Map<string, Promise<Built>>();

/**
 * A session on sale, in which somebody else holds places of every block. The first of a kind is built by the
 * functions; the others have its items under ids of their own.
 */
export const onSale = async (platform: Platform, more: object = {}) => {
  const kind = JSON.stringify({ ...more, organizationId: '', eventId: '' });
  const first = builds.get(kind) ?? builtOf(platform, more);
  builds.set(kind, first);
  const [{ items, ids, others: firstOthers }, { sessionId, data, event }] = await Promise.all([
    first,
    announce(platform, more),
  ]);
  const others = firstOthers.map(() => randomId('hld'));
  const renamed = [
    ...(['sessionId', 'eventId', 'organizationId', 'venueId', 'planVersion'] as const).map(
      (name) => [ids[name], data[name]] as const,
    ),
    // Claims carry the ids of holds without their prefix.
    ...firstOthers.map((id, index) => [id.slice(4), others[index]?.slice(4) ?? ''] as const),
  ].reduce((text, [from, to]) => text.replaceAll(from, to), items);
  const { written } = await platform.ticketingTable.transact(
    (JSON.parse(renamed) as Item[]).map((put) => ({ put })),
  );
  if (!written) throw new Error('Not written');
  return { sessionId, event, others };
};

/** The functions’ process has seen the session: nobody is to wait for what only a first request reads. */
const warm = async (platform: Platform, sessionId: string): Promise<void> => {
  const call = { as: 'another', params: { sessionId }, key: freshKey(), body: { seats: ['1-10'] } };
  await must(platform, 409, 'createHold', call);
};

const holding =
  (body: object, more: object = {}, as?: string) =>
  async (platform: Platform): Promise<Ready> => {
    const { sessionId } = await onSale(platform, more);
    await warm(platform, sessionId);
    const call = { params: { sessionId }, key: freshKey(), body, ...(as !== undefined && { as }) };
    return { marks: [sessionId], run: byApi(platform, 'createHold', call) };
  };

export const held = async (platform: Platform, body: object, more: object = {}) => {
  const { sessionId, event } = await onSale(platform, more);
  const params = { sessionId };
  const made = await must(platform, 201, 'createHold', { params, key: freshKey(), body });
  return { sessionId, event, holdId: made.body.id as string };
};

/** A hold whose time is over and whose end nobody has seen. */
const lapsed = async (platform: Platform) => {
  const { sessionId } = await onSale(platform);
  const store = openInventory(platform.ticketingTable);
  const open = await openSales(store, 'plans').open(sessionId);
  if (open === undefined) throw new Error('No sale');
  const ports = { store, pictures: openPictures(store), clock: () => epochSeconds(new Date()) - 700 };
  const holdId = randomId('hld');
  const change = (what: string) => ({ by: 'anonymous', requestId: 'r', at: new Date().toISOString(), what });
  const request = { kind: 'places', places: [0, 1] } as const;
  await createHold(ports, open, { holdId, requestHash: 'x', customer: 'c', request }, change as never);
  return { sessionId, holdId, store };
};

/** An extension reaches from now on: one that is repeated a second later extends by a second more. */
const anyRevision = (fact: string): string =>
  fact.replace(/revision \d+/, 'revision n').replace(/(SEAT-HOLD-EXTENDED) \d+/, '$1 n');

/** Holds as a process does that knows nothing of the session yet. */
const holdInFreshProcess = (platform: Platform) => {
  const store = openInventory(platform.ticketingTable);
  const handlers = holdCommands(store, openPictures(store), openSales(store, 'plans'));
  return serve({ routes: ticketingCommandRoutes, handlers, idSecretArn: platform.secretArn });
};

const ticketing: readonly UseCase[] = [
  {
    name: 'first hold of a session that a process makes',
    context: 'ticketing',
    calls: ['GetItem session', 'GetObject layout.json', 'UpdateItem block', 'PutItem hold'],
    async prepare(platform) {
      const { sessionId } = await onSale(platform);
      const call = { params: { sessionId }, key: freshKey(), body: { seats: ['1-1', '1-2'] } };
      const handler = holdInFreshProcess(platform);
      return { marks: [sessionId], run: byApi(platform, 'createHold', { ...call, handler }) };
    },
  },
  {
    name: 'hold of one block',
    context: 'ticketing',
    calls: ['UpdateItem block', 'PutItem hold'],
    prepare: holding({ seats: ['1-1', '1-2'] }),
  },
  {
    name: 'hold of several blocks',
    context: 'ticketing',
    calls: ['TransactWriteItems hold, block'],
    prepare: holding({ seats: ['1-1', '2-1'] }),
  },
  {
    name: 'hold of the best available',
    context: 'ticketing',
    calls: ['Query blocks', 'UpdateItem block', 'PutItem hold'],
    prepare: holding({ ticketTypeId: typeId('a'), quantity: 3 }),
  },
  {
    name: 'hold of standing places',
    context: 'ticketing',
    calls: ['Query blocks', 'UpdateItem block', 'PutItem hold'],
    prepare: holding({ ticketTypeId: typeId('pit'), quantity: 4 }),
  },
  {
    name: 'hold where holds per customer are limited',
    context: 'ticketing',
    calls: ['PutItem slot of customer', 'UpdateItem block', 'PutItem hold'],
    onlyAfterFaults: ['UpdateItem slot of customer'],
    prepare: holding({ seats: ['1-1'] }, { maxHoldsPerCustomer: 2 }),
  },
  {
    name: 'extension',
    context: 'ticketing',
    timeless: anyRevision,
    calls: ['GetItem hold', 'UpdateItem block', 'UpdateItem hold'],
    async prepare(platform) {
      const { sessionId, holdId } = await held(platform, { seats: ['1-1', '1-2'] });
      const call = { params: { holdId }, body: { seconds: 900 } };
      return { marks: [sessionId], run: byApi(platform, 'extendHold', call) };
    },
  },
  {
    name: 'extension in two blocks, with a limit per customer',
    context: 'ticketing',
    timeless: anyRevision,
    calls: [
      'GetItem hold',
      'PutItem slot of customer',
      'UpdateItem slot of customer',
      'UpdateItem block',
      'UpdateItem block',
      'UpdateItem hold',
    ],
    async prepare(platform) {
      const { sessionId, holdId } = await held(
        platform,
        { seats: ['1-1', '2-1'] },
        { maxHoldsPerCustomer: 2 },
      );
      const call = { params: { holdId }, body: { seconds: 900 } };
      return { marks: [sessionId], run: byApi(platform, 'extendHold', call) };
    },
  },
  {
    name: 'cancellation',
    context: 'ticketing',
    calls: ['UpdateItem hold', 'UpdateItem block'],
    async prepare(platform) {
      const { sessionId, holdId } = await held(platform, { seats: ['1-1', '1-2'] });
      return { marks: [sessionId], run: byApi(platform, 'cancelHold', { params: { holdId } }) };
    },
  },
  {
    name: 'cancellation with a limit per customer',
    context: 'ticketing',
    calls: ['UpdateItem hold', 'UpdateItem block', 'DeleteItem slot of customer'],
    async prepare(platform) {
      const { sessionId, holdId } = await held(platform, { seats: ['1-1'] }, { maxHoldsPerCustomer: 2 });
      return { marks: [sessionId], run: byApi(platform, 'cancelHold', { params: { holdId } }) };
    },
  },
  {
    name: 'expiry',
    context: 'ticketing',
    calls: ['UpdateItem hold', 'GetItem session', 'GetObject layout.json', 'UpdateItem block'],
    async prepare(platform) {
      const { sessionId, holdId } = await lapsed(platform);
      return { marks: [sessionId], run: byQueue(platform, 'hold-expiry', { holdId }) };
    },
  },
  {
    name: 'expiry that comes too early',
    context: 'ticketing',
    calls: ['UpdateItem hold', 'SendMessageBatch'],
    async prepare(platform) {
      const { sessionId, holdId } = await held(platform, { seats: ['1-1'] });
      return {
        marks: [sessionId],
        run: byQueue(platform, 'hold-expiry', { holdId }),
        facts: () => [`timer ${platform.waiting('hold-expiry').some((body) => body.includes(holdId))}`],
      };
    },
  },
  {
    name: 'freeing the claims of an ended hold',
    context: 'ticketing',
    calls: ['GetItem hold', 'GetItem session', 'GetObject layout.json', 'UpdateItem block'],
    async prepare(platform) {
      const { sessionId, holdId } = await held(platform, { seats: ['1-1', '1-2'] });
      const store = openInventory(platform.ticketingTable);
      const change = {
        by: 'anonymous',
        requestId: 'r',
        at: new Date().toISOString(),
        what: 'hold.cancelled',
      };
      // As a process leaves it that dies before it frees them.
      const { hold } = await store.endHold(holdId, 'cancelled', epochSeconds(new Date()), change);
      if (hold === undefined) throw new Error('No hold');
      const detail = lifecycleEvent(holdCancelled, {
        aggregateId: holdId,
        sequence: hold.revision,
        change,
        data: {
          holdId,
          sessionId,
          expiresAt: new Date(hold.until * 1_000).toISOString(),
          places: hold.places.map(({ block, keys }) => ({ block, keys: [...keys] })),
        },
      });
      const body = { 'detail-type': detail.type, detail };
      return { marks: [sessionId], run: byQueue(platform, 'claim-release', body) };
    },
  },
  {
    name: 'inventory of a session',
    context: 'ticketing',
    calls: [
      'PutItem handled event',
      'GetObject layout.json',
      'PutItem session',
      ...Array.from({ length: 4 }, () => 'PutItem block'),
      'UpdateItem session',
      'UpdateItem handled event',
    ],
    onlyAfterFaults: ['DeleteItem handled event'],
    async prepare(platform) {
      const { sessionId, event } = await announce(platform);
      return {
        marks: [sessionId],
        run: byQueue(platform, 'inventory-builder', event('SESSION-PUBLISHING', 2)),
      };
    },
  },
  {
    name: 'change of a session',
    context: 'ticketing',
    calls: ['UpdateItem session'],
    async prepare(platform) {
      const { sessionId, event } = await onSale(platform);
      const body = event('SESSION-UPDATED', 3, { status: 'published', holdSeconds: 900 });
      return { marks: [sessionId], run: byQueue(platform, 'session-sync', body) };
    },
  },
  {
    name: 'cancellation of a session',
    context: 'ticketing',
    calls: ['UpdateItem session', 'SendMessageBatch'],
    async prepare(platform) {
      const { sessionId, event } = await onSale(platform);
      const body = event('SESSION-CANCELLED', 3, { status: 'cancelled' });
      return {
        marks: [sessionId],
        run: byQueue(platform, 'session-sync', body),
        facts: () => [`sweep ${platform.waiting('session-sweep').some((body) => body.includes(sessionId))}`],
      };
    },
  },
  {
    name: 'cancellation of a session before it is built',
    context: 'ticketing',
    calls: ['UpdateItem session', 'PutItem session', 'SendMessageBatch'],
    async prepare(platform) {
      const { sessionId, event } = await announce(platform);
      const body = event('SESSION-CANCELLED', 3, { status: 'cancelled' });
      return {
        marks: [sessionId],
        run: byQueue(platform, 'session-sync', body),
        facts: () => [`sweep ${platform.waiting('session-sweep').some((body) => body.includes(sessionId))}`],
      };
    },
  },
  {
    name: 'sweep of a cancelled session',
    context: 'ticketing',
    calls: [
      'GetItem session',
      'GetObject layout.json',
      'Query blocks',
      ...Array.from({ length: 2 }, () => 'UpdateItem hold'),
      ...Array.from({ length: 3 }, () => 'UpdateItem block'),
    ],
    async prepare(platform) {
      const { sessionId, event } = await onSale(platform);
      await platform.deliver('session-sync', event('SESSION-CANCELLED', 3, { status: 'cancelled' }));
      return { marks: [sessionId], run: byQueue(platform, 'session-sweep', { sessionId }) };
    },
  },
  {
    name: 'relay of two holds',
    context: 'ticketing',
    calls: ['SendMessageBatch', 'PutEvents'],
    async prepare(platform) {
      const { sessionId, others } = await onSale(platform);
      const items = await Promise.all(
        others.map((id) => platform.ticketingTable.get<Item>({ pk: `HOLD#${id}`, sk: 'HOLD' })),
      );
      return {
        marks: [sessionId],
        run: byStream(
          platform,
          'ticketing',
          items.filter((item) => item !== undefined),
        ),
        facts: () => [
          `told ${others.filter((id) => platform.outbox.some(({ aggregate }) => aggregate.id === id)).length}`,
          `timers ${others.filter((id) => platform.waiting('hold-expiry').some((body) => body.includes(id))).length}`,
        ],
      };
    },
  },
];

// Identity and catalog

const newOrganization = async (platform: Platform) => {
  const as = `owner-${crypto.randomUUID()}`;
  const body = { name: 'Paraninfo', kind: 'organizer' };
  const made = await must(platform, 201, 'createOrganization', { as, key: freshKey(), body });
  return { as, organizationId: made.body.id as string, etag: made.etag };
};

const identity: readonly UseCase[] = [
  {
    name: 'new organization',
    context: 'identity',
    calls: ['Query memberships', 'TransactWriteItems organization, member, membership'],
    async prepare(platform) {
      const as = `owner-${crypto.randomUUID()}`;
      const call = { as, key: freshKey(), body: { name: 'Paraninfo', kind: 'organizer' } };
      return { marks: [as], run: byApi(platform, 'createOrganization', call) };
    },
  },
  {
    name: 'another name of an organization',
    context: 'identity',
    calls: ['Query memberships', 'UpdateItem organization'],
    async prepare(platform) {
      const { as, organizationId, etag } = await newOrganization(platform);
      const call = { as, params: { organizationId }, ifMatch: etag, body: { name: 'Another' } };
      return { marks: [organizationId], run: byApi(platform, 'updateOrganization', call) };
    },
  },
  {
    name: 'new member',
    context: 'identity',
    calls: ['Query memberships', 'TransactWriteItems member, membership, organization'],
    async prepare(platform) {
      const { as, organizationId } = await newOrganization(platform);
      const body = { subject: 'bob', role: 'owner' };
      const call = { as, params: { organizationId }, key: freshKey(), body };
      return { marks: [organizationId], run: byApi(platform, 'addMember', call) };
    },
  },
  {
    name: 'another role of a member',
    context: 'identity',
    calls: ['Query memberships', 'GetItem member', 'TransactWriteItems member, membership, organization'],
    async prepare(platform) {
      const { as, organizationId } = await newOrganization(platform);
      const params = { organizationId };
      const body = { subject: 'bob', role: 'manager' };
      const { etag } = await must(platform, 201, 'addMember', { as, params, key: freshKey(), body });
      const call = { as, params: { ...params, subject: 'bob' }, ifMatch: etag, body: { role: 'owner' } };
      return { marks: [organizationId], run: byApi(platform, 'updateMember', call) };
    },
  },
  {
    name: 'end of a membership',
    context: 'identity',
    calls: ['Query memberships', 'GetItem member', 'TransactWriteItems member, membership'],
    onlyAfterFaults: ['GetItem member'],
    async prepare(platform) {
      const { as, organizationId } = await newOrganization(platform);
      const params = { organizationId };
      const body = { subject: 'bob', role: 'manager' };
      await must(platform, 201, 'addMember', { as, params, key: freshKey(), body });
      const call = { as, params: { ...params, subject: 'bob' } };
      return { marks: [organizationId], run: byApi(platform, 'removeMember', call) };
    },
  },
];

const venueBody = {
  name: 'Paraninfo',
  address: '',
  city: 'La Laguna',
  country: 'ES',
  location: { lat: 28, lon: -16 },
  timeZone: 'Atlantic/Canary',
};
const sessionBody = {
  startsAt: '2037-03-01T20:00:00Z',
  endsAt: '2037-03-01T22:00:00Z',
  ticketTypes: [{ name: 'Stalls', price: { amount: 4_500, currency: 'EUR' }, planCategory: 'Stalls' }],
};

const newEvent = async (platform: Platform) => {
  const { as, organizationId } = await newOrganization(platform);
  const plan = { ...venueBody, seatingPlan: smallHall };
  const venue = await must(platform, 201, 'createVenue', { as, key: freshKey(), body: plan });
  const body = { name: 'Four Last Songs', category: 'concert', venueId: venue.body.id };
  const event = await must(platform, 201, 'createEvent', { as, key: freshKey(), body });
  return { as, organizationId, venue, params: { eventId: event.body.id as string }, event };
};
const newSession = async (platform: Platform) => {
  const made = await newEvent(platform);
  const { as, params } = made;
  const session = await must(platform, 201, 'createSession', {
    as,
    params,
    key: freshKey(),
    body: sessionBody,
  });
  return { ...made, session };
};

const newPerformer = async (platform: Platform) => {
  const made = await newOrganization(platform);
  const body = { name: 'Jessye Norman' };
  const performer = await must(platform, 201, 'createPerformer', { as: made.as, key: freshKey(), body });
  return { ...made, performer };
};

const catalog: readonly UseCase[] = [
  {
    name: 'new venue with its plan',
    context: 'catalog',
    calls: ['Query memberships', 'PutObject plan.json', 'PutObject layout.json', 'PutItem venue'],
    async prepare(platform) {
      const { as, organizationId } = await newOrganization(platform);
      const call = { as, key: freshKey(), body: { ...venueBody, seatingPlan: smallHall } };
      return { marks: [organizationId], run: byApi(platform, 'createVenue', call) };
    },
  },
  {
    name: 'change of a venue',
    context: 'catalog',
    calls: ['GetItem venue', 'Query memberships', 'UpdateItem venue'],
    async prepare(platform) {
      const { as, organizationId, venue } = await newEvent(platform);
      const call = { as, params: { venueId: venue.body.id }, ifMatch: venue.etag, body: { name: 'Another' } };
      return { marks: [organizationId], run: byApi(platform, 'updateVenue', call) };
    },
  },
  {
    name: 'import of a seating plan',
    context: 'catalog',
    calls: [
      'GetItem venue',
      'Query memberships',
      'PutObject plan.json',
      'PutObject layout.json',
      'UpdateItem venue',
    ],
    async prepare(platform) {
      const { as, organizationId } = await newOrganization(platform);
      const venue = await must(platform, 201, 'createVenue', { as, key: freshKey(), body: venueBody });
      const call = { as, params: { venueId: venue.body.id }, body: smallHall };
      return { marks: [organizationId], run: byApi(platform, 'importSeatingPlan', call) };
    },
  },
  {
    name: 'new event',
    context: 'catalog',
    calls: ['Query memberships', 'TransactWriteItems event, venue'],
    async prepare(platform) {
      const { as, organizationId } = await newOrganization(platform);
      const venue = await must(platform, 201, 'createVenue', { as, key: freshKey(), body: venueBody });
      const body = { name: 'Four Last Songs', category: 'concert', venueId: venue.body.id };
      return { marks: [organizationId], run: byApi(platform, 'createEvent', { as, key: freshKey(), body }) };
    },
  },
  {
    name: 'change of an event',
    context: 'catalog',
    calls: ['GetItem event', 'Query memberships', 'TransactWriteItems event'],
    async prepare(platform) {
      const { as, organizationId, params, event } = await newEvent(platform);
      const call = { as, params, ifMatch: event.etag, body: { name: 'Another' } };
      return { marks: [organizationId], run: byApi(platform, 'updateEvent', call) };
    },
  },
  {
    name: 'new session',
    context: 'catalog',
    calls: ['GetItem event', 'Query memberships', 'GetItem venue', 'TransactWriteItems session, event'],
    async prepare(platform) {
      const { as, organizationId, params } = await newEvent(platform);
      const call = { as, params, key: freshKey(), body: sessionBody };
      return { marks: [organizationId], run: byApi(platform, 'createSession', call) };
    },
  },
  {
    name: 'change of a session',
    context: 'catalog',
    calls: ['GetItem session', 'Query memberships', 'TransactWriteItems session, event'],
    async prepare(platform) {
      const { as, organizationId, session } = await newSession(platform);
      const params = { sessionId: session.body.id };
      const call = { as, params, ifMatch: session.etag, body: { holdSeconds: 900 } };
      return { marks: [organizationId], run: byApi(platform, 'updateSession', call) };
    },
  },
  {
    name: 'publication of an event',
    context: 'catalog',
    calls: [
      'GetItem event',
      'Query memberships',
      'BatchGetItem session',
      'GetItem venue',
      'TransactWriteItems event, session',
    ],
    async prepare(platform) {
      const { as, organizationId, params } = await newSession(platform);
      return { marks: [organizationId], run: byApi(platform, 'publishEvent', { as, params }) };
    },
  },
  {
    name: 'cancellation of a session',
    context: 'catalog',
    calls: ['GetItem session', 'Query memberships', 'TransactWriteItems session, event', 'GetItem session'],
    async prepare(platform) {
      const { as, organizationId, session } = await newSession(platform);
      const call = { as, params: { sessionId: session.body.id } };
      return { marks: [organizationId], run: byApi(platform, 'cancelSession', call) };
    },
  },
  {
    name: 'end of a venue',
    context: 'catalog',
    calls: ['GetItem venue', 'Query memberships', 'DeleteItem venue'],
    onlyAfterFaults: ['GetItem venue'],
    async prepare(platform) {
      const { as, organizationId } = await newOrganization(platform);
      const venue = await must(platform, 201, 'createVenue', { as, key: freshKey(), body: venueBody });
      const call = { as, params: { venueId: venue.body.id } };
      return { marks: [organizationId], run: byApi(platform, 'deleteVenue', call) };
    },
  },
  {
    name: 'new upload',
    context: 'catalog',
    timeless: (fact) => fact.replace(/"ttl":\d+/, '"ttl":n'),
    calls: ['Query memberships', 'PutItem upload'],
    async prepare(platform) {
      const { as, organizationId } = await newOrganization(platform);
      const body = { kind: 'seating-plan', contentType: 'application/json', bytes: 1_000 };
      const call = { as, key: freshKey(), body };
      return { marks: [organizationId], run: byApi(platform, 'createUpload', call) };
    },
  },
  {
    name: 'new performer',
    context: 'catalog',
    calls: ['Query memberships', 'PutItem performer'],
    async prepare(platform) {
      const { as, organizationId } = await newOrganization(platform);
      const call = { as, key: freshKey(), body: { name: 'Jessye Norman' } };
      return { marks: [organizationId], run: byApi(platform, 'createPerformer', call) };
    },
  },
  {
    name: 'change of a performer',
    context: 'catalog',
    calls: ['GetItem performer', 'Query memberships', 'UpdateItem performer'],
    async prepare(platform) {
      const { as, organizationId, performer } = await newPerformer(platform);
      const params = { performerId: performer.body.id };
      const call = { as, params, ifMatch: performer.etag, body: { name: 'Another' } };
      return { marks: [organizationId], run: byApi(platform, 'updatePerformer', call) };
    },
  },
  {
    name: 'end of a performer',
    context: 'catalog',
    calls: ['GetItem performer', 'Query memberships', 'DeleteItem performer'],
    onlyAfterFaults: ['GetItem performer'],
    async prepare(platform) {
      const { as, organizationId, performer } = await newPerformer(platform);
      const call = { as, params: { performerId: performer.body.id } };
      return { marks: [organizationId], run: byApi(platform, 'deletePerformer', call) };
    },
  },
  {
    name: 'end of a draft of an event',
    context: 'catalog',
    calls: ['GetItem event', 'Query memberships', 'TransactWriteItems event, venue'],
    onlyAfterFaults: ['GetItem event'],
    async prepare(platform) {
      const { as, organizationId, params } = await newEvent(platform);
      return { marks: [organizationId], run: byApi(platform, 'deleteEvent', { as, params }) };
    },
  },
  {
    name: 'cancellation of an event',
    context: 'catalog',
    calls: [
      'GetItem event',
      'Query memberships',
      'BatchGetItem session',
      'TransactWriteItems event, session',
      'GetItem event',
    ],
    async prepare(platform) {
      const { as, organizationId, params } = await newSession(platform);
      return { marks: [organizationId], run: byApi(platform, 'cancelEvent', { as, params }) };
    },
  },
  {
    name: 'end of a draft of a session',
    context: 'catalog',
    calls: ['GetItem session', 'Query memberships', 'GetItem event', 'TransactWriteItems session, event'],
    onlyAfterFaults: ['GetItem session'],
    async prepare(platform) {
      const { as, organizationId, session } = await newSession(platform);
      const call = { as, params: { sessionId: session.body.id } };
      return { marks: [organizationId], run: byApi(platform, 'deleteSession', call) };
    },
  },
  {
    name: 'a session’s inventory stands',
    context: 'catalog',
    calls: [
      'GetItem session',
      'TransactWriteItems session, event',
      'GetItem event',
      'BatchGetItem session',
      'UpdateItem event',
    ],
    async prepare(platform) {
      const { as, organizationId, params, session } = await newSession(platform);
      await must(platform, 202, 'publishEvent', { as, params });
      const sessionId = session.body.id as string;
      const detail = {
        id: randomId('lev'),
        type: 'SESSION-INVENTORY-BUILT',
        version: 1,
        occurredAt: new Date().toISOString(),
        aggregate: { kind: 'sale', id: sessionId, sequence: 2 },
        actor: 'system:test',
        data: { sessionId, eventId: params.eventId, blocks: 2 },
      };
      const body = { 'detail-type': detail.type, detail };
      return { marks: [organizationId], run: byQueue(platform, 'publication', body) };
    },
  },
];

const platformCases: readonly UseCase[] = [
  {
    name: 'first creation of a process',
    context: 'platform',
    calls: ['GetSecretValue'],
    async prepare(platform) {
      // A copy of the module with a memory of its own, as a fresh process has.
      const copy = `../../functions/platform/id-secret.ts?copy=${crypto.randomUUID()}`;
      const { idSecret } = (await import(
        /* @vite-ignore */ copy
      )) as typeof import('../../functions/platform/id-secret.ts');
      return {
        marks: [],
        run: () =>
          idSecret(platform.secretArn).then(
            () => ({ isFailure: false, text: 'got' }),
            () => ({ isFailure: true, text: 'failed' }),
          ),
      };
    },
  },
];

export const useCases: readonly UseCase[] = [...ticketing, ...identity, ...catalog, ...platformCases];
