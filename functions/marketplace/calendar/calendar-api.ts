import { noContent, ok, problem } from '../../platform/answer.ts';
import { stamp } from '../../platform/lifecycle-event.ts';
import type { Handlers } from '../../platform/route.ts';
import { isReplay } from '../../platform/serve.ts';
import { absent, type Item, type Table } from '../../platform/table.ts';
import { epochSeconds } from '../../platform/time.ts';
import type { MarketplaceLoaders } from '../loaders.ts';
import type { marketplaceCommandRoutes } from '../routes.ts';
import { intervalView, toInterval } from '../views.ts';
import { type Blackout, decideBlackout } from './blackout.ts';
import { changeCalendar } from './change-calendar.ts';

type Commands = Handlers<typeof marketplaceCommandRoutes, MarketplaceLoaders>;

export const blackoutPrefix = 'BLACKOUT#';
const keyOf = (truckId: string, blackoutId: string) => ({
  pk: `TRUCK#${truckId}`,
  sk: `${blackoutPrefix}${blackoutId}`,
});

type BlackoutItem = Item & Blackout & { readonly requestHash: string };

export const blackoutView = ({ blackoutId, reason, ...interval }: Blackout) => ({
  id: blackoutId,
  ...intervalView(interval),
  ...(reason !== undefined && { reason }),
});

export const calendarCommands = (table: Table): Pick<Commands, 'createBlackout' | 'deleteBlackout'> => ({
  async createBlackout(request) {
    const { truckId } = request.params;
    const now = epochSeconds(request.now);
    const blackout: Blackout = {
      blackoutId: request.newId('blk'),
      ...toInterval(request.body),
      ...(request.body.reason !== undefined && { reason: request.body.reason }),
    };
    const change = stamp('blackout.created', request);
    const item: Item = {
      ...keyOf(truckId, blackout.blackoutId),
      ...blackout,
      requestHash: request.idempotency.requestHash,
      change,
    };
    const changed = await changeCalendar(
      table,
      truckId,
      blackout,
      (entries) => {
        const decision = decideBlackout(entries, blackout, now);
        return decision.kind === 'fits'
          ? {
              kind: 'edit',
              edit: { kind: 'put', entry: decision.entry },
              beside: [{ put: item, when: absent }],
            }
          : { kind: 'outcome', outcome: decision };
      },
      change,
      now,
    );
    if (changed.kind === 'written') return ok(201, blackoutView(blackout));
    if (changed.kind === 'refused') {
      const old = changed.old as BlackoutItem;
      return isReplay(old, request)
        ? ok(201, blackoutView(old), { replayed: true })
        : problem('IDEMPOTENCY_KEY_REUSED');
    }
    const { outcome } = changed;
    if (outcome.kind === 'full') return problem('CALENDAR_FULL');
    const { kind, ...interval } = outcome.conflict;
    return problem('OVERLAP', { members: { conflict: { ...intervalView(interval), kind } } });
  },

  async deleteBlackout(request) {
    const { truckId, blackoutId } = request.params;
    const key = keyOf(truckId, blackoutId);
    const item = await table.get<BlackoutItem>(key, { consistent: true });
    if (item === undefined) return noContent();
    const { from, to } = item;
    await changeCalendar(
      table,
      truckId,
      { from, to },
      () => ({
        kind: 'edit',
        edit: { kind: 'remove', entryId: blackoutId },
        beside: [{ delete: key, when: { condition: 'attribute_exists(pk)' } }],
      }),
      stamp('blackout.deleted', request),
      epochSeconds(request.now),
    );
    return noContent();
  },
});
