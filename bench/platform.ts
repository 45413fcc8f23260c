import type { QueueFacts } from '../local/control.ts';
import { connect, tokenFor } from '../local/demo/api.ts';
import { putOnSale } from '../local/demo/put-on-sale.ts';
import { freePort } from '../local/free-port.ts';
import type { UsageReport } from '../local/usage.ts';
import { generateStadium } from '../scripts/generate-plan.ts';
import { type Evening, sellEvening } from './evening.ts';
import type { LoadRequest } from './load.ts';
import { addCost, costLineOf, type LoggedCost, noCost } from './logged-cost.ts';
import { type CpuSeconds, cpuOf, startProgram } from './processes.ts';

export interface BenchPlatform {
  readonly origin: string;
  cpu(): CpuSeconds;
  /** What the API’s requests have cost so far, by their log. */
  cost(): RequestCost;
  /** What each function’s requests, messages and tasks have cost so far, by its log. */
  costByFunction(): Readonly<Record<string, LoggedCost>>;
  /** Bytes that functions have logged so far. */
  loggedBytes(): number;
  /** What the platform was used for so far. */
  usage(): Promise<UsageReport>;
  /** Messages that functions have, or are about to get; neither timers nor dead letters. */
  queued(): Promise<number>;
  /** A session of a generated stadium: its id, its ticket types best first, its seats in plan order. */
  sellStadium(seats: number): Promise<BenchSession>;
  /** A session of standing places. */
  sellStanding(places: number): Promise<BenchSession>;
  /** An evening whose doors are open, with so many standing places of each price (cents). */
  sellEvening(prices: readonly number[], quantity: number, holdSeconds: number): Promise<Evening>;
  stop(): Promise<void>;
}

/** Calls to AWS and consumed capacity of so many requests. */
export interface RequestCost extends LoggedCost {
  readonly requests: number;
}

export interface BenchSession {
  readonly sessionId: string;
  readonly ticketTypeIds: readonly string[];
  readonly seats: readonly string[];
}

/** Longer than any run: in AWS, what reads tables for expired items is no load of the platform. */
const noSweepSeconds = 24 * 60 * 60;

/** Starts the embedded platform as a process of its own, as `npm start` does. */
export const startPlatform = async (): Promise<BenchPlatform> => {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  let cost: RequestCost = { requests: 0, ...noCost };
  const costByFunction: Record<string, LoggedCost> = {};
  let loggedBytes = 0;
  const read = (line: string): void => {
    loggedBytes += Buffer.byteLength(line);
    if (/"level":"(WARN|ERROR)"/.test(line)) console.error(line);
    const logged = costLineOf(line);
    if (logged === undefined) return;
    costByFunction[logged.function] = addCost(costByFunction[logged.function] ?? noCost, logged);
    if (logged.kind === 'request') cost = { requests: cost.requests + 1, ...addCost(cost, logged) };
  };
  const started = await startProgram(
    'local/start.ts',
    ['--port', String(port), '--no-demo', '--verbose', '--ttl-sweep-seconds', String(noSweepSeconds)],
    /Ctrl-C ends it/,
    { onLine: read },
  );
  const platform = { url: `${origin}/v1`, tokenUrl: `${origin}/_local/token` };
  const sell = async (plan: Record<string, unknown>): Promise<BenchSession> => {
    const organizer = connect(platform, await tokenFor(platform, `bench-${crypto.randomUUID()}`));
    const { sessionId, ticketTypeIds, rows } = await putOnSale(organizer, plan, 3_600);
    return { sessionId, ticketTypeIds, seats: rows.flat() };
  };
  return {
    origin,
    cpu: () => cpuOf(started.child.pid ?? 0),
    cost: () => cost,
    costByFunction: () => ({ ...costByFunction }),
    loggedBytes: () => loggedBytes,
    usage: async () => (await (await fetch(`${origin}/_local/usage`)).json()) as UsageReport,
    async queued() {
      const answer = await fetch(`${origin}/_local/queues`);
      const { queues } = (await answer.json()) as { readonly queues: readonly QueueFacts[] };
      return queues
        .filter(({ name }) => !name.includes('DeadLetter'))
        .reduce((sum, { waiting, inFlight }) => sum + waiting + inFlight, 0);
    },
    sellStadium: (seats) => sell(generateStadium(seats) as unknown as Record<string, unknown>),
    sellStanding: (places) => sell(standingPlan(places)),
    sellEvening: (prices, quantity, holdSeconds) => sellEvening(platform, prices, quantity, holdSeconds),
    stop: () => started.stop(),
  };
};

const standingPlan = (capacity: number): Record<string, unknown> => ({
  name: 'Meadow',
  size: { width: 100, height: 100 },
  categories: [{ name: 'Standing', color: '#2ca02c' }],
  zones: [
    {
      name: 'Meadow',
      zone_id: 'meadow',
      position: { x: 0, y: 0 },
      rows: [],
      areas: [
        {
          shape: 'rectangle',
          position: { x: 0, y: 0 },
          rectangle: { width: 100, height: 100 },
          fairground: { generalAdmission: { name: 'Meadow', category: 'Standing', capacity } },
        },
      ],
    },
  ],
});

/** A request for a hold by a customer who never asked before. */
export const holdRequest = (sessionId: string, body: unknown): LoadRequest => ({
  method: 'POST',
  path: `/v1/sessions/${sessionId}/holds`,
  headers: { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() },
  body: JSON.stringify(body),
});

export const seatsRequest = (sessionId: string, etag?: string): LoadRequest => ({
  method: 'GET',
  path: `/v1/sessions/${sessionId}/seats`,
  headers: { 'accept-encoding': 'gzip', ...(etag !== undefined && { 'if-none-match': etag }) },
});
