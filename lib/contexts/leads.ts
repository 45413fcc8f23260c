import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { leadIndexes, outstandingIndex } from '../../functions/marketplace/leads/lead-indexes.ts';
import { leadMachine } from '../../functions/marketplace/leads/lead-machine.ts';
import { TaskMachine } from '../constructs/task-machine.ts';
import type { FunctionStack } from '../function-stack.ts';
import {
  readFolder,
  readTable,
  readWriteMarketplace,
  scanTable,
  sendMessages,
  startExecutions,
  writeFolder,
} from '../grants.ts';

/**
 * Leads of the marketplace: from the brief over quotes and the deposit to the booking, and what comes by itself.
 * @returns the queue that hears what payment providers say about deposits.
 */
export const addLeads = (stack: FunctionStack): { readonly depositNews: Queue } => {
  const { data, settings, alarms, rights } = stack;
  const { common, guard, ids, events, ticketing, payments, slowPayments, relay } = stack.variables;
  const marketplace = { MARKETPLACE_TABLE: data.marketplaceTable.tableName };
  /** Whether the sides of a lead read each other’s addresses and numbers from the booking on only. */
  const maskContacts = { MASK_CONTACTS: String(settings.maskContacts) };
  const objects = { OBJECTS_BUCKET: data.plansBucket.bucketName };
  const readWriteLeads = readWriteMarketplace({ table: data.marketplaceTable });
  /** What is sold of an event: its sessions, their blocks, and the plans that number them. */
  const readSales = [
    rights.events,
    readTable({ table: data.ticketingTable }),
    ...readFolder(data.plansBucketArn, 'plans'),
  ];

  // What people ask for.
  stack.addFunction(
    'leads-commands',
    {
      ...common,
      ...guard,
      ...ids,
      ...marketplace,
      ...events,
      ...maskContacts,
      LEADS_COMPLETE_EARLY: String(settings.completeLeadsEarly),
    },
    [...readWriteLeads, rights.guard, rights.events, rights.ids],
  );
  stack.addFunction('leads-messages', { ...common, ...guard, ...ids, ...marketplace, ...objects }, [
    ...readWriteLeads,
    rights.guard,
    ...readFolder(data.plansBucketArn, 'uploads'),
    writeFolder(data.plansBucketArn, 'attachments'),
    rights.ids,
  ]);
  stack.acknowledgeFolders(['uploads', 'attachments'], 'leads-messages');
  stack.addFunction(
    'leads-queries',
    {
      ...common,
      ...guard,
      ...marketplace,
      ...objects,
      ...events,
      ...ticketing,
      ...maskContacts,
    },
    [
      readTable({
        table: data.marketplaceTable,
        indexes: [leadIndexes.organizer.name, leadIndexes.truck.name],
      }),
      rights.guard,
      ...readFolder(data.plansBucketArn, 'attachments'),
      ...readSales,
    ],
  );
  stack.acknowledgeFolders(['attachments', 'plans'], 'leads-queries');
  stack.addConsumer('leads-truck-facts', { ...common, ...marketplace }, readWriteLeads, {
    'fairground.marketplace': [
      'LEAD-CREATED',
      'LEAD-CONTACTED',
      'LEAD-BOOKED',
      'LEAD-COMPLETED',
      'LEAD-CANCELLED',
      'LEAD-EXPIRED',
      'LEAD-DECLINED',
      'MESSAGE-SENT',
    ],
  });

  // What becomes of their deposit.
  const payDeposits = [...readWriteLeads, ...rights.payments];
  const news = stack.addQueue('marketplace-payment-news');
  const newsQueue = { PAYMENT_NEWS_QUEUE_URL: news.queue.queueUrl };
  const askAboutPayments = sendMessages(news.queue);
  stack.addFunction(
    'leads-deposits',
    {
      ...common,
      ...guard,
      ...ids,
      ...marketplace,
      ...maskContacts,
      ...payments,
      ...slowPayments,
      ...newsQueue,
    },
    [...payDeposits, askAboutPayments, rights.guard, rights.ids],
  );
  stack.addQueueConsumer(
    'marketplace-payment-news',
    { ...common, ...marketplace, ...payments, ...newsQueue },
    [...payDeposits, askAboutPayments],
    news,
  );
  stack.addConsumer('leads-settlement', { ...common, ...marketplace, ...payments }, payDeposits, {
    'fairground.marketplace': [
      'LEAD-BOOKED',
      'LEAD-CANCELLED',
      'LEAD-EXPIRED',
      'DEPOSIT-LATE',
      'DEPOSIT-REFUND-REQUESTED',
    ],
  });

  // What comes with time. The relay of the table, also that of trucks, sets the timers.
  const holdTimers = stack.addQueue('leads-hold-expiry');
  const holdExpiry = { TRUCK_HOLD_EXPIRY_QUEUE_URL: holdTimers.queue.queueUrl };
  const setHoldTimer = sendMessages(holdTimers.queue);
  stack.addQueueConsumer(
    'leads-hold-expiry',
    { ...common, ...marketplace, ...holdExpiry },
    [...readWriteLeads, setHoldTimer],
    holdTimers,
  );
  const task = stack.addFunction('leads-machine', { ...common, ...marketplace, ...payments }, payDeposits);
  const { machine } = new TaskMachine(stack, 'LeadMachine', {
    definition: leadMachine,
    task,
    of: 'leads',
    onFailure:
      'A lead’s machine failed: a reminder, or the end of a lead, did not come. Redrive it: docs/guides/lead-timers.md.',
    settings,
    alarms,
  });
  stack.addRelay(
    'marketplace-relay',
    data.marketplaceTable,
    { ...relay, ...holdExpiry, LEAD_MACHINE_ARN: machine.stateMachineArn },
    [setHoldTimer, startExecutions(machine)],
  );

  stack.addReconciliation('leads-reconciliation', { ...common, ...marketplace, ...payments }, [
    ...payDeposits,
    readTable({ table: data.marketplaceTable, indexes: [outstandingIndex.name] }),
    scanTable(data.marketplaceTable),
  ]);

  // What bookings and sales mean to others.
  const taken = stack.addEventQueue('leads-time-taken', { 'fairground.marketplace': ['LEAD-BOOKED'] });
  stack.addQueueConsumer(
    'leads-time-taken',
    { ...common, ...marketplace, TIME_TAKEN_QUEUE_URL: taken.queue.queueUrl },
    [
      ...readWriteMarketplace({ table: data.marketplaceTable, indexes: [leadIndexes.truck.name] }),
      sendMessages(taken.queue),
    ],
    taken,
  );
  const looks = stack.addEventQueue('leads-outgrown', {
    'fairground.catalog': ['EVENT-CANCELLED', 'SESSION-CANCELLED'],
    'fairground.marketplace': ['LEAD-BOOKED', 'LEAD-CANCELLED'],
    'fairground.orders': ['ORDER-CONFIRMED', 'RSVP-CONFIRMED'],
  });
  stack.addQueueConsumer(
    'leads-outgrown',
    {
      ...common,
      ...marketplace,
      ...events,
      ...ticketing,
      OUTGROWN_QUEUE_URL: looks.queue.queueUrl,
      LOOK_AT_SALES_SECONDS: String(settings.lookAtSalesAfter.toSeconds()),
    },
    [...readWriteLeads, ...readSales, sendMessages(looks.queue)],
    looks,
  );
  stack.acknowledgeFolders(['plans'], 'leads-outgrown');

  return { depositNews: news.queue };
};
