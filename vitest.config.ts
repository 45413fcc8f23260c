import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** All tests: those of the parts first, then the end-to-end journeys on an embedded cloud. */
export default defineConfig({
  test: {
    passWithNoTests: false,
    projects: [
      {
        test: {
          name: 'parts',
          include: ['test/**/*.test.ts'],
          exclude: ['test/e2e/**', 'test/input/**'],
          // All cores; vitest would leave one of them idle.
          maxWorkers: availableParallelism(),
          testTimeout: 20_000,
          hookTimeout: 60_000,
          // Functions log each request; POWERTOOLS_LOG_LEVEL=INFO shows it.
          env: { POWERTOOLS_LOG_LEVEL: process.env['POWERTOOLS_LOG_LEVEL'] ?? 'SILENT' },
        },
      },
      './vitest.e2e.config.ts',
      './vitest.input.config.ts',
    ],
  },
});
