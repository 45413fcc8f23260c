import { ok, type Problem, problem } from '../../platform/answer.ts';
import { decodeCursor, encodeCursor } from '../../platform/cursor.ts';
import { stamp } from '../../platform/lifecycle-event.ts';
import { invalidCursor, validationProblem } from '../../platform/request.ts';
import type { Handlers } from '../../platform/route.ts';
import { isReplay } from '../../platform/serve.ts';
import type { Table } from '../../platform/table.ts';
import { actingSide } from '../leads/acting-side.ts';
import { asWritten, type Reader, type Shown, shownTo } from '../leads/reading.ts';
import { notActing } from '../leads/refusals.ts';
import type { leadMessageRoutes, leadQueryRoutes } from '../leads/routes.ts';
import type { MarketplaceLoaders } from '../loaders.ts';
import { attachmentLink, dropAttachments, keepAttachments } from './attachments.ts';
import { messageView, readMarkersView } from './message-view.ts';
import { type Message, maxMessages, unreadOf } from './thread.ts';
import { type MessageItem, messagePartition, messagePrefix, openThreads } from './thread-store.ts';

type Commands = Handlers<typeof leadMessageRoutes, MarketplaceLoaders>;
type Queries = Handlers<typeof leadQueryRoutes, MarketplaceLoaders>;

const noSuchMessage = (where: 'body' | 'query', pointer: string): Problem =>
  validationProblem([
    { in: where, pointer, code: 'UNKNOWN_MESSAGE', detail: 'No message of this lead has that id.' },
  ]);

const noSuchUploads = (indexes: readonly number[]): Problem =>
  problem('UPLOAD_NOT_FOUND', {
    errors: indexes.map((index) => ({
      in: 'body',
      pointer: `/attachments/${index}`,
      code: 'UPLOAD_NOT_FOUND',
      detail: 'No upload of this organization for a message has that id.',
    })),
  });

export const messageCommands = (
  table: Table,
  bucket: string,
): Pick<Commands, 'sendMessage' | 'putReadMarker'> => {
  const threads = openThreads(table);

  return {
    async sendMessage(request) {
      const { entity: lead, sides: organizations } = request.resource;
      const { leadId } = lead;
      const acting = actingSide(request.sides, request.query.role);
      if (acting.kind !== 'side') return notActing(acting);
      const { side } = acting;
      const messageId = request.newId('msg');
      const { body, attachments: uploadIds = [] } = request.body;
      const repeated = (earlier: MessageItem) =>
        earlier.by === side && isReplay(earlier, request)
          ? ok(201, messageView(earlier, asWritten), { replayed: true })
          : problem('IDEMPOTENCY_KEY_REUSED');

      if (uploadIds.length > 0) {
        // A repeat is answered as it was, though the uploads may be gone by now.
        const earlier = await threads.find(leadId, messageId);
        if (earlier !== undefined) return repeated(earlier);
      }
      const kept = await keepAttachments(bucket, organizations[side], { leadId, messageId }, uploadIds);
      if (kept.kind === 'missing') return noSuchUploads(kept.indexes);
      const { requestHash } = request.idempotency;
      const appended = await threads.append(
        lead,
        { messageId, by: side, body, attachments: kept.attachments, requestHash },
        stamp('message.sent', request),
      );
      if (appended.kind === 'full' || appended.kind === 'too_fast')
        await dropAttachments(bucket, { leadId, messageId }, uploadIds);
      switch (appended.kind) {
        case 'appended':
          return ok(201, messageView(appended.message, asWritten));
        case 'exists':
          return repeated(appended.message);
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
  bucket: string,
  settings: Pick<Reader, 'masksContacts'>,
): Pick<Queries, 'listMessages'> => {
  const threads = openThreads(table);

  const linked = async (message: Message, shown: Shown) => {
    const view = messageView(message, shown);
    const urls = await Promise.all(
      message.attachments.map((attachment) => attachmentLink(bucket, message, attachment)),
    );
    return {
      ...view,
      attachments: view.attachments.map((attachment, index) => ({ ...attachment, url: urls[index] })),
    };
  };

  return {
    async listMessages(request) {
      const { leadId } = request.params;
      const { limit, cursor, after } = request.query;
      const from = decodeCursor(cursor, { pk: messagePartition(leadId) }, { sk: messagePrefix });
      if (!from.ok) return invalidCursor();
      const known = after === undefined ? undefined : await threads.find(leadId, after);
      if (after !== undefined && known === undefined) return noSuchMessage('query', '/after');
      const { resource, sides } = request;
      const [page, thread, shown] = await Promise.all([
        threads.list(leadId, limit, known === undefined ? from.from : threads.behind(known)),
        threads.read(leadId),
        shownTo({ sides, ...settings }, resource.entity),
      ]);
      const nextCursor = encodeCursor(page.next);
      return ok(200, {
        items: await Promise.all(page.items.map((message) => linked(message, shown))),
        readMarkers: readMarkersView(thread),
        ...(nextCursor !== undefined && { nextCursor }),
      });
    },
  };
};
