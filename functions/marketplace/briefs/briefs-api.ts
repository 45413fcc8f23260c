import { readOccasion } from '../../catalog/occasion-contracts.ts';
import { type Fault, problem } from '../../platform/answer.ts';
import { answerChanged, answerCreated } from '../../platform/owned-answers.ts';
import { changeAt, newItem, openOwned } from '../../platform/owned-item.ts';
import { pastFaults } from '../../platform/past-faults.ts';
import { validationProblem } from '../../platform/request.ts';
import type { Handlers } from '../../platform/route.ts';
import type { Table } from '../../platform/table.ts';
import { joinEvent } from '../event-food/join-event.ts';
import { briefView } from '../leads/lead-views.ts';
import type { leadCommandRoutes } from '../leads/routes.ts';
import type { MarketplaceLoaders } from '../loaders.ts';
import { alwaysChangeable, type BriefItem, spanFault } from './brief.ts';

type Commands = Handlers<typeof leadCommandRoutes, MarketplaceLoaders>;

/** @param catalog where the events are that food is for. */
export const briefCommands = (
  table: Table,
  catalog: Table,
): Pick<Commands, 'createBrief' | 'updateBrief'> => {
  const briefs = openOwned<BriefItem>(table, 'BRIEF');

  return {
    async createBrief(request) {
      const { organizationId = '', ...fields } = request.body;
      const briefId = request.newId('brf');
      const { eventId, venue, startsAt = '', endsAt = '', timeZone = 'Europe/Bucharest' } = fields;
      const joined =
        eventId === undefined
          ? // What is missing without an event, its schema has refused.
            { kind: 'joined' as const, venue: venue as BriefItem['venue'], startsAt, endsAt, timeZone }
          : joinEvent(await readOccasion(catalog, eventId), organizationId, fields);
      const refuse = async (faults: readonly Fault[]) => {
        // A repeat is answered with its brief, whatever became of the event since, and whatever time it is.
        const earlier = await briefs.get(briefId);
        return earlier === undefined
          ? validationProblem(faults)
          : answerCreated(earlier, { written: false, old: earlier }, briefView, request);
      };
      if (joined.kind === 'refused') return refuse(joined.faults);
      const { kind: _, ...about } = joined;
      const past = pastFaults(about.startsAt, request.now);
      if (past.length > 0) return refuse(past);
      const item: BriefItem = newItem(
        'BRIEF',
        briefId,
        organizationId,
        { ...fields, ...about, briefId, leads: 0 },
        request,
      );
      return answerCreated(item, await briefs.create(item), briefView, request);
    },

    async updateBrief(request) {
      const { body, ifMatchRevision, resource } = request;
      const brief = resource.entity;
      if (brief.revision !== ifMatchRevision) return problem('PRECONDITION_FAILED');
      const about = {
        venue: body.venue ?? brief.venue,
        startsAt: body.startsAt ?? brief.startsAt,
        endsAt: body.endsAt ?? brief.endsAt,
      };
      const detail = spanFault(about);
      const faults: readonly Fault[] = [
        // What else is said of a day that is over may still be changed.
        ...(isSameInstant(about.startsAt, brief.startsAt) ? [] : pastFaults(about.startsAt, request.now)),
        ...(detail === undefined
          ? []
          : [{ in: 'body' as const, pointer: '/endsAt', code: 'INVALID', detail }]),
      ];
      if (faults.length > 0) return validationProblem(faults);
      const event = eventAfter(brief, body);
      const fields = { ...body, ...event };
      if (event.sessionId !== undefined && event.eventId === undefined) {
        return validationProblem([
          { in: 'body', pointer: '/sessionId', code: 'UNKNOWN_REFERENCE', detail: 'It is for no event.' },
        ]);
      }
      if (event.eventId !== undefined) {
        const joined = joinEvent(await readOccasion(catalog, event.eventId), brief.organizationId, {
          ...about,
          sessionId: event.sessionId,
        });
        if (joined.kind === 'refused') return validationProblem(joined.faults);
      }
      const by = changeAt(ifMatchRevision, fields, 'brief.updated', request);
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

const isSameInstant = (one: string, other: string): boolean => Date.parse(one) === Date.parse(other);

type EventNamed = { readonly [Name in 'eventId' | 'sessionId']?: string | null | undefined };

/**
 * Event and session as a change leaves them, where it names one: another event takes the session of the former away.
 * Empty where it names none.
 */
const eventAfter = (
  brief: Pick<BriefItem, 'eventId' | 'sessionId'>,
  change: EventNamed,
): Partial<Record<'eventId' | 'sessionId', string | undefined>> => {
  if (change.eventId === undefined && change.sessionId === undefined) return {};
  const eventId = change.eventId === undefined ? brief.eventId : (change.eventId ?? undefined);
  const kept = eventId === brief.eventId ? brief.sessionId : undefined;
  return {
    eventId,
    sessionId: change.sessionId === undefined ? kept : (change.sessionId ?? undefined),
  };
};
