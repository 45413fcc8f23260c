import { outstandingPartitionOf } from '../../platform/outstanding.ts';

/** Leads of an organization, newest first: in the one index those that it asked, in the other those of its trucks. */
export const leadIndexes = {
  organizer: { name: 'byOrganization', pk: 'gsi1pk', sk: 'gsi1sk' },
  truck: { name: 'byTruckOrganization', pk: 'gsi2pk', sk: 'gsi2sk' },
} as const;

/**
 * Of keys only: the leads and truck holds that something is still to come of, sorted by the instant from which on they have
 * drifted. At rest nothing in it is older than now, however many leads there are.
 */
export const outstandingIndex = { name: 'outstanding', pk: 'due', sk: 'dueAt' } as const;

/** What puts an item of a lead into that index: from when on it has drifted, epoch seconds. Without, it is not there. */
export const outstandingMark = (leadId: string, at: number | undefined) =>
  at === undefined ? {} : { due: outstandingPartitionOf(leadId), dueAt: new Date(at * 1_000).toISOString() };
