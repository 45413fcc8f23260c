import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answerApi } from '../../local/gateway.ts';
import type { Invocation, LambdaFunction } from '../../local/lambda.ts';
import { isBinaryType, openRestApi, toProxyEvent } from '../../local/rest-api.ts';
import type { Resource } from '../../local/template.ts';
import { acceptHeaders } from '../support/accept-headers.ts';

const resource = (name: string, parent: string, part: string): Resource => ({
  name,
  type: 'AWS::ApiGateway::Resource',
  properties: { ParentId: parent, PathPart: part },
});
const method = (resourceId: string, verb: string, functionName: string): Resource => ({
  name: `${resourceId}-${verb}`,
  type: 'AWS::ApiGateway::Method',
  properties: {
    ResourceId: resourceId,
    HttpMethod: verb,
    Integration: {
      Type: 'AWS_PROXY',
      Uri: `arn:aws:apigateway:eu-central-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-central-1:000000000000:function:${functionName}/invocations`,
    },
  },
});
const gatewayResponse = (type: string, status: string, template: string): Resource => ({
  name: type,
  type: 'AWS::ApiGateway::GatewayResponse',
  properties: {
    ResponseType: type,
    StatusCode: status,
    ResponseParameters: {
      'gatewayresponse.header.Content-Type': "'application/problem+json'",
      'gatewayresponse.header.X-Request-Id': 'context.requestId',
    },
    ResponseTemplates: { 'application/json': template },
  },
});

const resources: readonly Resource[] = [
  {
    name: 'api',
    type: 'AWS::ApiGateway::RestApi',
    properties: { MinimumCompressionSize: 1_024, BinaryMediaTypes: ['*/*'] },
  },
  { name: 'stage', type: 'AWS::ApiGateway::Stage', properties: { StageName: 'v1' } },
  resource('events', 'api-root', 'events'),
  resource('event', 'events', '{eventId}'),
  resource('nearby', 'events', 'nearby'),
  resource('rest', 'api-root', '{proxy+}'),
  method('api-root', 'ANY', 'fallback'),
  method('events', 'GET', 'list'),
  method('events', 'ANY', 'fallback'),
  method('event', 'GET', 'one'),
  method('nearby', 'GET', 'nearby'),
  method('rest', 'ANY', 'fallback'),
  gatewayResponse('REQUEST_TOO_LARGE', '413', '{"code":"PAYLOAD_TOO_LARGE","instance":"$context.path"}'),
  gatewayResponse('DEFAULT_5XX', '503', '{"code":"SERVICE_UNAVAILABLE"}'),
];
const api = openRestApi(resources);

describe('which function answers', () => {
  test.for([
    ['GET', '/events', 'list', {}],
    ['POST', '/events', 'fallback', {}],
    ['GET', '/events/evt_1', 'one', { eventId: 'evt_1' }],
    ['GET', '/events/a%2Fb', 'one', { eventId: 'a/b' }],
    ['GET', '/events/%E0%A4%A', 'one', { eventId: '%E0%A4%A' }],
    ['GET', '/events/nearby', 'nearby', {}],
    ['GET', '/events/evt_1/more', 'fallback', { proxy: 'events/evt_1/more' }],
    ['PUT', '/nothing', 'fallback', { proxy: 'nothing' }],
    ['GET', '/', 'fallback', {}],
  ] as const)('%s %s → %s', ([verb, path, functionName, pathParameters]) => {
    expect(api.match(verb, path)).toMatchObject({ functionName, pathParameters });
  });

  test('a resource without the method and without ANY answers nothing', () => {
    expect(api.match('DELETE', '/events/nearby')).toBeUndefined();
  });

  test('an integration that is no Lambda proxy is refused', () => {
    const mock = { ...method('events', 'PUT', 'x'), properties: { ResourceId: 'events', HttpMethod: 'PUT' } };
    expect(() => openRestApi([...resources, mock])).toThrow('only Lambda proxy integrations');
  });
});

test('the event is that of a Lambda proxy integration', () => {
  const event = toProxyEvent(
    {
      method: 'POST',
      path: '/events/evt_1',
      query: new URLSearchParams('tag=a&tag=b&q=x%20y'),
      rawHeaders: ['Host', 'localhost', 'X-Two', '1', 'X-Two', '2'],
      body: Buffer.from('{"a":"ä"}'),
      sourceIp: '127.0.0.1',
    },
    { functionName: 'one', resourcePath: '/events/{eventId}', pathParameters: { eventId: 'evt_1' } },
    api,
    'req-1',
  );
  expect(event).toMatchObject({
    resource: '/events/{eventId}',
    path: '/events/evt_1',
    httpMethod: 'POST',
    headers: { Host: 'localhost', 'X-Two': '2' },
    multiValueHeaders: { Host: ['localhost'], 'X-Two': ['1', '2'] },
    queryStringParameters: { tag: 'b', q: 'x y' },
    multiValueQueryStringParameters: { tag: ['a', 'b'], q: ['x y'] },
    pathParameters: { eventId: 'evt_1' },
    requestContext: {
      requestId: 'req-1',
      stage: 'v1',
      path: '/v1/events/evt_1',
      identity: { sourceIp: '127.0.0.1' },
    },
    body: Buffer.from('{"a":"ä"}').toString('base64'),
    isBase64Encoded: true,
  });
});

describe('over HTTP', () => {
  let answer: (event: { body: string | null }) => Invocation;
  const fake = {
    invoke: async (event: { body: string | null }) => answer(event),
  } as unknown as LambdaFunction;
  const server = createServer((request, response) => void answerApi(api, () => fake, request, response));
  let port = 0;
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
  });
  afterAll(() => server.close());

  const result = (proxyResult: unknown): Invocation => ({ ok: true, payload: JSON.stringify(proxyResult) });
  const call = (options: { method?: string; headers?: Record<string, string>; body?: Buffer } = {}) =>
    new Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; body: Buffer }>(
      (resolve, reject) => {
        const request = httpRequest(
          {
            port,
            host: '127.0.0.1',
            path: '/v1/events',
            method: options.method ?? 'GET',
            headers: options.headers ?? {},
          },
          async (response) => {
            const chunks: Buffer[] = [];
            for await (const chunk of response) chunks.push(chunk);
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              body: Buffer.concat(chunks),
            });
          },
        );
        request.on('error', reject);
        request.end(options.body);
      },
    );

  test('answers of at least the minimum are compressed for those who accept it', async () => {
    const text = 'x'.repeat(1_024);
    answer = () => result({ statusCode: 200, headers: { 'Content-Type': 'text/plain' }, body: text });
    const plain = await call();
    expect(plain.headers['content-encoding']).toBeUndefined();
    expect(plain.body.toString()).toBe(text);
    const compressed = await call({ headers: { 'accept-encoding': 'br, gzip;q=0.5' } });
    expect(compressed.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(compressed.body).toString()).toBe(text);
    expect(
      (await call({ headers: { 'accept-encoding': 'gzip;q=0' } })).headers['content-encoding'],
    ).toBeUndefined();
    answer = () => result({ statusCode: 200, body: 'x'.repeat(1_023) });
    expect(
      (await call({ headers: { 'accept-encoding': 'gzip' } })).headers['content-encoding'],
    ).toBeUndefined();
  });

  test('functions get the plain text of a compressed body, and a broken one is refused', async () => {
    answer = ({ body }) => result({ statusCode: 200, body, isBase64Encoded: true });
    const headers = { 'content-encoding': 'gzip' };
    expect((await call({ method: 'POST', headers, body: gzipSync('hello') })).body.toString()).toBe('hello');
    expect((await call({ method: 'POST', headers, body: Buffer.from('hello') })).status).toBe(400);
    const bomb = gzipSync(Buffer.alloc(11 * 1024 * 1024));
    expect((await call({ method: 'POST', headers, body: bomb })).status).toBe(400);
  });

  test('more than 10 MB is refused by the gateway, in the words of its template', async () => {
    const { status, headers, body } = await call({
      method: 'POST',
      body: Buffer.alloc(10 * 1024 * 1024 + 1, 'x'),
    });
    expect(status).toBe(413);
    expect(headers['content-type']).toBe('application/problem+json');
    expect(headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    expect(JSON.parse(body.toString())).toEqual({ code: 'PAYLOAD_TOO_LARGE', instance: '/events' });
  });

  test.for([
    ['times out', { ok: false, reason: 'timeout', message: '' }, 503, 'SERVICE_UNAVAILABLE'],
    ['throws', { ok: false, reason: 'error', message: '' }, 503, 'SERVICE_UNAVAILABLE'],
    ['is handed too much', { ok: false, reason: 'too_large', message: '' }, 413, 'PAYLOAD_TOO_LARGE'],
    ['answers no proxy result', { ok: true, payload: '"hello"' }, 503, 'SERVICE_UNAVAILABLE'],
  ] as const)('a function that %s', async ([, invocation, status, code]) => {
    answer = () => invocation;
    const answered = await call();
    expect([answered.status, JSON.parse(answered.body.toString()).code]).toEqual([status, code]);
  });

  test.for(Object.entries(acceptHeaders))('bytes reach who asks for %s', async ([, accept]) => {
    const bytes = Buffer.from([0x89, 0x50, 0x00, 0xff]);
    answer = () => result({ statusCode: 200, body: bytes.toString('base64'), isBase64Encoded: true });
    const answered = await call({ headers: { accept } });
    expect([answered.body.toString('hex'), answered.headers['content-length']]).toEqual(['895000ff', '4']);
  });

  test('bytes are compressed like texts, and come whole', async () => {
    const bytes = Buffer.from(Array.from({ length: 2_000 }, (_, index) => index % 256));
    answer = () => result({ statusCode: 200, body: bytes.toString('base64'), isBase64Encoded: true });
    const answered = await call({ headers: { accept: 'image/avif,*/*', 'accept-encoding': 'gzip, br' } });
    expect(answered.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(answered.body).equals(bytes)).toBe(true);
  });

  test('204 and 304 have no body', async () => {
    answer = () => result({ statusCode: 304, headers: { ETag: '"r1"' }, body: '' });
    const { status, headers, body } = await call();
    expect([status, headers['etag'], headers['content-length'], body.length]).toEqual([
      304,
      '"r1"',
      undefined,
      0,
    ]);
  });
});

describe('media types that are bytes', () => {
  const binary = { stageName: 'v1', binaryMediaTypes: ['image/*', 'application/pdf'] };
  const eventOf = (contentType: string) =>
    toProxyEvent(
      {
        method: 'POST',
        path: '/events',
        query: new URLSearchParams(),
        rawHeaders: ['content-Type', contentType],
        body: Buffer.from([0x7b, 0x7d, 0xff]),
        sourceIp: '127.0.0.1',
      },
      { functionName: 'list', resourcePath: '/events', pathParameters: {} },
      binary,
    );

  test.for(['image/png', 'Image/JPEG; q=1', 'application/pdf'])(
    'a body of %s reaches the function as base64',
    (contentType) => {
      expect(eventOf(contentType)).toMatchObject({ body: 'e33/', isBase64Encoded: true });
    },
  );

  test.for(['application/json', 'application/json; charset=utf-8', '*/*', ''])(
    'a body of %j stays text',
    (contentType) => {
      expect(eventOf(contentType)).toMatchObject({ body: '{}\uFFFD', isBase64Encoded: false });
    },
  );

  test('the wildcard of all types covers every body', () => {
    expect(isBinaryType('application/json', ['*/*'])).toBe(true);
    expect(isBinaryType(undefined, ['*/*'])).toBe(true);
    expect(isBinaryType('application/json', [])).toBe(false);
  });
});
