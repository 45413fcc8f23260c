import { createContext, Script } from 'node:vm';

/**
 * Runs something for so long at most: rules exist that make every library search for centuries, and what searches
 * does not look at a clock itself. The engine ends it.
 * @returns undefined when the time was over.
 */
export const withinTime = <T>(milliseconds: number, work: () => T): { readonly value: T } | undefined => {
  let done: { readonly value: T } | undefined;
  const run = createContext({
    work() {
      done = { value: work() };
    },
  });
  try {
    new Script('work()').runInContext(run, { timeout: milliseconds });
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
  }
  return done;
};
