import { SendTaskSuccessCommand } from '@aws-sdk/client-sfn';
import { machines } from '../platform/machine.ts';
import type { Order } from './order.ts';

/** The wait is over already: the execution ended, timed out, or was answered before. */
const overAlready = new Set(['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken']);

/**
 * Ends the wait of an order’s machine: the order has ended. Repeating it is harmless.
 * @returns whether it still waited.
 */
export const answerToken = async (
  taskToken: string,
  { orderId, status }: Pick<Order, 'orderId' | 'status'>,
): Promise<boolean> => {
  try {
    await machines().send(
      new SendTaskSuccessCommand({ taskToken, output: JSON.stringify({ orderId, status }) }),
    );
    return true;
  } catch (error) {
    if (!overAlready.has((error as Error).name)) throw error;
    return false;
  }
};
