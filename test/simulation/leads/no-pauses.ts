import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers/promises';

/**
 * Who loses a race for a calendar pauses before it tries again. Of real time nothing passes in a simulation: what
 * comes between two tries is the work of the schedule, before which every call of them is put.
 */
timers.setTimeout = (async () => undefined) as typeof timers.setTimeout;
syncBuiltinESMExports();
