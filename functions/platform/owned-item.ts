import { stamp } from './lifecycle-event.ts';
import { absent, atRevision, type Item, type Page, type Table, type UpdateExpression } from './table.ts';

/** What every thing of an organization has in its context’s table. */
export interface OwnedItem extends Item {
  readonly organizationId: string;
  /** +1 with every write: the ETag and the sequence of its lifecycle events. */
  readonly revision: number;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly requestHash: string;
}

export const keyOf = (kind: string, id: string) => ({ pk: `${kind}#${id}`, sk: kind });

export const organizationIndex = { name: 'byOrganization', pk: 'gsi1pk', sk: 'gsi1sk' } as const;

export const organizationListKey = (organizationId: string, kind: string): string =>
  `${organizationId}#${kind}`;

type Request = Parameters<typeof stamp>[1] & {
  readonly idempotency: { readonly key: string; readonly requestHash: string };
};

/** The item of a new thing: keys, place in its organization’s list, first revision, stamp. */
export const newItem = <T extends object>(
  kind: string,
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

/** Reads and simple writes of one kind of owned thing: `VENUE`, `TRUCK`, … */
export const openOwned = <T extends OwnedItem>(table: Table, kind: string) => ({
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

export type OwnedItems<T extends OwnedItem> = ReturnType<typeof openOwned<T>>;
