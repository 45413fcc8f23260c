import type { BriefItem } from '../../../functions/marketplace/briefs/brief.ts';
import { createLead, type LeadCreation } from '../../../functions/marketplace/leads/create-lead.ts';
import { leadIndexes } from '../../../functions/marketplace/leads/lead-indexes.ts';
import { type TruckItem, truckDefaults } from '../../../functions/marketplace/truck.ts';
import { randomId } from '../../../functions/platform/ids.ts';
import { newItem } from '../../../functions/platform/owned-item.ts';
import { absent, type Table } from '../../../functions/platform/table.ts';
import { startEngine } from '../../support/dynoxide.ts';
import { truckBody } from '../../support/truck-body.ts';
import { seconds } from './lead-world.ts';

const iso = (at: number): string => new Date(at * 1_000).toISOString();

/** When leads are made, unless a test says otherwise. */
export const now = seconds('2026-11-20T18:00:00Z');
export const cluj = { city: 'Cluj-Napoca', lat: 46.7712, lon: 23.6236 };
export const bucuresti = { city: 'București', lat: 44.4268, lon: 26.1025 };

export const changeBy = (by: string, at = now) => ({ what: 'test', by, requestId: 'request-1', at: iso(at) });

const request = {
  caller: { subject: 'test' },
  requestId: 'request-1',
  now: new Date(now * 1_000),
  idempotency: { key: 'key-1', requestHash: 'hash-1' },
};

export interface LeadWorld {
  readonly table: Table;
  newTruck(fields?: object): Promise<TruckItem>;
  newBrief(from: string | number, to: string | number, fields?: object): Promise<BriefItem>;
  /** Asks a truck, at `now` unless another second is given. */
  ask(brief: BriefItem, truck: TruckItem, options?: { at?: number; leadId?: string }): Promise<LeadCreation>;
  stop(): Promise<void>;
}

/** Leads on the engine, below the API: with a clock of the test’s own. */
export const startLeads = async (): Promise<LeadWorld> => {
  const engine = await startEngine();
  Object.assign(process.env, {
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  });
  const table = await engine.createTable('marketplace', leadIndexes.organizer, leadIndexes.truck);
  const put = async <T extends TruckItem | BriefItem>(item: T): Promise<T> => {
    await table.put(item, absent);
    return item;
  };
  return {
    table,
    newTruck: (fields = {}) => {
      const truckId = randomId('trk');
      const truck = { ...truckDefaults, ...truckBody, ...fields, truckId, status: 'listed' as const };
      return put(newItem('TRUCK', truckId, randomId('org'), truck, request));
    },
    newBrief: (from, to, fields = {}) => {
      const briefId = randomId('brf');
      const at = (instant: string | number) => (typeof instant === 'number' ? iso(instant) : instant);
      const brief = {
        briefId,
        name: 'Company picnic',
        venue: cluj,
        startsAt: at(from),
        endsAt: at(to),
        guests: 200,
        timeZone: 'Europe/Bucharest',
        leads: 0,
        ...fields,
      };
      return put(newItem('BRIEF', briefId, randomId('org'), brief, request));
    },
    ask: (brief, { truckId }, { at = now, leadId = randomId('lead') } = {}) =>
      createLead(table, { leadId, requestHash: 'hash-1', brief, truckId }, changeBy('dan', at), at),
    stop: () => engine.stop(),
  };
};
