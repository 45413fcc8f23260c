import fc from 'fast-check';

/**
 * JSON as it may come over the wire, beyond what a value of the language can hold: members that stand twice,
 * `__proto__`, and literal text (lone surrogates, numbers of any size).
 */
export type Json = string | number | boolean | null | readonly Json[] | Members | Literal;

/** An object as the list of its members, in their order. */
export class Members {
  readonly entries: readonly (readonly [string, Json])[];
  constructor(entries: readonly (readonly [string, Json])[]) {
    this.entries = entries;
  }
}

/** Text that stands in the document as it is. */
export class Literal {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export const toJson = (value: unknown): Json => {
  if (Array.isArray(value)) return value.map(toJson);
  if (typeof value === 'object' && value !== null)
    return new Members(Object.entries(value).map(([name, member]) => [name, toJson(member)] as const));
  return (value ?? null) as Json;
};

export const write = (json: Json): string => {
  if (json instanceof Literal) return json.text;
  if (json instanceof Members)
    return `{${json.entries.map(([name, value]) => `${JSON.stringify(name)}:${write(value)}`).join(',')}}`;
  if (Array.isArray(json)) return `[${json.map(write).join(',')}]`;
  return JSON.stringify(json);
};

const nested = (open: string, close: string, depth: number): Literal =>
  new Literal(`${open.repeat(depth)}1${close.repeat(depth)}`);

/** Names that mean something to the language, to the database, or to nobody. */
export const oddName = fc.constantFrom(
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'pk',
  'sk',
  'revision',
  'id',
  '$ref',
  '#status',
  ':values',
  '',
  ' ',
  '\u0000',
  'a/b~c',
  'x'.repeat(2_000),
  '0',
  '-1',
);

/** Texts that break careless code. */
export const oddText = fc.constantFrom(
  '',
  ' ',
  '\t\n',
  '\u0000',
  'a\u0000b',
  '\u202etxt.exe',
  '\ufeff',
  '\uffff',
  '𝒳𝒴',
  '👩‍👩‍👧‍👦',
  'e\u0301'.repeat(60),
  'x'.repeat(121),
  'x'.repeat(5_000),
  '__proto__',
  'constructor',
  '../../etc/passwd',
  '%00',
  '%2e%2e%2f',
  "' OR 1=1 --",
  '{{7*7}}',
  '<script>',
  'null',
  'NaN',
  '2026-02-30T00:00:00Z',
  '+275760-09-13T00:00:00Z',
  '9999-12-31T23:59:60Z',
  '0000-00-00T00:00:00Z',
  'Etc/GMT+99',
  'XXX',
  'ses_zzzzzzzzzzzzzzzzzzzzzzzzzz',
  'ses_0000000000000000000000000',
  '1e3',
  '0x10',
);

/** Anything where something else is expected. */
export const junk: fc.Arbitrary<Json> = fc.oneof(
  { weight: 4, arbitrary: oddText },
  {
    weight: 4,
    arbitrary: fc.constantFrom<Json>(
      null,
      true,
      false,
      0,
      -1,
      1.5,
      2 ** 53,
      1e308,
      new Literal('-0'),
      new Literal('1e400'),
      new Literal('-1e400'),
      new Literal('1e-400'),
      new Literal('123456789012345678901234567890'),
      new Literal(`1${'0'.repeat(400)}`),
      new Literal('"\\ud800"'),
      new Literal('"a\\udc00b"'),
      new Literal('"\\udc00\\ud800"'),
      new Literal('"\\u0000"'),
      nested('[', ']', 60),
      nested('{"a":', '}', 60),
      nested('[', ']', 4_000),
      nested('{"a":', '}', 4_000),
    ),
  },
  { weight: 1, arbitrary: fc.array(oddText, { maxLength: 200 }) },
  {
    weight: 2,
    arbitrary: fc.array(fc.tuple(oddName, oddText), { maxLength: 4 }).map((entries) => new Members(entries)),
  },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }).map(toJson) },
);

export type Edit =
  | { readonly kind: 'replace' | 'insert'; readonly at: number; readonly by: Json; readonly name: string }
  | { readonly kind: 'remove' | 'repeat' | 'wrap'; readonly at: number };

/** A change somewhere in a document; `at` counts its places, over and over. */
export const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.record({
    kind: fc.constantFrom('replace' as const, 'insert' as const),
    at: fc.nat(1_000),
    by: junk,
    name: oddName,
  }),
  fc.record({
    kind: fc.constantFrom('remove' as const, 'repeat' as const, 'wrap' as const),
    at: fc.nat(1_000),
  }),
);

const places = (json: Json): number => {
  if (json instanceof Members) return 1 + json.entries.reduce((sum, [, value]) => sum + places(value), 0);
  if (Array.isArray(json)) return 1 + json.reduce((sum: number, value) => sum + places(value), 0);
  return 1;
};

/** Applies an edit: to the value at its place, counted from the outside in. */
export const applyEdit = (json: Json, change: Edit): Json => {
  let left = change.at % places(json);
  // What stands in place of a value: none, one or two values.
  const visit = (value: Json): readonly Json[] => {
    left -= 1;
    if (left === -1) {
      switch (change.kind) {
        case 'replace':
          return [change.by];
        case 'remove':
          return [];
        case 'repeat':
          return [value, value];
        case 'wrap':
          return [[value]];
        case 'insert':
          if (value instanceof Members) return [new Members([...value.entries, [change.name, change.by]])];
          if (Array.isArray(value)) return [[...value, change.by]];
          return [value, change.by];
      }
    }
    if (value instanceof Members)
      return [
        new Members(
          value.entries.flatMap(([name, member]) => visit(member).map((seen) => [name, seen] as const)),
        ),
      ];
    if (Array.isArray(value)) return [value.flatMap(visit)];
    return [value];
  };
  const [first] = visit(json);
  return first ?? new Members([]);
};

/** A document that is broken as text. */
export const brokenText = (text: string): fc.Arbitrary<string> =>
  fc.oneof(
    fc.nat(text.length).map((length) => text.slice(0, length)),
    fc.constantFrom(
      '',
      ' ',
      'null',
      'true',
      '1',
      '""',
      '[]',
      '{}',
      '[{}]',
      'NaN',
      "{'a':1}",
      '{a:1}',
      '{"a":1,}',
      '[1,]',
      '{"a":01}',
      '"\u0001"',
      '\u0000',
      `\ufeff${text}`,
      `${text}${text}`,
      `${text},`,
      `[${text}]`,
      `/**/${text}`,
      `${'['.repeat(20_000)}${']'.repeat(20_000)}`,
      '['.repeat(50_000),
      `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`,
      `{"x":"${'x'.repeat(300_000)}"}`,
    ),
  );
