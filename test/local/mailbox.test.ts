import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SESv2Client, SendEmailCommand, type SendEmailCommandInput } from '@aws-sdk/client-sesv2';
import MailComposer from 'nodemailer/lib/mail-composer/index.js';
import { afterEach, describe, expect, test } from 'vitest';
import { openMailbox, type ReceivedMail } from '../../local/mailbox.ts';
import { mailboxPage } from '../../local/mailbox-page.ts';
import { openAwsDoor } from './aws-door.ts';

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

const opened = async () => {
  const mailbox = openMailbox();
  const door = await openAwsDoor({}, mailbox);
  const client = new SESv2Client(door.settings);
  undo.push(() => door.close());
  undo.push(() => client.destroy());
  return { mailbox, send: (input: SendEmailCommandInput) => client.send(new SendEmailCommand(input)) };
};

const simple = {
  FromEmailAddress: 'Fairground <tickets@example.com>',
  Destination: { ToAddresses: ['Ann <Ann@example.org>'], BccAddresses: ['books@example.com'] },
  ReplyToAddresses: ['help@example.com'],
  Content: {
    Simple: {
      Subject: { Data: 'Your tickets – 2 × Paraninfo' },
      Body: { Text: { Data: 'Two seats.' }, Html: { Data: '<p>Two seats.</p>' } },
    },
  },
} satisfies SendEmailCommandInput;

test('a simple mail is read back as it was meant', async () => {
  const { mailbox, send } = await opened();
  const { MessageId = '' } = await send(simple);
  const mail = mailbox.get(MessageId);
  expect(mail).toMatchObject({
    id: MessageId,
    from: 'tickets@example.com',
    to: ['Ann@example.org', 'books@example.com'],
    replyTo: ['help@example.com'],
    subject: 'Your tickets – 2 × Paraninfo',
    text: 'Two seats.',
    html: '<p>Two seats.</p>',
    attachments: [],
  });
  expect(Math.abs(Date.now() - Date.parse(mail?.date ?? ''))).toBeLessThan(20_000);
  expect(mail?.raw).not.toContain('books@example.com');
});

test('a raw mail with attachments; its recipients are those of its header', async () => {
  const { mailbox, send } = await opened();
  const raw = await new MailComposer({
    from: 'tickets@example.com',
    to: 'ann@example.org',
    cc: 'bob@example.org',
    subject: 'Entradas – ¡qué bien!',
    text: 'Sitzplätze\n',
    attachments: [
      { filename: 'tickets.pdf', content: Buffer.from('%PDF-1.7'), contentType: 'application/pdf' },
    ],
  })
    .compile()
    .build();
  const { MessageId = '' } = await send({ Content: { Raw: { Data: raw } } });
  expect(mailbox.get(MessageId)).toMatchObject({
    from: 'tickets@example.com',
    to: ['ann@example.org', 'bob@example.org'],
    subject: 'Entradas – ¡qué bien!',
    text: 'Sitzplätze',
    attachments: [{ name: 'tickets.pdf', contentType: 'application/pdf', bytes: 8 }],
    raw: raw.toString('utf8'),
  });
});

test('newest first, and by recipient whatever the case', async () => {
  const { mailbox, send } = await opened();
  const ids: (string | undefined)[] = [];
  for (const to of ['ann@example.org', 'bob@example.org', 'ANN@example.org'])
    ids.push((await send({ ...simple, Destination: { ToAddresses: [to] } })).MessageId);
  expect(mailbox.list(undefined, 10).map(({ id }) => id)).toEqual(ids.toReversed());
  expect(mailbox.list(undefined, 1).map(({ id }) => id)).toEqual([ids[2]]);
  expect(mailbox.list('Ann@Example.org', 10).map(({ id }) => id)).toEqual([ids[2], ids[0]]);
});

test('it is bounded by number and by size, the oldest go first', async () => {
  const mailbox = openMailbox();
  undo.push(() => mailbox.close());
  const raw = (n: number, bytes = 1) =>
    Buffer.from(`From: a@example.com\r\nTo: b@example.com\r\nSubject: ${n}\r\n\r\n${'x'.repeat(bytes)}`);
  for (let n = 0; n < 1_005; n += 1) await mailbox.receive(raw(n), []);
  const subjects = () => mailbox.list(undefined, 2_000).map(({ subject }) => Number(subject));
  expect(subjects()).toEqual(Array.from({ length: 1_000 }, (_, index) => 1_004 - index));
  // The text is kept twice, in the message and as it reads: 18 MiB each, so three fit into 64 MiB.
  for (let n = 0; n < 5; n += 1) await mailbox.receive(raw(n, 9 * 1024 * 1024), []);
  expect(subjects()).toEqual([4, 3, 2]);
});

test('mails are there after a restart', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'mailbox-'));
  undo.push(() => rmSync(folder, { recursive: true, force: true }));
  const file = path.join(folder, 'mailbox.sqlite');
  const before = openMailbox(file);
  await before.receive(Buffer.from('From: a@example.com\r\nTo: b@example.com\r\nSubject: kept\r\n\r\nx'), []);
  before.close();
  const after = openMailbox(file);
  undo.push(() => after.close());
  expect(after.list(undefined, 10).map(({ subject }) => subject)).toEqual(['kept']);
});

describe('refused', () => {
  test.for<[string, SendEmailCommandInput, string]>([
    ['nobody to send it to', { ...simple, Destination: {} }, '1 to 50 recipients, not 0'],
    [
      'more than 50 recipients',
      { ...simple, Destination: { ToAddresses: Array.from({ length: 51 }, (_, n) => `p${n}@example.org`) } },
      '1 to 50 recipients, not 51',
    ],
    ['what is no address', { ...simple, Destination: { ToAddresses: ['ann'] } }, "'ann' is no mail address"],
    ['no sender', { ...simple, FromEmailAddress: undefined }, "'' is no mail address"],
    [
      'a template',
      { ...simple, Content: { Template: { TemplateName: 't' } } },
      'Simple or Raw here, not Template',
    ],
  ])('%s', async ([, input, text]) => {
    const { mailbox, send } = await opened();
    await expect(send(input)).rejects.toMatchObject({
      name: 'BadRequestException',
      message: expect.stringContaining(text),
    });
    expect(mailbox.list(undefined, 10)).toEqual([]);
  });
});

test('the page escapes whatever a mail says, and frames its HTML without rights', () => {
  const hostile = `"><script>alert(1)</script>'`;
  const mail: ReceivedMail = {
    id: '1',
    date: '2026-01-01T00:00:00.000Z',
    from: hostile,
    to: [hostile],
    replyTo: [],
    subject: hostile,
    text: hostile,
    html: hostile,
    attachments: [{ name: hostile, contentType: 'text/html', bytes: 1 }],
    raw: hostile,
  };
  const page = mailboxPage([mail], mail);
  expect(page).not.toContain('<script');
  expect(page).toContain('&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&#39;');
  expect(page).toContain('<iframe sandbox="" title="The mail" srcdoc="&quot;&gt;&lt;script&gt;');
  expect(mailboxPage([], undefined)).toContain('No mail yet.');
});
