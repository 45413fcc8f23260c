import type { ProviderName } from '../../payments/contracts.ts';
import { ok, type Problem, problem } from '../../platform/answer.ts';
import { stamp } from '../../platform/lifecycle-event.ts';
import { validationProblem } from '../../platform/request.ts';
import type { Handlers } from '../../platform/route.ts';
import { epochSeconds } from '../../platform/time.ts';
import type { Lead } from '../leads/lead.ts';
import { expiresAt, leadView } from '../leads/lead-views.ts';
import { type Reader, type Shown, shownTo } from '../leads/reading.ts';
import { busy, transitionNotAllowed } from '../leads/refusals.ts';
import type { leadDepositRoutes } from '../leads/routes.ts';
import type { MarketplaceLoaders } from '../loaders.ts';
import { type DepositOutcome, type PayDepositPorts, payDeposit } from './pay-deposit.ts';
import { retryRefund } from './retry-refund.ts';

/** Why a deposit was not paid, as the API says it. */
const refusal = (outcome: Exclude<DepositOutcome, { kind: 'accepted' | 'payable' }>): Problem => {
  switch (outcome.kind) {
    case 'not_allowed':
      return transitionNotAllowed(outcome);
    case 'overdue':
      return problem('DEPOSIT_OVERDUE', { members: { depositBy: expiresAt(outcome.depositBy) } });
    case 'other_provider':
      return providerFault(`Its payment was begun at ${outcome.provider}.`);
    case 'key_reused':
      return problem('IDEMPOTENCY_KEY_REUSED');
    case 'provider_unavailable':
      return problem('SERVICE_UNAVAILABLE', {
        detail:
          'The payment provider does not answer; the time of the truck is kept, and the same request goes on.',
        members: { depositBy: expiresAt(outcome.depositBy) },
        headers: { 'Retry-After': String(outcome.retryAfterSeconds) },
      });
    case 'payment_refused':
      return problem('PAYMENT_REFUSED');
    case 'busy':
      return busy();
  }
};

const providerFault = (detail: string): Problem =>
  validationProblem([{ in: 'body', pointer: '/payment/provider', code: 'PROVIDER_NOT_AVAILABLE', detail }]);

/** The lead with what the browser of its payer needs. */
const payersView = (lead: Lead, now: number, shown: Shown) => {
  const { deposit, ...view } = leadView(lead, now, shown);
  const { clientSecret } = lead.deposit ?? {};
  return {
    ...view,
    ...(deposit !== undefined && {
      deposit: { ...deposit, ...(clientSecret !== undefined && { clientSecret }) },
    }),
  };
};

/** What becomes of the deposits of leads by request. */
export const depositCommands = (
  ports: PayDepositPorts &
    Pick<Reader, 'masksContacts'> & { readonly providerNames: readonly ProviderName[] },
): Handlers<typeof leadDepositRoutes, MarketplaceLoaders> => ({
  async payDeposit(request) {
    const { resource, sides, body, query, now, idempotency } = request;
    if (!ports.providerNames.includes(body.payment.provider))
      return providerFault(`Not available here; providers: ${ports.providerNames.join(', ')}.`);
    const outcome = await payDeposit(
      ports,
      resource.entity,
      {
        tryId: request.newId('try'),
        requestHash: idempotency.requestHash,
        payment: body.payment,
      },
      { now, stamp: (what) => stamp(what, request), dryRun: query.dryRun === 'true' },
    );
    if (outcome.kind !== 'accepted' && outcome.kind !== 'payable') return refusal(outcome);
    const shown = await shownTo({ sides, masksContacts: ports.masksContacts }, outcome.lead);
    switch (outcome.kind) {
      case 'accepted':
        return ok(201, payersView(outcome.lead, epochSeconds(now), shown), { replayed: outcome.isRepeat });
      case 'payable':
        return ok(200, { ...leadView(outcome.lead, epochSeconds(now), shown), dryRun: true as const });
    }
  },

  async retryDepositRefund(request) {
    const { resource, sides, now } = request;
    if (resource.entity.refund === undefined)
      return problem('NOTHING_TO_REFUND', { detail: 'Nothing of a deposit was to be given back.' });
    const lead = await retryRefund(ports.table, resource.entity, { stamp: (what) => stamp(what, request) });
    return ok(
      200,
      leadView(lead, epochSeconds(now), await shownTo({ sides, masksContacts: ports.masksContacts }, lead)),
    );
  },
});
