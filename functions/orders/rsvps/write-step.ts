import {
  endTicket,
  issueTicket,
  readTicketId,
  ticketIdOf,
  ticketPartsOf,
} from '../../admission/contracts.ts';
import type { RsvpSession } from '../../catalog/contracts.ts';
import type { Change } from '../../platform/lifecycle-event.ts';
import type { Item, Refusal, TransactionWrite } from '../../platform/table.ts';
import { type PlaceSales, type SaleRefusal, takeBackWrites } from '../../ticketing/contracts.ts';
import type { OtherTables } from '../ports.ts';
import {
  livePlaces,
  type Rsvp,
  type RsvpCancelReason,
  type RsvpPlace,
  type RsvpStep,
  rsvpTransitions,
} from './rsvp.ts';
import type { Rsvps, RsvpWritten } from './rsvp-store.ts';

/** What the steps of an answer stand on. */
export interface StepPorts {
  readonly rsvps: Pick<Rsvps, 'create' | 'change'>;
  readonly sales: PlaceSales;
  readonly tables: OtherTables;
  /** Key that ids of tickets are derived with. */
  readonly idSecret: () => Promise<string>;
}

/** An answer as it was, and as it is to be but for what the step itself decides. */
export interface Stepping {
  /** Undefined for a first answer. */
  readonly before: Rsvp | undefined;
  readonly wanted: Omit<Rsvp, 'status' | 'cancelReason' | 'places' | 'ticketsIssued'>;
  readonly step: RsvpStep;
  /** Of a step that cancels: by whom. */
  readonly by: RsvpCancelReason;
}

export type LessOutcome =
  | { readonly kind: 'written'; readonly rsvp: Rsvp }
  | Extract<RsvpWritten, { readonly kind: 'stale' | 'address_taken' }>
  /** Somebody came in with a ticket that would end. */
  | { readonly kind: 'ticket_used'; readonly ticketIds: readonly string[] };

export type StepOutcome = LessOutcome | SaleRefusal;

const serialOf = ({ ticketId }: RsvpPlace): string => readTicketId(ticketId).serial;

/** Whose hand may end tickets that have let somebody in: not that of a guest. */
const endsUsedTickets: Readonly<Record<RsvpCancelReason, boolean>> = {
  guest: false,
  organizer: true,
  session_cancelled: true,
};

const hadPlaces = ({ before }: Stepping): readonly RsvpPlace[] =>
  before === undefined ? [] : livePlaces(before);

/** The answer after its step, with further places. */
const afterStep = (stepping: Stepping, further: readonly RsvpPlace[]): Rsvp => {
  const { before, wanted, step, by } = stepping;
  const status = rsvpTransitions[before?.status ?? 'pending'][step.command];
  if (status === undefined) throw new Error(`Answer ${wanted.rsvpId}: ${step.command} in ${before?.status}`);
  const had = hadPlaces(stepping);
  return {
    ...wanted,
    status,
    ...(status === 'cancelled' && { cancelReason: by }),
    // A cancelled one keeps those it had: who came with it is told of its end.
    places: status === 'cancelled' ? had : [...had.slice(0, step.places), ...further],
    ticketsIssued: (before?.ticketsIssued ?? 0) + further.length,
  };
};

const write = (
  { rsvps }: Pick<StepPorts, 'rsvps'>,
  { before, step }: Stepping,
  after: Rsvp,
  change: Change,
  beside: readonly TransactionWrite[],
): Promise<RsvpWritten> =>
  before === undefined
    ? rsvps.create(after, change, beside)
    : rsvps.change(before, step.command, after, change, beside);

/**
 * Takes an answer to a step with no more places than it has: the last tickets end, and their places are free
 * again, but for those of a cancelled session.
 */
export const writeLess = async (
  ports: Pick<StepPorts, 'rsvps' | 'tables'>,
  stepping: Stepping,
  change: Change,
): Promise<LessOutcome> => {
  const { wanted, step, by } = stepping;
  const ended = hadPlaces(stepping).slice(step.places);
  const only = endsUsedTickets[by] ? 'any' : 'unused';
  const after = afterStep(stepping, []);
  const written = await write(ports, stepping, after, change, [
    ...ended.map((place) => endTicket(ports.tables.admission, serialOf(place), 'cancelled', change, only)),
    ...(by === 'session_cancelled' ? [] : takeBackWrites(ports.tables.ticketing, ended)),
  ]);
  if (written.kind === 'written') return { kind: 'written', rsvp: after };
  return written.kind === 'refused' ? ticketUsed(wanted.rsvpId, ended, written.refusals) : written;
};

/**
 * Takes an answer one step on: itself, its places and its tickets in one transaction. Further places are sold and
 * get tickets.
 * @param terms what further places are of.
 */
export const writeStep = async (
  ports: StepPorts,
  stepping: Stepping,
  terms: RsvpSession['terms'],
  change: Change,
): Promise<StepOutcome> => {
  const { before, wanted, step } = stepping;
  const missing = step.places - hadPlaces(stepping).length;
  if (missing <= 0) return writeLess(ports, stepping, change);
  const issued = before?.ticketsIssued ?? 0;
  if (terms === undefined) throw new Error(`Answer ${wanted.rsvpId} has no terms for further places`);
  const secret = await ports.idSecret();
  const { rsvpId, sessionId } = wanted;
  const { ticketTypeId, ticketTypeName } = terms;
  const sold = await ports.sales.sell<LessOutcome>(
    { sessionId, ticketTypeId, quantity: missing, buyerId: rsvpId },
    change,
    async (places, saleWrites) => {
      const further = places.map(
        ({ holdId: _, ...place }, index): RsvpPlace => ({
          ...place,
          ticketId: ticketIdOf(ticketPartsOf(secret, rsvpId, issued + index, 0)),
          ticketTypeId,
          ticketTypeName,
        }),
      );
      const after = afterStep(stepping, further);
      const tickets = further.map((place) => issue(ports.tables.admission, after, place, change));
      const written = await write(ports, stepping, after, change, [...saleWrites, ...tickets]);
      if (written.kind === 'written')
        return { kind: 'done', result: { kind: 'written', rsvp: after } as const };
      if (written.kind !== 'refused') return { kind: 'done', result: written };
      const refusals = written.refusals.filter(({ index }) => index < saleWrites.length);
      if (refusals.length === 0) throw new Error(`Answer ${rsvpId} has tickets before its places`);
      return { kind: 'refused', refusals };
    },
  );
  return sold.kind === 'done' ? sold.result : sold;
};

const issue = (table: string, rsvp: Rsvp, place: RsvpPlace, change: Change): TransactionWrite =>
  issueTicket(
    table,
    {
      ...readTicketId(place.ticketId),
      orderId: rsvp.rsvpId,
      organizationId: rsvp.organizationId,
      eventId: rsvp.eventId,
      sessionId: rsvp.sessionId,
      place: place.place,
      ticketTypeId: place.ticketTypeId,
      ticketTypeName: place.ticketTypeName,
      holders: [{ name: rsvp.customer.name, email: rsvp.customer.email, since: change.at }],
      status: 'valid',
      revision: 1,
    },
    change,
  );

const ticketUsed = (
  rsvpId: string,
  ended: readonly RsvpPlace[],
  refusals: readonly Refusal[],
): LessOutcome => {
  const used = refusals.filter(({ old }) => (old as Item | undefined)?.['admission'] !== undefined);
  if (used.length < refusals.length)
    throw new Error(`Answer ${rsvpId} has tickets that have ended, or places that are not sold`);
  return { kind: 'ticket_used', ticketIds: used.flatMap(({ index }) => ended[index]?.ticketId ?? []) };
};
