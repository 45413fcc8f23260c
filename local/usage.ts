/** What one function was used for. */
export interface FunctionUsage {
  readonly memoryMb: number;
  readonly invocations: number;
  /** Records of streams and queues that the invocations brought; one for any other invocation. */
  readonly records: number;
  /** Sum of the invocations’ durations, in milliseconds. */
  readonly ms: number;
}

/** What was used since the start, in the units that AWS bills. */
export interface UsageReport {
  readonly functions: Readonly<Record<string, FunctionUsage>>;
  /** Calls by service and operation (`kms Sign`) of what is served on the platform’s own port. */
  readonly calls: Readonly<Record<string, number>>;
  /** Lifecycle events that buses took. */
  readonly events: number;
  /** Messages that buses put into queues. */
  readonly deliveries: number;
  /** State transitions of machines: into each state, and out of the last one. */
  readonly transitions: number;
}

/** Counts what the platform is used for. */
export class Usage {
  private readonly functions = new Map<string, FunctionUsage>();
  private readonly calls = new Map<string, number>();
  private events = 0;
  private deliveries = 0;
  private transitions = 0;

  invoked({ name, memoryMb }: { name: string; memoryMb: number }, event: unknown, tookMs: number): void {
    const { invocations, records, ms } = this.functions.get(name) ?? { invocations: 0, records: 0, ms: 0 };
    this.functions.set(name, {
      memoryMb,
      invocations: invocations + 1,
      records: records + ((event as { Records?: readonly unknown[] } | undefined)?.Records?.length ?? 1),
      ms: ms + tookMs,
    });
  }

  called(service: string, operation: string): void {
    const call = `${service} ${operation}`;
    this.calls.set(call, (this.calls.get(call) ?? 0) + 1);
  }

  /** An event passed a bus, into so many queues. */
  passed(deliveries: number): void {
    this.events += 1;
    this.deliveries += deliveries;
  }

  transitioned(): void {
    this.transitions += 1;
  }

  report(): UsageReport {
    const { events, deliveries, transitions } = this;
    const byName = <T>(map: ReadonlyMap<string, T>) => Object.fromEntries([...map].toSorted());
    return { functions: byName(this.functions), calls: byName(this.calls), events, deliveries, transitions };
  }
}
