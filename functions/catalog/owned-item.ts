import { stamp } from '../platform/lifecycle-event.ts';
import {
  absent,
  atRevision,
  type Item,
  type Page,
  type Table,
  type UpdateExpression,
} from '../platform/table.ts';

/** What every thing of an organization has in the catalog table. */
export interface OwnedItem extends Item {
  readonly organizationId: string;
  /** +1 with every write: the ETag and the sequence of its lifecycle events. */
  readonly revision: number;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly requestHash: string;
}

export type OwnedKind = 'VENUE' | 'PERFORMER' | 'EVENT' | 'SESSION';

export const keyOf = (kind: OwnedKind, id: string) => ({ pk: `${kind}#${id}`, sk: kind });

export const organizationIndex = { name: 'byOrganization', pk: 'gsi1pk', sk: 'gsi1sk' } as const;

export const organizationListKey = (organizationId: string, kind: OwnedKind): string =>
  `${organizationId}#${kind}`;

type Request = Parameters<typeof stamp>[1] & {
  readonly idempotency: { readonly key: string; readonly requestHash: string };
};

/** The item of a new thing: keys, place in its organization’s list, first revision, stamp. */
export const newItem = <T extends object>(
  kind: OwnedKind,
  id: string,
  organizationId: string,
  fields: T,
  request: Request,
): T & OwnedItem => {
  const at = request.now.toISOString();
  return {
    ...keyOf(kind, id),
    gsi1pk: organizationListKey(organizationId, kind),
    gsi1sk: `${at}#${id}`,
    ...fields,
    organizationId,
    revision: 1,
    createdAt: at,
    updatedAt: at,
    requestHash: request.idempotency.requestHash,
    change: stamp(`${kind.toLowerCase()}.created`, request),
  };
};

/**
 * An update of the given fields (undefined ones are removed) that also counts the revision on and stamps
 * the change. Nothing is written unless the thing is still at `revision`.
 */
export const changeAt = (
  revision: number,
  fields: Readonly<Record<string, unknown>>,
  what: string,
  request: Parameters<typeof stamp>[1],
): UpdateExpression => {
  const names: Record<string, string> = { '#updatedAt': 'updatedAt', '#change': 'change' };
  const values: Record<string, unknown> = {
    ':one': 1,
    ':at': request.now.toISOString(),
    ':change': stamp(what, request),
  };
  const sets = ['#revision = #revision + :one', '#updatedAt = :at', '#change = :change'];
  const removes: string[] = [];
  for (const [index, [name, value]] of Object.entries(fields).entries()) {
    names[`#f${index}`] = name;
    if (value === undefined) {
      removes.push(`#f${index}`);
    } else {
      sets.push(`#f${index} = :f${index}`);
      values[`:f${index}`] = value;
    }
  }
  const expected = atRevision(revision);
  return {
    update: `SET ${sets.join(', ')}${removes.length > 0 ? ` REMOVE ${removes.join(', ')}` : ''}`,
    condition: `attribute_exists(pk) AND ${expected.condition}`,
    names: { ...names, ...expected.names },
    values: { ...values, ...expected.values },
  };
};

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

/** Reads and simple writes of one kind of owned thing. */
export const openOwned = <T extends OwnedItem>(table: Table, kind: OwnedKind) => ({
  get: (id: string): Promise<T | undefined> => table.get<T>(keyOf(kind, id), { consistent: true }),
  create: (item: T) => table.put(item, absent),
  change: (id: string, by: UpdateExpression) => table.update<T>(keyOf(kind, id), by),
  list: (organizationId: string, limit: number, from?: Record<string, unknown>): Promise<Page<T>> =>
    table.query<T>({
      pk: organizationListKey(organizationId, kind),
      index: organizationIndex,
      limit,
      descending: true,
      ...(from && { from }),
    }),
});
