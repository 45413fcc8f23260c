import { briefEventCancelledMail } from '../functions/notifications/templates/brief-event-cancelled.ts';
import { briefOutgrownMail } from '../functions/notifications/templates/brief-outgrown.ts';
import type { Locale, SessionFacts } from '../functions/notifications/templates/facts.ts';
import { type LeadFacts, leadMail } from '../functions/notifications/templates/lead-mail.ts';
import { type LeadMailName, leadMailNames } from '../functions/notifications/templates/lead-words.ts';
import { orderCancelledMail } from '../functions/notifications/templates/order-cancelled.ts';
import { orderConfirmedMail } from '../functions/notifications/templates/order-confirmed.ts';
import { paymentLateMail } from '../functions/notifications/templates/payment-late.ts';
import { refundFailedMail } from '../functions/notifications/templates/refund-failed.ts';
import { refundSucceededMail } from '../functions/notifications/templates/refund-succeeded.ts';
import type { MailText } from '../functions/notifications/templates/render.ts';
import { rsvpCancelledMail } from '../functions/notifications/templates/rsvp-cancelled.ts';
import { rsvpConfirmedMail } from '../functions/notifications/templates/rsvp-confirmed.ts';
import { rsvpWaitingMail } from '../functions/notifications/templates/rsvp-waiting.ts';
import { sessionCancelledMail } from '../functions/notifications/templates/session-cancelled.ts';
import { sessionPostponedMail } from '../functions/notifications/templates/session-postponed.ts';
import { sessionReminderMail } from '../functions/notifications/templates/session-reminder.ts';
import { sessionRescheduledMail } from '../functions/notifications/templates/session-rescheduled.ts';
import { ticketPassedOnMail } from '../functions/notifications/templates/ticket-passed-on.ts';
import { ticketReceivedMail } from '../functions/notifications/templates/ticket-received.ts';
import { verificationWithdrawnMail } from '../functions/notifications/templates/verification-withdrawn.ts';

const session: SessionFacts = {
  eventName: 'Four Last Songs',
  status: 'published',
  startsAt: '2027-03-01T20:00:00Z',
  timeZone: 'Atlantic/Canary',
  venue: { name: 'Paraninfo', address: 'Calle Padre Herrera', city: 'La Laguna' },
};
const order = { orderId: 'ord_5zr1v9n6q0w8c4t2m7k3x1y9ab', customerName: 'Ioana Pârvu' };
const ticket = { place: 'A-12', ticketTypeName: 'Stalls' };
const refund = { ...order, amount: { amount: 4_725, currency: 'EUR' } };
const notice = { recipientName: order.customerName, session };
const transfer = { ...notice, otherName: 'Ștefan Țîrlea', ticket };
const rsvp = { rsvpId: 'rsvp_5zr1v9n6q0w8c4t2m7k3x1y9ab', customerName: order.customerName, session };
const ended = { ...order, hadTickets: false, wasCaptured: false };

const lead: LeadFacts = {
  leadId: 'lead_5zr1v9n6q0w8c4t2m7k3x1y9ab',
  name: 'Company picnic',
  truckName: 'La Carreta',
  from: '2027-06-12T10:00:00Z',
  until: '2027-06-12T14:00:00Z',
  timeZone: 'Europe/Bucharest',
  city: 'Cluj-Napoca',
  guests: 200,
};
const offer = {
  total: { amount: 640_000, currency: 'RON' },
  deposit: { amount: 128_000, currency: 'RON' },
  expiresAt: '2027-05-01T18:00:00Z',
};
const accepted = { offer, depositBy: '2027-04-20T18:00:00Z' };
/** What some mails know beside the lead. */
const more: Readonly<Partial<Record<LeadMailName, Partial<LeadFacts>>>> = {
  'truck/quoted': { offer },
  'organizer/quoted': { offer },
  'truck/accepted': accepted,
  'organizer/accepted': accepted,
  'organizer/late-deposit-released': { offer },
  'organizer/late-deposit-given-back': { offer },
  'organizer/deposit-lost': { offer },
  'truck/deposit-lost': { offer },
  'organizer/refund-failed': { offer, owed: offer.deposit },
  'truck/refund-failed': { offer, owed: offer.deposit },
  'organizer/cancelled-by-truck': { reason: 'The engine is broken.', refund: offer.deposit },
};
const leadExamples = Object.fromEntries(
  leadMailNames.map((name): [string, (locale: Locale) => MailText] => {
    const facts = {
      recipientName: order.customerName,
      lead: { ...lead, ...more[name] },
      contact: name.endsWith('/booked') ? { name: transfer.otherName, phone: '+40 722 000 000' } : undefined,
    };
    return [`lead: ${name}`, (locale) => leadMail(name, facts, locale)];
  }),
);

/** Every mail with facts to show it. */
const examples: Readonly<Record<string, (locale: Locale) => MailText>> = {
  'order-confirmed': (locale) =>
    orderConfirmedMail(
      {
        ...order,
        sessions: [{ session, tickets: [ticket] }],
        lines: [{ label: 'Stalls', amount: 4_725, isIncluded: false }],
        total: refund.amount,
      },
      locale,
    ),
  'order-cancelled (payment_timeout)': (locale) =>
    orderCancelledMail({ ...ended, reason: 'payment_timeout' }, locale),
  'order-cancelled (payment_failed)': (locale) =>
    orderCancelledMail({ ...ended, reason: 'payment_failed' }, locale),
  'order-cancelled (places_lost)': (locale) =>
    orderCancelledMail({ ...ended, reason: 'places_lost' }, locale),
  'order-cancelled (customer, after it was confirmed)': (locale) =>
    orderCancelledMail({ ...ended, reason: 'customer', hadTickets: true, wasCaptured: true }, locale),
  'payment-late': (locale) => paymentLateMail({ ...order, wasCaptured: true }, locale),
  'refund-succeeded': (locale) => refundSucceededMail(refund, locale),
  'refund-failed': (locale) => refundFailedMail(refund, locale),
  'rsvp-confirmed': (locale) => rsvpConfirmedMail({ ...rsvp, tickets: [ticket], isChanged: false }, locale),
  'rsvp-confirmed (changed)': (locale) =>
    rsvpConfirmedMail({ ...rsvp, tickets: [ticket], isChanged: true }, locale),
  'rsvp-waiting (yes)': (locale) => rsvpWaitingMail({ ...rsvp, answer: 'yes', hadTickets: false }, locale),
  'rsvp-waiting (maybe, after it was confirmed)': (locale) =>
    rsvpWaitingMail({ ...rsvp, answer: 'maybe', hadTickets: true }, locale),
  'rsvp-cancelled (guest)': (locale) => rsvpCancelledMail({ ...rsvp, by: 'guest', hadTickets: true }, locale),
  'rsvp-cancelled (organizer)': (locale) =>
    rsvpCancelledMail({ ...rsvp, by: 'organizer', hadTickets: false }, locale),
  'ticket-received': (locale) => ticketReceivedMail(transfer, locale),
  'ticket-passed-on': (locale) => ticketPassedOnMail(transfer, locale),
  'session-cancelled': (locale) => sessionCancelledMail(notice, locale),
  'session-postponed': (locale) => sessionPostponedMail(notice, locale),
  'session-rescheduled': (locale) => sessionRescheduledMail(notice, locale),
  'session-reminder': (locale) => sessionReminderMail(notice, locale),
  ...leadExamples,
  'brief-event-cancelled': (locale) =>
    briefEventCancelledMail(
      {
        recipientName: order.customerName,
        brief: { ...lead, briefId: 'brf_5zr1v9n6q0w8c4t2m7k3x1y9ab' },
        bookings: [{ leadId: lead.leadId, truckName: lead.truckName }],
      },
      locale,
    ),
  'verification-withdrawn': (locale) =>
    verificationWithdrawnMail(
      {
        recipientName: order.customerName,
        truckId: 'trk_5zr1v9n6q0w8c4t2m7k3x1y9ab',
        truckName: lead.truckName,
        reason: 'The food safety certificate has expired.',
      },
      locale,
    ),
  'brief-outgrown': (locale) =>
    briefOutgrownMail(
      {
        recipientName: order.customerName,
        brief: { ...lead, briefId: 'brf_5zr1v9n6q0w8c4t2m7k3x1y9ab' },
        guests: 200,
        sold: 231,
      },
      locale,
    ),
};

/** Every mail in its words, for docs/reference. */
export const mailsPage = (): string => {
  const sections = Object.entries(examples).map(([name, mail]) => {
    const shown = (['en', 'ro'] as const).map((locale) => {
      const { subject, text } = mail(locale);
      return `\`\`\`text\nSubject: ${subject}\n\n${text}\`\`\`\n`;
    });
    return `## ${name}\n\n${shown.join('\n')}`;
  });
  return `
# Mails

What each mail says, in English and Romanian, with example facts. When it is sent: [mail](../guides/mail.md).

${sections.join('\n')}`;
};
