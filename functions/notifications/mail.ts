import { ticketTransferred } from '../admission/contracts.ts';
import { openTicketPapers } from '../admission/papers-contracts.ts';
import { sessionCancelled, sessionPostponed, sessionUpdated } from '../catalog/contracts.ts';
import {
  briefEventCancelled,
  briefOutgrown,
  depositLate,
  depositRefundFailed,
  depositVoided,
  leadAccepted,
  leadBooked,
  leadCancelled,
  leadCompleted,
  leadContacted,
  leadCreated,
  leadDeclined,
  leadExpired,
  leadQuoted,
  leadReminded,
  leadTimeTaken,
  messageSent,
  verificationWithdrawn,
} from '../marketplace/contracts.ts';
import {
  orderCancelled,
  orderConfirmed,
  orderMailRequested,
  orderPaymentLate,
  refundFailed,
  refundSucceeded,
  rsvpCancelled,
  rsvpChanged,
  rsvpConfirmed,
  rsvpCreated,
} from '../orders/contracts.ts';
import { consumer } from '../platform/consumer.ts';
import { readEnvironment } from '../platform/environment.ts';
import { sendMessages } from '../platform/queue.ts';
import { openTable } from '../platform/table.ts';
import { notificationsMailEnvironment } from './environment.ts';
import { tellEventCancelled } from './event-cancelled-mail.ts';
import { tellDeposit, tellLead } from './lead-mails.ts';
import { tellMessage } from './message-mails.ts';
import { openPorts } from './open-ports.ts';
import { tellAgain, tellCancelled, tellConfirmed, tellPaymentLate, tellRefund } from './order-mails.ts';
import { tellOutgrown } from './outgrown-mail.ts';
import { tellRsvp, tellRsvpCancelled } from './rsvp-mails.ts';
import { tellSessionChanged } from './tell-session.ts';
import { tellTransferred } from './transfer-mails.ts';
import { tellVerificationWithdrawn } from './verification-mail.ts';

const environment = readEnvironment(notificationsMailEnvironment);
const ports = {
  ...openPorts(environment),
  papers: openTicketPapers(environment.TICKET_KEYS),
  queueUrl: environment.NOTICES_QUEUE_URL,
  sendMessages,
  marketplaceTable: openTable(environment.MARKETPLACE_TABLE),
  masksContacts: environment.MASK_CONTACTS,
};

/**
 * Tells customers, guests and holders what became of their orders, answers, money and tickets, and the sides of leads
 * what became of them; sessions tell all their holders.
 */
export const handler = consumer({
  name: 'notifications-mail',
  accepts: [
    orderConfirmed,
    orderCancelled,
    orderPaymentLate,
    orderMailRequested,
    refundSucceeded,
    refundFailed,
    rsvpCreated,
    rsvpConfirmed,
    rsvpChanged,
    rsvpCancelled,
    ticketTransferred,
    sessionUpdated,
    sessionPostponed,
    sessionCancelled,
    leadCreated,
    leadContacted,
    leadQuoted,
    leadAccepted,
    leadBooked,
    leadCompleted,
    leadExpired,
    leadDeclined,
    leadCancelled,
    leadReminded,
    leadTimeTaken,
    depositLate,
    depositRefundFailed,
    depositVoided,
    briefOutgrown,
    briefEventCancelled,
    messageSent,
    verificationWithdrawn,
  ],
  handle: (event) => {
    switch (event.type) {
      case 'ORDER-CONFIRMED':
        return tellConfirmed(ports, event, event.data.orderId);
      case 'ORDER-CANCELLED':
        return tellCancelled(ports, event, event.data.orderId);
      case 'ORDER-PAYMENT-LATE':
        return tellPaymentLate(ports, event.data.orderId);
      case 'ORDER-MAIL-REQUESTED':
        return tellAgain(ports, event, event.data.orderId);
      case 'REFUND-SUCCEEDED':
        return tellRefund(ports, event, 'succeeded', event.data);
      case 'REFUND-FAILED':
        return tellRefund(ports, event, 'failed', event.data);
      case 'RSVP-CREATED':
      case 'RSVP-CONFIRMED':
      case 'RSVP-CHANGED':
        return tellRsvp(ports, event, event.data.rsvpId);
      case 'RSVP-CANCELLED':
        return tellRsvpCancelled(ports, event, event.data.rsvpId);
      case 'TICKET-TRANSFERRED':
        return tellTransferred(ports, { id: event.id, ...event.data });
      case 'SESSION-UPDATED':
      case 'SESSION-POSTPONED':
      case 'SESSION-CANCELLED':
        return tellSessionChanged(ports, {
          ...event.data,
          id: event.id,
          occurredAt: event.occurredAt,
          sequence: event.aggregate.sequence,
        });
      case 'LEAD-REMINDED':
        return tellLead(ports, event, 'reminded');
      case 'LEAD-TIME-TAKEN':
        return tellLead(ports, event, 'time_taken');
      case 'DEPOSIT-LATE':
        return tellDeposit(ports, event, { happened: 'late' });
      case 'DEPOSIT-VOIDED':
        return tellDeposit(ports, event, { happened: 'voided' });
      case 'DEPOSIT-REFUND-FAILED':
        return tellDeposit(ports, event, { happened: 'refund_failed', refundId: event.data.refundId });
      case 'BRIEF-OUTGROWN':
        return tellOutgrown(ports, event);
      case 'BRIEF-EVENT-CANCELLED':
        return tellEventCancelled(ports, event);
      case 'TRUCK-VERIFICATION-WITHDRAWN':
        return tellVerificationWithdrawn(ports, event);
      case 'MESSAGE-SENT':
        return tellMessage(ports, event);
      case 'LEAD-CREATED':
      case 'LEAD-CONTACTED':
      case 'LEAD-QUOTED':
      case 'LEAD-ACCEPTED':
      case 'LEAD-BOOKED':
      case 'LEAD-COMPLETED':
      case 'LEAD-EXPIRED':
      case 'LEAD-DECLINED':
      case 'LEAD-CANCELLED':
        return tellLead(ports, event, event.data.status);
    }
  },
});
