import { type DriftCounts, type DriftOutcome, repairDrifts } from '../../platform/drift.ts';
import type { Change } from '../../platform/lifecycle-event.ts';
import { type OutstandingPlace, walkOutstanding } from '../../platform/outstanding.ts';
import { applyDepositNews, type LeadChanging } from '../deposits/apply-deposit-news.ts';
import { askForDeposit } from '../deposits/ask-for-deposit.ts';
import { askForRefund, type DepositPorts, settleDeposit } from '../deposits/settle-deposit.ts';
import { type Lead, timersOf } from '../leads/lead.ts';
import { openLeads } from '../leads/lead-store.ts';
import { noteOnLead } from '../leads/note-on-lead.ts';
import { runTimer } from '../leads/run-timer.ts';
import { expireTruckHold } from '../truck-holds/truck-hold-expiry.ts';
import { driftsOf, isMoneyLost, type LeadRepair, leadDrifts } from './lead-drift.ts';
import { readOutstanding } from './outstanding-leads.ts';

export interface ReconcileLeadsPorts extends DepositPorts {
  readonly continuation: {
    read(): Promise<OutstandingPlace | undefined>;
    write(place: OutstandingPlace | undefined): Promise<void>;
  };
  /** Epoch seconds. */
  readonly clock: () => number;
}

/**
 * Looks at the leads and truck holds that have drifted, the first first in each partition, and repairs them. What fails is told
 * and left to the next run.
 * @param mayGoOn whether there is time and capacity for another page.
 * @returns how many were looked at.
 */
export const reconcileLeads = async (
  ports: ReconcileLeadsPorts,
  counts: DriftCounts,
  stamp: (what: string) => Change,
  mayGoOn: () => boolean,
): Promise<number> => {
  const { table, clock, continuation } = ports;
  const workOn = async (partition: string, from: OutstandingPlace['from']) => {
    const { leads, holds, next } = await readOutstanding(table, partition, from, clock());
    for (const lead of leads) {
      try {
        await repairLead(ports, lead, counts, { now: new Date(clock() * 1_000), stamp });
      } catch (error) {
        // It must not keep the run from the leads after it.
        counts.note('lead_not_examined', 'not_repaired', { leadId: lead.leadId }, error);
      }
    }
    for (const { leadId } of holds) await announceEnd(ports, leadId, counts, stamp);
    return { looked: leads.length + holds.length, next };
  };
  return walkOutstanding(continuation, workOn, mayGoOn);
};

/** A hold whose end nobody announced. */
const announceEnd = async (
  { table, clock }: ReconcileLeadsPorts,
  leadId: string,
  counts: DriftCounts,
  stamp: (what: string) => Change,
): Promise<void> => {
  try {
    const outcome = await expireTruckHold(table, leadId, stamp('truck_hold.expired'), clock());
    if (outcome.kind === 'expired') counts.note('expiry_not_announced', 'repaired', { leadId });
  } catch (error) {
    counts.note('expiry_not_announced', 'not_repaired', { leadId }, error);
  }
};

/** Repairs what drifted of one lead. A repair that changes nothing found nothing to repair. */
const repairLead = async (
  ports: ReconcileLeadsPorts,
  lead: Lead,
  counts: DriftCounts,
  changing: LeadChanging,
): Promise<void> => {
  const { leadId } = lead;
  let current = lead;
  const perform = async (repair: LeadRepair): Promise<DriftOutcome | undefined> => {
    await repairs[repair](ports, current, changing);
    const before = current;
    current = (await openLeads(ports.table).get(leadId)) ?? current;
    if (current.revision === before.revision) return undefined;
    if (repair === 'raise') return 'not_repaired';
    // That its money is lost was only found now: the next run raises it.
    return isMoneyLost(current) ? undefined : 'repaired';
  };
  const drifts = driftsOf(lead, ports.clock());
  await repairDrifts(drifts, (kind): LeadRepair => leadDrifts[kind].repair, perform, counts, { leadId });
};

const repairs: Readonly<
  Record<LeadRepair, (ports: ReconcileLeadsPorts, lead: Lead, changing: LeadChanging) => Promise<unknown>>
> = {
  settle: (ports, { leadId }, changing) => settleDeposit(ports, leadId, changing),

  async askAboutPayment({ table, providers }, lead, changing) {
    const { deposit } = lead;
    if (deposit === undefined) return;
    const answer = await (await providers(deposit.provider)).read(deposit.paymentId);
    if (!answer.ok) throw new Error(`Payment ${deposit.paymentId} could not be read: ${answer.reason}`);
    await applyDepositNews(table, lead, answer.value, changing);
  },

  askAboutRefund: askForRefund,

  async runTimers(ports, lead, changing) {
    const timing = {
      ...ports,
      leads: openLeads(ports.table),
      askForDeposit: (read: Lead) => askForDeposit(ports, read, changing),
    };
    const { leadId, stage } = lead;
    for (const { timer, at } of timersOf(lead)) {
      if (at <= ports.clock()) await runTimer(timing, { leadId, stage, timer }, changing.stamp);
    }
  },

  raise({ table }, lead, { stamp }) {
    const change = stamp('lead.raised');
    const fieldsOf = (read: Lead) =>
      isMoneyLost(read) && read.raisedAt === undefined ? { raisedAt: change.at } : undefined;
    return noteOnLead(table, lead, fieldsOf, change);
  },
};
