import { numbersFrom } from './random.ts';

/**
 * One decision of the scheduler, as four numbers of 32 bits. Zeros are the dullest choice (go on with the
 * first call, without a fault), so that a history is shrunk by dropping steps and setting numbers to zero.
 */
export interface Step {
  readonly action: number;
  readonly which: number;
  readonly fault: number;
  readonly detail: number;
}

/** The seed gives the setting and, unless it was shrunk, the steps. */
export interface History {
  readonly seed: number;
  readonly steps: readonly Step[];
}

const stepsOfHolds = { fewest: 12, most: 44 };

export const historyOf = (seed: number, { fewest, most } = stepsOfHolds): History => {
  const next = numbersFrom(seed);
  const length = fewest + (next() % (most - fewest + 1));
  return {
    seed,
    steps: Array.from({ length }, () => ({
      action: next(),
      which: next(),
      fault: next(),
      detail: next(),
    })),
  };
};
