import { parentPort, workerData } from 'node:worker_threads';
import { holdSimulation } from './hold-simulation.ts';
import { runShare, type Share } from './run.ts';

/** A thread that runs a share and tells how far it is. */
const result = await runShare(holdSimulation, workerData as Share, (schedules) =>
  parentPort?.postMessage({ schedules }),
);
parentPort?.postMessage({ result });
