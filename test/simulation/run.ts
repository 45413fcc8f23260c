import { addCoverage, type Coverage } from './coverage.ts';
import type { History } from './history.ts';

/** What a run of one history came to. */
export interface Outcome {
  readonly violation: Violation | undefined;
  /** Steps that were taken until then. */
  readonly steps: number;
  readonly timeline: readonly string[];
}

export interface Violation {
  /** Key of the invariant that was broken. */
  readonly invariant: string;
  readonly text: string;
}

export interface RunOptions {
  readonly coverage: Coverage;
  /** Writes the timeline too. */
  readonly isRecording: boolean;
}

/** Something that histories can be run in: the world of holds, of orders or of leads. */
export interface Simulation {
  readonly noCoverage: () => Coverage;
  readonly historyOf: (seed: number) => History;
  readonly runHistory: (history: History, options: RunOptions) => Promise<Outcome>;
}

/** A part of a run: schedules of the seeds `first`, `first + 1`, … */
export interface Share {
  readonly first: number;
  readonly count: number;
}

export interface Found {
  readonly seed: number;
  readonly violation: Violation;
}

export interface ShareResult {
  readonly schedules: number;
  readonly steps: number;
  readonly coverage: Coverage;
  readonly found: Found | undefined;
}

const lowest = (findings: readonly Found[]): Found | undefined =>
  findings.toSorted((a, b) => a.seed - b.seed)[0];

/** Schedules that take turns in one thread: a turn of the event loop serves all of them. */
const lanes = 2;

/** Runs the schedules of a share in the order of their seeds, until one breaks an invariant. */
export const runShare = async (
  { noCoverage, historyOf, runHistory }: Simulation,
  { first, count }: Share,
  onProgress: (schedules: number) => void = () => {},
): Promise<ShareResult> => {
  const coverage = noCoverage();
  let steps = 0;
  let begun = 0;
  let done = 0;
  const findings: Found[] = [];
  const lane = async (): Promise<void> => {
    while (begun < count && findings.length === 0) {
      const seed = first + begun;
      begun += 1;
      const outcome = await runHistory(historyOf(seed), { coverage, isRecording: false });
      steps += outcome.steps;
      done += 1;
      if (outcome.violation !== undefined) findings.push({ seed, violation: outcome.violation });
      if (done % 1_000 === 0) onProgress(done);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return { schedules: done, steps, coverage, found: lowest(findings) };
};

/** The results of shares as one; of several findings that with the lowest seed. */
export const merge = (results: readonly ShareResult[]): ShareResult => {
  const coverage = new Float64Array(results[0]?.coverage.length ?? 0);
  for (const result of results) addCoverage(coverage, result.coverage);
  return {
    schedules: results.reduce((sum, { schedules }) => sum + schedules, 0),
    steps: results.reduce((sum, { steps }) => sum + steps, 0),
    coverage,
    found: lowest(results.flatMap(({ found }) => found ?? [])),
  };
};
