import type { Context } from 'aws-lambda';
import * as z from 'zod';
import { readEnvironment } from '../platform/environment.ts';
import { stamp } from '../platform/lifecycle-event.ts';
import { logger } from '../platform/logger.ts';
import { currentScope, inScope } from '../platform/request-scope.ts';
import { awaitPayment } from './await-payment.ts';
import { backgroundPorts } from './background.ts';
import { ordersBackgroundEnvironment } from './environment.ts';
import { timeOutOrder } from './time-out-order.ts';

const ports = backgroundPorts(readEnvironment(ordersBackgroundEnvironment));

const task = z.discriminatedUnion('command', [
  z.object({
    command: z.literal('await'),
    orderId: z.string(),
    payBy: z.int(),
    taskToken: z.string().min(1),
  }),
  z.object({ command: z.literal('timeOut'), orderId: z.string(), payBy: z.int() }),
]);

/** What an order’s machine asks for: to keep its token, and to time the order out. */
export const handler = (event: unknown, context: Context): Promise<unknown> =>
  inScope({ requestId: context.awsRequestId, traceparent: undefined }, async () => {
    const asked = task.parse(event);
    const result = await perform(asked, context.awsRequestId);
    logger.info('task', { command: asked.command, orderId: asked.orderId, ...currentScope()?.cost });
    return result;
  });

const perform = async (asked: z.output<typeof task>, requestId: string): Promise<unknown> => {
  if (asked.command === 'await') return awaitPayment(ports, asked.orderId, asked.taskToken, asked.payBy);
  const by = { caller: { subject: 'system:orders-machine' }, requestId, now: new Date() };
  const outcome = await timeOutOrder(ports, asked.orderId, (what) => stamp(what, by));
  // The machine’s clock is ahead of this one: it asks again a little later.
  if (outcome.kind === 'not_due')
    throw new Error(`Order ${asked.orderId} may be paid until ${outcome.payBy}`);
  return outcome;
};
