import { cancelHold } from './end-hold.ts';
import type { HoldPorts, OpenSale, Stamp } from './ports.ts';

const holdsAtOnce = 16;

/**
 * Ends all holds of a cancelled session, found by their claims. A run that is cut off is repeated by its
 * queue and goes on with what is left.
 */
export const sweepSession = async (
  ports: HoldPorts,
  { sale, plan }: OpenSale,
  stamp: Stamp,
): Promise<void> => {
  if (sale.status !== 'cancelled') return;
  const blocks = await ports.store.readBlocks(sale.sessionId, plan.shards, true);
  const claimIds = new Set([...blocks.values()].flatMap(({ held }) => Object.values(held).map(({ h }) => h)));
  const holdIds = [...claimIds].map((id) => `hld_${id}`);
  for (let start = 0; start < holdIds.length; start += holdsAtOnce) {
    await Promise.all(
      holdIds
        .slice(start, start + holdsAtOnce)
        .map((holdId) => cancelHold(ports, async () => plan, holdId, stamp)),
    );
  }
};
