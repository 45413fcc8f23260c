import { createHash } from 'node:crypto';
import { compactVerify, createLocalJWKSet, type JSONWebKeySet } from 'jose';

/**
 * A scanner that works without a connection, made from docs/guides/check-in.md alone: of the platform it has
 * the key set and the signed pages of the manifest, and nothing else.
 */

/** A page of the manifest, as far as a scanner reads it. */
interface Page {
  readonly sessionId: string;
  readonly sessionStatus: string;
  readonly doorsOpenAt: string;
  readonly endsAt: string;
  readonly tickets: readonly {
    readonly serial: string;
    readonly secretHash: string;
    readonly status: string;
    readonly admitted: boolean;
  }[];
  readonly isComplete: boolean;
  readonly cursor: string;
}

export interface LoggedScan {
  readonly code: string;
  readonly nonce: string;
  /** ISO 8601, by the scanner’s clock. */
  readonly at: string;
}

export type OfflineVerdict =
  /** `isNoted`: sold after the last page, let in on its signature alone. */
  | { readonly result: 'admitted'; readonly serial: string; readonly isNoted: boolean }
  | { readonly result: 'refused'; readonly reason: string };

const digest = (text: string): string => createHash('sha256').update(text).digest('base64url');
const refused = (reason: string): OfflineVerdict => ({ result: 'refused', reason });

/** @param keySet what `GET /.well-known/jwks.json` answered while there was a connection. */
export const openOfflineScanner = (sessionId: string, keySet: JSONWebKeySet) => {
  const keyFor = createLocalJWKSet(keySet);
  const tickets = new Map<string, Page['tickets'][number]>();
  const log = new Map<string, LoggedScan>();
  let last: Page | undefined;

  /** What a code says, when one of the keys signed it as a ticket. */
  const read = async (code: string): Promise<{ t: string; s: string } | undefined> => {
    try {
      const { payload, protectedHeader } = await compactVerify(code, keyFor, { algorithms: ['ES256'] });
      if (protectedHeader.typ !== undefined) return undefined;
      return JSON.parse(new TextDecoder().decode(payload)) as { t: string; s: string };
    } catch {
      // Whatever it is, it is no ticket.
      return undefined;
    }
  };

  /** What it would do with a code at an instant, by what it has learned. */
  const look = async (code: string, at: Date): Promise<OfflineVerdict> => {
    if (last === undefined) throw new Error('A scanner without a manifest');
    const said = await read(code);
    if (said === undefined) return refused('unknown');
    if (`ses_${said.s}` !== sessionId) return refused('wrong_session');
    if (last.sessionStatus === 'cancelled') return refused('cancelled');
    if (last.sessionStatus !== 'published' || at < new Date(last.doorsOpenAt))
      return refused('not_yet_valid');
    if (at >= new Date(last.endsAt)) return refused('session_over');
    const serial = said.t.slice(0, 13);
    const ticket = tickets.get(serial);
    if (ticket !== undefined) {
      if (ticket.secretHash !== digest(said.t.slice(13)).slice(0, 16)) return refused('revoked');
      if (ticket.status !== 'valid') return refused(ticket.status);
    }
    if (ticket?.admitted === true || log.has(serial)) return refused('already_used');
    return { result: 'admitted', serial, isNoted: ticket === undefined };
  };

  return {
    /** What it let in, one scan a ticket: to be uploaded. */
    log: (): readonly LoggedScan[] => [...log.values()],
    ticketCount: (): number => tickets.size,
    /** Where the next page begins. */
    cursor: (): string | undefined => last?.cursor,

    /**
     * Learns a page: true when it was the last one for now.
     * @throws Error for a page that the keys do not vouch for, or of another session.
     */
    async learn({ page: text, signature }: { readonly page: string; readonly signature: string }) {
      const { payload, protectedHeader } = await compactVerify(signature, keyFor, { algorithms: ['ES256'] });
      const { sha256 } = JSON.parse(new TextDecoder().decode(payload)) as { sha256?: string };
      if (protectedHeader.typ !== 'fairground-manifest' || sha256 !== digest(text))
        throw new Error('The signature is not that of this page');
      const page = JSON.parse(text) as Page;
      if (page.sessionId !== sessionId) throw new Error(`A page of ${page.sessionId}, not of ${sessionId}`);
      for (const ticket of page.tickets) tickets.set(ticket.serial, ticket);
      last = page;
      return page.isComplete;
    },

    look,

    /** Decides on a code; what it lets in it logs, and lets in no second time. */
    async scan(code: string, nonce: string, at: Date): Promise<OfflineVerdict> {
      const verdict = await look(code, at);
      if (verdict.result === 'admitted') log.set(verdict.serial, { code, nonce, at: at.toISOString() });
      return verdict;
    },
  };
};

export type OfflineScanner = ReturnType<typeof openOfflineScanner>;
