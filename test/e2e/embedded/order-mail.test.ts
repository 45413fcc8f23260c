import { expect, inject, test } from 'vitest';
import * as z from 'zod';
import { anybody } from '../client.ts';
import { freshName, putOnSale } from '../scenario.ts';
import { waitFor } from '../wait-for.ts';

/** Mails that were sent to an address, newest first; only the embedded cloud has a mailbox to look into. */
const mailsTo = async (address: string) => {
  const url = new URL('/_local/mail', inject('target').url);
  url.searchParams.set('to', address);
  const { mails } = z
    .object({
      mails: z.array(
        z.object({
          to: z.array(z.string()),
          subject: z.string(),
          text: z.string(),
          attachments: z.array(z.object({ name: z.string(), contentType: z.string(), bytes: z.int() })),
        }),
      ),
    })
    .parse(await (await fetch(url)).json());
  return mails;
};

test('a paid order is mailed once, with the papers of each ticket; a refused one without', async () => {
  const { sessionId } = await putOnSale();
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
  const [refusal] = await waitFor('the mail of the declined order', async () => {
    const mails = await mailsTo(email);
    return mails.length > 0 ? mails : undefined;
  });
  expect(refusal).toMatchObject({ to: [email], attachments: [] });

  const { body: order } = await visitor.ok(201, 'createOrder', { body });
  await visitor.ok(202, 'payOrder', { params: { orderId: order.id }, body: { method: 'card_ok' } });
  const mails = await waitFor('the mail with the tickets', async () => {
    const found = await mailsTo(email);
    return found.length > 1 ? found : undefined;
  });
  expect(mails).toHaveLength(2);
  expect(mails[0]?.subject).toBe('Your tickets: Four Last Songs');
  expect(mails[0]?.text).toContain('Ticket: Stalls, A-1');
  expect(mails[0]?.text).toContain('Ticket: Stalls, A-2');
  expect(mails[0]?.attachments.map(({ name, contentType }) => [name, contentType])).toEqual([
    ['ticket-1.pdf', 'application/pdf'],
    ['ticket-1.ics', 'text/calendar'],
    ['ticket-2.pdf', 'application/pdf'],
    ['ticket-2.ics', 'text/calendar'],
  ]);
  for (const { bytes } of mails[0]?.attachments ?? []) expect(bytes).toBeGreaterThan(100);
});
