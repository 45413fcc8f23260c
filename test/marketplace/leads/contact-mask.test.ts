import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { maskContacts } from '../../../functions/marketplace/leads/contact-mask.ts';

describe('masked', () => {
  test.each([
    // Addresses
    ['Write to ana@example.com!', 'Write to •••!'],
    ['Ana.Pop+truck@mail.example.co.uk', '•••'],
    ['ana (at) example dot com', '•••'],
    ['ana [at] example [dot] com, please', '•••, please'],
    ['ana(a)example(punct)ro', '•••'],
    ['ana AT example DOT com', '•••'],
    ['scrieți la ana.pop arond example punct ro azi', 'scrieți la ••• azi'],
    ['ana @ example . com', '•••'],
    ['ana-at-example-dot-com', '•••'],
    ['ana＠example．com', '•••'],
    ['a\u200Bna@exam\u200Bple.com now', '••• now'],
    ['ana@example.de and bob@example.it', '••• and •••'],
    // Links
    ['see https://example.com/menu?x=1', 'see •••'],
    ['www.example.de', '•••'],
    ['lacarreta.ro/contact', '•••'],
    ['la carreta: lacarreta . ro? no: lacarreta.ro', 'la carreta: lacarreta . ro? no: •••'],
    ['example dot com', '•••'],
    ['wa.me/40722123456', '•••'],
    ['t.me/ana', '•••'],
    ['tel://0722', '•••'],
    // Romanian numbers
    ['0722123456', '•••'],
    ['Sunați la 0722 123 456.', 'Sunați la •••.'],
    ['0722.123.456', '•••'],
    ['0722-123-456', '•••'],
    ['07 22 12 34 56', '•••'],
    ['0 7 2 2 1 2 3 4 5 6', '•••'],
    ['0722,123,456', '•••'],
    ['+40722123456', '•••'],
    ['+40 722 123 456', '•••'],
    ['(+40) 722 123 456', '•••'],
    ['+40 (0)722 123 456', '•••'],
    ['0040 722 123 456', '•••'],
    ['40722123456', '•••'],
    ['40 722 123 456', '•••'],
    ['722 123 456', '•••'],
    ['021 312 34 56', '•••'],
    ['0264/123.456', '•••'],
    ['(0264) 123 456', '•••'],
    ['O722 123 456', '•••'],
    ['０７２２１２３４５６', '•••'],
    ['0️⃣7️⃣2️⃣2️⃣1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣', '•••'],
    ['zero șapte doi doi unu doi trei patru cinci șase', '•••'],
    ['07 doi doi 123 patru 56 ok', '••• ok'],
    // Other numbers
    ['+44 20 7946 0958', '•••'],
    ['+1 (555) 010-9999', '•••'],
    ['447911123456', '•••'],
    // Several
    ['0722 123 456 or 0733 123 456', '••• or •••'],
    ['07220722456www.0722', '••••••'],
    ['ana@example.com, 0722123456, example.com', '•••, •••, •••'],
  ])('%s', (written, read) => {
    expect(maskContacts(written)).toBe(read);
  });
});

describe('left as it is', () => {
  test.each([
    'For 120 guests, 12:00–16:00, on 21.11.2026 at 10:30.',
    'From 2026-11-21 12:00 to 2026-11-22 02:00',
    '01.12.2026 10:00',
    '01/12/2026, 02/12/2026',
    '2026-11-21T10:00:00Z',
    '3.200 lei or 1.250.000 lei, RON 32.00, 700 000 in all',
    '10, 20, 30, 40, 50, 60 portions',
    'Strada 9 Mai nr. 10, ap. 22, 400394 Cluj-Napoca',
    'CUI RO12345678, J12/1234/2020',
    'IBAN RO49AAAA1B31007593840000',
    'Meet at the gate at noon. We arrive at 11.',
    'Great.It was good.Me too',
    'La ora 10.30, 4.5 stele, ISO 9001:2015, v1.2.3',
    'Mulțumim, pe curând! șase porții, nouă mese',
    'one two three, that is all',
    'a@b and 5@6',
    '',
  ])('%s', (written) => {
    expect(maskContacts(written)).toBe(written);
  });
});

test('any text is taken, and what was masked once has nothing left to mask', () => {
  const part = fc.constantFrom(
    '0722',
    ' 123',
    '456',
    '@',
    '.',
    'ana',
    ' at ',
    ' dot ',
    'com',
    '+40',
    'www.',
    '/',
    'zero ',
    '\u200B',
    '７',
    '👩‍🍳',
    '•••',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.array(part).map((parts) => parts.join('')),
      ),
      (text) => {
        const once = maskContacts(text);
        expect(maskContacts(once)).toBe(once);
      },
    ),
    { numRuns: 300 },
  );
});

test('the longest message takes milliseconds, whatever it is made of', () => {
  for (const part of ['a', 'a.', '0 ', 'a@', '0722', 'a-', 'a at ', 'zero ', '((', 'a dot ', 'www.', '/']) {
    const startedAt = performance.now();
    maskContacts(part.repeat(4_000).slice(0, 4_000));
    expect(performance.now() - startedAt, JSON.stringify(part)).toBeLessThan(200);
  }
});
