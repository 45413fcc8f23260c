import type { APIGatewayProxyEvent } from 'aws-lambda';
import type * as z from 'zod';
import { type Fault, type Problem, problem } from './answer.ts';
import type { RouteDefinition } from './route.ts';

/** The largest body of a route that does not say otherwise, in bytes. */
export const defaultMaxBodyBytes = 256 * 1024;

export type Headers = Readonly<Record<string, string | undefined>>;

/** Header names are case-insensitive (RFC 9110 §5.1): they are looked up in lower case. */
export const headersOf = (event: APIGatewayProxyEvent): Headers => {
  const headers: Record<string, string | undefined> = Object.create(null);
  for (const [name, value] of Object.entries(event.headers ?? {})) headers[name.toLowerCase()] = value;
  return headers;
};

/** W3C Trace Context; anything else is ignored, as the recommendation says. */
export const traceparentOf = (headers: Headers): string | undefined => {
  const value = headers.traceparent;
  return value !== undefined && /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/.test(value)
    ? value
    : undefined;
};

export interface Input {
  readonly params: Record<string, string>;
  readonly query: Record<string, unknown> | undefined;
  readonly body: unknown;
}

type Read<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: Problem };

/** Reads and checks path, query and body against the route; every fault is reported at once. */
export const readInput = (
  definition: RouteDefinition,
  event: APIGatewayProxyEvent,
  params: Readonly<Record<string, string>>,
  headers: Headers,
): Read<Input> => {
  const body = readBody(definition, event, headers);
  if (!body.ok) return body;
  const query = readQuery(event);
  if (!query.ok) return query;

  const faults: Fault[] = [];
  const check = (schema: z.ZodType | undefined, value: unknown, where: NonNullable<Fault['in']>): unknown => {
    if (schema === undefined) return value;
    const result = schema.safeParse(value, { reportInput: false });
    if (result.success) return result.data;
    faults.push(...faultsOf(result.error.issues, where));
    return undefined;
  };

  const checkedParams = check(definition.params, params, 'path');
  if (faults.length > 0) {
    // An id that cannot exist is a missing thing, not a malformed request.
    return { ok: false, problem: problem('NOT_FOUND') };
  }
  const checkedQuery = check(definition.query, query.value, 'query');
  if (definition.query === undefined && Object.keys(query.value).length > 0) {
    faults.push(...Object.keys(query.value).map((name) => unknownField('query', `/${escapePointer(name)}`)));
  }
  const checkedBody = check(definition.body, body.value, 'body');
  if (faults.length > 0) return { ok: false, problem: validationProblem(faults) };
  return {
    ok: true,
    value: {
      params: checkedParams as Record<string, string>,
      query: checkedQuery as Record<string, unknown> | undefined,
      body: checkedBody,
    },
  };
};

/** Most faults named in one answer. */
export const maxFaults = 100;

/** VALIDATION_FAILED with its faults; the detail says how many there are when not all are listed. */
export const validationProblem = (faults: readonly Fault[]): Problem =>
  problem('VALIDATION_FAILED', {
    detail:
      faults.length > maxFaults
        ? `${faults.length} faults; the first ${maxFaults} are listed.`
        : `${faults.length} ${faults.length === 1 ? 'fault' : 'faults'}.`,
    errors: faults.slice(0, maxFaults),
  });

/** A cursor that the list did not give, or gave of another list. */
export const invalidCursor = (): Problem =>
  validationProblem([
    { in: 'query', pointer: '/cursor', code: 'INVALID_CURSOR', detail: 'Not a cursor of this list.' },
  ]);

const readBody = (
  definition: RouteDefinition,
  event: APIGatewayProxyEvent,
  headers: Headers,
): Read<unknown> => {
  const refuse = (code: Problem['code'], detail: string): Read<unknown> => ({
    ok: false,
    problem: problem(code, { detail }),
  });
  const maxBytes = definition.maxBodyBytes ?? defaultMaxBodyBytes;
  const bytes = bodyBytesOf(event);
  if (definition.body === undefined && definition.rawBody === undefined) {
    // Some clients send an empty object with every POST.
    return bytes.length === 0 || bytes.toString().trim() === '{}'
      ? { ok: true, value: undefined }
      : refuse('INVALID_REQUEST', 'This route takes no body.');
  }
  if (bytes.length > maxBytes)
    return refuse('PAYLOAD_TOO_LARGE', `The body may have ${maxBytes} bytes on this route.`);
  if (definition.rawBody !== undefined) return { ok: true, value: bytes };
  if (bytes.length === 0) return { ok: true, value: undefined };

  const mediaType = headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? '';
  if (!/^application\/(?:[a-z0-9.+-]+\+)?json$/.test(mediaType)) {
    return refuse(
      'UNSUPPORTED_MEDIA_TYPE',
      `Got ${mediaType === '' ? 'no Content-Type' : mediaType.slice(0, 80)}.`,
    );
  }
  const text = decodeUtf8(bytes);
  if (text === undefined) return refuse('INVALID_REQUEST', 'The body is not UTF-8.');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return refuse('INVALID_REQUEST', `The body is not JSON: ${(error as Error).message.slice(0, 160)}`);
  }
  if (!isCarriedText(text, value)) {
    return refuse(
      'INVALID_REQUEST',
      'The body has text that no store or queue carries: half of a surrogate pair, U+FFFE or U+FFFF.',
    );
  }
  return { ok: true, value };
};

/** UTF-8 has no halves of surrogate pairs: only an escape can bring one. */
const suspicious = /\\u(?:[dD][89a-fA-F]|[fF]{3}[eEfF])|[\uFFFE\uFFFF]/;

/**
 * Whether all texts and names of a JSON document are Unicode (RFC 7493 §2.1) without U+FFFE and U+FFFF, which
 * SQS refuses: a lifecycle event with one of them would hold up all that come after it.
 */
export const isCarriedText = (text: string, json: unknown): boolean => {
  if (!suspicious.test(text)) return true;
  const isCarried = (part: string): boolean => part.isWellFormed() && !/[\uFFFE\uFFFF]/.test(part);
  // A list of its own instead of recursion: bodies may nest as deep as they are long.
  const pending: unknown[] = [json];
  while (pending.length > 0) {
    const value = pending.pop();
    if (typeof value === 'string' && !isCarried(value)) return false;
    if (typeof value !== 'object' || value === null) continue;
    for (const [name, member] of Object.entries(value)) {
      if (!isCarried(name)) return false;
      pending.push(member);
    }
  }
  return true;
};

/** The gateway sends bodies as base64 (ADR 15); emulators that do not are understood too. */
const bodyBytesOf = ({ body, isBase64Encoded }: APIGatewayProxyEvent): Buffer =>
  Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8');

const utf8 = new TextDecoder('utf-8', { fatal: true });

const decodeUtf8 = (bytes: Uint8Array): string | undefined => {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
};

const readQuery = (event: APIGatewayProxyEvent): Read<Record<string, string>> => {
  // Without a prototype: `__proto__` is a name like any other, and unknown.
  const query: Record<string, string> = Object.create(null);
  const repeated: Fault[] = [];
  const multi = event.multiValueQueryStringParameters ?? {};
  for (const [name, value] of Object.entries(event.queryStringParameters ?? {})) {
    if ((multi[name]?.length ?? 1) > 1) {
      repeated.push({
        in: 'query',
        pointer: `/${escapePointer(name)}`,
        code: 'REPEATED',
        detail: 'Given more than once.',
      });
    }
    if (value !== undefined) query[name] = value;
  }
  if (repeated.length > 0) return { ok: false, problem: validationProblem(repeated) };
  return { ok: true, value: query };
};

/** RFC 6901 §3. */
export const escapePointer = (token: string): string => token.replaceAll('~', '~0').replaceAll('/', '~1');

/** JSON pointer of a path of keys and indexes. */
export const pointerOf = (path: readonly PropertyKey[]): string =>
  path.map((token) => `/${escapePointer(String(token))}`).join('');

const unknownField = (where: NonNullable<Fault['in']>, pointer: string): Fault => ({
  in: where,
  pointer,
  code: 'UNKNOWN_FIELD',
  detail: 'This field is not known here.',
});

/**
 * Zod’s issues as faults: one for each unknown field, and for a union the issues of the variant that came
 * nearest (fewest issues), so that the answer says what to mend rather than that nothing matched.
 */
export const faultsOf = (
  issues: readonly z.core.$ZodIssue[],
  where: NonNullable<Fault['in']>,
  prefix: readonly PropertyKey[] = [],
): readonly Fault[] =>
  issues.flatMap((issue): readonly Fault[] => {
    const path = [...prefix, ...issue.path];
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => unknownField(where, pointerOf([...path, key])));
    }
    if (issue.code === 'invalid_union' && issue.errors.length > 0) {
      const nearest = issue.errors.reduce((best, variant) => (variant.length < best.length ? variant : best));
      if (nearest.length > 0) return faultsOf(nearest, where, path);
    }
    const custom = issue.code === 'custom' ? (issue.params?.['code'] as string | undefined) : undefined;
    return [
      {
        in: where,
        pointer: pointerOf(path),
        code: custom ?? issue.code.toUpperCase(),
        detail: issue.message,
      },
    ];
  });
