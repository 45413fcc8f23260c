import { Duration } from 'aws-cdk-lib';
import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import { Dashboard, GraphWidget, type IWidget } from 'aws-cdk-lib/aws-cloudwatch';
import type { AppStack } from './app-stack.ts';

/** One page that says whether the platform sells: API, functions, streams and queues. */
export const addDashboard = (platform: AppStack, api: RestApi): void => {
  const { functions, queues, sales, drift } = platform;
  const period = Duration.minutes(1);
  const all = Object.values(functions);
  const row = (...widgets: IWidget[]): IWidget[] => widgets;
  new Dashboard(platform, 'Dashboard', {
    defaultInterval: Duration.hours(3),
    widgets: [
      row(
        new GraphWidget({ title: 'Holds a minute', width: 12, left: [...sales] }),
        new GraphWidget({ title: 'Drift that reconciliations found', width: 12, left: drift }),
      ),
      row(
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
      ),
      row(
        new GraphWidget({
          title: 'Function errors and throttles',
          width: 12,
          left: all.map(({ lambda, name }) => lambda.metricErrors({ period, label: name })),
          right: all.map(({ lambda, name }) => lambda.metricThrottles({ period, label: name })),
        }),
        new GraphWidget({
          title: 'Function duration p99 (ms)',
          width: 12,
          left: all.map(({ lambda, name }) =>
            lambda.metricDuration({ period, statistic: 'p99', label: name }),
          ),
        }),
      ),
      row(
        new GraphWidget({
          title: 'Age of the oldest message (s)',
          width: 12,
          left: Object.entries(queues).map(([label, { queue }]) =>
            queue.metricApproximateAgeOfOldestMessage({ period, label }),
          ),
        }),
        new GraphWidget({
          title: 'Dead letters',
          width: 12,
          left: Object.entries(queues).map(([label, { deadLetters }]) =>
            deadLetters.metricApproximateNumberOfMessagesVisible({ period, label }),
          ),
        }),
      ),
    ],
  });
};
