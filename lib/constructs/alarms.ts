import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';

interface Watch {
  readonly metric: IMetric;
  /** The alarm goes off when the metric is at least this. */
  readonly threshold: number;
  /** Periods in a row; default 1. */
  readonly periods?: number;
  readonly description: string;
}

/**
 * The alarms of a stack. Each says what to do; they are sent by e-mail when an address is set.
 * Only plain metrics: emulators know neither metric maths nor composite alarms.
 */
export class Alarms extends Construct {
  static readonly period = Duration.minutes(1);
  private readonly action: SnsAction | undefined;

  constructor(scope: Construct, email: string | undefined) {
    super(scope, 'Alarms');
    if (email === undefined) return;
    // CloudWatch may not use the AWS-managed key of SNS, so the topic has one of its own.
    const key = new Key(this, 'Key', { description: 'Alarms', enableKeyRotation: true });
    key.grantEncryptDecrypt(new ServicePrincipal('cloudwatch.amazonaws.com'));
    const topic = new Topic(this, 'Topic', { masterKey: key, enforceSSL: true });
    topic.addSubscription(new EmailSubscription(email));
    this.action = new SnsAction(topic);
  }

  watch(id: string, { metric, threshold, periods = 1, description }: Watch): Alarm {
    const alarm = new Alarm(this, id, {
      metric,
      threshold,
      evaluationPeriods: periods,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      alarmDescription: description,
    });
    if (this.action !== undefined) alarm.addAlarmAction(this.action);
    return alarm;
  }
}
