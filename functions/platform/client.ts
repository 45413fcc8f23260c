import type * as z from 'zod';
import type { RouteDefinition } from './route.ts';

type Given<Schema> = Schema extends z.ZodType ? z.input<Schema> : never;
type BodyOf<R extends RouteDefinition, Status> = Status extends keyof R['responses']
  ? R['responses'][Status] extends { schema: infer Schema extends z.ZodType }
    ? z.output<Schema>
    : R['responses'][Status] extends { document: { isBinary: infer IsBinary } }
      ? IsBinary extends true
        ? Uint8Array
        : string
      : undefined
  : never;

export interface ProblemDocument {
  readonly code: string;
  readonly status: number;
  readonly detail: string;
  readonly requestId: string;
  readonly errors?: readonly { pointer: string; code: string; detail: string }[];
  readonly [member: string]: unknown;
}

export type ClientAnswer<R extends RouteDefinition> =
  | {
      [Status in keyof R['responses'] & number]: {
        readonly ok: true;
        readonly status: Status;
        readonly body: BodyOf<R, Status>;
        readonly headers: Headers;
      };
    }[keyof R['responses'] & number]
  | { readonly ok: true; readonly status: 304; readonly body: undefined; readonly headers: Headers }
  | {
      readonly ok: false;
      readonly status: number;
      readonly problem: ProblemDocument;
      readonly headers: Headers;
    };

export type ClientRequest<R extends RouteDefinition> = (R['params'] extends z.ZodType
  ? { params: Given<R['params']> }
  : { params?: never }) &
  (R['body'] extends z.ZodType ? { body: Given<R['body']> } : { body?: never }) & {
    query?: R['query'] extends z.ZodType ? Given<R['query']> : never;
    token?: string | undefined;
    /** A fresh random key is made when a creating route gets none. */
    idempotencyKey?: string;
    ifMatch?: string;
    ifNoneMatch?: string;
    headers?: Readonly<Record<string, string>>;
    signal?: AbortSignal;
  };

/**
 * A client typed by the route table. Every answer is checked against the route’s own definition: an
 * undeclared status, a body that breaks its schema or an error that is no problem document throws.
 * Example: `await client.call(routes.createVenue, { token, body })`.
 */
export const createClient = (baseUrl: string) => ({
  baseUrl,
  async call<const R extends RouteDefinition>(
    definition: R,
    request: ClientRequest<R>,
  ): Promise<ClientAnswer<R>> {
    const given = request as ClientRequest<RouteDefinition> & {
      body?: unknown;
      params?: Record<string, string>;
    };
    const path = definition.path.replace(/\{(\w+)\}/g, (_, name: string) =>
      encodeURIComponent(given.params?.[name] ?? ''),
    );
    const search = new URLSearchParams(
      Object.entries((given.query ?? {}) as Record<string, unknown>).flatMap(([name, value]) =>
        value === undefined ? [] : [[name, String(value)] as [string, string]],
      ),
    );
    const response = await fetch(`${baseUrl}${path}${search.size > 0 ? `?${search}` : ''}`, {
      method: definition.method,
      headers: {
        ...(given.body !== undefined && { 'content-type': 'application/json' }),
        ...(given.token !== undefined && { authorization: `Bearer ${given.token}` }),
        ...(definition.creates && { 'idempotency-key': given.idempotencyKey ?? crypto.randomUUID() }),
        ...(given.ifMatch !== undefined && { 'if-match': given.ifMatch }),
        ...(given.ifNoneMatch !== undefined && { 'if-none-match': given.ifNoneMatch }),
        ...given.headers,
      },
      ...(given.body !== undefined && { body: JSON.stringify(given.body) }),
      ...(given.signal && { signal: given.signal }),
    });
    return checked(definition, response, new Uint8Array(await response.arrayBuffer()));
  },
});

const checked = <R extends RouteDefinition>(
  definition: R,
  response: Response,
  bytes: Uint8Array,
): ClientAnswer<R> => {
  const text = new TextDecoder().decode(bytes);
  const { status, headers } = response;
  const where = `${definition.operationId} answered ${status}`;
  const isProblem = headers.get('content-type')?.startsWith('application/problem+json') ?? false;
  if (isProblem) {
    const document = JSON.parse(text) as ProblemDocument;
    if (document.status !== status || typeof document.code !== 'string')
      throw new Error(`${where}: no problem: ${text}`);
    return { ok: false, status, problem: document, headers };
  }
  if (status === 304) return { ok: true, status, body: undefined, headers };
  const declared = definition.responses[status];
  if (declared === undefined) throw new Error(`${where}, which it does not declare: ${text.slice(0, 300)}`);
  if (declared.document !== undefined) {
    const { mediaType, isBinary } = declared.document;
    if (headers.get('content-type') !== mediaType)
      throw new Error(`${where} with ${headers.get('content-type')} instead of ${mediaType}`);
    return { ok: true, status, body: isBinary ? bytes : text, headers } as ClientAnswer<R>;
  }
  if (declared.schema === undefined) {
    if (text !== '') throw new Error(`${where} with a body that it does not declare`);
    return { ok: true, status, body: undefined, headers } as ClientAnswer<R>;
  }
  const body = declared.schema.safeParse(JSON.parse(text));
  if (!body.success) throw new Error(`${where} with a body that breaks its schema: ${body.error.message}`);
  return { ok: true, status, body: body.data, headers } as ClientAnswer<R>;
};
