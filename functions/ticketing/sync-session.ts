import type * as z from 'zod';
import type { sessionUpdated } from '../catalog/contracts.ts';
import type { Change } from '../platform/lifecycle-event.ts';
import type { SaleWrites } from './inventory-store.ts';
import type { SaleStatus } from './sale.ts';
import { saleOfSession } from './sale-of-session.ts';

type SessionData = z.output<(typeof sessionUpdated)['data']>;

/** What the catalog’s status means for the sale; while it is being built the builder decides. */
const saleStatus: Readonly<Record<string, SaleStatus | undefined>> = {
  published: 'on_sale',
  postponed: 'postponed',
  cancelled: 'cancelled',
};

/**
 * Makes the sale as the catalog’s session is, unless newer news came first. That of a cancelled one is marked
 * before its sweep is asked for: what is swept must not fill again.
 */
export const syncSession = async (
  store: Pick<SaleWrites, 'syncSale' | 'createSale'>,
  data: SessionData,
  sequence: number,
  change: Change,
  requestSweep: () => Promise<void>,
): Promise<void> => {
  const status = saleStatus[data.status];
  const sync = () =>
    store.syncSale(
      data.sessionId,
      sequence,
      {
        startsAt: data.startsAt,
        endsAt: data.endsAt,
        holdSeconds: data.holdSeconds,
        maxPlacesPerHold: data.maxPlacesPerHold,
        maxHoldsPerCustomer: data.maxHoldsPerCustomer,
        // Their terms may differ, not their places: the inventory stands on those.
        ticketTypes: data.ticketTypes,
        ...(status !== undefined && { status }),
      },
      change,
    );
  const result = await sync();
  if (status !== 'cancelled') return;
  if (result === 'missing') {
    // Cancelled before it was built: the record keeps the builder, which may come later, from selling it.
    const builderWasFaster = await store.createSale(saleOfSession(data, sequence, 'cancelled', 0), change);
    if (builderWasFaster !== undefined) await sync();
  }
  await requestSweep();
};
