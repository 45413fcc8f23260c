import { defineConfig } from 'vitest/config';
import { targetOf } from './test/e2e/target.ts';

/** Journeys of `test/e2e/embedded` need the outbox or the demo data, which only the embedded cloud has. */
const isEmbedded = targetOf(process.env)?.kind !== 'localstack';

/** The end-to-end journeys: by HTTP, against the embedded cloud or the target of the environment. */
export default defineConfig({
  test: {
    name: 'e2e',
    include: ['test/e2e/*.test.ts', ...(isEmbedded ? ['test/e2e/embedded/*.test.ts'] : [])],
    globalSetup: ['test/e2e/global-setup.ts'],
    testTimeout: 90_000,
    hookTimeout: 120_000,
    // Journeys wait for the platform more than they work: as many files at once as there are not cores.
    maxWorkers: 4,
    // After the other tests, which measure times of their own.
    sequence: { groupOrder: 1 },
  },
});
