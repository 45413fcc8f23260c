import type { LoadResult } from './load.ts';
import type { BenchPlatform, RequestCost } from './platform.ts';
import type { CpuSeconds } from './processes.ts';

export interface Measured extends LoadResult {
  /** CPU of the platform per request, in milliseconds; not of the load. */
  readonly cpuMs: CpuSeconds;
  /** Calls to AWS and capacity units of one request, on average. */
  readonly cost: Omit<RequestCost, 'requests'>;
  /** Requests of others at the same time: they are in the averages, not in the times. */
  readonly besides?: number;
  /** Flows of hold, order and payment a second, where that is what customers do. */
  readonly flowsPerSecond?: number;
  /** Answers a second that customers came for, where a request may also be told to come back; flows, where those are it. */
  readonly goodPerSecond?: number;
  /** What must be so, and is; a scenario that is not right has no figures. */
  readonly checked: string;
}

export interface Scenario {
  readonly name: string;
  readonly what: string;
  readonly run: (platform: BenchPlatform, seconds: number) => Promise<Measured>;
}

export const measured = async (
  platform: BenchPlatform,
  work: () => Promise<LoadResult & Pick<Measured, 'flowsPerSecond' | 'goodPerSecond' | 'besides'>>,
  check: (result: LoadResult) => string,
): Promise<Measured> => {
  const [before, costBefore] = [platform.cpu(), platform.cost()];
  const result = await work();
  const [after, costAfter] = [platform.cpu(), platform.cost()];
  const logged = costAfter.requests - costBefore.requests;
  const averageCost = (part: keyof RequestCost): number => (costAfter[part] - costBefore[part]) / logged;
  const perRequest = (part: keyof CpuSeconds): number =>
    ((after[part] - before[part]) / (result.requests + (result.besides ?? 0))) * 1_000;
  return {
    ...result,
    cpuMs: {
      gateway: perRequest('gateway'),
      handlers: perRequest('handlers'),
      reactions: perRequest('reactions'),
      helpers: perRequest('helpers'),
      engine: perRequest('engine'),
    },
    cost: {
      calls: averageCost('calls'),
      readUnits: averageCost('readUnits'),
      writeUnits: averageCost('writeUnits'),
    },
    checked: check(result),
  };
};

export const onlyStatuses = (result: LoadResult, ...allowed: readonly number[]): void => {
  const others = Object.keys(result.statuses).filter((status) => !allowed.includes(Number(status)));
  if (others.length > 0) throw new Error(`Answers that must not be: ${JSON.stringify(result.statuses)}`);
};

export const expectCount = (what: string, got: number, expected: number): void => {
  if (got !== expected) throw new Error(`${what}: ${got}, not ${expected}`);
};
