import { connect, tokenFor } from '../local/demo/api.ts';
import { putOnSale } from '../local/demo/put-on-sale.ts';
import { freePort } from '../local/free-port.ts';
import { generateStadium } from '../scripts/generate-plan.ts';
import type { LoadRequest } from './load.ts';
import { type CpuSeconds, cpuOf, startProgram } from './processes.ts';

export interface BenchPlatform {
  readonly origin: string;
  cpu(): CpuSeconds;
  /** What the API’s requests have cost so far, by their log. */
  cost(): RequestCost;
  /** A session of a generated stadium: its id, its ticket types best first, its seats in plan order. */
  sellStadium(seats: number): Promise<BenchSession>;
  /** A session of standing places. */
  sellStanding(places: number): Promise<BenchSession>;
  stop(): Promise<void>;
}

/** Calls to AWS and consumed capacity of so many requests. */
export interface RequestCost {
  readonly requests: number;
  readonly calls: number;
  readonly readUnits: number;
  readonly writeUnits: number;
}

const costOf = (line: string): RequestCost | undefined => {
  if (!line.includes('"message":"request"')) {
    if (/"level":"(WARN|ERROR)"/.test(line)) console.error(line);
    return undefined;
  }
  const { calls, readUnits, writeUnits } = JSON.parse(line) as Omit<RequestCost, 'requests'>;
  return { requests: 1, calls, readUnits, writeUnits };
};

export interface BenchSession {
  readonly sessionId: string;
  readonly ticketTypeIds: readonly string[];
  readonly seats: readonly string[];
}

/** Starts the embedded platform as a process of its own, as `npm start` does. */
export const startPlatform = async (): Promise<BenchPlatform> => {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const cost = { requests: 0, calls: 0, readUnits: 0, writeUnits: 0 };
  const started = await startProgram(
    'local/start.ts',
    ['--port', String(port), '--no-demo', '--verbose'],
    /Ctrl-C ends it/,
    {
      onLine: (line) => {
        for (const [part, amount] of Object.entries(costOf(line) ?? {}))
          cost[part as keyof RequestCost] += amount;
      },
    },
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
    cost: () => ({ ...cost }),
    sellStadium: (seats) => sell(generateStadium(seats) as unknown as Record<string, unknown>),
    sellStanding: (places) => sell(standingPlan(places)),
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
