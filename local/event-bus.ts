import { randomUUID } from 'node:crypto';
import { account } from './account.ts';
import type { Resource } from './template.ts';
import { Usage } from './usage.ts';

/** An event as EventBridge hands it to a target. */
export interface BusEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: unknown;
}

interface PutEventsEntry {
  readonly EventBusName?: string;
  readonly Source?: string;
  readonly DetailType?: string;
  readonly Detail?: string;
  readonly Time?: number;
  readonly Resources?: readonly string[];
}

type EntryResult =
  | { readonly EventId: string }
  | { readonly ErrorCode: string; readonly ErrorMessage: string };

interface Rule {
  readonly busName: string;
  readonly matches: (event: BusEvent) => boolean;
  readonly targetArns: readonly string[];
}

/** Most entries of one PutEvents call, and bytes of one entry (EventBridge quotas). */
const maxEntries = 10;
const maxEntryBytes = 256 * 1024;

/** Events that the outbox remembers. */
const outboxSize = 2_000;

/** Rules without a pattern are schedules (local/schedules.ts). */
export const isSchedule = (properties: Resource['properties']): boolean =>
  properties['EventPattern'] === undefined && properties['ScheduleExpression'] !== undefined;

/** Custom event buses: rules match events and hand them to queues. */
export class EventBus {
  private readonly busNames: ReadonlySet<string>;
  private readonly rules: readonly Rule[];
  private readonly deliver: (targetArn: string, body: string) => void;
  private readonly outbox: BusEvent[] = [];
  private readonly usage: Usage;

  /** @param deliver puts a message into the queue of this ARN; it is stored when the call returns. */
  constructor(
    resources: readonly Resource[],
    deliver: (targetArn: string, body: string) => void,
    usage = new Usage(),
  ) {
    this.deliver = deliver;
    this.usage = usage;
    this.busNames = new Set(
      resources.filter(({ type }) => type === 'AWS::Events::EventBus').map(({ name }) => name),
    );
    this.rules = resources
      .filter(({ type, properties }) => type === 'AWS::Events::Rule' && !isSchedule(properties))
      .map(({ name, properties }) => ({
        busName: properties['EventBusName'] ?? 'default',
        matches: compilePattern(properties['EventPattern'], name),
        targetArns: (properties['Targets'] ?? []).map((target: Record<string, string>) => {
          const unknown = Object.keys(target).filter(
            (key) => !['Arn', 'Id', 'DeadLetterConfig'].includes(key),
          );
          if (unknown.length > 0) throw new Error(`${name}: targets with ${unknown} are not supported here`);
          return target['Arn'];
        }),
      }));
  }

  /** The PutEvents call: each entry has a result of its own. */
  putEvents(request: { readonly Entries?: readonly PutEventsEntry[] }): {
    readonly FailedEntryCount: number;
    readonly Entries: readonly EntryResult[];
  } {
    const entries = request.Entries ?? [];
    if (entries.length === 0 || entries.length > maxEntries) {
      throw new RangeError(`PutEvents takes 1 to ${maxEntries} entries, not ${entries.length}`);
    }
    const results = entries.map((entry) => this.put(entry));
    return { FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length, Entries: results };
  }

  /** The last events that passed, newest last. */
  recent(type: string | undefined, limit: number): readonly BusEvent[] {
    return this.outbox.filter((event) => type === undefined || event['detail-type'] === type).slice(-limit);
  }

  private put(entry: PutEventsEntry): EntryResult {
    const { EventBusName: busName = 'default', Source, DetailType, Detail, Time } = entry;
    const refuse = (ErrorCode: string, ErrorMessage: string): EntryResult => ({ ErrorCode, ErrorMessage });
    if (!this.busNames.has(busName)) return refuse('InvalidArgument', `There is no event bus ${busName}`);
    if (!Source || !DetailType || Detail === undefined)
      return refuse('InvalidArgument', 'Source, DetailType and Detail are required');
    if (Buffer.byteLength(Detail) > maxEntryBytes)
      return refuse('InvalidArgument', `Detail is larger than ${maxEntryBytes} bytes`);
    let detail: unknown;
    try {
      detail = JSON.parse(Detail);
    } catch {
      return refuse('MalformedDetail', 'Detail is malformed.');
    }
    const event: BusEvent = {
      version: '0',
      id: randomUUID(),
      'detail-type': DetailType,
      source: Source,
      account: account.accountId,
      time: new Date(Time === undefined ? Date.now() : Time * 1_000).toISOString(),
      region: account.region,
      resources: entry.Resources ?? [],
      detail,
    };
    const targetArns = this.rules
      .filter((rule) => rule.busName === busName && rule.matches(event))
      .flatMap((rule) => rule.targetArns);
    for (const targetArn of targetArns) this.deliver(targetArn, asMessage(event));
    this.usage.passed(targetArns.length);
    this.outbox.push(event);
    if (this.outbox.length > outboxSize) this.outbox.shift();
    return { EventId: event.id };
  }
}

/** Escapes what lies beyond the basic plane (emoji): SQS takes it, fauxqs refuses it. It is the same JSON. */
export const asMessage = (value: unknown): string =>
  JSON.stringify(value).replace(/[\ud800-\udfff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16)}`);

/**
 * Event patterns of plain values: every field named must hold one of the values listed.
 * @throws Error for any other matcher.
 */
export const compilePattern = (pattern: unknown, place: string): ((value: unknown) => boolean) => {
  if (Array.isArray(pattern)) {
    if (pattern.some((item) => item !== null && typeof item === 'object')) {
      throw new Error(`${place}: the pattern ${JSON.stringify(pattern)} is not supported here`);
    }
    return (value) =>
      Array.isArray(value) ? value.some((item) => pattern.includes(item)) : pattern.includes(value);
  }
  if (pattern === null || typeof pattern !== 'object') {
    throw new Error(`${place}: a pattern is an object of lists, not ${JSON.stringify(pattern)}`);
  }
  const fields = Object.entries(pattern).map(
    ([name, inner]) => [name, compilePattern(inner, `${place}/${name}`)] as const,
  );
  return (value) =>
    value !== null &&
    typeof value === 'object' &&
    fields.every(([name, matches]) => matches((value as Record<string, unknown>)[name]));
};
