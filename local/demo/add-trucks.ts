import { routes } from '../../functions/routes.ts';
import { type Api, connect, keyOf, type Platform, tokenFor } from './api.ts';
import { inParallel } from './parallel.ts';
import { type DemoTruck, readTrucks } from './trucks.ts';

/** Who owns a firm of the demo’s trucks: ask the local issuer for a token of this subject. */
export const ownerOf = (firmId: string): string => `demo-trucks-${firmId}`;

/** A truck with its menu, listed. What an earlier start left half done is finished. */
export const addTruck = async (
  api: Api,
  organizationId: string,
  { truck, menu }: DemoTruck,
): Promise<string> => {
  const body = { ...truck, organizationId };
  const created = await api.answer(201, routes.createTruck, { idempotencyKey: keyOf('truck', body), body });
  const { id, status } = created.body;
  if (status === 'listed') return id;
  const params = { truckId: id };
  const tagOf = ({ headers }: { headers: Headers }): string => headers.get('etag') ?? '';
  const served = await api.answer(200, routes.putMenu, { params, ifMatch: tagOf(created), body: menu });
  await api.must(200, routes.updateTruck, { params, ifMatch: tagOf(served), body: { status: 'listed' } });
  return id;
};

/** Adds the demo’s firms and their food trucks, and lists them: the trucks’ ids in the order of the data. */
export const addTrucks = async (
  platform: Platform,
  log: (line: string) => void,
): Promise<readonly string[]> => {
  const { firms, trucks } = readTrucks();
  log(`demo: listing ${trucks.length} food trucks of ${firms.length} firms`);
  const owners = new Map(
    await inParallel(8, firms, async ({ id, name }) => {
      const api = connect(platform, await tokenFor(platform, ownerOf(id)));
      const body = { name, kind: 'truck' } as const;
      const request = { idempotencyKey: keyOf('organization', body), body };
      const organization = await api.must(201, routes.createOrganization, request);
      return [id, { api, organizationId: organization.id }] as const;
    }),
  );
  return inParallel(8, trucks, (one) => {
    const owner = owners.get(one.firm);
    if (owner === undefined) throw new Error(`Nobody runs ${one.truck.name}: no firm ${one.firm}`);
    return addTruck(owner.api, owner.organizationId, one);
  });
};
