import { ok } from '../../platform/answer.ts';
import { decodeCursor, encodeCursor } from '../../platform/cursor.ts';
import { etagOf } from '../../platform/etag.ts';
import { listOwned } from '../../platform/owned-answers.ts';
import { openOwned } from '../../platform/owned-item.ts';
import { invalidCursor } from '../../platform/request.ts';
import type { Handlers } from '../../platform/route.ts';
import type { Table } from '../../platform/table.ts';
import { epochSeconds } from '../../platform/time.ts';
import type { MarketplaceLoaders } from '../loaders.ts';
import type { TruckItem } from '../truck.ts';
import type { BriefItem } from './brief.ts';
import { compareQuotes } from './compare-quotes.ts';
import { leadIndexes } from './lead-indexes.ts';
import { leadKey, leadListKey, openLeads } from './lead-store.ts';
import { briefView, comparedView, contactsView, historyView, leadView, quoteView } from './lead-views.ts';
import { listLeads } from './list-leads.ts';
import type { leadQueryRoutes } from './routes.ts';

export const leadQueries = (table: Table): Handlers<typeof leadQueryRoutes, MarketplaceLoaders> => {
  const leads = openLeads(table);
  const briefs = openOwned<BriefItem>(table, 'BRIEF');
  const trucks = openOwned<TruckItem>(table, 'TRUCK');

  return {
    async getBrief({ resource: { entity } }) {
      return ok(200, briefView(entity), { etag: etagOf(entity.revision) });
    },

    listBriefs: listOwned(briefs, 'BRIEF', briefView),

    async compareQuotes({ params: { briefId }, now }) {
      const compared = await compareQuotes(table, briefId);
      return ok(200, { items: compared.map((each) => comparedView(each, epochSeconds(now))) });
    },

    async getLead({ resource: { entity: lead }, sides, now }) {
      const [history, quotes, brief, truck] = await Promise.all([
        leads.history(lead.leadId),
        leads.quotes(lead.leadId),
        briefs.get(lead.briefId),
        trucks.get(lead.truckId),
      ]);
      const { budget, notes } = brief ?? {};
      return ok(200, {
        ...leadView(lead, epochSeconds(now)),
        brief: { ...(budget !== undefined && { budget }), ...(notes !== undefined && { notes }) },
        contacts: contactsView(lead.status, { organizer: brief?.contact, truck: truck?.contact }, sides),
        history: history.map(historyView),
        quotes: quotes.map(quoteView),
      });
    },

    async listLeads({ organizationId = '', query: { role: side, status, limit, cursor }, now }) {
      const index = leadIndexes[side];
      const { sk } = leadKey('');
      const position = decodeCursor(
        cursor,
        { [index.pk]: leadListKey(organizationId), sk },
        { pk: 'LEAD#', [index.sk]: '' },
      );
      if (!position.ok) return invalidCursor();
      const page = await listLeads(table, { organizationId, side, status, limit, from: position.from });
      const nextCursor = encodeCursor(page.next);
      return ok(200, {
        items: page.leads.map((lead) => leadView(lead, epochSeconds(now))),
        ...(nextCursor !== undefined && { nextCursor }),
      });
    },
  };
};
