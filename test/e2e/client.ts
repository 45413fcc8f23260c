import { inject } from 'vitest';
import * as z from 'zod';
import {
  type ClientAnswer,
  type ClientRequest,
  createClient,
  type ProblemDocument,
} from '../../functions/platform/client.ts';
import { problemCodesOf } from '../../functions/platform/openapi.ts';
import { type ProblemCode, problemCatalogue } from '../../functions/platform/problem-catalogue.ts';
import type { RouteDefinition } from '../../functions/platform/route.ts';
import { routes } from '../../functions/routes.ts';
import { gate } from '../../local/demo/parallel.ts';

export type Operation = keyof typeof routes;
type Route<O extends Operation> = (typeof routes)[O];

/** Path, query and body of an operation; keys, tags and tokens where it takes them. */
export type Request<O extends Operation> = ClientRequest<Route<O>>;
export type Answer<O extends Operation> = ClientAnswer<Route<O>>;

type Status<O extends Operation> = (keyof Route<O>['responses'] & number) | 304;
type Success<O extends Operation, S> = Extract<Answer<O>, { readonly ok: true; readonly status: S }>;

/** The body that an operation answers with that status. */
export type Body<O extends Operation, S extends Status<O>> = Success<O, S>['body'];

type Given<O extends Operation> =
  Record<never, never> extends Request<O> ? [request?: Request<O>] : [request: Request<O>];

export interface Refusal extends ProblemDocument {
  readonly headers: Headers;
}

/** Somebody who uses the API: anonymous, or with a token. */
export interface Client {
  readonly token: string | undefined;
  /** Any answer that the route declares; anything else throws. */
  call<O extends Operation>(operation: O, ...given: Given<O>): Promise<Answer<O>>;
  /** The answer with this status; any other throws and says what came instead. */
  ok<O extends Operation, S extends Status<O>>(
    status: S,
    operation: O,
    ...given: Given<O>
  ): Promise<Success<O, S>>;
  /** The problem with this code; any other answer throws. */
  refused<O extends Operation>(code: ProblemCode, operation: O, ...given: Given<O>): Promise<Refusal>;
}

/** RFC 9457, with the members that every problem of ours has. */
const problemDocument = z.looseObject({
  type: z.string().startsWith('urn:fairground:problem:'),
  title: z.string().min(1),
  status: z.int(),
  code: z.string(),
  detail: z.string().min(1),
  instance: z.string().startsWith('/'),
  requestId: z.string().min(1),
  errors: z
    .array(
      z.strictObject({
        in: z.enum(['body', 'query', 'path', 'header']).optional(),
        pointer: z.string(),
        code: z.string(),
        detail: z.string(),
      }),
    )
    .optional(),
});

/** Checks what the route table says of problems: the form, a declared code, the catalogue’s status. */
const checkProblem = (operation: Operation, problem: ProblemDocument, headers: Headers): void => {
  const { code, status, requestId } = problemDocument.parse(problem);
  if (!problemCodesOf(routes[operation] as RouteDefinition).some((declared) => declared === code))
    throw new Error(`${operation} answered ${code}, which it does not declare: ${problem.detail}`);
  if (problemCatalogue[code as ProblemCode].status !== status)
    throw new Error(`${operation} answered ${code} with ${status}`);
  if (headers.get('x-request-id') !== requestId)
    throw new Error(`${operation} answered two request ids: ${headers.get('x-request-id')}, ${requestId}`);
};

/**
 * How many requests a test file has under way. A LocalStack-compatible server starts a process for each, so
 * there a crowd stands in line before its door; the embedded cloud takes all of it at once, as AWS would.
 */
const maxUnderWay = inject('target').kind === 'embedded' ? Number.POSITIVE_INFINITY : 8;
const through = gate(maxUnderWay);

/** A client of the target that sends this token, or none. */
export const clientWith = (token: string | undefined): Client => {
  const http = createClient(inject('target').url);
  const call = async <O extends Operation>(operation: O, ...[request]: Given<O>): Promise<Answer<O>> => {
    const sent = { ...(token !== undefined && { token }), ...(request as object) };
    const answer = await through(() => http.call(routes[operation] as RouteDefinition, sent as never));
    if (!answer.ok) checkProblem(operation, answer.problem, answer.headers);
    if (answer.headers.get('x-request-id') === null)
      throw new Error(`${operation} answered without X-Request-Id`);
    return answer as Answer<O>;
  };
  return {
    token,
    call,
    async ok(status, operation, ...given) {
      const answer = await call(operation, ...given);
      if (answer.ok && answer.status === status) return answer as never;
      const got = answer.ok ? answer.status : JSON.stringify(answer.problem);
      throw new Error(`${operation} should answer ${status}, but answered ${got}`);
    },
    async refused(code, operation, ...given) {
      const answer = await call(operation, ...given);
      if (!answer.ok && answer.problem.code === code) return { ...answer.problem, headers: answer.headers };
      const got = answer.ok ? answer.status : JSON.stringify(answer.problem);
      throw new Error(`${operation} should be refused with ${code}, but answered ${got}`);
    },
  };
};

/** Without a token. */
export const anybody = (): Client => clientWith(undefined);

export interface TokenOptions {
  readonly roles?: readonly string[];
  /** From now; negative for a token that is over. */
  readonly expiresInSeconds?: number;
}

/** A token of the issuer that the target trusts. */
export const tokenOf = async (sub: string, options: TokenOptions = {}): Promise<string> => {
  const response = await fetch(inject('target').tokenUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ sub, ...options }),
  });
  return z.object({ token: z.string() }).parse(await response.json()).token;
};

export const signIn = async (sub: string, options?: TokenOptions): Promise<Client> =>
  clientWith(await tokenOf(sub, options));
