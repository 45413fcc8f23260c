import * as z from 'zod';
import { sessionShards } from './ticket-index.ts';

/**
 * Where a reader of a session’s tickets stands: a pass over all shards of the index, of what changed since
 * an instant. After the last shard, the next pass begins where this one began to read.
 */
const cursorSchema = z.strictObject({
  session: z.string(),
  shard: z
    .int()
    .min(0)
    .max(sessionShards - 1),
  /** Index key to go on after, within the shard. */
  from: z.record(z.string(), z.string()).optional(),
  /** ISO 8601; left out in the first pass, which reads all. */
  since: z.iso.datetime().optional(),
  /** When this pass began (ISO 8601); left out before its first page. */
  begun: z.iso.datetime().optional(),
});
export type SessionCursor = z.output<typeof cursorSchema>;

/**
 * How far a pass goes back before the last one began: entries come into an index a little later, and clocks
 * of functions differ. What is read twice is the same twice.
 */
const overlapMs = 30_000;

export const firstPass = (session: string): SessionCursor => ({ session, shard: 0 });

/** The pass after the one that began then. */
export const nextPass = (session: string, begun: string): SessionCursor => ({
  ...firstPass(session),
  since: new Date(Date.parse(begun) - overlapMs).toISOString(),
});

export const encodeSessionCursor = (cursor: SessionCursor): string =>
  Buffer.from(JSON.stringify(cursor)).toString('base64url');

/** Undefined for a text that is no cursor of this session. */
export const decodeSessionCursor = (text: string, session: string): SessionCursor | undefined => {
  try {
    const result = cursorSchema.safeParse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
    return result.success && result.data.session === session ? result.data : undefined;
  } catch {
    return undefined;
  }
};
