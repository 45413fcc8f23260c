import { Duration } from 'aws-cdk-lib';
import type { MailSender } from '../constructs/mail-sender.ts';
import type { FunctionStack } from '../function-stack.ts';
import { readTable, readWriteTable, sendMail, sendMessages, signTickets } from '../grants.ts';

/** Notifications: mails about orders, tickets, sessions and leads, and the reminders. */
export const addNotifications = (stack: FunctionStack, sender: MailSender): void => {
  const { data, settings, alarms, rights } = stack;
  const { common, events, ticketKeys } = stack.variables;
  const notices = stack.addQueue('notifications-notices');
  const own = {
    ...common,
    NOTIFICATIONS_TABLE: data.notificationsTable.tableName,
    NOTICES_QUEUE_URL: notices.queue.queueUrl,
  };
  const telling = {
    ...own,
    ...events,
    ADMISSION_TABLE: data.admissionTable.tableName,
    ORDERS_TABLE: data.ordersTable.tableName,
    MAIL_FROM: sender.from,
    MAIL_CONFIGURATION_SET: sender.configurationSetName,
  };
  const ownRights = [readWriteTable({ table: data.notificationsTable }), sendMessages(notices.queue)];
  const tellingRights = [
    ...ownRights,
    ...[data.ordersTable, data.admissionTable].map((table) => readTable({ table })),
    rights.events,
    sendMail(sender),
  ];
  stack.addConsumer(
    'notifications-mail',
    {
      ...telling,
      ...ticketKeys,
      MARKETPLACE_TABLE: data.marketplaceTable.tableName,
      MASK_CONTACTS: String(settings.maskContacts),
    },
    [...tellingRights, readTable({ table: data.marketplaceTable }), ...signTickets(data.ticketKeys)],
    {
      'fairground.orders': [
        'ORDER-CONFIRMED',
        'ORDER-CANCELLED',
        'ORDER-PAYMENT-LATE',
        'ORDER-MAIL-REQUESTED',
        'REFUND-SUCCEEDED',
        'REFUND-FAILED',
        'RSVP-CREATED',
        'RSVP-CONFIRMED',
        'RSVP-CHANGED',
        'RSVP-CANCELLED',
      ],
      'fairground.admission': ['TICKET-TRANSFERRED'],
      'fairground.catalog': ['SESSION-UPDATED', 'SESSION-POSTPONED', 'SESSION-CANCELLED'],
      'fairground.marketplace': [
        'LEAD-CREATED',
        'LEAD-REMINDED',
        'LEAD-CONTACTED',
        'LEAD-QUOTED',
        'LEAD-ACCEPTED',
        'LEAD-BOOKED',
        'LEAD-DECLINED',
        'LEAD-EXPIRED',
        'LEAD-CANCELLED',
        'LEAD-COMPLETED',
        'LEAD-TIME-TAKEN',
        'DEPOSIT-LATE',
        'DEPOSIT-VOIDED',
        'DEPOSIT-REFUND-FAILED',
        'BRIEF-OUTGROWN',
        'BRIEF-EVENT-CANCELLED',
        'TRUCK-VERIFICATION-WITHDRAWN',
        'MESSAGE-SENT',
      ],
    },
  );
  stack.addQueueConsumer(
    'notifications-notices',
    { ...telling, NOTICE_MAILS_PER_SECOND: String(settings.noticeMailsPerSecond) },
    tellingRights,
    notices,
  );
  const reminders = stack.addFunction('notifications-reminders', own, ownRights);
  stack.addSchedule(reminders, Duration.minutes(15), 'Every quarter of an hour');
  if (!settings.emulator) sender.watch(alarms);
};
