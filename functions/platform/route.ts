import type * as z from 'zod';
import type { Answer, Problem, Success } from './answer.ts';
import type { Caller, ProtectedResource } from './guard.ts';
import type { ProblemCode } from './problem-catalogue.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Where the router finds the id of the thing a policy is about. */
export type ResourceSource<Kind extends string = string> = {
  readonly kind: Kind;
  readonly from: `params.${string}` | `body.${string}` | `query.${string}`;
};

export type Access =
  | { readonly kind: 'public' }
  | { readonly kind: 'optionalCaller' }
  | { readonly kind: 'signedIn'; readonly action: string }
  | {
      readonly kind: 'policy';
      readonly action: string;
      readonly resource: ResourceSource;
      readonly publicWhenVisible: boolean;
    };

/** Anybody; no token is looked at and nothing of identity is loaded. An unguessable id may be the key. */
export const publicAccess = () => ({ kind: 'public' }) as const;

/** Anybody; when an `Authorization` header is sent it must be valid, and the handler learns who it is. */
export const optionalCaller = () => ({ kind: 'optionalCaller' }) as const;

/** Any caller with a valid token whom the policy of `action` on the platform itself allows. */
export const signedIn = <const Action extends string>(action: Action) =>
  ({ kind: 'signedIn', action }) as const;

/**
 * A caller whom the policy allows `action` on the resource. Strangers get 404, or 403 where the thing is
 * public. With `publicWhenVisible`, a public thing needs no token.
 * `organization` from body or query may be left out by a caller of exactly one organization.
 */
export const policy = <
  const Action extends string,
  const Kind extends string,
  const Public extends boolean = false,
>(
  action: Action,
  resource: ResourceSource<Kind>,
  options: { publicWhenVisible?: Public } = {},
) =>
  ({
    kind: 'policy',
    action,
    resource,
    // Told by the options alone: where a route is expected, it would be widened to boolean.
    publicWhenVisible: (options.publicWhenVisible ?? false) as NoInfer<Public>,
  }) as const;

export interface ResponseDefinition {
  readonly description: string;
  /** Left out for answers without a body. */
  readonly schema?: z.ZodType;
  readonly example?: unknown;
  /** Instead of `schema`: the answer is no JSON but a text, or bytes, of this media type. */
  readonly document?: { readonly mediaType: string; readonly isBinary: boolean };
}

/** One entry of the route table: the only place that says what a route takes, gives and allows. */
export interface RouteDefinition {
  readonly operationId: string;
  readonly method: Method;
  readonly path: `/${string}`;
  /** Name of the function that serves it: `<context>-commands` or `<context>-queries`. */
  readonly function: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description?: string;
  readonly access: Access;
  /** POST that creates: Idempotency-Key is required and a repeat answers the first result. */
  readonly creates?: true;
  /** Shortest Idempotency-Key taken; 16 where a guessable key could hand out another’s capability. */
  readonly minKeyLength?: number;
  /** Update of something that was read: If-Match is required. */
  readonly ifMatch?: true;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** The body is handed over as the bytes that came, for a signature over them; never beside `body`. */
  readonly rawBody?: { readonly mediaType: string; readonly description: string };
  /** Default 256 KiB. */
  readonly maxBodyBytes?: number;
  readonly requestExample?: unknown;
  readonly responses: Readonly<Record<number, ResponseDefinition>>;
  /** Codes this route can answer besides the general ones and those its access and flags imply. */
  readonly problems?: readonly ProblemCode[];
}

/** Declares a route; the definition keeps its exact types for handler, client and documents. */
export const route = <const R extends RouteDefinition>(definition: R): R => definition;

/** A thing a policy was evaluated on, with the entity that its loader read on the way. */
export interface LoadedResource<Entity = unknown> extends Omit<ProtectedResource, 'kind' | 'id' | 'side'> {
  readonly entity: Entity;
  /** Of a thing between organizations: the organization of each side. The policy is asked for each of them. */
  readonly sides?: Readonly<Record<string, string>>;
}

export type Loader<Entity = unknown> = (
  id: string,
  request: { readonly params: Readonly<Record<string, string>> },
) => Promise<LoadedResource<Entity> | undefined>;

export type Loaders = Readonly<Record<string, Loader>>;

type Parsed<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined;

type EntityOf<R extends RouteDefinition, L extends Loaders> = R['access'] extends {
  resource: { kind: infer Kind };
}
  ? Kind extends keyof L
    ? NonNullable<Awaited<ReturnType<L[Kind]>>>
    : undefined
  : undefined;

type SideOf<Resource> = Resource extends { sides: infer Sides } ? keyof Sides & string : never;

/** What a handler is given; every member was checked against the route’s definition. */
export interface ApiRequest<R extends RouteDefinition, L extends Loaders = Loaders> {
  readonly params: Parsed<R['params']>;
  readonly query: Parsed<R['query']>;
  readonly body: R['rawBody'] extends object ? Uint8Array : Parsed<R['body']>;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly caller: R['access'] extends { kind: 'signedIn' } | { kind: 'policy'; publicWhenVisible: false }
    ? Caller
    : Caller | undefined;
  /** The thing the policy was evaluated on, as loaded by the loader of its kind. */
  readonly resource: EntityOf<R, L>;
  /** The organization the policy was evaluated for, where there is one. */
  readonly organizationId: string | undefined;
  /** Of a thing between organizations: the sides that the policy lets the caller act for; at least one. */
  readonly sides: readonly SideOf<EntityOf<R, L>>[];
  readonly requestId: string;
  readonly traceparent: string | undefined;
  readonly sourceIp: string;
  readonly now: Date;
  readonly ifMatchRevision: R['ifMatch'] extends true ? number : undefined;
  readonly idempotency: R['creates'] extends true
    ? { readonly key: string; readonly requestHash: string }
    : undefined;
  /**
   * On a route that creates: an id that the same caller, operation and Idempotency-Key derive again.
   * Example: `newId('ven')` → `ven_` + 26 characters.
   */
  newId(prefix: string): string;
}

type DeepReadonly<T> = T extends readonly (infer Element)[]
  ? readonly DeepReadonly<Element>[]
  : T extends object
    ? { readonly [Name in keyof T]: DeepReadonly<T[Name]> }
    : T;

export type AnswerOf<R extends RouteDefinition> =
  | Problem
  | {
      [Status in keyof R['responses'] & number]: Success<
        Status,
        R['responses'][Status] extends { schema: infer Schema extends z.ZodType }
          ? DeepReadonly<z.input<Schema>>
          : R['responses'][Status] extends { document: { isBinary: infer IsBinary } }
            ? IsBinary extends true
              ? Uint8Array
              : string
            : undefined
      >;
    }[keyof R['responses'] & number];

export type Handler<R extends RouteDefinition, L extends Loaders = Loaders> = (
  request: ApiRequest<R, L>,
) => Promise<AnswerOf<R>>;

export type Routes = Readonly<Record<string, RouteDefinition>>;

export type Handlers<R extends Routes, L extends Loaders = Loaders> = {
  readonly [Name in keyof R]: Handler<R[Name], L>;
};

/** A handler as the router runs it, after its types did their work. */
export type ErasedHandler = (request: ApiRequest<RouteDefinition>) => Promise<Answer>;
