import { Validator } from '@seriousme/openapi-schema-validator';
import type { Context } from 'aws-lambda';
import { describe, expect, test } from 'vitest';
import { ok } from '../../functions/platform/answer.ts';
import { openApiDocument } from '../../functions/platform/openapi.ts';
import { publicAccess, route } from '../../functions/platform/route.ts';
import { serve } from '../../functions/platform/serve.ts';
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

  test('bytes go as base64, whatever is accepted: only their own type is to be had', async () => {
    for (const accept of [undefined, 'image/png', '*/*', 'application/json', '']) {
      const answer = await call('/bytes', accept === undefined ? {} : { accept });
      expect([answer.statusCode, answer.body, answer.isBase64Encoded]).toEqual([200, 'iVAA/w==', true]);
      expect(answer.headers).toMatchObject({ 'Content-Type': 'image/png' });
    }
  });

  test('unchanged bytes are 304 without a body', async () => {
    const answer = await call('/bytes', { 'if-none-match': '"r1"' });
    expect([answer.statusCode, answer.body]).toEqual([304, '']);
  });

  test('are described by their media types', async () => {
    const document = JSON.parse(JSON.stringify(openApiDocument(routes, 'https://api.example.com/v1')));
    expect((await new Validator().validate(document)).errors ?? []).toEqual([]);
    expect(document.paths['/text'].get.responses['200'].content).toEqual({
      'text/calendar': { schema: { type: 'string' } },
    });
    expect(document.paths['/bytes'].get.responses['200'].content).toEqual({ 'image/png': { schema: {} } });
  });
});
