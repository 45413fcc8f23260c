import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ticketIdOf } from '../../functions/admission/contracts.ts';
import {
  tellAgain,
  tellCancelled,
  tellConfirmed,
  tellPaymentLate,
  tellRefund,
} from '../../functions/notifications/order-mails.ts';
import { tellTransferred } from '../../functions/notifications/transfer-mails.ts';
import { randomId } from '../../functions/platform/ids.ts';
import { type MadeOrder, type Notifications, startNotifications } from './harness.ts';

let world: Notifications;
beforeAll(async () => {
  world = await startNotifications();
});
afterAll(() => world.stop());
beforeEach(() => {
  world.taken();
  world.messages.length = 0;
});

const occurredAt = '2027-03-01T10:00:00.000Z';
const event = () => ({ id: randomId('lev'), occurredAt });
const confirm = ({ order }: MadeOrder, as = event()) => tellConfirmed(world.ports, as, order.orderId);
const attachmentsOf = (raw: string): readonly string[] =>
  [...raw.matchAll(/Content-Disposition: attachment; filename=(\S+)\r\n\r\n([A-Za-z0-9+/=\r\n]*)/g)].map(
    ([, name, content = '']) => `${name}: ${Buffer.from(content, 'base64').toString()}`,
  );

describe('ORDER-CONFIRMED', () => {
  test('the customer gets every ticket with its papers, once, however often it is told', async () => {
    const session = await world.session();
    const made = await world.order({ sessions: [session], tickets: 2 });
    const told = event();
    await confirm(made, told);
    await confirm(made, told);
    expect(world.taken()).toEqual([`${made.order.customer.email}: Your tickets: Songs`]);
    const raw = world.sent.at(-1)?.raw ?? '';
    const [one, two] = made.tickets;
    expect(attachmentsOf(raw)).toEqual([
      `ticket-1.pdf: paper of ${ticketIdOf(one!)}`,
      `ticket-1.ics: calendar of ${one?.serial} at 2027-04-01T18:00:00Z`,
      `ticket-2.pdf: paper of ${ticketIdOf(two!)}`,
      `ticket-2.ics: calendar of ${two?.serial} at 2027-04-01T18:00:00Z`,
    ]);
    expect(raw).toContain('Ticket: Stalls, A-1');
    expect(raw).toContain('Ticket: Stalls, A-2');
  });

  test('tickets that were passed on, or have ended, go to nobody by it', async () => {
    const session = await world.session();
    const made = await world.order({ sessions: [session], tickets: 3 });
    const [passedOn, ended, kept] = made.tickets;
    await world.changeTicket(passedOn!, { secret: '2'.repeat(13) }, occurredAt);
    await world.changeTicket(ended!, { status: 'refunded' }, occurredAt);
    await confirm(made);
    expect(world.taken()).toHaveLength(1);
    expect(attachmentsOf(world.sent.at(-1)?.raw ?? '').map((one) => one.split(': ')[1])).toEqual([
      `paper of ${ticketIdOf(kept!)}`,
      `calendar of ${kept?.serial} at 2027-04-01T18:00:00Z`,
    ]);
  });

  test('an order that was undone before it is told gets no tickets', async () => {
    const made = await world.order({ sessions: [await world.session()], status: 'cancelled' });
    await confirm(made);
    expect(world.taken()).toEqual([]);
  });

  test('an order that nobody wrote is an error: the message comes again', async () => {
    await expect(tellConfirmed(world.ports, event(), 'ord_nowhere')).rejects.toThrow('No order ord_nowhere');
  });

  test('papers that cannot be drawn leave nothing sent, and the next delivery sends it', async () => {
    const made = await world.order({ sessions: [await world.session()] });
    const told = event();
    const broken = { ...world.ports.papers, pdf: () => Promise.reject(new Error('no key')) };
    await expect(tellConfirmed({ ...world.ports, papers: broken }, told, made.order.orderId)).rejects.toThrow(
      'no key',
    );
    expect(world.taken()).toEqual([]);
    await confirm(made, told);
    expect(world.taken()).toHaveLength(1);
  });
});

describe('ORDER-MAIL-REQUESTED', () => {
  const again = ({ order }: MadeOrder, as = event()) => tellAgain(world.ports, as, order.orderId);

  test('sends the tickets once more for each request, with the dates and tickets as they are now', async () => {
    const session = await world.session();
    const made = await world.order({ sessions: [session], tickets: 2 });
    await confirm(made);
    world.taken();
    await world.changeTicket(made.tickets[0]!, { status: 'refunded' }, occurredAt);
    const [first, second] = [event(), event()];
    for (const told of [first, first, second, first]) await again(made, told);
    const mail = `${made.order.customer.email}: Your tickets: Songs`;
    expect(world.taken()).toEqual([mail, mail]);
    expect(attachmentsOf(world.sent.at(-1)?.raw ?? '').map((one) => one.split(': ')[1])).toEqual([
      `paper of ${ticketIdOf(made.tickets[1]!)}`,
      `calendar of ${made.tickets[1]?.serial} at 2027-04-01T18:00:00Z`,
    ]);
  });

  test('of an order that was undone meanwhile sends nothing', async () => {
    const made = await world.order({ sessions: [await world.session()], status: 'cancelled' });
    await again(made);
    expect(world.taken()).toEqual([]);
  });
});

describe('the end of an order', () => {
  test.for([
    ['payment_timeout', 'no payment came in time'],
    ['payment_failed', 'the payment was declined'],
    ['customer', 'as was asked for'],
    ['places_lost', 'somebody else has them now'],
    ['session_cancelled', 'a date it has places for was cancelled'],
    ['organizer', 'cancelled by the organizer'],
  ] as const)('%s is told in its own words', async ([cancelReason, words]) => {
    const made = await world.order({
      sessions: [await world.session()],
      status: 'cancelled',
      items: 'open',
      cancelReason,
    });
    const told = event();
    await tellCancelled(world.ports, told, made.order.orderId);
    await tellCancelled(world.ports, told, made.order.orderId);
    expect(world.taken()).toEqual([
      `${made.order.customer.email}: Your order was cancelled (${made.order.orderId})`,
    ]);
    // Quoted-printable breaks lines; the words are looked for without the breaks.
    expect(world.sent.at(-1)?.raw.replaceAll('=\r\n', '')).toContain(words);
  });

  test('of a confirmed order that ends with its session, its holders are told of the session', async () => {
    const session = await world.session();
    const made = await world.order({ sessions: [session], attendee: 'guest@example.com' });
    await world.changeSession(session, { status: 'cancelled' });
    await world.changeOrder(made.order, { status: 'cancelled', cancelReason: 'session_cancelled' });
    for (const ticket of made.tickets)
      await world.changeTicket(ticket, { status: 'cancelled' }, '2027-03-02T10:00:00.000Z');
    const told = { id: randomId('lev'), occurredAt: '2027-03-02T10:00:00.000Z' };
    await tellCancelled(world.ports, told, made.order.orderId);
    await tellCancelled(world.ports, told, made.order.orderId);
    expect(world.taken()).toEqual([
      `guest@example.com: Cancelled: Songs`,
      `${made.order.customer.email}: Cancelled: Songs`,
    ]);
  });

  test('a late payment is told once, although it is authorized and captured', async () => {
    const made = await world.order({ sessions: [await world.session()], status: 'cancelled', items: 'open' });
    await tellPaymentLate(world.ports, made.order.orderId);
    await tellPaymentLate(world.ports, made.order.orderId);
    expect(world.taken()).toEqual([
      `${made.order.customer.email}: Your payment came too late (${made.order.orderId})`,
    ]);
  });

  test('each refund is told once, and so is one that failed afterwards', async () => {
    const made = await world.order({ sessions: [await world.session()], captured: 4_500 });
    const refund = { orderId: made.order.orderId, amount: { amount: 4_500, currency: 'EUR' } };
    const told = event();
    await tellRefund(world.ports, told, 'succeeded', refund);
    await tellRefund(world.ports, told, 'succeeded', refund);
    await tellRefund(world.ports, event(), 'failed', refund);
    const { email } = made.order.customer;
    expect(world.taken()).toEqual([
      `${email}: Refund of €45.00`,
      `${email}: Your refund of €45.00 could not be paid out`,
    ]);
  });
});

describe('TICKET-TRANSFERRED', () => {
  const holders = [
    { name: 'Ann', email: 'ann@example.com', since: '2027-03-01T10:00:00.000Z' },
    { name: 'Bob', email: 'bob@example.com', since: '2027-03-02T10:00:00.000Z' },
    { name: 'Cat', email: 'cat@example.com', since: '2027-03-03T10:00:00.000Z' },
  ];
  const transferred = async (times: number) => {
    const made = await world.order({ sessions: [await world.session()] });
    const [first] = made.tickets;
    const ticket = { ...first!, secret: String(times + 1).repeat(13), holders: holders.slice(0, times + 1) };
    await world.changeTicket(ticket, {}, '2027-03-03T10:00:00.000Z');
    const idAfter = (transfers: number) =>
      ticketIdOf({ ...ticket, secret: String(transfers + 1).repeat(13) });
    const tell = (transfers: number, id = randomId('lev')) =>
      tellTransferred(world.ports, {
        id,
        ticketId: idAfter(transfers),
        orderId: made.order.orderId,
        transfers,
      });
    return { ticket, tell };
  };

  test('the new holder gets the ticket, the old one is told; once', async () => {
    const { ticket, tell } = await transferred(1);
    const id = randomId('lev');
    await tell(1, id);
    await tell(1, id);
    expect(world.taken()).toEqual([
      'ann@example.com: You passed a ticket on: Songs',
      'bob@example.com: A ticket for you: Songs',
    ]);
    const [toAnn, toBob] = world.sent.slice(-2);
    expect(attachmentsOf(toAnn?.raw ?? '')).toEqual([]);
    expect(attachmentsOf(toBob?.raw ?? '')[0]).toBe(`ticket-1.pdf: paper of ${ticketIdOf(ticket)}`);
    // The old holder learns nothing that opens the door.
    expect(toAnn?.raw).not.toContain(ticket.secret);
  });

  test('told late, after it was passed on again: nobody gets a ticket that is not theirs', async () => {
    const { ticket, tell } = await transferred(2);
    await tell(1);
    expect(world.taken()).toEqual(['ann@example.com: You passed a ticket on: Songs']);
    await tell(2);
    expect(world.taken()).toEqual([
      'bob@example.com: You passed a ticket on: Songs',
      'cat@example.com: A ticket for you: Songs',
    ]);
    expect(
      world.sent.filter(({ to, raw }) => to !== 'cat@example.com' && raw.includes(ticket.secret)),
    ).toEqual([]);
  });

  test('a ticket refunded meanwhile is handed to nobody', async () => {
    const { ticket, tell } = await transferred(1);
    await world.changeTicket(ticket, { status: 'refunded' }, '2027-03-04T10:00:00.000Z');
    await tell(1);
    expect(world.taken()).toEqual(['ann@example.com: You passed a ticket on: Songs']);
  });

  test('a transfer that the ticket does not know is an error', async () => {
    const { tell } = await transferred(1);
    await expect(tell(2)).rejects.toThrow('was not transferred 2 times');
  });
});
