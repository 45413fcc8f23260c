import { type Lead, type LeadTimer, timersOf } from './lead.ts';

export type TimerDecision =
  | { readonly kind: 'due' }
  /** Its stage is over, it was done before, or what ends the stage is due too. */
  | { readonly kind: 'over' }
  /** By this clock its time comes at `at`, epoch seconds. */
  | { readonly kind: 'not_due'; readonly at: number };

/**
 * Whether a timer of a stage is to be done now, on what the lead is now. A reminder is no use any more when the
 * stage ends.
 *
 * @param stage the one that the timer belongs to.
 * @param now epoch seconds.
 */
export const decideTimer = (lead: Lead, stage: number, timer: LeadTimer, now: number): TimerDecision => {
  if (lead.stage !== stage) return { kind: 'over' };
  const timers = timersOf(lead);
  const own = timers.find((each) => each.timer === timer);
  if (own === undefined) throw new Error(`Nothing is to ${timer} of a lead that is ${lead.status}`);
  if (timer === 'remind') {
    const ends = timers.some((each) => each.timer !== 'remind' && each.at <= now);
    if (ends || lead.remindedAt !== undefined) return { kind: 'over' };
  }
  return own.at <= now ? { kind: 'due' } : { kind: 'not_due', at: own.at };
};
