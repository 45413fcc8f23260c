import type { Change } from '../platform/lifecycle-event.ts';
import { openTable, type Refusal, type Table, type TransactionWrite } from '../platform/table.ts';
import { epochSeconds } from '../platform/time.ts';
import { emptyBlock } from './availability-picture.ts';
import { applyRule, type RuleInput, rules } from './block.ts';
import { toExpression } from './block-expression.ts';
import type { SaleTicketType } from './block-plan.ts';
import { type CustomerSlot, claimId, type HoldStatus, statusAt } from './hold.ts';
import { blockKey, holdKey, type InventoryStore, openInventory, toBlock, toHold } from './inventory-store.ts';
import { type SaleState, saleState } from './sale.ts';
import { openSales, type Sales } from './sales.ts';

/** A place of a hold: where it lies in the inventory, and which hold claims it. */
export interface ClaimedPlace {
  readonly holdId: string;
  readonly sessionId: string;
  /** Public name: `seat_guid`, or that of a standing place. */
  readonly place: string;
  readonly shard: number;
  readonly block: number;
  readonly key: string;
}

/** A place that was sold: whose hold it was does not matter any more. */
export type SoldPlace = Omit<ClaimedPlace, 'holdId'>;

/** A place that can be ordered, with what it sells as. */
export interface HeldPlace extends ClaimedPlace {
  readonly ticketType: SaleTicketType;
}

/** A hold as an order needs it. */
export interface HeldPlaces {
  readonly holdId: string;
  readonly sessionId: string;
  readonly eventId: string;
  readonly organizationId: string;
  /** What the hold is at this instant. */
  readonly status: HoldStatus;
  /** Epoch seconds; in that second the hold still stands. */
  readonly until: number;
  readonly customerSlot?: CustomerSlot | undefined;
  readonly sessionState: SaleState;
  readonly places: readonly HeldPlace[];
}

/** A write of the transaction that confirms an order, and what it is about. */
export interface ConfirmWrite {
  readonly write: TransactionWrite;
  readonly about:
    | { readonly kind: 'hold'; readonly holdId: string }
    | { readonly kind: 'block'; readonly places: readonly ClaimedPlace[]; readonly input: RuleInput };
}

/** Why a confirm transaction was refused by the inventory. */
export interface LostPlaces {
  /** Places that are sold, or held by somebody else. */
  readonly places: readonly ClaimedPlace[];
  /** Holds that another order was confirmed with. */
  readonly takenHolds: readonly string[];
  /** Holds whose records TTL has deleted: no obstacle, to be left out of the next try. */
  readonly goneHolds: readonly string[];
}

const byBlock = <Place extends SoldPlace>(
  places: readonly Place[],
): ReadonlyMap<string, readonly [Place, ...Place[]]> =>
  Map.groupBy(places, ({ sessionId, block }) => `${sessionId}/${block}`) as never;

const inputOf = ([first, ...others]: readonly [ClaimedPlace, ...ClaimedPlace[]], now: number): RuleInput => {
  const foreign = others.filter(({ holdId }) => holdId !== first.holdId);
  return {
    keys: [first, ...others].map(({ key }) => key),
    holdId: claimId(first.holdId),
    ...(foreign.length > 0 && {
      holdOf: Object.fromEntries(foreign.map(({ key, holdId }) => [key, claimId(holdId)])),
    }),
    now,
    until: now,
  };
};

/** Blocks that these places lie in: the writes that selling or taking them back needs. */
export const blockCount = (places: readonly SoldPlace[]): number => byBlock(places).size;

/**
 * The writes that sell places to an order, as part of its transaction: each block’s places are the order’s own
 * holds’ or free now, and each hold becomes confirmed, in whichever state it is, unless another order was
 * confirmed with it.
 *
 * @param holdIds holds to confirm; those whose records TTL has deleted are left out.
 * @param now epoch seconds.
 */
export const confirmWrites = (
  table: string,
  orderId: string,
  holdIds: readonly string[],
  places: readonly ClaimedPlace[],
  now: number,
  change: Change,
): readonly ConfirmWrite[] => [
  ...holdIds.map(
    (holdId): ConfirmWrite => ({
      about: { kind: 'hold', holdId },
      write: {
        table,
        update: holdKey(holdId),
        by: {
          update:
            'SET #status = :confirmed, #orderId = :orderId, #revision = #revision + :one, #change = :change',
          condition: 'attribute_exists(pk) AND #status <> :confirmed',
          names: {
            '#status': 'status',
            '#orderId': 'orderId',
            '#revision': 'revision',
            '#change': 'change',
          },
          values: { ':confirmed': 'confirmed', ':orderId': orderId, ':one': 1, ':change': change },
        },
      },
    }),
  ),
  ...[...byBlock(places).values()].map((ofBlock): ConfirmWrite => {
    const [{ sessionId, shard, block: number }] = ofBlock;
    const input = inputOf(ofBlock, now);
    return {
      about: { kind: 'block', places: ofBlock, input },
      write: {
        table,
        update: blockKey(sessionId, { shard, number }),
        by: toExpression(rules.confirm, input),
      },
    };
  }),
];

/**
 * What the refusals of a confirm transaction mean.
 * @param writes as `confirmWrites` gave them.
 * @param refusals of exactly these writes, indexed like them.
 */
export const lostPlaces = (writes: readonly ConfirmWrite[], refusals: readonly Refusal[]): LostPlaces => {
  const places: ClaimedPlace[] = [];
  const takenHolds: string[] = [];
  const goneHolds: string[] = [];
  for (const { index, old } of refusals) {
    const about = writes[index]?.about;
    if (about?.kind === 'hold') (old === undefined ? goneHolds : takenHolds).push(about.holdId);
    if (about?.kind !== 'block') continue;
    const result = applyRule(rules.confirm, old === undefined ? emptyBlock : toBlock(old), about.input);
    // A block that is missing has none of its places.
    const refused = new Set(old === undefined || result.applied ? about.input.keys : result.refused);
    places.push(...about.places.filter(({ key }) => refused.has(key)));
  }
  return { places, takenHolds, goneHolds };
};

/**
 * The writes that put sold places back on sale, as part of the transaction of a refund. Refused where one is
 * not sold: the same transaction ends its ticket, which can be done once only.
 */
export const takeBackWrites = (table: string, places: readonly SoldPlace[]): readonly TransactionWrite[] =>
  [...byBlock(places).values()].map((ofBlock) => {
    const [{ sessionId, shard, block: number }] = ofBlock;
    return {
      table,
      update: blockKey(sessionId, { shard, number }),
      by: toExpression(rules.takeBack, {
        keys: ofBlock.map(({ key }) => key),
        holdId: '',
        now: 0,
        until: 0,
      }),
    };
  });

/** What new and confirmed orders ask of ticketing beside their transactions. */
export const openOrderClaims = (
  ticketingTable: string,
  plansBucket: string,
  clock: () => number = () => epochSeconds(new Date()),
) => {
  const table = openTable(ticketingTable);
  const store = openInventory(table);
  return orderClaims({ table, store, sales: openSales(store, plansBucket), clock });
};

/** The same on stores that are open; simulations bring their own. */
export const orderClaims = ({
  table,
  store,
  sales,
  clock,
}: {
  readonly table: Pick<Table, 'batchGet'>;
  readonly store: Pick<InventoryStore, 'freeSlot'>;
  readonly sales: Sales;
  /** Epoch seconds. */
  readonly clock: () => number;
}) => ({
  /** Holds by id, as they are at this instant; unknown ones are left out. At most 100 ids. */
  async readHolds(holdIds: readonly string[]): Promise<ReadonlyMap<string, HeldPlaces>> {
    const items = await table.batchGet(holdIds.map(holdKey), { consistent: true });
    const now = clock();
    const found = await Promise.all(
      items.map(async (item): Promise<HeldPlaces> => {
        const hold = toHold(item);
        const { holdId, sessionId } = hold;
        const open = await sales.open(sessionId);
        if (open === undefined) throw new Error(`Hold ${holdId} is of a session that has no sale`);
        const { sale, plan } = open;
        const places = hold.places.flatMap(({ block: number, keys }) => {
          const block = plan.blocks[number];
          const ticketType = sale.ticketTypes[block?.ticketType ?? -1];
          if (block === undefined || ticketType === undefined)
            throw new Error(`Hold ${holdId} names no block of its session`);
          return keys.map(
            (key): HeldPlace => ({
              holdId,
              sessionId,
              place: plan.names[block.places[Number.parseInt(key, 36)] ?? -1] ?? '',
              shard: block.shard,
              block: number,
              key,
              ticketType,
            }),
          );
        });
        return {
          holdId,
          sessionId,
          eventId: sale.eventId,
          organizationId: sale.organizationId,
          status: statusAt(hold, now),
          until: hold.until,
          ...(hold.customerSlot !== undefined && { customerSlot: hold.customerSlot }),
          sessionState: saleState(sale, now),
          places,
        };
      }),
    );
    return new Map(found.map((hold) => [hold.holdId, hold]));
  },

  /**
   * Frees the rooms that confirmed holds took among the live ones of their customers. Not part of the
   * transaction: a room lapses with its hold, so that nothing is lost when this is not reached.
   */
  async freeSlots(
    holds: readonly Pick<HeldPlaces, 'holdId' | 'sessionId' | 'customerSlot'>[],
  ): Promise<void> {
    await Promise.all(
      holds.map(async ({ holdId, sessionId, customerSlot }) => {
        if (customerSlot !== undefined) await store.freeSlot(sessionId, customerSlot, holdId);
      }),
    );
  },
});

export type OrderClaims = ReturnType<typeof openOrderClaims>;
