import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  Code,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { acknowledge } from '../acknowledge.ts';
import type { Bundle } from '../bundle.ts';
import type { FunctionDefinition } from '../function-table.ts';
import type { Settings } from '../settings.ts';
import { Alarms } from './alarms.ts';

interface PlatformFunctionProps {
  readonly name: string;
  readonly definition: FunctionDefinition;
  readonly bundle: Bundle;
  readonly environment: Readonly<Record<string, string>>;
  readonly statements: readonly PolicyStatement[];
  readonly settings: Settings;
  readonly alarms: Alarms;
}

/** A Lambda function as all of ours are: own role with written-out rights, own log group, own alarms. */
export class PlatformFunction extends Construct {
  readonly name: string;
  readonly lambda: LambdaFunction;
  readonly role: Role;
  readonly definition: FunctionDefinition;
  readonly logGroup: LogGroup;

  constructor(scope: Construct, id: string, props: PlatformFunctionProps) {
    super(scope, id);
    const { name, definition, bundle, settings, alarms } = props;
    this.name = name;
    this.definition = definition;

    this.logGroup = new LogGroup(this, 'Logs', {
      retention: settings.logRetention,
      removalPolicy: settings.retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    this.role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: `What ${name} may do`,
    });
    const writeLogs = new PolicyStatement({
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [this.logGroup.logGroupArn],
    });
    for (const statement of [writeLogs, ...props.statements]) this.role.addToPrincipalPolicy(statement);

    this.lambda = new LambdaFunction(this, 'Function', {
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code: Code.fromAsset(bundle.directory, { assetHash: bundle.hash }),
      memorySize: definition.memoryMb,
      timeout: definition.timeout,
      role: this.role,
      logGroup: this.logGroup,
      loggingFormat: LoggingFormat.JSON,
      // Tracing brings its own right to write traces.
      tracing: settings.emulator ? Tracing.DISABLED : Tracing.ACTIVE,
      environment: { ...props.environment, POWERTOOLS_SERVICE_NAME: name },
      description: `${Stack.of(this).stackName}: ${name}`,
      ...(settings.reserveConcurrency && { reservedConcurrentExecutions: definition.reservedConcurrency }),
    });
    acknowledgeWildcards(this);

    alarms.watch(`${id}Errors`, {
      metric: this.lambda.metricErrors({ period: Alarms.period }),
      threshold: 1,
      description: `${name} failed outside its own error handling: see its log group for "Invoke Error" or a timeout.`,
    });
    alarms.watch(`${id}Throttles`, {
      metric: this.lambda.metricThrottles({ period: Alarms.period }),
      threshold: 1,
      description: `${name} was refused concurrency: raise its reservation (lib/function-table.ts) or the account’s quota.`,
    });
  }
}

/** The wildcards that remain, each because AWS offers nothing narrower. */
const acknowledgeWildcards = (construct: Construct): void =>
  acknowledge(construct, {
    'IAM5[Resource::*]':
      'X-Ray (PutTraceSegments, PutTelemetryRecords) and dynamodb:ListStreams know no resource but *. No other statement has it: test/infra holds the list.',
  });
