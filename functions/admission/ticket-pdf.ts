import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import PDFDocument from 'pdfkit';
import { localeTags } from '../platform/locale.ts';
import { qrModules } from './ticket-qr.ts';
import { ticketTime, ticketWarning, ticketWords } from './ticket-words.ts';
import type { TicketView } from './views.ts';

/** DejaVu Sans knows the letters of every European language; it lies beside the bundle, or in its package. */
const fontFile = (name: string): string => {
  const beside = path.join(path.dirname(fileURLToPath(import.meta.url)), name);
  if (existsSync(beside)) return beside;
  const { resolve } = createRequire(import.meta.url);
  return path.join(path.dirname(resolve('dejavu-fonts-ttf/package.json')), 'ttf', name);
};

/** Points of PDF: 72 an inch. */
const margin = 56;
const qrSize = 200;
const lineGap = 4;

/** One page of A4 with the code and all that its holder needs to find the door. */
export const ticketPdf = (ticket: TicketView): Promise<Uint8Array> => {
  const { locale } = ticket;
  const say = ticketWords[locale];
  const document = new PDFDocument({
    size: 'A4',
    margin,
    font: fontFile('DejaVuSans.ttf'),
    info: { Title: say.title(ticket.event.name) },
    lang: localeTags[locale],
  });
  const finished = new Promise<Uint8Array>((resolve, reject) => {
    const chunks: Buffer[] = [];
    document.on('data', (chunk: Buffer) => chunks.push(chunk));
    document.on('end', () => resolve(Buffer.concat(chunks)));
    document.on('error', reject);
  });
  document.registerFont('regular', fontFile('DejaVuSans.ttf'));
  document.registerFont('bold', fontFile('DejaVuSans-Bold.ttf'));
  const width = document.page.width - 2 * margin;

  const line = (text: string, size: number, font: 'regular' | 'bold' = 'regular'): void => {
    // One page whatever the names are: what does not fit three lines is cut with an ellipsis.
    const height = 3 * size * 1.4;
    document.font(font).fontSize(size).text(text, { width, height, lineGap, ellipsis: true });
    document.moveDown(0.4);
  };
  const labelled = (label: string, text: string): void => {
    document.font('regular').fontSize(9).fillColor('#555555').text(label, { width });
    document.fillColor('#000000');
    line(text, 14, 'bold');
  };

  line(ticket.event.name, 22, 'bold');
  line(ticketTime(ticket.session, locale), 12);
  const { venue } = ticket;
  line(`${venue.name}, ${venue.address}, ${venue.city}`, 12);
  document.moveDown();
  labelled(say.place, ticket.place);
  labelled(say.ticketType, ticket.ticketType);
  labelled(say.holder, ticket.holderName);
  const warning = ticketWarning(ticket, locale);
  if (warning !== undefined) labelled(say.status, warning);
  document.moveDown();

  const { size, isDark } = qrModules(ticket.code);
  const module = qrSize / size;
  const [left, top] = [margin, document.y];
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) {
      if (isDark(row, column)) document.rect(left + column * module, top + row * module, module, module);
    }
  }
  document.fill('#000000');
  document
    .font('regular')
    .fontSize(9)
    .text(say.atTheDoor, left, top + qrSize + 16, { width });
  document.end();
  return finished;
};
