import { existsSync } from 'node:fs';
import path from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take longest, or wait longest, from `test/`. */
const longest = [
  'input/routes.test.ts',
  'faults/faults.test.ts',
  'simulation/simulation.test.ts',
  'local/start.test.ts',
  'faults/kill-sale.test.ts',
  'local/state-machines.test.ts',
].map((file) => path.resolve(import.meta.dirname, '..', file));

const rankOf = ({ moduleId }: TestSpecification): number => {
  const rank = longest.indexOf(moduleId);
  return rank < 0 ? longest.length : rank;
};
const groupOf = ({ project }: TestSpecification): number => project.config.sequence.groupOrder;

/**
 * Starts the longest files of each group first: one that starts last is alone in the end. Vitest goes by the size
 * of files where it has no times of an earlier run, and takes the projects of a group one after the other.
 */
export class LongestFirst extends BaseSequencer {
  /** @throws Error when a file of the list is gone. */
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const gone = longest.filter((file) => !existsSync(file));
    if (gone.length > 0) throw new Error(`test/support/longest-first.ts names ${gone.join(', ')}`);
    const sorted = await super.sort(files);
    return sorted.toSorted((one, other) => groupOf(one) - groupOf(other) || rankOf(one) - rankOf(other));
  }
}
