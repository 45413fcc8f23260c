import type { Change } from '../platform/lifecycle-event.ts';
import type { Picture } from './availability-picture.ts';
import type { Block } from './block.ts';
import type { InventoryPlan } from './block-plan.ts';
import type { InventoryStore } from './inventory-store.ts';
import type { Sale } from './sale.ts';

/** A session that places can be held of: how it sells and what it consists of. */
export interface OpenSale {
  readonly sale: Sale;
  readonly plan: InventoryPlan;
}

/** Pictures of sessions in memory, shared by the requests of one process. */
export interface Pictures {
  /** A picture at most `maxAgeMs` old; with 0 one read after the call, strongly consistent. */
  of(open: OpenSale, maxAgeMs: number): Promise<Picture>;
  /** What a refusal or a write of ours showed of a block, or how it will be when a claim is applied. */
  mend(sessionId: string, block: number, now: Block): void;
}

/** What the use cases of holds stand on; simulations bring their own. */
export interface HoldPorts {
  readonly store: InventoryStore;
  readonly pictures: Pictures;
  /** Epoch seconds. */
  readonly clock: () => number;
}

/** Stamp of a change made at an instant: `change('hold.created')`. */
export type Stamp = (what: string) => Change;
