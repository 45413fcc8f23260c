import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { tellCancelled, tellConfirmed } from '../../functions/notifications/order-mails.ts';
import { tellDue } from '../../functions/notifications/tell-due.ts';
import { handleNotice, tellSessionChanged } from '../../functions/notifications/tell-session.ts';
import { randomId } from '../../functions/platform/ids.ts';
import { type MadeOrder, type Notifications, type Session, startNotifications } from './harness.ts';

let world: Notifications;
beforeAll(async () => {
  world = await startNotifications();
});
afterAll(() => world.stop());
beforeEach(() => {
  world.messages.length = 0;
  world.clock = new Date('2027-03-01T10:00:00.000Z');
});

type Status = 'published' | 'postponed' | 'cancelled';
const boughtAt = '2027-03-01T10:00:00.000Z';
const changedAt = '2027-03-02T10:00:00.000Z';

/** Orders with tickets of a session, their tickets mailed. */
const sell = async (
  session: Session,
  count: number,
  confirmedAt = boughtAt,
): Promise<readonly MadeOrder[]> => {
  const orders: MadeOrder[] = [];
  for (let index = 0; index < count; index += 1) {
    const made = await world.order({ sessions: [session] });
    await tellConfirmed(world.ports, { id: randomId('lev'), occurredAt: confirmedAt }, made.order.orderId);
    orders.push(made);
  }
  world.taken();
  return orders;
};
/** The catalog changes a session, and its lifecycle event comes. */
const change = async (session: Session, status: Status, startsAt = session.startsAt) => {
  const sequence = await world.changeSession(session, { status, startsAt });
  const event = {
    id: randomId('lev'),
    occurredAt: changedAt,
    sequence,
    status,
    startsAt,
    sessionId: session.sessionId,
  };
  await tellSessionChanged(world.ports, event);
  return event;
};
const mailsTo = (orders: readonly MadeOrder[], subject: string) =>
  orders.map(({ order }) => `${order.customer.email}: ${subject}`).sort();

describe('a session changes', () => {
  test('cancelled: each order is told once, by a message of its own, page after page', {
    timeout: 60_000,
  }, async () => {
    const session = await world.session();
    const orders = await sell(session, 103);
    const event = await change(session, 'cancelled');
    expect(world.messages.map(({ delaySeconds }) => delaySeconds)).toEqual([0]);
    const [first] = world.messages.splice(0);
    await handleNotice(world.ports, JSON.parse(first?.body ?? ''));
    // A hundred mails at ten a second, and then the next page.
    expect(world.messages).toHaveLength(101);
    expect([0, 9, 10, 99, 100].map((index) => world.messages[index]?.delaySeconds)).toEqual([0, 0, 1, 9, 10]);
    // The page is delivered a second time: twice the messages, no mail more.
    await handleNotice(world.ports, JSON.parse(first?.body ?? ''));
    await world.drain();
    expect(world.taken()).toEqual(mailsTo(orders, 'Cancelled: Songs'));

    await tellSessionChanged(world.ports, event);
    expect(await world.drain()).toBe(0);
  });

  test('one order that fails holds up no other; delivered again it is told', async () => {
    const session = await world.session();
    const orders = await sell(session, 3);
    await change(session, 'cancelled');
    const [page] = world.messages.splice(0);
    await handleNotice(world.ports, JSON.parse(page?.body ?? ''));
    const [failing, ...others] = world.messages.splice(0);
    world.ses(() => Promise.reject(new Error('socket hang up')));
    await expect(handleNotice(world.ports, JSON.parse(failing?.body ?? ''))).rejects.toThrow(
      'socket hang up',
    );
    world.ses(async () => ({ MessageId: 'm' }));
    for (const other of others) await handleNotice(world.ports, JSON.parse(other.body));
    expect(world.taken()).toHaveLength(2);
    world.clock = new Date('2027-03-01T10:05:00.000Z');
    await handleNotice(world.ports, JSON.parse(failing?.body ?? ''));
    expect(world.taken()).toHaveLength(1);
    expect(orders).toHaveLength(3);
  });

  test('a crash between telling and noting begins the notice again, and nobody gets it twice', async () => {
    const session = await world.session();
    const orders = await sell(session, 2);
    const roll = { ...world.ports.roll, noteTold: () => Promise.reject(new Error('killed')) };
    const sequence = await world.changeSession(session, { status: 'postponed' });
    const event = {
      ...session,
      id: randomId('lev'),
      occurredAt: changedAt,
      sequence,
      status: 'postponed' as const,
    };
    await expect(tellSessionChanged({ ...world.ports, roll }, event)).rejects.toThrow('killed');
    await tellSessionChanged(world.ports, event);
    expect(world.messages).toHaveLength(2);
    await world.drain();
    expect(world.taken()).toEqual(mailsTo(orders, 'Postponed: Songs'));
  });

  test('cancelled, with its orders undone before or after: one mail a holder', async () => {
    const session = await world.session();
    const [before, after] = await sell(session, 2);
    const undo = async ({ order, tickets }: MadeOrder) => {
      for (const ticket of tickets) await world.changeTicket(ticket, { status: 'cancelled' }, changedAt);
      await world.changeOrder(order, { status: 'cancelled', cancelReason: 'session_cancelled' });
      await tellCancelled(world.ports, { id: randomId('lev'), occurredAt: changedAt }, order.orderId);
    };
    await change(session, 'cancelled');
    await undo(before!);
    await world.drain();
    await undo(after!);
    expect(world.taken()).toEqual(mailsTo([before!, after!], 'Cancelled: Songs'));
  });

  test('whoever had given the ticket back before is not told', async () => {
    const session = await world.session();
    const [kept, refunded] = await sell(session, 2);
    for (const ticket of refunded!.tickets)
      await world.changeTicket(ticket, { status: 'refunded' }, '2027-03-01T23:00:00.000Z');
    await change(session, 'cancelled');
    await world.drain();
    expect(world.taken()).toEqual(mailsTo([kept!], 'Cancelled: Songs'));
  });

  test('postponed, then held at another time: both are told, and later edits are no news', async () => {
    const session = await world.session();
    const orders = await sell(session, 1);
    await change(session, 'postponed');
    await world.drain();
    expect(world.taken()).toEqual(mailsTo(orders, 'Postponed: Songs'));
    const postponedTo = '2027-05-01T18:00:00Z';
    await change(session, 'postponed', postponedTo);
    expect(world.messages).toEqual([]);
    await change(session, 'published', postponedTo);
    await world.drain();
    expect(world.taken()).toEqual(mailsTo(orders, 'New date: Songs, Saturday, 1 May 2027 at 19:00 WEST'));
    await change(session, 'published', postponedTo);
    expect(world.messages).toEqual([]);
  });

  test('news that was overtaken is dropped, and news that comes late changes nothing', async () => {
    const session = await world.session();
    const orders = await sell(session, 1);
    const postponed = await change(session, 'postponed');
    await change(session, 'cancelled');
    await world.drain();
    expect(world.taken()).toEqual(mailsTo(orders, 'Cancelled: Songs'));
    await tellSessionChanged(world.ports, postponed);
    expect(world.messages).toEqual([]);
  });

  test('an order confirmed while its session changes is told what is true', async () => {
    const session = await world.session();
    const made = await world.order({ sessions: [session] });
    // It reads the session as it was; the change and its event come before it notes that.
    const { sessionOf } = world.ports;
    let reads = 0;
    await tellConfirmed(
      {
        ...world.ports,
        async sessionOf(sessionId) {
          const facts = await sessionOf(sessionId);
          reads += 1;
          if (reads === 1) await change(session, 'published', '2027-06-01T18:00:00Z');
          return facts;
        },
      },
      { id: randomId('lev'), occurredAt: boughtAt },
      made.order.orderId,
    );
    await world.drain();
    expect(reads).toBe(2);
    expect(world.taken()).toHaveLength(1);
    expect(world.sent.at(-1)?.raw).toContain('When: Tuesday, 1 June 2027 at 19:00 WEST');
  });

  test('one of two orders that knows the new date already does not keep it from the other', async () => {
    const session = await world.session();
    const [first] = await sell(session, 1);
    const moved = '2027-06-01T18:00:00Z';
    const sequence = await world.changeSession(session, { startsAt: moved });
    const [second] = await sell(session, 1);
    await tellSessionChanged(world.ports, {
      ...session,
      id: randomId('lev'),
      occurredAt: changedAt,
      sequence,
      status: 'published',
      startsAt: moved,
    });
    await world.drain();
    expect(world.taken()).toEqual(
      mailsTo([first!, second!], 'New date: Songs, Tuesday, 1 June 2027 at 19:00 WEST'),
    );
  });
});

describe('a day before', () => {
  const dayBefore = new Date('2027-03-31T18:00:00.000Z');
  const run = async (at: Date = dayBefore) => {
    world.clock = at;
    await tellDue(world.ports);
    await world.drain();
    return world.taken();
  };
  const reminder = 'Reminder: Songs, Thursday, 1 April 2027 at 19:00 WEST';

  test('not a minute early; then each holder once, however often the schedule fires', async () => {
    const session = await world.session();
    const orders = await sell(session, 2);
    expect(await run(new Date('2027-03-31T17:59:00.000Z'))).toEqual([]);
    expect(await run()).toEqual(mailsTo(orders, reminder));
    expect(await run(new Date('2027-03-31T18:15:00.000Z'))).toEqual([]);
  });

  test('after an outage of four hours still, later no more', async () => {
    const missed = await sell(await world.session(), 1);
    expect(await run(new Date('2027-03-31T22:00:00.000Z'))).toEqual([]);
    expect(await run(new Date('2027-03-31T21:59:00.000Z'))).toEqual(mailsTo(missed, reminder));
  });

  test('a run that dies between sending and taking it off is repeated, and nobody is reminded twice', async () => {
    const orders = await sell(await world.session(), 1);
    world.clock = dayBefore;
    const roll = { ...world.ports.roll, takeReminder: () => Promise.reject(new Error('killed')) };
    await expect(tellDue({ ...world.ports, roll })).rejects.toThrow('killed');
    expect(await tellDue(world.ports)).toBe(1);
    expect(world.messages).toHaveLength(2);
    await world.drain();
    expect(world.taken()).toEqual(mailsTo(orders, reminder));
  });

  test.for(['cancelled', 'postponed'] as const)('a session %s meanwhile has none', async (status) => {
    const session = await world.session();
    await sell(session, 1);
    await change(session, status);
    await world.drain();
    world.taken();
    expect(await run()).toEqual([]);
  });

  test('a session that was moved is reminded of at its new time only', async () => {
    const session = await world.session();
    const orders = await sell(session, 1);
    await change(session, 'published', '2027-04-02T18:00:00Z');
    await world.drain();
    world.taken();
    expect(await run()).toEqual([]);
    expect(await run(new Date('2027-04-01T18:00:00.000Z'))).toEqual(
      mailsTo(orders, 'Reminder: Songs, Friday, 2 April 2027 at 19:00 WEST'),
    );
  });

  test('whoever bought within the last day is not reminded', async () => {
    const session = await world.session();
    const early = await sell(session, 1);
    await sell(session, 1, '2027-03-31T18:00:00.001Z');
    expect(await run()).toEqual(mailsTo(early, reminder));
  });
});
