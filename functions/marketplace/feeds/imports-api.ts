import { noContent, ok, problem } from '../../platform/answer.ts';
import { stamp } from '../../platform/lifecycle-event.ts';
import { validationProblem } from '../../platform/request.ts';
import type { Handlers } from '../../platform/route.ts';
import { isReplay } from '../../platform/serve.ts';
import { absent, type Table, type TransactionWrite } from '../../platform/table.ts';
import { epochSeconds } from '../../platform/time.ts';
import { TooManyWriters } from '../../platform/until-written.ts';
import type { MarketplaceLoaders } from '../loaders.ts';
import type { marketplaceCommandRoutes } from '../routes.ts';
import {
  endedImportSeconds,
  type ImportItem,
  importKey,
  maxSources,
  refreshKeys,
} from './calendar-import.ts';
import { importView } from './import-view.ts';
import type { ReadTimes } from './imported-times.ts';
import { readSources, replaceSources } from './sources.ts';

type Commands = Handlers<typeof marketplaceCommandRoutes, MarketplaceLoaders>;

/** Tries of a write beside which somebody else began or removed an import. */
const maxTries = 5;

/** Ends an import in whose place another one comes: it is fetched no more, and forgotten after a time. */
const endImport = (truckId: string, importId: string, change: object, now: number): TransactionWrite => ({
  update: importKey(truckId, importId),
  by: {
    update:
      'SET #status = :ended, #revision = #revision + :one, #change = :change, #ttl = :ttl REMOVE #url, #times, gsi1pk, gsi1sk',
    condition: 'attribute_exists(pk)',
    names: {
      '#status': 'status',
      '#revision': 'revision',
      '#change': 'change',
      '#ttl': 'ttl',
      '#url': 'url',
      '#times': 'times',
    },
    values: { ':ended': 'ended', ':one': 1, ':change': change, ':ttl': now + endedImportSeconds },
  },
});

export const importCommands = (
  table: Table,
): Pick<Commands, 'createCalendarImport' | 'deleteCalendarImport'> => ({
  async createCalendarImport(request) {
    const { params, body, now, organizationId = '' } = request;
    const { truckId } = params;
    const { source } = body;
    let read: Extract<ReadTimes, { kind: 'times' }> | undefined;
    if ('ics' in body) {
      const { readTimes } = await import('./imported-times.ts');
      const zone = request.resource.entity.timeZone;
      const reading = readTimes(body.ics, truckId, source, zone, epochSeconds(now));
      if (reading.kind === 'fault') {
        const { line, reason } = reading.fault;
        const detail = `Line ${line}: ${reason}`;
        return validationProblem([{ in: 'body', pointer: '/ics', code: 'INVALID_CALENDAR', detail }]);
      }
      read = reading;
    }
    const importId = request.newId('cim');
    const change = stamp('calendar_import.requested', request);
    const item: ImportItem = {
      ...importKey(truckId, importId),
      importId,
      truckId,
      organizationId,
      source,
      status: 'pending',
      revision: 1,
      createdAt: now.toISOString(),
      requestHash: request.idempotency.requestHash,
      ...(read !== undefined && { times: read.times, ignored: read.ignored }),
      ...('url' in body && { url: body.url, ...refreshKeys(importId, now) }),
      change,
    };
    for (let attempt = 0; attempt < maxTries; attempt += 1) {
      const sources = await readSources(table, truckId);
      const { [source]: previous, ...others } = sources.current;
      const isOneMore = previous === undefined && Object.keys(others).length >= maxSources;
      const mayBeNew = previous !== importId && !isOneMore;
      const written = mayBeNew
        ? await table.transact([
            { put: item, when: absent },
            replaceSources(sources, { ...others, [source]: importId }),
            ...(previous === undefined ? [] : [endImport(truckId, previous, change, epochSeconds(now))]),
          ])
        : undefined;
      if (written?.written) return ok(202, importView(item));
      const old =
        written === undefined
          ? await table.get<ImportItem>(item, { consistent: true })
          : written.refusals.find(({ index }) => index === 0)?.old;
      if (old !== undefined)
        return isReplay(old, request)
          ? ok(202, importView(old as ImportItem), { replayed: true })
          : problem('IDEMPOTENCY_KEY_REUSED');
      if (isOneMore) return problem('TOO_MANY_CALENDARS');
    }
    throw new TooManyWriters(`The imports of ${truckId}`);
  },

  async deleteCalendarImport(request) {
    const { truckId, importId } = request.params;
    // Refused when there is none, and when it has ended or is being removed: nothing is left to do.
    await table.update(importKey(truckId, importId), {
      update:
        'SET #status = :removing, #times = :none, #revision = #revision + :one, #change = :change REMOVE #url, gsi1pk, gsi1sk',
      condition: '#status IN (:pending, :done, :failed)',
      names: {
        '#status': 'status',
        '#times': 'times',
        '#revision': 'revision',
        '#change': 'change',
        '#url': 'url',
      },
      values: {
        ':removing': 'removing',
        ':none': [],
        ':one': 1,
        ':change': stamp('calendar_import.removed', request),
        ':pending': 'pending',
        ':done': 'done',
        ':failed': 'failed',
      },
    });
    return noContent();
  },
});
