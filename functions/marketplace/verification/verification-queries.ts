import { ok } from '../../platform/answer.ts';
import { decodeCursor, encodeCursor } from '../../platform/cursor.ts';
import { organizationIndex } from '../../platform/owned-item.ts';
import { invalidCursor } from '../../platform/request.ts';
import type { Handlers } from '../../platform/route.ts';
import type { Table } from '../../platform/table.ts';
import type { MarketplaceLoaders } from '../loaders.ts';
import type { marketplaceQueryRoutes } from '../routes.ts';
import { documentLink } from './documents.ts';
import { openVerifications, statusListKey, verificationSort } from './verification-store.ts';
import { verificationEntryView, verificationView } from './verification-view.ts';

type Queries = Handlers<typeof marketplaceQueryRoutes, MarketplaceLoaders>;

export const verificationQueries = (
  table: Table,
  bucket: string,
): Pick<Queries, 'getVerification' | 'listVerifications'> => {
  const verifications = openVerifications(table);

  return {
    async getVerification({ params: { truckId }, now }) {
      const verification = await verifications.get(truckId);
      const urls = new Map<string, string>();
      for (const document of verification?.documents ?? []) {
        const url = verification && (await documentLink(bucket, verification, document, now));
        if (url !== undefined) urls.set(document.id, url);
      }
      const decisions = await verifications.decisions(truckId);
      return ok(200, { ...verificationView(verification, urls), decisions: [...decisions] });
    },

    async listVerifications({ query: { status, limit, cursor } }) {
      const from = decodeCursor(
        cursor,
        { [organizationIndex.pk]: statusListKey(status), sk: verificationSort },
        { pk: 'TRUCK#', [organizationIndex.sk]: '' },
      );
      if (!from.ok) return invalidCursor();
      const page = await verifications.list(status, limit, from.from);
      const nextCursor = encodeCursor(page.next);
      return ok(200, {
        items: page.items.map(verificationEntryView),
        ...(nextCursor !== undefined && { nextCursor }),
      });
    },
  };
};
