import { parentPort, workerData } from 'node:worker_threads';
import { runShare, type Share } from '../run.ts';
import { leadSimulation } from './lead-simulation.ts';

/** A thread that runs a share of the simulation of leads and tells how far it is. */
const result = await runShare(leadSimulation, workerData as Share, (schedules) =>
  parentPort?.postMessage({ schedules }),
);
parentPort?.postMessage({ result });
