import type { ColdStart } from './cold-start.ts';
import type { Measured } from './measured.ts';
import type { ReferenceResult } from './reference/run.ts';
import type { TruckReferenceResult } from './reference/run-trucks.ts';

/** What some scenarios found. */
export interface Run {
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
}

export interface TicketResults extends Run {
  readonly reference: readonly ReferenceResult[];
  /** CPU of one DynamoDB write by the SDK, without the engine’s, in milliseconds. */
  readonly sdkCallMs: number;
  readonly coldStarts: readonly ColdStart[];
}

export interface TruckResults extends Run {
  readonly reference: readonly TruckReferenceResult[];
}

/** The last run of each part, as bench/results.json keeps it. */
export interface Results {
  readonly tickets: TicketResults;
  readonly trucks: TruckResults;
}
