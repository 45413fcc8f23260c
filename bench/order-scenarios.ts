import { until } from '../local/demo/parallel.ts';
import type { UsageReport } from '../local/usage.ts';
import { flowConnections, flowLoad, flowsName } from './flow-load.ts';
import { type LoadRequest, type LoadResult, load } from './load.ts';
import { expectCount, type Measured, measured, onlyStatuses, type Scenario } from './measured.ts';
import {
  orderRequest,
  payRequest,
  readOrderRequest,
  readTicketRequest,
  scanRequest,
} from './order-requests.ts';
import { type BenchPlatform, holdRequest } from './platform.ts';

/** All that follows from an order may wait in queues for as long. */
const settleTimeoutMs = 300_000;

const readers = 32;

/** The answers to these requests, in their order; any status but 200 throws. */
const readAll = async <Body>(
  { origin }: BenchPlatform,
  requests: readonly LoadRequest[],
): Promise<readonly Body[]> => {
  const bodies = new Map<LoadRequest, Body>();
  const result = await load({
    origin,
    connections: readers,
    next: (count) => requests[count],
    onAnswer: (_status, body, request) => bodies.set(request, JSON.parse(body) as Body),
  });
  onlyStatuses(result, 200);
  return requests.map((request) => bodies.get(request) as Body);
};

/** Consumers that are told of a confirmed order: settlement and mail. */
const consumersOfAnOrder = 2;

/** Waits until all that follows from so many confirmed orders since `before` is done. @returns mails that were sent. */
const untilSettled = async (
  platform: BenchPlatform,
  before: UsageReport,
  orders: number,
): Promise<number> => {
  await until(`the end of what follows from ${orders} orders`, settleTimeoutMs, async () => {
    const isTold = (await platform.usage()).deliveries - before.deliveries >= orders * consumersOfAnOrder;
    return isTold && (await platform.queued()) === 0 ? true : undefined;
  });
  const sent = ({ calls }: UsageReport): number => calls['ses SendEmail'] ?? 0;
  return sent(await platform.usage()) - sent(before);
};

interface OrderBody {
  readonly id: string;
  readonly status: string;
  readonly payment?: { readonly status: string };
  readonly tickets: readonly { readonly id: string; readonly place: string }[];
}

/** What became of paid orders: each is captured and has its ticket, each place is one customer’s, and none is sold beside. */
const checkOrders = async (
  platform: BenchPlatform,
  sessionId: string,
  orderIds: readonly string[],
): Promise<void> => {
  const readOrders = () => readAll<OrderBody>(platform, orderIds.map(readOrderRequest));
  const orders = await until(`${orderIds.length} orders to be captured`, settleTimeoutMs, async () => {
    const now = await readOrders();
    return now.every(({ payment }) => payment?.status === 'captured') ? now : undefined;
  });
  expectCount(
    'orders confirmed',
    orders.filter(({ status }) => status === 'confirmed').length,
    orderIds.length,
  );
  const tickets = orders.flatMap((order) => order.tickets);
  expectCount('tickets', new Set(tickets.map(({ id }) => id)).size, orderIds.length);
  expectCount('places with one owner', new Set(tickets.map(({ place }) => place)).size, orderIds.length);
  // The document of all places is two seconds old at most.
  await until('the places to be counted as sold', settleTimeoutMs, async () => {
    const [page] = await readAll<{ summary: { sold: number } }>(platform, [
      { method: 'GET', path: `/v1/sessions/${sessionId}/seats` },
    ]);
    return page?.summary.sold === orderIds.length ? true : undefined;
  });
};

/**
 * Flows of hold, order and payment of one given seat each. The processor time is that of all that follows, too: it is
 * measured until the last queue is empty.
 * @param customers how many flows are begun; without it as many as there is time for.
 */
const measureFlows = async (
  platform: BenchPlatform,
  { connections, seconds, customers }: { connections: number; seconds?: number; customers?: number },
): Promise<Measured> => {
  const { sessionId, seats } = await platform.sellStadium(40_000);
  const before = await platform.usage();
  let begun = 0;
  let mails = 0;
  let confirmed: readonly string[] = [];
  const result = await measured(
    platform,
    async () => {
      const {
        begun: flowsBegun,
        ended: orderIds,
        ...flows
      } = await flowLoad(
        { origin: platform.origin, connections, ...(seconds !== undefined && { seconds }) },
        {
          begin: (flow) => {
            const seat = flow === customers ? undefined : seats[flow];
            return seat === undefined ? undefined : holdRequest(sessionId, { seats: [seat] });
          },
          next: [(holdId) => orderRequest(holdId), payRequest],
          ends: 'confirmed',
        },
      );
      begun = flowsBegun;
      confirmed = orderIds;
      mails = await untilSettled(platform, before, confirmed.length);
      return flows;
    },
    (flows) => {
      onlyStatuses(flows, 201, 202, 503);
      expectCount('orders', confirmed.length, customers ?? begun);
      return `${confirmed.length} orders: each captured and with a ticket of its own, their places sold and no others; ${mails} mails; told to come back ${flows.statuses[503] ?? 0} times`;
    },
  );
  await checkOrders(platform, sessionId, confirmed);
  return result;
};

export const flows: readonly Scenario[] = flowConnections.map((connections) => ({
  name: flowsName(connections),
  what: 'a free seat of a hall of 40,000 each time',
  run: (platform, seconds) => measureFlows(platform, { connections, seconds }),
}));

export const fiveHundredCustomers: Scenario = {
  name: '500 customers at once, from hold to ticket',
  what: 'each holds, orders and pays one seat; who is told to come back (503) does',
  run: (platform) => measureFlows(platform, { connections: 500, customers: 500 }),
};

const ticketsScanned = 400;
const placesPerOrder = 10;

/** Codes of tickets of a free evening whose doors are open, all bought, with nothing left to do. */
const sellTickets = async (platform: BenchPlatform) => {
  const { sessionId, ticketTypeIds, token } = await platform.sellEvening([0], ticketsScanned, 3_600);
  const before = await platform.usage();
  const orders = ticketsScanned / placesPerOrder;
  const ticketIds: string[] = [];
  const held: LoadRequest[] = [];
  let holds = 0;
  const hold = (): LoadRequest | undefined => {
    if (holds === orders) return undefined;
    holds += 1;
    return holdRequest(sessionId, { ticketTypeId: ticketTypeIds[0], quantity: placesPerOrder });
  };
  await load({
    origin: platform.origin,
    connections: 8,
    next: () => held.pop() ?? hold(),
    onAnswer: (status, body, { path }) => {
      if (status !== 201) throw new Error(`${path} was answered ${status}: ${body}`);
      const made = JSON.parse(body) as OrderBody;
      if (path === '/v1/orders') ticketIds.push(...made.tickets.map(({ id }) => id));
      else held.push(orderRequest(made.id, false));
    },
  });
  expectCount('tickets', ticketIds.length, ticketsScanned);
  const tickets = await readAll<{ code: string }>(platform, ticketIds.map(readTicketRequest));
  await untilSettled(platform, before, orders);
  return { sessionId, token, codes: tickets.map(({ code }) => code) };
};

/** Scanners at gates; every fourth ticket is scanned at two gates at the same time. */
const checkIn = (gates: number, scanners: number, buyers: number): Scenario => ({
  name: `check-in: ${scanners} scanners at ${gates} gate${gates === 1 ? '' : 's'}${buyers === 0 ? '' : `, ${buyers} customers hold seats meanwhile`}`,
  what: `${ticketsScanned} tickets, every fourth shown twice at once`,
  async run(platform) {
    const { sessionId, token, codes } = await sellTickets(platform);
    const other = buyers === 0 ? undefined : await platform.sellStadium(40_000);
    const scans = codes.flatMap((code, index) => (index % 4 === 0 ? [code, code] : [code]));
    const reasons: Record<string, number> = {};
    let isOver = false;
    return measured(
      platform,
      async () => {
        const scanning = load({
          origin: platform.origin,
          connections: scanners,
          next: (count) => {
            const code = scans[count];
            const scanner = count % scanners;
            return code === undefined
              ? undefined
              : scanRequest(sessionId, token, {
                  code,
                  device: `scanner-${scanner + 1}`,
                  gate: `gate-${(scanner % gates) + 1}`,
                });
          },
          onAnswer: (_status, body) => {
            const { result, reason = result } = JSON.parse(body) as { result: string; reason?: string };
            reasons[reason] = (reasons[reason] ?? 0) + 1;
          },
        }).finally(() => {
          isOver = true;
        });
        const buying = load({
          origin: platform.origin,
          connections: Math.max(1, buyers),
          next: (count) => {
            const seat = isOver ? undefined : other?.seats[count];
            return seat === undefined || other === undefined
              ? undefined
              : holdRequest(other.sessionId, { seats: [seat] });
          },
        });
        const [scanned, bought] = await Promise.all([scanning, buying]);
        if (other !== undefined) onlyStatuses(bought, 201);
        return { ...scanned, besides: bought.requests };
      },
      (result: LoadResult) => {
        onlyStatuses(result, 200, 201);
        expectCount('admitted', reasons['admitted'] ?? 0, ticketsScanned);
        expectCount('already used', reasons['already_used'] ?? 0, scans.length - ticketsScanned);
        return `${ticketsScanned} let in, each once; ${scans.length - ticketsScanned} told already_used; 95 % within ${result.p95Ms.toFixed(0)} ms`;
      },
    );
  },
});

export const checkIns: readonly Scenario[] = [checkIn(1, 4, 0), checkIn(8, 32, 0), checkIn(8, 32, 32)];
