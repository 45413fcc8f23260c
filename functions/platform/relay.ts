import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { clientSettings, withoutFrills } from './aws-client.ts';
import type { LifecycleEvent } from './lifecycle-event.ts';
import { logger } from './logger.ts';
import type { MachineStart } from './machine.ts';
import { type DelayedMessage, sendMessages } from './queue.ts';
import type { Item } from './table.ts';

/** A change of an item as the table’s stream tells it. */
export interface StreamChange {
  readonly kind: 'INSERT' | 'MODIFY' | 'REMOVE';
  readonly before: Item | undefined;
  readonly after: Item | undefined;
  /** Removed by the TTL service, not by us. */
  readonly expired: boolean;
  /** When the service saw the change, to the second. */
  readonly seenAt: Date;
}

export interface RelayOptions {
  /** EventBridge source, `fairground.<context>`. */
  readonly source: string;
  readonly busName: string;
  /** The lifecycle events a change means, in order; none for changes that nobody is told of. */
  readonly lifecycleEvents: (change: StreamChange) => readonly LifecycleEvent[];
  /** Timers a change starts: messages sent before the lifecycle events are. */
  readonly timers?: (change: StreamChange) => readonly DelayedMessage[];
  /** State machines a change starts, before the lifecycle events are told. */
  readonly machines?: {
    readonly startsOf: (change: StreamChange) => readonly MachineStart[];
    readonly start: (starts: readonly MachineStart[]) => Promise<void>;
  };
}

/** A lifecycle event on its way, and the record it came from. */
export interface Outgoing {
  readonly recordIndex: number;
  readonly event: LifecycleEvent;
}

/** Most entries PutEvents takes in one call (service limit). */
const maxEntries = 10;

/** Where lifecycle events and timers go; simulations bring their own. */
export interface RelayPorts {
  /** Puts at most ten events in one call; gives back those that were refused. */
  putEvents(entries: readonly Outgoing[]): Promise<readonly Outgoing[]>;
  sendTimers(messages: readonly DelayedMessage[]): Promise<void>;
}

/**
 * Relays changes in stream order: timers and machines first, then lifecycle events. Gives the index of the first change
 * that has to be delivered again (with all after it), undefined when all went through.
 */
export const relayChanges = async (
  changes: readonly (() => StreamChange)[],
  {
    lifecycleEvents,
    timers: timersOf,
    machines,
  }: Pick<RelayOptions, 'lifecycleEvents' | 'timers' | 'machines'>,
  ports: RelayPorts,
): Promise<number | undefined> => {
  const outgoing: Outgoing[] = [];
  const timers: DelayedMessage[] = [];
  const starts: MachineStart[] = [];
  let poisonIndex: number | undefined;
  for (const [recordIndex, read] of changes.entries()) {
    try {
      const change = read();
      timers.push(...(timersOf?.(change) ?? []));
      starts.push(...(machines?.startsOf(change) ?? []));
      for (const event of lifecycleEvents(change)) outgoing.push({ recordIndex, event });
    } catch (error) {
      logger.error('A stream record cannot be relayed', { recordIndex, error: error as Error });
      poisonIndex = recordIndex;
      break;
    }
  }

  try {
    await ports.sendTimers(timers);
    await machines?.start(starts);
  } catch (error) {
    logger.error('Timers or machines could not be started', error as Error);
    return 0;
  }
  for (const wave of wavesOf(outgoing)) {
    let failed: readonly Outgoing[];
    try {
      failed = await ports.putEvents(wave);
    } catch (error) {
      logger.error('PutEvents failed', error as Error);
      failed = wave;
    }
    if (failed.length > 0) return Math.min(...failed.map((entry) => entry.recordIndex));
  }
  return poisonIndex;
};

/**
 * The outbox: turns a table’s stream into lifecycle events on the bus, at least once and in order per
 * aggregate. The answer of PutEvents is read entry by entry; the first record that failed is given back
 * to the stream, which delivers it and all after it again (ids stay the same).
 */
export const relay = (options: RelayOptions) => {
  const client = withoutFrills(new EventBridgeClient(clientSettings('events')));

  const putEvents = async (entries: readonly Outgoing[]): Promise<readonly Outgoing[]> => {
    const output = await client.send(
      new PutEventsCommand({
        Entries: entries.map(({ event }) => ({
          EventBusName: options.busName,
          Source: options.source,
          DetailType: event.type,
          Time: new Date(event.occurredAt),
          Resources: [`${event.aggregate.kind}/${event.aggregate.id}`],
          Detail: JSON.stringify(event),
        })),
      }),
    );
    const failed = entries.filter((_, index) => output.Entries?.[index]?.ErrorCode !== undefined);
    if (failed.length > 0) {
      logger.warn('PutEvents refused entries', {
        failed: failed.length,
        code: output.Entries?.find((entry) => entry.ErrorCode)?.ErrorCode,
      });
    }
    return failed;
  };

  return async ({ Records: records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> => {
    const failedIndex = await relayChanges(
      records.map((record) => () => toChange(record)),
      options,
      { putEvents, sendTimers: sendMessages },
    );
    if (failedIndex === undefined) return { batchItemFailures: [] };
    return {
      batchItemFailures: [{ itemIdentifier: records[failedIndex]?.dynamodb?.SequenceNumber ?? '' }],
    };
  };
};

/**
 * Cuts the outgoing events into calls of at most ten in which no aggregate stands twice: a refused entry
 * can then never be overtaken by a later one of its aggregate.
 */
export const wavesOf = (outgoing: readonly Outgoing[]): readonly (readonly Outgoing[])[] => {
  const waves: Outgoing[][] = [];
  let wave: Outgoing[] = [];
  let aggregates = new Set<string>();
  for (const entry of outgoing) {
    const aggregate = `${entry.event.aggregate.kind}/${entry.event.aggregate.id}`;
    if (wave.length === maxEntries || aggregates.has(aggregate)) {
      waves.push(wave);
      wave = [];
      aggregates = new Set();
    }
    wave.push(entry);
    aggregates.add(aggregate);
  }
  if (wave.length > 0) waves.push(wave);
  return waves;
};

const toChange = (record: DynamoDBRecord): StreamChange => {
  const image = (attributes: unknown): Item | undefined =>
    attributes === undefined ? undefined : (unmarshall(attributes as Record<string, AttributeValue>) as Item);
  const kind = record.eventName;
  if (kind === undefined) throw new Error('A stream record without eventName');
  return {
    kind,
    before: image(record.dynamodb?.OldImage),
    after: image(record.dynamodb?.NewImage),
    expired: kind === 'REMOVE' && record.userIdentity?.principalId === 'dynamodb.amazonaws.com',
    seenAt: new Date((record.dynamodb?.ApproximateCreationDateTime ?? Date.now() / 1_000) * 1_000),
  };
};
