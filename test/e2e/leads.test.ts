import { expect, test } from 'vitest';
import { briefBody } from '../support/brief-body.ts';
import { quoteBody } from '../support/quote-body.ts';
import { newLead, newOrganizer, newTruck, type Organizer } from './scenario.ts';
import { waitFor } from './wait-for.ts';

/** An organizer and a truck of somebody else, each with one organization. */
const newSides = async () => {
  const [organizer, truck] = [await newOrganizer(), await newOrganizer()];
  return { organizer, truck, truckId: (await newTruck(truck)).id };
};
const newBriefId = async ({ client }: Organizer): Promise<string> =>
  (await client.ok(201, 'createBrief', { body: briefBody })).body.id;
const newLeadOf = async (
  sides: Awaited<ReturnType<typeof newSides>>,
  until?: Parameters<typeof newLead>[1],
) => newLead({ ...sides, briefId: await newBriefId(sides.organizer) }, until);

test('an organizer and a truck negotiate, book and have done; each step is tried before it is made', async () => {
  const sides = await newSides();
  const { organizer, truck, truckId } = sides;
  const params = { leadId: await newLeadOf(sides) };
  const dryRun = { dryRun: 'true' } as const;

  await truck.client.refused('TRANSITION_NOT_ALLOWED', 'quoteLead', { params, body: quoteBody });
  const tried = await truck.client.ok(200, 'contactLead', { params, query: dryRun });
  expect(tried.body).toMatchObject({ status: 'contacted', dryRun: true });
  await truck.client.ok(200, 'contactLead', { params });

  await truck.client.ok(201, 'quoteLead', { params, body: quoteBody });
  const counter = await organizer.client.ok(201, 'quoteLead', {
    params,
    body: { ...quoteBody, deposit: { percent: 0 } },
  });
  expect(counter.body).toMatchObject({
    version: 2,
    by: 'organizer',
    total: { amount: 665_000, currency: 'RON' },
    depositDue: { amount: 0, currency: 'RON' },
  });
  await organizer.client.refused('OWN_QUOTE', 'acceptLead', { params, body: { quoteVersion: 2 } });
  await truck.client.refused('QUOTE_OUTDATED', 'acceptLead', { params, body: { quoteVersion: 1 } });
  const body = { quoteVersion: 2 };
  const wouldBe = await truck.client.ok(200, 'acceptLead', { params, query: dryRun, body });
  expect([wouldBe.body.status, wouldBe.body.hold?.kind]).toEqual(['booked', 'booking']);
  const booked = await truck.client.ok(200, 'acceptLead', { params, body });
  expect(booked.body).toMatchObject({ status: 'booked', hold: { kind: 'booking', isLive: true } });

  const { startsAt: from, endsAt: to } = briefBody;
  const { body: calendar } = await organizer.client.ok(200, 'getAvailability', {
    params: { truckId },
    query: { from, to },
  });
  expect(calendar).toMatchObject({ free: [], busy: [{ from, to, kind: 'booking' }] });

  // Stages for tests complete at any time.
  await organizer.client.ok(200, 'completeLead', { params });
  const after = await truck.client.refused('TRANSITION_NOT_ALLOWED', 'cancelLead', {
    params,
    body: { reason: 'The engine broke' },
  });
  expect(after).toMatchObject({ currentStatus: 'completed', allowed: [] });
  const { body: whole } = await organizer.client.ok(200, 'getLead', { params });
  expect(whole.history.map(({ command, to: status, party }) => `${command} ${status} ${party}`)).toEqual([
    'create new organizer',
    'contact contacted truck',
    'quote quoted truck',
    'quote quoted organizer',
    'accept accepted truck',
    'book booked truck',
    'complete completed organizer',
  ]);
});

test('an accepted offer keeps the time from everybody else until its deposit is due; a declined one frees it', async () => {
  const sides = await newSides();
  const { organizer, truckId } = sides;
  const other = await newOrganizer();
  const ask = async (by: Organizer) => ({ body: { briefId: await newBriefId(by), truckId } });

  const first = { leadId: await newLeadOf(sides, 'quoted') };
  await organizer.client.ok(200, 'declineLead', { params: first, body: { reason: 'Too dear' } });
  const second = { leadId: await newLeadOf(sides, 'quoted') };
  const accepted = await organizer.client.ok(200, 'acceptLead', {
    params: second,
    body: { quoteVersion: 1 },
  });
  expect(accepted.body).toMatchObject({ status: 'accepted', hold: { kind: 'hard', isLive: true } });
  expect(accepted.body.hold?.expiresAt).toBe(accepted.body.depositBy);

  const refused = await other.client.refused('TRUCK_NOT_AVAILABLE', 'createLead', await ask(other));
  expect(refused).toMatchObject({
    reason: 'taken',
    conflict: { from: briefBody.startsAt, to: briefBody.endsAt, kind: 'hold' },
  });
});

test('a booking that is called off is free for the next', async () => {
  const sides = await newSides();
  const { truck, truckId } = sides;
  const params = { leadId: await newLeadOf(sides, 'booked') };
  const cancelled = await truck.client.ok(200, 'cancelLead', {
    params,
    body: { reason: 'The engine broke' },
  });
  expect(cancelled.body).toMatchObject({ status: 'cancelled', endedBy: 'truck', reason: 'The engine broke' });
  const other = await newOrganizer();
  await other.client.ok(201, 'createLead', { body: { briefId: await newBriefId(other), truckId } });
});

test('a deposit books the truck when it is paid; when the organizer calls off, the policy says what comes back', async () => {
  const sides = await newSides();
  const { organizer, truck } = sides;
  const params = { leadId: await newLeadOf(sides, 'accepted') };
  const pay = (method: 'card_ok' | 'card_declined') => ({
    params,
    body: { payment: { provider: 'test' as const, method } },
  });
  await truck.client.refused('FORBIDDEN', 'payDeposit', pay('card_ok'));
  const declined = await organizer.client.ok(201, 'payDeposit', pay('card_declined'));
  const due = { amount: 166_250, currency: 'RON' };
  const none = { amount: 0, currency: 'RON' };
  expect([declined.body.status, declined.body.deposit]).toMatchObject([
    'accepted',
    { provider: 'test', status: 'declined', amount: due, captured: none },
  ]);
  const paid = await organizer.client.ok(201, 'payDeposit', pay('card_ok'));
  expect([paid.body.status, paid.body.deposit?.id]).toEqual(['booked', declined.body.deposit?.id]);
  const deposit = async () => (await truck.client.ok(200, 'getLead', { params })).body.deposit;
  await waitFor('the deposit is taken', async () => (await deposit())?.status === 'captured' || undefined);

  const body = { reason: 'The company moves' };
  const cancelled = await organizer.client.ok(200, 'cancelLead', { params, body });
  // Months before: all of it.
  expect(cancelled.body.deposit?.refund).toEqual({ status: 'requested', amount: due });
  await waitFor(
    'it is given back',
    async () => (await deposit())?.refund?.status === 'succeeded' || undefined,
  );
  expect(await deposit()).toMatchObject({ status: 'captured', captured: due });
});
