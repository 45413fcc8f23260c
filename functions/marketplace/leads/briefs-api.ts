import { answerCreated } from '../../platform/owned-answers.ts';
import { newItem, openOwned } from '../../platform/owned-item.ts';
import type { Handlers } from '../../platform/route.ts';
import type { Table } from '../../platform/table.ts';
import type { MarketplaceLoaders } from '../loaders.ts';
import type { BriefItem } from './brief.ts';
import { briefView } from './lead-views.ts';
import type { leadCommandRoutes } from './routes.ts';

type Commands = Handlers<typeof leadCommandRoutes, MarketplaceLoaders>;

export const briefCommands = (table: Table): Pick<Commands, 'createBrief'> => {
  const briefs = openOwned<BriefItem>(table, 'BRIEF');

  return {
    async createBrief(request) {
      const { organizationId = '', timeZone = 'Europe/Bucharest', ...fields } = request.body;
      const briefId = request.newId('brf');
      const item: BriefItem = newItem(
        'BRIEF',
        briefId,
        organizationId,
        { ...fields, timeZone, briefId, leads: 0 },
        request,
      );
      return answerCreated(item, await briefs.create(item), briefView, request);
    },
  };
};
