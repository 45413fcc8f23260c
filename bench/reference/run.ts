import { freePort } from '../../local/free-port.ts';
import { type LoadResult, load } from '../load.ts';
import { startProgram } from '../processes.ts';
import { startPostgres } from './server.ts';

export interface ReferenceResult {
  readonly version: string;
  readonly holds: LoadResult;
  /** Flows of a hold and its confirmation: two requests each. */
  readonly flows: LoadResult;
}

const seats = 40_000;
const connections = 64;

/** The same load on PostgreSQL; undefined when the system has none. */
export const runReference = async (
  seconds: number,
  warmUpSeconds: number,
): Promise<ReferenceResult | undefined> => {
  const postgres = await startPostgres();
  if (postgres === undefined) return undefined;
  const port = await freePort();
  const args = ['--port', String(port), '--database', postgres.url, '--seats', String(seats)];
  const program = await startProgram('bench/reference/postgres.ts', args, /ready/);
  try {
    const origin = `http://127.0.0.1:${port}`;
    let seat = 0;
    const hold = () => {
      if (seat === seats) return undefined;
      seat += 1;
      return {
        method: 'POST' as const,
        path: '/holds',
        headers: { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() },
        body: JSON.stringify({ seats: [seat - 1] }),
      };
    };
    await load({ origin, connections, seconds: warmUpSeconds, next: hold });
    const holds = await load({ origin, connections, seconds, next: hold });
    const held: string[] = [];
    const flows = await load({
      origin,
      connections,
      seconds,
      // Whoever holds confirms next.
      next: () => {
        const id = held.pop();
        return id === undefined ? hold() : { method: 'POST', path: `/holds/${id}/confirm` };
      },
      onAnswer: (status, body) => {
        if (status === 201) held.push((JSON.parse(body) as { id: string }).id);
      },
    });
    return { version: postgres.version, holds, flows };
  } finally {
    await program.stop();
    await postgres.stop();
  }
};
