import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FauxqsServer } from 'fauxqs';
import type { EventBus } from './event-bus.ts';
import { readBody } from './gateway.ts';
import type { Issuer } from './issuer.ts';
import type { Mailbox } from './mailbox.ts';
import { mailboxPage, mailboxPolicy } from './mailbox-page.ts';
import { queueNameOf } from './queues-and-buckets.ts';
import type { Schedules } from './schedules.ts';
import type { Usage } from './usage.ts';

/** Prefix of what only the embedded cloud has. */
export const controlPrefix = '/_local';
export const issuerPrefix = `${controlPrefix}/issuer`;

const maxBodyBytes = 10_000;
const maxEvents = 2_000;
const maxMails = 1_000;

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
  readonly schedules: Schedules;
  readonly mailbox: Mailbox;
  readonly usage: Usage;
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
  const asked = new URLSearchParams(query);
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
    const limit = Math.min(Number(asked.get('limit') ?? 100) || 100, maxEvents);
    return reply(200, { events: parts.bus.recent(asked.get('type') ?? undefined, limit) });
  }
  if (route === `GET ${controlPrefix}/queues`) {
    return reply(200, { queues: parts.queueUrls.map((url) => queueFacts(parts.queues, url)) });
  }
  if (route === `GET ${controlPrefix}/usage`) return reply(200, parts.usage.report());
  const [, collection, id = ''] = /^\/_local\/(schedules|mail)\/(.+)$/.exec(path) ?? [];
  if (route === `GET ${controlPrefix}/schedules`) return reply(200, { schedules: parts.schedules.list() });
  if (request.method === 'POST' && collection === 'schedules') {
    const deliveries = await parts.schedules.trigger(id);
    if (deliveries === undefined) return reply(404, { error: 'No such rule', ...controlPaths('') });
    return reply(deliveries.every(({ delivered }) => delivered) ? 200 : 502, { deliveries });
  }
  const mails = () =>
    parts.mailbox.list(
      asked.get('to') ?? undefined,
      Math.min(Number(asked.get('limit') ?? 100) || 100, maxMails),
    );
  if (route === `GET ${controlPrefix}/mail`) return reply(200, { mails: mails() });
  if (request.method === 'GET' && collection === 'mail') {
    const mail = parts.mailbox.get(id);
    return mail === undefined ? reply(404, { error: 'No such mail' }) : reply(200, mail);
  }
  if (route === `GET ${controlPrefix}/mailbox`) {
    response
      .writeHead(200, {
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': mailboxPolicy,
      })
      .end(mailboxPage(mails(), parts.mailbox.get(asked.get('id') ?? '')));
    return;
  }
  reply(404, { error: 'No such path', ...controlPaths('') });
};

/** What there is to ask. */
export const controlPaths = (origin: string) => ({
  token: `POST ${origin}${controlPrefix}/token {"sub": "alice"}`,
  outbox: `GET ${origin}${controlPrefix}/outbox?type=SEAT-HOLD-CREATED&limit=10`,
  queues: `GET ${origin}${controlPrefix}/queues`,
  usage: `GET ${origin}${controlPrefix}/usage`,
  mail: `GET ${origin}${controlPrefix}/mail?to=ann@example.com`,
  mailbox: `${origin}${controlPrefix}/mailbox`,
  schedules: `GET ${origin}${controlPrefix}/schedules, and POST …/schedules/{rule} to deliver one at once`,
  issuer: `GET ${origin}${issuerPrefix}/.well-known/openid-configuration`,
});

const queueFacts = (queues: FauxqsServer, url: string): QueueFacts => {
  const name = queueNameOf(url);
  const queue = queues.inspectQueue(name);
  if (queue === undefined) throw new Error(`There is no queue ${name}`);
  const { ready, delayed, inflight } = queue.messages;
  return { name, url, waiting: ready.length, delayed: delayed.length, inFlight: inflight.length };
};
