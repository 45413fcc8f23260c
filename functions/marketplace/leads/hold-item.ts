import * as z from 'zod';
import type { Change } from '../../platform/lifecycle-event.ts';
import type { Item, TransactionWrite } from '../../platform/table.ts';
import type { Interval } from '../interval.ts';
import type { Lead, LeadHold } from './lead.ts';

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
    change,
  };
  const names = Object.keys(fields);
  return {
    update: holdKey(leadId),
    by: {
      update: `SET #revision = if_not_exists(#revision, :zero) + :one, ${names.map((name) => `#${name} = :${name}`).join(', ')}`,
      names: { '#revision': 'revision', ...Object.fromEntries(names.map((name) => [`#${name}`, name])) },
      values: {
        ':zero': 0,
        ':one': 1,
        ...Object.fromEntries(names.map((name) => [`:${name}`, fields[name]])),
      },
    },
  };
};
