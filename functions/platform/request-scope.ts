import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * What belongs to one invocation or message: its ids for the log, and what its AWS calls cost.
 * Kept in async-local storage because one process may run several invocations at once.
 */
export interface RequestScope {
  readonly requestId: string;
  readonly traceparent: string | undefined;
  readonly cost: { calls: number; readUnits: number; writeUnits: number };
  /** Organization the request acts for, once known. */
  tenant?: string;
}

const storage = new AsyncLocalStorage<RequestScope>();

/** Runs `work` in a scope of its own. */
export const inScope = <T>(scope: Pick<RequestScope, 'requestId' | 'traceparent'>, work: () => T): T =>
  storage.run({ ...scope, cost: { calls: 0, readUnits: 0, writeUnits: 0 } }, work);

export const currentScope = (): RequestScope | undefined => storage.getStore();

/** Adds one AWS call and its consumed capacity to the scope. */
export const recordCost = (readUnits: number, writeUnits: number): void => {
  const cost = storage.getStore()?.cost;
  if (cost === undefined) return;
  cost.calls += 1;
  cost.readUnits += readUnits;
  cost.writeUnits += writeUnits;
};
