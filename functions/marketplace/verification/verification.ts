import * as z from 'zod';
import { idOf } from '../../platform/id-schema.ts';
import type { Subject } from './verified.ts';

export const verificationStatus = z.enum(['none', 'submitted', 'verified', 'rejected', 'withdrawn']);
export type VerificationStatus = z.output<typeof verificationStatus>;

type VerificationCommand = 'submit' | 'verify' | 'reject' | 'withdraw';

/** What each status allows, and where it leads. What is not here is refused. */
export const verificationTransitions: Readonly<
  Record<VerificationStatus, Partial<Record<VerificationCommand, VerificationStatus>>>
> = {
  none: { submit: 'submitted' },
  submitted: { verify: 'verified', reject: 'rejected' },
  verified: { submit: 'submitted', withdraw: 'withdrawn' },
  rejected: { submit: 'submitted' },
  withdrawn: { submit: 'submitted' },
};

export const maxDocuments = 10;
export const documentKind = z.enum(['business_registration', 'food_safety', 'insurance', 'other']);

/**
 * Papers name people, so they are not kept for ever: the bucket’s lifecycle rule deletes them so many days after
 * they were submitted. That they were found right stays.
 */
export const documentsKeptDays = 365;

/** What an admin decides: that papers are right, that they are not, or that they are not any more. */
export const outcome = z.enum(['verified', 'rejected', 'withdrawn']);
export type Outcome = z.output<typeof outcome>;

const commandFor = {
  verified: 'verify',
  rejected: 'reject',
  withdrawn: 'withdraw',
} as const satisfies Record<Outcome, VerificationCommand>;

export const submissionId = idOf('ver');

export interface SubmittedDocument {
  /** Id of its upload. */
  readonly id: string;
  readonly kind: z.output<typeof documentKind>;
  readonly contentType: string;
  readonly bytes: number;
}

export interface Decision {
  readonly outcome: Outcome;
  /** Why; always there when it is against the truck. */
  readonly reason?: string | undefined;
  readonly at: string;
  /** Subject of the admin. */
  readonly by: string;
}

/** A decision as it is kept for good: later ones take nothing of it. */
export interface PastDecision extends Decision {
  readonly submissionId: string;
}

/** The latest papers of a truck and what became of them. */
export interface Verification {
  readonly status: Exclude<VerificationStatus, 'none'>;
  readonly submissionId: string;
  /** The truck as it was when they were submitted: what they are judged for. */
  readonly subject: Subject;
  readonly documents: readonly SubmittedDocument[];
  readonly submittedAt: string;
  readonly submittedBy: string;
  readonly decision?: Decision;
}

export type VerificationRefusal =
  | { readonly kind: 'not_allowed'; readonly status: VerificationStatus }
  /** It is about other papers than those that are there now. */
  | { readonly kind: 'other_submission' };

/** Whether papers can be submitted now; `repeat` when they are the ones that are there. */
export const decideSubmission = (
  current: Pick<Verification, 'status' | 'submissionId'> | undefined,
  id: string,
): { readonly kind: 'submit' } | { readonly kind: 'repeat' } | VerificationRefusal => {
  if (current?.submissionId === id) return { kind: 'repeat' };
  const status = current?.status ?? 'none';
  return verificationTransitions[status].submit === undefined
    ? { kind: 'not_allowed', status }
    : { kind: 'submit' };
};

/**
 * Whether an admin’s decision can be taken now; `repeat` when it is the one that the same admin took.
 *
 * @param wanted with the submission that the admin saw, where they named it.
 */
export const decideOutcome = (
  current: Verification | undefined,
  wanted: Pick<Decision, 'outcome' | 'reason' | 'by'> & { readonly submissionId?: string | undefined },
):
  | { readonly kind: 'decide'; readonly current: Verification }
  | { readonly kind: 'repeat'; readonly current: Verification }
  | VerificationRefusal => {
  if (current === undefined) return { kind: 'not_allowed', status: 'none' };
  if (wanted.submissionId !== undefined && wanted.submissionId !== current.submissionId)
    return { kind: 'other_submission' };
  if (verificationTransitions[current.status][commandFor[wanted.outcome]] !== undefined)
    return { kind: 'decide', current };
  const { decision } = current;
  const isRepeat =
    current.status === wanted.outcome && decision?.by === wanted.by && decision.reason === wanted.reason;
  return isRepeat ? { kind: 'repeat', current } : { kind: 'not_allowed', status: current.status };
};
