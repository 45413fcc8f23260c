import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/support/longest-first.ts';
import { byNeed } from './test/support/own-process.ts';

const { own, shared } = byNeed('test/**/*.test.ts', ['test/e2e/**', 'test/input/**']);

const parts = {
  // One more than cores: some files wait for a clock or a process.
  maxWorkers: availableParallelism() + 1,
  testTimeout: 20_000,
  // The first run of a clone bundles all functions.
  hookTimeout: 120_000,
  env: {
    // Functions log each request; POWERTOOLS_LOG_LEVEL=INFO shows it.
    POWERTOOLS_LOG_LEVEL: process.env['POWERTOOLS_LOG_LEVEL'] ?? 'SILENT',
    // CDK’s own checks of templates, which take seconds: `buildApp` turns them on where they are asked for.
    CDK_VALIDATION: 'false',
  },
};

/** All tests: those of the parts first, then the end-to-end journeys on an embedded cloud. */
export default defineConfig({
  test: {
    passWithNoTests: false,
    sequence: { sequencer: LongestFirst },
    projects: [
      { test: { ...parts, name: 'parts', include: own } },
      { test: { ...parts, name: 'parts-shared', include: shared, isolate: false } },
      './vitest.e2e.config.ts',
      './vitest.input.config.ts',
    ],
  },
});
