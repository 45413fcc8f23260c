import { ok, type Problem, problem } from '../../platform/answer.ts';
import { decodeCursor, encodeCursor } from '../../platform/cursor.ts';
import { stamp } from '../../platform/lifecycle-event.ts';
import { invalidCursor, validationProblem } from '../../platform/request.ts';
import type { Handlers } from '../../platform/route.ts';
import { isReplay } from '../../platform/serve.ts';
import type { Table } from '../../platform/table.ts';
import type { MarketplaceLoaders } from '../loaders.ts';
import { actingSide } from './acting-side.ts';
import { messageView, readMarkersView } from './message-view.ts';
import { notActing } from './refusals.ts';
import type { leadCommandRoutes, leadQueryRoutes } from './routes.ts';
import { maxMessages, unreadOf } from './thread.ts';
import { messagePartition, messagePrefix, openThreads } from './thread-store.ts';

type Commands = Handlers<typeof leadCommandRoutes, MarketplaceLoaders>;
type Queries = Handlers<typeof leadQueryRoutes, MarketplaceLoaders>;

const noSuchMessage = (where: 'body' | 'query', pointer: string): Problem =>
  validationProblem([
    { in: where, pointer, code: 'UNKNOWN_MESSAGE', detail: 'No message of this lead has that id.' },
  ]);

export const messageCommands = (table: Table): Pick<Commands, 'sendMessage' | 'putReadMarker'> => {
  const threads = openThreads(table);

  return {
    async sendMessage(request) {
      const { entity: lead } = request.resource;
      const acting = actingSide(request.sides, request.query.role);
      if (acting.kind !== 'side') return notActing(acting);
      const { side } = acting;
      const reading = { lead, sides: [side], masksContacts: false };
      const appended = await threads.append(
        lead,
        {
          messageId: request.newId('msg'),
          by: side,
          body: request.body.body,
          attachments: [],
          requestHash: request.idempotency.requestHash,
        },
        stamp('message.sent', request),
      );
      switch (appended.kind) {
        case 'appended':
          return ok(201, messageView(appended.message, reading));
        case 'exists':
          return appended.message.by === side && isReplay(appended.message, request)
            ? ok(201, messageView(appended.message, reading), { replayed: true })
            : problem('IDEMPOTENCY_KEY_REUSED');
        case 'full':
          return problem('THREAD_FULL', { members: { limit: maxMessages } });
        case 'too_fast':
          return problem('TOO_MANY_REQUESTS', {
            headers: { 'Retry-After': String(appended.retryAfterSeconds) },
          });
      }
    },

    async putReadMarker(request) {
      const { leadId } = request.params;
      const acting = actingSide(request.sides, request.query.role);
      if (acting.kind !== 'side') return notActing(acting);
      const { side } = acting;
      const message = await threads.find(leadId, request.body.messageId);
      if (message === undefined) return noSuchMessage('body', '/messageId');
      const thread = await threads.markRead(message, side, stamp('messages.read', request));
      const { messageId, at } = thread.read[side] ?? { messageId: message.messageId, at: message.at };
      return ok(200, { messageId, at, unread: unreadOf(thread, [side]) });
    },
  };
};

export const messageQueries = (
  table: Table,
  settings: { readonly masksContacts: boolean },
): Pick<Queries, 'listMessages'> => {
  const threads = openThreads(table);

  return {
    async listMessages(request) {
      const { leadId } = request.params;
      const { limit, cursor, after } = request.query;
      const from = decodeCursor(cursor, { pk: messagePartition(leadId) }, { sk: messagePrefix });
      if (!from.ok) return invalidCursor();
      const known = after === undefined ? undefined : await threads.find(leadId, after);
      if (after !== undefined && known === undefined) return noSuchMessage('query', '/after');
      const [page, thread] = await Promise.all([
        threads.list(leadId, limit, known === undefined ? from.from : threads.behind(known)),
        threads.read(leadId),
      ]);
      const reading = { lead: request.resource.entity, sides: request.sides, ...settings };
      const nextCursor = encodeCursor(page.next);
      return ok(200, {
        items: page.items.map((message) => messageView(message, reading)),
        readMarkers: readMarkersView(thread),
        ...(nextCursor !== undefined && { nextCursor }),
      });
    },
  };
};
