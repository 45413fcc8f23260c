import { Duration } from 'aws-cdk-lib';
import { Queue, QueueEncryption, type QueueProps } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { Alarms } from './alarms.ts';
import type { TlsOnly } from './tls-only.ts';

/** Deliveries of a message before it waits in the dead-letter queue. */
const maxReceiveCount = 3;

/** @param tlsOnly the policy that protects the queue; without it the queue has one of its own. */
const protectedQueue = (
  scope: Construct,
  id: string,
  tlsOnly: TlsOnly | undefined,
  props: QueueProps,
): Queue => {
  const queue = new Queue(scope, id, {
    ...props,
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: tlsOnly === undefined,
  });
  tlsOnly?.cover(queue);
  return queue;
};

/**
 * A queue whose messages wait for a person, with an alarm as soon as it holds one.
 * @param tlsOnly left out where a rule delivers to the queue too.
 */
export const deadLetterQueue = (
  scope: Construct,
  id: string,
  alarms: Alarms,
  whatToDo: string,
  tlsOnly?: TlsOnly,
): Queue => {
  const queue = protectedQueue(scope, id, tlsOnly, { retentionPeriod: Duration.days(14) });
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

  /**
   * @param consumerTimeout timeout of the function that reads it.
   * @param tlsOnly left out where a rule delivers to the queue.
   */
  constructor(scope: Construct, id: string, consumerTimeout: Duration, alarms: Alarms, tlsOnly?: TlsOnly) {
    super(scope, id);
    this.deadLetters = deadLetterQueue(
      this,
      'DeadLetters',
      alarms,
      'Find the cause in the consumer’s log, mend it, then redrive: docs/guides/deploy.md.',
      tlsOnly,
    );
    this.queue = protectedQueue(this, 'Queue', tlsOnly, {
      // Six times the timeout, as AWS asks for queues that Lambda polls: a batch is not handed out twice.
      visibilityTimeout: Duration.seconds(6 * consumerTimeout.toSeconds()),
      retentionPeriod: Duration.days(4),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount },
    });
  }
}
