import { defineConfig } from 'vitest/config';
import { targetOf } from './test/e2e/target.ts';

/** Odd requests by HTTP against an embedded cloud of their own. */
export default defineConfig({
  test: {
    name: 'input',
    include: targetOf(process.env) === undefined ? ['test/input/*.test.ts'] : [],
    globalSetup: ['test/e2e/global-setup.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    maxConcurrency: 8,
    // Beside the journeys, which wait more than they work; projects of one group share their workers.
    maxWorkers: targetOf(process.env)?.kind === 'localstack' ? 1 : 4,
    sequence: { groupOrder: 1 },
  },
});
