import { invoke, lambdaErrors, retry } from '../platform/states-language.ts';
import { orderTimers } from './order.ts';

/** What the machine of an order is started with. */
export interface MachineInput {
  readonly orderId: string;
  /** Epoch seconds. */
  readonly payBy: number;
  /** From the start until the deadline is over; Step Functions takes 1 to 99,999,999. */
  readonly timeoutSeconds: number;
}

/** Name of the machine of an order: its id, so that it is started once (1–80 characters, service limit). */
export const machineName = (orderId: string): string => orderId;

const input = { 'orderId.$': '$.orderId', 'payBy.$': '$.payBy' };

/**
 * The machine of an order that must be paid, in Amazon States Language, from the timers of the transition
 * table: it waits with a task token until the order has ended, and has it timed out when nothing ended it.
 * One state on the paid path: transitions are what a machine costs.
 *
 * @param functionArn the function that keeps the token and times out, or a placeholder for its ARN.
 */
export const orderMachine = (functionArn: string) => {
  const reasons = new Set(Object.values(orderTimers).map(({ cancelReason }) => cancelReason));
  if (reasons.size !== 1) throw new Error('One state waits for one deadline; the table has several');
  return {
    Comment: `Waits until an order is paid; else cancels it (${[...reasons].join()}).`,
    StartAt: 'AwaitPayment',
    States: {
      AwaitPayment: {
        Type: 'Task',
        Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
        Parameters: {
          FunctionName: functionArn,
          Payload: { ...input, command: 'await', 'taskToken.$': '$$.Task.Token' },
        },
        TimeoutSecondsPath: '$.timeoutSeconds',
        Retry: retry(lambdaErrors),
        Catch: [{ ErrorEquals: ['States.Timeout'], ResultPath: null, Next: 'TimeOut' }],
        End: true,
      },
      TimeOut: { ...invoke(functionArn, { ...input, command: 'timeOut' }), End: true },
    },
  };
};
