import { RemovalPolicy } from 'aws-cdk-lib';
import { Policy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { DefinitionBody, LogLevel, StateMachine, StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { orderMachine } from '../../functions/orders/order-machine.ts';
import { acknowledge } from '../acknowledge.ts';
import { answerTasks } from '../grants.ts';
import type { Settings } from '../settings.ts';
import { Alarms } from './alarms.ts';
import type { PlatformFunction } from './platform-function.ts';

/** Stands for the function’s ARN in the definition: CloudFormation fills it in. */
const arnVariable = 'OrdersMachineFunctionArn';

interface OrderMachineProps {
  /** The function that keeps tokens and times orders out. */
  readonly task: PlatformFunction;
  readonly settings: Settings;
  readonly alarms: Alarms;
}

/** The state machine of orders that wait for their payment. */
export class OrderMachine extends Construct {
  readonly machine: StateMachine;

  constructor(scope: Construct, id: string, { task, settings, alarms }: OrderMachineProps) {
    super(scope, id);
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('states.amazonaws.com'),
      description: 'What the machine of orders may do',
    });
    role.addToPrincipalPolicy(
      new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [task.lambda.functionArn] }),
    );
    this.machine = new StateMachine(this, 'Machine', {
      stateMachineType: StateMachineType.STANDARD,
      definitionBody: DefinitionBody.fromString(JSON.stringify(orderMachine(`\${${arnVariable}}`))),
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
      SF1: 'Failures are logged. Each execution keeps its own history for 90 days; a log line for every order that goes well would cost more than its transition.',
      'IAM5[Resource::*]':
        'X-Ray and the delivery of logs to CloudWatch know no resource but *; CDK adds these statements with tracing and logging.',
    });
    alarms.watch('OrderMachineFailed', {
      metric: this.machine.metricFailed({ period: Alarms.period }),
      threshold: 1,
      description:
        'An order’s machine failed: the order may wait without anybody to time it out. See the execution’s history.',
    });
  }

  /**
   * Lets a function answer waiting tasks, by a policy beside its own: that of the task’s own function would
   * otherwise need the machine before the function that the machine needs.
   */
  letAnswer(answerer: PlatformFunction): void {
    new Policy(answerer, 'AnswerTasks', {
      statements: [answerTasks(this.machine.stateMachineArn)],
      roles: [answerer.role],
    });
  }
}
