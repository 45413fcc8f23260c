import { expect, inject, test } from 'vitest';
import { openMailbox } from './mailbox.ts';
import {
  buyTicket,
  type EventPage,
  freshName,
  newEvent,
  newLead,
  newOrganizer,
  newSession,
  newTruck,
  publish,
  venueBody,
} from './scenario.ts';
import { waitFor } from './wait-for.ts';

const mailsTo = openMailbox();
const timeoutMs = inject('target').kind === 'embedded' ? 30_000 : 240_000;
const daySeconds = 86_400;
const inThreeMonths = (Math.floor(Date.now() / (daySeconds * 1_000)) + 90) * daySeconds;
const hour = (of: number): string => new Date((inThreeMonths + of * 3_600) * 1_000).toISOString();

test('a booked truck shows on its event until that is cancelled; sales that outgrow it, and that it stays booked, are told once', async () => {
  const host = await newOrganizer();
  const owner = await newOrganizer();
  const { id: truckId } = await newTruck(owner);
  const params = { truckId };
  // One that comes for two guests: three tickets are too many for it.
  await owner.client.ok(200, 'updateTruck', {
    params,
    ifMatch: '"r2"',
    body: { guests: { min: 1, max: 400 } },
  });
  const address = `${freshName('host')}@example.com`;

  const { body: venue } = await host.client.ok(201, 'createVenue', {
    body: {
      ...venueBody,
      organizationId: host.organizationId,
      city: 'Cluj-Napoca',
      location: { lat: 46.7712, lon: 23.6236 },
      timeZone: 'Europe/Bucharest',
    },
  });
  const { id: eventId } = await newEvent(host, venue.id);
  const session = await newSession(host, eventId, {
    startsAt: hour(11),
    endsAt: hour(14),
    doorsOpenMinutes: 60,
    ticketTypes: [{ name: 'Lawn', price: { amount: 0, currency: 'RON' }, quantity: 50 }],
  });
  await publish(host, eventId);

  const brief = {
    organizationId: host.organizationId,
    name: 'Street food',
    guests: 2,
    eventId,
    warnAtPercent: 0,
    contact: { name: 'Ana Pop', email: address },
  };
  const stranger = await owner.client.refused('VALIDATION_FAILED', 'createBrief', {
    body: { ...brief, organizationId: owner.organizationId },
  });
  expect(stranger).toMatchObject({ errors: [{ pointer: '/eventId', code: 'UNKNOWN_REFERENCE' }] });
  const { body: made } = await host.client.ok(201, 'createBrief', { body: brief });
  expect(made).toMatchObject({
    venue: { city: 'Cluj-Napoca', lat: 46.7712, lon: 23.6236 },
    startsAt: hour(10),
    endsAt: hour(14),
    timeZone: 'Europe/Bucharest',
  });

  const leadId = await newLead({ organizer: host, briefId: made.id, truck: owner, truckId }, 'booked');
  const foodOnce = (wanted: (food: EventPage['food']) => boolean) =>
    waitFor(
      'the food of the event',
      async () => {
        const { body } = await host.client.ok(200, 'getEvent', { params: { eventId } });
        return wanted(body.food) ? body.food : undefined;
      },
      { timeoutMs },
    );
  expect(await foodOnce((food) => food.length === 1)).toEqual([
    { truckId, name: 'La Carreta', cuisines: ['mexican'], from: hour(10), to: hour(14) },
  ]);
  const { headers } = await owner.client.ok(200, 'getTruck', { params });
  await owner.client.ok(200, 'updateTruck', {
    params,
    ifMatch: headers.get('etag') ?? '',
    body: { name: 'La Carreta Verde' },
  });
  await foodOnce(([shown]) => shown?.name === 'La Carreta Verde');

  for (let sold = 0; sold < 3; sold += 1) await buyTicket({ session, sessionId: session.id });
  const { body: read } = await host.client.ok(200, 'getBrief', { params: { briefId: made.id } });
  expect(read.sales).toMatchObject({ capacity: 50 });
  if (mailsTo !== undefined) {
    const mails = await waitFor(
      'the mail that the sales have outgrown the food',
      async () => {
        const found = (await mailsTo(address)).filter(
          ({ subject }) => subject === 'More guests than food: Street food',
        );
        return found.length > 0 ? found : undefined;
      },
      { timeoutMs },
    );
    expect(mails).toHaveLength(1);
    expect(mails[0]?.text).toContain('Tickets sold: 3');
    expect(mails[0]?.text).toContain('Guests with food: 2');
  }
  const { body: later } = await host.client.ok(200, 'getBrief', { params: { briefId: made.id } });
  expect(later.sales).toMatchObject({ sold: 3, capacity: 50 });

  await owner.client.ok(200, 'cancelLead', {
    params: { leadId },
    query: { role: 'truck' },
    body: { reason: 'The engine is broken.' },
  });
  await foodOnce((food) => food.length === 0);

  const bookedAgain = await newLead({ organizer: host, briefId: made.id, truck: owner, truckId }, 'booked');
  await foodOnce((food) => food.length === 1);
  await host.client.ok(200, 'cancelEvent', { params: { eventId } });
  const { body: cancelled } = await host.client.ok(200, 'getEvent', { params: { eventId } });
  expect(cancelled.food).toEqual([]);
  if (mailsTo === undefined) return;
  const [mail] = await waitFor(
    'the mail that a truck stays booked',
    async () => {
      const found = (await mailsTo(address)).filter(
        ({ subject }) => subject === 'Still booked for a cancelled event: Street food',
      );
      return found.length > 0 ? found : undefined;
    },
    { timeoutMs },
  );
  expect(mail?.text).toContain(`La Carreta Verde: ${bookedAgain}`);
  const { body: lead } = await host.client.ok(200, 'getLead', { params: { leadId: bookedAgain } });
  expect(lead.status).toBe('booked');
});
