import { parentPort, workerData } from 'node:worker_threads';
import { runShare, type Share } from '../run.ts';
import { orderSimulation } from './order-simulation.ts';

/** A thread that runs a share of the simulation of orders and tells how far it is. */
const result = await runShare(orderSimulation, workerData as Share, (schedules) =>
  parentPort?.postMessage({ schedules }),
);
parentPort?.postMessage({ result });
