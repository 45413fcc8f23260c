import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { merge, type ShareResult } from './run.ts';

/** The program of a thread that simulates holds. */
export const holdsWorker = new URL('./worker.ts', import.meta.url);

/** The program of a thread that simulates orders. */
export const ordersWorker = new URL('./orders/worker.ts', import.meta.url);

/** The program of a thread that simulates leads. */
export const leadsWorker = new URL('./leads/worker.ts', import.meta.url);

type Told = { readonly schedules: number } | { readonly result: ShareResult };

/**
 * Runs the schedules of so many seeds from `seed` on, on all processors. A thread that finds something ends its
 * share; the lowest seed found is reported.
 */
export const simulate = async (
  {
    seed,
    schedules,
    worker: file,
  }: {
    readonly seed: number;
    readonly schedules: number;
    /** The program of a thread: which world it runs. */
    readonly worker: URL;
  },
  onProgress: (schedules: number) => void = () => {},
): Promise<ShareResult> => {
  const threads = Math.max(1, Math.min(availableParallelism(), Math.ceil(schedules / 500)));
  const size = Math.ceil(schedules / threads);
  const done = Array.from({ length: threads }, () => 0);
  const runThread = (index: number): Promise<ShareResult> =>
    new Promise((resolve, reject) => {
      const first = seed + index * size;
      const worker = new Worker(file, {
        workerData: { first, count: Math.min(size, schedules - index * size) },
        // The relay logs what it gives back; here that is what is wanted.
        env: { ...process.env, POWERTOOLS_LOG_LEVEL: 'SILENT', AWS_REGION: 'eu-central-1' },
      });
      worker.on('message', (told: Told) => {
        if ('result' in told) resolve(told.result);
        else {
          done[index] = told.schedules;
          onProgress(done.reduce((sum, count) => sum + count, 0));
        }
      });
      worker.on('error', reject);
    });
  return merge(await Promise.all(done.map((_, index) => runThread(index))));
};
