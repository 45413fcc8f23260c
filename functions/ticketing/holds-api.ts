import { type Fault, noContent, ok, type Problem, problem } from '../platform/answer.ts';
import { contentId } from '../platform/ids.ts';
import { stamp } from '../platform/lifecycle-event.ts';
import { validationProblem } from '../platform/request.ts';
import type { ApiRequest, Handlers, RouteDefinition } from '../platform/route.ts';
import { epochSeconds } from '../platform/time.ts';
import type { SaleTicketType } from './block-plan.ts';
import { createHold, findRepeat, type HoldOutcome, type HoldRequest } from './create-hold.ts';
import { cancelHold } from './end-hold.ts';
import { extendHold } from './extend-hold.ts';
import type { InventoryStore } from './inventory-store.ts';
import type { HoldPorts, OpenSale, Pictures, Stamp } from './ports.ts';
import { maxPlacesPerHold, type ticketingCommandRoutes } from './routes.ts';
import { saleState } from './sale.ts';
import { isInSalesWindow, orderLimitsExceeded } from './sale-terms.ts';
import type { Sales } from './sales.ts';
import { expiresAt, holdView } from './views.ts';

type Body = ApiRequest<(typeof ticketingCommandRoutes)['createHold']>['body'];

type Resolved =
  | {
      readonly ok: true;
      readonly request: HoldRequest;
      /** The ticket types of its places, each once. */
      readonly ticketTypes: readonly SaleTicketType[];
    }
  | { readonly ok: false; readonly problem: Problem };

/** What a body asks for in terms of the session’s inventory, or everything that is wrong with it. */
export const resolveRequest = (body: Body, { sale, plan }: OpenSale): Resolved => {
  const faults: Fault[] = [];
  const fault = (pointer: string, code: string, detail: string): void => {
    faults.push({ in: 'body', pointer, code, detail });
  };
  const most = Math.min(maxPlacesPerHold, sale.maxPlacesPerHold);
  const tooMany = (pointer: string, count: number): void => {
    if (count > most)
      fault(pointer, 'TOO_MANY_PLACES', `${count} places; a hold of this session has at most ${most}.`);
  };
  /** What one hold may not have, no order could either. */
  const overOrderLimit = (pointer: string, ofPlaces: readonly string[]): void => {
    for (const { name, count, maxPerOrder } of orderLimitsExceeded(sale.ticketTypes, ofPlaces))
      fault(pointer, 'OVER_ORDER_LIMIT', `${count} of ${name}; an order has at most ${maxPerOrder}.`);
  };

  if ('seats' in body) {
    tooMany('/seats', body.seats.length);
    const places: number[] = [];
    for (const [index, name] of body.seats.entries()) {
      const place = plan.placeByName.get(name);
      if (place === undefined || plan.blockOf[place] === undefined) {
        fault(`/seats/${index}`, 'UNKNOWN_PLACE', `This session does not sell ${JSON.stringify(name)}.`);
      } else if (places.includes(place)) {
        fault(`/seats/${index}`, 'DUPLICATE_PLACE', `${JSON.stringify(name)} stands in the list already.`);
      } else {
        places.push(place);
      }
    }
    const types = places.flatMap(
      (place) => sale.ticketTypes[plan.blocks[plan.blockOf[place]?.block ?? -1]?.ticketType ?? -1] ?? [],
    );
    overOrderLimit(
      '/seats',
      types.map(({ id }) => id),
    );
    if (faults.length > 0) return { ok: false, problem: validationProblem(faults) };
    return {
      ok: true,
      request: { kind: 'places', places: places.toSorted((a, b) => a - b) },
      ticketTypes: [...new Set(types)],
    };
  }

  tooMany('/quantity', body.quantity);
  const ticketType = sale.ticketTypes.findIndex(({ id }) => id === body.ticketTypeId);
  const type = sale.ticketTypes[ticketType];
  if (type === undefined)
    fault('/ticketTypeId', 'UNKNOWN_TICKET_TYPE', 'The session has no such ticket type.');
  overOrderLimit('/quantity', Array<string>(body.quantity).fill(body.ticketTypeId));
  if (type === undefined || faults.length > 0) return { ok: false, problem: validationProblem(faults) };
  return {
    ok: true,
    request: { kind: 'best', ticketType, quantity: body.quantity, adjacent: body.adjacent ?? false },
    ticketTypes: [type],
  };
};

/** Refuses ticket types outside their sales window; undefined when all can be held now. */
const windowProblem = (types: readonly SaleTicketType[], now: number): Problem | undefined => {
  const closed = types.filter((type) => !isInSalesWindow(type, now));
  if (closed.length === 0) return undefined;
  return problem('TICKET_TYPE_NOT_ON_SALE', {
    members: {
      ticketTypes: closed.map(({ id, salesFrom, salesUntil }) => ({
        ticketTypeId: id,
        ...(salesFrom !== undefined && { salesFrom }),
        ...(salesUntil !== undefined && { salesUntil }),
      })),
    },
  });
};

/** Why a hold was not made, as the API says it. */
const refusal = (
  outcome: Exclude<HoldOutcome, { kind: 'created' | 'replayed' }>,
  { plan }: OpenSale,
): Problem => {
  switch (outcome.kind) {
    case 'key_reused':
      return problem('IDEMPOTENCY_KEY_REUSED');
    case 'places_taken': {
      const places = outcome.places.map((place) => plan.names[place] ?? '');
      return problem('PLACES_TAKEN', { detail: `Taken: ${places.join(', ')}.`, members: { places } });
    }
    case 'sold_out':
      return problem('SOLD_OUT');
    case 'not_adjacent':
      return problem('NOT_ADJACENT');
    case 'hold_limit':
      return problem('HOLD_LIMIT_REACHED', { members: { limit: outcome.limit } });
    case 'busy':
      return problem('SERVICE_UNAVAILABLE', {
        detail: 'Others were faster each time; places are left.',
        headers: { 'Retry-After': '1' },
      });
  }
};

const stampOf =
  (request: ApiRequest<RouteDefinition>): Stamp =>
  (what) =>
    stamp(what, request);

export const holdCommands = (
  store: InventoryStore,
  pictures: Pictures,
  sales: Sales,
  clock: HoldPorts['clock'] = () => epochSeconds(new Date()),
): Handlers<typeof ticketingCommandRoutes> => {
  const ports: HoldPorts = { store, pictures, clock };

  return {
    async createHold(request) {
      const open = await sales.open(request.params.sessionId);
      if (open === undefined) return problem('NOT_FOUND');
      const identity = { holdId: request.newId('hld'), requestHash: request.idempotency.requestHash };
      const answer = (outcome: HoldOutcome) =>
        outcome.kind === 'created' || outcome.kind === 'replayed'
          ? ok(201, holdView(outcome.hold, open, ports.clock()), { replayed: outcome.kind === 'replayed' })
          : refusal(outcome, open);
      /** A retry is answered with its hold, even if what it asks for would be refused by now. */
      const refuse = async (refused: Problem) => {
        const repeat = await findRepeat(ports, identity);
        return repeat ? answer(repeat) : refused;
      };
      const state = saleState(open.sale, ports.clock());
      if (state !== 'on_sale')
        return refuse(problem('SESSION_NOT_ON_SALE', { members: { currentStatus: state } }));
      const resolved = resolveRequest(request.body, open);
      if (!resolved.ok) return refuse(resolved.problem);
      const closed = windowProblem(resolved.ticketTypes, ports.clock());
      if (closed !== undefined) return refuse(closed);
      const outcome = await createHold(
        ports,
        open,
        {
          ...identity,
          // Only a digest is stored: neither a subject nor an address belongs into an inventory.
          customer: contentId('cst', request.caller?.subject ?? `anonymous:${request.sourceIp}`),
          request: resolved.request,
        },
        stampOf(request as never),
      );
      return answer(outcome);
    },

    async extendHold(request) {
      const hold = await store.getHold(request.params.holdId);
      const open = hold && (await sales.open(hold.sessionId));
      if (hold === undefined || open === undefined) return problem('NOT_FOUND');
      const outcome = await extendHold(ports, open, hold, request.body.seconds, stampOf(request as never));
      switch (outcome.kind) {
        case 'extended':
          return ok(200, { expiresAt: expiresAt(outcome.hold.until) });
        case 'expired':
          return problem('HOLD_EXPIRED');
        case 'not_active':
          return problem('HOLD_NOT_ACTIVE', { members: { currentStatus: outcome.status } });
        case 'limit':
          return problem('EXTENSION_LIMIT', { members: { latest: expiresAt(outcome.latest) } });
      }
    },

    async cancelHold(request) {
      const outcome = await cancelHold(
        ports,
        (hold) => sales.planOfHold(hold),
        request.params.holdId,
        stampOf(request as never),
      );
      if (outcome.kind === 'missing') return problem('NOT_FOUND');
      if (outcome.kind === 'confirmed')
        return problem('HOLD_NOT_ACTIVE', { members: { currentStatus: 'confirmed' } });
      return noContent();
    },
  };
};
