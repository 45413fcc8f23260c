import type { ColdStart } from './cold-start.ts';
import type { Measured } from './measured.ts';
import type { ReferenceResult } from './reference/run.ts';

/** What a run of the benchmarks found, as bench/results.json keeps it. */
export interface Results {
  readonly machine: {
    readonly cpu: string;
    readonly cores: number;
    readonly node: string;
    readonly at: string;
  };
  readonly repeats: number;
  readonly scenarios: readonly {
    readonly name: string;
    readonly what: string;
    readonly runs: readonly Measured[];
  }[];
  readonly reference: readonly ReferenceResult[];
  /** CPU of one DynamoDB write by the SDK, without the engine’s, in milliseconds. */
  readonly sdkCallMs: number;
  readonly coldStarts: readonly ColdStart[];
}
