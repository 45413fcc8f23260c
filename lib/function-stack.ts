import { Duration, Stack, type StackProps } from 'aws-cdk-lib';
import type { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction, SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { EventSourceMapping, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import type { Bundle } from './bundle.ts';
import { Alarms } from './constructs/alarms.ts';
import { ConsumerQueue, deadLetterQueue } from './constructs/consumer-queue.ts';
import { PlatformFunction } from './constructs/platform-function.ts';
import { TlsOnly } from './constructs/tls-only.ts';
import { type DataStack, plansBucketExport } from './data-stack.ts';
import { watchDrift } from './drift-metrics.ts';
import { type EnvironmentOf, type FunctionName, functionTable } from './function-table.ts';
import { putEvents, readStream, receiveMessages } from './grants.ts';
import type { IssuerSettings } from './identity-stack.ts';
import type { Settings } from './settings.ts';
import { sharedRights, sharedVariables } from './shared-access.ts';

interface FunctionStackProps extends StackProps {
  readonly settings: Settings;
  readonly data: DataStack;
  readonly issuer: IssuerSettings;
  readonly bundles: Readonly<Record<FunctionName, Bundle>>;
}

/** Most records a stream, and messages a queue, hands over at once. */
const streamBatchSize = 100;
const queueBatchSize = 10;

/** Tries of a batch of stream records; what still fails is bisected down to the record and set aside. */
const streamRetries = 10;

/**
 * A stack of what computes: functions of some contexts, their queues and triggers, the alarms. It keeps nothing.
 * What each context consists of is in lib/contexts.
 */
export class FunctionStack extends Stack {
  readonly settings: Settings;
  readonly data: DataStack;
  /** Environment variables that several contexts have, and the rights to what they name. */
  readonly variables: ReturnType<typeof sharedVariables>;
  readonly rights: ReturnType<typeof sharedRights>;
  readonly functions: Partial<Record<FunctionName, PlatformFunction>> = {};
  readonly queues: Record<string, ConsumerQueue> = {};
  readonly alarms: Alarms;
  /** What reconciliations found. */
  readonly drift: Metric[] = [];
  private readonly bundles: FunctionStackProps['bundles'];
  private readonly tlsOnly: TlsOnly;

  constructor(scope: Construct, id: string, props: FunctionStackProps) {
    super(scope, id, props);
    const { settings, data, issuer, bundles } = props;
    this.settings = settings;
    this.data = data;
    this.bundles = bundles;
    this.variables = sharedVariables(settings, data, issuer);
    this.rights = sharedRights(data);
    this.addStackDependency(data);
    this.alarms = new Alarms(this, settings);
    this.tlsOnly = new TlsOnly(this, 'TlsOnly');
  }

  addFunction<Name extends FunctionName>(
    name: Name,
    environment: EnvironmentOf<Name>,
    statements: readonly PolicyStatement[],
  ): PlatformFunction {
    const made = new PlatformFunction(this, pascalCase(name), {
      name,
      definition: functionTable[name],
      bundle: this.bundles[name],
      environment: environment as Readonly<Record<string, string>>,
      statements,
      settings: this.settings,
      alarms: this.alarms,
    });
    this.functions[name] = made;
    return made;
  }

  /** Rights on objects of a bucket cannot name them: the folder is the narrowest there is. */
  acknowledgeFolders(folders: readonly string[], ...names: readonly FunctionName[]): void {
    for (const name of names) {
      for (const folder of folders) {
        acknowledge(this.functions[name] as PlatformFunction, {
          [`IAM5[Resource::${plansBucketExport(this.data)}/${folder}/*]`]: `Objects are made at run time; ${name} works on the whole folder ${folder}.`,
        });
      }
    }
  }

  /** The outbox of a table: its stream, relayed to the bus. Records that never pass are set aside. */
  addRelay<Name extends FunctionName & `${string}-relay`>(
    name: Name,
    table: Table,
    environment: EnvironmentOf<Name>,
    statements: readonly PolicyStatement[] = [],
  ): PlatformFunction {
    const streamArn = table.tableStreamArn;
    if (streamArn === undefined) throw new Error(`The table of ${name} has no stream`);
    const relay = this.addFunction(name, environment, [
      putEvents(this.data.bus),
      ...readStream(streamArn),
      ...statements,
    ]);
    this.addStreamMapping(relay, streamArn);
    return relay;
  }

  private addStreamMapping(relay: PlatformFunction, streamArn: string): void {
    const deadLetters = deadLetterQueue(
      relay,
      'DeadLetters',
      this.alarms,
      'They name stream records that the relay could not pass on; the items themselves are in the table. docs/guides/deploy.md says how to relay them again.',
      this.tlsOnly,
    );
    acknowledge(deadLetters, { SQS3: 'It is itself where a stream’s failed records go.' });
    new EventSourceMapping(relay, 'Stream', {
      target: relay.lambda,
      eventSourceArn: streamArn,
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: streamBatchSize,
      bisectBatchOnError: true,
      retryAttempts: streamRetries,
      reportBatchItemFailures: true,
      onFailure: new SqsDlq(deadLetters),
    });
    this.alarms.watch(`${relay.node.id}IteratorAge`, {
      metric: relay.lambda.metric('IteratorAge', { period: Alarms.period, statistic: 'Maximum' }),
      threshold: 60_000,
      periods: 3,
      description: `${relay.name} is more than a minute behind its stream: it fails or is too slow.`,
    });
  }

  /**
   * A consumer of lifecycle events: a rule → its own queue → function, each message failing alone.
   * @param accepts types of lifecycle events by their source.
   */
  addConsumer<Name extends FunctionName>(
    name: Name,
    environment: EnvironmentOf<Name>,
    statements: readonly PolicyStatement[],
    accepts: Readonly<Record<string, readonly string[]>>,
  ): PlatformFunction {
    const queue = this.addEventQueue(name, accepts);
    return this.addQueueConsumer(name, environment, statements, queue);
  }

  /** The queue of a consumer of lifecycle events, with the rule that delivers to it. */
  addEventQueue(name: FunctionName, accepts: Readonly<Record<string, readonly string[]>>): ConsumerQueue {
    const queue = this.addQueue(name, { hasRules: true });
    // Types are of one source each: one rule takes those of all.
    const rule = new Rule(this, `${pascalCase(name)}Rule`, {
      eventBus: this.data.bus,
      description: `Lifecycle events → ${name}`,
      eventPattern: { source: Object.keys(accepts), detailType: Object.values(accepts).flat() },
    });
    // A delivery that EventBridge gave up is the same message as one the consumer gave up.
    rule.addTarget(new SqsQueue(queue.queue, { deadLetterQueue: queue.deadLetters }));
    return queue;
  }

  addQueue(name: FunctionName, { hasRules = false } = {}): ConsumerQueue {
    const queue = new ConsumerQueue(
      this,
      `${pascalCase(name)}Queue`,
      functionTable[name].timeout as Duration,
      this.alarms,
      hasRules ? undefined : this.tlsOnly,
    );
    this.queues[name] = queue;
    return queue;
  }

  addQueueConsumer<Name extends FunctionName>(
    name: Name,
    environment: EnvironmentOf<Name>,
    statements: readonly PolicyStatement[],
    { queue }: ConsumerQueue,
  ): PlatformFunction {
    const consumer = this.addFunction(name, environment, [...statements, receiveMessages(queue)]);
    new EventSourceMapping(consumer, 'Messages', {
      target: consumer.lambda,
      eventSourceArn: queue.queueArn,
      batchSize: queueBatchSize,
      reportBatchItemFailures: true,
      // Without this bound the poller would run into the reservation and count refusals as deliveries.
      ...(this.settings.reserveConcurrency && {
        maxConcurrency: functionTable[name].reservedConcurrency,
      }),
    });
    return consumer;
  }

  /** @param often as its description says it. */
  addSchedule(made: PlatformFunction, every: Duration, often: string): void {
    new Rule(this, `${made.node.id}Schedule`, {
      description: `${often} → ${made.name}`,
      schedule: Schedule.rate(every),
      targets: [new LambdaFunction(made.lambda)],
    });
  }

  /** A function that runs every five minutes and repairs drift, with the metrics and alarms of what it finds. */
  addReconciliation<Name extends FunctionName>(
    name: Name,
    environment: EnvironmentOf<Name>,
    statements: readonly PolicyStatement[],
  ): PlatformFunction {
    const made = this.addFunction(name, environment, statements);
    this.addSchedule(made, Duration.minutes(5), 'Every five minutes');
    if (!this.settings.emulator)
      this.drift.push(...watchDrift(made, `Fairground/${this.settings.stage}`, this.alarms));
    return made;
  }
}

const pascalCase = (name: string): string =>
  name
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
