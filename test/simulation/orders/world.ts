import { readTicketId, ticketIdOf } from '../../../functions/admission/ticket.ts';
import { openTickets } from '../../../functions/admission/ticket-store.ts';
import { ticketCommands } from '../../../functions/admission/tickets-api.ts';
import type { SessionFacts } from '../../../functions/catalog/session-facts.ts';
import { awaitPayment } from '../../../functions/orders/await-payment.ts';
import { cancelOrder } from '../../../functions/orders/cancel-order.ts';
import { type UndoBatch, undoBatch } from '../../../functions/orders/cancel-session-orders.ts';
import { createOrder } from '../../../functions/orders/create-order.ts';
import { createRefund, type WantedRefund } from '../../../functions/orders/create-refund.ts';
import { orderMachines, ordersLifecycle } from '../../../functions/orders/lifecycle.ts';
import type { MachineInput } from '../../../functions/orders/order-machine.ts';
import { sessionListKey, sessionsOf } from '../../../functions/orders/order-store.ts';
import { openOutstandingOrders } from '../../../functions/orders/outstanding-store.ts';
import { openPromoCodes } from '../../../functions/orders/promo-store.ts';
import { receivePaymentNews } from '../../../functions/orders/receive-news.ts';
import { countList } from '../../../functions/orders/session-index.ts';
import { settleOrder } from '../../../functions/orders/settle-order.ts';
import { applyRefundNews, settleRefund } from '../../../functions/orders/settle-refund.ts';
import { timeOutOrder } from '../../../functions/orders/time-out-order.ts';
import { undoConfirmedOrder } from '../../../functions/orders/undo-confirmed-order.ts';
import type {
  PaymentNews,
  PaymentProvider,
  ProviderResult,
  RefundNews,
} from '../../../functions/payments/payment-port.ts';
import { contentId } from '../../../functions/platform/ids.ts';
import type { Change } from '../../../functions/platform/lifecycle-event.ts';
import type { StreamChange } from '../../../functions/platform/relay.ts';
import type { Item, Key } from '../../../functions/platform/table.ts';
import { planInventory } from '../../../functions/ticketing/block-plan.ts';
import { createHold } from '../../../functions/ticketing/create-hold.ts';
import { endedOrderHolds } from '../../../functions/ticketing/ended-order-holds.ts';
import { openInventory } from '../../../functions/ticketing/inventory-store.ts';
import { orderClaims } from '../../../functions/ticketing/order-claims.ts';
import { paymentExtension } from '../../../functions/ticketing/payment-extension-contracts.ts';
import { openPictures } from '../../../functions/ticketing/pictures.ts';
import { saleOfSession } from '../../../functions/ticketing/sale-of-session.ts';
import { openSales, requestSeconds, sweepDelaySeconds } from '../../../functions/ticketing/sales.ts';
import type { History } from '../history.ts';
import { play } from '../play.ts';
import type { Outcome, RunOptions } from '../run.ts';
import { scheduledTable } from '../scheduled-table.ts';
import {
  createScheduler,
  type Scheduled,
  type Process as SchedulerProcess,
  SimulatedFault,
  settled,
} from '../scheduler.ts';
import { openSimulatedTable } from '../table.ts';
import { type CallName, type QueueName, reach } from './coverage.ts';
import { openPayments, type Paying } from './payments.ts';
import { createReferee, restocking } from './referee.ts';
import { type Activity, maxSkewMs, processNames, type SimulatedSession, settingOf } from './setting.ts';
import { visitors } from './visitors.ts';

/** A request for an order, which is repeated with the same key. */
interface OrderRequest {
  readonly name: string;
  readonly orderId: string;
  readonly holdIds: readonly string[];
  readonly promoCode: string | undefined;
}

interface RefundRequest {
  readonly orderId: string;
  readonly refundId: string;
  readonly wanted: WantedRefund;
}

type Process = SchedulerProcess<ReturnType<ReturnType<typeof createWorld>['toolsOf']>>;

const promoCode = 'FEW';
const startMs = 1_800_000_000_000;
const customers = ['ann', 'bob', 'cem', 'dot'] as const;
/** Orders of one schedule: each takes dozens of steps. */
const mostOrders = 6;
const mostHolds = 8;
const endsAt = '2099-01-01T22:00:00Z';

/** Ids that every schedule uses, by what they are made of. */
const ids = new Map<string, string>();
const idOf = (prefix: string, content: string): string => {
  const key = `${prefix} ${content}`;
  const known = ids.get(key) ?? contentId(prefix, content);
  ids.set(key, known);
  return known;
};

/** Runs a history to its end, then everything that is under way, without further faults, to rest. */
export const runHistory = (history: History, options: RunOptions): Promise<Outcome> =>
  createWorld(history, options).run();

const createWorld = ({ seed, steps }: History, { coverage, isRecording }: RunOptions) => {
  const setting = settingOf(seed);
  const sessions = setting.sessions.map((session) => ({
    ...session,
    plan: planInventory(setting.layout, session.ticketTypes),
    isCancelled: false,
  }));
  const names = new Map<string, string>();
  const nameOf = (id: string): string => names.get(id) ?? id;
  const schedule = createScheduler({
    ...setting,
    startMs,
    processNames,
    isRecording,
    reach: (name) => {
      // A batch asks for the next one: there are never two.
      if (name !== 'undo × overtaken') reach(coverage, name);
    },
    toolsOf: (call, clockMs) => toolsOf(call, clockMs),
    // What use cases throw so that a queue brings the message again.
    isExpected: ({ message }) =>
      /out of reach|could not be read: unavailable|is not captured yet/.test(message),
    onSurprise: (text) => referee.report('noSurprise', text),
  });
  const { note, nowMs, draw, work, processOf, which, passTime, isQuiet } = schedule;
  const send = (
    queue: QueueName,
    text: string,
    handle: (process: Process) => Promise<void>,
    delaySeconds?: number,
  ): void => schedule.send(queue, text, handle as never, delaySeconds);
  const aheadMs = Math.max(0, ...setting.skewsMs);
  for (const { sessionId, name } of sessions) names.set(sessionId, name);
  const referee = createReferee({
    nameOf,
    nowMs,
    isLiveForAll: (until) => Math.floor((nowMs() + aheadMs) / 1_000) <= until,
  });

  // — the provider
  const tell = (news: PaymentNews): void => {
    if (draw() % 6 === 0 && !isQuiet()) {
      reach(coverage, 'news that never came');
      note('provider', () => `loses the news that ${nameOf(news.payableId)} is ${news.status}`);
      return;
    }
    send('news', `${nameOf(news.payableId)} is ${news.status}`, async (process) => {
      await receivePaymentNews(process.ports, news, process.stamp);
    });
  };
  const tellRefund = (news: RefundNews): void =>
    send('refund news', `a refund of ${nameOf(news.payableId)} ${news.status}`, (process) =>
      applyRefundNews(process.ports, news, process.stamp),
    );
  const payments = openPayments(referee, tell, tellRefund, () => {
    if (draw() % 100 < setting.failingRefunds) return 'failed';
    return draw() % 2 === 0 ? 'pending' : 'succeeded';
  });

  // — the tables, all three as one, and their stream
  const records: StreamChange[] = [];
  let changes = 0;
  let at = { ms: 0, text: '' };
  /** An instant as ISO 8601: many changes are made in one. */
  const textOf = (ms: number): string => {
    if (at.ms !== ms) at = { ms, text: new Date(ms).toISOString() };
    return at.text;
  };
  const change = (what: string): Change => {
    changes += 1;
    return { what, by: 'simulation', requestId: `r${changes}`, at: textOf(nowMs()) };
  };
  const saleKey = (sessionId: string) => ({ pk: `SESSION#${sessionId}`, sk: 'SESSION' });
  const saleItems = sessions.flatMap(({ sessionId, eventId, ticketTypes, plan }): Item[] => {
    const facts = {
      sessionId,
      eventId,
      venueId: 'ven_1',
      organizationId: 'org_1',
      status: 'published',
      timeZone: 'Atlantic/Canary',
      startsAt: '2099-01-01T20:00:00Z',
      endsAt,
      holdSeconds: setting.holdSeconds,
      maxPlacesPerHold: 4,
      ticketTypes: [...ticketTypes],
      planVersion: setting.layout.planVersion,
    } satisfies Parameters<typeof saleOfSession>[0];
    const sale = saleOfSession(facts, 2, 'on_sale', plan.blocks.length);
    return [
      {
        ...saleKey(sessionId),
        ...sale,
        blocksBuilt: plan.blocks.length,
        change: change('sale.built'),
      },
      ...plan.blocks.map(({ number, shard }) => ({
        pk: `SESSION#${sessionId}#${shard}`,
        sk: `BLOCK#${String(number).padStart(5, '0')}`,
        held: {},
      })),
    ];
  });
  const promoItem: Item = {
    pk: `EVENT#${setting.sessions[0].eventId}`,
    sk: `PROMO#${promoCode}`,
    eventId: setting.sessions[0].eventId,
    organizationId: 'org_1',
    code: promoCode,
    ...setting.promo,
    uses: 0,
    isActive: true,
    revision: 1,
  };
  referee.onCommit({ key: promoItem, before: undefined, after: promoItem, expired: false });
  const initial = [...saleItems, promoItem];
  const table = openSimulatedTable({
    initial,
    seesOld: () => draw() % 3 === 0,
    onCommit: (commit) => {
      referee.onCommit(commit);
      const { before, after, expired } = commit;
      const kind = before === undefined ? 'INSERT' : after === undefined ? 'REMOVE' : 'MODIFY';
      if (commit.key.pk.startsWith('ORDER#') && commit.key.sk !== 'TOKEN')
        records.push({ kind, before, after, expired, seenAt: new Date(nowMs()) });
    },
  });

  // — the machines of orders: by name once, waiting with a token until they are answered or time is over
  const waiting = new Map<string, string>();
  const startMachine = ({ orderId, payBy, timeoutSeconds }: MachineInput): void => {
    if (waiting.has(orderId) || started.has(orderId)) return;
    started.add(orderId);
    const token = `token of ${orderId}`;
    waiting.set(orderId, token);
    send('machine', `${nameOf(orderId)} begins to wait`, async ({ ports }) => {
      if (waiting.get(orderId) !== token) return;
      await awaitPayment(ports, orderId, token, payBy);
    });
    send(
      'machine',
      `time of ${nameOf(orderId)} is over`,
      async (process) => {
        if (waiting.get(orderId) !== token) return;
        const outcome = await timeOutOrder(process.ports, orderId, process.stamp);
        if (outcome.kind === 'not_due') throw new SimulatedFault('it is not due by this clock');
        waiting.delete(orderId);
      },
      timeoutSeconds,
    );
  };
  const started = new Set<string>();
  const machinesOf = orderMachines('machine', () => Math.floor(nowMs() / 1_000));

  const relay = (): boolean => {
    const [record] = records;
    if (record === undefined) return false;
    for (const { input } of machinesOf(record)) startMachine(input as MachineInput);
    for (const { type, data } of ordersLifecycle(record)) {
      const event = data as { readonly orderId: string; readonly refundId: string };
      note('relay', () => `${type} of ${nameOf(event.orderId)}`);
      if (type === 'REFUND-REQUESTED')
        send('refund', `${type} of ${nameOf(event.orderId)}`, ({ ports, stamp }) =>
          settleRefund(ports, event, stamp),
        );
      else if (type === 'ORDER-CONFIRMED' || type === 'ORDER-CANCELLED' || type === 'ORDER-PAYMENT-LATE')
        send('settle', `${type} of ${nameOf(event.orderId)}`, ({ ports, stamp }) =>
          settleOrder(ports, event.orderId, stamp),
        );
    }
    // It crashes before it has told how far it is: the record comes again.
    if (!isQuiet() && draw() % 8 === 0) reach(coverage, 'relayed twice');
    else records.shift();
    return true;
  };

  // — processes
  const toolsOf = (call: Scheduled, clockMs: () => number) => {
    const clock = () => Math.floor(clockMs() / 1_000);
    const scheduled = scheduledTable(table, call, nameOf, {
      index: 'query orders',
      partition: 'query blocks',
    });
    const store = openInventory(scheduled);
    const sales = openSales(store, 'plans', clockMs, async () => setting.layout as never);
    const asked = async <T>(name: CallName, orderId: string, perform: () => Promise<ProviderResult<T>>) => {
      try {
        return await call(name, () => `${name} of ${nameOf(orderId)}`, perform);
      } catch (error) {
        if (!(error instanceof SimulatedFault)) throw error;
        return { ok: false, reason: 'unavailable', retryAfterSeconds: 1 } as const;
      }
    };
    const ofPayment = (paymentId: string): string => paymentId.slice('pay-'.length);
    const { provider } = payments;
    const remote: PaymentProvider = {
      name: 'stripe',
      create: (payment) => asked('create payment', payment.payableId, () => provider.create(payment)),
      capture: (id) => asked('capture', ofPayment(id), () => provider.capture(id)),
      void: (id) => asked('void', ofPayment(id), () => provider.void(id)),
      refund: (id, refundId, amount) =>
        asked('refund', ofPayment(id), () => provider.refund(id, refundId, amount)),
      read: (id) => asked('read payment', ofPayment(id), () => provider.read(id)),
    };
    const orders = openOutstandingOrders(scheduled);
    const tickets = openTickets(scheduled, async () => {});
    return {
      stamp: change,
      tickets,
      /** The handler of a transfer; codes are signed elsewhere, the session is as the catalog last told. */
      transferTicket: ticketCommands(
        tickets,
        { codeOf: async () => 'code', read: async () => undefined },
        (id) =>
          call(
            'session facts',
            () => `reads the facts of ${nameOf(id)}`,
            async () => {
              const session = sessions.find(({ sessionId }) => sessionId === id);
              return { status: session?.isCancelled ? 'cancelled' : 'published', endsAt } as SessionFacts;
            },
          ),
      ).transferTicket,
      ports: {
        orders,
        countOrders: (id: string) => countList(scheduled, sessionListKey(id)),
        claims: orderClaims({ table: scheduled, store, sales, clock }),
        extendForPayment: paymentExtension({ store, clock }, sales),
        endedHolds: endedOrderHolds({ store, pictures: openPictures(store, clockMs), clock }, sales),
        tables: { ticketing: 'simulated', admission: 'simulated' },
        providers: async () => remote,
        providerNames: ['stripe'] as const,
        promoCodes: openPromoCodes(scheduled),
        idSecret: async () => 'secret',
        graceSeconds: setting.graceSeconds,
        clock,
        answerToken: (token: string, { orderId }: { readonly orderId: string }) =>
          call(
            'answer token',
            () => `answers the machine of ${nameOf(orderId)}`,
            async () => {
              const isWaiting = waiting.get(orderId) === token;
              if (isWaiting) waiting.delete(orderId);
              else reach(coverage, 'token after the end');
              return isWaiting;
            },
          ),
      },
    };
  };

  // — customers
  const inventory = openInventory(table);
  const sales = openSales(inventory, 'plans', nowMs, async () => setting.layout as never);
  const holds: { readonly holdId: string; readonly customer: string }[] = [];
  const requests: OrderRequest[] = [];
  const refundRequests: RefundRequest[] = [];
  const oneOf = <T>(values: readonly T[]): T | undefined => values[draw() % values.length];
  const shop = (): Process => processOf(draw() % 2);

  /** Holds are made at once and without faults: how they are made has a simulation of its own. */
  const hold = (): boolean => {
    if (holds.length >= mostHolds || isQuiet()) return false;
    const customer = oneOf(customers) ?? 'ann';
    const session = oneOf(sessions);
    if (session === undefined) return false;
    makeHold(customer, session, draw() % session.ticketTypes.length, 1 + (draw() % 2));
    return true;
  };
  const makeHold = (
    customer: string,
    { sessionId }: Pick<SimulatedSession, 'sessionId'>,
    ticketType: number,
    quantity: number,
  ): string => {
    const holdId = idOf('hld', `${holds.length}`);
    names.set(holdId, `${customer}/hold-${holds.length}`);
    holds.push({ holdId, customer });
    const ports = {
      store: inventory,
      pictures: openPictures(inventory, nowMs),
      clock: () => Math.floor(nowMs() / 1_000),
    };
    void sales.open(sessionId).then(async (open) => {
      if (open === undefined || open.sale.status !== 'on_sale') return;
      const request = { kind: 'best', ticketType, quantity, adjacent: false } as const;
      const outcome = await createHold(ports, open, { holdId, requestHash: '', customer, request }, change);
      note(
        customer,
        () => `asks for ${quantity} places of ${nameOf(sessionId)}: ${outcome.kind} (${nameOf(holdId)})`,
      );
    });
    return holdId;
  };

  const ask = (process: Process, request: OrderRequest): void => {
    note(
      request.name.split('/')[0] ?? '',
      () =>
        `asks ${process.name} to order (${request.name}) ${request.holdIds.map(nameOf).join(', ')}${request.promoCode === undefined ? '' : ` with ${request.promoCode}`}`,
    );
    const askedAtMs = nowMs();
    work(process, 1_000 * requestSeconds, async () => {
      const outcome = await createOrder(
        process.ports,
        {
          orderId: request.orderId,
          requestHash: request.name,
          holdIds: request.holdIds,
          customer: { name: 'Customer', email: 'customer@example.com', locale: 'en' },
          provider: 'stripe',
          promoCode: request.promoCode,
        },
        process.stamp,
      );
      note('', () => `${request.name} is answered ${outcome.kind}`);
      if (outcome.kind === 'key_reused' || outcome.kind === 'faults')
        referee.report('honest', `${request.name} is answered ${outcome.kind}`);
      if (outcome.kind === 'promo_refused') {
        reach(coverage, 'promo code refused');
        const isTrue = outcome.reason === 'other_ticket_types' || outcome.reason === 'unknown';
        if (!isTrue && !referee.couldBeRefused(promoCode, askedAtMs))
          referee.report('honest', `${request.name} was told that ${promoCode} is ${outcome.reason}`);
      }
      if (outcome.kind !== 'created' && outcome.kind !== 'replayed') return;
      const known = referee.orders().get(request.orderId);
      if (known === undefined || known.revision < outcome.order.revision)
        referee.report('honest', `${request.name} was told of an order that is not there`);
      if (outcome.order.status === 'confirmed' && known?.status === 'pending')
        referee.report('honest', `${request.name} was told that it is confirmed`);
    });
  };
  const order = (): boolean => {
    if (requests.length >= mostOrders) return false;
    const offered = [...referee.orders().values()].flatMap(({ orderId, offeredHoldIds = [] }) =>
      offeredHoldIds.map((holdId) => ({ holdId, customer: nameOf(orderId).split('/')[0] ?? '' })),
    );
    const free = [...holds, ...offered].filter(
      ({ holdId }) => table.peek({ pk: `HOLD#${holdId}`, sk: 'HOLD' }) !== undefined,
    );
    const first = oneOf(free);
    if (first === undefined) return false;
    const more = Array.from({ length: [0, 0, 1, 1, 2][draw() % 5] ?? 0 }, () => oneOf(free)?.holdId);
    const holdIds = [...new Set([first.holdId, ...more.flatMap((id) => id ?? [])])];
    orderOf(first.customer, holdIds, draw() % 2 === 0 ? promoCode : undefined);
    return true;
  };
  const orderOf = (customer: string, holdIds: readonly string[], code?: string): void => {
    const name = `${customer}/order-${requests.length}`;
    const request = { name, orderId: idOf('ord', name), holdIds, promoCode: code };
    names.set(request.orderId, name);
    requests.push(request);
    ask(shop(), request);
  };
  const askAgain = (): boolean => {
    const request = oneOf(requests);
    const old = oneOf(refundRequests);
    if (old !== undefined && draw() % 3 === 0) {
      askRefund(shop(), old);
      return true;
    }
    if (draw() % 3 === 0 && transferAgain()) return true;
    if (request === undefined) return false;
    ask(shop(), request);
    return true;
  };
  const ordersThat = (is: (status: string) => boolean) =>
    [...referee.orders().values()].filter(({ status }) => is(status));

  /** Whoever has seen the payment of an order may pay it, whatever became of the order since. */
  const pay = (): boolean => {
    const found = oneOf(ordersThat(() => true).filter(({ payment }) => payment !== undefined));
    if (found === undefined) return false;
    const ways: readonly Paying[] = [
      'authorize',
      'authorize',
      'authorize',
      'charge',
      'decline',
      'decline for good',
    ];
    const how = oneOf(ways) ?? 'authorize';
    const isTaken = payments.pay(found.orderId, how);
    if (isTaken && how === 'charge') reach(coverage, 'charged at once');
    if (isTaken) note('customer', () => `pays ${nameOf(found.orderId)}: ${how}`);
    return isTaken;
  };
  const giveUp = (): boolean => {
    const found = oneOf(ordersThat((status) => status !== 'cancelled'));
    // Seldom, or few orders would come to anything else.
    if (found === undefined || draw() % 3 !== 0) return false;
    const process = shop();
    note('customer', () => `gives up ${nameOf(found.orderId)}`);
    work(process, 1_000 * requestSeconds, async () => {
      const outcome = await cancelOrder(process.ports, found.orderId, 'customer', process.stamp);
      if (outcome.kind === 'cancelled' && referee.orders().get(found.orderId)?.status !== 'cancelled')
        referee.report('honest', `${nameOf(found.orderId)} was said to be cancelled`);
    });
    return true;
  };
  const currentIdOf = (ticketId: string): string => {
    const ticket = referee.tickets().get(readTicketId(ticketId).serial);
    return ticket === undefined ? ticketId : ticketIdOf(ticket);
  };
  /** The organizer undoes a confirmed order as a whole. */
  const undo = (): boolean => {
    const found = oneOf(ordersThat((status) => status === 'confirmed'));
    if (found === undefined || draw() % 12 !== 0) return false;
    const process = shop();
    const restock = draw() % 2 === 0;
    const stamp = (what: string): Change => ({ ...change(what), ...(restock && { by: restocking }) });
    note('organizer', () => `undoes ${nameOf(found.orderId)}`);
    work(process, 1_000 * requestSeconds, async () => {
      const outcome = await undoConfirmedOrder(process.ports, found.orderId, restock, stamp);
      if (outcome.kind === 'cancelled' && referee.orders().get(found.orderId)?.status !== 'cancelled')
        referee.report('honest', `${nameOf(found.orderId)} was said to be undone`);
    });
    return true;
  };
  const askRefund = (process: Process, { orderId, refundId, wanted }: RefundRequest): void => {
    referee.wantsRestock(refundId, wanted.kind === 'tickets' && wanted.restock);
    note('organizer', () => `refunds ${wanted.kind} of ${nameOf(orderId)}`);
    work(process, 1_000 * requestSeconds, async () => {
      const outcome = await createRefund(
        process.ports,
        orderId,
        { refundId, requestHash: refundId, reason: 'customer', wanted },
        process.stamp,
      );
      note('organizer', () => `is answered ${outcome.kind}`);
      const isUnknown =
        outcome.kind === 'faults' && outcome.faults.some(({ code }) => code === 'UNKNOWN_TICKET');
      if (outcome.kind === 'key_reused' || outcome.kind === 'missing' || isUnknown)
        referee.report('honest', `a refund of ${nameOf(orderId)} is answered ${outcome.kind}`);
    });
  };
  const refund = (): boolean => {
    const found = oneOf(ordersThat((status) => status === 'confirmed'));
    if (found === undefined || refundRequests.length >= 5) return false;
    const some = found.items.filter((_, index) => draw() % 2 === 0 || index === 0);
    const kind = draw() % 3;
    const wanted: WantedRefund =
      kind === 0
        ? { kind: 'amount', amount: 1 + (draw() % 5_000), currency: 'EUR' }
        : {
            kind: 'tickets',
            // As they are now: a transfer changes the id of a ticket.
            ticketIds: kind === 1 ? undefined : some.map(({ ticketId }) => currentIdOf(ticketId)),
            restock: draw() % 2 === 0,
          };
    const request = {
      orderId: found.orderId,
      refundId: idOf('rfd', `${refundRequests.length}`),
      wanted,
    };
    refundRequests.push(request);
    askRefund(shop(), request);
    return true;
  };

  const { scan, transfer, transferAgain } = visitors({
    referee,
    coverage,
    ask: (request) => {
      const process = shop();
      work(process, 1_000 * requestSeconds, () => request(process));
    },
    note,
    draw,
    nowMs,
    idOf,
  });

  const wait = (): boolean => {
    const most = schedule.isBusy() && draw() % 8 !== 0 ? 3 : 6;
    const ms =
      [
        200,
        1_000,
        500,
        3_000,
        1_000 * setting.holdSeconds,
        1_000 * (setting.holdSeconds + setting.graceSeconds),
      ][which() % most] ?? 0;
    passTime(ms);
    return true;
  };

  const sendUndo = (batch: UndoBatch, delaySeconds: number): void =>
    send(
      'undo',
      `orders of ${nameOf(batch.sessionId)} are undone`,
      ({ ports, stamp }) => undoBatch(ports, batch, async (next) => sendUndo(next, 0), stamp),
      delaySeconds,
    );
  /** Changes what somebody else writes: at once and without faults. */
  const setNow = (key: Key, name: string, value: unknown): void =>
    void table.update(key, {
      update: 'SET #name = :value',
      names: { '#name': name },
      values: { ':value': value },
    });
  const happen = (): boolean => {
    const what = draw() % 6;
    if (what < 4)
      return payments.endRefunds(
        () => draw() % 100 < setting.failingRefunds,
        () => draw() % 2 === 0,
      );
    if (what === 4) {
      if (table.peek(promoItem)?.['isActive'] !== true || draw() % 4 !== 0) return false;
      note('organizer', () => `switches ${promoCode} off`);
      setNow(promoItem, 'isActive', false);
      return true;
    }
    const session = oneOf(sessions);
    if (session === undefined || session.isCancelled) return false;
    const { sessionId } = session;
    session.isCancelled = true;
    referee.onSessionCancelled(sessionId);
    note('catalog', () => `${nameOf(sessionId)} is cancelled`);
    setNow(saleKey(sessionId), 'status', 'cancelled');
    sendUndo({ sessionId, done: 0 }, sweepDelaySeconds);
    return true;
  };

  // — the scheduler
  const actions: Readonly<Record<Activity, () => boolean>> = {
    goOn: schedule.goOn,
    takeMessage: schedule.takeMessage,
    relay,
    order,
    askAgain,
    pay,
    giveUp,
    refund,
    undo,
    scan,
    transfer,
    hold,
    wait,
    happen,
  };
  /** Refunds that the bank keeps are paid out in the end. */
  const otherwise = (): boolean =>
    payments.endRefunds(
      () => false,
      () => true,
    );

  const reachEnds = (): void => {
    for (const order of referee.orders().values()) {
      const { status, cancelReason, captured, promoUse, offeredHoldIds = [] } = order;
      if (status === 'confirmed') reach(coverage, 'confirmed');
      if (cancelReason !== undefined) reach(coverage, cancelReason);
      const isUndone = cancelReason === 'session_cancelled' || cancelReason === 'organizer';
      if (cancelReason !== undefined && !isUndone && captured > 0) reach(coverage, 'late payment refunded');
      if (offeredHoldIds.length > 0) reach(coverage, 'offered holds');
      if (sessionsOf(order).length > 1) reach(coverage, 'several sessions');
      if (promoUse !== undefined)
        reach(coverage, status === 'confirmed' ? 'promo code used' : 'promo code given back');
    }
    for (const { status, ticketIds, reason } of referee.refunds().values()) {
      if (status === 'failed') reach(coverage, 'refund that failed');
      if (reason === 'customer')
        reach(coverage, ticketIds.length > 0 ? 'refund of tickets' : 'refund of an amount');
      if (reason === 'session_cancelled' && ticketIds.length > 0)
        reach(coverage, 'refund of one of several sessions');
    }
  };

  /** Goes on until nothing is left to do at this instant. */
  const settle = async (): Promise<void> => {
    schedule.beQuiet(true);
    while (schedule.goOnQuietly(relay)) await settled();
    schedule.beQuiet(false);
  };
  const orderOfHolds = async (
    customer: string,
    holdIds: readonly string[],
    code?: string,
  ): Promise<string> => {
    await settled();
    orderOf(customer, holdIds, code);
    await settle();
    return requests.at(-1)?.orderId ?? '';
  };
  /** Where a schedule begins: some begin deep in what else is rare. Without faults. */
  const open = async (): Promise<void> => {
    schedule.drawFrom(seed);
    const {
      opening,
      sessions: [session],
    } = setting;
    if (opening === 'holds') {
      for (const customer of ['ann', 'bob']) {
        makeHold(customer, session, draw() % session.ticketTypes.length, 1 + (draw() % 2));
        await settled();
      }
      return;
    }
    const quantity = draw() % 3 === 0 ? 1 : 2;
    if (opening === 'paid') {
      const ofAll = sessions.map((each) => makeHold('ann', each, 0, quantity));
      payments.pay(await orderOfHolds('ann', ofAll, promoCode), 'authorize');
      await settle();
      return;
    }
    const late = await orderOfHolds('ann', [makeHold('ann', session, 0, quantity)], promoCode);
    // The hold lapses by every clock, before its payment is due, and somebody else holds the same places.
    passTime(1_000 * (setting.holdSeconds + 1) + 2 * maxSkewMs);
    const other = makeHold('bob', session, 0, quantity);
    await settled();
    const isPaid = draw() % 4 !== 0;
    if (opening === 'sold') {
      payments.pay(await orderOfHolds('bob', [other]), 'authorize');
      await settle();
    }
    if (isPaid) payments.pay(late, 'authorize');
  };

  return {
    toolsOf,
    run: (): Promise<Outcome> =>
      play(steps, {
        schedule,
        referee,
        actions,
        weights: setting.weights,
        relay,
        otherwise,
        begin: open,
        atRest: () => {
          referee.checkAtRest(payments.of, [...waiting.keys()]);
          reachEnds();
        },
      }),
  };
};
