import { expect, test } from 'vitest';
import { briefBody } from '../support/brief-body.ts';
import { quoteBody } from '../support/quote-body.ts';
import { anybody } from './client.ts';
import { newLead, newOrganizer, newTruck, uploadAs } from './scenario.ts';
import { waitFor } from './wait-for.ts';

const day = (number: number) => {
  const moved = (instant: string): string =>
    new Date(Date.parse(instant) + number * 24 * 60 * 60 * 1_000).toISOString();
  return { startsAt: moved(briefBody.startsAt), endsAt: moved(briefBody.endsAt) };
};

test('the sides of a lead write to each other, rate each other, and the truck’s page tells what became of it', async () => {
  const [organizer, truck] = [await newOrganizer(), await newOrganizer()];
  const { id: truckId } = await newTruck(truck);
  const newBriefId = async (number: number): Promise<string> =>
    (await organizer.client.ok(201, 'createBrief', { body: { ...briefBody, ...day(number) } })).body.id;

  const asked = 'Could you serve vegan tacos? Call 0722 123 456';
  const created = await organizer.client.ok(201, 'createLead', {
    body: { briefId: await newBriefId(0), truckId, message: asked },
  });
  const params = { leadId: created.body.id };
  const menu = Buffer.from('%PDF-1.7 a menu');
  const uploadId = await uploadAs(truck, 'message_attachment', 'application/pdf', menu);
  const { body: answer } = await truck.client.ok(201, 'sendMessage', {
    params,
    body: { body: 'We do: lacarreta.ro/menu', attachments: [uploadId] },
  });
  expect(answer).toMatchObject({
    sequence: 2,
    by: 'truck',
    body: 'We do: lacarreta.ro/menu',
    isMasked: false,
  });

  const read = async (client: typeof organizer.client) =>
    (await client.ok(200, 'listMessages', { params })).body.items.map(({ body }) => body);
  expect(await read(organizer.client)).toEqual([asked, 'We do: •••']);
  expect(await read(truck.client)).toEqual([
    'Could you serve vegan tacos? Call •••',
    'We do: lacarreta.ro/menu',
  ]);

  const { items } = (await organizer.client.ok(200, 'listMessages', { params })).body;
  const file = await fetch(items[1]?.attachments[0]?.url ?? '');
  expect([file.headers.get('content-type'), await file.text()]).toEqual([
    'application/pdf',
    '%PDF-1.7 a menu',
  ]);

  const unread = async () => (await organizer.client.ok(200, 'getLead', { params })).body.unread;
  expect(await unread()).toBe(1);
  const marked = await organizer.client.ok(200, 'putReadMarker', { params, body: { messageId: answer.id } });
  expect(marked.body).toMatchObject({ messageId: answer.id, unread: 0 });
  expect(await unread()).toBe(0);

  await truck.client.ok(200, 'contactLead', { params });
  await truck.client.ok(201, 'quoteLead', { params, body: { ...quoteBody, deposit: { percent: 0 } } });
  await organizer.client.ok(200, 'acceptLead', { params, body: { quoteVersion: 1 } });
  // It is booked: they can call each other now.
  expect(await read(truck.client)).toEqual([asked, 'We do: lacarreta.ro/menu']);

  const rating = { rating: 5, body: 'On time' };
  const early = await organizer.client.refused('LEAD_NOT_COMPLETED', 'createReview', {
    params,
    body: rating,
  });
  expect(early).toMatchObject({ currentStatus: 'booked' });
  await organizer.client.ok(200, 'completeLead', { params });
  await organizer.client.ok(201, 'createReview', { params, body: rating });
  await truck.client.ok(201, 'createReview', { params, body: { rating: 4 } });
  await organizer.client.refused('REVIEW_EXISTS', 'createReview', { params, body: { rating: 1 } });
  const page = async () => (await anybody().ok(200, 'getTruck', { params: { truckId } })).body;
  expect((await page()).rating).toEqual({ average: 5, count: 1 });
  const { body: reviews } = await anybody().ok(200, 'listTruckReviews', { params: { truckId } });
  expect(reviews.items).toMatchObject([{ by: 'organizer', ...rating }]);

  const sides = { organizer, truck, truckId };
  const declined = await newLead({ ...sides, briefId: await newBriefId(2) }, 'quoted');
  await organizer.client.ok(200, 'declineLead', { params: { leadId: declined }, body: {} });
  const waiting = await newLead({ ...sides, briefId: await newBriefId(4) });
  const { body: next } = await truck.client.ok(200, 'getLead', { params: { leadId: waiting } });
  expect(next.organizerRating).toEqual({ average: 4, count: 1 });

  const facts = await waitFor('the consumer has seen all three leads and their ends', async () => {
    const seen = (await page()).facts;
    return seen?.bookingRate === 0.5 && seen.medianResponseMinutes !== undefined ? seen : undefined;
  });
  expect(facts).toEqual({ medianResponseMinutes: 0, bookingRate: 0.5, leads: 3 });
});
