import type { APIGatewayProxyEvent } from 'aws-lambda';

export interface EventOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Sent as it is, instead of `body` as JSON. */
  readonly rawBody?: string | Uint8Array;
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  /** The body stays text, as emulators have it that know nothing of binary media types. */
  readonly bodyAsText?: boolean;
}

/** A REST API (v1) proxy event, in the shape of the Lambda developer guide; bodies are base64, as our API has them. */
export const gatewayEvent = (
  method: string,
  path: string,
  options: EventOptions = {},
): APIGatewayProxyEvent => {
  const body = options.rawBody ?? (options.body === undefined ? null : JSON.stringify(options.body));
  const bytes = Buffer.from(body ?? '');
  const headers = { ...(body !== null && { 'content-type': 'application/json' }), ...options.headers };
  return {
    resource: path,
    path,
    httpMethod: method,
    headers,
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
    queryStringParameters: options.query ? { ...options.query } : null,
    multiValueQueryStringParameters: options.query
      ? Object.fromEntries(Object.entries(options.query).map(([name, value]) => [name, [value]]))
      : null,
    pathParameters: options.params ? { ...options.params } : null,
    stageVariables: null,
    requestContext: {
      requestId: 'request-1',
      identity: { sourceIp: '203.0.113.7' },
    } as APIGatewayProxyEvent['requestContext'],
    body: body === null ? null : bytes.toString(options.bodyAsText ? 'utf8' : 'base64'),
    isBase64Encoded: body !== null && !options.bodyAsText,
  };
};
