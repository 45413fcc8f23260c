import * as z from 'zod';
import type { Party } from '../leads/quote.ts';

/** What a lead’s thread is bounded by. */
export const maxMessages = 2_000;
export const messageBody = z.string().trim().min(1).max(4_000);
/** Of one side. */
export const maxMessagesPerMinute = 20;

/** A number of each side. */
export type BySide = Readonly<Record<Party, number>>;

/** How far a side has read. */
export interface ReadMarker {
  readonly messageId: string;
  readonly sequence: number;
  /** How many messages of the other side that are. */
  readonly seen: number;
  /** ISO 8601. */
  readonly at: string;
}

/** What is counted of a lead’s messages. */
export interface Thread {
  /** Of the latest message; 0 while there is none. */
  readonly sequence: number;
  readonly sent: BySide;
  /** Messages of each side in the minute that began at `from` (epoch seconds). */
  readonly pace: Readonly<Record<Party, { readonly from: number; readonly count: number }>>;
  readonly read: Partial<Readonly<Record<Party, ReadMarker>>>;
}

export const emptyThread: Thread = {
  sequence: 0,
  sent: { organizer: 0, truck: 0 },
  pace: { organizer: { from: 0, count: 0 }, truck: { from: 0, count: 0 } },
  read: {},
};

export interface Attachment {
  /** That of the upload that it came by. */
  readonly attachmentId: string;
  readonly contentType: string;
  readonly bytes: number;
}

/** A message as it was written; it never changes. */
export interface Message {
  readonly messageId: string;
  readonly leadId: string;
  /** 1, 2, 3 …, over both sides, without gaps. */
  readonly sequence: number;
  readonly by: Party;
  readonly body: string;
  readonly attachments: readonly Attachment[];
  /** How many messages of each side there are with it. */
  readonly sent: BySide;
  /** ISO 8601. */
  readonly at: string;
}

export const otherSide = (side: Party): Party => (side === 'organizer' ? 'truck' : 'organizer');

export type Appending =
  | { readonly kind: 'append'; readonly next: Thread }
  /** The thread has as many messages as it may. */
  | { readonly kind: 'full' }
  /** That side has written too much within a minute. */
  | { readonly kind: 'too_fast'; readonly retryAfterSeconds: number };

/**
 * The thread after one more message of a side.
 * @param now epoch seconds.
 */
export const decideAppend = (thread: Thread, by: Party, now: number): Appending => {
  if (thread.sequence >= maxMessages) return { kind: 'full' };
  const { from, count } = thread.pace[by];
  const isSameMinute = now < from + 60;
  if (isSameMinute && count >= maxMessagesPerMinute)
    return { kind: 'too_fast', retryAfterSeconds: from + 60 - now };
  return {
    kind: 'append',
    next: {
      ...thread,
      sequence: thread.sequence + 1,
      sent: { ...thread.sent, [by]: thread.sent[by] + 1 },
      pace: { ...thread.pace, [by]: isSameMinute ? { from, count: count + 1 } : { from: now, count: 1 } },
    },
  };
};

/** Messages of the other side that a side has not read; of both, for who belongs to both. */
export const unreadOf = ({ sent, read }: Pick<Thread, 'sent' | 'read'>, sides: readonly Party[]): number =>
  sides.reduce((sum, side) => sum + sent[otherSide(side)] - (read[side]?.seen ?? 0), 0);
