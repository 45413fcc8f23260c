import type { ProblemCode } from './problem-catalogue.ts';

/** One fault of a request: where it is (RFC 6901 JSON pointer into `in`), a stable code, and a sentence. */
export interface Fault {
  readonly in?: 'body' | 'query' | 'path' | 'header';
  readonly pointer: string;
  readonly code: string;
  readonly detail: string;
}

/** What a handler answers when all is well; `body` is checked against the route's response schema. */
export interface Success<Status extends number = number, Body = unknown> {
  readonly kind: 'success';
  readonly status: Status;
  readonly body: Body;
  /** Strong entity tag, quotes included. */
  readonly etag?: string;
  readonly cacheControl?: string;
  /** The same request was answered before: `Idempotent-Replayed: true` is added. */
  readonly replayed?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a handler answers when the caller asked for something that cannot be. */
export interface Problem {
  readonly kind: 'problem';
  readonly code: ProblemCode;
  readonly detail?: string;
  readonly errors?: readonly Fault[];
  /** Further members of the problem document, e.g. `places` of PLACES_TAKEN; none of RFC 9457’s own. */
  readonly members?: Readonly<Record<string, unknown>> & {
    readonly [Own in 'type' | 'title' | 'status' | 'detail' | 'instance']?: never;
  };
  readonly headers?: Readonly<Record<string, string>>;
}

export type Answer = Success | Problem;

type SuccessOptions = Pick<Success, 'etag' | 'cacheControl' | 'replayed' | 'headers'>;

/** An answer with a body: `ok(200, venue, { etag: etagOf(venue.revision) })`. */
export const ok = <const Status extends number, const Body>(
  status: Status,
  body: Body,
  options: SuccessOptions = {},
): Success<Status, Body> => ({ kind: 'success', status, body, ...options });

/** 204, for things that are gone or done. */
export const noContent = (options: SuccessOptions = {}): Success<204, undefined> => ({
  kind: 'success',
  status: 204,
  body: undefined,
  ...options,
});

/** A refusal: `problem('PLACES_TAKEN', { detail: '…', members: { places: ['A-1'] } })`. */
export const problem = (code: ProblemCode, options: Omit<Problem, 'kind' | 'code'> = {}): Problem => ({
  kind: 'problem',
  code,
  ...options,
});
