import { Duration, Stack } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { Settings } from '../settings.ts';
import { alarmTopicArn } from './alarm-topic.ts';

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

  constructor(scope: Construct, settings: Settings) {
    super(scope, 'Alarms');
    if (settings.alarmEmail === undefined) return;
    const topicArn = alarmTopicArn(Stack.of(this), settings);
    this.action = new SnsAction(Topic.fromTopicArn(this, 'Topic', topicArn));
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
