import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Lead, Party } from '../../functions/marketplace/contracts.ts';
import { emptyThread } from '../../functions/marketplace/messages/thread.ts';
import { type LeadMailPorts, tellDeposit, tellLead } from '../../functions/notifications/lead-mails.ts';
import {
  type DepositNews,
  depositNoticesOf,
  type LeadNews,
  noticesOf,
} from '../../functions/notifications/lead-notice.ts';
import { tellMessage } from '../../functions/notifications/message-mails.ts';
import { randomId } from '../../functions/platform/ids.ts';
import { keyOf } from '../../functions/platform/owned-item.ts';
import { leadWith, quoteWith } from '../support/lead.ts';
import { type Notifications, startNotifications } from './harness.ts';
import { unquoted } from './headers.ts';

describe('whom news of a lead is told to', () => {
  const offer = quoteWith();
  const counterOffer = quoteWith({ version: 2, by: 'organizer' });
  test.each<[string, LeadNews['happened'], Partial<Lead>, readonly string[]]>([
    ['asked', 'new', {}, ['truck/asked']],
    ['no reply', 'reminded', {}, ['truck/reminded']],
    ['answered', 'contacted', { status: 'contacted' }, ['organizer/contacted']],
    ['an offer', 'quoted', { status: 'quoted', quote: offer }, ['organizer/quoted']],
    ['a counter-offer', 'quoted', { status: 'quoted', quote: counterOffer }, ['truck/quoted']],
    ['the offer accepted', 'accepted', { status: 'accepted', quote: offer }, ['truck/accepted']],
    [
      'the counter-offer accepted',
      'accepted',
      { status: 'accepted', quote: counterOffer },
      ['organizer/accepted'],
    ],
    ['booked', 'booked', { status: 'booked' }, ['truck/booked', 'organizer/booked']],
    ['accepted and booked at once', 'accepted', { status: 'booked', quote: offer }, []],
    ['over', 'completed', { status: 'completed' }, ['organizer/completed']],
    ['declined by the truck', 'declined', { status: 'declined', endedBy: 'truck' }, ['organizer/declined']],
    [
      'declined by the organizer',
      'declined',
      { status: 'declined', endedBy: 'organizer' },
      ['truck/declined'],
    ],
    [
      'no offer came',
      'expired',
      { status: 'expired' },
      ['truck/expired-unanswered', 'organizer/expired-unanswered'],
    ],
    [
      'no offer was accepted',
      'expired',
      { status: 'expired', quote: offer },
      ['truck/expired-offer', 'organizer/expired-offer'],
    ],
    [
      'no deposit came',
      'expired',
      { status: 'expired', quote: offer, depositBy: 1 },
      ['truck/expired-deposit', 'organizer/expired-deposit'],
    ],
    [
      'cancelled by the truck',
      'cancelled',
      { status: 'cancelled', endedBy: 'truck' },
      ['truck/cancelled-by-truck', 'organizer/cancelled-by-truck'],
    ],
    [
      'cancelled by the organizer',
      'cancelled',
      { status: 'cancelled', endedBy: 'organizer' },
      ['truck/cancelled-by-organizer', 'organizer/cancelled-by-organizer'],
    ],
    ['its time is taken', 'time_taken', { status: 'accepted' }, ['organizer/time-taken']],
    ['its time is taken, and it has ended', 'time_taken', { status: 'declined' }, []],
    // What came after it tells more.
    ['an offer that another replaced', 'quoted', { status: 'quoted', stage: 4, quote: counterOffer }, []],
    ['no reply, and then one', 'reminded', { status: 'contacted', stage: 4 }, []],
    ['booked and called off', 'booked', { status: 'cancelled', stage: 4 }, []],
    [
      'its time is taken, and a new offer came',
      'time_taken',
      { status: 'quoted', stage: 4 },
      ['organizer/time-taken'],
    ],
  ])('%s', (_, happened, fields, mails) => {
    const notices = noticesOf({ happened, stage: 3 }, leadWith({ stage: 3, ...fields }));
    expect(notices.map(({ mail }) => mail)).toEqual(mails);
    expect(notices.map(({ to, mail }) => mail.startsWith(`${to}/`))).toEqual(mails.map(() => true));
  });

  test('only a reminder rather never than twice', () => {
    const guarantees = (happened: LeadNews['happened'], fields: Partial<Lead> = {}) =>
      noticesOf({ happened, stage: 1 }, leadWith(fields)).map(({ guarantee }) => guarantee);
    expect(guarantees('reminded')).toEqual(['at_most_once']);
    expect(guarantees('booked', { status: 'booked' })).toEqual(['at_least_once', 'at_least_once']);
  });
});

describe('whom news of a deposit is told to', () => {
  const paid = (status: 'authorized' | 'captured' | 'voided') =>
    ({ paymentId: 'pay_1', provider: 'test', status, amount: 200_000 }) as const;
  const refund = { refundId: 'rfd_1', amount: 200_000, status: 'failed' } as const;
  const failed = { happened: 'refund_failed', refundId: 'rfd_1' } as const;
  test.each<[string, DepositNews, Partial<Lead>, readonly string[]]>([
    [
      'too late, set aside',
      { happened: 'late' },
      { status: 'expired', deposit: paid('authorized') },
      ['organizer/late-deposit-released'],
    ],
    [
      'too late, set free by now',
      { happened: 'late' },
      { status: 'expired', deposit: paid('voided') },
      ['organizer/late-deposit-released'],
    ],
    [
      'too late, and taken at once',
      { happened: 'late' },
      { status: 'expired', deposit: paid('captured') },
      ['organizer/late-deposit-given-back'],
    ],
    [
      'lost before it was taken, the truck being booked',
      { happened: 'voided' },
      { status: 'booked', deposit: paid('voided') },
      ['truck/deposit-lost', 'organizer/deposit-lost'],
    ],
    [
      'given up because its lead lapsed',
      { happened: 'voided' },
      { status: 'expired', deposit: paid('voided') },
      [],
    ],
    [
      'lost, and called off by now',
      { happened: 'voided' },
      { status: 'cancelled', deposit: paid('voided') },
      [],
    ],
    [
      'a refund of a booking that was refused',
      failed,
      { status: 'cancelled', deposit: paid('captured'), refund },
      ['organizer/refund-failed', 'truck/refund-failed'],
    ],
    [
      'a refund of what came too late that was refused: no truck was booked',
      failed,
      { status: 'expired', deposit: paid('captured'), refund },
      ['organizer/refund-failed'],
    ],
    [
      'a refund that was asked for again meanwhile',
      failed,
      { status: 'cancelled', refund: { ...refund, refundId: 'rfd_2', status: 'requested' } },
      [],
    ],
    [
      'a refund after which another failed',
      failed,
      { status: 'cancelled', refund: { ...refund, refundId: 'rfd_2' } },
      [],
    ],
  ])('%s', (_, news, fields, mails) => {
    const notices = depositNoticesOf(news, leadWith({ quote: quoteWith(), ...fields }));
    expect(notices.map(({ to, mail, guarantee }) => [to, mail, guarantee])).toEqual(
      mails.map((mail) => [mail.split('/')[0], mail, 'at_least_once']),
    );
  });
});

describe('mails', () => {
  let world: Notifications;
  let ports: LeadMailPorts;
  beforeAll(async () => {
    world = await startNotifications();
    ports = { ...world.ports, marketplaceTable: world.tables.marketplace, masksContacts: true };
  });
  afterAll(() => world.stop());
  beforeEach(() => {
    world.taken();
  });

  const organizer = {
    name: 'Ioana Pârvu',
    email: 'ioana@example.com',
    phone: '+40 722 000 111',
    locale: 'ro',
  };
  const owner = { name: 'Sam Smith', email: 'sam@example.com' };
  /** A lead with its brief and truck, as the marketplace keeps them. */
  const kept = async (
    fields: Partial<Lead>,
    contacts: { readonly organizer?: object; readonly truck?: object } = { organizer, truck: owner },
  ): Promise<Lead> => {
    const lead = leadWith({
      leadId: randomId('lead'),
      briefId: randomId('brf'),
      truckId: randomId('trk'),
      ...fields,
    });
    const { marketplace } = world.tables;
    await marketplace.put({ ...keyOf('BRIEF', lead.briefId), contact: contacts.organizer }, {});
    await marketplace.put(
      { ...keyOf('TRUCK', lead.truckId), name: 'La Carreta', contact: contacts.truck },
      {},
    );
    await marketplace.put({ ...keyOf('LEAD', lead.leadId), ...lead }, {});
    return lead;
  };
  const tell = (lead: Lead, happened: LeadNews['happened'], id = randomId('lev')) =>
    tellLead(ports, { id, data: lead }, happened);
  test('tell of a message, not what it says; once for all that is unread', async () => {
    const lead = await kept({ status: 'quoted', quote: quoteWith() });
    const { leadId, createdAt: leadCreatedAt } = lead;
    const sent = (
      by: Party,
      ofSide: number,
      { id = randomId('lev'), occurredAt = '2027-03-04T10:00:00.000Z' } = {},
    ) => tellMessage(ports, { id, occurredAt, data: { leadId, by, ofSide, leadCreatedAt } });
    const seen = (organizer: number) =>
      world.tables.marketplace.put(
        {
          pk: `LEAD#${leadId}`,
          sk: 'THREAD',
          ...emptyThread,
          read: { organizer: { messageId: 'm', sequence: 9, seen: organizer, at: leadCreatedAt } },
        },
        {},
      );
    await sent('organizer', 1, { occurredAt: leadCreatedAt });
    expect(world.taken()).toEqual([]);
    const id = randomId('lev');
    await sent('truck', 1, { id });
    await sent('truck', 1, { id });
    await sent('truck', 2);
    expect(world.taken()).toEqual(['ioana@example.com: Mesaj nou de la La Carreta: Spring party']);
    await seen(2);
    await sent('truck', 2);
    expect(world.taken()).toEqual([]);
    await sent('truck', 3);
    await sent('organizer', 1);
    expect(world.taken()).toEqual([
      'ioana@example.com: Mesaj nou de la La Carreta: Spring party',
      'sam@example.com: New message: Spring party',
    ]);
  });

  /** Words of the plain text of the latest mail, by their lines. */
  const lines = (): readonly string[] => {
    const text = /Content-Type: text\/plain[\s\S]*?\r\n\r\n([\s\S]*?)\r\n--/.exec(
      world.sent.at(-1)?.raw ?? '',
    )?.[1];
    return unquoted(text ?? '')
      .replaceAll('\r', '')
      .split('\n');
  };
  test('go to both sides of a booking, each in its language, with the other’s contact', async () => {
    const lead = await kept({ status: 'booked', stage: 5, quote: quoteWith() });
    await tell(lead, 'booked');
    expect(lines()).toEqual([
      'Bună ziua, Ioana Pârvu!',
      '',
      'La Carreta este rezervat. Acum puteți lua legătura direct.',
      '',
      'Contact: Sam Smith',
      'E-mail: sam@example.com',
      '',
      'Eveniment: Spring party',
      'De la: sâmbătă, 6 martie 2027 la 12:00 EET',
      'Până la: sâmbătă, 6 martie 2027 la 16:00 EET',
      'Unde: Cluj-Napoca',
      'Invitați: 120',
      'Rulotă: La Carreta',
      'Ofertă: 4.000,00\u00a0RON',
      'Avans: 2.000,00\u00a0RON',
      `Cerere: ${lead.leadId}`,
      '',
    ]);
    expect(world.taken()).toEqual([
      'ioana@example.com: La Carreta este rezervat: Spring party',
      'sam@example.com: Booked: Spring party',
    ]);
  });

  test('tell nobody how to reach the other before the booking, nor after it was called off', async () => {
    for (const [status, happened] of [
      ['quoted', 'quoted'],
      ['accepted', 'accepted'],
      ['cancelled', 'cancelled'],
    ] as const) {
      const lead = await kept({ status, quote: quoteWith(), depositBy: 1_804_000_000, endedBy: 'organizer' });
      await tell(lead, happened);
    }
    const mails = world.sent.slice(-4).map(({ to, raw }) => [to, unquoted(raw)] as const);
    expect(mails.map(([to]) => to).sort()).toEqual([
      'ioana@example.com',
      'ioana@example.com',
      'sam@example.com',
      'sam@example.com',
    ]);
    for (const [to, raw] of mails) {
      expect(raw.includes(to)).toBe(true);
      expect(raw.includes(to === 'sam@example.com' ? 'ioana@example.com' : 'sam@example.com')).toBe(false);
      expect(raw.includes('722 000 111')).toBe(false);
    }
  });

  const [asked, served] = ['0722 123 456', '0733 765 432'];
  test.each([
    ['asked', 'new', undefined, { 'sam@example.com': [] }],
    ['declined by the truck', 'declined', 'truck', { 'ioana@example.com': [asked] }],
    ['declined by the organizer', 'declined', 'organizer', { 'sam@example.com': [] }],
    [
      'called off by the truck',
      'cancelled',
      'truck',
      { 'ioana@example.com': [asked, served], 'sam@example.com': [asked, served] },
    ],
  ] as const)(
    'of one that is %s tell the texts of the other side as it reads them',
    async (_, status, endedBy, numbers) => {
      const before = world.sent.length;
      const lead = await kept({
        status,
        name: `Party (${asked})`,
        place: { city: `Cluj-Napoca, ${asked}`, lat: 46.77, lon: 23.62 },
        ...(endedBy !== undefined && { endedBy, reason: `Ask ${endedBy === 'truck' ? served : asked}` }),
      });
      await tell(lead, status);
      world.taken();
      const read = world.sent
        .slice(before)
        .map(({ to, raw }) => [to, [asked, served].filter((number) => unquoted(raw).includes(number))]);
      expect(Object.fromEntries(read)).toEqual(numbers);
    },
  );

  test('are sent once for each event, however often it comes', async () => {
    const lead = await kept({ status: 'quoted', quote: quoteWith() });
    await tell(lead, 'quoted', 'lev_once');
    await tell(lead, 'quoted', 'lev_once');
    expect(world.taken()).toEqual(['ioana@example.com: Oferta La Carreta: Spring party']);
  });

  test('go to both sides that have one address', async () => {
    const lead = await kept({ status: 'booked' }, { organizer: owner, truck: owner });
    await tell(lead, 'booked');
    expect(world.taken()).toEqual([
      'sam@example.com: Booked: Spring party',
      'sam@example.com: La Carreta is booked: Spring party',
    ]);
  });

  test('are not sent where no address is known', async () => {
    await tell(
      await kept({ status: 'booked' }, { truck: { name: 'Sam', phone: '+40 722 000 222' } }),
      'booked',
    );
    expect(world.taken()).toEqual([]);
  });

  test('of a cancellation say why, and to the organizer what is given back', async () => {
    const lead = await kept(
      {
        status: 'cancelled',
        endedBy: 'truck',
        reason: 'The engine is broken.',
        quote: quoteWith(),
        refund: { refundId: 'rfd_1', amount: 200_000, status: 'requested' },
      },
      { organizer: { ...organizer, locale: 'en' }, truck: owner },
    );
    await tell(lead, 'cancelled');
    expect(lines()).toEqual(
      expect.arrayContaining([
        'We are sorry: La Carreta has cancelled the booking.',
        'RON\u00a02,000.00 of your deposit is given back without your asking.',
        'Reason: The engine is broken.',
      ]),
    );
    expect(unquoted(world.sent.at(-2)?.raw ?? '')).not.toContain('is given back without');
  });

  test('of a deposit that came too late or was lost, and of a refund that was refused, are sent once for each event', async () => {
    const deposit = { paymentId: 'pay_1', provider: 'test', status: 'authorized', amount: 200_000 } as const;
    const late = await kept({ status: 'expired', quote: quoteWith(), deposit });
    const event = { id: randomId('lev'), data: { leadId: late.leadId } };
    await tellDeposit(ports, event, { happened: 'late' });
    await tellDeposit(ports, event, { happened: 'late' });
    expect(world.taken()).toEqual([
      'ioana@example.com: Avansul dumneavoastră a sosit prea târziu: Spring party',
    ]);

    const refund = { refundId: 'rfd_1', amount: 150_000, status: 'failed' } as const;
    const cancelled = await kept({
      status: 'cancelled',
      quote: quoteWith(),
      deposit: { ...deposit, status: 'captured' },
      refund,
    });
    const failed = { id: randomId('lev'), data: { leadId: cancelled.leadId } };
    for (let deliveries = 0; deliveries < 2; deliveries += 1)
      await tellDeposit(ports, failed, { happened: 'refund_failed', refundId: 'rfd_1' });
    expect(world.taken()).toEqual([
      'ioana@example.com: Suma de 1.500,00\u00a0RON nu a putut fi returnată: Spring party',
      'sam@example.com: A refund was refused: Spring party',
    ]);
    expect(lines()).toContain(
      'A bank refused RON\u00a01,500.00 that the organizer gets back of the deposit. The organizer can ask for it again, and so can you. If it is refused once more, agree on another way.',
    );
    // Nobody is told any more that it is given back.
    expect(unquoted(world.sent.at(-2)?.raw ?? '')).not.toContain('fără să');

    const lost = await kept({
      status: 'booked',
      quote: quoteWith(),
      deposit: { ...deposit, status: 'voided' },
    });
    const voided = { id: randomId('lev'), data: { leadId: lost.leadId } };
    await tellDeposit(ports, voided, { happened: 'voided' });
    expect(world.taken()).toEqual([
      'ioana@example.com: Avansul pentru La Carreta nu a putut fi încasat: Spring party',
      'sam@example.com: The deposit could not be taken: Spring party',
    ]);
    // They are to agree on another way: each has the other’s contact.
    expect([
      unquoted(world.sent.at(-2)?.raw ?? '').includes('sam@example.com'),
      unquoted(world.sent.at(-1)?.raw ?? '').includes('ioana@example.com'),
    ]).toEqual([true, true]);
  });

  test('of a lead that does not exist are tried again', async () => {
    await expect(tell(leadWith(), 'new')).rejects.toThrow('No lead lead_');
  });
});
