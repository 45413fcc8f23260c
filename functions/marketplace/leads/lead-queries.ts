import { ok } from '../../platform/answer.ts';
import { decodeCursor, encodeCursor } from '../../platform/cursor.ts';
import { etagOf } from '../../platform/etag.ts';
import { type Caller, isOperator } from '../../platform/guard.ts';
import { listOwned } from '../../platform/owned-answers.ts';
import { openOwned } from '../../platform/owned-item.ts';
import { invalidCursor } from '../../platform/request.ts';
import type { Handlers } from '../../platform/route.ts';
import type { Table } from '../../platform/table.ts';
import { epochSeconds } from '../../platform/time.ts';
import type { BriefItem } from '../briefs/brief.ts';
import type { SoldOf } from '../event-food/event-sales.ts';
import type { MarketplaceLoaders } from '../loaders.ts';
import { emptyThread, unreadOf } from '../messages/thread.ts';
import { openThreads } from '../messages/thread-store.ts';
import { ratingOf } from '../reviews/rating.ts';
import { openReviews } from '../reviews/review-store.ts';
import { reviewView } from '../reviews/reviews-api.ts';
import type { TruckItem } from '../truck.ts';
import { compareQuotes } from './compare-quotes.ts';
import { leadIndexes } from './lead-indexes.ts';
import { leadKey, leadListKey, openLeads } from './lead-store.ts';
import { briefView, comparedView, contactsView, historyView, leadView, quoteView } from './lead-views.ts';
import { listLeads } from './list-leads.ts';
import { type Party, party } from './quote.ts';
import { type Reader, shownTo } from './reading.ts';
import type { leadQueryRoutes } from './routes.ts';

/** @param soldOfEvent reads what is sold of an event, or of one session of it. */
export const leadQueries = (
  table: Table,
  soldOfEvent: (eventId: string, sessionId?: string) => Promise<SoldOf | undefined>,
  settings: Pick<Reader, 'masksContacts'>,
): Omit<Handlers<typeof leadQueryRoutes, MarketplaceLoaders>, 'listMessages'> => {
  const leads = openLeads(table);
  const threads = openThreads(table);
  const reviews = openReviews(table);
  const briefs = openOwned<BriefItem>(table, 'BRIEF');
  const trucks = openOwned<TruckItem>(table, 'TRUCK');
  /** Who reads as a member of one side; operators read for both. */
  const readerOf = (caller: Caller, side: Party): Reader => ({
    sides: isOperator(caller) ? party.options : [side],
    ...settings,
  });

  return {
    async getBrief({ resource: { entity }, now }) {
      const { eventId, sessionId, revision } = entity;
      const soldOf = eventId === undefined ? undefined : await soldOfEvent(eventId, sessionId);
      const sales = soldOf && { ...soldOf(sessionId), asOf: now.toISOString() };
      return ok(200, { ...briefView(entity), ...(sales && { sales }) }, { etag: etagOf(revision) });
    },

    listBriefs: listOwned(briefs, 'BRIEF', briefView),

    async compareQuotes({ params: { briefId }, caller, now }) {
      const compared = await compareQuotes(table, briefId);
      const reader = readerOf(caller, 'organizer');
      const items = compared.map(async (each) =>
        comparedView(each, epochSeconds(now), await shownTo(reader, each.lead)),
      );
      return ok(200, { items: await Promise.all(items) });
    },

    async getLead({ resource: { entity: lead }, sides, now }) {
      const { leadId } = lead;
      const [history, quotes, thread, said, organizerRating, brief, truck, shown] = await Promise.all([
        leads.history(leadId),
        leads.quotes(leadId),
        threads.read(leadId),
        reviews.ofLead(leadId),
        sides.includes('truck') ? reviews.ratingOfOrganizer(lead.organizationId) : undefined,
        briefs.get(lead.briefId),
        trucks.get(lead.truckId),
        shownTo({ sides, ...settings }, lead),
      ]);
      const rating = ratingOf(organizerRating);
      const { budget, notes } = brief ?? {};
      return ok(200, {
        ...leadView(lead, epochSeconds(now), shown),
        brief: {
          ...(budget !== undefined && { budget }),
          ...(notes !== undefined && { notes: shown('organizer', notes) }),
        },
        contacts: contactsView(lead.status, { organizer: brief?.contact, truck: truck?.contact }, sides),
        history: history.map((row) => historyView(row, shown)),
        quotes: quotes.map((quote) => quoteView(quote, shown)),
        unread: unreadOf(thread, sides),
        reviews: said.map(reviewView),
        ...(rating !== undefined && { organizerRating: rating }),
      });
    },

    async listLeads({ organizationId = '', query: { role: side, status, limit, cursor }, caller, now }) {
      const index = leadIndexes[side];
      const { sk } = leadKey('');
      const position = decodeCursor(
        cursor,
        { [index.pk]: leadListKey(organizationId), sk },
        { pk: 'LEAD#', [index.sk]: '' },
      );
      if (!position.ok) return invalidCursor();
      const page = await listLeads(table, { organizationId, side, status, limit, from: position.from });
      const threadsOf = await threads.readMany(page.leads.map(({ leadId }) => leadId));
      const nextCursor = encodeCursor(page.next);
      const reader = readerOf(caller, side);
      const items = page.leads.map(async (lead) => ({
        ...leadView(lead, epochSeconds(now), await shownTo(reader, lead)),
        unread: unreadOf(threadsOf.get(lead.leadId) ?? emptyThread, [side]),
      }));
      return ok(200, {
        items: await Promise.all(items),
        ...(nextCursor !== undefined && { nextCursor }),
      });
    },
  };
};
