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

/** The id that content always gives: `contentId('pln', bytes)`. */
export const contentId = (prefix: string, content: string | Uint8Array): string =>
  `${prefix}_${encode(createHash('sha256').update(content).digest())}`;

/** 16 bytes of SHA-256 in base64url (22 characters): tells whether two requests are the same. */
export const shortHash = (content: string): string =>
  createHash('sha256').update(content).digest().subarray(0, 16).toString('base64url');
