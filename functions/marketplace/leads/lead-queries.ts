import { ok } from '../../platform/answer.ts';
import type { Handlers } from '../../platform/route.ts';
import type { Table } from '../../platform/table.ts';
import { epochSeconds } from '../../platform/time.ts';
import type { MarketplaceLoaders } from '../loaders.ts';
import { openLeads } from './lead-store.ts';
import { historyView, leadView, quoteView } from './lead-views.ts';
import type { leadQueryRoutes } from './routes.ts';

export const leadQueries = (table: Table): Handlers<typeof leadQueryRoutes, MarketplaceLoaders> => {
  const leads = openLeads(table);

  return {
    async getLead({ resource: { entity: lead }, now }) {
      const [history, quotes] = await Promise.all([leads.history(lead.leadId), leads.quotes(lead.leadId)]);
      return ok(200, {
        ...leadView(lead, epochSeconds(now)),
        history: history.map(historyView),
        quotes: quotes.map(quoteView),
      });
    },
  };
};
