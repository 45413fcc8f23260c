import { randomUUID } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';

/** A mail as its recipients read it. */
export interface ReceivedMail {
  readonly id: string;
  /** RFC 3339. */
  readonly date: string;
  readonly from: string;
  /** Everyone it was sent to, also by copy and blind copy. */
  readonly to: readonly string[];
  readonly replyTo: readonly string[];
  readonly subject: string;
  /** Without the line breaks at its end, which are the transport’s; so is `html`. */
  readonly text?: string;
  readonly html?: string;
  readonly attachments: readonly {
    readonly name: string;
    readonly contentType: string;
    readonly bytes: number;
  }[];
  /** The message in MIME. */
  readonly raw: string;
}

export interface Mailbox {
  /** @param recipients whom the sender named apart from the message; else those of its header. */
  receive(
    raw: Uint8Array,
    recipients: readonly string[],
  ): Promise<ReceivedMail | { readonly refused: string }>;
  /** Newest first. @param to only what was sent to this address. */
  list(to: string | undefined, limit: number): readonly ReceivedMail[];
  get(id: string): ReceivedMail | undefined;
  close(): void;
}

/** What the mailbox holds at most; the oldest go first. */
const maxMails = 1_000;
const maxBytes = 64 * 1024 * 1024;

/** Most recipients of a mail (SES quota). */
const maxRecipients = 50;

/** Keeps every mail instead of sending it. @param file where; in memory when left out. */
export const openMailbox = (file = ':memory:'): Mailbox => {
  const database = new DatabaseSync(file);
  database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
    CREATE TABLE IF NOT EXISTS mails (sequence INTEGER PRIMARY KEY, id TEXT UNIQUE, recipients TEXT, bytes INTEGER, mail TEXT)`);
  const insert = database.prepare('INSERT INTO mails (id, recipients, bytes, mail) VALUES (?, ?, ?, ?)');
  const tooMany = database.prepare(
    'DELETE FROM mails WHERE sequence <= (SELECT max(sequence) FROM mails) - ?',
  );
  const tooLarge = database.prepare(
    `DELETE FROM mails WHERE sequence IN (SELECT sequence FROM
       (SELECT sequence, sum(bytes) OVER (ORDER BY sequence DESC) AS held FROM mails) WHERE held > ?)`,
  );
  const newest = database.prepare(
    `SELECT mail FROM mails WHERE ?1 IS NULL OR EXISTS (SELECT 1 FROM json_each(recipients) WHERE value = ?1)
     ORDER BY sequence DESC LIMIT ?2`,
  );
  const byId = database.prepare('SELECT mail FROM mails WHERE id = ?');
  const mailOf = (row: unknown): ReceivedMail => JSON.parse((row as { mail: string }).mail);
  return {
    async receive(raw, recipients) {
      const mail = await readMail(raw, recipients);
      if ('refused' in mail) return mail;
      const stored = JSON.stringify(mail);
      const addresses = mail.to.map((address) => address.toLowerCase());
      insert.run(mail.id, JSON.stringify(addresses), Buffer.byteLength(stored), stored);
      tooMany.run(maxMails);
      tooLarge.run(maxBytes);
      return mail;
    },
    list: (to, limit) => newest.all(to?.toLowerCase() ?? null, limit).map(mailOf),
    get(id) {
      const row = byId.get(id);
      return row === undefined ? undefined : mailOf(row);
    },
    close: () => database.close(),
  };
};

const readMail = async (
  raw: Uint8Array,
  recipients: readonly string[],
): Promise<ReceivedMail | { readonly refused: string }> => {
  // Loaded with the first mail.
  const { default: PostalMime } = await import('postal-mime');
  const email = await PostalMime.parse(raw, { attachmentEncoding: 'arraybuffer' });
  const addresses = (given: readonly Address[] | undefined): readonly string[] =>
    (given ?? []).flatMap(({ address, group }) => (group === undefined ? [address ?? ''] : addresses(group)));
  const named =
    recipients.length > 0
      ? recipients.map(bareAddress)
      : addresses([...(email.to ?? []), ...(email.cc ?? []), ...(email.bcc ?? [])]);
  const to = [...new Set(named)];
  const from = email.from?.address ?? '';
  if (to.length === 0 || to.length > maxRecipients)
    return { refused: `A mail has 1 to ${maxRecipients} recipients, not ${to.length}` };
  const invalid = [from, ...to].find((address) => !/^[^\s@]+@[^\s@]+$/.test(address));
  if (invalid !== undefined) return { refused: `'${invalid}' is no mail address` };
  return {
    id: randomUUID(),
    date: new Date().toISOString(),
    from,
    to,
    replyTo: addresses(email.replyTo),
    subject: email.subject ?? '',
    ...(email.text !== undefined && { text: email.text.trimEnd() }),
    ...(email.html !== undefined && { html: email.html.trimEnd() }),
    attachments: email.attachments.map(({ filename, mimeType, content }) => ({
      name: filename ?? '',
      contentType: mimeType,
      bytes: typeof content === 'string' ? Buffer.byteLength(content) : content.byteLength,
    })),
    raw: Buffer.from(raw).toString('utf8'),
  };
};

interface Address {
  readonly address?: string | undefined;
  readonly group?: readonly Address[] | undefined;
}

/** `Ann <ann@example.com>` is `ann@example.com`. */
const bareAddress = (address: string): string => /<([^>]*)>\s*$/.exec(address)?.[1] ?? address.trim();
