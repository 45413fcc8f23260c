import { checkInCommands } from '../../functions/admission/check-ins-api.ts';
import { admissionLoaders } from '../../functions/admission/loaders.ts';
import { openRefusals } from '../../functions/admission/refusals.ts';
import { admissionCommandRoutes } from '../../functions/admission/routes.ts';
import { openSigningKeys } from '../../functions/admission/signing-keys.ts';
import { openTicketCodes } from '../../functions/admission/ticket-code.ts';
import { openTickets } from '../../functions/admission/ticket-store.ts';
import { ticketCommands } from '../../functions/admission/tickets-api.ts';
import { openSessionFacts } from '../../functions/catalog/contracts.ts';
import { ordersLifecycle } from '../../functions/orders/lifecycle.ts';
import { openStripeProvider } from '../../functions/payments/stripe-provider.ts';
import { randomId } from '../../functions/platform/ids.ts';
import { serve } from '../../functions/platform/serve.ts';
import { type Item, openTable } from '../../functions/platform/table.ts';
import { gate } from '../../local/demo/parallel.ts';
import { type FakeRequest, fakeSecretKey } from '../payments/fake-stripe.ts';
import { seats, slots } from '../ticketing/harness.ts';
import type { Platform } from './platform.ts';
import {
  byApi,
  byMachine,
  byQueue,
  byStream,
  ending,
  freshKey,
  held,
  must,
  onSale,
  type Ready,
  type UseCase,
} from './use-cases.ts';

const location = { lat: 28.4817, lon: -16.3176 };
const customer = { name: 'Ana Pop', email: 'ana@example.com' };
const free = { ticketTypes: [{ ...seats('a'), price: { amount: 0, currency: 'EUR' } }, slots('pit', 30)] };

// Orders

const newOrder = (holdId: string, more: object = {}) => ({
  key: freshKey(),
  body: { holdIds: [holdId], customer, payment: { provider: 'test' }, ...more },
});

/** A hold of two places in two blocks. */
const ordered = async (platform: Platform, more: object = {}, content: object = {}) => {
  const { sessionId, holdId } = await held(platform, { seats: ['1-1', '2-1'] }, more);
  const { body } = await must(platform, 201, 'createOrder', newOrder(holdId, content));
  return { sessionId, holdId, orderId: body.id as string, paymentId: body.payment?.id as string };
};
const paid = async (platform: Platform, more: object = {}) => {
  const made = await ordered(platform, more);
  const call = { params: { orderId: made.orderId }, body: { method: 'card_ok' } };
  const { body } = await must(platform, 202, 'payOrder', call);
  return { ...made, tickets: body.tickets as { id: string }[] };
};

/** An order whose slow payment is authorized by now, of which nobody was told yet. */
const due = async (platform: Platform) => {
  const { sessionId, holdId, orderId, paymentId } = await ordered(platform);
  await must(platform, 202, 'payOrder', { params: { orderId }, body: { method: 'card_slow' } });
  await platform.ordersTable.update(
    { pk: `TEST-PAYMENT#${paymentId}`, sk: 'PAYMENT' },
    { update: 'SET #from = :past', names: { '#from': 'authorizedFrom' }, values: { ':past': 1 } },
  );
  return {
    sessionId,
    holdId,
    question: { kind: 'payment', provider: 'test', paymentId, payableId: orderId, at: 1 },
  };
};

const orderItem = async (platform: Platform, orderId: string): Promise<Item> => {
  const item = await platform.ordersTable.get<Item>({ pk: `ORDER#${orderId}`, sk: 'ORDER' });
  if (item === undefined) throw new Error(`No order ${orderId}`);
  return item;
};

/** The last event that an item of the orders table means, as the bus brings it. */
const eventOf = (item: Item, before: Item | undefined) => {
  const kind = before === undefined ? 'INSERT' : 'MODIFY';
  const detail = ordersLifecycle({ kind, before, after: item, expired: false, seenAt: new Date() }).at(-1);
  if (detail === undefined) throw new Error('Nothing is told of it');
  return { 'detail-type': detail.type, detail };
};
const endingOf = async (platform: Platform, orderId: string) => {
  const item = await orderItem(platform, orderId);
  return eventOf(item, { ...item, status: 'awaiting_payment' });
};
const settled = async (platform: Platform, orderId: string): Promise<void> => {
  if (!(await platform.deliver('orders-settlement', await endingOf(platform, orderId))))
    throw new Error('Not settled');
};

/** An owner of an organization that sells, with the session in the catalog as well. */
export const organizer = async (platform: Platform) => {
  const [as, organizationId, eventId, venueId] = [
    `owner-${crypto.randomUUID()}`,
    randomId('org'),
    randomId('evt'),
    randomId('ven'),
  ];
  await platform.identityTable.put(
    { pk: `SUBJECT#${as}`, sk: `ORG#${organizationId}`, organizationId, subject: as, role: 'owner' },
    {},
  );
  const more = { organizationId, eventId };
  const inCatalog = async (sessionId: string, settings: object = {}): Promise<void> => {
    const timeZone = 'Atlantic/Canary';
    const [now, startsAt, endsAt] = [0, 600_000, 7_200_000].map((ms) =>
      new Date(Date.now() + ms).toISOString(),
    );
    const session = { sessionId, eventId, venueId, timeZone, startsAt, endsAt, status: 'published' };
    const sale = { publishedAt: now, holdSeconds: 600, maxPlacesPerHold: 20, ...free, ...settings };
    const address = { address: 'Calle Padre Herrera', city: 'La Laguna', country: 'ES', timeZone };
    const event = {
      eventId,
      venueId,
      category: 'concert',
      performerIds: [],
      sessionIds: [sessionId],
      status: 'published',
    };
    for (const item of [
      { pk: `SESSION#${sessionId}`, sk: 'SESSION', ...session, ...sale },
      { pk: `EVENT#${eventId}`, sk: 'EVENT', ...event, name: 'Four Last Songs' },
      { pk: `VENUE#${venueId}`, sk: 'VENUE', venueId, name: 'Paraninfo', ...address, location },
    ]) {
      const change = { what: 'test.prepared', by: as, requestId: 'r', at: now };
      await platform.catalogTable.put({ ...item, organizationId, revision: 1, change }, {});
    }
  };
  return { as, more, inCatalog };
};

/** A session that two may come to by their answers, of an owner’s event. */
const invitation = async (platform: Platform, approval: 'automatic' | 'organizer') => {
  const { as, more, inCatalog } = await organizer(platform);
  const price = { amount: 0, currency: 'EUR' };
  const ticketTypes = [...free.ticketTypes, { ...slots('guests', 2), price }];
  const { sessionId } = await onSale(platform, { ...more, ticketTypes });
  await inCatalog(sessionId, { ticketTypes, rsvp: { ticketType: 'guests', guestsMax: 1, approval } });
  const body = { answer: 'yes', guests: 1, name: 'Ana Pop', email: 'ana@example.com', sessionId };
  return { as, sessionId, answer: { params: { eventId: more.eventId }, key: freshKey(), body } };
};

const answered = async (platform: Platform, approval: 'automatic' | 'organizer' = 'automatic') => {
  const { as, sessionId, answer } = await invitation(platform, approval);
  const { body, etag } = await must(platform, 201, 'createRsvp', answer);
  return { as, sessionId, params: { rsvpId: body.id as string }, etag };
};

/** Somebody with an address of their own, by which payments and mails are found. */
const newCustomer = () => {
  const email = `${crypto.randomUUID()}@example.com`;
  return { email, content: { customer: { ...customer, email } } };
};
const stripeKnown = new WeakMap<Platform, Promise<unknown>>();
/** The functions’ process has read the keys of Stripe once. */
export const atStripe = async (platform: Platform) => {
  const buyer = () => {
    const { email, content } = newCustomer();
    return { email, content: { ...content, payment: { provider: 'stripe' } } };
  };
  const known = stripeKnown.get(platform) ?? ordered(platform, {}, buyer().content);
  stripeKnown.set(platform, known);
  await known;
  return buyer();
};
const orderedAtStripe = async (platform: Platform, more: object = {}) => {
  const { email, content } = await atStripe(platform);
  return { email, ...(await ordered(platform, more, content)) };
};
/** The last that Stripe has to tell of a payment. */
const lastEvent = (platform: Platform, paymentId: string) => {
  const event = platform.stripe.events.findLast(
    ({ data }) => (data.object as { id: string }).id === paymentId,
  );
  if (event === undefined) throw new Error(`Nothing is told of ${paymentId}`);
  return event;
};
const paidAtStripe = async (platform: Platform, more: object = {}) => {
  const made = await orderedAtStripe(platform, more);
  platform.stripe.pay(made.paymentId);
  const { status } = await platform.webhook(lastEvent(platform, made.paymentId));
  if (status !== 200) throw new Error(`The webhook was answered ${status}`);
  return made;
};
/** What Stripe’s books say of a customer’s payments, and what was asked for. */
const atBooks = (platform: Platform, email: string) => ({
  facts: (): readonly string[] =>
    platform.stripe.paymentsOf(email).map((id) => {
      const { status, captured, refunded, refunds } = platform.stripe.books(id);
      return `at Stripe ${status}, captured ${captured}, refunded ${refunded} by ${refunds}`;
    }),
  stripeRequests: (): readonly FakeRequest[] => {
    const ids = platform.stripe.paymentsOf(email);
    return platform.stripe.requests.filter(
      ({ path, params }) =>
        params['receipt_email'] === email ||
        ids.some((id) => path.includes(id) || params['payment_intent'] === id),
    );
  },
});
/** Faults of the other calls are those of the test provider’s use cases. */
export const stripeCalls = /^(GET|POST) /;

/** A promo code that two orders may use, and the places of one. */
const withPromo = async (platform: Platform) => {
  const { as, more, inCatalog } = await organizer(platform);
  const { sessionId, holdId } = await held(platform, { seats: ['1-1', '2-1'] }, more);
  await inCatalog(sessionId);
  const params = { eventId: more.eventId };
  const body = { code: 'HALF', discount: { basisPoints: 5_000 }, maxUses: 2 };
  await must(platform, 201, 'createPromoCode', { as, params, key: freshKey(), body });
  return { marks: [sessionId, more.eventId], order: newOrder(holdId, { promoCode: 'HALF' }) };
};

export const orderUseCases: readonly UseCase[] = [
  {
    name: 'free order',
    context: 'orders',
    calls: [
      'BatchGetItem hold',
      'GetItem session',
      'GetObject layout.json',
      'TransactWriteItems order, hold, block, ticket',
    ],
    async prepare(platform) {
      const { sessionId, holdId } = await held(platform, { seats: ['1-1', '2-1'] }, free);
      return { marks: [sessionId], run: byApi(platform, 'createOrder', newOrder(holdId)) };
    },
  },
  {
    name: 'order to be paid',
    context: 'orders',
    calls: [
      'BatchGetItem hold',
      'GetItem session',
      'GetObject layout.json',
      'PutItem order',
      'PutItem payment',
      'UpdateItem order',
    ],
    async prepare(platform) {
      const { sessionId, holdId } = await held(platform, { seats: ['1-1', '2-1'] });
      return { marks: [sessionId], run: byApi(platform, 'createOrder', newOrder(holdId)) };
    },
  },
  {
    name: 'payment',
    context: 'orders',
    calls: ['GetItem order', 'UpdateItem payment', 'TransactWriteItems order, hold, block, ticket'],
    onlyAfterFaults: ['GetItem payment'],
    async prepare(platform) {
      const { sessionId, orderId } = await ordered(platform);
      const call = { params: { orderId }, body: { method: 'card_ok' } };
      return { marks: [sessionId], run: byApi(platform, 'payOrder', call) };
    },
  },
  {
    name: 'payment that comes later',
    context: 'orders',
    calls: ['GetItem order', 'UpdateItem payment', 'SendMessageBatch'],
    async prepare(platform) {
      const { sessionId, orderId } = await ordered(platform);
      const call = { params: { orderId }, body: { method: 'card_late' } };
      return {
        marks: [sessionId],
        run: byApi(platform, 'payOrder', call),
        facts: () => [`question ${platform.waiting('payment-news').some((body) => body.includes(orderId))}`],
      };
    },
  },
  {
    name: 'news of a payment',
    context: 'orders',
    calls: ['GetItem payment', 'GetItem order', 'TransactWriteItems order, hold, block, ticket'],
    async prepare(platform) {
      const { sessionId, question } = await due(platform);
      return { marks: [sessionId], run: byQueue(platform, 'payment-news', question) };
    },
  },
  {
    name: 'news of a payment when a place is lost',
    context: 'orders',
    calls: [
      'GetItem payment',
      'GetItem order',
      'TransactWriteItems order, hold, block, ticket',
      'UpdateItem order',
    ],
    async prepare(platform) {
      const { sessionId, holdId, question } = await due(platform);
      await must(platform, 204, 'cancelHold', { params: { holdId } });
      const body = { seats: ['2-1'] };
      await must(platform, 201, 'createHold', { params: { sessionId }, key: freshKey(), body });
      return { marks: [sessionId], run: byQueue(platform, 'payment-news', question) };
    },
  },
  {
    name: 'cancellation by the customer',
    context: 'orders',
    calls: ['GetItem order', 'UpdateItem order'],
    async prepare(platform) {
      const { sessionId, orderId } = await ordered(platform);
      return { marks: [sessionId], run: byApi(platform, 'cancelOrder', { params: { orderId } }) };
    },
  },
  {
    name: 'settlement of a confirmed order: capture',
    context: 'orders',
    calls: [
      'GetItem order',
      'GetItem token',
      'SendTaskSuccess',
      'GetItem payment',
      'UpdateItem payment',
      'UpdateItem order',
    ],
    async prepare(platform) {
      const { sessionId, orderId } = await paid(platform);
      const taskToken = `token of ${orderId}`;
      await platform.task({ command: 'await', orderId, payBy: 1, taskToken });
      const event = await endingOf(platform, orderId);
      return { marks: [sessionId], run: byQueue(platform, 'orders-settlement', event) };
    },
  },
  {
    name: 'settlement of a cancelled order: machine, void, holds',
    context: 'orders',
    calls: [
      'GetItem order',
      'GetItem token',
      'SendTaskSuccess',
      'GetItem payment',
      'UpdateItem payment',
      'UpdateItem order',
      'UpdateItem hold',
      'GetItem session',
      'GetObject layout.json',
      'UpdateItem block',
      'UpdateItem block',
      'UpdateItem order',
    ],
    async prepare(platform) {
      const { sessionId, orderId } = await ordered(platform);
      const taskToken = `token of ${orderId}`;
      await platform.task({ command: 'await', orderId, payBy: 1, taskToken });
      await must(platform, 202, 'cancelOrder', { params: { orderId } });
      const event = await endingOf(platform, orderId);
      return {
        marks: [sessionId],
        run: byQueue(platform, 'orders-settlement', event),
        facts: () => [`token answered ${platform.tokensAnswered.has(taskToken)}`],
      };
    },
  },
  {
    name: 'machine begins to wait',
    context: 'orders',
    calls: ['PutItem token', 'GetItem order'],
    async prepare(platform) {
      const { sessionId, orderId } = await ordered(platform);
      const input = { command: 'await', orderId, payBy: 4_000_000_000, taskToken: 'a token' };
      return { marks: [sessionId], run: byMachine(() => platform.task(input)) };
    },
  },
  {
    name: 'time-out',
    context: 'orders',
    calls: ['GetItem order', 'GetItem payment', 'GetItem order', 'UpdateItem order'],
    async prepare(platform) {
      const { sessionId, orderId } = await ordered(platform);
      // Its time is over.
      await platform.ordersTable.update(
        { pk: `ORDER#${orderId}`, sk: 'ORDER' },
        { update: 'SET #payBy = :past', names: { '#payBy': 'payBy' }, values: { ':past': 1 } },
      );
      return {
        marks: [sessionId],
        run: byMachine(() => platform.task({ command: 'timeOut', orderId, payBy: 1 })),
      };
    },
  },
  {
    name: 'refund of a ticket',
    context: 'orders',
    calls: [
      'GetItem order',
      'Query memberships',
      'GetItem order',
      'TransactWriteItems order, refund, ticket, block',
    ],
    async prepare(platform) {
      const { as, more } = await organizer(platform);
      const { sessionId, orderId, tickets } = await paid(platform, more);
      await settled(platform, orderId);
      const body = { ticketIds: [tickets[0]?.id], reason: 'Ill on the day' };
      const call = { as, params: { orderId }, key: freshKey(), body };
      return { marks: [sessionId], run: byApi(platform, 'createRefund', call) };
    },
  },
  {
    name: 'settlement of a refund',
    context: 'orders',
    calls: [
      'GetItem order',
      'GetItem refund',
      'TransactWriteItems refund, payment',
      'GetItem refund',
      'TransactWriteItems refund',
    ],
    async prepare(platform) {
      const { as, more } = await organizer(platform);
      const { sessionId, orderId } = await paid(platform, more);
      await settled(platform, orderId);
      const call = { as, params: { orderId }, key: freshKey(), body: { reason: 'Ill on the day' } };
      const { body } = await must(platform, 201, 'createRefund', call);
      const key = { pk: `ORDER#${orderId}`, sk: `REFUND#${body.id}` };
      const refund = await platform.ordersTable.get<Item>(key);
      if (refund === undefined) throw new Error('No refund');
      const run = byQueue(platform, 'orders-settlement', eventOf(refund, undefined));
      return { marks: [sessionId], run };
    },
  },
  {
    name: 'end of the orders of a cancelled session',
    context: 'orders',
    calls: [
      'Query by session',
      'PutItem cancellation',
      'Query by session',
      'BatchGetItem order',
      'GetItem order',
      'GetItem order',
      'UpdateItem order',
      'GetItem order',
      'TransactWriteItems order, ticket',
      'PutItem cancellation',
    ],
    async prepare(platform) {
      const { sessionId, orderId } = await paid(platform);
      await settled(platform, orderId);
      const body = { seats: ['1-3'] };
      const hold = await must(platform, 201, 'createHold', { params: { sessionId }, key: freshKey(), body });
      await must(platform, 201, 'createOrder', newOrder(hold.body.id));
      return { marks: [sessionId], run: byQueue(platform, 'session-undo', { sessionId, done: 0 }) };
    },
  },
  {
    name: 'yes to an invitation',
    context: 'orders',
    calls: [
      'GetItem session',
      'GetItem session',
      'GetObject layout.json',
      'Query blocks',
      'TransactWriteItems rsvp, block, ticket',
    ],
    onlyAfterFaults: ['GetItem rsvp'],
    async prepare(platform) {
      const { sessionId, answer } = await invitation(platform, 'automatic');
      return { marks: [sessionId], run: byApi(platform, 'createRsvp', answer) };
    },
  },
  {
    name: 'fewer guests',
    context: 'orders',
    calls: ['GetItem rsvp', 'GetItem session', 'TransactWriteItems rsvp, ticket, block'],
    async prepare(platform) {
      const { sessionId, params, etag } = await answered(platform);
      const call = { params, ifMatch: etag, body: { guests: 0 } };
      return { marks: [sessionId], run: byApi(platform, 'updateRsvp', call) };
    },
  },
  {
    name: 'confirmation of a yes by the organizer',
    context: 'orders',
    calls: [
      'GetItem rsvp',
      'Query memberships',
      'GetItem rsvp',
      'GetItem session',
      'GetItem session',
      'GetObject layout.json',
      'Query blocks',
      'TransactWriteItems rsvp, block, ticket',
    ],
    async prepare(platform) {
      const { as, sessionId, params } = await answered(platform, 'organizer');
      return { marks: [sessionId], run: byApi(platform, 'confirmRsvp', { as, params }) };
    },
  },
  {
    name: 'end of the answers to a cancelled session',
    context: 'orders',
    calls: ['Query by session', 'BatchGetItem rsvp', 'GetItem rsvp', 'TransactWriteItems rsvp, ticket'],
    async prepare(platform) {
      const { sessionId } = await answered(platform);
      return { marks: [sessionId], run: byQueue(platform, 'session-undo', { of: 'rsvps', sessionId }) };
    },
  },
  {
    name: 'relay of an order to be paid',
    context: 'orders',
    calls: ['StartExecution', 'PutEvents'],
    async prepare(platform) {
      const { sessionId, orderId } = await ordered(platform);
      return {
        marks: [sessionId],
        run: byStream(platform, 'orders', [await orderItem(platform, orderId)]),
        facts: () => [
          `told ${platform.outbox.some(({ aggregate }) => aggregate.id === orderId)}`,
          `machine ${platform.machinesStarted.has(orderId)}`,
        ],
      };
    },
  },
  {
    name: 'order with a promo code of limited uses',
    context: 'orders',
    failing: /(promo|payment|UpdateItem order)$/,
    calls: [
      'BatchGetItem hold',
      'GetItem session',
      'GetObject layout.json',
      'BatchGetItem promo',
      'TransactWriteItems order, promo',
      'PutItem payment',
      'UpdateItem order',
    ],
    async prepare(platform) {
      const { marks, order } = await withPromo(platform);
      return { marks, run: byApi(platform, 'createOrder', order) };
    },
  },
  {
    name: 'end of an order with a promo code of limited uses',
    context: 'orders',
    calls: ['GetItem order', 'TransactWriteItems order, promo'],
    async prepare(platform) {
      const { marks, order } = await withPromo(platform);
      const { body } = await must(platform, 201, 'createOrder', order);
      return { marks, run: byApi(platform, 'cancelOrder', { params: { orderId: body.id } }) };
    },
  },
  {
    name: 'settlement of an order that lost its places: void, holds, the next best',
    context: 'orders',
    failing: / (order|hold|blocks?)$/,
    calls: [
      'GetItem order',
      'GetItem payment',
      'UpdateItem payment',
      'UpdateItem order',
      'UpdateItem hold',
      'GetItem session',
      'GetObject layout.json',
      'Query blocks',
      'UpdateItem block',
      'PutItem hold',
      'UpdateItem order',
      'UpdateItem order',
      'UpdateItem order',
      'GetItem token',
    ],
    async prepare(platform) {
      const { sessionId, holdId, question } = await due(platform);
      await must(platform, 204, 'cancelHold', { params: { holdId } });
      const body = { seats: ['2-1'] };
      await must(platform, 201, 'createHold', { params: { sessionId }, key: freshKey(), body });
      if (!(await platform.deliver('payment-news', question))) throw new Error('No news');
      const event = await endingOf(platform, question.payableId);
      return { marks: [sessionId], run: byQueue(platform, 'orders-settlement', event) };
    },
  },
  {
    name: 'order to be paid at Stripe',
    context: 'orders',
    failing: stripeCalls,
    calls: [
      'BatchGetItem hold',
      'GetItem session',
      'GetObject layout.json',
      'PutItem order',
      'POST /v1/payment_intents',
      'UpdateItem order',
    ],
    onlyAfterFaults: ['GetItem hold'],
    async prepare(platform) {
      const { email, content } = await atStripe(platform);
      // They reach as far as any hold may, so that there is nothing to extend.
      const { sessionId, holdId } = await held(platform, { seats: ['1-1', '2-1'] }, { holdSeconds: 7_200 });
      return {
        marks: [sessionId],
        run: byApi(platform, 'createOrder', newOrder(holdId, content)),
        ...atBooks(platform, email),
      };
    },
  },
  {
    name: 'order while Stripe is down: its holds are extended',
    context: 'orders',
    failing: / hold$| block$/,
    calls: [
      'BatchGetItem hold',
      'GetItem session',
      'GetObject layout.json',
      'PutItem order',
      'POST /v1/payment_intents',
      'GetItem hold',
      'GetItem session',
      'GetObject layout.json',
      'UpdateItem block',
      'UpdateItem block',
      'UpdateItem hold',
    ],
    async prepare(platform) {
      const { email, content } = await atStripe(platform);
      platform.downFor.add(email);
      const { sessionId, holdId } = await held(platform, { seats: ['1-1', '2-1'] });
      const order = newOrder(holdId, content);
      return {
        marks: [sessionId],
        async run() {
          const { status, body } = await platform.call('createOrder', order);
          const isExtended = status === 503 && body.holdsExpireAt !== undefined;
          return isExtended ? { isFailure: false, text: '503, holds extended' } : ending({ status, body });
        },
      };
    },
  },
  {
    name: 'news of a payment from Stripe',
    context: 'orders',
    failing: stripeCalls,
    calls: ['GET /v1/payment_intents/{id}', 'GetItem order', 'TransactWriteItems order, hold, block, ticket'],
    async prepare(platform) {
      const { sessionId, email, paymentId } = await orderedAtStripe(platform);
      platform.stripe.pay(paymentId);
      const event = lastEvent(platform, paymentId);
      const run = async () => ending(await platform.webhook(event));
      return { marks: [sessionId], run, ...atBooks(platform, email) };
    },
  },
  {
    name: 'news of a payment of a lead from Stripe',
    context: 'payments',
    calls: ['SendMessageBatch'],
    async prepare(platform) {
      const { email } = await atStripe(platform);
      const { origin } = platform.stripe;
      const provider = openStripeProvider(
        { current: async () => ({ secretKey: fakeSecretKey, webhookSecrets: [] }), forget: () => undefined },
        { apiOrigin: origin },
      );
      const amount = { amount: 15_000, currency: 'EUR' };
      const payment = { payableId: `lead_${crypto.randomUUID()}`, amount, description: 'Deposit', email };
      const created = await provider.create(payment);
      if (!created.ok) throw new Error(`No payment: ${created.reason}`);
      const { paymentId } = created.value;
      platform.stripe.pay(paymentId);
      const event = lastEvent(platform, paymentId);
      return {
        marks: [],
        run: async () => ending(await platform.webhook(event)),
        facts: () => {
          const queued = platform.waiting('marketplace-payment-news');
          return [`queued ${queued.some((body) => body.includes(paymentId))}`];
        },
      };
    },
  },
  {
    name: 'settlement of an order that was confirmed: capture at Stripe',
    context: 'orders',
    failing: stripeCalls,
    calls: ['GetItem order', 'POST /v1/payment_intents/{id}/capture', 'UpdateItem order', 'GetItem token'],
    onlyAfterFaults: ['GET /v1/payment_intents/{id}'],
    async prepare(platform) {
      const { sessionId, email, orderId } = await paidAtStripe(platform);
      const event = await endingOf(platform, orderId);
      const run = byQueue(platform, 'orders-settlement', event);
      return { marks: [sessionId], run, ...atBooks(platform, email) };
    },
  },
  {
    name: 'settlement of an order that lost its places: void at Stripe',
    context: 'orders',
    failing: stripeCalls,
    calls: [
      'GetItem order',
      'POST /v1/payment_intents/{id}/cancel',
      'UpdateItem order',
      'UpdateItem hold',
      'GetItem session',
      'GetObject layout.json',
      'Query blocks',
      'UpdateItem block',
      'PutItem hold',
      'UpdateItem order',
      'UpdateItem order',
      'UpdateItem order',
      'GetItem token',
    ],
    async prepare(platform) {
      const made = await orderedAtStripe(platform);
      const { sessionId, email, orderId, holdId, paymentId } = made;
      await must(platform, 204, 'cancelHold', { params: { holdId } });
      const body = { seats: ['2-1'] };
      await must(platform, 201, 'createHold', { params: { sessionId }, key: freshKey(), body });
      platform.stripe.pay(paymentId);
      await platform.webhook(lastEvent(platform, paymentId));
      const event = await endingOf(platform, orderId);
      const run = byQueue(platform, 'orders-settlement', event);
      return { marks: [sessionId], run, ...atBooks(platform, email) };
    },
  },
  {
    name: 'settlement of a refund at Stripe',
    context: 'orders',
    failing: stripeCalls,
    calls: [
      'GetItem order',
      'GetItem refund',
      'GET /v1/payment_intents/{id}',
      'GET /v1/refunds',
      'POST /v1/refunds',
      'GetItem refund',
      'TransactWriteItems refund',
    ],
    async prepare(platform) {
      const { as, more } = await organizer(platform);
      const { sessionId, email, orderId } = await paidAtStripe(platform, more);
      await settled(platform, orderId);
      const call = { as, params: { orderId }, key: freshKey(), body: { reason: 'Ill on the day' } };
      const { body } = await must(platform, 201, 'createRefund', call);
      const key = { pk: `ORDER#${orderId}`, sk: `REFUND#${body.id}` };
      const refund = await platform.ordersTable.get<Item>(key);
      if (refund === undefined) throw new Error('No refund');
      const run = byQueue(platform, 'orders-settlement', eventOf(refund, undefined));
      // A 500 that Stripe keeps under the key of a refund is waited for: it is free again after a day.
      const wait = async () => platform.stripe.forgetKeys(`refund/${body.id}`);
      return { marks: [sessionId], run, wait, ...atBooks(platform, email) };
    },
  },
  {
    name: 'time-out of an order whose payment at Stripe nobody told of',
    context: 'orders',
    failing: stripeCalls,
    calls: ['GetItem order', 'GET /v1/payment_intents/{id}', 'GetItem order', 'UpdateItem order'],
    async prepare(platform) {
      const { sessionId, email, orderId } = await orderedAtStripe(platform);
      await platform.ordersTable.update(
        { pk: `ORDER#${orderId}`, sk: 'ORDER' },
        { update: 'SET #payBy = :past', names: { '#payBy': 'payBy' }, values: { ':past': 1 } },
      );
      const run = byMachine(() => platform.task({ command: 'timeOut', orderId, payBy: 1 }));
      return { marks: [sessionId], run, ...atBooks(platform, email) };
    },
  },
];

// Admission

/** Two tickets of a session that lets people in. */
export const sold = async (platform: Platform) => {
  const { as, more, inCatalog } = await organizer(platform);
  const { sessionId, holdId } = await held(platform, { seats: ['1-1', '2-1'] }, { ...more, ...free });
  await inCatalog(sessionId);
  const { body } = await must(platform, 201, 'createOrder', newOrder(holdId));
  return { as, ...more, sessionId, ticketIds: (body.tickets as { id: string }[]).map(({ id }) => id) };
};

/** The same, with the codes that the organizer’s scanners read. */
const ticketed = async (platform: Platform) => {
  const { as, sessionId, ticketIds } = await sold(platform);
  const codes: string[] = [];
  for (const ticketId of ticketIds)
    codes.push((await must(platform, 200, 'getTicket', { params: { ticketId } })).body.code);
  return { as, sessionId, ticketIds, codes };
};

/** The commands of a process that knows neither keys nor sessions yet. */
const freshCommands = (platform: Platform) => {
  const table = openTable('admission');
  const tickets = openTickets(table);
  const codes = openTicketCodes(openSigningKeys([process.env['TICKET_KEYS'] ?? '']));
  const factsOf = openSessionFacts(openTable('catalog'));
  return serve({
    routes: admissionCommandRoutes,
    handlers: {
      ...ticketCommands(tickets, codes, factsOf),
      ...checkInCommands(tickets, codes, openRefusals(table)),
    },
    loaders: admissionLoaders(factsOf),
    guard: async () => (await import('../../functions/identity/contracts.ts')).identityGuard(),
    idSecretArn: platform.secretArn,
  });
};

const nonce = (): string => `scan-${crypto.randomUUID()}`;

const newHolder = { name: 'Ion Pop', email: 'ion@example.com' };
const warm = new WeakMap<Platform, Promise<unknown>>();
/** The function’s process has read the public keys once: only `first …` cases see that. */
const warmed = (platform: Platform): Promise<unknown> => {
  const known =
    warm.get(platform) ??
    ticketed(platform).then(({ ticketIds: [ticketId = ''] }) =>
      must(platform, 201, 'transferTicket', { params: { ticketId }, key: freshKey(), body: newHolder }),
    );
  warm.set(platform, known);
  return known;
};

export const admissionUseCases: readonly UseCase[] = [
  {
    name: 'first check-in of a process',
    context: 'admission',
    calls: [
      'GetItem session',
      'BatchGetItem event, venue',
      'Query memberships',
      'GetPublicKey',
      'UpdateItem ticket',
    ],
    async prepare(platform) {
      const { as, sessionId, codes } = await ticketed(platform);
      const body = { code: codes[0], nonce: nonce(), device: 'one' };
      const handler = freshCommands(platform);
      return {
        marks: [sessionId],
        run: byApi(platform, 'checkIn', { as, params: { sessionId }, body, handler }),
      };
    },
  },
  {
    name: 'check-in',
    context: 'admission',
    calls: ['GetItem session', 'BatchGetItem event, venue', 'Query memberships', 'UpdateItem ticket'],
    async prepare(platform) {
      await warmed(platform);
      const { as, sessionId, codes } = await ticketed(platform);
      const body = { code: codes[0], nonce: nonce(), device: 'one' };
      return { marks: [sessionId], run: byApi(platform, 'checkIn', { as, params: { sessionId }, body }) };
    },
  },
  {
    name: 'transfer',
    context: 'admission',
    calls: ['GetItem ticket', 'GetItem session', 'BatchGetItem event, venue', 'UpdateItem ticket', 'Sign'],
    async prepare(platform) {
      await warmed(platform);
      const { sessionId, ticketIds } = await ticketed(platform);
      const call = { params: { ticketId: ticketIds[0] ?? '' }, key: freshKey(), body: newHolder };
      return { marks: [sessionId], run: byApi(platform, 'transferTicket', call) };
    },
  },
  {
    name: 'a ticket with its code',
    context: 'admission',
    failing: /^Sign| ticket$/,
    calls: ['GetItem ticket', 'GetItem session', 'BatchGetItem event, venue', 'Sign'],
    async prepare(platform) {
      await warmed(platform);
      const { sessionId, ticketIds } = await sold(platform);
      const call = { params: { ticketId: ticketIds[0] ?? '' } };
      return { marks: [sessionId], run: byApi(platform, 'getTicket', call) };
    },
  },
  {
    name: 'upload of two scans, one in conflict',
    context: 'admission',
    calls: [
      'GetItem session',
      'BatchGetItem event, venue',
      'Query memberships',
      'UpdateItem ticket',
      'UpdateItem ticket',
      'UpdateItem ticket',
    ],
    async prepare(platform) {
      await warmed(platform);
      const { as, sessionId, codes } = await ticketed(platform);
      const params = { sessionId };
      // By a process that forgets: the one under test is to read the session itself.
      const seen = { code: codes[0], nonce: nonce(), device: 'online' };
      const handler = freshCommands(platform);
      await must(platform, 201, 'checkIn', { as, params, body: seen, handler });
      const at = new Date().toISOString();
      const scans = codes.map((code) => ({ code, nonce: nonce(), at, device: 'offline' }));
      return {
        marks: [sessionId],
        run: byApi(platform, 'uploadScans', { as, params, body: { scans } }),
      };
    },
  },
];

// Notifications

/** A mail to an address of its own; whoever died with it is known to be gone by the next attempt. */
export const mailing = (
  platform: Platform,
  email: string,
  event: { readonly detail: { readonly id: string } },
  mailId = event.detail.id,
) => ({
  run: byQueue(platform, 'mail', event),
  wait: () => platform.endMailLease(mailId, email),
  mails: () => platform.mailsTo(email),
  // A mail whose sender died may come twice: `mails` tells how often.
  facts: () =>
    [...new Set(platform.mailsTo(email))].map((subject) => `mail ${subject.replace(/(ord|lead)_\w+/, '$1')}`),
});

/** A free order whose mail has a ticket. */
const ticketMail = async (platform: Platform): Promise<Ready> => {
  const { more, inCatalog } = await organizer(platform);
  const { email, content } = newCustomer();
  const { sessionId, holdId } = await held(platform, { seats: ['1-1'] }, { ...more, ...free });
  await inCatalog(sessionId);
  const { body } = await must(platform, 201, 'createOrder', newOrder(holdId, content));
  const { run, ...mail } = mailing(platform, email, await endingOf(platform, body.id));
  return { marks: [sessionId], ...mail, run: () => oneAtATime(run) };
};
const oneAtATime = gate(1);
const papersKnown = new WeakMap<Platform, Promise<unknown>>();

/** Apart from the others, and one at a time: drawing a ticket holds up all who wait for an answer in this process. */
export const ticketMailUseCases: readonly UseCase[] = [
  {
    name: 'mail with the tickets of an order',
    context: 'notifications',
    // Faults of the others are those of a mail without tickets.
    failing: /^Sign$/,
    calls: [
      'GetItem order',
      'PutItem order',
      'GetItem session',
      'BatchGetItem event, venue',
      'TransactWriteItems told, session',
      'BatchGetItem ticket',
      'PutItem mail',
      'Sign',
      'SendEmail',
      'UpdateItem mail',
    ],
    onlyAfterFaults: ['DeleteItem mail'],
    async prepare(platform) {
      const known = papersKnown.get(platform) ?? ticketMail(platform).then(({ run }) => run());
      papersKnown.set(platform, known);
      await known;
      return ticketMail(platform);
    },
  },
];

export const notificationUseCases: readonly UseCase[] = [
  {
    name: 'mail of a cancelled order',
    context: 'notifications',
    calls: ['GetItem order', 'PutItem mail', 'SendEmail', 'UpdateItem mail'],
    onlyAfterFaults: ['DeleteItem mail'],
    async prepare(platform) {
      const { email, content } = await atStripe(platform);
      const { sessionId, orderId } = await ordered(
        platform,
        {},
        { ...content, payment: { provider: 'test' } },
      );
      await must(platform, 202, 'cancelOrder', { params: { orderId } });
      return { marks: [sessionId], ...mailing(platform, email, await endingOf(platform, orderId)) };
    },
  },
];
