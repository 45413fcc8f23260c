import { Validator } from '@seriousme/openapi-schema-validator';
import type { Context } from 'aws-lambda';
import { describe, expect, test } from 'vitest';
import { ok } from '../../functions/platform/answer.ts';
import { openApiDocument, problemCodesOf } from '../../functions/platform/openapi.ts';
import { publicAccess, route } from '../../functions/platform/route.ts';
import { serve } from '../../functions/platform/serve.ts';
import { isBinaryType, toGatewayAnswer } from '../../local/rest-api.ts';
import { gatewayEvent } from '../support/gateway-event.ts';

const base = {
  method: 'GET',
  function: 'boxes-queries',
  tags: ['Boxes'],
  summary: 'Documents',
  access: publicAccess(),
} as const;
const routes = {
  getText: route({
    ...base,
    operationId: 'getText',
    path: '/text',
    responses: { 200: { description: 'A text', document: { mediaType: 'text/calendar', isBinary: false } } },
  }),
  getBytes: route({
    ...base,
    operationId: 'getBytes',
    path: '/bytes',
    responses: { 200: { description: 'Bytes', document: { mediaType: 'image/png', isBinary: true } } },
  }),
};
const bytes = Uint8Array.of(0x89, 0x50, 0x00, 0xff);
const handler = serve({
  routes,
  handlers: {
    getText: async () => ok(200, 'ș', { etag: '"r1"' }),
    getBytes: async () => ok(200, bytes, { etag: '"r1"' }),
  },
});
const call = (path: string, headers: Record<string, string> = {}) =>
  handler(gatewayEvent('GET', path, { headers }), {} as Context);

describe('answers that are no JSON', () => {
  test('a text goes as it is, with its media type', async () => {
    const answer = await call('/text');
    expect([answer.statusCode, answer.body, answer.isBase64Encoded]).toEqual([200, 'ș', undefined]);
    expect(answer.headers).toMatchObject({ 'Content-Type': 'text/calendar', ETag: '"r1"' });
  });

  test.for(['image/png', 'image/avif,image/webp', 'text/html,*/*;q=0.8', 'IMAGE/PNG ; q=1'])(
    'bytes go as base64 to who accepts %s, and the gateway makes bytes of them',
    async (accept) => {
      const answer = await call('/bytes', { accept });
      expect([answer.statusCode, answer.body, answer.isBase64Encoded]).toEqual([200, 'iVAA/w==', true]);
      expect(answer.headers).toMatchObject({ 'Content-Type': 'image/png' });
      const binaryMediaTypes = ['image/*', 'image/png', 'text/html'];
      const sent = toGatewayAnswer(JSON.stringify(answer), isBinaryType(accept, binaryMediaTypes));
      expect([...(sent?.body ?? [])]).toEqual([0x89, 0x50, 0x00, 0xff]);
    },
  );

  test.for([undefined, '*/*', 'application/json', 'application/json, image/png'])(
    'who accepts %s would get base64 on AWS, so they are told instead',
    async (accept) => {
      const answer = await call('/bytes', accept === undefined ? {} : { accept });
      expect([answer.statusCode, JSON.parse(answer.body)]).toMatchObject([406, { code: 'NOT_ACCEPTABLE' }]);
    },
  );

  test('unchanged bytes are 304 without a body', async () => {
    const answer = await call('/bytes', { accept: 'image/png', 'if-none-match': '"r1"' });
    expect([answer.statusCode, answer.body]).toEqual([304, '']);
  });

  test('are described by their media types', async () => {
    const document = JSON.parse(JSON.stringify(openApiDocument(routes, 'https://api.example.com/v1')));
    expect((await new Validator().validate(document)).errors ?? []).toEqual([]);
    expect(document.paths['/text'].get.responses['200'].content).toEqual({
      'text/calendar': { schema: { type: 'string' } },
    });
    expect(document.paths['/bytes'].get.responses['200'].content).toEqual({ 'image/png': { schema: {} } });
    expect(problemCodesOf(routes.getBytes)).toContain('NOT_ACCEPTABLE');
    expect(problemCodesOf(routes.getText)).not.toContain('NOT_ACCEPTABLE');
  });
});
