import { absent, type Expression, type Page, type Table, type TransactionWrite } from '../platform/table.ts';
import { epochSeconds } from '../platform/time.ts';
import { startHour } from './reminder-time.ts';
import type { Told } from './session-notice.ts';

/** An order, or an answer, with tickets of a session; who holds them is read when they are told something. */
export interface Enrolled {
  /** Id of either. */
  readonly orderId: string;
  /** ISO 8601. */
  readonly confirmedAt: string;
}

/** A session that its holders are to be reminded of. */
export interface DueReminder {
  readonly sessionId: string;
  readonly startsAt: string;
}

const orderPrefix = 'ORDER#';
const sessionPrefix = 'SESSION#';
const rollKey = (sessionId: string) => `${sessionPrefix}${sessionId}`;
const toldKey = (sessionId: string) => ({ pk: rollKey(sessionId), sk: 'TOLD' });
const dueKey = (hour: string, sessionId: string) => ({
  pk: `REMINDERS#${hour}`,
  sk: `${sessionPrefix}${sessionId}`,
});

/** A due reminder that nobody took is forgotten a day after the start. */
const dueKeptSeconds = 24 * 60 * 60;

/** Only a session that takes place has a reminder; that of another date finds itself overtaken when it is due. */
const reminderWrites = (sessionId: string, { status, startsAt }: Told): readonly TransactionWrite[] =>
  status === 'published'
    ? [
        {
          put: {
            ...dueKey(startHour(startsAt), sessionId),
            startsAt,
            ttl: epochSeconds(new Date(startsAt)) + dueKeptSeconds,
          },
        },
      ]
    : [];

/**
 * Who has tickets of which session, what they were told of it, and when they are to be reminded: ids and
 * dates only.
 */
export const openSessionRoll = (table: Table) => {
  const note = async (sessionId: string, told: Told, when: Expression): Promise<Told> => {
    const { status, startsAt, sequence } = told;
    const result = await table.transact([
      { put: { ...toldKey(sessionId), status, startsAt, sequence }, when },
      ...reminderWrites(sessionId, told),
    ]);
    if (result.written) return told;
    const old = result.refusals.find(({ index }) => index === 0)?.old;
    if (old === undefined) throw new Error('A refused note came without the item that refused it');
    return old as unknown as Told;
  };

  return {
    /** Puts an order on the roll of a session. Repeating it keeps the first time. */
    async enroll(sessionId: string, { orderId, confirmedAt }: Enrolled): Promise<void> {
      await table.put({ pk: rollKey(sessionId), sk: `${orderPrefix}${orderId}`, confirmedAt }, absent);
    },

    /** A page of the roll, strongly consistent; `from` is the order that the page before ended with. */
    async page(
      sessionId: string,
      limit: number,
      from: string | undefined,
    ): Promise<{ readonly orders: readonly Enrolled[]; readonly next?: string }> {
      const pk = rollKey(sessionId);
      const page: Page<{ sk: string; confirmedAt: string }> = await table.query({
        pk,
        skPrefix: orderPrefix,
        limit,
        consistent: true,
        ...(from !== undefined && { from: { pk, sk: `${orderPrefix}${from}` } }),
      });
      const orders = page.items.map(({ sk, confirmedAt }) => ({
        orderId: sk.slice(orderPrefix.length),
        confirmedAt,
      }));
      const last = orders.at(-1)?.orderId;
      return { orders, ...(page.next !== undefined && last !== undefined && { next: last }) };
    },

    toldOf: (sessionId: string): Promise<Told | undefined> =>
      table.get<Told>(toldKey(sessionId), { consistent: true }),

    /**
     * Notes what the first holder knows of a session, with its reminder.
     * @returns what holders know: that, or what was noted before.
     */
    noteFirst: (sessionId: string, told: Told): Promise<Told> => note(sessionId, told, absent),

    /** Notes what all holders know of a session from now on, with its reminder, unless they know newer. */
    noteTold: (sessionId: string, told: Told): Promise<Told> =>
      note(sessionId, told, {
        condition: 'attribute_not_exists(pk) OR #sequence < :sequence',
        names: { '#sequence': 'sequence' },
        values: { ':sequence': told.sequence },
      }),

    /** A page of the reminders of sessions that start in an hour (`2026-11-20T18`). */
    async due(
      hour: string,
      from?: Page<unknown>['next'],
    ): Promise<{ readonly reminders: readonly DueReminder[]; readonly next?: Page<unknown>['next'] }> {
      const page = await table.query<{ sk: string; startsAt: string }>({
        pk: dueKey(hour, '').pk,
        skPrefix: sessionPrefix,
        consistent: true,
        ...(from && { from }),
      });
      return {
        reminders: page.items.map(({ sk, startsAt }) => ({
          sessionId: sk.slice(sessionPrefix.length),
          startsAt,
        })),
        ...(page.next && { next: page.next }),
      };
    },

    /** Takes a reminder off once it is on its way; one that was set anew for another time stays. */
    async takeReminder({ sessionId, startsAt }: DueReminder): Promise<void> {
      await table.delete(dueKey(startHour(startsAt), sessionId), {
        condition: '#startsAt = :startsAt',
        names: { '#startsAt': 'startsAt' },
        values: { ':startsAt': startsAt },
      });
    },
  };
};

export type SessionRoll = ReturnType<typeof openSessionRoll>;
