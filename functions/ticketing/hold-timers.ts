import { type DelayedMessage, delayAfter } from '../platform/queue.ts';
import type { StreamChange } from '../platform/relay.ts';
import { toHold } from './inventory-store.ts';

/** The message that wakes the expiry of a hold a second after it lapsed, or after fifteen minutes. */
export const expiryTimer = (
  queueUrl: string,
  holdId: string,
  until: number,
  now: number,
): DelayedMessage => ({
  queueUrl,
  body: JSON.stringify({ holdId }),
  delaySeconds: delayAfter(until, now),
});

/** Each new hold starts a timer; an extended one is found not due and waits on. */
export const holdTimers =
  (queueUrl: string, clock: () => number) =>
  ({ kind, after }: StreamChange): readonly DelayedMessage[] => {
    if (kind !== 'INSERT' || after?.sk !== 'HOLD') return [];
    const hold = toHold(after);
    return hold.status === 'active' ? [expiryTimer(queueUrl, hold.holdId, hold.until, clock())] : [];
  };
