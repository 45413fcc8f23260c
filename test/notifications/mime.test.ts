import { describe, expect, test } from 'vitest';
import { toMime } from '../../functions/notifications/mime.ts';
import type { Message } from '../../functions/notifications/ports.ts';
import { headersOf } from './headers.ts';

const message: Message = {
  to: { name: 'Ștefan Țîrlea', address: 'stefan@example.com', locale: 'ro' },
  subject: 'Biletele dumneavoastră: „Năpasta”',
  text: 'Bună ziua, Ștefan!\n',
  html: '<p>Bună ziua, Ștefan!</p>',
  attachments: [
    {
      fileName: 'ticket-1.pdf',
      contentType: 'application/pdf',
      content: new Uint8Array([0x25, 0x50, 0x44, 0x46]),
    },
    { fileName: 'ticket-1.ics', contentType: 'text/calendar; charset=utf-8', content: 'BEGIN:VCALENDAR' },
  ],
};

describe('a mail as bytes', () => {
  test('has both texts as alternatives, and the attachments beside them', async () => {
    const raw = (await toMime(message, 'tickets@example.com')).toString('latin1');
    const headers = headersOf(raw);
    expect(headers).toContain('From: Fairground <tickets@example.com>');
    expect(headers).toContain('Auto-Submitted: auto-generated');
    expect(headers).toContain('Content-Language: ro');
    expect(raw).not.toMatch(/(^|[^\r])\n|\r(?!\n)/);
    const types = [...raw.matchAll(/^Content-Type: ([^;\r]+)/gm)].map(([, type]) => type);
    expect(types).toEqual([
      'multipart/mixed',
      'multipart/alternative',
      'text/plain',
      'text/html',
      'application/pdf',
      'text/calendar',
    ]);
    expect(raw).toContain('Content-Disposition: attachment; filename=ticket-1.pdf');
    expect(raw).toContain(Buffer.from('%PDF').toString('base64'));
    // Header words beyond ASCII are encoded (RFC 2047), and decode to what was meant.
    expect(headers).toContain('Subject: Biletele dumneavoastră: „Năpasta”');
    expect(raw).not.toMatch(/^Subject: .*[\u0080-\u00ff]/m);
  });

  test.for([
    ['a subject', { subject: 'Hi\r\nBcc: evil@example.com\r\n\r\n<p>evil</p>' }],
    ['a name', { to: { ...message.to, name: 'Ann\r\nBcc: evil@example.com' } }],
    ['a name with an address', { to: { ...message.to, name: 'Ann <evil@example.com>, "' } }],
    ['an address', { to: { ...message.to, address: 'ann@example.com\r\nBcc: evil@example.com' } }],
    [
      'a file name',
      { attachments: [{ fileName: 'x"\r\nBcc: evil@example.com', contentType: 'text/plain', content: '' }] },
    ],
  ] as const)('%s adds no header and no recipient', async ([, hostile]) => {
    const raw = (await toMime({ ...message, ...hostile }, 'tickets@example.com')).toString('latin1');
    expect(raw.split('\r\n').filter((line) => /^bcc:/i.test(line))).toEqual([]);
    const names = headersOf(raw).map((header) => header.split(':')[0]);
    expect(names.sort()).toEqual([
      'Auto-Submitted',
      'Content-Language',
      'Content-Type',
      'Date',
      'From',
      'MIME-Version',
      'Message-ID',
      'Subject',
      'To',
    ]);
    const to = headersOf(raw).find((header) => header.startsWith('To: ')) ?? '';
    const addresses = to.replaceAll(/"(\\.|[^"\\])*"/g, '').match(/<[^>]*>/g);
    expect(addresses).toHaveLength(1);
  });
});
