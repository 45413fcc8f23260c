import { ok, type Problem, problem } from '../../platform/answer.ts';
import { stamp } from '../../platform/lifecycle-event.ts';
import { problemCatalogue } from '../../platform/problem-catalogue.ts';
import { validationProblem } from '../../platform/request.ts';
import type { Handlers } from '../../platform/route.ts';
import type { Table } from '../../platform/table.ts';
import { epochSeconds } from '../../platform/time.ts';
import { maxLeadsPerBrief } from '../briefs/brief.ts';
import type { MarketplaceLoaders } from '../loaders.ts';
import { askTrucks } from './ask-trucks.ts';
import { createLead, type LeadCreation } from './create-lead.ts';
import type { Lead } from './lead.ts';
import { expiresAt, leadView } from './lead-views.ts';
import { type Reader, shownTo } from './reading.ts';
import { busy, truckNotAvailable } from './refusals.ts';
import type { leadCommandRoutes } from './routes.ts';

type Commands = Handlers<typeof leadCommandRoutes, MarketplaceLoaders>;

/** Why a truck was not asked, as the API says it. */
const refusal = (outcome: Exclude<LeadCreation, { kind: 'created' | 'replayed' }>): Problem => {
  switch (outcome.kind) {
    case 'key_reused':
      return problem('IDEMPOTENCY_KEY_REUSED');
    case 'no_truck':
      return problem('NOT_FOUND', { detail: 'No such truck is listed.' });
    case 'misfit':
      return validationProblem(
        outcome.misfits.map(({ of, code, detail }) => ({ in: 'body', pointer: `/${of}Id`, code, detail })),
      );
    case 'unavailable':
      return truckNotAvailable(outcome.placement, outcome);
    case 'calendar_full':
      return problem('CALENDAR_FULL');
    case 'lead_exists':
      return problem('LEAD_EXISTS', { members: { leadId: outcome.leadId } });
    case 'too_many_leads':
      return problem('BRIEF_FULL', { members: { limit: maxLeadsPerBrief } });
    case 'busy':
      return busy();
  }
};

/** A problem as part of an answer that is none itself. */
const problemView = ({ code, detail, errors, members }: Problem) => {
  const { status, title, whatToDo } = problemCatalogue[code];
  return {
    code,
    status,
    title,
    detail: detail ?? whatToDo,
    ...(errors !== undefined && { errors }),
    ...members,
  };
};

export const leadCommands = (
  table: Table,
  { masksContacts }: Pick<Reader, 'masksContacts'>,
  clock: () => number = () => epochSeconds(new Date()),
): Pick<Commands, 'createLead' | 'createLeads' | 'extendLeadHold'> => {
  /** As its organizer reads it: a repeat may find it answered. */
  const askersView = async (lead: Lead, now: number) =>
    leadView(lead, now, await shownTo({ sides: ['organizer'], masksContacts }, lead));

  return {
    async createLead(request) {
      const now = epochSeconds(request.now);
      const outcome = await createLead(
        table,
        {
          leadId: request.newId('lead'),
          requestHash: request.idempotency.requestHash,
          brief: request.resource.entity,
          truckId: request.body.truckId,
          message: request.body.message,
        },
        stamp('lead.created', request),
        now,
      );
      return outcome.kind === 'created' || outcome.kind === 'replayed'
        ? ok(201, await askersView(outcome.lead, now), { replayed: outcome.kind === 'replayed' })
        : refusal(outcome);
    },

    async createLeads(request) {
      const now = epochSeconds(request.now);
      const asked = await askTrucks(
        table,
        {
          leadId: request.newId('lead'),
          requestHash: request.idempotency.requestHash,
          brief: request.resource.entity,
          message: request.body.message,
        },
        request.body.truckIds,
        stamp('lead.created', request),
        now,
        clock,
      );
      const items = asked.map(async ({ truckId, outcome }) =>
        outcome.kind === 'created' || outcome.kind === 'replayed'
          ? { truckId, lead: await askersView(outcome.lead, now) }
          : { truckId, problem: problemView(refusal(outcome)) },
      );
      return ok(200, { items: await Promise.all(items) });
    },

    async extendLeadHold(request) {
      // Few do.
      const { extendLeadHold } = await import('../truck-holds/extend-lead-hold.ts');
      const outcome = await extendLeadHold(
        table,
        request.resource.entity,
        request.body.minutes,
        stamp('lead.hold_extended', request),
        epochSeconds(request.now),
      );
      switch (outcome.kind) {
        case 'extended':
          return ok(200, { expiresAt: expiresAt(outcome.until) });
        case 'expired':
          return problem('HOLD_EXPIRED');
        case 'not_active':
          return problem('HOLD_NOT_ACTIVE', { members: { currentStatus: outcome.status } });
        case 'limit':
          return problem('EXTENSION_LIMIT', { members: { latest: expiresAt(outcome.latest) } });
        case 'busy':
          return busy();
      }
    },
  };
};
