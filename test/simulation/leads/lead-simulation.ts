import { historyOf } from '../history.ts';
import type { Simulation } from '../run.ts';
import { noCoverage } from './coverage.ts';
import { runHistory } from './world.ts';

/** Fewest and most steps of a schedule. */
const length = { fewest: 40, most: 160 };

/** Leads, quotes, truck holds and deposits, for what runs and shrinks histories. */
export const leadSimulation: Simulation = {
  noCoverage,
  historyOf: (seed) => historyOf(seed, length),
  runHistory,
};
