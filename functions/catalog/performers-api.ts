import { noContent, problem } from '../platform/answer.ts';
import { answerChanged, answerCreated } from '../platform/owned-answers.ts';
import { changeAt, keyOf, newItem, openOwned } from '../platform/owned-item.ts';
import type { Handlers } from '../platform/route.ts';
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
      return answerCreated(item, await performers.create(item), performerView, request);
    },

    async updatePerformer(request) {
      const changed = await performers.change(
        request.params.performerId,
        changeAt(request.ifMatchRevision, request.body, 'performer.updated', request),
      );
      return answerChanged(changed, performerView);
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
