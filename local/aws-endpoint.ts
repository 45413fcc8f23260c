import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { EventBus } from './event-bus.ts';
import { readBody } from './gateway.ts';
import type { Secrets } from './secrets.ts';

/** AWS’s own wire protocols on the platform’s port, for `AWS_ENDPOINT_URL` of any SDK or the aws CLI. */
export interface AwsServices {
  /** Endpoints of servers of their own, by the service’s name in the credential scope. */
  readonly endpoints: Readonly<Record<string, string>>;
  readonly bus: EventBus;
  readonly secrets: Secrets;
}

const maxBodyBytes = 10 * 1024 * 1024;

/** The service that a request is for, from the scope of its credential; undefined when it is not signed. */
export const serviceOf = (request: IncomingMessage): string | undefined => {
  const header = request.headers.authorization ?? '';
  const query = decodeURIComponent(/[?&]X-Amz-Credential=([^&]*)/i.exec(request.url ?? '')?.[1] ?? '');
  const scope = /Credential=([^,\s]+)/.exec(header)?.[1] ?? query;
  const [, , , service] = scope.split('/');
  return service;
};

/** Answers a signed request; the signature itself is not checked. */
export const answerAws = async (
  services: AwsServices,
  service: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const endpoint = services.endpoints[service];
  if (endpoint !== undefined) return forward(endpoint, request, response);
  const body = await readBody(request, maxBodyBytes);
  const reply = (status: number, answer: unknown): void => {
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(answer));
  };
  const refuse = (status: number, type: string, message: string): void =>
    reply(status, { __type: type, message });
  if (body === undefined) return refuse(413, 'RequestEntityTooLargeException', 'The request is too large');
  const operation = String(request.headers['x-amz-target']).split('.').at(-1);
  let input: Record<string, never>;
  try {
    input = JSON.parse(body.toString('utf8'));
  } catch {
    return refuse(400, 'SerializationException', 'The body is no JSON');
  }
  switch (`${service} ${operation}`) {
    case 'events PutEvents':
      try {
        return reply(200, services.bus.putEvents(input));
      } catch (error) {
        return refuse(400, 'ValidationException', (error as Error).message);
      }
    case 'secretsmanager GetSecretValue': {
      const secret = services.secrets.getSecretValue(input);
      return secret === undefined
        ? refuse(400, 'ResourceNotFoundException', 'There is no such secret')
        : reply(200, secret);
    }
    default:
      return refuse(400, 'UnknownOperationException', `${service} ${operation} is not served here`);
  }
};

const forward = (endpoint: string, request: IncomingMessage, response: ServerResponse): Promise<void> =>
  new Promise((resolve) => {
    const onward = httpRequest(
      new URL(request.url ?? '/', endpoint),
      { method: request.method ?? 'GET', headers: request.headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
        answer.once('close', resolve);
      },
    );
    onward.once('error', () => {
      if (!response.headersSent) response.writeHead(503);
      response.end();
      resolve();
    });
    request.pipe(onward);
  });
