import { Duration } from 'aws-cdk-lib';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { Alarms } from './alarms.ts';

/** Deliveries of a message before it waits in the dead-letter queue. */
const maxReceiveCount = 3;

const protectedQueue = { encryption: QueueEncryption.SQS_MANAGED, enforceSSL: true } as const;

/** A queue whose messages wait for a person, with an alarm as soon as it holds one. */
export const deadLetterQueue = (scope: Construct, id: string, alarms: Alarms, whatToDo: string): Queue => {
  const queue = new Queue(scope, id, { ...protectedQueue, retentionPeriod: Duration.days(14) });
  alarms.watch(`${scope.node.id}${id}`, {
    metric: queue.metricApproximateNumberOfMessagesVisible({ period: Alarms.period, statistic: 'Maximum' }),
    threshold: 1,
    description: `Messages wait in the dead-letter queue. ${whatToDo}`,
  });
  return queue;
};

/** The queue of one consumer with its dead-letter queue. */
export class ConsumerQueue extends Construct {
  readonly queue: Queue;
  readonly deadLetters: Queue;

  /** @param consumerTimeout timeout of the function that reads it. */
  constructor(scope: Construct, id: string, consumerTimeout: Duration, alarms: Alarms) {
    super(scope, id);
    this.deadLetters = deadLetterQueue(
      this,
      'DeadLetters',
      alarms,
      'Find the cause in the consumer’s log, mend it, then redrive: docs/guides/deploy.md.',
    );
    this.queue = new Queue(this, 'Queue', {
      ...protectedQueue,
      // Six times the timeout, as AWS asks for queues that Lambda polls: a batch is not handed out twice.
      visibilityTimeout: Duration.seconds(6 * consumerTimeout.toSeconds()),
      retentionPeriod: Duration.days(4),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount },
    });
  }
}
