import type { Rule, RuleInput } from '../../functions/ticketing/block.ts';
import { rules } from '../../functions/ticketing/block.ts';
import type { InventoryPlan } from '../../functions/ticketing/block-plan.ts';
import type { Hold } from '../../functions/ticketing/hold.ts';
import type { BlockResult, openInventory } from '../../functions/ticketing/inventory-store.ts';
import type { CallName } from './coverage.ts';
import type { Referee } from './referee.ts';

type Inventory = ReturnType<typeof openInventory>;

/** Puts a call before the scheduler; the promise is kept when the schedule says so, if ever. */
export type Scheduled = <T>(name: CallName, text: () => string, perform: () => Promise<T>) => Promise<T>;

export interface StoreOptions {
  readonly inventory: Inventory;
  readonly call: Scheduled;
  readonly plan: InventoryPlan;
  readonly referee: Referee;
  readonly nameOf: (holdId: string) => string;
  readonly seconds: (epoch: number) => string;
}

const ruleNames = new Map<Rule, CallName>([
  [rules.claim, 'claim'],
  [rules.extend, 'extend claim'],
  [rules.release, 'release claim'],
]);

/** The inventory as one process sees it: the real store, each of its calls at the mercy of the schedule. */
export const scheduledInventory = ({
  inventory,
  call,
  plan,
  referee,
  nameOf,
  seconds,
}: StoreOptions): Inventory => {
  const placesOf = (block: number, keys: readonly string[]): string =>
    keys.map((key) => plan.names[plan.blocks[block]?.places[Number.parseInt(key, 36)] ?? -1]).join(', ');
  const holdText = (hold: Hold): string =>
    `${nameOf(hold.holdId)} until ${seconds(hold.until)}: ${hold.places.map(({ block, keys }) => placesOf(block, keys)).join(', ')}`;

  /** A refusal must have a reason: a place nobody owns can be held. */
  const judge = (rule: Rule, block: number, { keys, holdId, now, until }: RuleInput, result: BlockResult) => {
    if (result.applied) return;
    const name = nameOf(`hld_${holdId}`);
    if (result.block === undefined) {
      referee.report('canBeHeld', `block ${block}, which ${name} asked for, is not there`);
      return;
    }
    const { sold, held } = result.block;
    const hasReason = keys.some((key) => {
      const claim = held[key];
      const isLive = claim !== undefined && claim.u >= now;
      if (rule === rules.release) return claim?.h !== holdId;
      if (sold.has(key)) return true;
      if (rule === rules.extend) return !isLive || claim.h !== holdId || claim.u > until;
      return isLive;
    });
    if (!hasReason)
      referee.report(
        'canBeHeld',
        `${placesOf(block, keys)} could be ${ruleNames.get(rule)}ed by ${name}, and was refused`,
      );
  };

  return {
    readSale: (sessionId) =>
      call(
        'read sale',
        () => 'reads the sale',
        () => inventory.readSale(sessionId),
      ),
    applyRule(sessionId, block, rule, input) {
      const name = ruleNames.get(rule) ?? 'claim';
      return call(
        name,
        () =>
          `${name} ${placesOf(block.number, input.keys)} for ${nameOf(`hld_${input.holdId}`)}${name === 'release claim' ? '' : ` until ${seconds(input.until)}`} (now ${seconds(input.now)})`,
        async () => {
          const result = await inventory.applyRule(sessionId, block, rule, input);
          judge(rule, block.number, input, result);
          return result;
        },
      );
    },
    claimWithHold: (given, hold, now, change) =>
      call(
        'claim with hold',
        () => `claim with hold ${holdText(hold)}`,
        () => inventory.claimWithHold(given, hold, now, change),
      ),
    putHold: (hold, change) =>
      call(
        'put hold',
        () => `put hold ${holdText(hold)}`,
        () => inventory.putHold(hold, change),
      ),
    getHold: (holdId) =>
      call(
        'get hold',
        () => `get hold ${nameOf(holdId)}`,
        () => inventory.getHold(holdId),
      ),
    extendHold: (holdId, until, now, change, isForPayment) =>
      call(
        'extend hold',
        () => `extend hold ${nameOf(holdId)} until ${seconds(until)} (now ${seconds(now)})`,
        () => inventory.extendHold(holdId, until, now, change, isForPayment),
      ),
    endHold: (holdId, status, now, change) =>
      call(
        status === 'expired' ? 'expire hold' : 'cancel hold',
        () => `end hold ${nameOf(holdId)} as ${status} (now ${seconds(now)})`,
        () => inventory.endHold(holdId, status, now, change),
      ),
    takeSlot: (sessionId, slot, holdId, until, now, tryId) =>
      call(
        'take slot',
        () => `take slot ${slot.slot} for ${nameOf(holdId)} until ${seconds(until)}`,
        () => inventory.takeSlot(sessionId, slot, holdId, until, now, tryId),
      ),
    freeSlot: (sessionId, slot, holdId, tryId) =>
      call(
        'free slot',
        () => `free slot ${slot.slot} of ${nameOf(holdId)}`,
        () => inventory.freeSlot(sessionId, slot, holdId, tryId),
      ),
    readBlocks: (sessionId, shards, consistent) =>
      call(
        'read blocks',
        () => `reads the blocks${consistent ? '' : ', maybe as they were'}`,
        () => inventory.readBlocks(sessionId, shards, consistent),
      ),
    createSale: (sale, change) =>
      call(
        'create sale',
        () => `create sale, ${sale.status}`,
        () => inventory.createSale(sale, change),
      ),
    createBlock: (sessionId, block) =>
      call(
        'create block',
        () => `create block ${block.number}`,
        () => inventory.createBlock(sessionId, block),
      ),
    advanceSale: (sessionId, blocksBuilt, status, change) =>
      call(
        'advance sale',
        () => `advance sale to ${blocksBuilt} blocks, ${status}`,
        () => inventory.advanceSale(sessionId, blocksBuilt, status, change),
      ),
    syncSale: (sessionId, sequence, settings, change) =>
      call(
        'sync sale',
        () =>
          `sync sale with ${sequence}: ${settings.status ?? 'as it is'}, holds of ${settings.holdSeconds} s`,
        () => inventory.syncSale(sessionId, sequence, settings, change),
      ),
  };
};
