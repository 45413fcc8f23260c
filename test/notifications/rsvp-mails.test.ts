import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { issueTicket, type Ticket, ticketIdOf } from '../../functions/admission/contracts.ts';
import { tellRsvp, tellRsvpCancelled } from '../../functions/notifications/rsvp-mails.ts';
import { handleNotice } from '../../functions/notifications/tell-session.ts';
import { tellTransferred } from '../../functions/notifications/transfer-mails.ts';
import type { Rsvp } from '../../functions/orders/contracts.ts';
import { randomId } from '../../functions/platform/ids.ts';
import { type Notifications, type Session, startNotifications } from './harness.ts';

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
const change = { what: 'made', by: 'ann', requestId: 'r', at: occurredAt };
const email = 'ana@example.com';

const put = (rsvp: Rsvp): Promise<unknown> =>
  world.tables.orders.put({ pk: `RSVP#${rsvp.rsvpId}`, sk: 'RSVP', ...rsvp }, {});

/** An answer, with a ticket for each of its places. */
const answer = async (
  { sessionId }: Session,
  fields: Partial<Rsvp> = {},
  count = 0,
): Promise<{ rsvp: Rsvp; tickets: readonly Ticket[] }> => {
  const rsvpId = randomId('rsvp');
  const tickets = Array.from({ length: count }, (_, index): Ticket => {
    const holders = [{ name: 'Ana Pop', email, since: occurredAt }];
    const serial = `${rsvpId.slice(-12)}${index}`;
    return {
      serial,
      secret: '1'.repeat(13),
      orderId: rsvpId,
      organizationId: 'org_1',
      eventId: 'evt_1',
      sessionId,
      place: `${index + 1}`,
      ticketTypeId: 'tt_1',
      ticketTypeName: 'Guests',
      holders,
      status: 'valid',
      revision: 1,
    };
  });
  for (const ticket of tickets)
    await world.tables.admission.transact([issueTicket('admission', ticket, change)]);
  const rsvp: Rsvp = {
    rsvpId,
    organizationId: 'org_1',
    eventId: 'evt_1',
    sessionId,
    status: count > 0 ? 'confirmed' : 'pending',
    answer: 'yes',
    guests: Math.max(0, count - 1),
    customer: { name: 'Ana Pop', email, locale: 'en' },
    address: randomId('adr'),
    places: tickets.map((ticket) => ({
      ticketId: ticketIdOf(ticket),
      sessionId,
      place: ticket.place,
      shard: 0,
      block: 0,
      key: '0',
      ticketTypeId: 'tt_1',
      ticketTypeName: 'Guests',
    })),
    ticketsIssued: count,
    createdAt: occurredAt,
    requestHash: 'hash',
    revision: 1,
    ...fields,
  };
  await put(rsvp);
  return { rsvp, tickets };
};

const event = () => ({ id: randomId('lev'), occurredAt });
type Told = Parameters<typeof tellRsvp>[1]['type'];
const tell = (type: Told, { rsvpId }: Rsvp, as = event()) => tellRsvp(world.ports, { ...as, type }, rsvpId);
const lastText = (): string => world.sent.at(-1)?.raw ?? '';
const filesOf = (raw: string): readonly string[] =>
  [...raw.matchAll(/Content-Disposition: attachment; filename=(\S+)/g)].map(([, name = '']) => name);

describe('an answer with tickets', () => {
  test('made and confirmed at once is one mail with the papers of all, however often it is told', async () => {
    const { rsvp } = await answer(await world.session(), {}, 2);
    const told = event();
    await tell('RSVP-CREATED', rsvp);
    await tell('RSVP-CONFIRMED', rsvp, told);
    await tell('RSVP-CONFIRMED', rsvp, told);
    expect(world.taken()).toEqual([`${email}: You are coming: Songs`]);
    expect(filesOf(lastText())).toEqual(['ticket-1.pdf', 'ticket-1.ics', 'ticket-2.pdf', 'ticket-2.ics']);
    expect(lastText()).toContain('Ticket: Guests, 2');
    expect(lastText()).toContain(`Answer: ${rsvp.rsvpId}`);
  });

  test('changed is told with what it has now; passed on or ended tickets go to nobody', async () => {
    const { rsvp, tickets } = await answer(await world.session(), {}, 3);
    const [kept, passedOn, ended] = tickets;
    await world.changeTicket(passedOn!, { secret: '2'.repeat(13) }, occurredAt);
    await world.changeTicket(ended!, { status: 'cancelled' }, occurredAt);
    await tell('RSVP-CHANGED', rsvp);
    expect(world.taken()).toEqual([`${email}: You are coming: Songs`]);
    expect(filesOf(lastText())).toEqual(['ticket-1.pdf', 'ticket-1.ics']);
    expect(lastText()).toContain('Your answer was changed');
    await world.changeTicket(kept!, { secret: '2'.repeat(13) }, occurredAt);
    await tell('RSVP-CHANGED', rsvp);
    expect(world.taken()).toEqual([]);
  });

  test('it is told what its session tells, also to whoever got a ticket of it', async () => {
    const session = await world.session();
    const { rsvp, tickets } = await answer(session, {}, 2);
    await tell('RSVP-CONFIRMED', rsvp);
    const [, second] = tickets;
    const friend = { name: 'Ion', email: 'ion@example.com', since: occurredAt };
    const moved = { ...second!, secret: '2'.repeat(13), holders: [...second!.holders, friend] };
    await world.changeTicket(second!, moved, occurredAt);
    await tellTransferred(world.ports, {
      id: randomId('lev'),
      ticketId: ticketIdOf(moved),
      orderId: rsvp.rsvpId,
      transfers: 1,
    });
    expect(world.taken().slice(1)).toEqual([
      `${email}: You passed a ticket on: Songs`,
      'ion@example.com: A ticket for you: Songs',
    ]);
    await world.changeSession(session, { status: 'postponed' });
    const notice = { id: 'n', kind: 'postponed', at: occurredAt, ...session } as const;
    await handleNotice(world.ports, { notice });
    await world.drain();
    expect(world.taken()).toEqual([`${email}: Postponed: Songs`, 'ion@example.com: Postponed: Songs']);
  });
});

describe('an answer without tickets', () => {
  test.for<[Told, Partial<Rsvp>, string]>([
    ['RSVP-CREATED', { answer: 'yes' }, 'The organizer will confirm your answer'],
    ['RSVP-CREATED', { answer: 'maybe' }, 'You may come.'],
    ['RSVP-CHANGED', { answer: 'maybe', ticketsIssued: 2 }, 'The tickets that you had are no longer valid.'],
  ])('%s, %j', async ([type, fields, line]) => {
    const { rsvp } = await answer(await world.session(), fields);
    await tell(type, rsvp);
    expect(world.taken()).toEqual([`${email}: Your answer: Songs`]);
    expect(lastText().replaceAll('=\r\n', '')).toContain(line);
    expect(filesOf(lastText())).toEqual([]);
  });

  test.for<[Told, Partial<Rsvp>]>([
    // It was a no from the beginning, or what made it one tells of it.
    ['RSVP-CREATED', { status: 'cancelled', cancelReason: 'guest', answer: 'no' }],
    ['RSVP-CHANGED', { status: 'cancelled', cancelReason: 'organizer' }],
    ['RSVP-CONFIRMED', { status: 'pending', answer: 'maybe' }],
    ['RSVP-CONFIRMED', { status: 'cancelled', cancelReason: 'guest', answer: 'no' }],
  ])('%s is told by something else: %j', async ([type, fields]) => {
    const { rsvp } = await answer(await world.session(), fields);
    await tell(type, rsvp);
    expect(world.taken()).toEqual([]);
  });
});

describe('RSVP-CANCELLED', () => {
  test.for<['guest' | 'organizer', string]>([
    ['guest', 'You have said that you are not coming.'],
    ['organizer', 'The organizer has cancelled your answer.'],
  ])('by the %s', async ([cancelReason, line]) => {
    const { rsvp } = await answer(await world.session(), { status: 'cancelled', cancelReason }, 1);
    await tellRsvpCancelled(world.ports, event(), rsvp.rsvpId);
    expect(world.taken()).toEqual([`${email}: Your answer was cancelled: Songs`]);
    expect(lastText()).toContain(line);
    expect(lastText()).toContain('Its tickets are no longer valid.');
  });

  test('taken up again since: nothing', async () => {
    const { rsvp } = await answer(await world.session(), {}, 1);
    await tellRsvpCancelled(world.ports, event(), rsvp.rsvpId);
    expect(world.taken()).toEqual([]);
  });

  test('with its session: each who has a ticket of it, once whoever tells first; else the guest', async () => {
    const session = await world.session({ status: 'cancelled' });
    const { rsvp, tickets } = await answer(
      session,
      { status: 'cancelled', cancelReason: 'session_cancelled' },
      2,
    );
    const [, second] = tickets;
    const holders = [...second!.holders, { name: 'Ion', email: 'ion@example.com', since: occurredAt }];
    await world.changeTicket(second!, { status: 'cancelled', holders }, occurredAt);
    await tellRsvpCancelled(world.ports, event(), rsvp.rsvpId);
    await tellRsvpCancelled(world.ports, event(), rsvp.rsvpId);
    expect(world.taken()).toEqual([`${email}: Cancelled: Songs`, 'ion@example.com: Cancelled: Songs']);

    const customer = { name: 'Eva', email: 'eva@example.com', locale: 'ro' } as const;
    const waiting = await answer(session, {
      status: 'cancelled',
      cancelReason: 'session_cancelled',
      customer,
    });
    await tellRsvpCancelled(world.ports, event(), waiting.rsvp.rsvpId);
    expect(world.taken()).toEqual(['eva@example.com: Anulat: Songs']);
  });
});
