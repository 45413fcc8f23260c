import MailComposer from 'nodemailer/lib/mail-composer';
import type { Message } from './ports.ts';
import { oneLine } from './templates/render.ts';

/**
 * The message as bytes (RFC 5322, MIME): plain text, the same as HTML, attachments. Nothing in it is fetched
 * from a file or an address. Names and subjects are put on one line before they become headers.
 */
export const toMime = (message: Message, from: string): Promise<Buffer> => {
  const { to, subject, text, html, attachments } = message;
  const composer = new MailComposer({
    from: { name: 'Fairground', address: from },
    to: { name: oneLine(to.name), address: oneLine(to.address) },
    subject: oneLine(subject),
    text,
    html,
    attachments: attachments.map(({ fileName, contentType, content }) => ({
      filename: oneLine(fileName),
      contentType,
      content: typeof content === 'string' ? content : Buffer.from(content),
    })),
    headers: { 'Content-Language': to.locale, 'Auto-Submitted': 'auto-generated' },
    // RFC 5322 knows no line feed without its carriage return.
    newline: '\r\n',
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return composer.compile().build();
};
