import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { deflate, gunzip, gzip, inflate } from 'node:zlib';
import type { LambdaFunction } from './lambda.ts';
import {
  type GatewayResponseType,
  isBinaryType,
  type RestApi,
  toGatewayAnswer,
  toProxyEvent,
} from './rest-api.ts';

/** Most bytes of a request (API Gateway quota). */
const maxBodyBytes = 10 * 1024 * 1024;

const compressors = { gzip: promisify(gzip), deflate: promisify(deflate) } as const;
const decompressors = { gzip: promisify(gunzip), deflate: promisify(inflate) } as const;

/** Reads a body of bounded size; undefined when it is larger. */
export const readBody = async (request: IncomingMessage, maxBytes: number): Promise<Buffer | undefined> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    // The rest is read and dropped, so that a client that still sends can read our answer.
    if (bytes <= maxBytes) chunks.push(chunk);
    else chunks.length = 0;
    if (bytes > 4 * maxBytes) request.destroy();
  }
  return bytes <= maxBytes ? Buffer.concat(chunks) : undefined;
};

/** Answers a request below the API’s stage: the function of its route, or the gateway itself. */
export const answerApi = async (
  api: RestApi,
  functionOf: (name: string) => LambdaFunction,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const requestId = randomUUID();
  const method = request.method ?? 'GET';
  const [rawPath = '', rawQuery = ''] = splitOnce(request.url ?? '', '?');
  const path = rawPath.slice(`/${api.stageName}`.length) || '/';
  const byGateway = (type: GatewayResponseType): void => {
    const { status, headers, body } = api.gatewayAnswer(type, path, requestId);
    response.writeHead(status, headers).end(body);
  };

  const received = await readBody(request, maxBodyBytes);
  if (received === undefined) return byGateway('REQUEST_TOO_LARGE');
  const body = await decompressed(received, request.headers['content-encoding']);
  if (body === undefined) return byGateway('BAD_REQUEST_BODY');

  const match = api.match(method, path);
  if (match === undefined) return byGateway('MISSING_AUTHENTICATION_TOKEN');

  const event = toProxyEvent(
    {
      method,
      path,
      query: new URLSearchParams(rawQuery),
      rawHeaders: request.rawHeaders,
      body,
      sourceIp: request.socket.remoteAddress ?? '127.0.0.1',
    },
    match,
    api,
    requestId,
  );
  const result = await functionOf(match.functionName).invoke(event);
  if (!result.ok) {
    return byGateway(
      (
        {
          timeout: 'INTEGRATION_TIMEOUT',
          too_large: 'REQUEST_TOO_LARGE',
          error: 'INTEGRATION_FAILURE',
        } as const
      )[result.reason],
    );
  }
  const answer = toGatewayAnswer(result.payload, isBinaryType(request.headers.accept, api.binaryMediaTypes));
  if (answer === undefined) return byGateway('INTEGRATION_FAILURE');

  const encoding = acceptedEncoding(request.headers['accept-encoding']);
  const compress =
    encoding !== undefined &&
    api.minCompressionBytes !== undefined &&
    answer.body.length >= api.minCompressionBytes;
  const sent = compress ? await compressors[encoding](answer.body) : answer.body;
  const bodiless = answer.status === 204 || answer.status === 304;
  response.writeHead(answer.status, {
    ...answer.headers,
    ...(compress && { 'Content-Encoding': encoding }),
    ...(!bodiless && { 'Content-Length': sent.length }),
  } as Record<string, string | string[] | number>);
  response.end(bodiless || method === 'HEAD' ? undefined : sent);
};

const splitOnce = (text: string, separator: string): readonly [string, string] => {
  const index = text.indexOf(separator);
  return index < 0 ? [text, ''] : [text.slice(0, index), text.slice(index + 1)];
};

type Encoding = keyof typeof compressors;

const acceptedEncoding = (header: string | string[] | undefined): Encoding | undefined => {
  const accepted = String(header ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => !/;\s*q=0(\.0*)?$/.test(part))
    .map((part) => part.split(';')[0]);
  return (['gzip', 'deflate'] as const).find((encoding) => accepted.includes(encoding));
};

/** API Gateway hands functions the plain text of compressed requests. */
const decompressed = async (body: Buffer, encoding: string | undefined): Promise<Buffer | undefined> => {
  const decompress = decompressors[encoding as Encoding];
  if (decompress === undefined || body.length === 0) return body;
  return decompress(body, { maxOutputLength: maxBodyBytes }).catch(() => undefined);
};
