import type { Change } from '../../platform/lifecycle-event.ts';
import { absent, type Item, type Page, type Table, type TransactionWrite } from '../../platform/table.ts';
import { epochSeconds } from '../../platform/time.ts';
import { untilWritten } from '../../platform/until-written.ts';
import type { Lead } from '../leads/lead.ts';
import type { Party } from '../leads/quote.ts';
import {
  type Attachment,
  decideAppend,
  emptyThread,
  type Message,
  otherSide,
  type ReadMarker,
  type Thread,
} from './thread.ts';

/**
 * Messages have partitions of their own: the roles of the functions may put there, but neither update nor delete
 * (lib/grants.ts), and each put is conditional on nothing being there.
 */
export const messagePartition = (leadId: string): string => `LEAD-MESSAGES#${leadId}`;
export const messagePrefix = 'MESSAGE#';

const messageKey = (leadId: string, sequence: number) => ({
  pk: messagePartition(leadId),
  sk: `${messagePrefix}${String(sequence).padStart(8, '0')}`,
});
/** By which a message is found, and which each repeat of it meets. */
const idKey = (leadId: string, messageId: string) => ({
  pk: messagePartition(leadId),
  sk: `ID#${messageId}`,
});
const threadKey = (leadId: string) => ({ pk: `LEAD#${leadId}`, sk: 'THREAD' });

/** A message with what its lifecycle event tells. */
export interface MessageItem extends Item, Message {
  readonly truckId: string;
  readonly organizationId: string;
  readonly leadCreatedAt: string;
  readonly requestHash: string;
  readonly change: Change;
}

interface IdItem extends Item {
  readonly sequence: number;
}

type ThreadItem = Item & Thread;

/** What a side says. */
export interface Draft {
  readonly messageId: string;
  readonly by: Party;
  readonly body: string;
  readonly attachments: readonly Attachment[];
  readonly requestHash: string;
}

export type Appended =
  | { readonly kind: 'appended'; readonly message: Message }
  /** There is a message of that id; whether it is the same one is for the caller to say. */
  | { readonly kind: 'exists'; readonly message: MessageItem }
  | { readonly kind: 'full' }
  | { readonly kind: 'too_fast'; readonly retryAfterSeconds: number };

const toThread = ({ sequence, sent, pace, read }: ThreadItem): Thread => ({ sequence, sent, pace, read });

/** Counts a message, on the condition that it is the next one. Read markers are left as they are. */
const countMessage = (leadId: string, was: Thread, next: Thread, change: Change): TransactionWrite => {
  if (was.sequence === 0) return { put: { ...threadKey(leadId), ...next, change }, when: absent };
  return {
    update: threadKey(leadId),
    by: {
      update: 'SET #sequence = :next, #sent = :sent, #pace = :pace, #change = :change',
      condition: '#sequence = :was',
      names: { '#sequence': 'sequence', '#sent': 'sent', '#pace': 'pace', '#change': 'change' },
      values: {
        ':was': was.sequence,
        ':next': next.sequence,
        ':sent': next.sent,
        ':pace': next.pace,
        ':change': change,
      },
    },
  };
};

type MessageOfLead = Pick<
  Lead,
  'leadId' | 'truckId' | 'organizationId' | 'truckOrganizationId' | 'createdAt'
>;

/** A message that follows on a thread as it was read: the message, its id and the count. */
const appendWrites = (
  { leadId, truckId, organizationId, truckOrganizationId, createdAt }: MessageOfLead,
  { messageId, by, body, attachments, requestHash }: Draft,
  was: Thread,
  next: Thread,
  change: Change,
): { readonly message: Message; readonly writes: readonly TransactionWrite[] } => {
  const { sequence, sent } = next;
  const message: Message = { messageId, leadId, sequence, by, body, attachments, sent, at: change.at };
  const item: MessageItem = {
    ...messageKey(leadId, sequence),
    ...message,
    truckId,
    organizationId: by === 'organizer' ? organizationId : truckOrganizationId,
    leadCreatedAt: createdAt,
    requestHash,
    change,
  };
  return {
    message,
    writes: [
      countMessage(leadId, was, next, change),
      { put: item, when: absent },
      { put: { ...idKey(leadId, messageId), sequence }, when: absent },
    ],
  };
};

/** The writes of the message that a lead begins with, for the transaction that makes the lead. */
export const firstMessageWrites = (
  lead: MessageOfLead,
  draft: Draft,
  change: Change,
): readonly TransactionWrite[] => {
  const decision = decideAppend(emptyThread, draft.by, epochSeconds(new Date(change.at)));
  if (decision.kind !== 'append') throw new Error('An empty thread takes a message');
  return appendWrites(lead, draft, emptyThread, decision.next, change).writes;
};

/** The messages of leads, and what is counted of them. */
export const openThreads = (table: Table) => {
  const messageAt = async (leadId: string, sequence: number): Promise<MessageItem> => {
    const item = await table.get<MessageItem>(messageKey(leadId, sequence), { consistent: true });
    if (item === undefined) throw new Error(`Message ${sequence} of ${leadId} is counted, but not there`);
    return item;
  };

  const find = async (leadId: string, messageId: string): Promise<MessageItem | undefined> => {
    const id = await table.get<IdItem>(idKey(leadId, messageId), { consistent: true });
    return id && messageAt(leadId, id.sequence);
  };

  const read = async (leadId: string): Promise<Thread> => {
    const item = await table.get<ThreadItem>(threadKey(leadId), { consistent: true });
    return item === undefined ? emptyThread : toThread(item);
  };

  return {
    find,
    read,

    /** The threads of these leads, at most a hundred, a moment old; without those that have no message. */
    async readMany(leadIds: readonly string[]): Promise<ReadonlyMap<string, Thread>> {
      if (leadIds.length === 0) return new Map();
      const items = await table.batchGet<ThreadItem>(leadIds.map(threadKey));
      return new Map(items.map((item) => [item.pk.slice('LEAD#'.length), toThread(item)]));
    },

    /** Messages in their order. */
    list: (
      leadId: string,
      limit: number,
      from?: Readonly<Record<string, unknown>>,
    ): Promise<Page<MessageItem>> =>
      table.query<MessageItem>({
        pk: messagePartition(leadId),
        skPrefix: messagePrefix,
        limit,
        consistent: true,
        ...(from !== undefined && { from }),
      }),

    /** The key that a page after this message begins behind. */
    behind: ({ leadId, sequence }: Message): Readonly<Record<string, unknown>> =>
      messageKey(leadId, sequence),

    /**
     * Puts a message at the end of its thread: the message, its id and the count in one transaction. Who was slower
     * than another decides anew.
     * @throws TooManyWriters when others were faster eight times in a row.
     */
    append(lead: MessageOfLead, draft: Draft, change: Change): Promise<Appended> {
      const { leadId } = lead;
      return untilWritten(`The thread of ${leadId}`, async (): Promise<Appended | undefined> => {
        const thread = await read(leadId);
        const decision = decideAppend(thread, draft.by, epochSeconds(new Date(change.at)));
        if (decision.kind !== 'append') {
          const earlier = await find(leadId, draft.messageId);
          return earlier === undefined ? decision : { kind: 'exists', message: earlier };
        }
        const { message, writes } = appendWrites(lead, draft, thread, decision.next, change);
        const written = await table.transact(writes);
        if (written.written) return { kind: 'appended', message };
        const id = written.refusals.find(({ index }) => index === 2)?.old as IdItem | undefined;
        return id && { kind: 'exists', message: await messageAt(leadId, id.sequence) };
      });
    },

    /**
     * Moves the marker of a side on to a message that there is; one that has gone further stays.
     * @returns the thread with the marker as it is now.
     */
    async markRead(message: Message, side: Party, change: Change): Promise<Thread> {
      const { leadId, messageId, sequence, sent } = message;
      const marker: ReadMarker = { messageId, sequence, seen: sent[otherSide(side)], at: change.at };
      const marked = await table.update<ThreadItem>(threadKey(leadId), {
        update: 'SET #read.#side = :marker, #change = :change',
        condition: 'attribute_not_exists(#read.#side) OR #read.#side.#sequence < :sequence',
        names: { '#read': 'read', '#side': side, '#sequence': 'sequence', '#change': 'change' },
        values: { ':marker': marker, ':sequence': sequence, ':change': change },
      });
      if (marked.written) return toThread(marked.item);
      if (marked.old === undefined) throw new Error(`${messageId} is in no thread`);
      return toThread(marked.old as ThreadItem);
    },
  };
};

export type Threads = ReturnType<typeof openThreads>;
