import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { sessionIndex as ticketsBySession } from '../../functions/admission/ticket-index.ts';
import { outstandingIndex, sessionIndex } from '../../functions/orders/order-indexes.ts';
import { OrderMachine } from '../constructs/order-machine.ts';
import type { FunctionStack } from '../function-stack.ts';
import {
  bucketFolders,
  readBucket,
  readTable,
  readWriteTable,
  sendMessages,
  startExecutions,
} from '../grants.ts';

/**
 * Orders: from the basket over the payment to tickets and refunds, and answers to invitations.
 * @param depositNews queue that hears what Stripe says about payments of leads: its webhook is one for all.
 */
export const addOrders = (stack: FunctionStack, depositNews: Queue): void => {
  const { data, settings, alarms, rights } = stack;
  const { common, guard, ids, events, ticketing, payments, slowPayments, relay } = stack.variables;
  const tables = {
    ORDERS_TABLE: data.ordersTable.tableName,
    ADMISSION_TABLE: data.admissionTable.tableName,
  };
  const orders = { ...ticketing, ...tables, ...payments };
  /** Confirming an order, or an answer, sells its places and issues its tickets, in one transaction. */
  const sellAndIssue = [
    readWriteTable({ table: data.ordersTable }),
    readWriteTable({ table: data.ticketingTable }),
    readWriteTable({ table: data.admissionTable }),
    ...readBucket(data.plansBucketArn),
  ];
  const confirm = [...sellAndIssue, ...rights.payments];

  // What people ask for.
  const news = stack.addQueue('orders-payment-news');
  const newsQueue = { PAYMENT_NEWS_QUEUE_URL: news.queue.queueUrl };
  const askAboutPayments = sendMessages(news.queue);
  stack.addFunction(
    'orders-commands',
    {
      ...common,
      ...guard,
      ...ids,
      ...orders,
      ...newsQueue,
      ...events,
      ...slowPayments,
      MARKETPLACE_PAYMENT_NEWS_QUEUE_URL: depositNews.queueUrl,
      PAYMENT_GRACE_SECONDS: String(settings.paymentGrace.toSeconds()),
    },
    [...confirm, rights.guard, rights.events, askAboutPayments, sendMessages(depositNews), rights.ids],
  );
  stack.addFunction('orders-rsvps', { ...common, ...guard, ...ids, ...ticketing, ...events, ...tables }, [
    ...sellAndIssue,
    rights.guard,
    rights.events,
    rights.ids,
  ]);
  stack.addFunction(
    'orders-queries',
    { ...common, ...guard, ...events, ORDERS_TABLE: data.ordersTable.tableName },
    [readTable({ table: data.ordersTable, indexes: [sessionIndex.name] }), rights.guard, rights.events],
  );

  // What becomes of their payment.
  stack.addQueueConsumer(
    'orders-payment-news',
    { ...common, ...orders, ...newsQueue },
    [...confirm, askAboutPayments],
    news,
  );
  const settlement = stack.addConsumer('orders-settlement', { ...common, ...orders }, confirm, {
    'fairground.orders': ['ORDER-CONFIRMED', 'ORDER-CANCELLED', 'ORDER-PAYMENT-LATE', 'REFUND-REQUESTED'],
  });
  const task = stack.addFunction('orders-machine', { ...common, ...orders }, confirm);
  const orderMachine = new OrderMachine(stack, 'OrderMachine', { task, settings, alarms });
  const machine = { ORDER_MACHINE_ARN: orderMachine.machine.stateMachineArn };
  const start = startExecutions(orderMachine.machine);
  stack.addRelay('orders-relay', data.ordersTable, { ...relay, ...machine }, [start]);
  const reconciliation = stack.addReconciliation(
    'orders-reconciliation',
    { ...common, ...orders, ...machine },
    [...confirm, readTable({ table: data.ordersTable, indexes: [outstandingIndex.name] }), start],
  );
  for (const answerer of [task, settlement, reconciliation]) orderMachine.letAnswer(answerer);

  // What becomes of them when a session is cancelled.
  const undos = stack.addQueue('orders-session-undo');
  const undoQueue = { SESSION_UNDO_QUEUE_URL: undos.queue.queueUrl };
  const askForUndo = sendMessages(undos.queue);
  stack.addConsumer('orders-session-cancelled', { ...common, ...undoQueue }, [askForUndo], {
    'fairground.catalog': ['SESSION-CANCELLED'],
  });
  stack.addQueueConsumer(
    'orders-session-undo',
    { ...common, ...undoQueue, ...tables, TICKETING_TABLE: data.ticketingTable.tableName },
    [
      readWriteTable({ table: data.ordersTable, indexes: [sessionIndex.name] }),
      readWriteTable({ table: data.ticketingTable }),
      readWriteTable({ table: data.admissionTable, indexes: [ticketsBySession.name] }),
      askForUndo,
    ],
    undos,
  );

  stack.acknowledgeFolders(
    bucketFolders,
    'orders-commands',
    'orders-rsvps',
    'orders-machine',
    'orders-settlement',
    'orders-payment-news',
    'orders-reconciliation',
  );
};
