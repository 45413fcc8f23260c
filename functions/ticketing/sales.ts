import { type Layout, readLayout } from '../catalog/contracts.ts';
import { type InventoryPlan, planInventory } from './block-plan.ts';
import type { InventoryStore } from './inventory-store.ts';
import type { OpenSale } from './ports.ts';
import type { Sale } from './sale.ts';

/** How old the sale settings in memory may be when a request begins to rely on them. */
export const saleMaxAgeMs = 5_000;

/** The longest that a request may go on with what it has read: the timeout of the function. */
export const requestSeconds = 10;

/**
 * Seconds between marking a session cancelled and sweeping its holds: longer than a request that still knew
 * it as on sale can last, or its hold would be left over.
 */
export const sweepDelaySeconds = saleMaxAgeMs / 1_000 + requestSeconds + 1;

const maxSales = 200;
/** Plans and layouts are immutable; some megabytes each for the largest halls. */
const maxPlans = 16;

/** Drops the oldest entry once there are too many: a Map keeps the order of insertion. */
const bound = <Value>(map: Map<string, Value>, most: number): void => {
  const [oldest] = map.keys();
  if (map.size > most && oldest !== undefined) map.delete(oldest);
};

/** Sales and their plans, kept in the memory of the process. */
export const openSales = (
  store: Pick<InventoryStore, 'readSale'>,
  plansBucket: string,
  clockMs: () => number = Date.now,
  read: typeof readLayout = readLayout,
) => {
  const sales = new Map<string, { readonly atMs: number; readonly sale: Promise<Sale | undefined> }>();
  const layouts = new Map<string, Promise<Layout>>();
  const plans = new Map<string, Promise<InventoryPlan>>();

  const saleOf = (sessionId: string): Promise<Sale | undefined> => {
    const known = sales.get(sessionId);
    if (known !== undefined && clockMs() - known.atMs <= saleMaxAgeMs) return known.sale;
    const sale = store.readSale(sessionId);
    sales.delete(sessionId);
    sales.set(sessionId, { atMs: clockMs(), sale });
    bound(sales, maxSales);
    const forget = (): void => {
      if (sales.get(sessionId)?.sale === sale) sales.delete(sessionId);
    };
    // A sale that is yet to begin is looked for anew each time: it sells from the moment it stands.
    sale.then((found) => {
      if (found === undefined || found.status === 'building') forget();
    }, forget);
    return sale;
  };

  const layoutOf = async ({
    venueId,
    planVersion,
  }: Pick<Sale, 'venueId' | 'planVersion'>): Promise<Layout | undefined> => {
    if (planVersion === undefined) return undefined;
    const key = `${venueId}/${planVersion}`;
    const layout = layouts.get(key) ?? read(plansBucket, venueId, planVersion);
    layouts.set(key, layout);
    bound(layouts, maxPlans);
    layout.catch(() => layouts.delete(key));
    return layout;
  };

  /** All who come at once, when a sale begins, wait for one plan: making it takes as long as many holds. */
  const planOf = (sale: Sale): Promise<InventoryPlan> => {
    const known = plans.get(sale.sessionId);
    if (known !== undefined) return known;
    const plan = layoutOf(sale).then((layout) => planInventory(layout, sale.ticketTypes));
    plans.set(sale.sessionId, plan);
    bound(plans, maxPlans);
    plan.catch(() => plans.delete(sale.sessionId));
    return plan;
  };

  return {
    saleOf,
    layoutOf,
    planOf,
    async open(sessionId: string): Promise<OpenSale | undefined> {
      const sale = await saleOf(sessionId);
      return sale && { sale, plan: await planOf(sale) };
    },
    /** The plan that a hold’s places refer to. */
    async planOfHold({ sessionId }: { readonly sessionId: string }): Promise<InventoryPlan> {
      const sale = await saleOf(sessionId);
      if (sale === undefined) throw new Error(`A hold of session ${sessionId}, which has no sale`);
      return planOf(sale);
    },
  };
};

export type Sales = ReturnType<typeof openSales>;
