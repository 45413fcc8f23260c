import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FauxqsServer } from 'fauxqs';
import type { EventBus } from './event-bus.ts';
import { readBody } from './gateway.ts';
import type { Issuer } from './issuer.ts';
import { queueNameOf } from './queues-and-buckets.ts';

/** Prefix of what only the embedded cloud has. */
export const controlPrefix = '/_local';
export const issuerPrefix = `${controlPrefix}/issuer`;

const maxBodyBytes = 10_000;
const maxEvents = 2_000;

export interface QueueFacts {
  readonly name: string;
  readonly url: string;
  readonly waiting: number;
  readonly delayed: number;
  readonly inFlight: number;
}

export interface ControlParts {
  readonly issuer: Issuer;
  readonly bus: EventBus;
  readonly queues: FauxqsServer;
  readonly queueUrls: readonly string[];
}

/** `/_local/…`: the issuer, what passed the bus, and what waits in queues. */
export const answerControl = async (
  parts: ControlParts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const reply = (status: number, body: unknown): void => {
    response
      .writeHead(status, { 'content-type': 'application/json', 'access-control-allow-origin': '*' })
      .end(JSON.stringify(body, null, 2));
  };
  const body = await readBody(request, maxBodyBytes);
  if (body === undefined) return reply(413, { error: 'The body is too large' });
  const [path = '', query = ''] = (request.url ?? '').split('?');
  const route = `${request.method} ${path}`;
  if (path.startsWith(issuerPrefix)) {
    const answer = await parts.issuer.answer(path.slice(issuerPrefix.length), body.toString('utf8'));
    return answer === undefined ? reply(404, { error: 'No such path' }) : reply(answer.status, answer.body);
  }
  if (route === `POST ${controlPrefix}/token`) {
    const answer = await parts.issuer.answer('/token', body.toString('utf8'));
    return reply(answer?.status ?? 404, answer?.body);
  }
  if (route === `GET ${controlPrefix}/outbox`) {
    const asked = new URLSearchParams(query);
    const limit = Math.min(Number(asked.get('limit') ?? 100) || 100, maxEvents);
    return reply(200, { events: parts.bus.recent(asked.get('type') ?? undefined, limit) });
  }
  if (route === `GET ${controlPrefix}/queues`) {
    return reply(200, { queues: parts.queueUrls.map((url) => queueFacts(parts.queues, url)) });
  }
  reply(404, { error: 'No such path', ...controlPaths('') });
};

/** What there is to ask. */
export const controlPaths = (origin: string) => ({
  token: `POST ${origin}${controlPrefix}/token {"sub": "alice"}`,
  outbox: `GET ${origin}${controlPrefix}/outbox?type=SEAT-HOLD-CREATED&limit=10`,
  queues: `GET ${origin}${controlPrefix}/queues`,
  issuer: `GET ${origin}${issuerPrefix}/.well-known/openid-configuration`,
});

const queueFacts = (queues: FauxqsServer, url: string): QueueFacts => {
  const name = queueNameOf(url);
  const queue = queues.inspectQueue(name);
  if (queue === undefined) throw new Error(`There is no queue ${name}`);
  const { ready, delayed, inflight } = queue.messages;
  return { name, url, waiting: ready.length, delayed: delayed.length, inFlight: inflight.length };
};
