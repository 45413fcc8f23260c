import { parentPort, workerData } from 'node:worker_threads';
import { runShare, type Share } from './run.ts';

/** A thread that runs a share and tells how far it is. */
const result = await runShare(workerData as Share, (schedules) => parentPort?.postMessage({ schedules }));
parentPort?.postMessage({ result });
