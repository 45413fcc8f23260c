import fc from 'fast-check';
import type { RouteDefinition } from '../../functions/platform/route.ts';
import type { Operation } from '../e2e/client.ts';
import { euros, smallHall } from '../e2e/scenario.ts';
import { applyEdit, brokenText, edit, oddName, oddText, toJson, write } from './json.ts';
import type { Scenery } from './scenery.ts';
import { valuesOf } from './schema-arbitrary.ts';

export interface WireRequest {
  readonly method: string;
  /** Below the stage, with the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | undefined;
}

/** Stands for the ETag that the thing was last seen with. */
export const currentEtag = '"current"';

/** Stands for the token of somebody of the scenery. */
const bearerOf = (who: string): string => `Bearer of ${who}`;

/** Header values as bytes: Node sends latin-1 and refuses what no header may hold. */
const oddHeader = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    ',',
    '"',
    '*',
    'W/"r1"',
    '"r1"',
    '"r999999999999999999"',
    '"r-1"',
    'r1',
    '"r1", "r2"',
  ),
  fc.constantFrom('\u00e9'.repeat(20), '\u0080'.repeat(20), 'x'.repeat(16), 'x'.repeat(255), 'x'.repeat(256)),
  fc.constantFrom(
    '__proto__'.repeat(2),
    'constructor-constructor',
    '%00%00%00%00%00%00%00%00',
    "' OR 1=1 --'----",
  ),
);

const orNot = <T>(arbitrary: fc.Arbitrary<T>, freq = 3): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined, freq });

/** A request of a route: one that it should take, or, five times of six, one with something odd about it. */
export const requestsOf = (
  operation: Operation,
  definition: RouteDefinition,
  scenery: Scenery,
): fc.Arbitrary<WireRequest> =>
  fc
    .oneof(
      { weight: 1, arbitrary: soundOf(operation, definition, scenery) },
      {
        weight: 5,
        arbitrary: fc.record({
          path: pathOf(operation, definition, scenery),
          query: queryOf(definition, scenery),
          body: bodyOf(definition, scenery),
          headers: headersOf(definition, scenery),
        }),
      },
    )
    .map(({ path, query, body, headers }) => ({
      method: definition.method,
      path: query === '' ? path : `${path}?${query}`,
      headers,
      body,
    }));

/** By who may (the owner, or an operator), about things that are there, with a body as the schema or the examples have it. */
const soundOf = (operation: Operation, definition: RouteDefinition, scenery: Scenery) => {
  const ids = (prefix: string) => scenery.idsFor(operation)(prefix).slice(0, -1);
  const own = (prefix: string) => ids(prefix).slice(0, 1);
  const names = [...definition.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const values = names.map((name) =>
    name === 'subject'
      ? fc.constantFrom(...scenery.subjectsFor(operation))
      : (valuesOf(
          definition.params?.shape[name] as never,
          name === 'organizationId' ? own : ids,
        ) as fc.Arbitrary<string>),
  );
  const withOwnIds = (example: unknown): unknown =>
    JSON.parse(
      JSON.stringify(example).replaceAll(
        /([a-z]+)_5zr1v9n6q0w8c4t2m7k3x1y9ab/g,
        (_, prefix) => own(prefix)[0] ?? '',
      ),
    );
  const body =
    definition.body === undefined
      ? fc.constant(undefined)
      : fc
          .oneof(fc.constantFrom(...examplesOf(definition).map(withOwnIds)), valuesOf(definition.body, own))
          .map((value) => Buffer.from(JSON.stringify(value)));
  return fc.record({
    path: fc
      .tuple(...values)
      .map((parts) =>
        definition.path.replace(/\{(\w+)\}/g, (_, name: string) =>
          encodeURIComponent(parts[names.indexOf(name)] ?? ''),
        ),
      ),
    // The owner belongs to both sides of a lead, and says for which it speaks.
    query:
      definition.query !== undefined && 'role' in definition.query.shape
        ? fc.constantFrom('role=organizer', 'role=truck')
        : fc.constant(''),
    body,
    headers: fc.uuid().map((key) => ({
      authorization: bearerOf(definition.path.startsWith('/admin/') ? 'admin' : 'owner'),
      'content-type': 'application/json',
      ...(definition.creates && { 'idempotency-key': key }),
      ...(definition.ifMatch && { 'if-match': currentEtag }),
    })),
  });
};

const pathOf = (
  operation: Operation,
  definition: RouteDefinition,
  scenery: Scenery,
): fc.Arbitrary<string> => {
  const ids = scenery.idsFor(operation);
  const segments = definition.path.split('/').map((segment): fc.Arbitrary<string> => {
    const name = /^\{(\w+)\}$/.exec(segment)?.[1];
    if (name === undefined) return fc.constant(segment);
    const shape = definition.params?.shape[name];
    const known =
      name === 'subject'
        ? fc.constantFrom(...scenery.subjectsFor(operation))
        : shape === undefined
          ? fc.constant('x')
          : (valuesOf(shape as never, ids) as fc.Arbitrary<string>);
    return fc.oneof(
      { weight: 12, arbitrary: known.map(encodeURIComponent) },
      {
        weight: 2,
        arbitrary: oddText
          .filter((text) => text !== '' && text.length < 2_000)
          .map((text) => encodeURIComponent(text.toWellFormed())),
      },
      {
        weight: 1,
        arbitrary: fc.constantFrom(
          '%',
          '%zz',
          '%c3%28',
          '%ff%fe',
          '%ed%a0%80',
          '%2f',
          '..',
          '.',
          ';',
          '{}',
          '%00',
        ),
      },
    );
  });
  return fc.tuple(...segments).map((parts) => parts.join('/'));
};

const queryOf = (definition: RouteDefinition, scenery: Scenery): fc.Arbitrary<string> => {
  const pair = (name: string, value: unknown): string =>
    `${encodeURIComponent(name)}=${encodeURIComponent(String(value).toWellFormed())}`;
  const valid =
    definition.query === undefined
      ? fc.constant('')
      : valuesOf(definition.query, scenery.ids).map((query) =>
          Object.entries(query as object)
            .map(([name, value]) => pair(name, value))
            .join('&'),
        );
  const names = Object.keys(definition.query?.shape ?? {});
  const odd = fc
    .array(fc.tuple(names.length === 0 ? oddName : fc.oneof(oddName, fc.constantFrom(...names)), oddText), {
      minLength: 1,
      maxLength: 4,
    })
    .map((pairs) => pairs.map(([name, value]) => pair(name, value)).join('&'))
    .filter((text) => text.length < 8_000);
  const broken = fc.constantFrom(
    '%',
    '%zz=%',
    '&&&',
    '=',
    '=&=',
    '?',
    'a',
    'a[]=1',
    'a=1&a=2',
    '%00',
    '+',
    '%ff',
  );
  const quiet = definition.query === undefined ? 12 : 4;
  return fc.oneof(
    { weight: quiet, arbitrary: valid },
    { weight: 2, arbitrary: odd },
    { weight: 1, arbitrary: broken },
  );
};

const bodyOf = (definition: RouteDefinition, scenery: Scenery): fc.Arbitrary<Buffer | undefined> => {
  if (definition.rawBody !== undefined)
    return orNot(fc.uint8Array({ maxLength: 2_000 }).map((bytes) => Buffer.from(bytes)));
  if (definition.body === undefined)
    return fc.oneof(
      { weight: 8, arbitrary: fc.constant(undefined) },
      {
        weight: 1,
        arbitrary: fc.constantFrom('{}', '[]', '{"a":1}', 'x', '').map((text) => Buffer.from(text)),
      },
    );
  const examples = examplesOf(definition);
  const valid = fc.oneof(fc.constantFrom(...examples), valuesOf(definition.body, scenery.ids)).map(toJson);
  const edited = fc
    .tuple(valid, fc.array(edit, { minLength: 1, maxLength: 3 }))
    .map(([json, edits]) => edits.reduce(applyEdit, json));
  const broken = fc
    .constantFrom(...examples)
    .chain((example) => brokenText(JSON.stringify(example)))
    .map((text) => Buffer.from(text));
  const badBytes = valid
    .map((json) => Buffer.from(write(json)))
    .chain((bytes) =>
      fc
        .tuple(
          fc.nat(bytes.length),
          fc.constantFrom([0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf5, 0x80], [0xe2]),
        )
        .map(([at, bad]) => Buffer.concat([bytes.subarray(0, at), Buffer.from(bad), bytes.subarray(at)])),
    );
  const asBytes = (json: fc.Arbitrary<ReturnType<typeof toJson>>) =>
    json.map((one) => Buffer.from(write(one)));
  return fc.oneof(
    { weight: 3, arbitrary: asBytes(valid) },
    { weight: 8, arbitrary: asBytes(edited) },
    { weight: 2, arbitrary: broken },
    { weight: 1, arbitrary: badBytes },
    { weight: 1, arbitrary: fc.constant(undefined) },
  );
};

/** The day on which the examples of the reference are set. */
const dayOfExamples = Date.parse('2026-11-20T00:00:00Z');
const dayMs = 24 * 60 * 60 * 1_000;
const daysSince = Math.floor((Date.now() - dayOfExamples) / dayMs);

/** The same as if it were set today: what is to come in it is so in every year. */
const setToday = (example: unknown): unknown =>
  JSON.parse(JSON.stringify(example), (_, value: unknown) =>
    typeof value === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value)
      ? new Date(Date.parse(value) + daysSince * dayMs).toISOString()
      : value,
  );

const examplesOf = (definition: RouteDefinition): readonly unknown[] =>
  [definition.requestExample, ...moreExamples(definition)].map(setToday);

/** Examples that reach further than those of the reference. */
const moreExamples = ({ operationId, requestExample }: RouteDefinition): readonly unknown[] => {
  switch (operationId) {
    case 'createVenue':
      return [{ ...(requestExample as object), seatingPlan: smallHall }];
    case 'createSession':
      // The hall of the scenery has other categories than the example’s.
      return [
        { ...(requestExample as object), ticketTypes: [{ name: 'Pit', price: euros(10), quantity: 100 }] },
      ];
    case 'createBrief':
      // Whoever asks may belong to several organizations by now: the others are being made.
      return [{ ...(requestExample as object), organizationId: 'org_5zr1v9n6q0w8c4t2m7k3x1y9ab' }];
    case 'importSeatingPlan':
      return [smallHall];
    case 'createHold':
      return [{ seats: ['A-1', 'C-5'] }, { seats: ['B-3'] }];
    default:
      return [];
  }
};

const headersOf = (
  definition: RouteDefinition,
  { tokens }: Scenery,
): fc.Arbitrary<Record<string, string>> => {
  const bearer = Object.keys(tokens).map((who) => (who === 'nobody' ? undefined : bearerOf(who)));
  const authorization = fc.oneof(
    { weight: 10, arbitrary: fc.constant(bearerOf('owner')) },
    { weight: 4, arbitrary: fc.constantFrom(...bearer) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        'Bearer',
        'Bearer ',
        'Bearer x',
        'Bearer a.b.c',
        'Basic eDp5',
        'x',
        'bearer null',
        `Bearer ${'x'.repeat(4_000)}`,
      ),
    },
  );
  const key = fc.oneof(
    { weight: 6, arbitrary: fc.uuid() },
    { weight: 1, arbitrary: fc.constantFrom('one-key-for-everything', 'another-key-for-all') },
    { weight: 1, arbitrary: orNot(oddHeader) },
  );
  const ifMatch = fc.oneof(
    { weight: 5, arbitrary: fc.constant(currentEtag) },
    { weight: 1, arbitrary: orNot(oddHeader) },
  );
  const contentType = fc.oneof(
    { weight: 12, arbitrary: fc.constant('application/json') },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        'application/json; charset=utf-8',
        'APPLICATION/JSON',
        'application/merge-patch+json',
        'text/plain',
        'application/jsonx',
        'multipart/form-data; boundary=x',
        '',
        ';',
        `application/${'a'.repeat(3_000)}`,
        undefined,
      ),
    },
  );
  const document = definition.responses[200]?.document;
  const accept = document && fc.constantFrom(document.mediaType, `${document.mediaType}, */*;q=0.5`, '*/*');
  const rare = fc.oneof(
    { weight: 8, arbitrary: fc.constant({}) },
    {
      weight: 1,
      arbitrary: fc.record(
        {
          traceparent: fc.constantFrom(
            '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
            '00-x',
            'x'.repeat(500),
          ),
          'if-none-match': fc.oneof(oddHeader, fc.constant(currentEtag)),
          'fairground-client': oddHeader,
          'accept-encoding': fc.constantFrom('gzip', 'deflate', 'gzip;q=0', 'identity;q=0', '*', 'br', ',,,'),
          'content-encoding': fc.constantFrom('gzip', 'deflate', 'br', 'x'),
          accept: fc.constantFrom('text/html', '*/*', 'x'),
          origin: fc.constantFrom('null', 'https://example.com', '\u00e9'),
          'x-forwarded-for': fc.constantFrom('1.2.3.4', 'x'.repeat(300), ''),
          'x-http-method-override': fc.constant('DELETE'),
          range: fc.constant('bytes=0-1'),
          constructor: fc.constant('x'),
          __proto: fc.constant('x'),
        },
        { requiredKeys: [] },
      ),
    },
  );
  return fc
    .record({
      authorization,
      ...(definition.creates && { 'idempotency-key': key }),
      ...(definition.ifMatch && { 'if-match': ifMatch }),
      ...(accept && { accept }),
      'content-type': contentType,
      rare,
    })
    .map(({ rare: others, ...usual }) =>
      Object.fromEntries(
        Object.entries({ ...usual, ...others }).filter(
          (entry): entry is [string, string] => entry[1] !== undefined,
        ),
      ),
    );
};
