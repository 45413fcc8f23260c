import type { Item, Table } from '../../platform/table.ts';
import type { Lead, LeadStatus } from './lead.ts';
import { leadIndexes } from './lead-indexes.ts';
import { leadListKey, toLead } from './lead-store.ts';
import type { Party } from './quote.ts';

/** Leads read for one page, whatever few of them are in the status that is looked for. */
const maxRead = 500;
const readAtOnce = 100;

export interface LeadList {
  readonly organizationId: string;
  readonly side: Party;
  readonly status?: LeadStatus | undefined;
  readonly limit: number;
  /** Key to go on after. */
  readonly from?: Record<string, unknown> | undefined;
}

export interface LeadPage {
  readonly leads: readonly Lead[];
  readonly next?: Record<string, unknown> | undefined;
}

/** A page of an organization’s leads on one side, newest first. */
export const listLeads = async (
  table: Table,
  { organizationId, side, status, limit, from }: LeadList,
): Promise<LeadPage> => {
  const index = leadIndexes[side];
  const leads: Lead[] = [];
  let after = from;
  for (let read = 0; read < maxRead; ) {
    const page = await table.query<Item>({
      pk: leadListKey(organizationId),
      index,
      // Without a status the page is what is asked for; with one, most of what is read may be another’s.
      limit: status === undefined ? limit : readAtOnce,
      descending: true,
      ...(after !== undefined && { from: after }),
    });
    for (const item of page.items) {
      const lead = toLead(item);
      if (status !== undefined && lead.status !== status) continue;
      if (leads.length === limit) return { leads, next: after };
      leads.push(lead);
      after = { pk: item.pk, sk: item.sk, [index.pk]: item[index.pk], [index.sk]: item[index.sk] };
    }
    if (page.next === undefined) return { leads };
    after = page.next;
    if (leads.length === limit) return { leads, next: after };
    read += page.items.length;
  }
  return { leads, next: after };
};
