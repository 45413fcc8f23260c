import { createHash, createHmac, randomBytes } from 'node:crypto';

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
const idLength = 26;

/** Crockford’s base 32 in lower case, cut to 26 characters (130 bits). */
const encode = (bytes: Uint8Array): string => {
  let text = '';
  let buffer = 0;
  let bits = 0;
  for (const byte of bytes) {
    buffer = ((buffer << 8) | byte) & 0xffff;
    bits += 8;
    while (bits >= 5 && text.length < idLength) {
      bits -= 5;
      text += alphabet[(buffer >> bits) & 31];
    }
  }
  return text;
};

/** A fresh unguessable id: `randomId('evt')` → `evt_3kq…` (26 characters after the prefix). */
export const randomId = (prefix: string): string => `${prefix}_${encode(randomBytes(17))}`;

/**
 * The id that these parts always give. With a secret nobody else can compute it, so it may serve as a
 * capability; parts are length-prefixed so that no two lists of parts collide.
 */
export const derivedId = (prefix: string, secret: string, parts: readonly string[]): string => {
  const hmac = createHmac('sha256', secret);
  for (const part of parts) hmac.update(`${Buffer.byteLength(part)}:${part}`);
  return `${prefix}_${encode(hmac.digest())}`;
};

/** What the id of something created follows from: a retry with the same key finds the same id. */
export interface Creation {
  /** Who asks: the same key of somebody else is another key. */
  readonly requester: string;
  readonly operationId: string;
  readonly params: unknown;
  /** The Idempotency-Key. */
  readonly key: string;
}

/** The id that this request, and each repeat of it, creates. */
export const creationId = (prefix: string, secret: string, creation: Creation): string =>
  derivedId(prefix, secret, [
    creation.requester,
    creation.operationId,
    JSON.stringify(creation.params),
    creation.key,
  ]);

/** The id that content always gives: `contentId('pln', bytes)`. */
export const contentId = (prefix: string, content: string | Uint8Array): string =>
  `${prefix}_${encode(createHash('sha256').update(content).digest())}`;

/** 16 bytes of SHA-256 in base64url (22 characters): tells whether two requests are the same. */
export const shortHash = (content: string): string =>
  createHash('sha256').update(content).digest().subarray(0, 16).toString('base64url');
