import type { stamp } from '../platform/lifecycle-event.ts';
import { changeAt, keyOf } from '../platform/owned-item.ts';
import type { Table, TransactionWrite } from '../platform/table.ts';
import type { SessionItem } from './items.ts';

/** Sessions by id, strongly consistent, in the order asked for; missing ones are left out. */
export const readSessions = async (
  table: Table,
  sessionIds: readonly string[],
): Promise<readonly SessionItem[]> => {
  if (sessionIds.length === 0) return [];
  const items = await table.batchGet<SessionItem>(
    sessionIds.map((id) => keyOf('SESSION', id)),
    { consistent: true },
  );
  return sessionIds.flatMap((id) => items.find((item) => item.sessionId === id) ?? []);
};

/**
 * Counts the event’s revision on beside a change of one of its sessions or of its food, in the same transaction: that is
 * what tells every cached copy of the event’s page that it is old.
 */
export const touchEvent = (
  eventId: string,
  what: string,
  request: Parameters<typeof stamp>[1],
): TransactionWrite => {
  const { names, values, update } = changeAt(0, {}, what, request);
  const { ':revision': _, ...rest } = values ?? {};
  return {
    update: keyOf('EVENT', eventId),
    by: { update, condition: 'attribute_exists(pk)', names: { ...names }, values: rest },
  };
};
