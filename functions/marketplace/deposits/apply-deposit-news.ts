import { type PaymentNews, type RefundNews, refundTransitions } from '../../payments/contracts.ts';
import type { Change } from '../../platform/lifecycle-event.ts';
import type { Table } from '../../platform/table.ts';
import { epochSeconds } from '../../platform/time.ts';
import { TooManyWriters } from '../../platform/until-written.ts';
import type { Lead } from '../leads/lead.ts';
import { noteOnLead } from '../leads/note-on-lead.ts';
import { stepLead } from '../leads/step-lead.ts';
import { decideDepositNews } from './deposit.ts';

/** When a lead is changed, and by whom. */
export interface LeadChanging {
  readonly now: Date;
  readonly stamp: (what: string) => Change;
}

/** Decisions anew after somebody else had changed the lead, or taken its time. */
const maxTries = 4;

/**
 * Applies news of a deposit to its lead, whoever brings them: queue, the organizer’s own request, the lead’s machine.
 * Any order and any repetition is harmless.
 *
 * @returns the lead as it is afterwards.
 * @throws TooManyWriters when others were faster each time: the news are told again.
 */
export const applyDepositNews = async (
  table: Table,
  lead: Lead,
  news: PaymentNews,
  { now, stamp }: LeadChanging,
): Promise<Lead> => {
  let current = lead;
  let isTimeLost = false;
  for (let attempt = 0; attempt < maxTries; attempt += 1) {
    const decide = (read: Lead) => decideDepositNews(read, news, { isTimeLost, now: epochSeconds(now) });
    const decision = decide(current);
    if (decision.kind === 'nothing') return current;
    if (decision.kind === 'note') {
      const fieldsOf = (read: Lead) => {
        const anew = decide(read);
        return anew.kind === 'note' ? anew.fields : undefined;
      };
      // Looked at once more: others may have made it a matter of steps.
      current = await noteOnLead(table, current, fieldsOf, stamp(`deposit.${news.status}`));
      continue;
    }
    const outcome = await stepLead<{ readonly kind: 'other'; readonly lead: Lead }>(
      table,
      current,
      (read) => {
        const anew = decide(read);
        return anew.kind === 'steps' ? anew : { kind: 'other', lead: read };
      },
      { now, stamp },
    );
    if (outcome.kind === 'stepped') return outcome.lead;
    if (outcome.kind === 'other') current = outcome.lead;
    else if (outcome.kind === 'unavailable' || outcome.kind === 'calendar_full') isTimeLost = true;
    else throw new Error(`News of the deposit of ${lead.leadId}: ${outcome.kind}`);
  }
  throw new TooManyWriters(`The lead ${lead.leadId}`);
};

/** Notes what became of a refund. News of another than the lead’s last are old: that one had failed. */
export const applyDepositRefundNews = (
  table: Table,
  lead: Lead,
  { refundId, providerRefundId, status }: Pick<RefundNews, 'refundId' | 'providerRefundId' | 'status'>,
  { stamp }: Pick<LeadChanging, 'stamp'>,
): Promise<Lead> =>
  noteOnLead(
    table,
    lead,
    ({ refund }) =>
      refund?.refundId === refundId && refundTransitions[refund.status].includes(status)
        ? { refund: { ...refund, providerRefundId, status } }
        : undefined,
    stamp(`deposit.refund_${status}`),
  );
