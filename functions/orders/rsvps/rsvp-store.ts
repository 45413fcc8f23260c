import type { Change } from '../../platform/lifecycle-event.ts';
import { absent, type Item, type Refusal, type Table, type TransactionWrite } from '../../platform/table.ts';
import { type ListPage, listPages, readList } from '../session-index.ts';
import {
  livePlaces,
  type Rsvp,
  type RsvpCommand,
  rsvpAnswer,
  rsvpStatus,
  statusesBefore,
  takesAddress,
} from './rsvp.ts';

/** What became of a write of an answer; with writes beside it all or none. */
export type RsvpWritten =
  | { readonly kind: 'written' }
  /** An answer of this id is there already, or it has changed since it was read: as it is now. */
  | { readonly kind: 'stale'; readonly rsvp: Rsvp }
  /** Its e-mail address has another answer to this session. */
  | { readonly kind: 'address_taken' }
  /** Refused by writes beside it, indexed like them; nothing was written. */
  | { readonly kind: 'refused'; readonly refusals: readonly Refusal[] };

/** Answers of a session, counted. */
export interface RsvpCounts {
  readonly answers: Readonly<Record<Rsvp['answer'], number>>;
  readonly statuses: Readonly<Record<Rsvp['status'], number>>;
  /** Places of all that are confirmed. */
  readonly people: number;
  /** Whether all answers were counted. */
  readonly isComplete: boolean;
}

const prefix = 'RSVP#';
export const rsvpKey = (rsvpId: string) => ({ pk: `${prefix}${rsvpId}`, sk: 'RSVP' });

/** Partition of the list of a session’s answers. */
export const rsvpListKey = (sessionId: string): string => `SESSION#${sessionId}#RSVPS`;

/** In the list by time; what is counted stands in the key itself, so that counting reads no answer. */
const listKey = (rsvp: Rsvp) => ({
  gsi1pk: rsvpListKey(rsvp.sessionId),
  gsi1sk: [rsvp.createdAt, rsvp.rsvpId, rsvp.status, rsvp.answer, livePlaces(rsvp).length].join('#'),
});

/** An answer without what only the table needs; as the stream shows it too. */
export const toRsvp = (item: Item): Rsvp => {
  const { pk: _pk, sk: _sk, gsi1pk: _gsi1pk, gsi1sk: _gsi1sk, change: _change, ...rsvp } = item;
  return rsvp as unknown as Rsvp;
};

/** Reads of the list (`listPageSize` answers each) of one counting. */
const maxCountReads = 20;

/** Held by the one answer that an address may give to a session. */
const addressKey = ({ address }: Pick<Rsvp, 'address'>) => ({ pk: `RSVP-OF#${address}`, sk: 'RSVP-OF' });

/** Answers in the orders table. */
export const openRsvps = (table: Table) => {
  /** The write that takes the address of an answer, or leaves it. Undefined when nothing changes. */
  const addressWrite = (before: Rsvp | undefined, after: Rsvp): TransactionWrite | undefined => {
    const had = before !== undefined && takesAddress(before);
    if (takesAddress(after) === had) return undefined;
    const key = addressKey(after);
    return had
      ? {
          delete: key,
          when: {
            condition: '#rsvpId = :rsvpId',
            names: { '#rsvpId': 'rsvpId' },
            values: { ':rsvpId': after.rsvpId },
          },
        }
      : { put: { ...key, rsvpId: after.rsvpId }, when: absent };
  };

  const write = async (
    own: TransactionWrite,
    before: Rsvp | undefined,
    after: Rsvp,
    beside: readonly TransactionWrite[],
  ): Promise<RsvpWritten> => {
    const address = addressWrite(before, after);
    const first = address === undefined ? [own] : [own, address];
    const result = await table.transact([...first, ...beside]);
    if (result.written) return { kind: 'written' };
    const [refusal] = result.refusals;
    if (refusal?.index === 0) {
      if (refusal.old === undefined) throw new Error(`Answer ${after.rsvpId} is gone`);
      return { kind: 'stale', rsvp: toRsvp(refusal.old) };
    }
    if (refusal?.index === 1 && address !== undefined) return { kind: 'address_taken' };
    const refusals = result.refusals.map((one) => ({ ...one, index: one.index - first.length }));
    return { kind: 'refused', refusals };
  };

  return {
    async get(rsvpId: string): Promise<Rsvp | undefined> {
      const item = await table.get(rsvpKey(rsvpId), { consistent: true });
      return item && toRsvp(item);
    },

    /** Puts a new answer. */
    create: (rsvp: Rsvp, change: Change, beside: readonly TransactionWrite[]): Promise<RsvpWritten> =>
      write(
        { put: { ...rsvpKey(rsvp.rsvpId), ...listKey(rsvp), ...rsvp, change }, when: absent },
        undefined,
        rsvp,
        beside,
      ),

    /** Takes an answer from what was read to what a command, which its status must allow, makes of it. */
    change: (
      before: Rsvp,
      command: RsvpCommand,
      after: Rsvp,
      change: Change,
      beside: readonly TransactionWrite[],
    ): Promise<RsvpWritten> => {
      const from = statusesBefore(command);
      return write(
        {
          put: { ...rsvpKey(after.rsvpId), ...listKey(after), ...after, change },
          when: {
            condition: `#revision = :revision AND #status IN (${from.map((_, index) => `:from${index}`).join(', ')})`,
            names: { '#revision': 'revision', '#status': 'status' },
            values: {
              ':revision': before.revision,
              ...Object.fromEntries(from.map((status, index) => [`:from${index}`, status])),
            },
          },
        },
        before,
        after,
        beside,
      );
    },

    /** A page of the answers to a session, newest first. */
    async ofSession(
      sessionId: string,
      page: ListPage,
    ): Promise<{ readonly rsvps: readonly Rsvp[]; readonly next?: Readonly<Record<string, unknown>> }> {
      const { items, next } = await readList(table, rsvpListKey(sessionId), 'RSVP', page);
      return { rsvps: items.map(toRsvp), ...(next && { next }) };
    },

    /** Counts the answers to a session, as its list has them: a second or so late. */
    async count(sessionId: string): Promise<RsvpCounts> {
      const answers = Object.fromEntries(rsvpAnswer.options.map((name) => [name, 0])) as Record<
        Rsvp['answer'],
        number
      >;
      const statuses = Object.fromEntries(rsvpStatus.options.map((name) => [name, 0])) as Record<
        Rsvp['status'],
        number
      >;
      let people = 0;
      let reads = 0;
      for await (const keys of listPages(table, rsvpListKey(sessionId))) {
        // Whoever has so many answers learns at least how many these are.
        if (reads === maxCountReads) return { answers, statuses, people, isComplete: false };
        reads += 1;
        for (const { gsi1sk } of keys) {
          const [, , status, answer, places] = gsi1sk.split('#');
          // Whoever was cancelled by somebody else answers nothing any more.
          if (status !== 'cancelled' || answer === 'no') answers[rsvpAnswer.parse(answer)] += 1;
          statuses[rsvpStatus.parse(status)] += 1;
          people += Number(places);
        }
      }
      return { answers, statuses, people, isComplete: true };
    },
  };
};

export type Rsvps = ReturnType<typeof openRsvps>;
