import { compactVerify, createLocalJWKSet } from 'jose';
import * as z from 'zod';
import type { ScannedCode } from './check-in.ts';
import type { SigningKeys } from './signing-keys.ts';
import type { Ticket } from './ticket.ts';

const symbols = '[0-9a-hjkmnp-tv-z]{26}';

/** `t` = serial and secret, `s` = the session’s id without its prefix: as short as can be, for the QR code. */
const payloadSchema = z.strictObject({
  t: z.string().regex(new RegExp(`^${symbols}$`)),
  s: z.string().regex(new RegExp(`^${symbols}$`)),
});

const serialLength = 13;
const sessionPrefix = 'ses_';

/** The longest text that is looked at; a code has 221 characters. */
export const maxCodeLength = 600;

/** Codes kept in memory by one process, some 250 bytes each: KMS signs 300 times a second, and not for free. */
const maxCodes = 5_000;

type Coded = Pick<Ticket, 'serial' | 'secret' | 'sessionId'>;

/** The codes of tickets: compact JWS, signed when they are asked for, never stored. */
export const openTicketCodes = (keys: SigningKeys) => {
  const codes = new Map<string, Promise<string>>();
  // Kept, because it keeps the keys that it has imported.
  let keyFor: ReturnType<typeof createLocalJWKSet> | undefined;

  return {
    async codeOf({ serial, secret, sessionId }: Coded): Promise<string> {
      const id = `${serial}${secret}`;
      const code = codes.get(id) ?? keys.sign({ t: id, s: sessionId.slice(sessionPrefix.length) });
      // The one that was not asked for longest goes first: a Map keeps the order of insertion.
      codes.delete(id);
      codes.set(id, code);
      const [oldest] = codes.keys();
      if (codes.size > maxCodes && oldest !== undefined) codes.delete(oldest);
      code.catch(() => codes.delete(id));
      return code;
    },

    /** What a code says, when one of our keys signed it as a ticket; undefined for any other text. */
    async read(code: string): Promise<ScannedCode | undefined> {
      keyFor ??= createLocalJWKSet(await keys.jwks());
      try {
        const { payload, protectedHeader } = await compactVerify(code, keyFor, { algorithms: ['ES256'] });
        // Other things that the same key signs say what they are.
        if (protectedHeader.typ !== undefined) return undefined;
        const { t, s } = payloadSchema.parse(JSON.parse(new TextDecoder().decode(payload)));
        return {
          serial: t.slice(0, serialLength),
          secret: t.slice(serialLength),
          sessionId: `${sessionPrefix}${s}`,
        };
      } catch (error) {
        if (isNoCode(error)) return undefined;
        throw error;
      }
    },
  };
};

export type TicketCodes = ReturnType<typeof openTicketCodes>;

/** A text that is no JWS, or not ours, or says something else; anything but these is our own fault. */
const isNoCode = (error: unknown): boolean =>
  error instanceof z.ZodError ||
  error instanceof SyntaxError ||
  (error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_J'));
