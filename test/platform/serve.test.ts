import type { APIGatewayProxyResult, Context } from 'aws-lambda';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { ok, problem } from '../../functions/platform/answer.ts';
import type { Guard } from '../../functions/platform/guard.ts';
import { policy, publicAccess, route, signedIn } from '../../functions/platform/route.ts';
import { serve } from '../../functions/platform/serve.ts';
import { TooManyWriters } from '../../functions/platform/until-written.ts';
import { type EventOptions, gatewayEvent } from '../support/gateway-event.ts';

const box = z.strictObject({ id: z.string(), size: z.int() });
const boxId = z.strictObject({ boxId: z.string().regex(/^box_[a-z]{1,8}$/) });
const base = {
  function: 'boxes-queries',
  tags: ['Boxes'],
  summary: 'Boxes',
  responses: { 200: { description: 'A box', schema: box } },
} as const;

const routes = {
  getBox: route({
    ...base,
    operationId: 'getBox',
    method: 'GET',
    path: '/boxes/{boxId}',
    access: publicAccess(),
    params: boxId,
  }),
  listBoxes: route({
    ...base,
    operationId: 'listBoxes',
    method: 'GET',
    path: '/boxes',
    access: signedIn('ListBoxes'),
    query: z.strictObject({ limit: z.coerce.number().int().max(100).default(20) }),
  }),
  measureBox: route({
    ...base,
    operationId: 'measureBox',
    method: 'POST',
    path: '/boxes',
    access: publicAccess(),
    body: z.strictObject({ size: z.int().max(9), tags: z.array(z.enum(['red', 'blue'])).optional() }),
    maxBodyBytes: 1_000,
  }),
  changeBox: route({
    ...base,
    operationId: 'changeBox',
    method: 'PATCH',
    path: '/boxes/{boxId}',
    access: policy('ChangeBox', { kind: 'box', from: 'params.boxId' }),
    ifMatch: true,
    params: boxId,
    body: z.strictObject({ size: z.int() }),
  }),
  peekBox: route({
    ...base,
    operationId: 'peekBox',
    method: 'GET',
    path: '/boxes/{boxId}/peek',
    access: policy('PeekBox', { kind: 'box', from: 'params.boxId' }, { publicWhenVisible: true }),
    params: boxId,
  }),
  moveBox: route({
    ...base,
    operationId: 'moveBox',
    method: 'GET',
    path: '/boxes/{boxId}/move',
    access: policy('MoveBox', { kind: 'move', from: 'params.boxId' }),
    params: boxId,
    responses: {
      200: {
        description: 'Who moves it',
        schema: z.strictObject({ sides: z.array(z.enum(['from', 'to'])), organizationId: z.string() }),
      },
    },
  }),
  stackBoxes: route({
    ...base,
    operationId: 'stackBoxes',
    method: 'POST',
    path: '/stacks',
    access: policy('StackBoxes', { kind: 'organization', from: 'body.organizationId' }),
    body: z.strictObject({ organizationId: z.string().optional() }),
  }),
  sealBox: route({
    ...base,
    operationId: 'sealBox',
    method: 'POST',
    path: '/seals',
    access: publicAccess(),
    rawBody: { mediaType: 'application/json', description: 'What the seal is over.' },
    maxBodyBytes: 20,
    responses: {
      200: { description: 'What came', schema: z.strictObject({ hex: z.string() }), example: { hex: '' } },
    },
  }),
  breakBox: route({
    ...base,
    operationId: 'breakBox',
    method: 'GET',
    path: '/broken',
    access: publicAccess(),
  }),
  crowdBox: route({
    ...base,
    operationId: 'crowdBox',
    method: 'GET',
    path: '/crowded',
    access: publicAccess(),
  }),
};

/** `Bearer <subject>` is a valid token here; owners of org_a may do everything with what is org_a’s. */
const guard: Guard = {
  authenticate: async (authorization) => {
    const subject = authorization?.replace(/^Bearer /, '');
    if (subject === undefined) return { authenticated: false, reason: 'missing' };
    if (subject === 'forged') return { authenticated: false, reason: 'invalid' };
    return { authenticated: true, caller: { subject, roles: [] } };
  },
  membershipsOf: async (subject) =>
    ({
      ann: [{ organizationId: 'org_a', role: 'owner' as const }],
      bob: [{ organizationId: 'org_b', role: 'owner' as const }],
      cat: [
        { organizationId: 'org_a', role: 'staff' as const },
        { organizationId: 'org_b', role: 'owner' as const },
      ],
    })[subject] ?? [],
  authorize: async ({ memberships, action, resource }) => ({
    allowed:
      action === 'ListBoxes' ||
      memberships.some((m) => m.organizationId === resource.organizationId && m.role === 'owner'),
    reasons: [],
  }),
};

const boxes: Record<
  string,
  { organizationId: string; isPublic: boolean; entity: { id: string; size: number } }
> = {
  box_secret: { organizationId: 'org_a', isPublic: false, entity: { id: 'box_secret', size: 1 } },
  box_open: { organizationId: 'org_a', isPublic: true, entity: { id: 'box_open', size: 2 } },
};

const handler = serve({
  routes,
  loaders: {
    box: async (id: string) => boxes[id],
    move: async (id: string) =>
      id === 'box_within'
        ? { entity: id, sides: { from: 'org_a', to: 'org_a' } }
        : { entity: id, sides: { from: 'org_a', to: 'org_b' } },
  },
  guard: async () => guard,
  handlers: {
    getBox: async ({ params }) => ok(200, { id: params.boxId, size: 1 }, { etag: '"r1.x"' }),
    listBoxes: async ({ query }) => ok(200, { id: 'box_l', size: query.limit }),
    measureBox: async ({ body }) => ok(200, { id: 'box_m', size: body.size }),
    changeBox: async ({ resource, body, ifMatchRevision }) =>
      ifMatchRevision === 3
        ? ok(200, { id: resource.entity.id, size: body.size })
        : problem('PRECONDITION_FAILED'),
    peekBox: async ({ resource }) => ok(200, resource.entity),
    moveBox: async ({ sides, organizationId }) => ok(200, { sides, organizationId: organizationId ?? '' }),
    stackBoxes: async ({ organizationId }) => ok(200, { id: organizationId ?? '', size: 0 }),
    sealBox: async ({ body }) => ok(200, { hex: Buffer.from(body).toString('hex') }),
    breakBox: async () => {
      throw Object.assign(new Error('table arn:aws:dynamodb is on fire'), {
        name: 'ResourceNotFoundException',
      });
    },
    crowdBox: async () => {
      throw new TooManyWriters('The box');
    },
  },
});

const call = async (method: string, path: string, options: EventOptions = {}) => {
  const params = /\/boxes\/([^/]+)/.exec(path)?.[1];
  const result = (await handler(
    gatewayEvent(method, path, { ...(params && { params: { boxId: params } }), ...options }),
    {} as Context,
  )) as APIGatewayProxyResult;
  return {
    status: result.statusCode,
    headers: result.headers ?? {},
    body: result.body === '' ? undefined : JSON.parse(result.body),
  };
};

describe('input', () => {
  test('the body is checked, every fault is named by pointer', async () => {
    const { status, body } = await call('POST', '/boxes', {
      body: { size: 10, tags: ['red', 'green'], colour: 1, 'a/b': 2 },
    });
    expect(status).toBe(422);
    expect(body.code).toBe('VALIDATION_FAILED');
    expect(body.errors.map((e: { pointer: string; code: string }) => [e.pointer, e.code])).toEqual([
      ['/size', 'TOO_BIG'],
      ['/tags/1', 'INVALID_VALUE'],
      ['/colour', 'UNKNOWN_FIELD'],
      ['/a~1b', 'UNKNOWN_FIELD'],
    ]);
    expect(body.detail).toBe('4 faults.');
  });

  test.for([
    ['not JSON', { rawBody: '{"size":' }, 400, 'INVALID_REQUEST'],
    [
      'another media type',
      { rawBody: 'size=1', headers: { 'content-type': 'text/plain' } },
      415,
      'UNSUPPORTED_MEDIA_TYPE',
    ],
    ['no media type', { rawBody: '{}', headers: { 'content-type': '' } }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
    [
      'too large',
      { rawBody: JSON.stringify({ size: 1, tags: ['x'.repeat(1_000)] }) },
      413,
      'PAYLOAD_TOO_LARGE',
    ],
    ['invalid UTF-8', { rawBody: Buffer.from([0x22, 0xff, 0x22]) }, 400, 'INVALID_REQUEST'],
    ['no body', {}, 422, 'VALIDATION_FAILED'],
    ['null', { rawBody: 'null' }, 422, 'VALIDATION_FAILED'],
    ['a __proto__ field', { rawBody: '{"size":1,"__proto__":{"size":2}}' }, 422, 'VALIDATION_FAILED'],
  ] as const)('%s', async ([, options, status, code]) => {
    const answer = await call('POST', '/boxes', options);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(answer.headers['Content-Type']).toBe('application/problem+json');
  });

  test.for([
    ['text that JSON would not keep', { rawBody: '{ "a":1.0}\n' }, '7b202261223a312e307d0a'],
    ['text beyond ASCII', { rawBody: 'ä€' }, 'c3a4e282ac'],
    ['bytes that are no text', { rawBody: Buffer.from([0xff, 0x00, 0x41]) }, 'ff0041'],
    ['text of an emulator', { rawBody: 'ä€', bodyAsText: true }, 'c3a4e282ac'],
    ['another media type', { rawBody: 'a=1', headers: { 'content-type': 'text/plain' } }, '613d31'],
    ['nothing', {}, ''],
  ] as const)('a raw body comes as its bytes: %s', async ([, options, hex]) => {
    expect(await call('POST', '/seals', options)).toMatchObject({ status: 200, body: { hex } });
  });

  test('a raw body is measured in bytes, decoded', async () => {
    const most = '€'.repeat(6) + 'xx';
    expect((await call('POST', '/seals', { rawBody: most })).status).toBe(200);
    expect((await call('POST', '/seals', { rawBody: most, bodyAsText: true })).status).toBe(200);
    expect(await call('POST', '/seals', { rawBody: `${most}x` })).toMatchObject({
      status: 413,
      body: { code: 'PAYLOAD_TOO_LARGE', detail: 'The body may have 20 bytes on this route.' },
    });
  });

  test.for([false, true])('bodies are read, as text too: %s', async (bodyAsText) => {
    const answer = await call('POST', '/boxes', { body: { size: 4, tags: ['red'] }, bodyAsText });
    expect(answer).toMatchObject({ status: 200, body: { size: 4 } });
  });

  test.for([
    ['nothing', {}, 200],
    ['an empty text', { rawBody: '' }, 200],
    ['an empty object, as some clients send with every request', { rawBody: ' {}\n' }, 200],
    ['the same as text', { rawBody: '{}', bodyAsText: true }, 200],
    ['anything else', { rawBody: '{"size":1}' }, 400],
  ] as const)('a route without a body takes %s: %s', async ([, options, status]) => {
    expect(
      (await call('GET', '/boxes', { headers: { authorization: 'Bearer ann' }, ...options })).status,
    ).toBe(status);
  });

  test('unknown query parameters and repeated ones are refused, defaults filled in', async () => {
    const headers = { authorization: 'Bearer ann' };
    expect((await call('GET', '/boxes', { headers })).body.size).toBe(20);
    expect((await call('GET', '/boxes', { headers, query: { limit: '7' } })).body.size).toBe(7);
    const unknown = await call('GET', '/boxes', { headers, query: { page: '1' } });
    expect(unknown.body.errors).toEqual([
      { in: 'query', pointer: '/page', code: 'UNKNOWN_FIELD', detail: 'This field is not known here.' },
    ]);
    const event = gatewayEvent('GET', '/boxes', { headers, query: { limit: '1' } });
    const repeated = await handler(
      { ...event, multiValueQueryStringParameters: { limit: ['1', '2'] } },
      {} as Context,
    );
    expect(JSON.parse(repeated.body).errors[0].code).toBe('REPEATED');
  });

  test('an id that cannot exist is a missing thing', async () => {
    expect(await call('GET', '/boxes/BOX!')).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
  });
});

describe('answers', () => {
  test('carry the request id, pass traceparent on, and are cached only when they say so', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const { headers } = await call('GET', '/boxes/box_a', { headers: { TraceParent: traceparent } });
    expect(headers).toMatchObject({
      'X-Request-Id': 'request-1',
      traceparent,
      'Cache-Control': 'no-cache',
      ETag: '"r1.x"',
    });
    expect(
      (await call('GET', '/boxes/box_a', { headers: { traceparent: '00-xyz' } })).headers.traceparent,
    ).toBeUndefined();
  });

  test('304 when If-None-Match names the tag', async () => {
    const answer = await call('GET', '/boxes/box_a', { headers: { 'if-none-match': 'W/"old", "r1.x"' } });
    expect(answer).toMatchObject({ status: 304, body: undefined });
    expect((await call('GET', '/boxes/box_a', { headers: { 'if-none-match': '"r2.x"' } })).status).toBe(200);
  });

  test('an unexpected error says nothing of its cause', async () => {
    const { status, body } = await call('GET', '/broken');
    expect(status).toBe(500);
    expect(body).toEqual({
      type: 'urn:fairground:problem:INTERNAL_ERROR',
      title: 'Something broke on our side',
      status: 500,
      code: 'INTERNAL_ERROR',
      detail: 'Retry with the same Idempotency-Key; if it stays, report the requestId.',
      instance: '/broken',
      requestId: 'request-1',
    });
  });

  test('who was slower than others each time is told to come back', async () => {
    const { status, headers, body } = await call('GET', '/crowded');
    expect([status, headers['Retry-After'], body.code]).toEqual([503, '1', 'SERVICE_UNAVAILABLE']);
  });

  test('an unknown path is a problem document', async () => {
    expect(await call('GET', '/nowhere')).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
  });
});

describe('access', () => {
  const change = (authorization: string | undefined, box = 'box_secret', more: EventOptions = {}) =>
    call('PATCH', `/boxes/${box}`, {
      body: { size: 5 },
      ...more,
      headers: { ...(authorization && { authorization }), 'if-match': '"r3"', ...more.headers },
    });

  test('an owner may', async () => {
    expect(await change('Bearer ann')).toMatchObject({ status: 200, body: { id: 'box_secret', size: 5 } });
  });

  test('no token and a bad token are 401, before anything else is said', async () => {
    for (const authorization of [undefined, 'Bearer forged']) {
      const answer = await change(authorization, 'box_secret', { body: { nonsense: true } });
      expect([answer.status, answer.body.code]).toEqual([401, 'UNAUTHENTICATED']);
      expect(answer.headers['WWW-Authenticate']).toMatch(/^Bearer realm="fairground"/);
    }
  });

  test('a stranger learns nothing of a private thing: the same answer as for a missing one', async () => {
    const strange = await change('Bearer bob');
    const missing = await change('Bearer bob', 'box_missing');
    expect(strange.status).toBe(404);
    const without = ({ instance: _, ...rest }: Record<string, unknown>) => rest;
    expect(without(strange.body)).toEqual(without(missing.body));
  });

  test('a stranger is forbidden what is public; a member without the role is forbidden, not misled', async () => {
    expect((await change('Bearer bob', 'box_open')).status).toBe(403);
    expect((await change('Bearer cat')).status).toBe(403);
  });

  test('publicWhenVisible: public things need no token, private ones do', async () => {
    expect((await call('GET', '/boxes/box_open/peek')).status).toBe(200);
    expect((await call('GET', '/boxes/box_secret/peek')).status).toBe(404);
    expect(
      (await call('GET', '/boxes/box_secret/peek', { headers: { authorization: 'Bearer ann' } })).status,
    ).toBe(200);
    expect(
      (await call('GET', '/boxes/box_open/peek', { headers: { authorization: 'Bearer forged' } })).status,
    ).toBe(401);
  });

  test('If-Match: required, and stale when it is not a tag of ours', async () => {
    expect(
      (
        await call('PATCH', '/boxes/box_secret', {
          body: { size: 1 },
          headers: { authorization: 'Bearer ann' },
        })
      ).status,
    ).toBe(428);
    expect((await change('Bearer ann', 'box_secret', { headers: { 'if-match': '"r2"' } })).status).toBe(412);
    expect((await change('Bearer ann', 'box_secret', { headers: { 'if-match': '*' } })).status).toBe(412);
    expect((await change('Bearer ann', 'box_secret', { headers: { 'if-match': '"r3.abc"' } })).status).toBe(
      200,
    );
  });

  test.for([
    ['ann', {}, 200, 'org_a'],
    ['bob', {}, 200, 'org_b'],
    ['bob', { organizationId: 'org_a' }, 404, undefined],
    ['cat', {}, 422, undefined],
    ['cat', { organizationId: 'org_b' }, 200, 'org_b'],
    ['cat', { organizationId: 'org_a' }, 403, undefined],
    ['dan', {}, 403, undefined],
  ] as const)('organization of %s with %j', async ([subject, body, status, id]) => {
    const answer = await call('POST', '/stacks', { body, headers: { authorization: `Bearer ${subject}` } });
    expect([answer.status, answer.body.id]).toEqual([status, id]);
  });

  test.for([
    ['ann', 'box_secret', 200, ['from'], 'org_a'],
    ['bob', 'box_secret', 200, ['to'], 'org_b'],
    ['cat', 'box_secret', 200, ['to'], 'org_b'],
    ['dan', 'box_secret', 404],
    ['ann', 'box_within', 200, ['from', 'to'], 'org_a'],
    ['bob', 'box_within', 404],
    ['cat', 'box_within', 403],
  ] as const)('between two organizations %s moves %s: %i %j', async ([subject, box, status, sides, id]) => {
    const headers = { authorization: `Bearer ${subject}` };
    const answer = await call('GET', `/boxes/${box}/move`, { headers });
    expect([answer.status, answer.body.sides, answer.body.organizationId]).toEqual([status, sides, id]);
  });
});
