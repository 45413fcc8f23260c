import { freePort } from '../../local/free-port.ts';
import { flowConnections, flowLoad } from '../flow-load.ts';
import { type LoadRequest, type LoadResult, load } from '../load.ts';
import { startProgram } from '../processes.ts';
import { startPostgres } from './server.ts';

export interface ReferenceResult {
  readonly version: string;
  readonly holds: LoadResult;
  /** Customers who hold, order and pay: three requests a flow, by the number of connections. */
  readonly flows: readonly (LoadResult & { readonly connections: number; readonly flowsPerSecond: number })[];
}

/** More than a run can hold. */
const seats = 100_000;
const connections = 64;

const post = (path: string, body?: unknown): LoadRequest => ({
  method: 'POST',
  path,
  headers: { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() },
  ...(body !== undefined && { body: JSON.stringify(body) }),
});

/**
 * Runs a program of this folder on a PostgreSQL of its own.
 * @returns undefined when the system has none.
 */
export const onReference = async <T>(
  program: string,
  args: readonly string[],
  measure: (origin: string, version: string) => Promise<T>,
): Promise<T | undefined> => {
  const postgres = await startPostgres();
  if (postgres === undefined) return undefined;
  try {
    const port = await freePort();
    const started = await startProgram(
      `bench/reference/${program}`,
      ['--port', String(port), '--database', postgres.url, ...args],
      /ready/,
    );
    try {
      return await measure(`http://127.0.0.1:${port}`, postgres.version);
    } finally {
      await started.stop();
    }
  } finally {
    await postgres.stop();
  }
};

/** The same load on PostgreSQL; undefined when the system has none. */
export const runReference = (seconds: number, warmUpSeconds: number): Promise<ReferenceResult | undefined> =>
  onReference('postgres.ts', ['--seats', String(seats)], async (origin, version) => {
    let seat = 0;
    const hold = () => {
      if (seat === seats) return undefined;
      seat += 1;
      return post('/holds', { seats: [seat - 1] });
    };
    await load({ origin, connections, seconds: warmUpSeconds, next: hold });
    const holds = await load({ origin, connections, seconds, next: hold });
    const flows: ReferenceResult['flows'][number][] = [];
    for (const customers of flowConnections) {
      const { begun, ended, ...result } = await flowLoad(
        { origin, connections: customers, seconds },
        {
          begin: hold,
          next: [
            (holdId) => post('/orders', { holdId, customer: { name: 'Ana Pop', email: 'ana@example.com' } }),
            (orderId) => post(`/orders/${orderId}/pay`),
          ],
          ends: 'confirmed',
        },
      );
      if (ended.length < begun || Object.keys(result.statuses).some((status) => !/^20[12]$/.test(status)))
        throw new Error(`PostgreSQL answered ${JSON.stringify(result.statuses)}`);
      flows.push({ ...result, connections: customers });
    }
    return { version, holds, flows };
  });
