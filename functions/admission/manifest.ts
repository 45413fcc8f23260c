import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { SessionFacts } from '../catalog/contracts.ts';
import { instant } from '../platform/time.ts';
import { encodeSessionCursor, nextPass, type SessionCursor } from './session-cursor.ts';
import type { SigningKeys, VerificationKey } from './signing-keys.ts';
import { ticketStatus } from './ticket.ts';
import { sessionShards } from './ticket-index.ts';
import type { IndexedTicket, Tickets } from './ticket-store.ts';

/** Tickets a page at least, while there are more: some 200 KB, a fifth of it when compressed. */
const pageTickets = 1_000;

/** What the signature of a page says that it is, so that no ticket passes for one. */
export const manifestType = 'fairground-manifest';

/** The document that a scanner works by without a connection. */
export const manifestPage = z.strictObject({
  sessionId: z.string(),
  issuedAt: instant,
  sessionStatus: z.string(),
  doorsOpenAt: instant,
  endsAt: instant,
  keys: z.array(z.looseObject({ kid: z.string() })).meta({ description: 'What ticket codes verify with.' }),
  tickets: z.array(
    z.strictObject({
      serial: z.string().meta({ description: 'First 13 characters of `t` in a code.' }),
      secretHash: z.string().meta({
        description:
          'First 16 characters of the base64url SHA-256 of the last 13 characters of `t`; another one is revoked.',
      }),
      status: ticketStatus,
      place: z.string(),
      ticketType: z.string(),
      admitted: z.boolean(),
    }),
  ),
  isComplete: z
    .boolean()
    .meta({ description: 'False: go on with `cursor` at once. True: later, for what changed.' }),
  cursor: z.string(),
});
export type ManifestPage = z.input<typeof manifestPage>;

/** How scanners know a ticket’s current secret without being able to make its code. */
export const secretHash = (secret: string): string =>
  createHash('sha256').update(secret).digest('base64url').slice(0, 16);

const entryOf = ({ serial, secret, status, place, ticketTypeName, admission }: IndexedTicket) => ({
  serial,
  secretHash: secretHash(secret),
  status,
  place,
  ticketType: ticketTypeName,
  admitted: admission !== undefined,
});

/** Reads one page from where the cursor stands. */
export const readManifest = async (
  tickets: Pick<Tickets, 'ofShard'>,
  facts: SessionFacts,
  keys: readonly VerificationKey[],
  cursor: SessionCursor,
  now: Date,
): Promise<ManifestPage> => {
  const entries: ManifestPage['tickets'] = [];
  let { shard, from } = cursor;
  while (shard < sessionShards && entries.length < pageTickets) {
    const page = await tickets.ofShard(cursor.session, shard, {
      since: cursor.since,
      from,
      limit: pageTickets - entries.length,
    });
    entries.push(...page.items.map(entryOf));
    from = page.next as SessionCursor['from'];
    if (from === undefined) shard += 1;
  }
  const isComplete = shard === sessionShards;
  const begun = cursor.begun ?? now.toISOString();
  const { from: _, ...pass } = cursor;
  return {
    sessionId: facts.sessionId,
    issuedAt: now.toISOString(),
    sessionStatus: facts.status,
    doorsOpenAt: facts.doorsOpenAt,
    endsAt: new Date(facts.endsAt).toISOString(),
    keys: [...keys],
    tickets: entries,
    isComplete,
    cursor: encodeSessionCursor(
      isComplete
        ? nextPass(cursor.session, begun)
        : { ...pass, begun, shard, ...(from !== undefined && { from }) },
    ),
  };
};

/**
 * A page as text with a signature over its digest: KMS signs four kilobytes at most, and a text, unlike a
 * JSON value, has one digest.
 */
export const signManifest = async (
  keys: SigningKeys,
  page: ManifestPage,
): Promise<{ page: string; signature: string }> => {
  const text = JSON.stringify(page);
  const sha256 = createHash('sha256').update(text).digest('base64url');
  return { page: text, signature: await keys.sign({ sha256 }, { typ: manifestType }) };
};
