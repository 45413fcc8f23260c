import { ok, type Problem, problem } from '../../platform/answer.ts';
import { etagOf } from '../../platform/etag.ts';
import { stamp } from '../../platform/lifecycle-event.ts';
import { validationProblem } from '../../platform/request.ts';
import type { ApiRequest, Handlers, RouteDefinition } from '../../platform/route.ts';
import type { Stamp } from '../ports.ts';
import {
  type ChangeOutcome,
  type CreateOutcome,
  cancelRsvp,
  changeRsvp,
  confirmRsvp,
  createRsvp,
  type RsvpPorts,
} from './answer.ts';
import { isFinal, maxChanges, type Rsvp, rsvpTransitions } from './rsvp.ts';
import type { rsvpCommandRoutes } from './rsvp-routes.ts';
import type { Rsvps } from './rsvp-store.ts';
import { rsvpView } from './rsvp-view.ts';

type Refusal = Exclude<
  CreateOutcome | ChangeOutcome,
  { readonly kind: 'created' | 'replayed' | 'changed' | 'not_allowed' }
>;

/** Why an answer was not taken, as the API says it. */
const refusal = (outcome: Refusal): Problem => {
  switch (outcome.kind) {
    case 'missing':
      return problem('NOT_FOUND');
    case 'key_reused':
      return problem('IDEMPOTENCY_KEY_REUSED');
    case 'stale':
      return problem('PRECONDITION_FAILED');
    case 'faults':
      return validationProblem(outcome.faults);
    case 'closed':
      return problem('RSVP_CLOSED', outcome.since === undefined ? {} : { members: { since: outcome.since } });
    case 'changed_too_often':
      return problem('RSVP_CLOSED', {
        detail: `It was changed ${maxChanges} times; only a no is taken now.`,
      });
    case 'address_taken':
      return problem('RSVP_EXISTS');
    case 'ticket_used':
      return problem('TICKET_USED', { members: { ticketIds: outcome.ticketIds } });
    case 'not_on_sale':
      return problem('SESSION_NOT_ON_SALE', {
        members: { currentStatus: 'status' in outcome ? outcome.status : outcome.state },
      });
    case 'type_not_on_sale': {
      const { id, salesFrom, salesUntil } = outcome.ticketType;
      return problem('TICKET_TYPE_NOT_ON_SALE', {
        members: {
          ticketTypes: [
            {
              ticketTypeId: id,
              ...(salesFrom !== undefined && { salesFrom }),
              ...(salesUntil !== undefined && { salesUntil }),
            },
          ],
        },
      });
    }
    case 'sold_out':
      return problem('SOLD_OUT', { members: { left: outcome.left } });
    case 'busy':
      return problem('SERVICE_UNAVAILABLE', {
        detail: 'Others were faster each time; places are left.',
        headers: { 'Retry-After': '1' },
      });
  }
};

const notAllowed = (rsvp: Rsvp): Problem =>
  problem('TRANSITION_NOT_ALLOWED', {
    members: {
      currentStatus: rsvp.status,
      allowed: isFinal(rsvp) ? [] : Object.keys(rsvpTransitions[rsvp.status]),
    },
  });

/** Readers of the things that policies of answers are about. */
export const rsvpLoaders = (rsvps: Pick<Rsvps, 'get'>) => ({
  async rsvp(id: string) {
    const entity = await rsvps.get(id);
    return entity && { entity, organizationId: entity.organizationId, sessionId: entity.sessionId };
  },
});
type RsvpLoaders = ReturnType<typeof rsvpLoaders>;

const stampOf =
  (request: ApiRequest<RouteDefinition>): Stamp =>
  (what) =>
    stamp(what, request);

const changed = (outcome: ChangeOutcome) => {
  if (outcome.kind === 'changed')
    return ok(200, rsvpView(outcome.rsvp), { etag: etagOf(outcome.rsvp.revision) });
  return outcome.kind === 'not_allowed' ? notAllowed(outcome.rsvp) : refusal(outcome);
};

export const rsvpCommands = (ports: RsvpPorts): Handlers<typeof rsvpCommandRoutes, RsvpLoaders> => ({
  async createRsvp(request) {
    const { answer, guests, name, email, locale, sessionId } = request.body;
    const outcome = await createRsvp(
      ports,
      {
        rsvpId: request.newId('rsvp'),
        requestHash: request.idempotency.requestHash,
        eventId: request.params.eventId,
        sessionId,
        answer,
        guests,
        customer: { name, email, locale },
      },
      stampOf(request as never),
    );
    if (outcome.kind === 'not_allowed') throw new Error('A first answer has no status that could refuse it');
    return outcome.kind === 'created' || outcome.kind === 'replayed'
      ? ok(201, rsvpView(outcome.rsvp), {
          etag: etagOf(outcome.rsvp.revision),
          replayed: outcome.kind === 'replayed',
        })
      : refusal(outcome);
  },

  async updateRsvp(request) {
    const { params, ifMatchRevision, body } = request;
    return changed(await changeRsvp(ports, params.rsvpId, ifMatchRevision, body, stampOf(request as never)));
  },

  async confirmRsvp(request) {
    return changed(await confirmRsvp(ports, request.params.rsvpId, stampOf(request as never)));
  },

  async cancelRsvp(request) {
    return changed(await cancelRsvp(ports, request.params.rsvpId, 'organizer', stampOf(request as never)));
  },
});
