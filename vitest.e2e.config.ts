import { defineConfig } from 'vitest/config';
import { targetOf } from './test/e2e/target.ts';

const running = targetOf(process.env);
/** Journeys of `test/e2e/embedded` need the outbox or the demo data, which only the embedded cloud has. */
const isEmbedded = running?.kind !== 'localstack';
/** Those of `test/e2e/own-cloud` need servers of theirs that the cloud asks: it is started for them. */
const isOwn = running === undefined;

/** The end-to-end journeys: by HTTP, against the embedded cloud or the target of the environment. */
export default defineConfig({
  test: {
    name: 'e2e',
    include: [
      'test/e2e/*.test.ts',
      ...(isEmbedded ? ['test/e2e/embedded/*.test.ts'] : []),
      ...(isOwn ? ['test/e2e/own-cloud/*.test.ts'] : []),
    ],
    globalSetup: ['test/e2e/global-setup.ts'],
    // They only ask and wait: one may follow the other in a process, which spares loading all that they import.
    isolate: false,
    testTimeout: isEmbedded ? 90_000 : 360_000,
    hookTimeout: isEmbedded ? 120_000 : 360_000,
    // Journeys wait for the platform more than they work; a LocalStack-compatible server starts a process for
    // every request under way, so it gets one file after the other.
    maxWorkers: isEmbedded ? 4 : 1,
    // After the other tests, which measure times of their own.
    sequence: { groupOrder: 1 },
  },
});
