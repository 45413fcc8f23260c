import { defineConfig } from 'vitest/config';

/** The tests of the pure rules, for `npm run stryker`: those that need no engine, so that each mutant takes ms. */
export default defineConfig({
  test: {
    include: [
      'test/ticketing/{block,block-plan,hold,best-available,availability-picture,lifecycle,sold-out}.test.ts',
    ],
    env: { POWERTOOLS_LOG_LEVEL: 'SILENT' },
  },
});
