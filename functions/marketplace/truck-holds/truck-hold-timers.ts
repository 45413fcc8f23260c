import { type DelayedMessage, delayAfter } from '../../platform/queue.ts';
import type { StreamChange } from '../../platform/relay.ts';
import { holdKey, toTruckHold } from './hold-item.ts';

/** The message that wakes the expiry of a truck hold a second after it lapsed, or after fifteen minutes. */
export const truckHoldTimer = (
  queueUrl: string,
  leadId: string,
  until: number,
  now: number,
): DelayedMessage => ({
  queueUrl,
  body: JSON.stringify({ leadId }),
  delaySeconds: delayAfter(until, now),
});

/** Each hold that is taken, or taken again, starts a timer; an extended one is found not due and waits on. */
export const truckHoldTimers =
  (queueUrl: string, clock: () => number) =>
  ({ before, after }: StreamChange): readonly DelayedMessage[] => {
    if (after?.sk !== holdKey('').sk) return [];
    const hold = toTruckHold(after);
    const isTaken =
      hold.status === 'active' && (before === undefined || toTruckHold(before).status !== 'active');
    return isTaken ? [truckHoldTimer(queueUrl, hold.leadId, hold.until, clock())] : [];
  };
