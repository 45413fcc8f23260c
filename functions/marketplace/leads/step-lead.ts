import type { Change } from '../../platform/lifecycle-event.ts';
import { openOwned } from '../../platform/owned-item.ts';
import type { Item, Table } from '../../platform/table.ts';
import { epochSeconds } from '../../platform/time.ts';
import type { TruckItem } from '../truck.ts';
import { type EarliestStart, earliestStartOf } from '../truck-holds/earliest-start.ts';
import { checkTime, type Refused, releaseTime, type Taking, takeTime } from '../truck-holds/truck-hold.ts';
import type { Lead, LeadHold } from './lead.ts';
import type { LeadDecision, TimeChange } from './lead-decisions.ts';
import { type LeadStep, stepped, stepWrites, toLead, toQuote } from './lead-store.ts';
import type { Party, Quote } from './quote.ts';

type Steps = Extract<LeadDecision, { kind: 'steps' }>;

/**
 * What is to become of a lead as it was read: steps, or an outcome without any.
 * @param truckOf reads the truck of the lead, once.
 */
export type DecideLead<Outcome> = (
  lead: Lead,
  truckOf: () => Promise<TruckItem>,
) => Steps | Outcome | Promise<Steps | Outcome>;

export type LeadStepped =
  | { readonly kind: 'stepped'; readonly lead: Lead }
  /** The truck cannot be there then, or not any more. */
  | ({ readonly kind: 'unavailable'; readonly placement: Refused } & EarliestStart)
  /** A month of the truck’s calendar takes no entry more. */
  | { readonly kind: 'calendar_full' }
  /** A quote of that id is there already, by the same request or by another with its key. */
  | { readonly kind: 'quote_exists'; readonly quote: Quote }
  /** Others were faster each time. */
  | { readonly kind: 'busy' };

export interface LeadStepping {
  /** Whose word it is; undefined for what comes with time or with a payment. */
  readonly party?: Party | undefined;
  readonly now: Date;
  readonly stamp: (what: string) => Change;
  /** Everything is checked, nothing is written. */
  readonly dryRun?: boolean | undefined;
}

type Tried =
  | LeadStepped
  /** It lost to a change of the lead, which is now this, or of its truck. */
  | { readonly kind: 'lost'; readonly lead?: Lead };

/** Decisions anew after the lead or its truck had changed. */
const maxTries = 8;

/**
 * Takes a lead on: decides, and writes the lead, its history, its quote, its hold and the calendar in one transaction.
 * Whoever loses to another decides anew on what the lead is then.
 *
 * @param lead as it was read just now.
 */
export const stepLead = async <Outcome extends { readonly kind: string }>(
  table: Table,
  lead: Lead,
  decide: DecideLead<Outcome>,
  stepping: LeadStepping,
): Promise<LeadStepped | Outcome> => {
  let current = lead;
  for (let attempt = 0; attempt < maxTries; attempt += 1) {
    const truckOf = truckReader(table, current);
    const decision = await decide(current, truckOf);
    if (decision.kind !== 'steps') return decision as Outcome;
    const tried = await take(table, current, decision as Steps, truckOf, stepping);
    if (tried.kind !== 'lost') return tried;
    current = tried.lead ?? current;
  }
  return { kind: 'busy' };
};

const truckReader = (table: Table, { truckId }: Lead): (() => Promise<TruckItem>) => {
  let reading: Promise<TruckItem> | undefined;
  const read = async () => {
    const truck = await openOwned<TruckItem>(table, 'TRUCK').get(truckId);
    if (truck === undefined) throw new Error(`There is no truck ${truckId}`);
    return truck;
  };
  return () => {
    reading ??= read();
    return reading;
  };
};

/** The steps, the last of which sets the hold, or takes it away. */
const withHold = (
  [first, ...others]: Steps['steps'],
  hold: LeadHold | undefined,
): [LeadStep, ...LeadStep[]] => {
  const steps: [LeadStep, ...LeadStep[]] = [first, ...others];
  const last = steps.length - 1;
  const { fields, ...step } = steps[last] as LeadStep;
  steps[last] = { ...step, fields: { ...fields, hold } };
  return steps;
};

const takingOf = (time: Extract<TimeChange, { kind: 'hold' | 'book' }>): Taking =>
  time.kind === 'book' ? { kind: 'booking' } : { kind: 'hard', until: time.until };

const take = async (
  table: Table,
  lead: Lead,
  { steps, time }: Steps,
  truckOf: () => Promise<TruckItem>,
  { party, now: at, stamp, dryRun = false }: LeadStepping,
): Promise<Tried> => {
  const now = epochSeconds(at);
  const change = stamp(`lead.${stepped(lead, steps, at.toISOString()).status}`);
  const done = (taken: Steps['steps']): Tried => ({
    kind: 'stepped',
    lead: stepped(lead, taken, change.at),
  });

  if (time.kind === 'hold' || time.kind === 'book') {
    const truck = await truckOf();
    const taking = takingOf(time);
    const writesWith = (hold: LeadHold) => stepWrites(lead, withHold(steps, hold), party, change);
    const taken = dryRun
      ? await checkTime(table, truck, lead, taking, now)
      : await takeTime(table, truck, lead, taking, writesWith, change, now);
    switch (taken.kind) {
      case 'taken':
      case 'written':
        return done(withHold(steps, taken.hold));
      case 'unavailable': {
        const { placement } = taken;
        return { kind: 'unavailable', placement, ...(await earliestStartOf(table, truck, lead, now)) };
      }
      case 'full':
        return { kind: 'calendar_full' };
      case 'refused':
        return lost(taken.old);
    }
  }

  const { hold } = lead;
  // What has lapsed takes no time any more, and is told as lapsed.
  if (time.kind === 'release' && hold !== undefined && hold.until >= now) {
    const freed = withHold(steps, undefined);
    if (dryRun) return done(freed);
    const writes = stepWrites(lead, freed, party, change);
    const written = await releaseTime(table, { ...lead, hold }, writes, change, now);
    return written.kind === 'written' ? done(freed) : lost(written.old);
  }

  if (dryRun) return done(steps);
  const written = await table.transact(stepWrites(lead, steps, party, change));
  if (written.written) return done(steps);
  const olds = written.refusals.map(({ old }) => old);
  const quote = olds.find((old) => old?.sk.startsWith('QUOTE#'));
  return quote === undefined ? lost(olds[0]) : { kind: 'quote_exists', quote: toQuote(quote) };
};

const lost = (old: Item | undefined): Tried => {
  if (old?.sk === 'LEAD') return { kind: 'lost', lead: toLead(old) };
  if (old?.sk === 'TRUCK') return { kind: 'lost' };
  throw new Error(`A step was refused by ${old?.pk} ${old?.sk}`);
};
