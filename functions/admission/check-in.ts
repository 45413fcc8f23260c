import * as z from 'zod';
import type { Admission, DeadCode, Ticket } from './ticket.ts';

/** Why a scanned ticket does not open the door: the closed list. */
export const refusalReason = z.enum([
  'unknown',
  'revoked',
  'wrong_session',
  'not_yet_valid',
  'already_used',
  'cancelled',
  'refunded',
]);
export type RefusalReason = z.output<typeof refusalReason>;

/** As conflicts name it. */
export const deadCode = refusalReason
  .extract(['revoked', 'refunded', 'cancelled'])
  .meta({ description: 'The code was dead, which the scanner could not know.' });

/** What a verified code says: which ticket, under which of its secrets, of which session. */
export interface ScannedCode {
  readonly serial: string;
  readonly secret: string;
  readonly sessionId: string;
}

export type Verdict =
  | { readonly kind: 'admitted'; readonly admission: Admission }
  /** It let somebody in, and so did another device: `first` came first. */
  | { readonly kind: 'conflict'; readonly first: Admission }
  | { readonly kind: 'refused'; readonly reason: RefusalReason; readonly first?: Admission | undefined };

const refused = (reason: RefusalReason, first?: Admission): Verdict => ({ kind: 'refused', reason, first });

/** When a session lets people in; its own settings say so (functions/catalog/session.ts). */
export interface EntryWindow {
  readonly status: string;
  readonly doorsOpenAt: string;
  readonly endsAt: string;
}

/** What the door of a session says at an instant, whatever the ticket. */
export const doorAt = (
  { status, doorsOpenAt, endsAt }: EntryWindow,
  at: Date,
): 'open' | 'not_yet_valid' | 'cancelled' | 'over' => {
  if (status === 'cancelled') return 'cancelled';
  // A postponed session has no date yet.
  if (status !== 'published' || at.getTime() < Date.parse(doorsOpenAt)) return 'not_yet_valid';
  return at.getTime() < Date.parse(endsAt) ? 'open' : 'over';
};

/** The instant of a scan: as the device says, but a clock that is ahead must not admit out of the future. */
export const scanInstant = (at: string | undefined, now: Date): Date =>
  at === undefined ? now : new Date(Math.min(Date.parse(at), now.getTime()));

/** All scans that let somebody in, earliest first: one a device, and one more where its code was dead. */
export const admissionsOf = ({
  admission,
  conflicts = [],
}: Pick<Ticket, 'admission' | 'conflicts'>): readonly Admission[] =>
  (admission === undefined ? [...conflicts] : [admission, ...conflicts]).toSorted(earliestFirst);

const isDead = ({ dead }: Admission): boolean => dead !== undefined;

/** Scans with a code that was good. */
const goodAdmissionsOf = (ticket: Ticket): readonly Admission[] =>
  admissionsOf(ticket).filter((admission) => !isDead(admission));

/** Why the ticket as such opens no door for this code; undefined when only its admissions decide. */
const refusalOf = (
  ticket: Ticket | undefined,
  code: ScannedCode,
): DeadCode | 'unknown' | 'wrong_session' | undefined => {
  if (ticket === undefined) return 'unknown';
  if (ticket.secret !== code.secret) return 'revoked';
  if (ticket.sessionId !== code.sessionId) return 'wrong_session';
  return ticket.status === 'valid' ? undefined : ticket.status;
};

/**
 * What the one write of a check-in does when all is well; `judgeRefusedScan` says what its refusal means.
 * Both stand here because they are one rule.
 */
export const admitWhen = {
  condition:
    '#secret = :secret AND #sessionId = :sessionId AND #status = :valid AND attribute_not_exists(#admission)',
  names: {
    '#secret': 'secret',
    '#sessionId': 'sessionId',
    '#status': 'status',
    '#admission': 'admission',
  },
  values: ({ secret, sessionId }: ScannedCode) => ({
    ':secret': secret,
    ':sessionId': sessionId,
    ':valid': 'valid',
  }),
};

/** Why a scan at the door was not the first one, from the ticket that refused it. */
export const judgeRefusedScan = (ticket: Ticket | undefined, code: ScannedCode, nonce: string): Verdict => {
  const reason = refusalOf(ticket, code);
  if (ticket === undefined || reason !== undefined) return refused(reason ?? 'unknown');
  const own = goodAdmissionsOf(ticket).find((admission) => admission.nonce === nonce);
  // The same scan again: its first answer was lost.
  return own === undefined ? refused('already_used', ticket.admission) : { kind: 'admitted', admission: own };
};

/** Most devices of one ticket that are kept, and as many with dead codes; the earliest count. */
const maxAdmissions = 20;

const deviceOf = ({ device, by }: Admission): string =>
  device === undefined ? `by:${by}` : `device:${device}`;

const earliestFirst = (one: Admission, other: Admission): number =>
  one.at === other.at ? (one.nonce < other.nonce ? -1 : 1) : one.at < other.at ? -1 : 1;

export interface OfflineJudgement {
  readonly verdict: Verdict;
  /** What the ticket keeps from now on; nothing when nothing changes. */
  readonly kept?: { readonly admission: Admission | undefined; readonly conflicts: readonly Admission[] };
}

/**
 * A scan that let somebody in with a dead code is kept for the organizer to see, beside the admission: whoever has
 * the ticket now may still come in.
 */
const judgeDeadCode = (ticket: Ticket, dead: DeadCode, scan: Admission): OfflineJudgement => {
  const { admission, conflicts = [] } = ticket;
  const verdict = refused(dead, admission);
  if (admissionsOf(ticket).some(({ nonce }) => nonce === scan.nonce)) return { verdict };
  const earlier = conflicts.filter(isDead);
  const own = earlier.find((one) => deviceOf(one) === deviceOf(scan));
  if (own !== undefined && earliestFirst(own, scan) < 0) return { verdict };
  const kept = [...earlier.filter((one) => one !== own), { ...scan, dead }]
    .toSorted(earliestFirst)
    .slice(0, maxAdmissions);
  return { verdict, kept: { admission, conflicts: [...conflicts.filter((one) => !isDead(one)), ...kept] } };
};

/**
 * What a scan that was made without a connection means for its ticket. Kept is the earliest scan of each
 * device, and the earliest of all is the admission: so the order in which logs arrive, and how often, does
 * not matter. A second scan on one device let nobody in; the device itself knew.
 */
export const judgeOfflineScan = (
  ticket: Ticket | undefined,
  code: ScannedCode,
  scan: Admission,
): OfflineJudgement => {
  const reason = refusalOf(ticket, code);
  if (ticket === undefined || reason === 'unknown' || reason === 'wrong_session')
    return { verdict: refused(reason ?? 'unknown') };
  if (reason !== undefined) return judgeDeadCode(ticket, reason, scan);
  const known = goodAdmissionsOf(ticket);
  const verdictAmong = (admissions: readonly Admission[]): Verdict => {
    const [first = scan] = admissions;
    return admissions.length === 1 ? { kind: 'admitted', admission: first } : { kind: 'conflict', first };
  };
  if (known.some(({ nonce }) => nonce === scan.nonce)) return { verdict: verdictAmong(known) };
  const own = known.find((admission) => deviceOf(admission) === deviceOf(scan));
  if (own !== undefined && earliestFirst(own, scan) < 0)
    return { verdict: refused('already_used', ticket.admission) };
  const admissions = [...known.filter((admission) => admission !== own), scan]
    .toSorted(earliestFirst)
    .slice(0, maxAdmissions);
  const verdict = verdictAmong(admissions);
  if (!admissions.includes(scan)) return { verdict };
  const [admission, ...others] = admissions;
  return { verdict, kept: { admission, conflicts: [...others, ...(ticket.conflicts ?? []).filter(isDead)] } };
};
