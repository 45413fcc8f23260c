import { randomUUID } from 'node:crypto';
import { shortHash } from '../platform/ids.ts';
import type { Table } from '../platform/table.ts';
import { epochSeconds } from '../platform/time.ts';

/** One mail to one person: whatever is delivered again finds the same. */
export interface MailKey {
  /** Id of what it tells of, mostly that of a lifecycle event. */
  readonly mailId: string;
  readonly address: string;
}

/**
 * What becomes of a mail whose sender died between sending and noting it: it may be sent a second time, or it
 * may be missing.
 */
export type Guarantee = 'at_least_once' | 'at_most_once';

export type Claimed =
  | { readonly kind: 'claimed'; readonly claim: string }
  /** It was sent; or, of a mail that must not come twice, perhaps it was. */
  | { readonly kind: 'settled' }
  /** Somebody is sending it just now. */
  | { readonly kind: 'busy' };

/** How long a sender has a mail to itself: longer than its function may run. */
export const leaseSeconds = 180;

/** Longer than the archive of lifecycle events keeps them: a replay sends nothing again. */
const keptSeconds = 400 * 24 * 60 * 60;

/** Addresses are hashed, so that the table holds none in plain text. */
const keyOf = ({ mailId, address }: MailKey) => ({
  pk: `MAIL#${mailId}#${shortHash(address.toLowerCase())}`,
  sk: 'MAIL',
});

/** Which mails were sent, or are being sent: a conditional put before, a note after. */
export const openMailLedger = (table: Table) => ({
  async claim(key: MailKey, template: string, guarantee: Guarantee, now: Date): Promise<Claimed> {
    const claim = randomUUID();
    const at = epochSeconds(now);
    const lapsed = ' OR (#status = :sending AND #leaseUntil < :now)';
    const result = await table.put(
      {
        ...keyOf(key),
        template,
        status: 'sending',
        claim,
        leaseUntil: at + leaseSeconds,
        ttl: at + keptSeconds,
      },
      guarantee === 'at_most_once'
        ? { condition: 'attribute_not_exists(pk)' }
        : {
            condition: `attribute_not_exists(pk)${lapsed}`,
            names: { '#status': 'status', '#leaseUntil': 'leaseUntil' },
            values: { ':sending': 'sending', ':now': at },
          },
    );
    // A put whose answer was lost is tried again by the SDK: what refuses it then is this very claim.
    if (result.written || result.old?.['claim'] === claim) return { kind: 'claimed', claim };
    if (result.old?.['status'] === 'sent') return { kind: 'settled' };
    const isLive = Number(result.old?.['leaseUntil'] ?? 0) >= at;
    return { kind: guarantee === 'at_most_once' && !isLive ? 'settled' : 'busy' };
  },

  /** Notes that a claimed mail was sent. Whoever lost the claim meanwhile changes nothing. */
  async noteSent(key: MailKey, claim: string, messageId: string, now: Date): Promise<void> {
    await table.update(keyOf(key), {
      update: 'SET #status = :sent, #messageId = :messageId, #sentAt = :sentAt REMOVE #leaseUntil',
      condition: '#claim = :claim',
      names: {
        '#status': 'status',
        '#messageId': 'messageId',
        '#sentAt': 'sentAt',
        '#leaseUntil': 'leaseUntil',
        '#claim': 'claim',
      },
      values: { ':sent': 'sent', ':messageId': messageId, ':sentAt': now.toISOString(), ':claim': claim },
    });
  },

  /** Gives back a claimed mail that was certainly not sent: the next delivery sends it. */
  async release(key: MailKey, claim: string): Promise<void> {
    await table.delete(keyOf(key), {
      condition: '#claim = :claim AND #status = :sending',
      names: { '#claim': 'claim', '#status': 'status' },
      values: { ':claim': claim, ':sending': 'sending' },
    });
  },
});

export type MailLedger = ReturnType<typeof openMailLedger>;
