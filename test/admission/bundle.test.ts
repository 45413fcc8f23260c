import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { bundleFunctions } from '../../lib/bundle.ts';
import { functionTable } from '../../lib/function-table.ts';
import { pdfText } from './pdf-text.ts';

/** What is drawn by libraries is drawn by the bundle too: fonts lie beside it, and nothing is left out. */
let directory: string;
beforeAll(async () => {
  const bundles = await bundleFunctions({ drawing: functionTable['admission-queries'].entry });
  directory = bundles.drawing.directory;
}, 60_000);

const ticket = {
  id: 'tkt_5zr1v9n6q0w8c4t2m7k3x1y9ab',
  serial: '5zr1v9n6q0w8c',
  status: 'valid',
  code: 'x'.repeat(221),
  locale: 'ro',
  holderName: 'Ștefan Țepeș',
  place: 'A-1',
  ticketType: 'Parter',
  session: {
    id: 'ses_5zr1v9n6q0w8c4t2m7k3x1y9ab',
    status: 'published',
    startsAt: '2027-03-28T17:00:00.000Z',
    endsAt: '2027-03-28T19:00:00.000Z',
    timeZone: 'Europe/Bucharest',
    doorsOpenAt: '2027-03-28T13:00:00.000Z',
  },
  event: { id: 'evt_5zr1v9n6q0w8c4t2m7k3x1y9ab', name: 'Cântece' },
  venue: {
    id: 'ven_5zr1v9n6q0w8c4t2m7k3x1y9ab',
    name: 'Ateneul Român',
    address: 'Strada Benjamin Franklin 1–3',
    city: 'București',
    country: 'RO',
    location: { lat: 44.4413, lon: 26.0973 },
    timeZone: 'Europe/Bucharest',
  },
};

/** Calls a function of a chunk in a process of its own, far from node_modules, and gives its bytes. */
const drawnBy = (chunk: string, name: string, ...given: readonly string[]): Buffer => {
  const file = readdirSync(directory).find((one) => one.startsWith(chunk) && one.endsWith('.mjs'));
  const program = `
    const { ${name} } = await import(${JSON.stringify(`${directory}/${file}`)});
    const drawn = Buffer.from(await ${name}(${given.join(', ')}));
    process.stdout.write(drawn.toString('base64'));
  `;
  const output = execFileSync(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: directory,
    maxBuffer: 16 * 1024 * 1024,
  });
  return Buffer.from(output.toString(), 'base64');
};

const given = JSON.stringify(ticket);

test('a PNG', () => {
  const png = drawnBy('ticket-qr', 'qrPng', JSON.stringify(ticket.code));
  expect(png.subarray(0, 8).toString('hex')).toBe('89504e470d0a1a0a');
});

test('a PDF with its own font', () => {
  expect(pdfText(drawnBy('ticket-pdf', 'ticketPdf', given)).text).toContain('Ștefan Țepeș');
});

test('a calendar with the rules of its zone', () => {
  const text = drawnBy('ticket-calendar', 'ticketCalendar', given, 'new Date(0)').toString();
  expect(text).toContain('BEGIN:VTIMEZONE\r\nTZID:Europe/Bucharest');
  expect(text).toContain('DTSTART;TZID=Europe/Bucharest:20270328T200000');
});
