import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Context } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { checkInCommands } from '../../functions/admission/check-ins-api.ts';
import {
  endTicket,
  issueTicket,
  readTicketId,
  type Ticket,
  ticketIdOf,
  ticketKey,
  ticketPartsOf,
} from '../../functions/admission/contracts.ts';
import { admissionLoaders } from '../../functions/admission/loaders.ts';
import { openRefusals } from '../../functions/admission/refusals.ts';
import { admissionCommandRoutes, admissionQueryRoutes } from '../../functions/admission/routes.ts';
import { openSessionPictures } from '../../functions/admission/session-picture.ts';
import { openSigningKeys } from '../../functions/admission/signing-keys.ts';
import { openTicketCodes } from '../../functions/admission/ticket-code.ts';
import { sessionIndex, sessionIndexAttributes } from '../../functions/admission/ticket-index.ts';
import { openTickets } from '../../functions/admission/ticket-store.ts';
import { ticketCommands } from '../../functions/admission/tickets-api.ts';
import { admissionQueries } from '../../functions/admission/tickets-queries.ts';
import { openSessionFacts } from '../../functions/catalog/contracts.ts';
import { randomId } from '../../functions/platform/ids.ts';
import type { Change, LifecycleEvent } from '../../functions/platform/lifecycle-event.ts';
import { logger } from '../../functions/platform/logger.ts';
import { serve } from '../../functions/platform/serve.ts';
import type { Item, Table } from '../../functions/platform/table.ts';
import { createIssuer } from '../../local/issuer.ts';
import { startEngine } from '../support/dynoxide.ts';
import { gatewayEvent } from '../support/gateway-event.ts';
import { openTableStream } from '../support/table-stream.ts';
import { type KeyService, startKeyService } from './key-service.ts';

const routes = { ...admissionCommandRoutes, ...admissionQueryRoutes };
export type Operation = keyof typeof routes;

/** `ann` owns the organization of all sessions here, `mia` manages, `sam` is staff, `bob` owns another. */
export const organizationId = 'org_aaaaaaaaaaaaaaaaaaaaaaaaaa';

export interface CallOptions {
  /** Subject of the token; `ann` by default, null for nobody. */
  readonly as?: string | null;
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly key?: string;
}

export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  /** The bytes, where the answer is a document. */
  readonly bytes: Buffer;
  // biome-ignore lint/suspicious/noExplicitAny: what an answer holds is for each test to say
  readonly body: any;
}

export interface Cost {
  readonly calls: number;
  readonly readUnits: number;
  readonly writeUnits: number;
}

export interface SessionOptions {
  /** Minutes from now; negative ones are over. Default: an hour from now, for two hours. */
  readonly startsInMinutes?: number;
  readonly lastsMinutes?: number;
  readonly startsAt?: string;
  readonly endsAt?: string;
  readonly doorsOpenMinutes?: number;
  readonly status?: string;
  readonly timeZone?: string;
  readonly eventName?: string;
}

/** One running copy of the two API functions, with a memory of its own. */
export interface Instance {
  call(operation: Operation, options?: CallOptions): Promise<Answered>;
  /** The cost of the last request that was answered. */
  cost(): Cost;
}

export interface Admission extends Instance {
  readonly table: Table;
  readonly keyService: KeyService;
  /** Another copy of the functions, with other keys (ids, newest first) or another clock. */
  instance(options?: { readonly keys?: readonly string[]; readonly clockMs?: () => number }): Instance;
  /** A published session with event and venue: its id. */
  session(options?: SessionOptions): Promise<string>;
  /** Changes a session as the catalog would. */
  changeSession(sessionId: string, fields: Readonly<Record<string, string>>): Promise<void>;
  /** Tickets as an order issues them. */
  issue(sessionId: string, count?: number, fields?: Partial<Ticket>): Promise<readonly Ticket[]>;
  end(ticket: Ticket, status: 'refunded' | 'cancelled'): Promise<void>;
  read(ticket: Pick<Ticket, 'serial'>): Promise<Ticket>;
  /** The code of a ticket, read with its id. */
  codeOf(ticket: Pick<Ticket, 'serial' | 'secret'>): Promise<string>;
  member(subject: string, terms: object): Promise<void>;
  /** Relays what the stream has got since the last time. */
  settle(): Promise<readonly LifecycleEvent[]>;
  stop(): Promise<void>;
}

let keys = 0;
/** A fresh Idempotency-Key or nonce. */
export const freshKey = (): string => {
  keys += 1;
  return `a-key-of-the-tests-${process.pid}-${keys}`;
};

const lambda = { awsRequestId: 'lambda-1', functionName: 'admission' } as Context;
const idSecret = 'a secret of the tests';
export const ticketKeyId = 'arn:aws:kms:eu-central-1:000000000000:key/v1';

export const changeNow = (what: string): Change => ({
  what,
  by: 'system:orders-commands',
  requestId: randomId('req'),
  at: new Date().toISOString(),
});

/**
 * Admission on the engine: the functions’ own Lambda entries, the real relay fed from the table’s stream, a
 * real issuer and the real policies; KMS and the bus in memory, sessions put where the catalog keeps them.
 */
export const startAdmission = async (): Promise<Admission> => {
  const engine = await startEngine();
  const issuer = await createIssuer({ listenOn: '127.0.0.1', host: '127.0.0.1' });
  Object.assign(process.env, {
    STAGE: 'test',
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL: engine.endpoint,
    AWS_LAMBDA_FUNCTION_NAME: 'admission',
    IDENTITY_TABLE: 'identity',
    CATALOG_TABLE: 'catalog',
    ADMISSION_TABLE: 'admission',
    TICKET_KEYS: ticketKeyId,
    BUS_NAME: 'bus',
    ISSUER: issuer.issuer,
    JWKS_URI: issuer.jwksUri,
    ID_SECRET_ARN: 'arn:aws:secretsmanager:eu-central-1:000000000000:secret:id',
  });
  const identity = await engine.createTable('identity');
  const catalog = await engine.createTable('catalog');
  const table = await engine.createTable('admission', {
    ...sessionIndex,
    attributes: sessionIndexAttributes,
  });
  const member = async (subject: string, terms: object, organization = organizationId): Promise<void> => {
    const key = { pk: `SUBJECT#${subject}`, sk: `ORG#${organization}` };
    await identity.put({ ...key, organizationId: organization, subject, ...terms }, {});
  };
  await member('ann', { role: 'owner' });
  await member('mia', { role: 'manager' });
  await member('sam', { role: 'staff' });
  await member('bob', { role: 'owner' }, 'org_bbbbbbbbbbbbbbbbbbbbbbbbbb');

  mockClient(SecretsManagerClient).on(GetSecretValueCommand).resolves({ SecretString: idSecret });
  const keyService = startKeyService();
  const outbox: LifecycleEvent[] = [];
  mockClient(EventBridgeClient)
    .on(PutEventsCommand)
    .callsFake(async ({ Entries }: { Entries: { Detail: string }[] }) => {
      outbox.push(...Entries.map(({ Detail }) => JSON.parse(Detail) as LifecycleEvent));
      return { FailedEntryCount: 0, Entries: Entries.map(() => ({ EventId: 'e' })) };
    });

  const costs: Cost[] = [];
  const info = logger.info.bind(logger);
  logger.info = (message, ...extra) => {
    if (message === 'request') costs.push(extra[0] as unknown as Cost);
    info(message, ...extra);
  };

  type ApiHandler = ReturnType<typeof serve>;
  const instanceOf = (command: ApiHandler, query: ApiHandler): Instance => ({
    async call(operation, options = {}) {
      const definition = routes[operation];
      const names = [...definition.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
      const params = Object.fromEntries(names.map((name) => [name, options.params?.[name] ?? '']));
      const path = definition.path.replace(/\{(\w+)\}/g, (_, name: string) => params[name] ?? '');
      const subject = options.as === undefined ? 'ann' : options.as;
      const event = gatewayEvent(definition.method, path, {
        headers: {
          ...(subject !== null &&
            definition.access.kind !== 'public' && {
              authorization: `Bearer ${await issuer.mint({ sub: subject })}`,
            }),
          ...('creates' in definition && { 'idempotency-key': options.key ?? freshKey() }),
        },
        params,
        ...(options.query && { query: options.query }),
        ...(options.body !== undefined && { body: options.body }),
      });
      const handler = definition.function === 'admission-queries' ? query : command;
      const result = await handler(event, lambda);
      const bytes = Buffer.from(result.body, result.isBase64Encoded ? 'base64' : 'utf8');
      const isJson = /[/+]json$/.test(String(result.headers?.['Content-Type']));
      return {
        status: result.statusCode,
        headers: result.headers ?? {},
        bytes,
        body: isJson ? JSON.parse(result.body) : undefined,
      };
    },
    cost() {
      const last = costs.at(-1);
      if (last === undefined) throw new Error('Nothing was asked yet');
      return { calls: last.calls, readUnits: last.readUnits, writeUnits: last.writeUnits };
    },
  });

  const instance: Admission['instance'] = ({ keys: keyIds = [ticketKeyId], clockMs = Date.now } = {}) => {
    const tickets = openTickets(table);
    const signingKeys = openSigningKeys(keyIds);
    const codes = openTicketCodes(signingKeys);
    const factsOf = openSessionFacts(catalog, clockMs);
    const loaders = admissionLoaders(factsOf);
    const guard = async () => (await import('../../functions/identity/contracts.ts')).identityGuard();
    return instanceOf(
      serve({
        routes: admissionCommandRoutes,
        handlers: {
          ...ticketCommands(tickets, codes, factsOf),
          ...checkInCommands(tickets, codes, openRefusals(table)),
        },
        loaders,
        guard,
        idSecretArn: process.env['ID_SECRET_ARN'] ?? '',
      }),
      serve({
        routes: admissionQueryRoutes,
        handlers: admissionQueries(
          tickets,
          signingKeys,
          codes,
          factsOf,
          openSessionPictures(tickets, clockMs),
          openRefusals(table),
        ),
        loaders,
        guard,
      }),
    );
  };

  const session: Admission['session'] = async (options = {}) => {
    const [sessionId, eventId, venueId] = [randomId('ses'), randomId('evt'), randomId('ven')];
    const startsAtMs = Date.now() + (options.startsInMinutes ?? 60) * 60_000;
    const endsAtMs = startsAtMs + (options.lastsMinutes ?? 120) * 60_000;
    const timeZone = options.timeZone ?? 'Europe/Bucharest';
    await catalog.put(
      {
        pk: `SESSION#${sessionId}`,
        sk: 'SESSION',
        sessionId,
        eventId,
        venueId,
        organizationId,
        timeZone,
        startsAt: options.startsAt ?? new Date(startsAtMs).toISOString(),
        endsAt: options.endsAt ?? new Date(endsAtMs).toISOString(),
        status: options.status ?? 'published',
        ...(options.status !== 'draft' && { publishedAt: new Date().toISOString() }),
        ...(options.doorsOpenMinutes !== undefined && { doorsOpenMinutes: options.doorsOpenMinutes }),
      },
      {},
    );
    const name = options.eventName ?? 'Cântece de primăvară';
    await catalog.put({ pk: `EVENT#${eventId}`, sk: 'EVENT', eventId, organizationId, name }, {});
    await catalog.put(
      {
        pk: `VENUE#${venueId}`,
        sk: 'VENUE',
        venueId,
        organizationId,
        name: 'Ateneul Român',
        address: 'Strada Benjamin Franklin 1–3',
        city: 'București',
        country: 'RO',
        location: { lat: 44.4413, lon: 26.0973 },
        timeZone,
      },
      {},
    );
    return sessionId;
  };

  const read = async ({ serial }: Pick<Ticket, 'serial'>): Promise<Ticket> => {
    const ticket = await table.get<Ticket>(ticketKey(serial), { consistent: true });
    if (ticket === undefined) throw new Error(`No ticket ${serial}`);
    return ticket;
  };

  const stream = await openTableStream(engine.endpoint, 'admission');
  const { handler: relay } = await import('../../functions/admission/relay.ts');
  const own = instanceOf(
    (await import('../../functions/admission/commands.ts')).handler,
    (await import('../../functions/admission/queries.ts')).handler,
  );
  return {
    ...own,
    table,
    keyService,
    instance,
    session,
    async changeSession(sessionId, fields) {
      const key = { pk: `SESSION#${sessionId}`, sk: 'SESSION' };
      const item = await catalog.get<Item>(key);
      await catalog.put({ ...key, ...item, ...fields }, {});
    },
    async issue(sessionId, count = 1, fields = {}) {
      const orderId = randomId('ord');
      const tickets = Array.from(
        { length: count },
        (_, index): Ticket => ({
          ...ticketPartsOf(idSecret, orderId, index, 0),
          orderId,
          organizationId,
          eventId: randomId('evt'),
          sessionId,
          place: `parter-A-${index + 1}`,
          ticketTypeId: randomId('tt'),
          ticketTypeName: 'Parter',
          holders: [{ name: 'Ștefan Țepeș', email: 'stefan@example.com', since: new Date().toISOString() }],
          status: 'valid',
          revision: 1,
          ...fields,
        }),
      );
      for (let from = 0; from < count; from += 50) {
        const writes = tickets
          .slice(from, from + 50)
          .map((ticket) => issueTicket('admission', ticket, changeNow('ticket.issued')));
        if (!(await table.transact(writes)).written) throw new Error('Tickets were not issued');
      }
      return tickets;
    },
    async end(ticket, status) {
      const write = endTicket('admission', ticket.serial, status, changeNow('ticket.ended'));
      if (!(await table.transact([write])).written) throw new Error('The ticket was not ended');
    },
    read,
    async codeOf(ticket) {
      const { status, body } = await own.call('getTicket', { params: { ticketId: ticketIdOf(ticket) } });
      if (status !== 200) throw new Error(`No code: ${JSON.stringify(body)}`);
      return body.code;
    },
    member,
    async settle() {
      const before = outbox.length;
      for (let Records = await stream(); Records.length > 0; Records = await stream()) {
        const { batchItemFailures } = await relay({ Records });
        if (batchItemFailures.length > 0) throw new Error('The relay gave records back');
      }
      return outbox.slice(before);
    },
    async stop() {
      await issuer.stop();
      await engine.stop();
    },
  };
};

export const partsOf = (ticketId: string): Pick<Ticket, 'serial' | 'secret'> => readTicketId(ticketId);
