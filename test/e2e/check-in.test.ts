import { createHash } from 'node:crypto';
import { compactVerify, createLocalJWKSet } from 'jose';
import { beforeAll, expect, test } from 'vitest';
import { acceptHeaders } from '../support/accept-headers.ts';
import { anybody, type Client, signIn } from './client.ts';
import { buyTicket, freshName, type OnSale, putOnSale } from './scenario.ts';
import { waitFor } from './wait-for.ts';

const hours = (count: number): string => new Date(Date.now() + count * 3_600_000).toISOString();

let sale: OnSale;
let door: Client;
beforeAll(async () => {
  sale = await putOnSale({ startsAt: hours(1), endsAt: hours(3) });
  const subject = freshName('door');
  const { client, organizationId } = sale.organizer;
  await client.ok(201, 'addMember', {
    params: { organizationId },
    body: { subject, role: 'staff', sessionId: sale.sessionId, from: hours(-1), until: hours(4) },
  });
  door = await signIn(subject);
});

const scan = async (code: string, device: string, nonce = freshName('scan')) => {
  const answer = await door.call('checkIn', {
    params: { sessionId: sale.sessionId },
    body: { code, nonce, device, gate: 'north' },
  });
  if (!answer.ok || answer.status === 304) throw new Error(`The scan was answered ${answer.status}`);
  return answer.body;
};

test('a ticket is drawn in every form, transferred, and let in once', async () => {
  const first = await buyTicket(sale);
  const params = { ticketId: first };
  const { body: ticket } = await anybody().ok(200, 'getTicket', { params });
  expect(ticket).toMatchObject({ id: first, status: 'valid', session: { id: sale.sessionId } });

  const { body: svg } = await anybody().ok(200, 'getTicketQrSvg', { params });
  expect(svg).toContain('viewBox="0 0 69 69"');
  for (const accept of Object.values(acceptHeaders)) {
    const { body: png } = await anybody().ok(200, 'getTicketQrPng', { params, headers: { accept } });
    expect(Buffer.from(png).subarray(0, 8).toString('hex')).toBe('89504e470d0a1a0a');
  }
  const { body: pdf } = await anybody().ok(200, 'getTicketPdf', { params });
  expect(Buffer.from(pdf).subarray(0, 5).toString()).toBe('%PDF-');
  const { body: calendar } = await anybody().ok(200, 'getTicketCalendar', { params });
  expect(calendar).toContain(`UID:${ticket.serial}@fairground`);

  const { body: moved } = await anybody().ok(201, 'transferTicket', {
    params,
    body: { email: 'ana@example.com', name: 'Ana Ionescu' },
  });
  await anybody().refused('NOT_FOUND', 'getTicket', { params });
  expect(await scan(ticket.code, 'one')).toEqual({ result: 'refused', reason: 'revoked' });
  const nonce = freshName('scan');
  const admitted = await scan(moved.code, 'one', nonce);
  expect(admitted).toMatchObject({ result: 'admitted', ticket: { holderName: 'Ana Ionescu' } });
  expect(await scan(moved.code, 'one', nonce)).toEqual(admitted);
  expect(await scan(moved.code, 'two')).toMatchObject({
    reason: 'already_used',
    firstDevice: 'one',
    firstGate: 'north',
  });
});

test('fifty scanners let one ticket in once', async () => {
  const { body: ticket } = await anybody().ok(200, 'getTicket', {
    params: { ticketId: await buyTicket(sale) },
  });
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, index) => scan(ticket.code, `scanner-${index}`)),
  );
  expect(answers.filter(({ result }) => result === 'admitted')).toHaveLength(1);
});

test('a scanner without a connection: signed manifest, upload, conflict, numbers', async () => {
  const { body: ticket } = await anybody().ok(200, 'getTicket', {
    params: { ticketId: await buyTicket(sale) },
  });
  const params = { sessionId: sale.sessionId };
  const { body: keys } = await anybody().ok(200, 'getTicketKeys');
  // The index that the manifest reads follows the writes.
  const entry = await waitFor('the ticket in the manifest', async () => {
    const { body } = await door.ok(200, 'getManifest', { params });
    const { payload } = await compactVerify(body.signature, createLocalJWKSet(keys as never));
    const sha256 = createHash('sha256').update(body.page).digest('base64url');
    expect(JSON.parse(new TextDecoder().decode(payload))).toEqual({ sha256 });
    const page = JSON.parse(body.page) as { tickets: { serial: string; secretHash: string }[] };
    return page.tickets.find(({ serial }) => serial === ticket.serial);
  });
  const { payload } = await compactVerify(ticket.code, createLocalJWKSet(keys as never));
  const { t } = JSON.parse(new TextDecoder().decode(payload)) as { t: string };
  expect(entry.secretHash).toBe(createHash('sha256').update(t.slice(13)).digest('base64url').slice(0, 16));

  expect(await scan(ticket.code, 'online')).toMatchObject({ result: 'admitted' });
  const scans = [{ code: ticket.code, nonce: freshName('scan'), at: hours(-0.1), device: 'offline' }];
  for (let times = 0; times < 2; times += 1) {
    const { body } = await door.ok(200, 'uploadScans', { params, body: { scans } });
    expect(body.results).toMatchObject([{ result: 'conflict', firstDevice: 'offline' }]);
  }
  const conflict = await waitFor('the conflict', async () => {
    const { body } = await sale.organizer.client.ok(200, 'listConflicts', { params });
    return body.items.find(({ serial }) => serial === ticket.serial);
  });
  expect(conflict.admissions.map(({ device }) => device)).toEqual(['offline', 'online']);
  const { body: summary } = await sale.organizer.client.ok(200, 'getCheckInSummary', { params });
  expect(summary.conflicts).toBe(1);
  expect(summary.admitted + summary.remaining).toBe(summary.tickets);
});
