import { historyOf } from '../history.ts';
import type { Simulation } from '../run.ts';
import { noCoverage } from './coverage.ts';
import { runHistory } from './world.ts';

/** Fewest and most steps of a schedule: an order takes a dozen calls, and there are several. */
const length = { fewest: 80, most: 320 };

/** Orders, payments, refunds and check-in, for what runs and shrinks histories. */
export const orderSimulation: Simulation = {
  noCoverage,
  historyOf: (seed) => historyOf(seed, length),
  runHistory,
};
