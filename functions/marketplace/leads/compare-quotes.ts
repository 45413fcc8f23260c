import { keyOf } from '../../platform/owned-item.ts';
import type { Item, Table } from '../../platform/table.ts';
import { type BriefLead, briefLeadPrefix, maxLeadsPerBrief } from '../briefs/brief.ts';
import { travelSeconds } from '../calendar/travel.ts';
import type { TruckItem } from '../truck.ts';
import type { Lead } from './lead.ts';
import { leadKey, toLead } from './lead-store.ts';
import { currencyOf, type Quote, totalOf } from './quote.ts';

/** A truck that was asked, and its latest quote. */
export interface Compared {
  readonly lead: Lead;
  readonly truckName: string;
  /** From its home to the venue. */
  readonly travelSeconds: number;
}

const byTotal = (one: Quote | undefined, other: Quote | undefined): number => {
  if (one === undefined || other === undefined)
    return Number(one === undefined) - Number(other === undefined);
  return currencyOf(one).localeCompare(currencyOf(other)) || totalOf(one) - totalOf(other);
};

/** The cheapest first, currency by currency; those without a quote at the end, the nearest first. */
export const cheapestFirst = (compared: readonly Compared[]): readonly Compared[] =>
  compared.toSorted(
    (one, other) => byTotal(one.lead.quote, other.lead.quote) || one.travelSeconds - other.travelSeconds,
  );

/** The latest lead of a brief with each truck that was asked. */
export const compareQuotes = async (table: Table, briefId: string): Promise<readonly Compared[]> => {
  const { items: rows } = await table.query<Item & BriefLead>({
    pk: `BRIEF#${briefId}`,
    skPrefix: briefLeadPrefix,
    limit: maxLeadsPerBrief,
  });
  if (rows.length === 0) return [];
  const [leads, trucks] = await Promise.all([
    table.batchGet<Item>(rows.map(({ leadId }) => leadKey(leadId))),
    table.batchGet<Pick<TruckItem, 'truckId' | 'name' | 'home' | 'travel'>>(
      rows.map(({ truckId }) => keyOf('TRUCK', truckId)),
      { attributes: ['truckId', 'name', 'home', 'travel'] },
    ),
  ]);
  const truckOf = new Map(trucks.map((truck) => [truck.truckId, truck]));
  return cheapestFirst(
    leads.map(toLead).map((lead) => {
      const truck = truckOf.get(lead.truckId);
      if (truck === undefined) throw new Error(`Lead ${lead.leadId} is of no truck`);
      return {
        lead,
        truckName: truck.name,
        travelSeconds: travelSeconds(truck.travel, truck.home, lead.place),
      };
    }),
  );
};
