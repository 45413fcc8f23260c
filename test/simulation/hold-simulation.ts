import { noCoverage } from './coverage.ts';
import { historyOf } from './history.ts';
import type { Simulation } from './run.ts';
import { runHistory } from './world.ts';

/** The hold protocol, for what runs and shrinks histories. */
export const holdSimulation: Simulation = {
  noCoverage,
  historyOf: (seed) => historyOf(seed),
  runHistory,
};
