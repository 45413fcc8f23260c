import { expect, inject, test } from 'vitest';
import { anybody } from './client.ts';
import { openMailbox, type SentMail } from './mailbox.ts';
import { freshName, putOnSale } from './scenario.ts';
import { waitFor } from './wait-for.ts';

const mailsTo = openMailbox();
const isEmbedded = inject('target').kind === 'embedded';
const timeoutMs = isEmbedded ? 60_000 : 240_000;

/** The mails to an address as soon as there are so many, newest first. */
const mailsOnce = (address: string, count: number): Promise<readonly SentMail[]> =>
  waitFor(
    `${count} mails to ${address}`,
    async () => {
      const mails = (await mailsTo?.(address)) ?? [];
      return mails.length >= count ? mails : undefined;
    },
    { timeoutMs, everyMs: isEmbedded ? 100 : 1_000 },
  );

test('a paid order is mailed once, with the papers of each ticket, and again when its organizer asks; a refused one without', async ({
  skip,
}) => {
  skip(mailsTo === undefined, 'this server has no mailbox of SES to look into');
  const { sessionId, organizer } = await putOnSale();
  const email = `${freshName('ana')}@example.com`;
  const visitor = anybody();
  const { body: hold } = await visitor.ok(201, 'createHold', {
    params: { sessionId },
    body: { seats: ['A-1', 'A-2'] },
  });
  const body = {
    holdIds: [hold.id],
    customer: { name: 'Ana Pop', email },
    payment: { provider: 'test' as const },
  };
  const { body: declined } = await visitor.ok(201, 'createOrder', { body });
  await visitor.ok(202, 'payOrder', {
    params: { orderId: declined.id },
    body: { method: 'card_declined' },
  });
  const [refusal] = await mailsOnce(email, 1);
  expect(refusal).toMatchObject({ to: [email], ...(isEmbedded && { attachments: [] }) });

  const { body: order } = await visitor.ok(201, 'createOrder', { body });
  await visitor.ok(202, 'payOrder', { params: { orderId: order.id }, body: { method: 'card_ok' } });
  const mails = await mailsOnce(email, 2);
  expect(mails).toHaveLength(2);
  expect(mails[0]?.subject).toBe('Your tickets: Four Last Songs');
  expect(mails[0]?.text).toContain('Ticket: Stalls, A-1');
  expect(mails[0]?.text).toContain('Ticket: Stalls, A-2');
  const expectPapers = (mail: SentMail | undefined): void => {
    if (!isEmbedded) return;
    expect(mail?.attachments?.map(({ name, contentType }) => [name, contentType])).toEqual([
      ['ticket-1.pdf', 'application/pdf'],
      ['ticket-1.ics', 'text/calendar'],
      ['ticket-2.pdf', 'application/pdf'],
      ['ticket-2.ics', 'text/calendar'],
    ]);
    for (const { bytes } of mail?.attachments ?? []) expect(bytes).toBeGreaterThan(100);
  };
  expectPapers(mails[0]);

  const again = { params: { orderId: order.id }, idempotencyKey: crypto.randomUUID() };
  await organizer.client.ok(202, 'resendOrderMail', again);
  await organizer.client.ok(202, 'resendOrderMail', again);
  const all = await mailsOnce(email, 3);
  expect(all.map(({ subject }) => subject).slice(0, 2)).toEqual([
    'Your tickets: Four Last Songs',
    'Your tickets: Four Last Songs',
  ]);
  expect(all).toHaveLength(3);
  expectPapers(all[0]);
});
