import type { InventoryPlan } from './block-plan.ts';
import type { InventoryStore, SaleWrites } from './inventory-store.ts';
import type { Stamp } from './ports.ts';
import type { Sale } from './sale.ts';

/** Blocks written at once, and between two notes of progress. */
const blocksAtOnce = 32;
const blocksPerNote = 256;

/**
 * Builds the inventory of a session: the sale record, every block, then `on_sale`. Repeating it, or going
 * on after a crash anywhere, writes only what is missing: a block that stands keeps its claims.
 */
export const buildInventory = async (
  store: InventoryStore & SaleWrites,
  sale: Sale,
  plan: InventoryPlan,
  stamp: Stamp,
): Promise<void> => {
  const existing = await store.createSale(sale, stamp('sale.begun'));
  if (existing !== undefined && existing.status !== 'building') return;
  let built = existing?.blocksBuilt ?? 0;
  while (built < plan.blocks.length) {
    const batch = plan.blocks.slice(built, built + blocksPerNote);
    for (let start = 0; start < batch.length; start += blocksAtOnce) {
      await Promise.all(
        batch.slice(start, start + blocksAtOnce).map((block) => store.createBlock(sale.sessionId, block)),
      );
    }
    built += batch.length;
    const isDone = built === plan.blocks.length;
    await store.advanceSale(sale.sessionId, built, isDone ? 'on_sale' : 'building', stamp('sale.built'));
  }
};
