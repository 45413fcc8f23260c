/** What stands in the place of an address, a number or a link. */
export const maskMark = '•••';

/**
 * Endings of domains that no word of a sentence is mistaken for when a blank is missing after its full stop: `.it`,
 * `.de` or `.me` alone are no link, with a path they are.
 */
const plainEndings =
  'com|ro|net|org|eu|info|biz|io|app|dev|md|uk|fr|hu|ch|nl|pl|bg|gg|tv|online|shop|site|store|xyz|club|page|link|email|food|restaurant|catering';

const at = String.raw`(?:\s{0,3}@\s{0,3}|\s{0,3}[([{<]\s{0,2}(?:at|a|@|arond|a rond)\s{0,2}[)\]}>]\s{0,3}|\s{1,3}(?:at|arond|a rond)\s{1,3}|[-_](?:at|arond)[-_])`;
/** A full stop that is written otherwise: `(dot)`, ` punct `, `[.]`. */
const wordDot = String.raw`(?:\s{0,3}[([{<]\s{0,2}(?:dot|punct|\.)\s{0,2}[)\]}>]\s{0,3}|\s{1,3}(?:dot|punct)\s{1,3}|[-_](?:dot|punct)[-_])`;
const label = '[a-z0-9](?:[a-z0-9-]{0,62})';
const local = '(?<![a-z0-9])[a-z0-9][a-z0-9._%+-]{0,63}';
const ending = `(?:${plainEndings})(?![a-z0-9])`;
const domainPath = String.raw`(?:/[^\s<>"]{0,500})?`;

/** Between two digits of a number: blanks, full stops, slashes, hyphens, brackets; one comma. */
const gap = String.raw`(?:[\s().\-–/_*·]{0,3}|,)`;
const digitWord =
  'zero|unu|una|doi|doua|trei|patru|cinci|sase|sapte|opt|noua|one|two|three|four|five|six|seven|eight|nine';

const patterns: readonly RegExp[] = [
  // Links with a scheme or `www`.
  /(?<![a-z0-9])(?:[a-z][a-z0-9+.-]{1,20}:\/\/|www\d?\.)[^\s<>"]{1,500}/g,
  // Addresses: any ending with a sign that stands for nothing else, a known one where words do.
  new RegExp(String.raw`${local}@${label}(?:\.${label}){1,8}`, 'g'),
  new RegExp(
    String.raw`${local}${at}${label}(?:(?:\.|${wordDot})${label}){0,4}(?:\.|${wordDot}|\s\.\s)${ending}`,
    'g',
  ),
  // Domains.
  new RegExp(String.raw`(?<![a-z0-9])(?:${label}(?:\.|${wordDot})){1,5}${ending}${domainPath}`, 'g'),
  new RegExp(String.raw`(?<![a-z0-9])(?:${label}\.){1,5}[a-z]{2,6}/[^\s<>"]{1,500}`, 'g'),
];

/** Dates and times of day: digits with the signs of telephone numbers between them. */
const moments =
  /(?<!\d)(?:(?:19|20)\d{2}[-./](?:0?[1-9]|1[0-2])[-./](?:0?[1-9]|[12]\d|3[01])|(?:0?[1-9]|[12]\d|3[01])[-./](?:0?[1-9]|1[0-2])[-./](?:19|20)?\d{2})(?!\d)(?:t?\s{0,2}\d{1,2}[:.]\d{2})?|(?<!\d)\d{1,2}:\d{2}(?!\d)/g;

const numbers: readonly RegExp[] = [
  // International: +40 722 123 456, 0040…, (+40) (0)722…
  new RegExp(String.raw`(?:\(?\+|(?<![a-z0-9])00)${gap}\d(?:${gap}\d){7,14}(?!\d)`, 'g'),
  // Romanian without its sign: 40 722 123 456.
  new RegExp(String.raw`(?<![a-z0-9.,])40${gap}[237](?:${gap}\d){8}(?!\d)`, 'g'),
  // National: 0722 123 456, 0264/123.456; O for 0.
  new RegExp(String.raw`(?<![a-z0-9.,])\(?[0o](?:${gap}\d){9,10}(?!\d)`, 'g'),
  // A mobile number without its 0: 722 123 456.
  new RegExp(String.raw`(?<![a-z0-9.,])7(?:${gap}\d){8}(?!\d)`, 'g'),
  // So many digits in one are no price.
  /(?<![a-z0-9.,])\d{10,15}(?![a-z0-9])/g,
  // Digits as words, also mixed with figures.
  new RegExp(
    String.raw`(?<![a-z\d])(?=[\d\s.,/-]{0,40}(?:${digitWord}))(?:(?:\d|${digitWord})[\s.,/-]{0,3}){8,15}(?:\d|${digitWord})(?![a-z\d])`,
    'g',
  ),
];

/**
 * The text as a reader takes it, with where each of its letters stands in the original: compatibility forms
 * (fullwidth, mathematical, circled) as plain ones, in lower case, without accents and without what is invisible.
 */
const readingOf = (text: string): { readonly reading: string; readonly positions: readonly number[] } => {
  let reading = '';
  const positions: number[] = [];
  let position = 0;
  for (const character of text) {
    const plain = character
      .normalize('NFKD')
      .replace(/[\p{M}\p{Cf}]/gu, '')
      .toLowerCase();
    reading += plain;
    for (let index = 0; index < plain.length; index += 1) positions.push(position);
    position += character.length;
  }
  return { reading, positions };
};

interface Span {
  readonly from: number;
  readonly to: number;
}

const spansOf = (reading: string): readonly Span[] => {
  const found = (text: string, pattern: RegExp): readonly Span[] =>
    [...text.matchAll(pattern)].map(({ index, 0: { length } }) => ({ from: index, to: index + length }));
  const withoutMoments = reading.replace(moments, (moment) => '¦'.repeat(moment.length));
  return [
    ...patterns.flatMap((pattern) => found(reading, pattern)),
    ...numbers.flatMap((pattern) => found(withoutMoments, pattern)),
  ].sort((one, other) => one.from - other.from);
};

const maskedOnce = (text: string): string => {
  const { reading, positions } = readingOf(text);
  let masked = '';
  let end = 0;
  for (const { from, to } of spansOf(reading)) {
    const begins = positions[from] ?? text.length;
    const ends = positions[to] ?? text.length;
    if (ends <= end) continue;
    masked += begins >= end ? `${text.slice(end, begins)}${maskMark}` : '';
    end = ends;
  }
  return masked + text.slice(end);
};

/**
 * A text with `•••` in the place of e-mail addresses, telephone numbers and links, also written so that a machine
 * would miss them. It rather takes away too much than too little, but leaves dates, times, prices and amounts.
 *
 * @param text at most some thousand letters: the work grows with its length.
 */
export const maskContacts = (text: string): string => {
  const masked = maskedOnce(text);
  // What stood right behind something masked may be read as a link or a number only now. Each round leaves less.
  return masked === text ? text : maskContacts(masked);
};
