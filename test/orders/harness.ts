import { SendTaskSuccessCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context, SQSBatchResponse } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import {
  sessionIndexAttributes,
  sessionIndex as ticketIndex,
} from '../../functions/admission/ticket-index.ts';
import type { Order } from '../../functions/orders/order.ts';
import { outstandingIndex, sessionIndex } from '../../functions/orders/order-indexes.ts';
import type { MachineInput } from '../../functions/orders/order-machine.ts';
import { type OutstandingOrders, openOutstandingOrders } from '../../functions/orders/outstanding-store.ts';
import { ordersQueryRoutes } from '../../functions/orders/query-routes.ts';
import { ordersCommandRoutes } from '../../functions/orders/routes.ts';
import { rsvpCommandRoutes } from '../../functions/orders/rsvps/rsvp-routes.ts';
import type { LifecycleEvent } from '../../functions/platform/lifecycle-event.ts';
import { type Item, openTable, type Table } from '../../functions/platform/table.ts';
import { gatewayEvent } from '../support/gateway-event.ts';
import { runReconciliation, type ToldRun } from '../support/reconcile.ts';
import { openTableStream } from '../support/table-stream.ts';
import { hall } from '../ticketing/hall.ts';
import {
  type Answered,
  type CallOptions,
  freshKey,
  lambda,
  seats,
  slots,
  sqsEvent,
  startTicketing,
  type Ticketing,
} from '../ticketing/harness.ts';

const routes = { ...ordersCommandRoutes, ...ordersQueryRoutes, ...rsvpCommandRoutes };
export type OrdersOperation = keyof typeof routes;

type ApiHandler = (event: APIGatewayProxyEvent, context: Context) => Promise<APIGatewayProxyResult>;
type TaskHandler = (event: unknown, context: Context) => Promise<unknown>;
type QueueHandler = (event: never, context: Context) => Promise<SQSBatchResponse>;

const newsQueue = 'https://sqs.eu-central-1.amazonaws.com/000000000000/payment-news';

/** An execution of the orders’ machine as it was started. */
export interface Execution {
  readonly name: string;
  readonly input: MachineInput;
}

export interface OrdersWorld {
  readonly ticketing: Ticketing;
  readonly table: Table;
  readonly admission: Table;
  readonly catalog: Table;
  readonly orders: OutstandingOrders;
  /** Machines started, by order id. */
  readonly executions: Map<string, Execution>;
  /** Tokens that were answered, in order. */
  readonly answered: { readonly taskToken: string; readonly output: unknown }[];
  call(operation: OrdersOperation, options?: CallOptions): Promise<Answered>;
  /** Holds places: the id of the hold. */
  hold(sessionId: string, body: object): Promise<string>;
  /** Orders holds at the test provider. */
  order(holdIds: readonly string[], more?: object): Promise<Answered>;
  pay(orderId: string, method: string): Promise<Answered>;
  get(orderId: string): Promise<Order>;
  /** What the machine asks of its function. */
  task(command: 'await' | 'timeOut', orderId: string, taskToken?: string): Promise<unknown>;
  /** Relays what the streams have got and hands it to the consumers, until nothing is left. */
  settle(): Promise<readonly LifecycleEvent[]>;
  /** Delivers messages about payments; those that are not due come back. */
  deliverNews(): Promise<void>;
  settlement(event: unknown): Promise<boolean>;
  /** One run of the reconciliation, with time for so many pages. */
  reconcile(pages?: number): Promise<ToldRun>;
  /** State of every place of a session by name. */
  placesOf(sessionId: string): Promise<Record<string, string>>;
  ticketsOf(orderId: string): Promise<readonly Item[]>;
  /** Makes somebody a member of an organization. */
  join(subject: string, organizationId: string, role: 'owner' | 'manager' | 'staff'): Promise<void>;
  stop(): Promise<void>;
}

const accepted = new Set(['ORDER-CONFIRMED', 'ORDER-CANCELLED', 'ORDER-PAYMENT-LATE', 'REFUND-REQUESTED']);

export const customer = { name: 'Ana Pop', email: 'ana@example.com' };

/** A session of two rows of six seats and a pit of three. */
export const sell = (world: OrdersWorld, more: object = {}): Promise<string> =>
  world.ticketing.sell({
    layout: hall(['aaaaaa', 'bbbbbb']),
    ticketTypes: [seats('a'), { ...seats('b'), price: { amount: 0, currency: 'EUR' } }, slots('pit', 3)],
    ...more,
  });

/**
 * Orders on the engine beside ticketing: the functions’ own Lambda entries, the real relay fed from the table’s
 * stream; Step Functions, SQS and the bus in memory.
 */
export const startOrders = async (): Promise<OrdersWorld> => {
  const ticketing = await startTicketing();
  Object.assign(process.env, {
    ORDERS_TABLE: 'orders',
    ADMISSION_TABLE: 'admission',
    CATALOG_TABLE: 'catalog',
    PAYMENT_PROVIDERS: 'test',
    PAYMENT_NEWS_QUEUE_URL: newsQueue,
    MARKETPLACE_PAYMENT_NEWS_QUEUE_URL: `${newsQueue}-of-leads`,
    PAYMENT_GRACE_SECONDS: '60',
    SLOW_PAYMENT_SECONDS: '3',
    ORDER_MACHINE_ARN: 'arn:aws:states:eu-central-1:000000000000:stateMachine:orders',
  });
  const table = await ticketing.engine.createTable(
    'orders',
    { ...sessionIndex, attributes: [] },
    { ...outstandingIndex, attributes: [] },
  );
  const admission = await ticketing.engine.createTable('admission', {
    ...ticketIndex,
    attributes: sessionIndexAttributes,
  });
  const catalog = await ticketing.engine.createTable('catalog');
  const orders = openOutstandingOrders(table);

  const executions = new Map<string, Execution>();
  const answered: { taskToken: string; output: unknown }[] = [];
  const machines = mockClient(SFNClient);
  machines.on(StartExecutionCommand).callsFake(async ({ name, input }: Record<string, string>) => {
    if (executions.has(name ?? ''))
      throw Object.assign(new Error('exists'), { name: 'ExecutionAlreadyExists' });
    executions.set(name ?? '', { name: name ?? '', input: JSON.parse(input ?? '') as MachineInput });
    return { executionArn: `arn:${name}` };
  });
  machines.on(SendTaskSuccessCommand).callsFake(async ({ taskToken, output }: Record<string, string>) => {
    if (answered.some((earlier) => earlier.taskToken === taskToken))
      throw Object.assign(new Error('answered before'), { name: 'TaskTimedOut' });
    answered.push({ taskToken: taskToken ?? '', output: JSON.parse(output ?? '') });
    return {};
  });

  const commands: ApiHandler = (await import('../../functions/orders/commands.ts')).handler;
  const rsvps: ApiHandler = (await import('../../functions/orders/rsvps/commands.ts')).handler;
  const queries: ApiHandler = (await import('../../functions/orders/queries.ts')).handler;
  const machine: TaskHandler = (await import('../../functions/orders/machine.ts')).handler;
  const settlement: QueueHandler = (await import('../../functions/orders/settlement.ts')).handler;
  const paymentNews: QueueHandler = (await import('../../functions/orders/payment-news.ts')).handler;
  const { handler: reconciliation } = await import('../../functions/orders/reconciliation.ts');
  const handlers: Readonly<Record<(typeof routes)[OrdersOperation]['function'], ApiHandler>> = {
    'orders-commands': commands,
    'orders-queries': queries,
    'orders-rsvps': rsvps,
  };
  const { handler: relay } = await import('../../functions/orders/relay.ts');
  const stream = await openTableStream(ticketing.engine.endpoint, 'orders');

  const call = async (operation: OrdersOperation, options: CallOptions = {}): Promise<Answered> => {
    const definition = routes[operation];
    const params = { ...options.params };
    const path = definition.path.replace(/\{(\w+)\}/g, (_, name: string) => params[name] ?? '');
    const result = await handlers[definition.function](
      gatewayEvent(definition.method, path, {
        headers: {
          ...(options.as && { authorization: `Bearer ${await ticketing.mint(options.as)}` }),
          ...(options.client && { 'fairground-client': options.client }),
          ...(options.ifMatch && { 'if-match': options.ifMatch }),
          ...('creates' in definition && { 'idempotency-key': options.key ?? freshKey() }),
        },
        params,
        ...(options.query && { query: options.query }),
        ...(options.body !== undefined && { body: options.body }),
      }),
      lambda,
    );
    return {
      status: result.statusCode,
      headers: result.headers ?? {},
      text: result.body,
      body: /json$/.test(String(result.headers?.['Content-Type'])) ? JSON.parse(result.body) : undefined,
    };
  };
  const deliver = async (handler: QueueHandler, body: unknown): Promise<boolean> =>
    (await handler(sqsEvent(body) as never, lambda)).batchItemFailures.length === 0;

  const settle = async (): Promise<readonly LifecycleEvent[]> => {
    const seen: LifecycleEvent[] = [];
    for (let Records = await stream(); Records.length > 0; Records = await stream()) {
      const before = ticketing.outbox.length;
      const { batchItemFailures } = await relay({ Records });
      if (batchItemFailures.length > 0) throw new Error('The relay gave records back');
      const told = ticketing.outbox.slice(before);
      seen.push(...told);
      for (const event of told) {
        if (!accepted.has(event.type)) continue;
        if (!(await deliver(settlement, { 'detail-type': event.type, detail: event })))
          throw new Error(`Settlement failed on ${event.type}`);
      }
    }
    return seen;
  };

  return {
    ticketing,
    table,
    admission,
    catalog,
    orders,
    executions,
    answered,
    call,
    async hold(sessionId, body) {
      const answer = await ticketing.call('createHold', { params: { sessionId }, body, key: freshKey() });
      if (answer.status !== 201) throw new Error(`No hold: ${answer.text}`);
      return answer.body.id;
    },
    order: (holdIds, more = {}) =>
      call('createOrder', { body: { holdIds, customer, payment: { provider: 'test' }, ...more } }),
    pay: (orderId, method) => call('payOrder', { params: { orderId }, body: { method } }),
    async get(orderId) {
      const order = await orders.get(orderId);
      if (order === undefined) throw new Error(`No order ${orderId}`);
      return order;
    },
    task: (command, orderId, taskToken) =>
      machine({ command, orderId, payBy: executions.get(orderId)?.input.payBy ?? 0, taskToken }, lambda),
    settle,
    async deliverNews() {
      const due = ticketing.messages.filter(({ queueUrl }) => queueUrl === newsQueue);
      for (const message of due) ticketing.messages.splice(ticketing.messages.indexOf(message), 1);
      for (const { body } of due)
        if (!(await deliver(paymentNews, body))) throw new Error(`News failed: ${body}`);
    },
    settlement: (event) => deliver(settlement, event),
    reconcile: (pages = Number.POSITIVE_INFINITY) => runReconciliation(reconciliation, lambda, pages),
    async placesOf(sessionId) {
      // The picture that this process has may be a second old.
      ticketing.clock.skip(3);
      const answer = await ticketing.call('getSeats', { params: { sessionId }, query: { format: 'full' } });
      return answer.body.places;
    },
    async ticketsOf(orderId) {
      const { items } = (await orders.get(orderId)) ?? { items: [] };
      const keys = items.map(({ ticketId }) => ({ pk: `TICKET#${ticketId.slice(4, 17)}`, sk: 'TICKET' }));
      return admission.batchGet(keys, { consistent: true });
    },
    async join(subject, organizationId, role) {
      const key = { pk: `SUBJECT#${subject}`, sk: `ORG#${organizationId}` };
      await openTable('identity', ticketing.engine.client).put({ ...key, organizationId, role }, {});
    },
    stop: () => ticketing.stop(),
  };
};
