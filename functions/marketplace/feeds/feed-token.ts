import { createHash, timingSafeEqual } from 'node:crypto';
import { randomId } from '../../platform/ids.ts';

/** The secret in the address of a truck’s feed. Not derived from an Idempotency-Key: a renewed one never comes back. */
export const newFeedToken = (): string => randomId('cft');

const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest();

/** What is kept of a secret: its SHA-256. It has 130 random bits, so that nobody can find it from there. */
export const feedTokenHash = (token: string): string => hashOf(token).toString('base64url');

/** Whether a secret is the one that is kept; how long that takes tells nothing of it. */
export const isFeedToken = (token: string, keptHash: string): boolean => {
  const kept = Buffer.from(keptHash, 'base64url');
  const given = hashOf(token);
  return kept.length === given.length && timingSafeEqual(kept, given);
};
