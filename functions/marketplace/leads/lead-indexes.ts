/** Leads of an organization, newest first: in the one index those that it asked, in the other those of its trucks. */
export const leadIndexes = {
  organizer: { name: 'byOrganization', pk: 'gsi1pk', sk: 'gsi1sk' },
  truck: { name: 'byTruckOrganization', pk: 'gsi2pk', sk: 'gsi2sk' },
} as const;
