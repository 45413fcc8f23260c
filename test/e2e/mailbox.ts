import { inject } from 'vitest';
import * as z from 'zod';

/** A mail that was sent, as its mailbox shows it. */
export interface SentMail {
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  /** Left out where the mailbox keeps none. */
  readonly attachments?: readonly {
    readonly name: string;
    readonly contentType: string;
    readonly bytes: number;
  }[];
}

const embeddedMailbox = z.object({
  mails: z.array(
    z.object({
      to: z.array(z.string()),
      subject: z.string(),
      text: z.string(),
      attachments: z.array(z.object({ name: z.string(), contentType: z.string(), bytes: z.int() })),
    }),
  ),
});

/** By account, in the order they were sent. */
const ministackMailbox = z.object({
  messages: z.record(
    z.string(),
    z.array(
      z
        .object({ To: z.array(z.string()), Subject: z.string(), BodyText: z.string() })
        .transform(({ To, Subject, BodyText }) => ({ to: To, subject: Subject, text: BodyText })),
    ),
  ),
});

/** Reads the mails that were sent to an address, newest first; undefined where the target has no mailbox. */
export const openMailbox = (): ((address: string) => Promise<readonly SentMail[]>) | undefined => {
  const { kind, url, mailboxUrl } = inject('target');
  if (kind === 'embedded') {
    return async (address) => {
      const asked = new URL('/_local/mail', url);
      asked.searchParams.set('to', address);
      return embeddedMailbox.parse(await (await fetch(asked)).json()).mails;
    };
  }
  if (mailboxUrl === undefined) return undefined;
  return async (address) => {
    const { messages } = ministackMailbox.parse(await (await fetch(mailboxUrl)).json());
    return Object.values(messages)
      .flat()
      .filter(({ to }) => to.includes(address))
      .toReversed();
  };
};
