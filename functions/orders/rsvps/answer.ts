import type { RsvpSession, RsvpSessions } from '../../catalog/contracts.ts';
import type { Fault } from '../../platform/answer.ts';
import { derivedId } from '../../platform/ids.ts';
import type { Order } from '../order.ts';
import type { Stamp } from '../ports.ts';
import {
  type AnswerDecision,
  type Answered,
  decideAnswer,
  decideByOrganizer,
  type Rsvp,
  type RsvpCancelReason,
} from './rsvp.ts';
import type { Rsvps } from './rsvp-store.ts';
import { type LessOutcome, type StepOutcome, type StepPorts, writeLess, writeStep } from './write-step.ts';

export interface RsvpPorts extends StepPorts {
  readonly rsvps: Rsvps;
  readonly sessions: RsvpSessions;
  /** Milliseconds since the epoch. */
  readonly clockMs: () => number;
}

/** A first answer. */
export interface NewAnswer extends Answered {
  readonly rsvpId: string;
  readonly requestHash: string;
  readonly eventId: string;
  /** May be left out where the event has one session that takes answers. */
  readonly sessionId: string | undefined;
  readonly customer: Order['customer'];
}

type Refused =
  | Exclude<AnswerDecision, { readonly kind: 'step' | 'unchanged' }>
  | Exclude<StepOutcome, { readonly kind: 'written' | 'stale' }>
  | { readonly kind: 'missing' };

export type CreateOutcome =
  | { readonly kind: 'created'; readonly rsvp: Rsvp }
  /** The same request before: the answer as it is now. */
  | { readonly kind: 'replayed'; readonly rsvp: Rsvp }
  | { readonly kind: 'key_reused' }
  | Refused;

/**
 * Answers the invitation of a session. A yes has its places and tickets with the same write that puts it; a
 * repeat of the request finds the answer by its id.
 */
export const createRsvp = async (
  ports: RsvpPorts,
  wanted: NewAnswer,
  stamp: Stamp,
): Promise<CreateOutcome> => {
  const { rsvpId, requestHash, eventId, customer, answer, guests } = wanted;
  /** Whatever would be refused by now, the repeat of a request that was taken is answered with what it made. */
  const refuse = async (refused: Refused): Promise<CreateOutcome> => {
    const old = await ports.rsvps.get(rsvpId);
    return old === undefined ? refused : asRepeat(old, requestHash);
  };
  const chosen = await chooseSession(ports.sessions, eventId, wanted.sessionId);
  if (chosen.kind !== 'session') return refuse(chosen);
  const { session } = chosen;
  const decision = decideAnswer(undefined, wanted, session, new Date(ports.clockMs()));
  if (decision.kind === 'unchanged') throw new Error('There is no answer yet that could stay as it is');
  if (decision.kind !== 'step') return refuse(decision);
  const change = stamp('rsvp.answered');
  const { sessionId, organizationId } = session;
  const outcome = await writeStep(
    ports,
    {
      before: undefined,
      wanted: {
        rsvpId,
        organizationId,
        eventId,
        sessionId,
        answer,
        guests,
        customer,
        address: derivedId('adr', await ports.idSecret(), [sessionId, customer.email.toLowerCase()]),
        createdAt: change.at,
        requestHash,
        revision: 1,
      },
      step: decision,
      by: 'guest',
    },
    session.terms,
    change,
  );
  if (outcome.kind === 'written') return { kind: 'created', rsvp: outcome.rsvp };
  return outcome.kind === 'stale' ? asRepeat(outcome.rsvp, requestHash) : refuse(outcome);
};

const asRepeat = (old: Rsvp, requestHash: string): CreateOutcome =>
  old.requestHash === requestHash ? { kind: 'replayed', rsvp: old } : { kind: 'key_reused' };

type Chosen =
  | { readonly kind: 'session'; readonly session: RsvpSession }
  | { readonly kind: 'missing' }
  | { readonly kind: 'faults'; readonly faults: readonly Fault[] };

/** The session that an answer is about. */
const chooseSession = async (
  sessions: RsvpSessions,
  eventId: string,
  sessionId: string | undefined,
): Promise<Chosen> => {
  const named = sessionId === undefined ? undefined : await sessions.ofSession(sessionId);
  if (named?.eventId === eventId && named.isPublic) return { kind: 'session', session: named };
  const ofEvent = await sessions.ofEvent(eventId);
  if (ofEvent === undefined) return { kind: 'missing' };
  const fault = (code: string, detail: string): Chosen => ({
    kind: 'faults',
    faults: [{ in: 'body', pointer: '/sessionId', code, detail }],
  });
  if (sessionId !== undefined) return fault('UNKNOWN_SESSION', 'The event has no such session.');
  const taking = ofEvent.filter(({ terms, status }) => terms !== undefined && status !== 'cancelled');
  const [session, ...others] = taking;
  if (session === undefined) return fault('NO_ANSWERS_TAKEN', 'No session of the event takes answers.');
  return others.length === 0
    ? { kind: 'session', session }
    : fault('SESSION_REQUIRED', `Say which: ${taking.map((one) => one.sessionId).join(', ')}.`);
};

export type ChangeOutcome =
  | { readonly kind: 'changed'; readonly rsvp: Rsvp }
  /** It has changed since it was read. */
  | { readonly kind: 'stale' }
  | Exclude<Refused, { readonly kind: 'not_allowed' }>
  | { readonly kind: 'not_allowed'; readonly rsvp: Rsvp };

const nextOf = (rsvp: Rsvp, { answer, guests }: Answered) => {
  const { status: _s, cancelReason: _c, places: _p, ticketsIssued: _t, ...rest } = rsvp;
  return { ...rest, answer, guests, revision: rsvp.revision + 1 };
};

const readSession = async ({ sessions }: RsvpPorts, { rsvpId, sessionId }: Rsvp): Promise<RsvpSession> => {
  const session = await sessions.ofSession(sessionId);
  if (session === undefined) throw new Error(`Answer ${rsvpId} is about no session`);
  return session;
};

/**
 * Changes an answer as its guest has read it.
 * @param revision of the answer as it was read.
 */
export const changeRsvp = async (
  ports: RsvpPorts,
  rsvpId: string,
  revision: number,
  changes: { readonly answer?: Answered['answer'] | undefined; readonly guests?: number | undefined },
  stamp: Stamp,
): Promise<ChangeOutcome> => {
  const rsvp = await ports.rsvps.get(rsvpId);
  if (rsvp === undefined) return { kind: 'missing' };
  if (rsvp.revision !== revision) return { kind: 'stale' };
  const answered = { answer: changes.answer ?? rsvp.answer, guests: changes.guests ?? rsvp.guests };
  const session = await readSession(ports, rsvp);
  const decision = decideAnswer(rsvp, answered, session, new Date(ports.clockMs()));
  if (decision.kind === 'unchanged') return { kind: 'changed', rsvp };
  if (decision.kind === 'not_allowed') return { kind: 'not_allowed', rsvp };
  if (decision.kind !== 'step') return decision;
  const outcome = await writeStep(
    ports,
    { before: rsvp, wanted: nextOf(rsvp, answered), step: decision, by: 'guest' },
    session.terms,
    stamp('rsvp.changed'),
  );
  if (outcome.kind === 'written') return { kind: 'changed', rsvp: outcome.rsvp };
  return outcome.kind === 'stale' ? { kind: 'stale' } : outcome;
};

/** Confirms an answer that waits for its organizer. Again, it stays as it is. */
export const confirmRsvp = async (ports: RsvpPorts, rsvpId: string, stamp: Stamp): Promise<ChangeOutcome> => {
  let rsvp = await ports.rsvps.get(rsvpId);
  // Each turn is lost to a change by somebody else, and an answer has few.
  while (rsvp !== undefined) {
    const decision = decideByOrganizer(rsvp, 'confirm');
    if (decision.kind === 'unchanged') return { kind: 'changed', rsvp };
    if (decision.kind === 'not_allowed') return { kind: 'not_allowed', rsvp };
    const session = await readSession(ports, rsvp);
    if (session.terms === undefined) return { kind: 'closed' };
    const outcome: StepOutcome = await writeStep(
      ports,
      { before: rsvp, wanted: nextOf(rsvp, rsvp), step: decision, by: 'organizer' },
      session.terms,
      stamp('rsvp.confirmed'),
    );
    if (outcome.kind === 'written') return { kind: 'changed', rsvp: outcome.rsvp };
    if (outcome.kind !== 'stale') return outcome;
    rsvp = outcome.rsvp;
  }
  return { kind: 'missing' };
};

/**
 * Ends an answer by its organizer, or with its session: its tickets end, used or not. One that was cancelled
 * stays as it is.
 */
export const cancelRsvp = async (
  ports: Pick<RsvpPorts, 'rsvps' | 'tables'>,
  rsvpId: string,
  by: Exclude<RsvpCancelReason, 'guest'>,
  stamp: Stamp,
): Promise<Extract<ChangeOutcome, { readonly kind: 'changed' | 'missing' }>> => {
  let rsvp = await ports.rsvps.get(rsvpId);
  while (rsvp !== undefined) {
    const decision = decideByOrganizer(rsvp, 'cancel');
    if (decision.kind !== 'step') return { kind: 'changed', rsvp };
    const stepping = { before: rsvp, wanted: nextOf(rsvp, rsvp), step: decision, by };
    const outcome: LessOutcome = await writeLess(ports, stepping, stamp('rsvp.cancelled'));
    if (outcome.kind === 'written') return { kind: 'changed', rsvp: outcome.rsvp };
    if (outcome.kind !== 'stale') throw new Error(`Answer ${rsvpId} cannot end: ${outcome.kind}`);
    rsvp = outcome.rsvp;
  }
  return { kind: 'missing' };
};
