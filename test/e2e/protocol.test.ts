import { describe, expect, inject, test } from 'vitest';
import { anybody, signIn } from './client.ts';
import { freshName, newOrganizer } from './scenario.ts';

/** A request that the route table does not know, or that breaks its rules. */
const send = async (method: string, path: string, init: Omit<RequestInit, 'method'> = {}) => {
  const response = await fetch(`${inject('target').url}${path}`, { method, ...init });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: (text === '' ? undefined : JSON.parse(text)) as Record<string, unknown> | undefined,
  };
};

const someHold = '/holds/hld_00000000000000000000000000';

describe('paths and methods', () => {
  test('a method that a path does not take is 405 with those that it does', async () => {
    for (const [method, path, allow] of [
      ['DELETE', '/organizations', 'GET, OPTIONS, POST'],
      ['PUT', someHold, 'DELETE, GET, OPTIONS'],
      ['PATCH', '/health', 'GET, OPTIONS'],
      ['GET', '/sessions/ses_00000000000000000000000000/holds', 'OPTIONS, POST'],
    ] as const) {
      const answer = await send(method, path);
      expect(answer.body).toMatchObject({ status: 405, code: 'METHOD_NOT_ALLOWED' });
      expect(answer.headers.get('content-type')).toBe('application/problem+json');
      expect([answer.status, answer.headers.get('allow')]).toEqual([405, allow]);
    }
  });

  test('an unknown path is 404', async () => {
    for (const path of ['/', '/nothing', '/organizations/a/b/c', '/health/deep']) {
      const answer = await send('GET', path);
      expect([path, answer.status, answer.body?.code]).toEqual([path, 404, 'NOT_FOUND']);
    }
  });

  test('an id that cannot exist is not found', async () => {
    for (const path of ['/holds/42', '/sessions/ses_1/seats', '/events/%00', '/events/..%2Fvenues']) {
      const answer = await send('GET', path);
      expect([path, answer.status, answer.body?.code]).toEqual([path, 404, 'NOT_FOUND']);
    }
  });

  test('a browser’s preflight is answered', async () => {
    const answer = await send('OPTIONS', '/sessions/ses_00000000000000000000000000/holds', {
      headers: {
        origin: 'https://tickets.example.com',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type,idempotency-key',
      },
    });
    expect(answer.status).toBe(204);
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    expect(answer.headers.get('access-control-allow-methods')).toBe('OPTIONS, POST');
    const allowed = answer.headers.get('access-control-allow-headers')?.toLowerCase().split(', ');
    expect(allowed).toEqual(
      expect.arrayContaining(['authorization', 'content-type', 'idempotency-key', 'if-match']),
    );
  });

  test('answers may be read by any page, and are what they say', async () => {
    const answer = await send('GET', '/health');
    expect(answer.body).toMatchObject({ status: 'ok' });
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    expect(answer.headers.get('access-control-expose-headers')).toContain('ETag');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('strict-transport-security')).toContain('max-age=');
  });
});

describe('bodies', () => {
  const post = async (path: string, body: string, contentType?: string) => {
    const { token } = await signIn(freshName('ann'));
    return send('POST', path, {
      headers: {
        authorization: `Bearer ${token}`,
        'idempotency-key': crypto.randomUUID(),
        ...(contentType !== undefined && { 'content-type': contentType }),
      },
      body: Buffer.from(body),
    });
  };

  test.for([
    ['malformed JSON', '{"name":', 'application/json', 400, 'INVALID_REQUEST'],
    ['another media type', 'name=Ann', 'application/x-www-form-urlencoded', 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['no media type', '{"name":"Ann","kind":"organizer"}', undefined, 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['JSON that is no object', '[]', 'application/json', 422, 'VALIDATION_FAILED'],
    ['nothing at all', '', 'application/json', 422, 'VALIDATION_FAILED'],
    [
      'more than it may have',
      `{"name":"${'a'.repeat(300_000)}"}`,
      'application/json',
      413,
      'PAYLOAD_TOO_LARGE',
    ],
  ] as const)('%s is refused', async ([, body, contentType, status, code]) => {
    const answer = await post('/organizations', body, contentType);
    expect([answer.status, answer.body?.code]).toEqual([status, code]);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
  });

  test('every fault is named at once, unknown fields too', async () => {
    const answer = await post(
      '/organizations',
      JSON.stringify({ name: ' ', kind: 'circus', 'a/b': 1, owner: 'ann' }),
      'application/json; charset=utf-8',
    );
    expect(answer.status).toBe(422);
    expect(answer.body?.errors).toMatchObject([
      { in: 'body', pointer: '/name', code: 'TOO_SMALL' },
      { in: 'body', pointer: '/kind', code: 'INVALID_VALUE' },
      { in: 'body', pointer: '/a~1b', code: 'UNKNOWN_FIELD' },
      { in: 'body', pointer: '/owner', code: 'UNKNOWN_FIELD' },
    ]);
  });

  test('text of any script arrives as it was sent', async () => {
    const { client } = await newOrganizer();
    const name = 'Ștefan Țîrlea · Γιώργος · 小澤征爾 🎻';
    const made = await client.ok(201, 'createPerformer', { body: { name } });
    const read = await client.ok(200, 'getPerformer', { params: { performerId: made.body.id } });
    expect(read.body.name).toBe(name);
  });

  test('unknown query parameters are refused', async () => {
    const answer = await send('GET', '/health?verbose=1');
    expect(answer.status).toBe(422);
    expect(answer.body?.errors).toMatchObject([{ in: 'query', pointer: '/verbose', code: 'UNKNOWN_FIELD' }]);
  });
});

test('every answer has a request id of its own, and a trace is passed on', async () => {
  const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
  const first = await anybody().ok(200, 'getHealth', { headers: { traceparent } });
  const second = await anybody().ok(200, 'getHealth', { headers: { traceparent: 'nonsense' } });
  expect(first.headers.get('traceparent')).toBe(traceparent);
  expect(second.headers.get('traceparent')).toBeNull();
  const ids = [first, second].map(({ headers }) => headers.get('x-request-id'));
  expect(new Set(ids).size).toBe(2);
  const refused = await send('GET', someHold, { headers: { traceparent } });
  expect(refused.body?.requestId).toBe(refused.headers.get('x-request-id'));
  expect(refused.headers.get('traceparent')).toBe(traceparent);
});

test('the API describes itself', async () => {
  const { body, headers } = await anybody().ok(200, 'getOpenApi', {});
  expect(body.openapi).toBe('3.1.0');
  expect(Object.keys(body.paths as object)).toContain('/sessions/{sessionId}/holds');
  await anybody().ok(304, 'getOpenApi', { ifNoneMatch: headers.get('etag') ?? '' });
});
