import * as z from 'zod';
import { expirySeconds } from '../../platform/drift-ages.ts';
import type { Change } from '../../platform/lifecycle-event.ts';
import type { Item, TransactionWrite } from '../../platform/table.ts';
import type { Interval } from '../calendar/interval.ts';
import type { Lead, LeadHold } from '../leads/lead.ts';
import { outstandingIndex, outstandingMark } from '../leads/lead-indexes.ts';

export const truckHoldStatus = z.enum(['active', 'confirmed', 'released', 'expired']);
export type TruckHoldStatus = z.output<typeof truckHoldStatus>;

/** Ended holds can be read so long; then TTL may delete them. */
const keptSeconds = 30 * 24 * 60 * 60;

export const holdKey = (leadId: string) => ({ pk: `LEAD#${leadId}`, sk: 'HOLD' });

/** What became of the time that a lead took, as the stream tells it. Rules look at the lead and its calendar. */
export interface TruckHold extends Interval {
  readonly leadId: string;
  readonly truckId: string;
  readonly kind: LeadHold['kind'];
  readonly status: TruckHoldStatus;
  /** Epoch seconds; in that second it still stands. */
  readonly until: number;
  readonly revision: number;
}

export const toTruckHold = (item: Item): TruckHold & { readonly change: Change } =>
  item as unknown as TruckHold & { readonly change: Change };

/** From when on the end of a hold should have been announced, epoch seconds; undefined of one that has ended. */
export const holdDriftsFrom = ({ status, until }: Pick<TruckHold, 'status' | 'until'>): number | undefined =>
  status === 'active' ? until + expirySeconds : undefined;

/**
 * The hold of a lead in a new state. It has no condition of its own: it is written with the lead, on the condition
 * that the lead is as it was read.
 */
export const holdWrite = (
  { leadId, truckId, window }: Pick<Lead, 'leadId' | 'truckId' | 'window'>,
  { kind, until }: LeadHold,
  status: TruckHoldStatus,
  change: Change,
): TransactionWrite => {
  const fields: Readonly<Record<string, unknown>> = {
    leadId,
    truckId,
    ...window,
    kind,
    status,
    until,
    // A booking may end within a second; TTL takes whole ones.
    ttl: Math.ceil(until) + keptSeconds,
    ...outstandingMark(leadId, holdDriftsFrom({ status, until })),
    change,
  };
  const names = Object.keys(fields);
  const { pk, sk } = outstandingIndex;
  const gone = [pk, sk].filter((name) => !names.includes(name));
  return {
    update: holdKey(leadId),
    by: {
      update: [
        `SET #revision = if_not_exists(#revision, :zero) + :one, ${names.map((name) => `#${name} = :${name}`).join(', ')}`,
        ...(gone.length === 0 ? [] : [`REMOVE ${gone.map((name) => `#${name}`).join(', ')}`]),
      ].join(' '),
      names: Object.fromEntries(['revision', ...names, ...gone].map((name) => [`#${name}`, name])),
      values: {
        ':zero': 0,
        ':one': 1,
        ...Object.fromEntries(names.map((name) => [`:${name}`, fields[name]])),
      },
    },
  };
};
