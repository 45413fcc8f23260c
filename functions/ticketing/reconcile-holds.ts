import { type DriftCounts, driftCounts, type ReconciliationRun } from '../platform/drift.ts';
import { type TablePlace, walkTable } from '../platform/table-walk.ts';
import type { InventoryPlan } from './block-plan.ts';
import type { DriftStore, FoundBlock } from './drift-store.ts';
import { cancelHold, expireHold } from './end-hold.ts';
import type { Hold } from './hold.ts';
import {
  type FoundHold,
  holdsOfBlock,
  isExpiryMissed,
  isSettledPromise,
  lacksClaims,
  type StrayClaims,
  strayClaims,
  straySeconds,
} from './hold-drift.ts';
import type { HoldPorts, Stamp } from './ports.ts';

export interface ReconcileHoldsPorts extends HoldPorts {
  readonly drift: DriftStore;
  readonly planOf: (hold: Pick<Hold, 'sessionId'>) => Promise<InventoryPlan>;
  readonly continuation: {
    read(): Promise<TablePlace | undefined>;
    write(place: TablePlace | undefined): Promise<void>;
  };
}

/**
 * Works through the ticketing table, compares claims and holds, and repairs what drifted. What fails is told and left to the next
 * pass.
 * @param mayGoOn whether there is time and capacity for another page.
 */
export const reconcileHolds = async (
  ports: ReconcileHoldsPorts,
  stamp: Stamp,
  mayGoOn: () => boolean,
): Promise<ReconciliationRun> => {
  const counts = driftCounts();
  const workOn = async (from: TablePlace | undefined) => {
    const { blocks, holds, next } = await ports.drift.page(from);
    for (const found of holds) await repairHold(ports, found, counts, stamp);
    await repairBlocks(ports, blocks, counts);
    return { looked: blocks.length + holds.length, next };
  };
  const looked = await walkTable(ports.continuation, workOn, mayGoOn);
  return { looked, repaired: counts.repaired, notRepaired: counts.notRepaired };
};

const repairHold = async (
  ports: ReconcileHoldsPorts,
  found: FoundHold,
  counts: DriftCounts,
  stamp: Stamp,
): Promise<void> => {
  const { holdId } = found.hold;
  const now = ports.clock();
  try {
    if (isExpiryMissed(found.hold, now)) {
      const outcome = await expireHold(ports, ports.planOf, holdId, stamp);
      if (outcome.kind === 'expired') counts.note('expiry_not_announced', 'repaired', { holdId });
    } else if (isSettledPromise(found, now) && (await hasLostClaims(ports, found.hold))) {
      const outcome = await cancelHold(ports, ports.planOf, holdId, stamp);
      // Its end is clean, but its customer has lost the places: that nobody can repair.
      if (outcome.kind === 'cancelled') counts.note('hold_without_claims', 'not_repaired', { holdId });
    }
  } catch (error) {
    counts.note('hold_not_examined', 'not_repaired', { holdId }, error);
  }
};

/**
 * Whether places of a hold are not its own. A read that may be late gives the suspicion; then the blocks are read as they are
 * now, and the hold after them: unchanged, it was the same at the instant of that read.
 */
const hasLostClaims = async ({ drift, store, planOf }: ReconcileHoldsPorts, hold: Hold): Promise<boolean> => {
  const plan = await planOf(hold);
  if (!lacksClaims(hold, await drift.readBlocks(hold, plan, false))) return false;
  if (!lacksClaims(hold, await drift.readBlocks(hold, plan, true))) return false;
  const after = await store.getHold(hold.holdId);
  return after?.revision === hold.revision;
};

const repairBlocks = async (
  ports: ReconcileHoldsPorts,
  blocks: readonly FoundBlock[],
  counts: DriftCounts,
): Promise<void> => {
  const { clock, drift } = ports;
  const holdIds = new Set(blocks.flatMap(({ block }) => holdsOfBlock(block, clock())));
  const holds = await drift.readHolds([...holdIds]);
  for (const found of blocks) {
    for (const stray of strayClaims(found.block, found.number, holds, clock()))
      await repairStray(ports, found, stray, holds.get(stray.holdId), counts);
  }
};

/** Claims are made before their hold is, and a read may be late: stray is what is seen again, ten minutes later. */
const repairStray = async (
  { clock, drift }: ReconcileHoldsPorts,
  found: FoundBlock,
  stray: StrayClaims,
  hold: Hold | undefined,
  counts: DriftCounts,
): Promise<void> => {
  const ids = { holdId: stray.holdId, block: `${found.key.pk}/${found.key.sk}` };
  try {
    const now = clock();
    const since = await drift.noteStray(found, stray, now);
    if (since + straySeconds >= now) return;
    if (await drift.releaseStray(found, stray, hold, now)) counts.note(stray.kind, 'repaired', ids);
  } catch (error) {
    counts.note(stray.kind, 'not_repaired', ids, error);
  }
};
