import type { Change } from '../../platform/lifecycle-event.ts';
import type { Table } from '../../platform/table.ts';
import { TooManyWriters } from '../../platform/until-written.ts';
import type { Lead, LeadTimer } from './lead.ts';
import type { LeadDecision } from './lead-decisions.ts';
import type { Leads } from './lead-store.ts';
import { decideTimer, type TimerDecision } from './lead-timer.ts';
import { noteOnLead } from './note-on-lead.ts';
import { stepLead } from './step-lead.ts';

type Stamp = (what: string) => Change;

export interface TimerPorts {
  readonly table: Table;
  readonly leads: Pick<Leads, 'get'>;
  /** Epoch seconds. */
  readonly clock: () => number;
  /**
   * Asks the provider once what became of a deposit that no news came of, and books the lead when the money is
   * there.
   */
  readonly askForDeposit: (lead: Lead, stamp: Stamp) => Promise<void>;
}

/** A timer of one stage of a lead, as its machine asks for it. */
export interface AskedTimer {
  readonly leadId: string;
  readonly stage: number;
  readonly timer: LeadTimer;
}

export type TimerOutcome = { readonly kind: 'done' } | Exclude<TimerDecision, { kind: 'due' }>;

/** It may be paid for: the provider is asked before its time is given away. */
interface MayBePaid {
  readonly kind: 'may_be_paid';
  readonly lead: Lead;
}

const remind = async (
  { table, clock }: TimerPorts,
  lead: Lead,
  stage: number,
  stamp: Stamp,
): Promise<TimerOutcome> => {
  const change = stamp('lead.reminded');
  let outcome: TimerOutcome = { kind: 'done' };
  const fieldsOf = (current: Lead) => {
    const decision = decideTimer(current, stage, 'remind', clock());
    outcome = decision.kind === 'due' ? { kind: 'done' } : decision;
    return decision.kind === 'due' ? { remindedAt: change.at } : undefined;
  };
  await noteOnLead(table, lead, fieldsOf, change);
  return outcome;
};

/** The step that a timer is named for: what ends gives back the time that it still holds, what is completed had it. */
const stepOf = (timer: Exclude<LeadTimer, 'remind'>): Extract<LeadDecision, { kind: 'steps' }> => ({
  kind: 'steps',
  steps: [{ command: timer, fields: {} }],
  time: { kind: timer === 'complete' ? 'keep' : 'release' },
});

/**
 * Does what is due in a stage of a lead, decided on what the lead is now: repeated, or late, it does nothing.
 * Before an accepted lead lapses its provider is asked about the deposit, so that lost news loses no booking.
 *
 * @throws Error when the lead is unknown, or others were faster each time.
 */
export const runTimer = async (
  ports: TimerPorts,
  { leadId, stage, timer }: AskedTimer,
  stamp: Stamp,
): Promise<TimerOutcome> => {
  const read = async (): Promise<Lead> => {
    const lead = await ports.leads.get(leadId);
    if (lead === undefined) throw new Error(`There is no lead ${leadId}`);
    return lead;
  };
  if (timer === 'remind') return remind(ports, await read(), stage, stamp);

  const step = async (isAsked: boolean) => {
    const now = ports.clock();
    const decide = (lead: Lead) => {
      const decision = decideTimer(lead, stage, timer, now);
      if (decision.kind !== 'due') return decision;
      const mayBePaid = timer === 'lapse' && lead.deposit !== undefined && !isAsked;
      return mayBePaid ? { kind: 'may_be_paid' as const, lead } : stepOf(timer);
    };
    return stepLead<Exclude<TimerOutcome, { kind: 'done' }> | MayBePaid>(ports.table, await read(), decide, {
      now: new Date(now * 1_000),
      stamp,
    });
  };

  let outcome = await step(false);
  if (outcome.kind === 'may_be_paid') {
    await ports.askForDeposit(outcome.lead, stamp);
    outcome = await step(true);
  }
  switch (outcome.kind) {
    case 'stepped':
      return { kind: 'done' };
    case 'over':
    case 'not_due':
      return outcome;
    case 'busy':
      throw new TooManyWriters(`The lead ${leadId}`);
    default:
      throw new Error(`To ${timer} the lead ${leadId} was answered by ${outcome.kind}`);
  }
};
