import { type Fault, ok, problem } from '../platform/answer.ts';
import { etagOf } from '../platform/etag.ts';
import { stamp } from '../platform/lifecycle-event.ts';
import { answerChanged, answerCreated } from '../platform/owned-answers.ts';
import { changeAt, keyOf, newItem, openOwned } from '../platform/owned-item.ts';
import { validationProblem } from '../platform/request.ts';
import type { Handlers } from '../platform/route.ts';
import type { Table } from '../platform/table.ts';
import type { RecurringBlackout } from './calendar/recurring-blackout.ts';
import type { MarketplaceLoaders } from './loaders.ts';
import type { marketplaceCommandRoutes } from './routes.ts';
import { menuKey, type TruckItem, truckDefaults } from './truck.ts';
import { ownTruckView } from './views.ts';

/** To find a rule wrong may take half a second: so many are named at once, of the twenty that there may be. */
const maxRuleFaults = 3;

/** Faults of the rules of recurring blackouts: only the library knows them all. */
const ruleFaults = async (blackouts: readonly RecurringBlackout[] = []): Promise<readonly Fault[]> => {
  if (blackouts.length === 0) return [];
  const { faultOf } = await import('./calendar/occurrences.ts');
  const faults: Fault[] = [];
  for (const [index, blackout] of blackouts.entries()) {
    const detail = faultOf(blackout);
    if (detail === undefined) continue;
    faults.push({ in: 'body', pointer: `/recurringBlackouts/${index}/rule`, code: 'INVALID_RULE', detail });
    if (faults.length === maxRuleFaults) break;
  }
  return faults;
};

type Commands = Handlers<typeof marketplaceCommandRoutes, MarketplaceLoaders>;

export const truckCommands = (table: Table): Pick<Commands, 'createTruck' | 'updateTruck' | 'putMenu'> => {
  const trucks = openOwned<TruckItem>(table, 'TRUCK');

  return {
    async createTruck(request) {
      const { organizationId = '', ...fields } = request.body;
      const faults = await ruleFaults(fields.recurringBlackouts);
      if (faults.length > 0) return validationProblem(faults);
      const truckId = request.newId('trk');
      const item = newItem(
        'TRUCK',
        truckId,
        organizationId,
        { ...truckDefaults, ...fields, truckId, status: 'draft' },
        request,
      ) as TruckItem;
      return answerCreated(item, await trucks.create(item), ownTruckView, request);
    },

    async updateTruck(request) {
      const faults = await ruleFaults(request.body.recurringBlackouts);
      if (faults.length > 0) return validationProblem(faults);
      const changed = await trucks.change(
        request.params.truckId,
        changeAt(request.ifMatchRevision, request.body, 'truck.updated', request),
      );
      return answerChanged(changed, ownTruckView);
    },

    async putMenu(request) {
      const { truckId } = request.params;
      // The menu is part of the truck’s page, so its tag counts on with it.
      const written = await table.transact([
        {
          update: keyOf('TRUCK', truckId),
          by: changeAt(request.ifMatchRevision, {}, 'truck.menu_replaced', request),
        },
        { put: { ...menuKey(truckId), ...request.body, change: stamp('menu.replaced', request) } },
      ]);
      if (!written.written) return problem('PRECONDITION_FAILED');
      return ok(200, request.body, { etag: etagOf(request.ifMatchRevision + 1) });
    },
  };
};
