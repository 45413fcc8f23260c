import { problem } from '../../platform/answer.ts';
import { answerChanged, answerCreated } from '../../platform/owned-answers.ts';
import { changeAt, newItem, openOwned } from '../../platform/owned-item.ts';
import { validationProblem } from '../../platform/request.ts';
import type { Handlers } from '../../platform/route.ts';
import type { Table } from '../../platform/table.ts';
import type { MarketplaceLoaders } from '../loaders.ts';
import { alwaysChangeable, type BriefItem, spanFault } from './brief.ts';
import { briefView } from './lead-views.ts';
import type { leadCommandRoutes } from './routes.ts';

type Commands = Handlers<typeof leadCommandRoutes, MarketplaceLoaders>;

export const briefCommands = (table: Table): Pick<Commands, 'createBrief' | 'updateBrief'> => {
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

    async updateBrief(request) {
      const { body, ifMatchRevision, resource } = request;
      const brief = resource.entity;
      if (brief.revision !== ifMatchRevision) return problem('PRECONDITION_FAILED');
      const detail = spanFault({
        startsAt: body.startsAt ?? brief.startsAt,
        endsAt: body.endsAt ?? brief.endsAt,
      });
      if (detail !== undefined)
        return validationProblem([{ in: 'body', pointer: '/endsAt', code: 'INVALID', detail }]);
      const by = changeAt(ifMatchRevision, body, 'brief.updated', request);
      const isAlwaysPossible = Object.keys(body).every((name) => alwaysChangeable.includes(name as never));
      const changed = await briefs.change(
        brief.briefId,
        isAlwaysPossible
          ? by
          : {
              ...by,
              condition: `${by.condition} AND #leads = :none`,
              names: { ...by.names, '#leads': 'leads' },
              values: { ...by.values, ':none': 0 },
            },
      );
      const old = changed.written ? undefined : (changed.old as BriefItem | undefined);
      return old?.revision === ifMatchRevision
        ? problem('IN_USE', {
            detail: 'Trucks were asked about it: when, where and for whom stays as it is.',
          })
        : answerChanged(changed, briefView);
    },
  };
};
