import { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { type DriftOutcome, driftMessage } from '../functions/platform/drift.ts';
import type { Alarms } from './constructs/alarms.ts';
import type { PlatformFunction } from './constructs/platform-function.ts';

/** The schedule of reconciliations: one run a period. */
const period = Duration.minutes(5);

/**
 * Metrics of the drift that a reconciliation finds, by kind, counted from its log, and two alarms: what it cannot
 * repair, at once; repairs in three runs in a row, because then something keeps breaking.
 * @returns both metrics, for the dashboard.
 */
export const watchDrift = (
  reconciliation: PlatformFunction,
  namespace: string,
  alarms: Alarms,
): readonly Metric[] => {
  const { name } = reconciliation;
  const count = (id: string, outcome: DriftOutcome): Metric => {
    const filterPattern = FilterPattern.all(
      FilterPattern.stringValue('$.message', '=', driftMessage),
      FilterPattern.stringValue('$.outcome', '=', outcome),
    );
    const metricName = `${id}-${name}`;
    const common = { logGroup: reconciliation.logGroup, filterPattern, metricNamespace: namespace } as const;
    new MetricFilter(reconciliation, id, { ...common, metricName, metricValue: '1', defaultValue: 0 });
    new MetricFilter(reconciliation, `${id}ByKind`, {
      ...common,
      metricName: `${metricName}-by-kind`,
      metricValue: '1',
      dimensions: { Kind: '$.drift' },
    });
    return new Metric({ namespace, metricName, statistic: 'Sum', period });
  };
  const notRepaired = count('DriftNotRepaired', 'not_repaired');
  const repaired = count('DriftRepaired', 'repaired');
  alarms.watch(`${reconciliation.node.id}NotRepaired`, {
    metric: notRepaired,
    threshold: 1,
    description: `${name} found what it could not repair: its log says of which order, lead or hold ("drift"). See docs/guides/reconciliation.md.`,
  });
  alarms.watch(`${reconciliation.node.id}Repairs`, {
    metric: repaired,
    threshold: 1,
    periods: 3,
    description: `${name} has repaired something in each of three runs: what it repairs keeps breaking. See docs/guides/reconciliation.md for the cause of each kind.`,
  });
  return [repaired, notRepaired];
};
