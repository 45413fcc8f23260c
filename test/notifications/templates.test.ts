import { describe, expect, test } from 'vitest';
import { briefEventCancelledMail } from '../../functions/notifications/templates/brief-event-cancelled.ts';
import { briefOutgrownMail } from '../../functions/notifications/templates/brief-outgrown.ts';
import type { Locale, SessionFacts } from '../../functions/notifications/templates/facts.ts';
import { formatMoney, formatStart } from '../../functions/notifications/templates/format.ts';
import { leadMail } from '../../functions/notifications/templates/lead-mail.ts';
import { leadMailNames } from '../../functions/notifications/templates/lead-words.ts';
import { orderCancelledMail } from '../../functions/notifications/templates/order-cancelled.ts';
import { orderConfirmedMail } from '../../functions/notifications/templates/order-confirmed.ts';
import { paymentLateMail } from '../../functions/notifications/templates/payment-late.ts';
import { refundFailedMail } from '../../functions/notifications/templates/refund-failed.ts';
import { refundSucceededMail } from '../../functions/notifications/templates/refund-succeeded.ts';
import { type MailText, renderMail } from '../../functions/notifications/templates/render.ts';
import { rsvpCancelledMail } from '../../functions/notifications/templates/rsvp-cancelled.ts';
import { rsvpConfirmedMail } from '../../functions/notifications/templates/rsvp-confirmed.ts';
import { rsvpWaitingMail } from '../../functions/notifications/templates/rsvp-waiting.ts';
import { sessionCancelledMail } from '../../functions/notifications/templates/session-cancelled.ts';
import { sessionPostponedMail } from '../../functions/notifications/templates/session-postponed.ts';
import { sessionReminderMail } from '../../functions/notifications/templates/session-reminder.ts';
import { sessionRescheduledMail } from '../../functions/notifications/templates/session-rescheduled.ts';
import { ticketPassedOnMail } from '../../functions/notifications/templates/ticket-passed-on.ts';
import { ticketReceivedMail } from '../../functions/notifications/templates/ticket-received.ts';
import { verificationWithdrawnMail } from '../../functions/notifications/templates/verification-withdrawn.ts';
import { textOfHtml } from './html.ts';
import { leadMailWords } from './lead-mail-words.ts';

/** What others write into our mails. */
interface Names {
  readonly person: string;
  readonly other: string;
  readonly event: string;
  readonly venue: string;
  readonly place: string;
  readonly label: string;
}
const plain: Names = {
  person: 'Ioana Pârvu',
  other: 'Ștefan Țîrlea',
  event: 'Four Last Songs',
  venue: 'Ateneul Român',
  place: 'A-12',
  label: 'Stalls',
};
const hostile = (text: string): Names => ({
  person: text,
  other: text,
  event: text,
  venue: text,
  place: text,
  label: text,
});

const session = (names: Names, status: SessionFacts['status'] = 'published'): SessionFacts => ({
  eventName: names.event,
  status,
  // The night the clocks of Romania go forward.
  startsAt: '2027-03-28T19:00:00Z',
  timeZone: 'Europe/Bucharest',
  venue: { name: names.venue, address: 'Strada Benjamin Franklin 1-3', city: 'București' },
});
const ticket = ({ place, label }: Names) => ({ place, ticketTypeName: label });
const confirmed = (names: Names, locale: Locale, status: SessionFacts['status'] = 'published') =>
  orderConfirmedMail(
    {
      orderId: 'ord_1',
      customerName: names.person,
      sessions: [{ session: session(names, status), tickets: [ticket(names)] }],
      lines: [
        { label: names.label, amount: 4_500, isIncluded: false },
        { label: 'TVA', amount: 718, isIncluded: true },
      ],
      total: { amount: 4_500, currency: 'RON' },
    },
    locale,
  );
const notice = (names: Names) => ({ recipientName: names.person, session: session(names) });
const transfer = (names: Names) => ({
  recipientName: names.person,
  otherName: names.other,
  session: session(names),
  ticket: ticket(names),
});
const refund = (names: Names) => ({
  orderId: 'ord_1',
  customerName: names.person,
  amount: { amount: 1_234_567, currency: 'KWD' },
});
const rsvp = (names: Names) => ({ rsvpId: 'rsvp_1', customerName: names.person, session: session(names) });
const cancelled = (names: Names, more: object = {}) => ({
  orderId: 'ord_1',
  customerName: names.person,
  reason: 'payment_timeout' as const,
  hadTickets: false,
  wasCaptured: false,
  ...more,
});

const lead = (names: Names) => ({
  recipientName: names.person,
  lead: {
    leadId: 'lead_1',
    name: names.event,
    truckName: names.event === plain.event ? 'La Carreta' : names.event,
    from: '2027-03-28T19:00:00Z',
    until: '2027-03-28T22:00:00Z',
    timeZone: 'Europe/Bucharest',
    city: names.venue,
    guests: 120,
    offer: {
      total: { amount: 400_000, currency: 'RON' },
      deposit: { amount: 200_000, currency: 'RON' },
      expiresAt: '2027-03-20T12:00:00Z',
    },
    depositBy: '2027-03-19T12:00:00Z',
    refund: { amount: 100_000, currency: 'RON' },
    owed: { amount: 200_000, currency: 'RON' },
    reason: names.label,
  },
  contact: { name: names.other, phone: '+40 722 000 111' },
});

interface Case {
  readonly mail: (names: Names, locale: Locale) => MailText;
  /** Subject, and lines that must stand in the text. */
  readonly en: readonly [subject: string, ...lines: string[]];
  readonly ro: readonly [subject: string, ...lines: string[]];
}

const whenEn = 'When: Sunday, 28 March 2027 at 22:00 EEST';
const whenRo = 'Când: duminică, 28 martie 2027 la 22:00 EEST';

const cases: Readonly<Record<string, Case>> = {
  'trucks stay booked for a cancelled event': {
    mail: (names, locale) =>
      briefEventCancelledMail(
        {
          recipientName: names.person,
          brief: {
            briefId: 'brf_1',
            name: names.event,
            from: '2027-03-28T19:00:00Z',
            timeZone: 'Europe/Bucharest',
            city: names.venue,
          },
          bookings: [
            { leadId: 'lead_1', truckName: 'La Carreta' },
            { leadId: 'lead_2', truckName: 'Burgerul' },
          ],
        },
        locale,
      ),
    en: [
      'Still booked for a cancelled event: Four Last Songs',
      'Hello, Ioana Pârvu!',
      'Your event does not take place, but these food trucks are still booked for it. Nothing is called off by itself: call off each booking that you no longer need. What is given back of its deposit follows from the policy of the truck, and the earlier, the more.',
      'La Carreta: lead_1',
      'Burgerul: lead_2',
      'Event: Four Last Songs',
      'From: Sunday, 28 March 2027 at 22:00 EEST',
      'Where: Ateneul Român',
      'Brief: brf_1',
    ],
    ro: [
      'Încă rezervate pentru un eveniment anulat: Four Last Songs',
      'Bună ziua, Ioana Pârvu!',
      'Evenimentul dumneavoastră nu mai are loc, dar aceste rulote sunt încă rezervate pentru el. Nimic nu se anulează de la sine: anulați fiecare rezervare de care nu mai aveți nevoie. Cât se returnează din avans rezultă din condițiile rulotei: cu cât mai devreme, cu atât mai mult.',
      'La Carreta: lead_1',
      'Burgerul: lead_2',
      'Eveniment: Four Last Songs',
      'De la: duminică, 28 martie 2027 la 22:00 EEST',
      'Unde: Ateneul Român',
      'Cerere: brf_1',
    ],
  },
  'a verification is withdrawn': {
    mail: (names, locale) =>
      verificationWithdrawnMail(
        {
          recipientName: names.person,
          truckId: 'trk_1',
          truckName: names.event,
          reason: `The certificate of ${names.venue} has expired.`,
        },
        locale,
      ),
    en: [
      'Not verified any more: Four Last Songs',
      'Hello, Ioana Pârvu!',
      'The verification of your truck was withdrawn, and its page does not show it any more. You can submit new papers at any time.',
      'Truck: Four Last Songs',
      'Reason: The certificate of Ateneul Român has expired.',
      'Number: trk_1',
    ],
    ro: [
      'Nu mai este verificată: Four Last Songs',
      'Bună ziua, Ioana Pârvu!',
      'Verificarea rulotei dumneavoastră a fost retrasă și nu mai apare pe pagina ei. Puteți trimite oricând documente noi.',
      'Rulotă: Four Last Songs',
      'Motiv: The certificate of Ateneul Român has expired.',
      'Număr: trk_1',
    ],
  },
  'sales have outgrown the food': {
    mail: (names, locale) =>
      briefOutgrownMail(
        {
          recipientName: names.person,
          brief: {
            briefId: 'brf_1',
            name: names.event,
            from: '2027-03-28T19:00:00Z',
            timeZone: 'Europe/Bucharest',
            city: names.venue,
          },
          guests: 200,
          sold: 231,
        },
        locale,
      ),
    en: [
      'More guests than food: Four Last Songs',
      'Hello, Ioana Pârvu!',
      'More tickets are sold than food is booked for. Book another truck, or ask those that are booked to bring more.',
      'Event: Four Last Songs',
      'From: Sunday, 28 March 2027 at 22:00 EEST',
      'Where: Ateneul Român',
      'Tickets sold: 231',
      'Guests with food: 200',
      'Brief: brf_1',
    ],
    ro: [
      'Mai mulți invitați decât mâncare: Four Last Songs',
      'Bună ziua, Ioana Pârvu!',
      'S-au vândut mai multe bilete decât porțiile rezervate. Rezervați încă o rulotă sau cereți celor rezervate să aducă mai mult.',
      'Bilete vândute: 231',
      'Invitați cu mâncare: 200',
    ],
  },
  'order confirmed': {
    mail: (names, locale) => confirmed(names, locale),
    en: [
      'Your tickets: Four Last Songs',
      'Hello, Ioana Pârvu!',
      'Your order is confirmed. These are your tickets:',
      'Event: Four Last Songs',
      whenEn,
      'Where: Ateneul Român, Strada Benjamin Franklin 1-3, București',
      'Ticket: Stalls, A-12',
      'Order: ord_1',
      'Stalls: RON\u00a045.00',
      'TVA: RON\u00a07.18 (included)',
      'Total: RON\u00a045.00',
    ],
    ro: [
      'Biletele dumneavoastră: Four Last Songs',
      'Bună ziua, Ioana Pârvu!',
      'Comanda dumneavoastră este confirmată. Acestea sunt biletele:',
      'Eveniment: Four Last Songs',
      whenRo,
      'Unde: Ateneul Român, Strada Benjamin Franklin 1-3, București',
      'Bilet: Stalls, A-12',
      'Comandă: ord_1',
      'TVA: 7,18\u00a0RON (inclus)',
      'Total: 45,00\u00a0RON',
    ],
  },
  'order confirmed, the session postponed': {
    mail: (names, locale) => confirmed(names, locale, 'postponed'),
    en: [
      'Your tickets: Four Last Songs',
      'This date has been put off. Your tickets stay valid; we will write again with the new date.',
    ],
    ro: [
      'Biletele dumneavoastră: Four Last Songs',
      'Această dată a fost amânată. Biletele rămân valabile; vă vom scrie din nou cu data cea nouă.',
    ],
  },
  'order confirmed, the session cancelled': {
    mail: (names, locale) => confirmed(names, locale, 'cancelled'),
    en: [
      'Your tickets: Four Last Songs',
      'This date has been cancelled. What you paid for it is given back without your asking.',
    ],
    ro: [
      'Biletele dumneavoastră: Four Last Songs',
      'Această dată a fost anulată. Suma plătită pentru ea vă este returnată fără să o cereți.',
    ],
  },
  'order cancelled by its deadline': {
    mail: (names, locale) => orderCancelledMail(cancelled(names), locale),
    en: [
      'Your order was cancelled (ord_1)',
      'Your order was cancelled, because no payment came in time.',
      'You were not charged. Should your bank show a reserved amount, it is released by itself.',
    ],
    ro: [
      'Comanda dumneavoastră a fost anulată (ord_1)',
      'Comanda dumneavoastră a fost anulată, pentru că plata nu a sosit la timp.',
      'Nu ați fost taxat. Dacă banca dumneavoastră arată o sumă rezervată, aceasta se eliberează de la sine.',
    ],
  },
  'order cancelled, its places lost after the money was taken': {
    mail: (names, locale) =>
      orderCancelledMail(cancelled(names, { reason: 'places_lost', wasCaptured: true }), locale),
    en: [
      'Your order was cancelled (ord_1)',
      'Your order was cancelled: your payment came after the places had been released, and somebody else has them now.',
      'What you paid is given back; we will write to you about it.',
    ],
    ro: [
      'Comanda dumneavoastră a fost anulată (ord_1)',
      'Comanda dumneavoastră a fost anulată: plata a sosit după ce locurile fuseseră eliberate, iar acum le are altcineva.',
      'Suma plătită vă este returnată; vă vom scrie despre aceasta.',
    ],
  },
  'confirmed order undone': {
    mail: (names, locale) =>
      orderCancelledMail(
        cancelled(names, { reason: 'customer', hadTickets: true, wasCaptured: true }),
        locale,
      ),
    en: [
      'Your order was cancelled (ord_1)',
      'Your order was cancelled, as was asked for.',
      'Its tickets are no longer valid.',
    ],
    ro: [
      'Comanda dumneavoastră a fost anulată (ord_1)',
      'Comanda dumneavoastră a fost anulată, așa cum s-a cerut.',
      'Biletele ei nu mai sunt valabile.',
    ],
  },
  'payment late': {
    mail: (names, locale) =>
      paymentLateMail({ orderId: 'ord_1', customerName: names.person, wasCaptured: false }, locale),
    en: [
      'Your payment came too late (ord_1)',
      'Your payment came after your order had been cancelled. No ticket was issued for it.',
      'You are not charged: the amount reserved at your bank is released.',
    ],
    ro: [
      'Plata dumneavoastră a sosit prea târziu (ord_1)',
      'Plata dumneavoastră a sosit după ce comanda fusese anulată. Nu s-a emis niciun bilet pentru ea.',
      'Nu sunteți taxat: suma rezervată la banca dumneavoastră este eliberată.',
    ],
  },
  'payment late and taken': {
    mail: (names, locale) =>
      paymentLateMail({ orderId: 'ord_1', customerName: names.person, wasCaptured: true }, locale),
    en: [
      'Your payment came too late (ord_1)',
      'What you paid is given back in full; we will write to you when it is on its way.',
    ],
    ro: [
      'Plata dumneavoastră a sosit prea târziu (ord_1)',
      'Suma plătită vă este returnată integral; vă vom scrie când este pe drum.',
    ],
  },
  'refund succeeded': {
    mail: (names, locale) => refundSucceededMail(refund(names), locale),
    en: [
      'Refund of KWD\u00a01,234.567',
      'We have given KWD\u00a01,234.567 back to the account or card that you paid with.',
    ],
    ro: [
      'Rambursare de 1.234,567\u00a0KWD',
      'Am returnat 1.234,567\u00a0KWD în contul sau pe cardul cu care ați plătit.',
    ],
  },
  'refund failed': {
    mail: (names, locale) => refundFailedMail(refund(names), locale),
    en: [
      'Your refund of KWD\u00a01,234.567 could not be paid out',
      'We could not give KWD\u00a01,234.567 back to the account or card that you paid with: the bank refused it.',
    ],
    ro: [
      'Rambursarea de 1.234,567\u00a0KWD nu a putut fi plătită',
      'Nu am putut returna 1.234,567\u00a0KWD în contul sau pe cardul cu care ați plătit: banca a refuzat.',
    ],
  },
  'answer confirmed': {
    mail: (names, locale) =>
      rsvpConfirmedMail({ ...rsvp(names), tickets: [ticket(names)], isChanged: false }, locale),
    en: [
      'You are coming: Four Last Songs',
      'Your answer is confirmed. These are your tickets:',
      whenEn,
      'Ticket: Stalls, A-12',
      'Answer: rsvp_1',
    ],
    ro: [
      'Participați: Four Last Songs',
      'Răspunsul dumneavoastră este confirmat. Acestea sunt biletele:',
      whenRo,
      'Bilet: Stalls, A-12',
      'Răspuns: rsvp_1',
    ],
  },
  'answer changed': {
    mail: (names, locale) =>
      rsvpConfirmedMail({ ...rsvp(names), tickets: [ticket(names)], isChanged: true }, locale),
    en: [
      'You are coming: Four Last Songs',
      'Your answer was changed. These are your tickets now; any others are no longer valid:',
    ],
    ro: [
      'Participați: Four Last Songs',
      'Răspunsul dumneavoastră a fost schimbat. Acestea sunt biletele de acum; altele nu mai sunt valabile:',
    ],
  },
  'yes that waits for the organizer': {
    mail: (names, locale) => rsvpWaitingMail({ ...rsvp(names), answer: 'yes', hadTickets: false }, locale),
    en: [
      'Your answer: Four Last Songs',
      'You would like to come. The organizer will confirm your answer; until then nothing is reserved for you.',
      whenEn,
    ],
    ro: [
      'Răspunsul dumneavoastră: Four Last Songs',
      'Doriți să veniți. Organizatorul va confirma răspunsul; până atunci nu vă este rezervat niciun loc.',
      whenRo,
    ],
  },
  'maybe after a yes': {
    mail: (names, locale) => rsvpWaitingMail({ ...rsvp(names), answer: 'maybe', hadTickets: true }, locale),
    en: [
      'Your answer: Four Last Songs',
      'You may come. Nothing is reserved for you: answer yes in time to get places.',
      'The tickets that you had are no longer valid.',
    ],
    ro: [
      'Răspunsul dumneavoastră: Four Last Songs',
      'Poate veniți. Nu vă este rezervat niciun loc: răspundeți cu da din timp ca să primiți locuri.',
      'Biletele pe care le aveați nu mai sunt valabile.',
    ],
  },
  'answer cancelled by its guest': {
    mail: (names, locale) => rsvpCancelledMail({ ...rsvp(names), by: 'guest', hadTickets: true }, locale),
    en: [
      'Your answer was cancelled: Four Last Songs',
      'You have said that you are not coming.',
      'Its tickets are no longer valid.',
    ],
    ro: [
      'Răspunsul dumneavoastră a fost anulat: Four Last Songs',
      'Ați răspuns că nu veniți.',
      'Biletele lui nu mai sunt valabile.',
    ],
  },
  'answer cancelled by the organizer': {
    mail: (names, locale) =>
      rsvpCancelledMail({ ...rsvp(names), by: 'organizer', hadTickets: false }, locale),
    en: ['Your answer was cancelled: Four Last Songs', 'The organizer has cancelled your answer.', whenEn],
    ro: [
      'Răspunsul dumneavoastră a fost anulat: Four Last Songs',
      'Organizatorul a anulat răspunsul dumneavoastră.',
      whenRo,
    ],
  },
  'ticket received': {
    mail: (names, locale) => ticketReceivedMail(transfer(names), locale),
    en: [
      'A ticket for you: Four Last Songs',
      'Ștefan Țîrlea has given you this ticket. It is yours now:',
      'Ticket: Stalls, A-12',
    ],
    ro: [
      'Un bilet pentru dumneavoastră: Four Last Songs',
      'Ștefan Țîrlea v-a dat acest bilet. Acum este al dumneavoastră:',
      'Bilet: Stalls, A-12',
    ],
  },
  'ticket passed on': {
    mail: (names, locale) => ticketPassedOnMail(transfer(names), locale),
    en: [
      'You passed a ticket on: Four Last Songs',
      'This ticket belongs to Ștefan Țîrlea now. The code that you have of it no longer works:',
    ],
    ro: [
      'Ați cedat un bilet: Four Last Songs',
      'Acest bilet îi aparține acum persoanei Ștefan Țîrlea. Codul pe care îl aveți nu mai funcționează:',
    ],
  },
  'session cancelled': {
    mail: (names, locale) => sessionCancelledMail(notice(names), locale),
    en: [
      'Cancelled: Four Last Songs',
      'We are sorry: this date has been cancelled and will not take place.',
      whenEn,
    ],
    ro: [
      'Anulat: Four Last Songs',
      'Ne pare rău: această dată a fost anulată și evenimentul nu va avea loc atunci.',
      whenRo,
    ],
  },
  'session postponed': {
    mail: (names, locale) => sessionPostponedMail(notice(names), locale),
    en: [
      'Postponed: Four Last Songs',
      'This date has been put off and will not take place as planned:',
      'Your tickets stay valid. As soon as there is a new date, we will write to you.',
    ],
    ro: [
      'Amânat: Four Last Songs',
      'Această dată a fost amânată și evenimentul nu va avea loc așa cum era planificat:',
      'Biletele dumneavoastră rămân valabile. Vă vom scrie de îndată ce există o dată nouă.',
    ],
  },
  'session rescheduled': {
    mail: (names, locale) => sessionRescheduledMail(notice(names), locale),
    en: [
      'New date: Four Last Songs, Sunday, 28 March 2027 at 22:00 EEST',
      'This is when it takes place now:',
      whenEn,
    ],
    ro: [
      'Dată nouă: Four Last Songs, duminică, 28 martie 2027 la 22:00 EEST',
      'Evenimentul are loc acum la data:',
      whenRo,
    ],
  },
  'session reminder': {
    mail: (names, locale) => sessionReminderMail(notice(names), locale),
    en: ['Reminder: Four Last Songs, Sunday, 28 March 2027 at 22:00 EEST', 'It is nearly time:', whenEn],
    ro: [
      'Vă reamintim: Four Last Songs, duminică, 28 martie 2027 la 22:00 EEST',
      'Mai este puțin până la eveniment:',
      whenRo,
    ],
  },
};

/** Each mail about a lead: its own words, and the same facts. */
const leadCases = Object.fromEntries(
  leadMailNames.map((name): [string, Case] => [
    `lead: ${name}`,
    {
      mail: (names, locale) => leadMail(name, lead(names), locale),
      en: [
        ...leadMailWords[name].en,
        'Hello, Ioana Pârvu!',
        'RON\u00a01,000.00 of your deposit is given back without your asking.',
        'Contact: Ștefan Țîrlea',
        'Phone: +40 722 000 111',
        'Event: Four Last Songs',
        'From: Sunday, 28 March 2027 at 22:00 EEST',
        'Until: Monday, 29 March 2027 at 01:00 EEST',
        'Where: Ateneul Român',
        'Guests: 120',
        'Truck: La Carreta',
        'Offer: RON\u00a04,000.00',
        'Deposit: RON\u00a02,000.00',
        'Reason: Stalls',
        'Request: lead_1',
      ],
      ro: [
        ...leadMailWords[name].ro,
        'Bună ziua, Ioana Pârvu!',
        'Din avans vă este returnată suma de 1.000,00\u00a0RON, fără să o cereți.',
        'Telefon: +40 722 000 111',
        'Eveniment: Four Last Songs',
        'De la: duminică, 28 martie 2027 la 22:00 EEST',
        'Până la: luni, 29 martie 2027 la 01:00 EEST',
        'Unde: Ateneul Român',
        'Invitați: 120',
        'Rulotă: La Carreta',
        'Ofertă: 4.000,00\u00a0RON',
        'Avans: 2.000,00\u00a0RON',
        'Motiv: Stalls',
        'Cerere: lead_1',
      ],
    },
  ]),
);

const each = Object.entries({ ...cases, ...leadCases }).flatMap(([name, one]) =>
  (['en', 'ro'] as const).map((locale) => [name, locale, one] as const),
);

describe('the words of mails', () => {
  test.for(each)('%s (%s)', ([, locale, { mail, [locale]: expected }]) => {
    const [subject, ...lines] = expected;
    const { subject: given, text, html } = mail(plain, locale);
    expect(given).toBe(subject);
    const written = text.split('\n');
    for (const line of lines) expect(written).toContain(line);
    // The HTML says the same, line by line.
    const shown = textOfHtml(html);
    for (const line of written.filter((one) => one !== '')) {
      for (const part of line.split(/: (?=\S)/)) expect(shown).toContain(part);
    }
    expect(html).toContain(`<html lang="${locale}">`);
    // Nothing is fetched when it is read.
    expect(html).not.toMatch(/<img|<link|<script|src=|url\(|href=/);
    if (locale === 'ro') expect(`${subject}${text}`).not.toMatch(/[şţŞŢ]/);
  });

  test.for(each)('%s (%s) takes markup in names as text', ([, locale, { mail }]) => {
    const name = `<b onload="x">&amp;</p></body>'"<script>alert(1)</script>`;
    const { html, text } = mail(hostile(name), locale);
    expect(textOfHtml(html)).toContain(name);
    expect(html).not.toMatch(/<script|<b /);
    expect(text).toContain(name);
  });

  test.for(each)('%s (%s) keeps a name with line breaks on its line', ([, locale, { mail }]) => {
    const name = 'Ann\r\nBcc: evil@example.com\u2028\u0000\u202eX';
    const flat = 'Ann Bcc: evil@example.com X';
    const { subject, text, html } = mail(hostile(name), locale);
    expect(subject).not.toMatch(/[\r\n\u2028\u202e]/);
    expect(text).toContain(flat);
    expect(text.split('\n').filter((line) => line.startsWith('Bcc'))).toEqual([]);
    expect(textOfHtml(html)).toContain(flat);
  });

  test('broken HTML is seen', () => {
    const { html } = renderMail('en', 'Hello', ['There']);
    expect(textOfHtml(html)).toContain('There');
    for (const broken of [
      html.replace('</p>', ''),
      html.replace('</p>', '</body>'),
      html.replace('There', 'A < B'),
      html.replace('There', 'A > B'),
      html.replace('There', '<p onload=x>There</p>'),
    ])
      expect(() => textOfHtml(broken)).toThrow();
  });
});

describe('money and dates', () => {
  test.for([
    ['en', 'JPY', 1_234_567, 'JP¥1,234,567'],
    ['en', 'EUR', 123_456, '€1,234.56'],
    ['en', 'EUR', -500, '-€5.00'],
    ['en', 'KWD', 1, 'KWD\u00a00.001'],
    ['ro', 'JPY', 1_234_567, '1.234.567\u00a0JPY'],
    ['ro', 'RON', 123_456, '1.234,56\u00a0RON'],
    ['ro', 'RON', 0, '0,00\u00a0RON'],
  ] as const)('%s %s %i is %s', ([locale, currency, amount, written]) => {
    expect(formatMoney({ amount, currency }, locale)).toBe(written);
  });

  test('the same instant at venues of three zones, across the change of the clocks', () => {
    const at = (startsAt: string, timeZone: string) => formatStart({ startsAt, timeZone }, 'en');
    expect(at('2027-03-28T00:30:00Z', 'Europe/Bucharest')).toBe('Sunday, 28 March 2027 at 02:30 EET');
    expect(at('2027-03-28T01:30:00Z', 'Europe/Bucharest')).toBe('Sunday, 28 March 2027 at 04:30 EEST');
    expect(at('2027-03-28T01:30:00Z', 'Atlantic/Canary')).toBe('Sunday, 28 March 2027 at 02:30 WEST');
    expect(at('2027-03-28T01:30:00Z', 'Asia/Kathmandu')).toBe('Sunday, 28 March 2027 at 07:15 GMT+5:45');
  });
});
