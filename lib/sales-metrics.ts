import { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { FilterPattern, type ILogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { routes } from '../functions/routes.ts';

/** What became of requests to hold places, as the status of their answer tells. */
const outcomes = {
  HoldsMade: 201,
  /** Places taken, sold out, a limit. */
  HoldsRefused: 409,
} as const;

/**
 * Metrics of the business, counted from the line that every request logs: they cost the functions
 * nothing, and a metric cannot say what the log does not.
 */
export const addSalesMetrics = (
  scope: Construct,
  namespace: string,
  holdsLog: ILogGroup,
): readonly Metric[] =>
  Object.entries(outcomes).map(([metricName, status]) => {
    new MetricFilter(scope, metricName, {
      logGroup: holdsLog,
      filterPattern: FilterPattern.all(
        FilterPattern.stringValue('$.resource', '=', routes.createHold.path),
        FilterPattern.numberValue('$.status', '=', status),
      ),
      metricNamespace: namespace,
      metricName,
      metricValue: '1',
      defaultValue: 0,
    });
    return new Metric({ namespace, metricName, statistic: 'Sum', period: Duration.minutes(1) });
  });
