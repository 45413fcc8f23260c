import { RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { DefinitionBody, LogLevel, StateMachine, StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { acknowledge } from '../acknowledge.ts';
import type { Settings } from '../settings.ts';
import { Alarms } from './alarms.ts';
import type { PlatformFunction } from './platform-function.ts';

/** Stands for the function’s ARN in the definition: CloudFormation fills it in. */
const arnVariable = 'TaskFunctionArn';

interface TaskMachineProps {
  /** Its definition in Amazon States Language, given the ARN of the function. */
  readonly definition: (functionArn: string) => object;
  /** The function that does all its tasks; the machine may call nothing else. */
  readonly task: PlatformFunction;
  /** What it is the machine of, in the plural. */
  readonly of: string;
  /** What it means when an execution failed. */
  readonly onFailure: string;
  readonly settings: Settings;
  readonly alarms: Alarms;
}

/** A state machine as all of ours are: one function for its tasks, own role, failures logged and an alarm. */
export class TaskMachine extends Construct {
  readonly machine: StateMachine;

  constructor(
    scope: Construct,
    id: string,
    { definition, task, of, onFailure, settings, alarms }: TaskMachineProps,
  ) {
    super(scope, id);
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('states.amazonaws.com'),
      description: `What the machine of ${of} may do`,
    });
    role.addToPrincipalPolicy(
      new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [task.lambda.functionArn] }),
    );
    this.machine = new StateMachine(this, 'Machine', {
      stateMachineType: StateMachineType.STANDARD,
      definitionBody: DefinitionBody.fromString(JSON.stringify(definition(`\${${arnVariable}}`))),
      definitionSubstitutions: { [arnVariable]: task.lambda.functionArn },
      role,
      tracingEnabled: !settings.emulator,
      ...(!settings.emulator && {
        logs: {
          destination: new LogGroup(this, 'Logs', {
            retention: settings.logRetention,
            removalPolicy: settings.retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
          }),
          level: LogLevel.ERROR,
        },
      }),
      removalPolicy: settings.retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    acknowledge(this, {
      SF1: 'Failures are logged. Each execution keeps its own history for 90 days; a log line for each that goes well would cost more than its transitions.',
      'IAM5[Resource::*]':
        'X-Ray and the delivery of logs to CloudWatch know no resource but *; CDK adds these statements with tracing and logging.',
    });
    alarms.watch(`${id}Failed`, {
      metric: this.machine.metricFailed({ period: Alarms.period }),
      threshold: 1,
      description: `${onFailure} See the execution’s history.`,
    });
  }
}
