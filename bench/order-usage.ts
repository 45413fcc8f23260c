import { until } from '../local/demo/parallel.ts';
import type { UsageReport } from '../local/usage.ts';
import type { Evening } from './evening.ts';
import { type LoadRequest, load } from './load.ts';
import { functionsOf, type OrderKind, type OrderUsage, type Snapshot, usageBetween } from './order-counts.ts';
import { orderRequest, payRequest } from './order-requests.ts';
import { type BenchPlatform, holdRequest } from './platform.ts';
import { untilQuiet } from './quiet.ts';

/** Long enough to order and pay by; the hold’s timer, which belongs to the cost, runs when it is over. */
const holdSeconds = 8;

export const evening = (platform: BenchPlatform): Promise<Evening> =>
  platform.sellEvening([4_500, 0], 100, holdSeconds);

const snapshot = async (platform: BenchPlatform): Promise<Snapshot> => ({
  report: await platform.usage(),
  costs: platform.costByFunction(),
  bytes: platform.loggedBytes(),
});

const timeoutMs = 60_000;

/**
 * One order of one place, alone on the platform, from its hold to the last thing that follows from it: its ticket is
 * mailed, its money captured, its machine at its end, and the hold’s timer has found it over.
 */
export const measureOrder = async (
  platform: BenchPlatform,
  { sessionId, ticketTypeIds }: Evening,
  kind: OrderKind,
): Promise<OrderUsage> => {
  await untilQuiet(platform, timeoutMs);
  const before = await snapshot(platform);
  const since = async (count: (report: UsageReport) => number): Promise<number> =>
    count(await platform.usage()) - count(before.report);
  const untilCounted = (what: string, count: (report: UsageReport) => number): Promise<true> =>
    until(what, timeoutMs, async () => ((await since(count)) >= 1 ? true : undefined));
  const recordsOf = (name: string) => (report: UsageReport) => functionsOf(report)[name]?.records ?? 0;

  const ask = async (request: LoadRequest, expected: number): Promise<{ readonly id: string }> => {
    let text = '';
    const { statuses } = await load({
      origin: platform.origin,
      connections: 1,
      next: (count) => (count === 0 ? request : undefined),
      onAnswer: (_status, body) => {
        text = body;
      },
    });
    if (statuses[expected] !== 1) throw new Error(`${request.path} was not answered ${expected}: ${text}`);
    return JSON.parse(text) as { id: string };
  };
  const ticketTypeId = ticketTypeIds[kind === 'paid' ? 0 : 1];
  const hold = await ask(holdRequest(sessionId, { ticketTypeId, quantity: 1 }), 201);
  const order = await ask(orderRequest(hold.id, kind === 'paid'), 201);
  if (kind === 'paid') {
    // The usual order of things: a customer takes longer to pay than the machine to begin to wait.
    await untilCounted('the waiting machine', recordsOf('orders-machine'));
    await ask(payRequest(order.id), 202);
    await untilCounted('the end of the machine', (report) => report.calls['states SendTaskSuccess'] ?? 0);
  }
  await untilCounted('the mail', recordsOf('notifications-mail'));
  await untilCounted('the timer of the hold', recordsOf('ticketing-hold-expiry'));
  return usageBetween(before, await snapshot(platform));
};
