import * as z from 'zod';
import type { RsvpSession } from '../../catalog/contracts.ts';
import type { Fault } from '../../platform/answer.ts';
import { idOf } from '../../platform/id-schema.ts';
import type { SoldPlace } from '../../ticketing/contracts.ts';
import type { Order } from '../order.ts';

export const rsvpId = idOf('rsvp');

export const rsvpStatus = z.enum(['pending', 'confirmed', 'cancelled']);
export type RsvpStatus = z.output<typeof rsvpStatus>;

export const rsvpAnswer = z.enum(['yes', 'no', 'maybe']);
export type RsvpAnswer = z.output<typeof rsvpAnswer>;

/** Who cancelled it. */
export const rsvpCancelReason = z.enum(['guest', 'organizer', 'session_cancelled']);
export type RsvpCancelReason = z.output<typeof rsvpCancelReason>;

export type RsvpCommand =
  /** A yes that needs nobody’s word, or the organizer’s word: it has its places and tickets. */
  | 'confirm'
  /** A maybe, or a yes that waits for the organizer: it has no places. */
  | 'wait'
  /** A no, a word of the organizer, or the end of the session: what it had ends. */
  | 'cancel';

/** What each status allows, and where it leads. What is not here is refused. The diagram is drawn from this. */
export const rsvpTransitions: Readonly<Record<RsvpStatus, Partial<Record<RsvpCommand, RsvpStatus>>>> = {
  pending: { confirm: 'confirmed', wait: 'pending', cancel: 'cancelled' },
  confirmed: { confirm: 'confirmed', wait: 'pending', cancel: 'cancelled' },
  // Who said no may think again (`isFinal` says who may not).
  cancelled: { confirm: 'confirmed', wait: 'pending' },
};

/** Statuses that a command may come from: the condition of its write. */
export const statusesBefore = (command: RsvpCommand): readonly RsvpStatus[] =>
  rsvpStatus.options.filter((status) => rsvpTransitions[status][command] !== undefined);

/** A place of an answer, with the ticket it became. */
export interface RsvpPlace extends SoldPlace {
  /** As it was issued; a transfer changes the id of a ticket, never its serial. */
  readonly ticketId: string;
  readonly ticketTypeId: string;
  readonly ticketTypeName: string;
}

/** Somebody’s answer to the invitation of a session. */
export interface Rsvp {
  readonly rsvpId: string;
  readonly organizationId: string;
  readonly eventId: string;
  readonly sessionId: string;
  readonly status: RsvpStatus;
  readonly cancelReason?: RsvpCancelReason | undefined;
  readonly answer: RsvpAnswer;
  /** Whom the guest brings along. */
  readonly guests: number;
  readonly customer: Order['customer'];
  /** Its e-mail address in this session as keys have it: hidden, upper and lower case the same. */
  readonly address: string;
  /** Those it has while it is confirmed; those it had when it was cancelled. */
  readonly places: readonly RsvpPlace[];
  /** Tickets issued so far: each further one gets the next number. */
  readonly ticketsIssued: number;
  readonly createdAt: string;
  readonly requestHash: string;
  readonly revision: number;
}

/**
 * How often a guest may change an answer; a no is taken after that too. Each change may issue tickets and is mailed,
 * to an address that nobody has proved to be theirs.
 */
export const maxChanges = 50;

/** Places whose tickets are good now. */
export const livePlaces = ({ status, places }: Pick<Rsvp, 'status' | 'places'>): readonly RsvpPlace[] =>
  status === 'confirmed' ? places : [];

/** Cancelled by somebody else than its guest: it cannot be taken up again. */
export const isFinal = ({ status, cancelReason }: Pick<Rsvp, 'status' | 'cancelReason'>): boolean =>
  status === 'cancelled' && cancelReason !== 'guest';

/** Whether it is the one answer that its e-mail address may give; a no leaves room for another. */
export const takesAddress = (rsvp: Pick<Rsvp, 'status' | 'cancelReason'>): boolean =>
  rsvp.status !== 'cancelled' || isFinal(rsvp);

/** What a guest answers. */
export interface Answered {
  readonly answer: RsvpAnswer;
  readonly guests: number;
}

/** What an answer is to become: a status, and with how many places. */
export interface RsvpStep {
  readonly kind: 'step';
  readonly command: RsvpCommand;
  readonly places: number;
}

export type AnswerDecision =
  | RsvpStep
  /** It says so already. */
  | { readonly kind: 'unchanged' }
  /** Answers are no longer taken, since that instant (ISO 8601) or altogether. */
  | { readonly kind: 'closed'; readonly since?: string | undefined }
  | { readonly kind: 'changed_too_often' }
  | { readonly kind: 'not_on_sale'; readonly status: RsvpSession['status'] }
  | { readonly kind: 'not_allowed' }
  | { readonly kind: 'faults'; readonly faults: readonly Fault[] };

const guestsFault = (code: string, detail: string): AnswerDecision => ({
  kind: 'faults',
  faults: [{ in: 'body', pointer: '/guests', code, detail }],
});

const cancelled: RsvpStep = { kind: 'step', command: 'cancel', places: 0 };

/**
 * What an answer comes to, the first one or a later one.
 * @param rsvp the answer so far; undefined for the first one.
 */
export const decideAnswer = (
  rsvp: Pick<Rsvp, 'status' | 'cancelReason' | 'answer' | 'guests' | 'places' | 'revision'> | undefined,
  { answer, guests }: Answered,
  session: RsvpSession,
  now: Date,
): AnswerDecision => {
  if (rsvp !== undefined && isFinal(rsvp)) return { kind: 'not_allowed' };
  if (rsvp?.answer === answer && rsvp.guests === guests) return { kind: 'unchanged' };
  const { terms, answersEndAt } = session;
  if (answersEndAt !== undefined && Date.parse(answersEndAt) <= now.getTime())
    return { kind: 'closed', since: answersEndAt };
  // Whoever cannot come may always say so in time, whatever became of the invitation.
  if (answer === 'no' && rsvp !== undefined)
    return rsvp.status === 'cancelled' ? { kind: 'unchanged' } : cancelled;
  if (rsvp !== undefined && rsvp.revision > maxChanges) return { kind: 'changed_too_often' };
  if (terms === undefined) return { kind: 'closed' };
  if (guests > terms.guestsMax)
    return guestsFault('TOO_MANY_GUESTS', `${guests} guests; one may bring ${terms.guestsMax} at most.`);
  if (session.status !== 'published') return { kind: 'not_on_sale', status: session.status };
  if (answer === 'no') return cancelled;
  if (answer === 'maybe') return { kind: 'step', command: 'wait', places: 0 };
  const places = 1 + guests;
  if (terms.approval === 'automatic') return { kind: 'step', command: 'confirm', places };
  if (rsvp?.status !== 'confirmed') return { kind: 'step', command: 'wait', places: 0 };
  return places <= rsvp.places.length
    ? { kind: 'step', command: 'confirm', places }
    : guestsFault(
        'OVER_APPROVED',
        `The organizer confirmed ${rsvp.places.length - 1} guests; ask the organizer to let more come.`,
      );
};

export type OrganizerDecision = RsvpStep | { readonly kind: 'unchanged' } | { readonly kind: 'not_allowed' };

/** What the organizer’s word, or the end of the session, makes of an answer. */
export const decideByOrganizer = (
  rsvp: Pick<Rsvp, 'status' | 'cancelReason' | 'answer' | 'guests'>,
  command: Exclude<RsvpCommand, 'wait'>,
): OrganizerDecision => {
  const target = rsvpTransitions[rsvp.status][command];
  if (command === 'cancel') return target === undefined ? { kind: 'unchanged' } : cancelled;
  if (rsvp.status === 'confirmed') return { kind: 'unchanged' };
  // Nobody is made to come who has not said yes.
  return rsvp.status === 'pending' && rsvp.answer === 'yes'
    ? { kind: 'step', command, places: 1 + rsvp.guests }
    : { kind: 'not_allowed' };
};
