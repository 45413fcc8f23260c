import type { Lead } from '../../functions/marketplace/leads/lead.ts';
import { leadIndexes, outstandingIndex } from '../../functions/marketplace/leads/lead-indexes.ts';
import { newLeadWrites } from '../../functions/marketplace/leads/lead-store.ts';
import type { Quote } from '../../functions/marketplace/leads/quote.ts';
import { type TruckItem, truckDefaults } from '../../functions/marketplace/truck.ts';
import { type Taking, takeTime } from '../../functions/marketplace/truck-holds/truck-hold.ts';
import { randomId } from '../../functions/platform/ids.ts';
import type { Change } from '../../functions/platform/lifecycle-event.ts';
import { keyOf } from '../../functions/platform/owned-item.ts';
import type { Table } from '../../functions/platform/table.ts';
import { startEngine } from './dynoxide.ts';
import { truckBody } from './truck-body.ts';

export const seconds = (iso: string): number => Date.parse(iso) / 1_000;

const askedAt = '2027-03-03T10:00:00.500Z';

/** A lead of Cluj on a Saturday afternoon, asked three days before; new unless the fields say otherwise. */
export const leadWith = (fields: Partial<Lead> = {}): Lead => ({
  leadId: 'lead_5zr1v9n6q0w8c4t2m7k3x1y9ab',
  briefId: 'brf_5zr1v9n6q0w8c4t2m7k3x1y9ab',
  truckId: 'trk_5zr1v9n6q0w8c4t2m7k3x1y9ab',
  organizationId: 'org_oooooooooooooooooooooooooo',
  truckOrganizationId: 'org_tttttttttttttttttttttttttt',
  status: 'new',
  since: askedAt,
  stage: 1,
  window: { from: seconds('2027-03-06T10:00:00Z'), to: seconds('2027-03-06T14:00:00Z') },
  place: { city: 'Cluj-Napoca', lat: 46.77, lon: 23.59 },
  guests: 120,
  name: 'Spring party',
  timeZone: 'Europe/Bucharest',
  captured: 0,
  createdAt: askedAt,
  updatedAt: askedAt,
  requestHash: 'hash',
  revision: 1,
  ...fields,
});

/** 4,000 lei and half of it as deposit, by the truck; the offer stands for two days. */
export const quoteWith = (fields: Partial<Quote> = {}): Quote => ({
  quoteId: 'quo_1',
  requestHash: 'hash',
  version: 1,
  by: 'truck',
  at: '2027-03-03T12:00:00.000Z',
  items: [{ name: 'Tacos', quantity: 100, unitPrice: { amount: 4_000, currency: 'RON' } }],
  deposit: { percent: 50, withinMinutes: 60 },
  expiresAt: '2027-03-05T12:00:00Z',
  ...fields,
});

export const changeAt = (at: string): Change => ({ what: 'made', by: 'test', requestId: 'r', at });

export interface LeadTable {
  readonly endpoint: string;
  readonly table: Table;
  /** Keeps the truck of `leadWith`, listed. */
  truck(fields?: Partial<TruckItem>): Promise<TruckItem>;
  /**
   * Keeps a lead under an id of its own, with the first row of its history.
   * @param taking how it takes the time of its truck; without it takes none.
   */
  lead(fields?: Partial<Lead>, taking?: { readonly truck: TruckItem; readonly as: Taking }): Promise<Lead>;
  stop(): Promise<void>;
}

/** The marketplace’s table on the engine, with what stands in it written by its own stores. */
export const startLeadTable = async (): Promise<LeadTable> => {
  const engine = await startEngine();
  const table = await engine.createTable('marketplace', leadIndexes.organizer, leadIndexes.truck, {
    ...outstandingIndex,
    attributes: [],
  });
  return {
    endpoint: engine.endpoint,
    table,

    async truck(fields = {}) {
      const { truckId, truckOrganizationId } = leadWith();
      const truck: TruckItem = {
        ...keyOf('TRUCK', fields.truckId ?? truckId),
        ...truckDefaults,
        ...truckBody,
        truckId,
        status: 'listed',
        organizationId: truckOrganizationId,
        revision: 1,
        createdAt: askedAt,
        updatedAt: askedAt,
        requestHash: 'hash',
        ...fields,
      };
      await table.put(truck, {});
      return truck;
    },

    async lead(fields = {}, taking) {
      const lead = leadWith({ leadId: randomId('lead'), ...fields });
      const change = changeAt(lead.createdAt);
      if (taking === undefined) {
        await table.transact(newLeadWrites(lead, change));
        return lead;
      }
      const { truck, as } = taking;
      const taken = await takeTime(
        table,
        truck,
        lead,
        as,
        (hold) => newLeadWrites({ ...lead, hold }, change),
        change,
        seconds('2027-03-03T10:00:00Z'),
      );
      if (taken.kind !== 'written') throw new Error(`The time is ${taken.kind}`);
      return { ...lead, hold: taken.hold };
    },

    stop: () => engine.stop(),
  };
};
