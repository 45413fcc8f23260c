import { expect, test } from 'vitest';
import { anybody } from './client.ts';
import { euros, putOnSale, ticketTypeOf } from './scenario.ts';
import { waitFor } from './wait-for.ts';

test('a presale opens when the organizer says so, with no more places than an order may have', async () => {
  const opensAt = '2036-12-01T09:00:00Z';
  const tax = { name: 'TVA', basisPoints: 900, included: true };
  const { organizer, eventId, session, sessionId } = await putOnSale({
    ticketTypes: [
      { name: 'Stalls', price: euros(45), planCategory: 'Stalls', salesFrom: opensAt, maxPerOrder: 2, tax },
      { name: 'Balcony', price: euros(30), planCategory: 'Balcony' },
    ],
  });
  const visitor = anybody();
  const params = { sessionId };
  const stalls = ticketTypeOf(session, 0);
  const page = await visitor.ok(200, 'getEvent', { params: { eventId } });
  expect(page.body.sessions[0]?.ticketTypes[0]).toMatchObject({
    salesFrom: opensAt,
    maxPerOrder: 2,
    tax: { ...tax, isFeeTaxed: true },
  });
  const early = await visitor.refused('TICKET_TYPE_NOT_ON_SALE', 'createHold', {
    params,
    body: { seats: ['A-1', 'C-1'] },
  });
  expect(early['ticketTypes']).toEqual([{ ticketTypeId: stalls, salesFrom: opensAt }]);
  await visitor.ok(201, 'createHold', { params, body: { seats: ['C-1'] } });

  const { headers } = await organizer.client.ok(200, 'getSession', { params });
  await organizer.client.ok(200, 'updateSession', {
    params,
    ifMatch: headers.get('etag') ?? '',
    body: { saleTerms: [{ id: stalls, salesFrom: null }] },
  });
  await waitFor('the presale to open', async () => {
    const answer = await visitor.call('createHold', { params, body: { seats: ['A-1', 'A-2'] } });
    return answer.ok ? answer : undefined;
  });
  const greedy = await visitor.refused('VALIDATION_FAILED', 'createHold', {
    params,
    body: { seats: ['B-1', 'B-2', 'B-3'] },
  });
  expect(greedy.errors?.map(({ pointer, code }) => [pointer, code])).toEqual([
    ['/seats', 'OVER_ORDER_LIMIT'],
  ]);
});
