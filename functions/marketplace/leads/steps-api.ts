import { ok, type Problem, problem } from '../../platform/answer.ts';
import { stamp } from '../../platform/lifecycle-event.ts';
import { validationProblem } from '../../platform/request.ts';
import type { Handlers } from '../../platform/route.ts';
import { isReplay } from '../../platform/serve.ts';
import type { Table } from '../../platform/table.ts';
import { epochSeconds } from '../../platform/time.ts';
import type { MarketplaceLoaders } from '../loaders.ts';
import type { TruckItem } from '../truck.ts';
import { actingSide, type NotActing } from './acting-side.ts';
import type { Lead } from './lead.ts';
import { type Asked, decideAsked, type LeadDecision } from './lead-decisions.ts';
import { openLeads } from './lead-store.ts';
import { leadView, quoteView } from './lead-views.ts';
import type { Party, Quote } from './quote.ts';
import { asWritten, type Reader, shownTo } from './reading.ts';
import { busy, notActing, transitionNotAllowed, truckNotAvailable } from './refusals.ts';
import { type LeadStepped, stepLead } from './step-lead.ts';
import type { leadStepRoutes } from './step-routes.ts';

type Commands = Handlers<typeof leadStepRoutes, MarketplaceLoaders>;

interface StepRequest extends Omit<Parameters<typeof stamp>[1], 'now'> {
  readonly resource: { readonly entity: Lead };
  readonly sides: readonly Party[];
  readonly query: { readonly role?: Party | undefined; readonly dryRun?: 'true' | 'false' | undefined };
  readonly now: Date;
}

type Decided = Exclude<LeadDecision, { kind: 'steps' }>;
type Refusal = Exclude<
  Decided | LeadStepped | NotActing,
  { kind: 'stepped' | 'done_before' | 'quote_exists' }
>;

/** Why a lead was not taken on, as the API says it. */
const refusal = (outcome: Refusal): Problem => {
  switch (outcome.kind) {
    case 'not_allowed':
      return transitionNotAllowed(outcome);
    case 'not_theirs':
      return problem('FORBIDDEN', { detail: 'That is for the other side to do.' });
    case 'not_of_side':
      return notActing(outcome);
    case 'own_quote':
      return problem('OWN_QUOTE');
    case 'outdated_quote':
      return problem('QUOTE_OUTDATED', { members: { latestVersion: outcome.latestVersion } });
    case 'quote_expired':
      return problem('QUOTE_EXPIRED', { members: { expiresAt: outcome.expiresAt } });
    case 'too_many_quotes':
      return problem('QUOTE_LIMIT_REACHED', { members: { limit: outcome.limit } });
    case 'not_over':
      return problem('EVENT_NOT_OVER', {
        members: { endsAt: new Date(outcome.endsAt * 1_000).toISOString() },
      });
    case 'faults':
      return validationProblem(outcome.faults);
    case 'unavailable':
      return truckNotAvailable(outcome.placement, outcome);
    case 'calendar_full':
      return problem('CALENDAR_FULL');
    case 'busy':
      return busy();
  }
};

/** What the two sides do to a lead, each word a step of the transition table. */
export const leadStepCommands = (
  table: Table,
  { completesEarly, masksContacts }: { readonly completesEarly: boolean } & Pick<Reader, 'masksContacts'>,
): Commands => {
  const leads = openLeads(table);

  const step = async (
    request: StepRequest,
    askedOf: (truckOf: () => Promise<TruckItem>) => Asked | Promise<Asked>,
  ): Promise<Exclude<Decided | LeadStepped | NotActing, { kind: 'done_before' }>> => {
    const { resource, sides, query, now } = request;
    const acting = actingSide(sides, query.role);
    if (acting.kind !== 'side') return acting;
    const { side } = acting;
    const outcome = await stepLead<Decided>(
      table,
      resource.entity,
      async (lead, truckOf) => decideAsked(lead, side, await askedOf(truckOf), { now, completesEarly }),
      {
        party: side,
        now,
        stamp: (what) => stamp(what, request),
        dryRun: query.dryRun === 'true',
      },
    );
    return outcome.kind === 'done_before' ? { kind: 'stepped', lead: outcome.lead } : outcome;
  };

  const answer = async ({ resource, sides, query, now }: StepRequest, lead: Lead) => {
    const isDry = query.dryRun === 'true';
    // A booking that is only tried introduces nobody.
    const shown = await shownTo({ sides, masksContacts }, isDry ? resource.entity : lead);
    return ok(200, {
      ...leadView(lead, epochSeconds(now), shown),
      ...(isDry && { dryRun: true as const }),
    });
  };

  const stepAnswer = async (
    request: StepRequest,
    askedOf: Parameters<typeof step>[1],
  ): Promise<Awaited<ReturnType<typeof answer>> | Problem> => {
    const outcome = await step(request, askedOf);
    if (outcome.kind === 'stepped') return answer(request, outcome.lead);
    if (outcome.kind === 'quote_exists') throw new Error('A step without a quote was refused by one');
    return refusal(outcome);
  };

  return {
    contactLead: (request) => stepAnswer(request, () => ({ command: 'contact' })),

    async quoteLead(request) {
      const quoteId = request.newId('quo');
      const { requestHash } = request.idempotency;
      const { leadId } = request.resource.entity;
      const repeat = (old: Quote) =>
        isReplay(old, request)
          ? ok(201, quoteView(old, asWritten), { replayed: true })
          : problem('IDEMPOTENCY_KEY_REUSED');
      // Whatever would be refused by now, the repeat of a request that was taken is answered with what it made.
      const old = await leads.getQuote(leadId, quoteId);
      if (old !== undefined) return repeat(old);
      const terms = request.body;
      const outcome = await step(request, () => ({ command: 'quote', terms, quoteId, requestHash }));
      if (outcome.kind === 'quote_exists') return repeat(outcome.quote);
      if (outcome.kind !== 'stepped') return refusal(outcome);
      const { quote } = outcome.lead;
      if (quote === undefined) throw new Error(`Lead ${leadId} is quoted without a quote`);
      return request.query.dryRun === 'true'
        ? answer(request, outcome.lead)
        : ok(201, quoteView(quote, asWritten));
    },

    acceptLead: (request) =>
      stepAnswer(request, async (truckOf) => ({
        command: 'accept',
        quoteVersion: request.body.quoteVersion,
        cancellationPolicy: (await truckOf()).cancellationPolicy,
      })),

    declineLead: (request) =>
      stepAnswer(request, () => ({ command: 'decline', reason: request.body.reason })),

    cancelLead: (request) => stepAnswer(request, () => ({ command: 'cancel', reason: request.body.reason })),

    completeLead: (request) => stepAnswer(request, () => ({ command: 'complete' })),
  };
};
