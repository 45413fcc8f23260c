import type { History, Step } from './history.ts';
import type { Found, Outcome, Simulation } from './run.ts';

const run = (
  { runHistory, noCoverage }: Simulation,
  history: History,
  isRecording = false,
): Promise<Outcome> => runHistory(history, { coverage: noCoverage(), isRecording });

/** Runs tried at most: a history is a few dozen steps, so this is some seconds. */
const mostRuns = 6_000;

/**
 * The shortest history found that breaks the same invariant: first ever smaller pieces are dropped, then in
 * what is left faults are disabled and choices made dull, until nothing more can go.
 */
export const shrink = async (simulation: Simulation, history: History): Promise<History> => {
  const wanted = (await run(simulation, history)).violation?.invariant;
  if (wanted === undefined) throw new Error(`Seed ${history.seed} breaks nothing`);
  let best = history;
  let runs = 0;

  const keepIf = async (steps: readonly Step[]): Promise<boolean> => {
    if (runs >= mostRuns) return false;
    runs += 1;
    const { violation, steps: taken } = await run(simulation, { ...best, steps });
    if (violation?.invariant !== wanted) return false;
    best = { ...best, steps: steps.slice(0, taken) };
    return true;
  };

  const dropPieces = async (): Promise<void> => {
    for (let size = Math.ceil(best.steps.length / 2); size >= 1; size = Math.floor(size / 2)) {
      for (let start = best.steps.length - size; start >= 0; start -= size) {
        await keepIf([...best.steps.slice(0, start), ...best.steps.slice(start + size)]);
      }
    }
  };

  const simplify = async (): Promise<void> => {
    for (let index = 0; index < best.steps.length; index += 1) {
      for (const part of ['fault', 'which', 'detail', 'action'] as const) {
        const step = best.steps[index];
        if (step === undefined || step[part] === 0) continue;
        await keepIf(best.steps.with(index, { ...step, [part]: 0 }));
      }
    }
  };

  for (let before = ''; before !== JSON.stringify(best.steps); ) {
    before = JSON.stringify(best.steps);
    await dropPieces();
    await simplify();
  }
  return best;
};

/** What happened in a history, one line a thing; without what nobody needs to see the failure. */
export const timelineOf = async (simulation: Simulation, history: History): Promise<readonly string[]> =>
  (await run(simulation, history, true)).timeline;

/** What a finding is, and how it came about at its shortest; empty when there is none. */
export const storyOf = async (simulation: Simulation, found: Found | undefined): Promise<string> => {
  if (found === undefined) return '';
  const shortest = await shrink(simulation, simulation.historyOf(found.seed));
  return `seed ${found.seed}: ${found.violation.text}\n${(await timelineOf(simulation, shortest)).join('\n')}`;
};
