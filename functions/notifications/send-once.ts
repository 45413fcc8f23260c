import { logger } from '../platform/logger.ts';
import type { Guarantee, MailKey } from './mail-ledger.ts';
import type { Attachment, MailPorts, Recipient } from './ports.ts';
import type { Locale } from './templates/facts.ts';
import type { MailText } from './templates/render.ts';

/** A mail that somebody is to get. */
export interface Mail {
  readonly mailId: string;
  /** Name of the template, for the log. */
  readonly template: string;
  readonly guarantee: Guarantee;
  readonly to: Recipient;
  readonly render: (locale: Locale) => MailText;
  /** Made only when the mail is sent. */
  readonly attach?: () => Promise<readonly Attachment[]>;
}

/** Another sender has the mail; the message comes again and finds what became of it. */
class MailBusy extends Error {
  override name = 'MailBusy';
}

/** The service refused the mail; the message comes again, and waits for a person after three tries. */
class MailRefused extends Error {
  override name = 'MailRefused';
}

/**
 * Sends a mail unless it was sent: claim, send, note. What is certainly not sent is given back at once. When
 * the end is unknown (a timeout, a crash) the claim stands until it lapses; then `guarantee` decides.
 * @throws MailBusy, MailRefused, or whatever broke: the message is to be delivered again.
 */
export const sendOnce = async ({ ledger, notifier, clock }: MailPorts, mail: Mail): Promise<void> => {
  const { mailId, template, guarantee, to } = mail;
  const key: MailKey = { mailId, address: to.address };
  const claimed = await ledger.claim(key, template, guarantee, clock());
  if (claimed.kind === 'settled') return;
  if (claimed.kind === 'busy') throw new MailBusy(`${template} of ${mailId} is being sent`);
  const { claim } = claimed;
  const message = await composed(mail).catch(async (error: unknown) => {
    await ledger.release(key, claim);
    throw error;
  });
  const delivery = await notifier.send(message);
  if (delivery.kind === 'refused') {
    await ledger.release(key, claim);
    throw new MailRefused(`${template} of ${mailId}: ${delivery.code}`);
  }
  await ledger.noteSent(key, claim, delivery.messageId, clock());
  logger.info('mail', { template, mailId, messageId: delivery.messageId });
};

const composed = async ({ to, render, attach }: Mail) => ({
  ...render(to.locale),
  to,
  attachments: (await attach?.()) ?? [],
});
