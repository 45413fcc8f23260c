import { Duration } from 'aws-cdk-lib';
import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import { Dashboard, GraphWidget, type IWidget, type Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { FunctionStack } from './function-stack.ts';

interface Shown {
  /** What is sold. */
  readonly sales?: readonly Metric[];
  readonly api?: RestApi;
}

/**
 * One page that says whether the functions of a stack do their work, with what they sell and the API before them if
 * given. Each stack has its own: a page over all would import from all, and what is imported cannot be deleted.
 */
export const addDashboard = (stack: FunctionStack, { sales = [], api }: Shown = {}): void => {
  const { functions, queues, drift } = stack;
  const period = Duration.minutes(1);
  const all = Object.values(functions);
  const graphOf = (title: string, left: readonly Metric[]): IWidget[] =>
    left.length === 0 ? [] : [new GraphWidget({ title, width: 12, left: [...left] })];
  const rows: readonly IWidget[][] = [
    [...graphOf('Holds a minute', sales), ...graphOf('Drift that reconciliations found', drift)],
    api === undefined
      ? []
      : [
          new GraphWidget({
            title: 'Requests and errors',
            width: 12,
            left: [api.metricCount({ period })],
            right: [api.metricClientError({ period }), api.metricServerError({ period })],
          }),
          new GraphWidget({
            title: 'Latency (ms)',
            width: 12,
            left: ['p50', 'p95', 'p99'].map((statistic) => api.metricLatency({ period, statistic })),
          }),
        ],
    [
      new GraphWidget({
        title: 'Function errors and throttles',
        width: 12,
        left: all.map(({ lambda, name }) => lambda.metricErrors({ period, label: name })),
        right: all.map(({ lambda, name }) => lambda.metricThrottles({ period, label: name })),
      }),
      ...graphOf(
        'Function duration p99 (ms)',
        all.map(({ lambda, name }) => lambda.metricDuration({ period, statistic: 'p99', label: name })),
      ),
    ],
    [
      ...graphOf(
        'Age of the oldest message (s)',
        Object.entries(queues).map(([label, { queue }]) =>
          queue.metricApproximateAgeOfOldestMessage({ period, label }),
        ),
      ),
      ...graphOf(
        'Dead letters',
        Object.entries(queues).map(([label, { deadLetters }]) =>
          deadLetters.metricApproximateNumberOfMessagesVisible({ period, label }),
        ),
      ),
    ],
  ];
  new Dashboard(stack, 'Dashboard', {
    defaultInterval: Duration.hours(3),
    widgets: rows.filter((row) => row.length > 0),
  });
};
