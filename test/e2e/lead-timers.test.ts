import { expect, inject, test } from 'vitest';
import { truckBody } from '../support/truck-body.ts';
import { openMailbox } from './mailbox.ts';
import { freshName, newOrganizer } from './scenario.ts';
import { waitFor } from './wait-for.ts';

const mailsTo = openMailbox();
const isEmbedded = inject('target').kind === 'embedded';
const timeoutMs = isEmbedded ? 60_000 : 240_000;
/** From now until the event: time enough to ask. */
const beginsInSeconds = isEmbedded ? 10 : 60;

const inSeconds = (seconds: number): string =>
  `${new Date(Date.now() + seconds * 1_000).toISOString().slice(0, 19)}Z`;
/** Subjects of the mails to an address as soon as there are so many, sorted. */
const subjectsOnce = (address: string, count: number): Promise<readonly string[]> =>
  waitFor(
    `${count} mails to ${address}`,
    async () => {
      const mails = (await mailsTo?.(address)) ?? [];
      return mails.length >= count ? mails.map(({ subject }) => subject).sort() : undefined;
    },
    { timeoutMs },
  );

test('a truck that makes no offer until the event begins loses the lead by itself, and both are told', async () => {
  const truckOwner = await newOrganizer();
  const host = await newOrganizer();
  const addresses = { truck: `${freshName('truck')}@example.com`, host: `${freshName('host')}@example.com` };
  const { body: truck } = await truckOwner.client.ok(201, 'createTruck', {
    body: {
      ...truckBody,
      organizationId: truckOwner.organizationId,
      contact: { name: 'Sam Smith', email: addresses.truck },
    },
  });
  await truckOwner.client.ok(200, 'updateTruck', {
    params: { truckId: truck.id },
    ifMatch: '"r1"',
    body: { status: 'listed' },
  });
  const { body: brief } = await host.client.ok(201, 'createBrief', {
    body: {
      organizationId: host.organizationId,
      name: 'Company picnic',
      venue: { city: 'Cluj-Napoca', lat: 46.7712, lon: 23.6236 },
      startsAt: inSeconds(beginsInSeconds),
      endsAt: inSeconds(beginsInSeconds + 3_600),
      guests: 200,
      contact: { name: 'Ana Pop', email: addresses.host, locale: 'ro' },
    },
  });
  const { body: lead } = await host.client.ok(201, 'createLead', {
    body: { briefId: brief.id, truckId: truck.id },
  });
  const ended = await waitFor(
    'the end of the lead',
    async () => {
      const { body } = await host.client.ok(200, 'getLead', { params: { leadId: lead.id } });
      return body?.status === 'expired' ? body : undefined;
    },
    { timeoutMs, everyMs: 250 },
  );
  expect(ended.history.map(({ command, from, to, actor }) => [command, from, to, actor])).toEqual([
    ['create', undefined, 'new', host.subject],
    ['lapse', 'new', 'expired', 'system:leads-machine'],
  ]);
  expect(Date.parse(ended.history[1]?.at ?? '')).toBeGreaterThanOrEqual(Date.parse(brief.startsAt));
  // The time is free again, although the hold would have lasted an hour.
  expect(ended.hold).toBeUndefined();
  const free = await truckOwner.client.ok(200, 'getAvailability', {
    params: { truckId: truck.id },
    query: { from: inSeconds(1_800), to: inSeconds(2_400) },
  });
  expect(free.body?.busy).toEqual([]);

  if (mailsTo === undefined) return;
  expect(await subjectsOnce(addresses.truck, 2)).toEqual([
    'New request: Company picnic',
    'No offer in time: Company picnic',
  ]);
  expect(await subjectsOnce(addresses.host, 1)).toEqual(['Nicio ofertă de la La Carreta: Company picnic']);
});
