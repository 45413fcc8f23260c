import { Policy } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { orderMachine } from '../../functions/orders/order-machine.ts';
import { answerTasks } from '../grants.ts';
import type { Settings } from '../settings.ts';
import type { Alarms } from './alarms.ts';
import type { PlatformFunction } from './platform-function.ts';
import { TaskMachine } from './task-machine.ts';

interface OrderMachineProps {
  /** The function that keeps tokens and times orders out. */
  readonly task: PlatformFunction;
  readonly settings: Settings;
  readonly alarms: Alarms;
}

/** The state machine of orders that wait for their payment. */
export class OrderMachine extends TaskMachine {
  constructor(scope: Construct, id: string, props: OrderMachineProps) {
    super(scope, id, {
      ...props,
      definition: orderMachine,
      of: 'orders',
      onFailure: 'An order’s machine failed: the order may wait without anybody to time it out.',
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
