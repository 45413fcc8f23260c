import type { Change } from '../../platform/lifecycle-event.ts';
import { openOwned } from '../../platform/owned-item.ts';
import type { Table } from '../../platform/table.ts';
import type { Lead } from '../leads/lead.ts';
import { noteWrite, openLeads } from '../leads/lead-store.ts';
import type { TruckItem } from '../truck.ts';
import { decideExtension, type ExtendDecision } from './lead-hold-extension.ts';
import { extendTime } from './truck-hold.ts';

export type ExtendOutcome =
  | { readonly kind: 'extended'; readonly until: number }
  | Exclude<ExtendDecision, { kind: 'extend' | 'unchanged' }>
  /** The lead changed each time it was decided. */
  | { readonly kind: 'busy' };

const maxTries = 4;

/** Extends the soft hold of a lead as its organizer asks; when the lead has changed it is decided anew. */
export const extendLeadHold = async (
  table: Table,
  asRead: Lead,
  minutes: number | undefined,
  change: Change,
  now: number,
): Promise<ExtendOutcome> => {
  const leads = openLeads(table);
  const truck = await openOwned<TruckItem>(table, 'TRUCK').get(asRead.truckId);
  if (truck === undefined) throw new Error(`Lead ${asRead.leadId} is of no truck`);
  let lead: Lead | undefined = asRead;
  for (let attempt = 0; attempt < maxTries; attempt += 1) {
    if (lead === undefined) throw new Error(`Lead ${asRead.leadId} is gone`);
    const decision = decideExtension(lead, truck.holdMinutes, minutes, now);
    if (decision.kind === 'unchanged') return { kind: 'extended', until: decision.until };
    if (decision.kind !== 'extend') return decision;
    const { hold } = lead;
    if (hold === undefined) return { kind: 'expired' };
    const current: Lead = lead;
    const extended = await extendTime(
      table,
      { ...current, hold },
      decision.until,
      (longer) => [noteWrite(current, { hold: longer }, change)],
      change,
      now,
    );
    if (extended.kind === 'written') return { kind: 'extended', until: decision.until };
    if (extended.kind === 'expired') return extended;
    lead = await leads.get(asRead.leadId);
  }
  return { kind: 'busy' };
};
