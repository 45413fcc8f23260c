import { expect, test } from 'vitest';
import { anybody } from './client.ts';
import { euros, freshName, putOnSale } from './scenario.ts';
import { waitFor } from './wait-for.ts';

const hours = (count: number): string => new Date(Date.now() + count * 3_600_000).toISOString();

test('a guest answers yes, comes, and another one says no after all; the organizer sees who comes', async () => {
  const sale = await putOnSale(
    {
      startsAt: hours(1),
      endsAt: hours(3),
      ticketTypes: [{ name: 'Guests', price: euros(0), quantity: 3 }],
      rsvp: { ticketType: 'Guests', guestsMax: 2 },
    },
    undefined,
  );
  const { eventId, sessionId, organizer } = sale;
  const { body: page } = await anybody().ok(200, 'getEvent', { params: { eventId } });
  expect(page.sessions[0]?.rsvp).toEqual({ ticketType: 'Guests', guestsMax: 2, approval: 'automatic' });

  const answer = (email: string, guests: number) =>
    anybody().call('createRsvp', {
      params: { eventId },
      body: { answer: 'yes', name: 'Ana Pop', email, guests, locale: 'ro' },
    });
  const [ana, ion] = [`${freshName('ana')}@example.com`, `${freshName('ion')}@example.com`];
  const coming = await answer(ana, 1);
  const late = await answer(ion, 1);
  if (!coming.ok || coming.status !== 201 || late.ok) throw new Error('Two have answered for four places');
  expect(late.problem).toMatchObject({ code: 'SOLD_OUT', left: 1 });
  expect(coming.body).toMatchObject({ status: 'confirmed', guests: 1 });
  const [first, second] = coming.body.tickets;

  const scan = async (ticketId: string) => {
    const { body: ticket } = await anybody().ok(200, 'getTicket', { params: { ticketId } });
    const answered = await organizer.client.call('checkIn', {
      params: { sessionId },
      body: { code: ticket.code, nonce: freshName('scan'), device: 'door' },
    });
    if (!answered.ok || answered.status === 304) throw new Error(`The scan was answered ${answered.status}`);
    return answered.body;
  };
  expect(await scan(first?.id ?? '')).toMatchObject({ result: 'admitted' });

  const params = { rsvpId: coming.body.id };
  const alone = await anybody().ok(200, 'updateRsvp', { params, ifMatch: '"r1"', body: { guests: 0 } });
  expect(alone.body.tickets).toEqual([first]);
  expect(await scan(second?.id ?? '')).toMatchObject({ result: 'refused', reason: 'cancelled' });
  await anybody().refused('TICKET_USED', 'updateRsvp', { params, ifMatch: '"r2"', body: { answer: 'no' } });

  const now = await answer(ion, 1);
  if (!now.ok || now.status !== 201) throw new Error('Places that are given back are taken by others');
  await anybody().ok(200, 'updateRsvp', {
    params: { rsvpId: now.body.id },
    ifMatch: '"r1"',
    body: { answer: 'no' },
  });
  expect(await scan(now.body.tickets[0]?.id ?? '')).toMatchObject({ result: 'refused', reason: 'cancelled' });

  const counts = await waitFor('the list follows', async () => {
    const { body } = await organizer.client.ok(200, 'countRsvps', { params: { sessionId } });
    return body.answers.no === 1 ? body : undefined;
  });
  expect(counts).toEqual({
    answers: { yes: 1, maybe: 0, no: 1 },
    statuses: { pending: 0, confirmed: 1, cancelled: 1 },
    people: 1,
    isComplete: true,
  });
});
