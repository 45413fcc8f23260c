import * as z from 'zod';
import {
  type Change,
  defineLifecycleEvent,
  type LifecycleEvent,
  lifecycleEvent,
} from '../platform/lifecycle-event.ts';
import type { StreamChange } from '../platform/relay.ts';
import type { Hold } from './hold.ts';
import { toHold } from './inventory-store.ts';
import type { Sale } from './sale.ts';
import { expiresAt } from './views.ts';

const sessionId = 'ses_5zr1v9n6q0w8c4t2m7k3x1y9ab';

const holdData = z.object({
  holdId: z.string(),
  sessionId: z.string(),
  expiresAt: z.iso.datetime().meta({ description: 'When it lapses, or would have.' }),
  places: z
    .array(z.object({ block: z.int(), keys: z.array(z.string()) }))
    .meta({ description: 'Blocks of the session’s inventory and keys of the places in them.' }),
});
const holdExample = {
  holdId: 'hld_5zr1v9n6q0w8c4t2m7k3x1y9ab',
  sessionId,
  expiresAt: '2026-11-20T18:10:00.000Z',
  places: [{ block: 12, keys: ['3', '4'] }],
};
// @__NO_SIDE_EFFECTS__
const holdEvent = <const Type extends string>(type: Type, description: string) =>
  defineLifecycleEvent({
    type,
    version: 1,
    description,
    aggregate: 'hold',
    data: holdData,
    example: holdExample,
  });

export const holdCreated = holdEvent('SEAT-HOLD-CREATED', 'A customer holds places.');
export const holdExtended = holdEvent('SEAT-HOLD-EXTENDED', 'A hold lasts longer.');
export const holdCancelled = holdEvent(
  'SEAT-HOLD-CANCELLED',
  'A hold was given up, or its session was cancelled.',
);
export const holdConfirmed = defineLifecycleEvent({
  type: 'SEAT-HOLD-CONFIRMED',
  version: 1,
  description: 'An order took its places: they are sold.',
  aggregate: 'hold',
  data: holdData.extend({ orderId: z.string() }),
  example: { ...holdExample, orderId: 'ord_5zr1v9n6q0w8c4t2m7k3x1y9ab' },
});
export const holdExpired = holdEvent(
  'SEAT-HOLD-EXPIRED',
  'A hold’s time is over; its places were free from that instant.',
);

export const sessionInventoryBuilt = defineLifecycleEvent({
  type: 'SESSION-INVENTORY-BUILT',
  version: 1,
  description: 'All blocks of a session stand: places can be held.',
  aggregate: 'sale',
  data: z.object({ sessionId: z.string(), eventId: z.string(), blocks: z.int() }),
  example: { sessionId, eventId: 'evt_5zr1v9n6q0w8c4t2m7k3x1y9ab', blocks: 58 },
});

export const ticketingLifecycleEvents = [
  holdCreated,
  holdExtended,
  holdCancelled,
  holdConfirmed,
  holdExpired,
  sessionInventoryBuilt,
] as const;

const dataOf = (hold: Hold): z.input<typeof holdData> => ({
  holdId: hold.holdId,
  sessionId: hold.sessionId,
  expiresAt: expiresAt(hold.until),
  places: hold.places.map(({ block, keys }) => ({ block, keys: [...keys] })),
});

const changeOf = (item: object): Change => (item as { readonly change: Change }).change;

/** The lifecycle events that a change of the ticketing table means. */
export const ticketingLifecycle = ({
  kind,
  before,
  after,
  expired,
  seenAt,
}: StreamChange): readonly LifecycleEvent[] => {
  const item = after ?? before;
  if (item?.sk === 'SESSION' && after !== undefined) {
    const sale = after as unknown as Sale;
    const wasOnSale = (before as unknown as Sale | undefined)?.status !== 'building' && before !== undefined;
    if (sale.status !== 'on_sale' || wasOnSale) return [];
    return [
      lifecycleEvent(sessionInventoryBuilt, {
        aggregateId: sale.sessionId,
        sequence: sale.revision,
        change: changeOf(after),
        organizationId: sale.organizationId,
        data: { sessionId: sale.sessionId, eventId: sale.eventId, blocks: sale.blocksTotal },
      }),
    ];
  }
  if (item?.sk !== 'HOLD') return [];
  const hold = toHold(item);
  const fact = {
    aggregateId: hold.holdId,
    sequence: hold.revision,
    change: changeOf(item),
    data: dataOf(hold),
  };
  if (kind === 'INSERT') return [lifecycleEvent(holdCreated, fact)];
  if (kind === 'REMOVE') {
    // TTL found a hold that every timer missed: its end is told late rather than never.
    const change = { ...fact.change, what: 'hold.expired', by: 'system:ttl', at: seenAt.toISOString() };
    return expired && hold.status === 'active'
      ? [lifecycleEvent(holdExpired, { ...fact, sequence: hold.revision + 1, change })]
      : [];
  }
  const earlier = before === undefined ? undefined : toHold(before);
  // A payment may come after the hold lapsed or was given up: its places were free and are sold now.
  if (hold.status === 'confirmed' && earlier?.status !== 'confirmed') {
    const data = { ...fact.data, orderId: hold.orderId ?? '' };
    return [lifecycleEvent(holdConfirmed, { ...fact, data })];
  }
  if (hold.status === 'cancelled' && earlier?.status === 'active')
    return [lifecycleEvent(holdCancelled, fact)];
  if (hold.status === 'expired' && earlier?.status === 'active') return [lifecycleEvent(holdExpired, fact)];
  if (hold.status === 'active' && hold.until !== earlier?.until) return [lifecycleEvent(holdExtended, fact)];
  return [];
};
