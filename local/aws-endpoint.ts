import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AwsAnswer, answered, type JsonService, refused } from './aws-answer.ts';
import type { EventBus } from './event-bus.ts';
import { readBody } from './gateway.ts';
import type { Mailbox } from './mailbox.ts';
import type { Secrets } from './secrets.ts';
import { answerSes } from './ses.ts';
import type { Usage } from './usage.ts';

/** AWS’s own wire protocols on the platform’s port, for `AWS_ENDPOINT_URL` of any SDK or the aws CLI. */
export interface AwsServices {
  /** Endpoints of servers of their own, by the service’s name in the credential scope. */
  readonly endpoints: Readonly<Record<string, string>>;
  /** Services of AWS’s JSON protocols, likewise. */
  readonly json: Readonly<Record<string, JsonService>>;
  readonly mailbox: Mailbox;
  /** Told each call that is served here. */
  readonly usage?: Usage;
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
  const { status, body: answer } =
    body === undefined ? tooLarge : await answerOf(services, service, request, body);
  const type = (answer as { readonly __type?: string }).__type;
  response
    .writeHead(status, {
      'content-type': 'application/x-amz-json-1.1',
      ...(type !== undefined && { 'x-amzn-errortype': type }),
    })
    .end(JSON.stringify(answer));
};

const tooLarge = refused('RequestEntityTooLargeException', 'The request is too large', 413);

const answerOf = async (
  { json, mailbox, usage }: AwsServices,
  service: string,
  request: IncomingMessage,
  body: Buffer,
): Promise<AwsAnswer> => {
  if (service === 'ses') {
    const path = (request.url ?? '').split('?')[0] ?? '';
    usage?.called(service, 'SendEmail');
    return answerSes(mailbox, request.method ?? 'GET', path, objectOf(body.toString('utf8')));
  }
  const operation = String(request.headers['x-amz-target']).split('.').at(-1) ?? '';
  const input = objectOf(body.toString('utf8'));
  if (input === undefined) return refused('SerializationException', 'The body is no object of JSON');
  usage?.called(service, operation);
  return (
    (await json[service]?.(operation, input)) ??
    refused('UnknownOperationException', `${service} ${operation} is not served here`)
  );
};

const objectOf = (text: string): Record<string, unknown> | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
};

export const eventBridge =
  (bus: EventBus): JsonService =>
  (operation, input) => {
    if (operation !== 'PutEvents') return undefined;
    try {
      return answered(bus.putEvents(input));
    } catch (error) {
      return refused('ValidationException', (error as Error).message);
    }
  };

export const secretsManager =
  (secrets: Secrets): JsonService =>
  (operation, input) => {
    if (operation !== 'GetSecretValue') return undefined;
    const secret = secrets.getSecretValue(input);
    return secret === undefined
      ? refused('ResourceNotFoundException', 'There is no such secret')
      : answered(secret);
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
