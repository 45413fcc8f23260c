import type { Lead } from '../../functions/marketplace/leads/lead.ts';
import { leadKey } from '../../functions/marketplace/leads/lead-store.ts';
import { marketplaceLifecycle } from '../../functions/marketplace/lifecycle.ts';
import { randomId } from '../../functions/platform/ids.ts';
import type { Item, Key, UpdateExpression } from '../../functions/platform/table.ts';
import { briefBody } from '../support/brief-body.ts';
import { quoteBody } from '../support/quote-body.ts';
import { truckBody } from '../support/truck-body.ts';
import type { Consumer, Operation, Platform } from './platform.ts';
import { byQueue, freshKey, must, type Ready } from './use-cases.ts';

/**
 * A world that the functions build once for a platform. Each who asks for it has its items under names of their own.
 * @param build gives the names by which all of the world hangs together.
 */
export const built = <World extends Readonly<Record<string, string>>>(
  build: (platform: Platform) => Promise<World>,
) => {
  const buildOnce = async (platform: Platform) => {
    const world = await build(platform);
    return {
      world,
      pattern: await platform.patternOf(['identity', 'catalog', 'marketplace'], Object.values(world)),
    };
  };
  const builds = new WeakMap<Platform, ReturnType<typeof buildOnce>>();
  return async (platform: Platform): Promise<World> => {
    const first = builds.get(platform) ?? buildOnce(platform);
    builds.set(platform, first);
    const { world, pattern } = await first;
    const renamed = await platform.copy(pattern);
    return Object.fromEntries(Object.entries(world).map(([name, value]) => [name, renamed(value)])) as World;
  };
};

const newOwner = async (platform: Platform) => {
  const [owner, organizationId] = [`owner-${crypto.randomUUID()}`, randomId('org')];
  await platform.identityTable.put(
    { pk: `SUBJECT#${owner}`, sk: `ORG#${organizationId}`, organizationId, subject: owner, role: 'owner' },
    {},
  );
  return { owner, organizationId };
};
const newAddress = (): string => `${crypto.randomUUID()}@example.com`;

/** An owner of an organization that has a truck that nobody sees yet. */
export const drafted = built(async (platform) => {
  const { owner, organizationId: truckOrganizationId } = await newOwner(platform);
  const truckMail = newAddress();
  const body = { ...truckBody, holdMinutes: 60, contact: { name: 'Ana Pop', email: truckMail } };
  const { body: truck } = await must(platform, 201, 'createTruck', { as: owner, key: freshKey(), body });
  return { truckOwner: owner, truckOrganizationId, truckMail, truckId: truck.id as string };
});

/** The same truck, to be asked. */
export const listed = built(async (platform) => {
  const world = await drafted(platform);
  const { truckOwner: as, truckId } = world;
  const call = { as, params: { truckId }, ifMatch: '"r1"', body: { status: 'listed' } };
  await must(platform, 200, 'updateTruck', call);
  return world;
});

/** A listed truck, and an owner of another organization with a brief that it fits. */
export const briefed = built(async (platform) => {
  const world = await listed(platform);
  const { owner, organizationId } = await newOwner(platform);
  const organizerMail = newAddress();
  const body = { ...briefBody, contact: { name: 'Ion Pop', email: organizerMail } };
  const brief = await must(platform, 201, 'createBrief', { as: owner, key: freshKey(), body });
  return { ...world, organizer: owner, organizationId, organizerMail, briefId: brief.body.id as string };
});

/** The truck was asked, and holds its time. */
export const asked = built(async (platform) => {
  const world = await briefed(platform);
  const { organizer: as, briefId, truckId } = world;
  const body = { briefId, truckId, message: 'Can you come?' };
  const lead = await must(platform, 201, 'createLead', { as, key: freshKey(), body });
  return { ...world, leadId: lead.body.id as string };
});

export type LeadWorld = Awaited<ReturnType<typeof asked>>;

/** A world in which one side has done something to the lead of another. */
const stepped = (
  before: (platform: Platform) => Promise<LeadWorld>,
  operation: Operation,
  side: 'truckOwner' | 'organizer',
  status: number,
  body?: object,
) =>
  built(async (platform) => {
    const world = await before(platform);
    const call = {
      as: world[side],
      params: { leadId: world.leadId },
      key: freshKey(),
      ...(body && { body }),
    };
    await must(platform, status, operation, call);
    return world;
  });

/** A quarter of 6,650.00 in advance. */
export const offer = quoteBody;
export const nothingDue = { ...quoteBody, deposit: { percent: 0, withinMinutes: 60 } };
export const byCard = (method: string) => ({ payment: { provider: 'test', method } });

export const contacted = stepped(asked, 'contactLead', 'truckOwner', 200);
export const quoted = stepped(contacted, 'quoteLead', 'truckOwner', 201, offer);
export const quotedFree = stepped(contacted, 'quoteLead', 'truckOwner', 201, nothingDue);
/** A deposit is due. */
export const accepted = stepped(quoted, 'acceptLead', 'organizer', 200, { quoteVersion: 1 });
/** Nothing was due. */
export const bookedFree = stepped(quotedFree, 'acceptLead', 'organizer', 200, { quoteVersion: 1 });
/** The money of its deposit is set aside. */
export const booked = stepped(accepted, 'payDeposit', 'organizer', 201, byCard('card_ok'));
/** Its deposit is paid by a card that takes its time. */
export const payingSlowly = stepped(accepted, 'payDeposit', 'organizer', 201, byCard('card_slow'));
export const completed = stepped(bookedFree, 'completeLead', 'truckOwner', 200);

/** Sets what a lead says of itself, whatever it was. */
export const setLead = async (
  { marketplaceTable }: Platform,
  leadId: string,
  by: UpdateExpression,
): Promise<void> => {
  const { written } = await marketplaceTable.update(leadKey(leadId), by);
  if (!written) throw new Error(`No ${leadId}`);
};

/** An item of trucks and leads as it is now. */
export const stored = async ({ marketplaceTable }: Platform, key: Key): Promise<Item> => {
  const item = await marketplaceTable.get<Item>(key, { consistent: true });
  if (item === undefined) throw new Error(`No ${key.pk} ${key.sk}`);
  return item;
};

/** What is told of an item, as the bus brings it. */
export const told = (type: string, after: Item, before?: Item) => {
  const kind = before === undefined ? 'INSERT' : 'MODIFY';
  const detail = marketplaceLifecycle({ kind, before, after, expired: false, seenAt: new Date() }).find(
    (event) => event.type === type,
  );
  if (detail === undefined) throw new Error(`No ${type} is told`);
  return { 'detail-type': type, detail };
};

/** Instants that are over: seconds, and ISO 8601. */
export const past = 1;
export const pastIso = '2026-01-01T00:00:00.000Z';
export const set = (path: string, value: unknown): UpdateExpression => {
  const parts = path.split('.');
  return {
    update: `SET ${parts.map((part) => `#${part}`).join('.')} = :value`,
    names: Object.fromEntries(parts.map((part) => [`#${part}`, part])),
    values: { ':value': value },
  };
};

/** What an accepted lead knows of its deposit. */
export const paymentOf = async (platform: Platform, leadId: string): Promise<string> => {
  const { deposit } = (await stored(platform, leadKey(leadId))) as Partial<Lead>;
  if (deposit === undefined) throw new Error(`No deposit of ${leadId}`);
  return deposit.paymentId;
};

/** The slow payment of a lead is authorized from an instant on (epoch seconds). */
export const authorizeFrom = async (platform: Platform, leadId: string, from: number): Promise<void> => {
  const key = { pk: `TEST-PAYMENT#${await paymentOf(platform, leadId)}`, sk: 'PAYMENT' };
  await platform.marketplaceTable.update(key, set('authorizedFrom', from));
};

/** What is told of a lead as it is now, to a consumer. */
export const leadNews =
  (before: (platform: Platform) => Promise<LeadWorld>, consumer: Consumer, type: string) =>
  async (platform: Platform): Promise<Ready> => {
    const { leadId } = await before(platform);
    const event = told(type, await stored(platform, leadKey(leadId)));
    return { marks: [leadId], run: byQueue(platform, consumer, event) };
  };
