import * as z from 'zod';
import { epochSeconds } from '../../platform/time.ts';
import { isEnded, type LeadStatus, wasBooked } from '../leads/lead.ts';
import type { Party } from '../leads/quote.ts';

/** Leads that facts of a truck are made of: the latest by their creation. It bounds the item that keeps them. */
export const maxFactLeads = 200;

/** Of fewer leads nothing is told: a figure would be about two or three people. */
export const minFactLeads = 3;

/** What is known of one lead; instants are epoch seconds. */
export interface LeadFact {
  readonly createdAt: number;
  /** The truck’s first answer: that it takes the lead up, or a message. */
  readonly answeredAt?: number;
  /** `booked` also when the booking was called off later. */
  readonly end?: 'booked' | 'unbooked';
}

/** By lead. */
export type LeadFacts = Readonly<Record<string, LeadFact>>;

/** What the status that a lead has come to says of how it ends. */
const endIn = (status: LeadStatus): LeadFact['end'] => {
  if (wasBooked(status)) return 'booked';
  return isEnded(status) ? 'unbooked' : undefined;
};

/** A lifecycle event that says something of a lead: of its status, or that a side wrote. */
export interface LeadEvent {
  /** ISO 8601 */
  readonly occurredAt: string;
  readonly data: { readonly leadCreatedAt: string } & (
    | { readonly status: LeadStatus }
    | { readonly by: Party }
  );
}

/** What an event says. A truck answers by taking the lead up or by a message; its offers come after that. */
export const factIn = ({ occurredAt, data }: LeadEvent): LeadFact => {
  const answers = 'by' in data ? data.by === 'truck' : data.status === 'contacted';
  const end = 'status' in data ? endIn(data.status) : undefined;
  return {
    createdAt: secondsOf(data.leadCreatedAt),
    ...(answers && { answeredAt: secondsOf(occurredAt) }),
    ...(end !== undefined && { end }),
  };
};

const secondsOf = (iso: string): number => epochSeconds(new Date(iso));

const earliest = (one: number | undefined, other: number | undefined): number | undefined =>
  one === undefined || other === undefined ? (one ?? other) : Math.min(one, other);

/** Both facts together; the same in any order, and with one of them twice. */
const joined = (one: LeadFact, other: LeadFact): LeadFact => {
  const answeredAt = earliest(one.answeredAt, other.answeredAt);
  const end = one.end === 'booked' ? one.end : (other.end ?? one.end);
  return {
    createdAt: Math.min(one.createdAt, other.createdAt),
    ...(answeredAt !== undefined && { answeredAt }),
    ...(end !== undefined && { end }),
  };
};

/** The latest first; those of one second by their ids, so that the order is the same whatever came first. */
const latestFirst = (
  [oneId, one]: readonly [string, LeadFact],
  [otherId, other]: readonly [string, LeadFact],
): number => other.createdAt - one.createdAt || (oneId < otherId ? 1 : -1);

/**
 * The facts with one more. What comes out depends on the set of facts only, neither on their order nor on how often
 * each came: facts of a lead join, and a lead that has once had so many later ones before it never comes back.
 */
export const withFact = (facts: LeadFacts, leadId: string, fact: LeadFact): LeadFacts => {
  const known = facts[leadId];
  const all = { ...facts, [leadId]: known === undefined ? fact : joined(known, fact) };
  const entries = Object.entries(all);
  return entries.length <= maxFactLeads
    ? all
    : Object.fromEntries(entries.sort(latestFirst).slice(0, maxFactLeads));
};

/** How fast a truck answers, and how often it is booked. */
export const truckFacts = z
  .strictObject({
    medianResponseMinutes: z
      .int()
      .min(0)
      .optional()
      .meta({ description: 'From a lead to the first answer; missing while none was answered.' }),
    bookingRate: z.number().min(0).max(1).optional().meta({
      description: 'Booked leads by all that were booked or ended otherwise; missing while none has.',
    }),
    leads: z
      .int()
      .min(minFactLeads)
      .meta({ description: `How many that is, of the last ${maxFactLeads}.` }),
  })
  .meta({ id: 'TruckFacts' });
export type TruckFacts = z.output<typeof truckFacts>;

/** The middle of numbers; of an even count the mean of both middles. */
const medianOf = (numbers: readonly number[]): number | undefined => {
  const sorted = [...numbers].sort((one, other) => one - other);
  const lower = sorted[Math.floor((sorted.length - 1) / 2)];
  const upper = sorted[Math.floor(sorted.length / 2)];
  return lower === undefined || upper === undefined ? undefined : (lower + upper) / 2;
};

/** What everybody is told; undefined while there are too few leads. */
export const truckFactsOf = (facts: LeadFacts): TruckFacts | undefined => {
  const leads = Object.values(facts);
  if (leads.length < minFactLeads) return undefined;
  const medianSeconds = medianOf(
    leads.flatMap(({ createdAt, answeredAt }) => (answeredAt === undefined ? [] : [answeredAt - createdAt])),
  );
  const ended = leads.filter(({ end }) => end !== undefined).length;
  const booked = leads.filter(({ end }) => end === 'booked').length;
  return {
    ...(medianSeconds !== undefined && { medianResponseMinutes: Math.round(medianSeconds / 60) }),
    ...(ended > 0 && { bookingRate: Math.round((booked / ended) * 100) / 100 }),
    leads: leads.length,
  };
};
