import type { UsageReport } from '../local/usage.ts';
import { addCost, type LoggedCost, noCost } from './logged-cost.ts';

export type OrderKind = 'paid' | 'free';

/** What AWS bills of one order of one place, from its hold to the mail with its ticket; all but time and bytes exact. */
export interface OrderCounts extends LoggedCost {
  /** Requests of the API. */
  readonly requests: number;
  /** What each function was given: requests, tasks, messages, records of streams. Each is an invocation at worst. */
  readonly records: Readonly<Record<string, number>>;
  readonly transitions: number;
  readonly events: number;
  /** Messages in queues: events for consumers, and timers. */
  readonly messages: number;
  readonly signatures: number;
  readonly mails: number;
}

export interface OrderUsage extends OrderCounts {
  /** Milliseconds of one invocation of each function, on average. */
  readonly ms: Readonly<Record<string, number>>;
  /** Calls to DynamoDB by each function. */
  readonly callsOf: Readonly<Record<string, number>>;
  readonly loggedBytes: number;
}

/** What was used so far. */
export interface Snapshot {
  readonly report: UsageReport;
  readonly costs: Readonly<Record<string, LoggedCost>>;
  readonly bytes: number;
}

/** The template’s name of a function, `Fairground-dev-App-OrdersRelayFunctionA5929404`, as lib/function-table.ts has it. */
export const functionNameOf = (physicalName: string): string =>
  (/-([A-Za-z]+)Function[0-9A-F]{8}$/.exec(physicalName)?.[1] ?? physicalName)
    .replace(/(?<!^)[A-Z]/g, (letter) => `-${letter}`)
    .toLowerCase();

/** What each function was used for, by its name in lib/function-table.ts. */
export const functionsOf = ({ functions }: UsageReport) =>
  Object.fromEntries(Object.entries(functions).map(([name, usage]) => [functionNameOf(name), usage]));

/** What was used between two snapshots, by one order. */
export const usageBetween = (before: Snapshot, after: Snapshot): OrderUsage => {
  const known = functionsOf(before.report);
  const used = Object.entries(functionsOf(after.report))
    .map(([name, { invocations, records, ms }]) => ({
      name,
      invocations: invocations - (known[name]?.invocations ?? 0),
      records: records - (known[name]?.records ?? 0),
      ms: ms - (known[name]?.ms ?? 0),
    }))
    .filter(({ invocations }) => invocations > 0);
  const costs = Object.entries(after.costs).map(([name, cost]) => {
    const earlier = before.costs[name] ?? noCost;
    return {
      name,
      calls: cost.calls - earlier.calls,
      readUnits: cost.readUnits - earlier.readUnits,
      writeUnits: cost.writeUnits - earlier.writeUnits,
    };
  });
  const called = (call: string) => (after.report.calls[call] ?? 0) - (before.report.calls[call] ?? 0);
  const sumOfRecords = (kind: RegExp): number =>
    used.filter(({ name }) => kind.test(name)).reduce((sum, { records }) => sum + records, 0);
  return {
    ...costs.reduce<LoggedCost>(addCost, noCost),
    requests: sumOfRecords(/-(commands|queries)$/),
    records: Object.fromEntries(used.map(({ name, records }) => [name, records])),
    transitions: after.report.transitions - before.report.transitions,
    events: after.report.events - before.report.events,
    messages: sumOfRecords(/^(?!.*-(commands|queries|relay|machine)$)/),
    signatures: called('kms Sign'),
    mails: called('ses SendEmail'),
    ms: Object.fromEntries(used.map(({ name, ms, invocations }) => [name, ms / invocations])),
    callsOf: Object.fromEntries(
      costs.filter(({ calls }) => calls > 0).map(({ name, calls }) => [name, calls]),
    ),
    loggedBytes: after.bytes - before.bytes,
  };
};
