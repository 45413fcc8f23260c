import { Pool } from 'undici';
import { percentile } from '../local/demo/statistics.ts';

export interface LoadRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface LoadOptions {
  /** Base of all paths. */
  readonly origin: string;
  readonly connections: number;
  /** The next request, or undefined when there is none left; called by each connection in turn. */
  readonly next: (count: number) => LoadRequest | undefined;
  /** No request is begun after so long. */
  readonly seconds?: number;
  /** Told each answer. */
  readonly onAnswer?: (status: number, body: string, request: LoadRequest) => void;
}

export interface LoadResult {
  readonly requests: number;
  readonly seconds: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** How many answers had each status. */
  readonly statuses: Readonly<Record<number, number>>;
}

/**
 * Closed loop: each connection sends its next request when the last one is answered, as a customer does.
 * Times are from sending to the end of the answer.
 */
export const load = async ({
  origin,
  connections,
  next,
  seconds = Number.POSITIVE_INFINITY,
  onAnswer,
}: LoadOptions): Promise<LoadResult> => {
  const pool = new Pool(origin, { connections, pipelining: 1, headersTimeout: 60_000 });
  const times: number[] = [];
  const statuses: Record<number, number> = {};
  const startedAt = performance.now();
  const deadline = startedAt + seconds * 1_000;
  let count = 0;
  const connection = async (): Promise<void> => {
    while (performance.now() < deadline) {
      const request = next(count);
      if (request === undefined) return;
      count += 1;
      const sentAt = performance.now();
      const answer = await pool.request({
        method: request.method,
        path: request.path,
        ...(request.headers !== undefined && { headers: request.headers }),
        ...(request.body !== undefined && { body: request.body }),
      });
      const body = await answer.body.text();
      times.push(performance.now() - sentAt);
      statuses[answer.statusCode] = (statuses[answer.statusCode] ?? 0) + 1;
      onAnswer?.(answer.statusCode, body, request);
    }
  };
  await Promise.all(Array.from({ length: connections }, connection));
  const took = (performance.now() - startedAt) / 1_000;
  await pool.close();
  return {
    requests: times.length,
    seconds: took,
    perSecond: times.length / took,
    p50Ms: percentile(times, 0.5),
    p95Ms: percentile(times, 0.95),
    p99Ms: percentile(times, 0.99),
    maxMs: percentile(times, 1),
    statuses,
  };
};
