import { type Problem, problem } from '../../platform/answer.ts';
import { validationProblem } from '../../platform/request.ts';
import type { EarliestStart } from '../truck-holds/earliest-start.ts';
import type { Refused } from '../truck-holds/truck-hold.ts';
import { intervalView } from '../views.ts';
import type { NotActing } from './acting-side.ts';
import type { LeadDecision } from './lead-decisions.ts';

const details = {
  closed: 'The truck does not serve then.',
  taken: 'Something else takes that time of the truck.',
  too_far: 'The truck cannot drive from or to its neighbour in time.',
} as const satisfies Record<Refused['kind'], string>;

/** It was decided anew as often as it may be. */
export const busy = (): Problem =>
  problem('SERVICE_UNAVAILABLE', {
    detail: 'Others were faster each time.',
    headers: { 'Retry-After': '1' },
  });

/** TRUCK_NOT_AVAILABLE with what stands in the way, and from when it would work. */
export const truckNotAvailable = (placement: Refused, { earliestStart }: EarliestStart = {}): Problem =>
  problem('TRUCK_NOT_AVAILABLE', {
    detail: details[placement.kind],
    members: {
      reason: placement.kind,
      ...(placement.kind !== 'closed' && {
        conflict: { ...intervalView(placement.conflict), kind: placement.conflict.kind },
      }),
      ...(placement.kind === 'too_far' && { travelMinutes: Math.ceil(placement.travelSeconds / 60) }),
      ...(earliestStart !== undefined && { earliestStart: new Date(earliestStart * 1_000).toISOString() }),
    },
  });

/** The lead is in a status that does not allow it. */
export const transitionNotAllowed = ({
  currentStatus,
  allowed,
}: Pick<Extract<LeadDecision, { kind: 'not_allowed' }>, 'currentStatus' | 'allowed'>): Problem =>
  problem('TRANSITION_NOT_ALLOWED', { members: { currentStatus, allowed } });

/** Why a caller speaks for no side of a lead. */
export const notActing = (acting: NotActing): Problem =>
  acting.kind === 'faults'
    ? validationProblem(acting.faults)
    : problem('FORBIDDEN', { detail: 'You do not belong to that side.' });
