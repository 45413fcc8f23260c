import type { Change } from '../../platform/lifecycle-event.ts';
import type { Table } from '../../platform/table.ts';
import type { Lead, LeadTimer } from './lead.ts';
import { type Leads, noteWrite, stepWrites } from './lead-store.ts';
import { decideTimer, type TimerDecision } from './lead-timer.ts';
import { releaseTime } from './truck-hold.ts';

type Stamp = (what: string) => Change;

export interface TimerPorts {
  readonly table: Table;
  readonly leads: Leads;
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

/** Tries of a lead that somebody else changed after it was read. */
const maxTries = 5;

/**
 * Writes what is due: the note of a reminder, or the step that the timer is named for. A lead that ends gives back
 * the time that it still holds, in the same transaction; a hold that has lapsed is counted by nobody, and leaves the
 * calendar with the next write of its month.
 */
const write = async (
  { table }: TimerPorts,
  lead: Lead,
  timer: LeadTimer,
  stamp: Stamp,
  now: number,
): Promise<boolean> => {
  if (timer === 'remind') {
    const change = stamp('lead.reminded');
    return (await table.transact([noteWrite(lead, { remindedAt: change.at }, change)])).written;
  }
  const { hold } = lead;
  if (timer === 'complete' || hold === undefined || hold.until < now) {
    const change = stamp(timer === 'complete' ? 'lead.completed' : 'lead.expired');
    return (await table.transact(stepWrites(lead, [{ command: timer, fields: {} }], undefined, change)))
      .written;
  }
  const change = stamp('lead.expired');
  const writes = stepWrites(lead, [{ command: timer, fields: { hold: undefined } }], undefined, change);
  return (await releaseTime(table, { ...lead, hold }, writes, change, now)).kind === 'written';
};

/**
 * Does what is due in a stage of a lead, decided on what the lead is now: repeated, or late, it does nothing.
 * Before an accepted lead lapses its provider is asked about the deposit, so that lost news loses no booking.
 *
 * @throws Error when the lead is unknown, or others were faster five times in a row.
 */
export const runTimer = async (
  ports: TimerPorts,
  { leadId, stage, timer }: AskedTimer,
  stamp: Stamp,
): Promise<TimerOutcome> => {
  let isAsked = false;
  for (let attempt = 0; attempt < maxTries; attempt += 1) {
    const lead = await ports.leads.get(leadId);
    if (lead === undefined) throw new Error(`There is no lead ${leadId}`);
    const now = ports.clock();
    const decision = decideTimer(lead, stage, timer, now);
    if (decision.kind !== 'due') return decision;
    if (timer === 'lapse' && lead.deposit !== undefined && !isAsked) {
      isAsked = true;
      await ports.askForDeposit(lead, stamp);
      continue;
    }
    if (await write(ports, lead, timer, stamp, now)) return { kind: 'done' };
  }
  throw new Error(`The lead ${leadId} is changed by too many at once`);
};
