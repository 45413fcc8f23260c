import { describe, expect, test } from 'vitest';
import { decideMoney } from '../../functions/orders/money-due.ts';
import {
  type OrderCommand,
  type OrderStatus,
  orderTimers,
  orderTransitions,
  statusesBefore,
} from '../../functions/orders/order.ts';
import { machineName, orderMachine } from '../../functions/orders/order-machine.ts';
import { type PaymentStatus, paymentStatus } from '../../functions/payments/payment-port.ts';

const no = undefined;
const commands = ['awaitPayment', 'confirm', 'cancel', 'undo'] as const satisfies OrderCommand[];

describe('every status of an order and every command', () => {
  test.each<[OrderStatus, ...(OrderStatus | undefined)[]]>([
    //                  awaitPayment        confirm      cancel       undo
    ['pending', 'awaiting_payment', 'confirmed', 'cancelled', no],
    ['awaiting_payment', no, 'confirmed', 'cancelled', no],
    ['confirmed', no, no, no, 'cancelled'],
    ['cancelled', no, no, no, no],
  ])('%s', (status: OrderStatus, ...expected) => {
    const allowed = orderTransitions[status];
    expect(commands.map((command) => allowed[command])).toEqual(expected);
  });

  test('the condition of a write names the statuses that its command may come from', () => {
    expect(commands.map(statusesBefore)).toEqual([
      ['pending'],
      ['pending', 'awaiting_payment'],
      ['pending', 'awaiting_payment'],
      ['confirmed'],
    ]);
  });

  test('only what may be cancelled has a deadline', () => {
    expect(Object.keys(orderTimers)).toEqual(statusesBefore('cancel'));
  });
});

describe('what is due to the money of an order', () => {
  const none = 'nothing';
  test.each<[OrderStatus, ...string[]]>([
    //                  created   authorized captured   declined voided
    ['pending', none, none, none, none, none],
    ['awaiting_payment', none, none, none, none, none],
    ['confirmed', none, 'capture', none, none, none],
    ['cancelled', 'void', 'void', 'refund', 'void', none],
  ])('%s', (status: OrderStatus, ...expected) => {
    const due = (known: PaymentStatus) =>
      decideMoney({
        status,
        payment: { paymentId: 'p', provider: 'test', status: known },
        captured: known === 'captured' ? 500 : 0,
        refunded: 0,
      });
    expect(paymentStatus.options.map(due)).toEqual(expected);
  });

  test('a decline that ended its order is final: nobody can pay it any more', () => {
    const payment = { paymentId: 'p', provider: 'test', status: 'declined' } as const;
    const order = { status: 'cancelled', payment, captured: 0, refunded: 0 } as const;
    expect(decideMoney({ ...order, cancelReason: 'payment_failed' })).toBe('nothing');
    expect(decideMoney({ ...order, cancelReason: 'customer' })).toBe('void');
    expect(decideMoney({ ...order, cancelReason: 'payment_timeout' })).toBe('void');
  });

  test('nothing more once all that was captured is promised back, or nothing was to be paid', () => {
    const payment = { paymentId: 'p', provider: 'test', status: 'captured' } as const;
    expect(decideMoney({ status: 'cancelled', payment, captured: 500, refunded: 499 })).toBe('refund');
    expect(decideMoney({ status: 'cancelled', payment, captured: 500, refunded: 500 })).toBe('nothing');
    expect(decideMoney({ status: 'cancelled', payment: undefined, captured: 0, refunded: 0 })).toBe(
      'nothing',
    );
  });
});

describe('the machine', () => {
  const machine = orderMachine('the function');

  test('waits in one state with a token until the deadline, and then has the order timed out', () => {
    expect(machine).toMatchObject({
      StartAt: 'AwaitPayment',
      States: {
        AwaitPayment: {
          Type: 'Task',
          Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
          Parameters: {
            FunctionName: 'the function',
            Payload: {
              command: 'await',
              'orderId.$': '$.orderId',
              'payBy.$': '$.payBy',
              'taskToken.$': '$$.Task.Token',
            },
          },
          TimeoutSecondsPath: '$.timeoutSeconds',
          Catch: [{ ErrorEquals: ['States.Timeout'], Next: 'TimeOut' }],
          End: true,
        },
        TimeOut: {
          Type: 'Task',
          Resource: 'arn:aws:states:::lambda:invoke',
          Parameters: {
            FunctionName: 'the function',
            Payload: { command: 'timeOut', 'orderId.$': '$.orderId' },
          },
          End: true,
        },
      },
    });
    expect(Object.keys(machine.States)).toEqual(['AwaitPayment', 'TimeOut']);
  });

  test('its name is the order’s id, within what Step Functions takes', () => {
    const name = machineName('ord_5zr1v9n6q0w8c4t2m7k3x1y9ab');
    expect(name).toMatch(/^[0-9A-Za-z_-]{1,80}$/);
  });
});
