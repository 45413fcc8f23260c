import { shardCount } from '../functions/ticketing/block-plan.ts';
import { functionTable } from '../lib/function-table.ts';
import { leadUnits } from './lead-units.ts';
import { prices } from './prices.ts';

/**
 * What a sale needs of AWS, by arithmetic from units that tests measure exactly and from quotas and list
 * prices of the services. docs/scale.md shows it; a test holds the page to this file.
 */

/** Asserted in test/ticketing from what DynamoDB reports. */
export const units = { writesPerHold: 2, writesPerRefusal: 1, callsPerHold: 2 } as const;

/** AWS’s own limits; what a default quota is can be raised by asking. */
export const quotas = {
  /** Write units a second that one partition of DynamoDB takes (fixed). */
  writesPerPartition: 1_000,
  /** Read units, likewise (fixed). */
  readsPerPartition: 3_000,
  /** Requests a second of API Gateway for an account and region (default). */
  gatewayRequests: 10_000,
  /** Lambda invocations at once for an account and region (default). */
  lambdaConcurrency: 1_000,
  /** Entries of PutEvents a second, in the largest regions (default; 2,400 and less elsewhere). */
  eventEntries: 10_000,
  /** Write units a second of one on-demand table (default). */
  tableWrites: 40_000,
} as const;

export interface Sale {
  readonly places: number;
  readonly buyersPerSecond: number;
  /** Milliseconds that an invocation of a hold takes in Lambda: two calls to DynamoDB and our own work. */
  readonly holdMs: number;
}

/** What one second of the peak needs. */
export const demandOf = ({ places, buyersPerSecond, holdMs }: Sale) => {
  const shards = shardCount(places);
  return {
    shards,
    /** One write a buyer goes to a block, held or refused; the other, to a partition of the hold’s own. */
    writesPerShard: buyersPerSecond / shards,
    tableWrites: buyersPerSecond * units.writesPerHold,
    lambdaConcurrency: (buyersPerSecond * holdMs) / 1_000,
    gatewayRequests: buyersPerSecond,
    eventEntries: buyersPerSecond,
  };
};

/** Write units of a lead on other partitions than its truck’s: the lead, its history, its hold, its brief, two marks. */
const writesElsewhere = 15;

/**
 * What one truck takes a second, by the entries of the month that all ask about: its calendar and its profile are of one
 * partition.
 */
export const hotTruckOf = () =>
  [
    {
      entries: 'none',
      lead: leadUnits['a lead, the first in its month'],
      availability: leadUnits['availability of a day, nothing in the calendar'],
    },
    {
      entries: '30',
      lead: leadUnits['a lead in a month of 30 entries'],
      availability: leadUnits['availability of a day, 30 entries in its month'],
    },
    {
      entries: '500, all that it takes',
      lead: leadUnits['a lead in a month of 499 entries, the last that it takes'],
      availability: leadUnits['availability of a day, 500 entries in its month'],
    },
  ].map(({ entries, lead, availability }) => {
    const writeUnits = lead.writeUnits - writesElsewhere;
    const { readUnits } = availability;
    return {
      entries,
      writeUnits,
      leadsPerSecond: quotas.writesPerPartition / writeUnits,
      readUnits,
      availabilityPerSecond: quotas.readsPerPartition / readUnits,
    };
  });

/** Dollars of a million holds that all end by expiring, which is the dearest end. */
export const costPerMillionHolds = ({ holdMs }: Pick<Sale, 'holdMs'>) => {
  const gb = functionTable['ticketing-commands'].memoryMb / 1_024;
  return {
    gateway: prices.gatewayRequest.dollars,
    lambda: prices.lambdaRequest.dollars + holdMs * gb * prices.lambdaGbMs.dollars,
    /** Claim and hold; at the end the hold’s status and the release of its claims. */
    database: (units.writesPerHold + 2) * prices.writeUnit.dollars,
    /** Created, and expired. */
    events: 2 * prices.event.dollars,
    /** The timer and the consumer of its event: sent, received, deleted, in batches of ten at best; one at worst. */
    queues: 2 * 3 * prices.sqsRequest.dollars,
  };
};
