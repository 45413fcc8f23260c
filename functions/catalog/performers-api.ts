import { noContent, ok, problem } from '../platform/answer.ts';
import { etagOf } from '../platform/etag.ts';
import { changeAt, keyOf, newItem, openOwned } from '../platform/owned-item.ts';
import type { Handlers } from '../platform/route.ts';
import { isReplay } from '../platform/serve.ts';
import type { Table } from '../platform/table.ts';
import type { PerformerItem } from './items.ts';
import type { CatalogLoaders } from './loaders.ts';
import type { catalogCommandRoutes } from './routes.ts';
import { unusedAt } from './uses.ts';
import { performerView } from './views.ts';

type Commands = Handlers<typeof catalogCommandRoutes, CatalogLoaders>;

export const performerCommands = (
  table: Table,
): Pick<Commands, 'createPerformer' | 'updatePerformer' | 'deletePerformer'> => {
  const performers = openOwned<PerformerItem>(table, 'PERFORMER');

  return {
    async createPerformer(request) {
      const { organizationId = '', name, description } = request.body;
      const performerId = request.newId('prf');
      const fields = { performerId, name, ...(description !== undefined && { description }), uses: 0 };
      const item: PerformerItem = newItem('PERFORMER', performerId, organizationId, fields, request);
      const created = await performers.create(item);
      if (created.written) return ok(201, performerView(item), { etag: etagOf(1) });
      const old = created.old as PerformerItem;
      return isReplay(old, request)
        ? ok(201, performerView(old), { etag: etagOf(old.revision), replayed: true })
        : problem('IDEMPOTENCY_KEY_REUSED');
    },

    async updatePerformer(request) {
      const changed = await performers.change(
        request.params.performerId,
        changeAt(request.ifMatchRevision, request.body, 'performer.updated', request),
      );
      if (!changed.written) return problem(changed.old === undefined ? 'NOT_FOUND' : 'PRECONDITION_FAILED');
      return ok(200, performerView(changed.item), { etag: etagOf(changed.item.revision) });
    },

    async deletePerformer(request) {
      const { entity } = request.resource;
      const deleted = await table.delete(keyOf('PERFORMER', entity.performerId), unusedAt(entity.revision));
      if (deleted.written || deleted.old === undefined) return noContent();
      return (deleted.old as PerformerItem).uses > 0
        ? problem('IN_USE', { detail: 'Events name this performer.' })
        : problem('PRECONDITION_FAILED');
    },
  };
};
