import type { ConsumerContext } from '../platform/consumer.ts';
import { changeAt, keyOf } from '../platform/owned-item.ts';
import type { Table } from '../platform/table.ts';
import { eventTransitions } from './event.ts';
import type { EventItem, SessionItem } from './items.ts';
import { sessionTransitions } from './session.ts';
import { readSessions, touchEvent } from './session-store.ts';

/** A change lost a race; the message is delivered again and finds what is there then. */
class ChangedMeanwhile extends Error {
  override name = 'ChangedMeanwhile';
}

/**
 * The inventory of a session stands (or the session was cancelled): it is published, and with the last
 * session that was waited for the event is. When all of them were cancelled, it is a draft again.
 * Repeating it changes nothing; two sessions that finish at once both look after both were marked.
 */
export const markBuilt = async (table: Table, sessionId: string, context: ConsumerContext): Promise<void> => {
  const publishedAt = context.now.toISOString();
  const session = await table.get<SessionItem>(keyOf('SESSION', sessionId), { consistent: true });
  if (session === undefined) return;
  if (session.status === 'publishing') {
    const status = sessionTransitions.publishing.inventoryBuilt;
    const marked = await table.transact([
      {
        update: keyOf('SESSION', sessionId),
        by: changeAt(session.revision, { status, publishedAt }, 'session.published', context),
      },
      touchEvent(session.eventId, 'session.published', context),
    ]);
    if (!marked.written)
      throw new ChangedMeanwhile(`Session ${sessionId} changed while it was being published`);
  }

  const event = await table.get<EventItem>(keyOf('EVENT', session.eventId), { consistent: true });
  if (event?.status !== 'publishing') return;
  const sessions = await readSessions(table, event.sessionIds);
  if (sessions.some(({ status }) => status === 'publishing')) return;
  const isOnSale = sessions.some(({ status }) => status === 'published' || status === 'postponed');
  const { built, emptied } = eventTransitions.publishing;
  const published = await table.update(
    keyOf('EVENT', event.eventId),
    isOnSale
      ? changeAt(event.revision, { status: built, publishedAt }, 'event.published', context)
      : changeAt(event.revision, { status: emptied }, 'event.emptied', context),
  );
  if (!published.written)
    throw new ChangedMeanwhile(`Event ${event.eventId} changed while it was being published`);
};
