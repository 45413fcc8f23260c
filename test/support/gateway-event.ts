import type { APIGatewayProxyEvent } from 'aws-lambda';

export interface EventOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Sent as it is, instead of `body` as JSON. */
  readonly rawBody?: string;
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly isBase64Encoded?: boolean;
}

/** A REST API (v1) proxy event, in the shape of the Lambda developer guide. */
export const gatewayEvent = (
  method: string,
  path: string,
  options: EventOptions = {},
): APIGatewayProxyEvent => {
  const body = options.rawBody ?? (options.body === undefined ? null : JSON.stringify(options.body));
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
    body,
    isBase64Encoded: options.isBase64Encoded ?? false,
  };
};
