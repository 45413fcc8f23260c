import middy from '@middy/core';
import httpRouterHandler from '@middy/http-router';
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import { type Answer, type Problem, problem } from './answer.ts';
import { matchesAny, revisionOf } from './etag.ts';
import type { Caller, Guard, Membership, ProtectedResource } from './guard.ts';
import { idSecret } from './id-secret.ts';
import { creationId, shortHash } from './ids.ts';
import { logger } from './logger.ts';
import { problemCatalogue } from './problem-catalogue.ts';
import { type Headers, headersOf, type Input, readInput, traceparentOf } from './request.ts';
import { currentScope, inScope } from './request-scope.ts';
import type {
  ApiRequest,
  ErasedHandler,
  Handlers,
  LoadedResource,
  Loaders,
  ResponseDefinition,
  RouteDefinition,
  Routes,
} from './route.ts';

export interface ServeOptions<R extends Routes, L extends Loaders> {
  readonly routes: R;
  readonly handlers: Handlers<R, L>;
  /** Readers of the things that policies are about, by kind. */
  readonly loaders?: L;
  /** Loads identity on the first request that needs it. */
  readonly guard?: () => Promise<Guard>;
  /** ARN of the secret that ids derive from; needed where a route creates. */
  readonly idSecretArn?: string;
  /** Answers what no route matches (default 404). */
  readonly fallback?: (event: APIGatewayProxyEvent) => Answer;
}

/** What the stages of a request share, whichever routes are served. */
interface Parts {
  readonly loaders: Loaders;
  readonly guard: (() => Promise<Guard>) | undefined;
  readonly idSecretArn: string | undefined;
}

type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: Problem };

/**
 * Makes the Lambda handler of one API function from its routes. A request passes, in this order:
 * route → headers → path, query and body → caller → resource and policy → handler → answer.
 * docs/reference/lifecycle-of-a-request.md draws it with what each stage can answer.
 */
export const serve = <const R extends Routes, const L extends Loaders = Record<never, never>>(
  options: ServeOptions<R, L>,
) => {
  const handlers = options.handlers as unknown as Readonly<Record<string, ErasedHandler>>;
  const parts: Parts = {
    loaders: options.loaders ?? {},
    guard: options.guard,
    idSecretArn: options.idSecretArn,
  };
  const routes = Object.entries(options.routes).map(([name, definition]) => {
    const handle = handlers[name];
    if (handle === undefined) throw new Error(`Route ${name} has no handler`);
    return {
      method: definition.method,
      path: definition.path,
      handler: (event: APIGatewayProxyEvent) => respond(definition, handle, parts, event),
    };
  });

  const router = middy<APIGatewayProxyEvent, APIGatewayProxyResult>()
    .use({
      onError: async (request) => {
        if (request.response !== undefined) return;
        request.response = render(failure(request.error), request.event);
      },
    })
    .handler(
      // Nothing matched: no response, and the fallback below answers.
      httpRouterHandler({ routes, notFoundResponse: () => undefined as never }),
    );

  return (event: APIGatewayProxyEvent, context: Context): Promise<APIGatewayProxyResult> => {
    const requestId = event.requestContext?.requestId ?? context.awsRequestId;
    return inScope({ requestId, traceparent: traceparentOf(headersOf(event)) }, async () => {
      const startedAt = performance.now();
      const result =
        ((await router(event, context)) as APIGatewayProxyResult | undefined) ??
        render(options.fallback?.(event) ?? problem('NOT_FOUND', { detail: 'No such path.' }), event);
      const scope = currentScope();
      logger.info('request', {
        requestId,
        trace: scope?.traceparent,
        tenant: scope?.tenant,
        method: event.httpMethod,
        resource: event.resource,
        status: result.statusCode,
        ms: Math.round((performance.now() - startedAt) * 10) / 10,
        ...scope?.cost,
      });
      return result;
    });
  };
};

const respond = async (
  definition: RouteDefinition,
  handle: ErasedHandler,
  parts: Parts,
  event: APIGatewayProxyEvent,
): Promise<APIGatewayProxyResult> => {
  const headers = headersOf(event);
  const answer = await answerOf(definition, handle, parts, event, headers);
  if (
    answer.kind === 'success' &&
    answer.status === 200 &&
    definition.method === 'GET' &&
    answer.etag !== undefined &&
    headers['if-none-match'] !== undefined &&
    matchesAny(headers['if-none-match'], answer.etag)
  ) {
    return render({ ...answer, status: 304, body: undefined }, event);
  }
  return render(answer, event, definition.responses[answer.kind === 'success' ? answer.status : 0]?.document);
};

const answerOf = async (
  definition: RouteDefinition,
  handle: ErasedHandler,
  parts: Parts,
  event: APIGatewayProxyEvent,
  headers: Headers,
): Promise<Answer> => {
  // A caller is known before the rest is judged: a stranger must not learn the rules of private routes.
  const identity = await identify(definition, parts, headers);
  if (!identity.ok) return identity.problem;

  const key = idempotencyKeyOf(definition, headers);
  if (!key.ok) return key.problem;
  const ifMatch = ifMatchOf(definition, headers);
  if (!ifMatch.ok) return ifMatch.problem;

  const input = readInput(definition, event, pathParameters(event), headers);
  if (!input.ok) return input.problem;

  const now = new Date();
  const permission = await permit(definition, parts, identity.value, input.value, now);
  if (!permission.ok) return permission.problem;
  const { resource, organizationId, caller, sides } = permission.value;
  const scope = currentScope();
  if (scope !== undefined && organizationId !== undefined) scope.tenant = organizationId;

  const sourceIp = event.requestContext?.identity?.sourceIp ?? '';
  const requester = requesterOf(caller, headers, sourceIp);
  const secret = definition.creates ? await idSecret(parts.idSecretArn ?? '') : undefined;
  const body = withOrganization(definition, input.value.body, organizationId);

  const request: ApiRequest<RouteDefinition> = {
    params: input.value.params as never,
    query: input.value.query as never,
    body: body as never,
    headers,
    caller: caller as never,
    resource: resource as never,
    organizationId,
    sides: sides as never,
    requestId: scope?.requestId ?? '',
    traceparent: scope?.traceparent,
    sourceIp,
    now,
    ifMatchRevision: ifMatch.value as never,
    idempotency: (key.value === undefined
      ? undefined
      : {
          key: key.value,
          requestHash: shortHash(JSON.stringify([definition.operationId, input.value.params, body])),
        }) as never,
    newId: (prefix) => {
      if (secret === undefined || key.value === undefined)
        throw new Error(`${definition.operationId} does not create`);
      const { operationId } = definition;
      return creationId(prefix, secret, {
        requester,
        operationId,
        params: input.value.params,
        key: key.value,
      });
    },
  };
  return handle(request);
};

/**
 * Whose key an Idempotency-Key is. Who chooses a text that looks like another’s address or subject is still
 * somebody else.
 */
const requesterOf = (caller: Caller | undefined, headers: Headers, sourceIp: string): string => {
  if (caller !== undefined) return `subject:${caller.subject}`;
  const client = headers['fairground-client'];
  return client === undefined ? `address:${sourceIp}` : `client:${client}`;
};

const pathParameters = (event: APIGatewayProxyEvent): Record<string, string> => {
  const params: Record<string, string> = {};
  for (const [name, value] of Object.entries(event.pathParameters ?? {})) {
    if (value !== undefined && name !== 'proxy') params[name] = value;
  }
  return params;
};

const idempotencyKeyOf = (definition: RouteDefinition, headers: Headers): Outcome<string | undefined> => {
  if (!definition.creates) return { ok: true, value: undefined };
  const key = headers['idempotency-key'];
  if (key === undefined || key === '') return { ok: false, problem: problem('IDEMPOTENCY_KEY_REQUIRED') };
  const min = definition.minKeyLength ?? 1;
  if (key.length < min || key.length > 255) {
    return {
      ok: false,
      problem: problem('INVALID_REQUEST', {
        detail: `Idempotency-Key takes ${min} to 255 characters on this route.`,
      }),
    };
  }
  const client = headers['fairground-client'];
  if (client !== undefined && (client.length < minClientLength || client.length > 255)) {
    return {
      ok: false,
      problem: problem('INVALID_REQUEST', {
        detail: `Fairground-Client takes ${minClientLength} to 255 characters: what is shorter is guessed.`,
      }),
    };
  }
  return { ok: true, value: key };
};

/** A client’s secret, and the least that keeps it one. */
const minClientLength = 16;

const ifMatchOf = (definition: RouteDefinition, headers: Headers): Outcome<number | undefined> => {
  if (!definition.ifMatch) return { ok: true, value: undefined };
  const header = headers['if-match'];
  if (header === undefined) return { ok: false, problem: problem('PRECONDITION_REQUIRED') };
  const revision = revisionOf(header);
  if (revision === undefined) {
    return {
      ok: false,
      problem: problem('PRECONDITION_FAILED', { detail: 'If-Match must be the ETag of one earlier answer.' }),
    };
  }
  return { ok: true, value: revision };
};

interface Identity {
  readonly guard: Guard | undefined;
  readonly caller: Caller | undefined;
}

const identify = async (
  definition: RouteDefinition,
  parts: Parts,
  headers: Headers,
): Promise<Outcome<Identity>> => {
  const { access } = definition;
  const authorization = headers.authorization;
  const mayBeAnonymous =
    access.kind === 'public' ||
    access.kind === 'optionalCaller' ||
    (access.kind === 'policy' && access.publicWhenVisible);
  if (access.kind === 'public' || (mayBeAnonymous && authorization === undefined)) {
    return { ok: true, value: { guard: undefined, caller: undefined } };
  }
  if (parts.guard === undefined) throw new Error(`${definition.operationId} needs a guard`);
  const guard = await parts.guard();
  const authentication = await guard.authenticate(authorization);
  if (!authentication.authenticated) {
    const detail = {
      missing: 'No bearer token was sent.',
      malformed: 'The Authorization header is not a bearer token.',
      expired: 'The token has expired.',
      invalid: 'The token is not valid here.',
    }[authentication.reason];
    const error = authentication.reason === 'missing' ? '' : ' error="invalid_token"';
    return {
      ok: false,
      problem: problem('UNAUTHENTICATED', {
        detail,
        headers: { 'WWW-Authenticate': `Bearer realm="fairground"${error}` },
      }),
    };
  }
  return { ok: true, value: { guard, caller: authentication.caller } };
};

interface Permission {
  readonly caller: Caller | undefined;
  readonly resource: LoadedResource | undefined;
  readonly organizationId: string | undefined;
  readonly sides: readonly string[];
}

/** Default deny: whatever is not public passes only when a policy says so. */
const permit = async (
  definition: RouteDefinition,
  parts: Parts,
  { guard, caller }: Identity,
  input: Input,
  now: Date,
): Promise<Outcome<Permission>> => {
  const { access } = definition;
  if (access.kind === 'public' || access.kind === 'optionalCaller') {
    return { ok: true, value: { caller, resource: undefined, organizationId: undefined, sides: [] } };
  }
  const authorize = async (
    resource: ProtectedResource,
    memberships?: readonly Membership[],
  ): Promise<boolean> => {
    if (guard === undefined || caller === undefined) return false;
    const decision = await guard.authorize({
      caller,
      memberships: memberships ?? (await guard.membershipsOf(caller.subject)),
      action: access.action,
      resource,
      now,
    });
    if (!decision.allowed)
      logger.info('denied', { action: access.action, kind: resource.kind, reasons: decision.reasons });
    return decision.allowed;
  };

  if (access.kind === 'signedIn') {
    return (await authorize({ kind: 'platform', id: 'platform' }))
      ? { ok: true, value: { caller, resource: undefined, organizationId: undefined, sides: [] } }
      : { ok: false, problem: problem('FORBIDDEN') };
  }

  const id = valueAt(input, access.resource.from);
  if (access.resource.kind === 'organization') {
    const memberships = guard && caller ? await guard.membershipsOf(caller.subject) : [];
    const organization = chooseOrganization(id, memberships, access.resource.from);
    if (!organization.ok) return organization;
    const organizationId = organization.value;
    if (await authorize({ kind: 'organization', id: organizationId, organizationId }, memberships)) {
      return { ok: true, value: { caller, resource: undefined, organizationId, sides: [] } };
    }
    const isMember = memberships.some((membership) => membership.organizationId === organizationId);
    return { ok: false, problem: problem(isMember ? 'FORBIDDEN' : 'NOT_FOUND') };
  }

  const load = parts.loaders[access.resource.kind];
  if (load === undefined) throw new Error(`No loader for ${access.resource.kind}`);
  const resource = id === undefined ? undefined : await load(id, { params: input.params });
  if (resource === undefined || id === undefined) return { ok: false, problem: problem('NOT_FOUND') };
  const granted = (
    organizationId = resource.organizationId,
    sides: readonly string[] = [],
  ): Outcome<Permission> => ({
    ok: true,
    value: { caller, resource, organizationId, sides },
  });
  if (access.publicWhenVisible && resource.isPublic) return granted();
  const { entity: _, sides, ...attributes } = resource;
  const thing = { ...attributes, kind: access.resource.kind, id };
  const memberships = guard && caller ? await guard.membershipsOf(caller.subject) : [];
  if (sides === undefined) {
    if (await authorize(thing, memberships)) return granted();
  } else {
    const allowed: string[] = [];
    for (const [side, organizationId] of Object.entries(sides)) {
      if (await authorize({ ...thing, organizationId, side }, memberships)) allowed.push(side);
    }
    const [first] = allowed;
    if (first !== undefined) return granted(sides[first], allowed);
  }
  const owners = sides === undefined ? [resource.organizationId] : Object.values(sides);
  const isMember = memberships.some(({ organizationId }) => owners.includes(organizationId));
  return { ok: false, problem: problem(isMember || resource.isPublic ? 'FORBIDDEN' : 'NOT_FOUND') };
};

/** `organizationId` may be left out by a caller who belongs to exactly one organization. */
const chooseOrganization = (
  named: string | undefined,
  memberships: readonly Membership[],
  from: string,
): Outcome<string> => {
  if (named !== undefined) return { ok: true, value: named };
  const own = [...new Set(memberships.map((membership) => membership.organizationId))];
  const [only] = own;
  if (own.length === 1 && only !== undefined) return { ok: true, value: only };
  if (own.length === 0) {
    return { ok: false, problem: problem('FORBIDDEN', { detail: 'You belong to no organization yet.' }) };
  }
  const [where, name] = from.split('.');
  return {
    ok: false,
    problem: problem('ORGANIZATION_REQUIRED', {
      errors: [
        {
          in: where === 'query' ? 'query' : 'body',
          pointer: `/${name}`,
          code: 'REQUIRED',
          detail: `You belong to ${own.length} organizations.`,
        },
      ],
    }),
  };
};

const valueAt = (input: Input, from: string): string | undefined => {
  const [part, name] = from.split('.') as ['params' | 'query' | 'body', string];
  const value = (input[part] as Record<string, unknown> | undefined)?.[name];
  return typeof value === 'string' ? value : undefined;
};

const withOrganization = (
  definition: RouteDefinition,
  body: unknown,
  organizationId: string | undefined,
): unknown =>
  definition.access.kind === 'policy' &&
  definition.access.resource.from === 'body.organizationId' &&
  organizationId !== undefined
    ? { ...(body as object), organizationId }
    : body;

/** What an exception means to the caller: busy when AWS would not answer in time, else our fault. */
const failure = (error: Error | null | undefined): Problem => {
  const name = error?.name ?? 'Error';
  logger.error('request failed', { error: error ?? new Error('unknown') });
  return busyErrors.has(name) || isUnreachable(error)
    ? problem('SERVICE_UNAVAILABLE', { headers: { 'Retry-After': '1' } })
    : problem('INTERNAL_ERROR');
};

/** AWS could not be reached, or broke itself, also when tried again: who comes back later may find it well. */
const isUnreachable = (error: (Error & { code?: unknown; $fault?: unknown }) | null | undefined): boolean =>
  error?.$fault === 'server' || connectionErrors.has(String(error?.code));

const connectionErrors = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

const busyErrors = new Set([
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ThrottlingException',
  'TimeoutError',
  'TooManyWriters',
  'TransactionCanceledException',
  'TransactionConflictException',
  'TransactionInProgressException',
  'UpstreamUnavailable',
]);

/** Sent with every answer. The API is read with bearer tokens, never cookies, so any origin may call it. */
const standardHeaders = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Expose-Headers': 'ETag, X-Request-Id, Idempotent-Replayed, Retry-After, Link, Location',
  'Strict-Transport-Security': 'max-age=63072000; includeSubDomains',
  'X-Content-Type-Options': 'nosniff',
};

/**
 * Writes an answer as API Gateway’s proxy result: JSON, a text or bytes (as base64) of the media type of
 * `document`; a problem becomes an RFC 9457 document.
 */
export const render = (
  answer: Answer,
  event: APIGatewayProxyEvent,
  document?: ResponseDefinition['document'],
): APIGatewayProxyResult => {
  const scope = currentScope();
  const headers: Record<string, string> = {
    ...standardHeaders,
    'X-Request-Id': scope?.requestId ?? '',
    ...(scope?.traceparent !== undefined && { traceparent: scope.traceparent }),
    ...answer.headers,
  };
  if (answer.kind === 'problem') {
    const { status, title, whatToDo } = problemCatalogue[answer.code];
    headers['Content-Type'] = 'application/problem+json';
    headers['Cache-Control'] = 'no-store';
    return {
      statusCode: status,
      headers,
      body: JSON.stringify({
        type: `urn:fairground:problem:${answer.code}`,
        title,
        status,
        code: answer.code,
        detail: answer.detail ?? whatToDo,
        instance: event.path,
        requestId: scope?.requestId,
        ...(answer.errors !== undefined && { errors: answer.errors }),
        ...answer.members,
      }),
    };
  }
  if (answer.etag !== undefined) headers.ETag = answer.etag;
  headers['Cache-Control'] = answer.cacheControl ?? (answer.etag === undefined ? 'no-store' : 'no-cache');
  if (answer.replayed) headers['Idempotent-Replayed'] = 'true';
  if (answer.body === undefined) return { statusCode: answer.status, headers, body: '' };
  headers['Content-Type'] ??= document?.mediaType ?? 'application/json';
  if (answer.body instanceof Uint8Array) {
    return {
      statusCode: answer.status,
      headers,
      body: Buffer.from(answer.body).toString('base64'),
      isBase64Encoded: true,
    };
  }
  return {
    statusCode: answer.status,
    headers,
    body: typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body),
  };
};

/**
 * What a refused creation means: the same request before (answer with the resource as it is now,
 * `replayed: true`), or another request under the same key.
 */
export const isReplay = (
  old: object | undefined,
  request: { readonly idempotency: { readonly requestHash: string } },
): boolean =>
  old !== undefined && 'requestHash' in old && old.requestHash === request.idempotency.requestHash;
