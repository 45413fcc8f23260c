import { type Change, stamp } from '../../platform/lifecycle-event.ts';
import { keyOf, organizationIndex } from '../../platform/owned-item.ts';
import { absent, atRevision, type Item, type Page, type Table, type Written } from '../../platform/table.ts';
import type { Decision, PastDecision, Verification, VerificationStatus } from './verification.ts';

export const verificationSort = 'VERIFICATION';

/** The papers of a truck, in its own partition; listed by status through the index of organizations. */
export interface VerificationItem extends Item, Verification {
  readonly truckId: string;
  readonly organizationId: string;
  readonly revision: number;
  readonly requestHash: string;
  readonly change: Change;
}

/**
 * Decisions have partitions of their own: the roles of the functions may put there, but neither update nor delete
 * (lib/grants.ts), and each put is conditional on nothing being there.
 */
const decisionPartition = (truckId: string): string => `VERIFICATION-DECISIONS#${truckId}`;

/** Most decisions on one truck that are shown, the latest of them. */
const maxDecisionsShown = 100;

const itemKey = (truckId: string) => ({ pk: `TRUCK#${truckId}`, sk: verificationSort });

/** Partition of the index that lists what has this status. */
export const statusListKey = (status: VerificationStatus): string => `${verificationSort}#${status}`;

const listKeys = (status: VerificationStatus, at: string, truckId: string) => ({
  [organizationIndex.pk]: statusListKey(status),
  [organizationIndex.sk]: `${at}#${truckId}`,
});

type Request = Parameters<typeof stamp>[1];

export const openVerifications = (table: Table) => ({
  get: (truckId: string): Promise<VerificationItem | undefined> =>
    table.get<VerificationItem>(itemKey(truckId), { consistent: true }),

  /** Writes papers in the place of those that were read, on the condition that they still are as they were. */
  submit(
    before: VerificationItem | undefined,
    submitted: Verification & Pick<VerificationItem, 'truckId' | 'organizationId' | 'requestHash'>,
    request: Request,
  ): Promise<Written> {
    const { truckId, submittedAt } = submitted;
    const item: VerificationItem = {
      ...itemKey(truckId),
      ...listKeys('submitted', submittedAt, truckId),
      ...submitted,
      revision: (before?.revision ?? 0) + 1,
      change: stamp('verification.submitted', request),
    };
    return table.put(item, before === undefined ? absent : atRevision(before.revision));
  },

  /**
   * Writes a decision, the row that keeps it, and on the truck that it is verified or no more, in one transaction.
   * @returns the papers as decided; undefined when they are not as they were read.
   */
  async decide(
    before: VerificationItem,
    decision: Decision,
    request: Request,
  ): Promise<VerificationItem | undefined> {
    const { truckId, subject, submissionId } = before;
    const past: PastDecision = { ...decision, submissionId };
    const item: VerificationItem = {
      ...before,
      ...listKeys(decision.outcome, decision.at, truckId),
      status: decision.outcome,
      decision,
      revision: before.revision + 1,
      change: stamp(`verification.${decision.outcome}`, request),
    };
    const isVerified = decision.outcome === 'verified';
    const written = await table.transact([
      { put: item, when: atRevision(before.revision) },
      {
        put: { pk: decisionPartition(truckId), sk: `${decision.at}#${item.revision}`, ...past },
        when: absent,
      },
      {
        update: keyOf('TRUCK', truckId),
        // Nothing else of the truck is decided on here, so it may change meanwhile.
        by: {
          update: `SET #revision = #revision + :one, #updatedAt = :at, #change = :change${
            isVerified ? ', #verified = :verified' : ' REMOVE #verified'
          }`,
          condition: 'attribute_exists(pk)',
          names: {
            '#revision': 'revision',
            '#updatedAt': 'updatedAt',
            '#change': 'change',
            '#verified': 'verified',
          },
          values: {
            ':one': 1,
            ':at': decision.at,
            ':change': stamp(`truck.${decision.outcome}`, request),
            ...(isVerified && { ':verified': { at: decision.at, subject } }),
          },
        },
      },
    ]);
    return written.written ? item : undefined;
  },

  /** What was decided on the papers of a truck, the latest first. */
  async decisions(truckId: string): Promise<readonly PastDecision[]> {
    const { items } = await table.query<Item & PastDecision>({
      pk: decisionPartition(truckId),
      limit: maxDecisionsShown,
      consistent: true,
      descending: true,
    });
    return items.map(({ submissionId, outcome, reason, at, by }) => ({
      submissionId,
      outcome,
      ...(reason !== undefined && { reason }),
      at,
      by,
    }));
  },

  /** Papers with this status, the longest in it first. */
  list: (
    status: VerificationStatus,
    limit: number,
    from?: Readonly<Record<string, unknown>>,
  ): Promise<Page<VerificationItem>> =>
    table.query<VerificationItem>({
      pk: statusListKey(status),
      index: organizationIndex,
      limit,
      ...(from && { from }),
    }),
});
