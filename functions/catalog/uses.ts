import { keyOf } from '../platform/owned-item.ts';

/** Counts how many events use a thing up or down; the condition makes sure that it exists. */
export const countUse = (
  kind: 'VENUE' | 'PERFORMER',
  id: string,
  difference: 1 | -1,
  organizationId: string,
) => ({
  update: keyOf(kind, id),
  by: {
    update: 'SET #uses = #uses + :difference',
    condition: 'attribute_exists(pk) AND #organizationId = :organizationId',
    names: { '#uses': 'uses', '#organizationId': 'organizationId' },
    values: { ':difference': difference, ':organizationId': organizationId },
  },
});

/** The condition of deleting something that events refer to: none does, and it is as it was read. */
export const unusedAt = (revision: number) => ({
  condition: '#uses = :none AND #revision = :revision',
  names: { '#uses': 'uses', '#revision': 'revision' },
  values: { ':none': 0, ':revision': revision },
});
