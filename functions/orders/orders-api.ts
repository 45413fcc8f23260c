import { ok, type Problem, problem } from '../platform/answer.ts';
import { stamp } from '../platform/lifecycle-event.ts';
import { validationProblem } from '../platform/request.ts';
import type { ApiRequest, Handlers, RouteDefinition } from '../platform/route.ts';
import { type CancelOutcome, cancelOrder } from './cancel-order.ts';
import { createOrder, type NewOrderPorts, type OrderOutcome } from './create-order.ts';
import type { NewRefundOutcome } from './create-refund.ts';
import { type CancelReason, type Order, type OrderStatus, orderTransitions } from './order.ts';
import type { Orders } from './order-store.ts';
import { type PayPorts, payOrder } from './pay-order.ts';
import type { Stamp } from './ports.ts';
import { promoProblem } from './promo-problem.ts';
import type { orderCommandRoutes, orderQueryRoutes } from './routes.ts';
import { orderView, refundView } from './views.ts';

/** Why an order was not made, as the API says it. */
const refusal = (outcome: Exclude<OrderOutcome, { kind: 'created' | 'replayed' }>): Problem => {
  switch (outcome.kind) {
    case 'key_reused':
      return problem('IDEMPOTENCY_KEY_REUSED');
    case 'faults':
      return validationProblem(outcome.faults);
    case 'hold_expired':
      return problem('HOLD_EXPIRED', { members: { holdId: outcome.holdId } });
    case 'hold_not_active':
      return problem('HOLD_NOT_ACTIVE', {
        members: { holdId: outcome.holdId, currentStatus: outcome.status },
      });
    case 'not_on_sale':
      return problem('SESSION_NOT_ON_SALE', {
        members: { sessionId: outcome.sessionId, currentStatus: outcome.state },
      });
    case 'promo_refused':
      return promoProblem(outcome.reason);
    case 'too_large':
      return problem('ORDER_TOO_LARGE', {
        detail: `It takes ${outcome.writesOver} writes more than one transaction has: order fewer places at once.`,
      });
    case 'places_taken':
      return problem('PLACES_TAKEN', {
        detail: `Taken: ${outcome.places.join(', ')}.`,
        members: { places: outcome.places },
      });
    case 'provider_unavailable':
      return problem('SERVICE_UNAVAILABLE', {
        detail:
          'The payment provider does not answer; the order stands and the same request goes on with it.',
        headers: { 'Retry-After': String(outcome.retryAfterSeconds) },
      });
  }
};

const notAllowed = (status: OrderStatus): Problem =>
  problem('TRANSITION_NOT_ALLOWED', {
    members: { currentStatus: status, allowed: Object.keys(orderTransitions[status]) },
  });

/** Why a refund was not made, as the API says it. */
const refundRefusal = (outcome: Exclude<NewRefundOutcome, { kind: 'requested' | 'replayed' }>): Problem => {
  switch (outcome.kind) {
    case 'key_reused':
      return problem('IDEMPOTENCY_KEY_REUSED');
    case 'missing':
      return problem('NOT_FOUND');
    case 'faults':
      return validationProblem(outcome.faults);
    case 'nothing_left':
      return problem('NOTHING_TO_REFUND');
    case 'not_settled':
      return problem('PAYMENT_NOT_SETTLED', { headers: { 'Retry-After': '2' } });
    case 'not_allowed':
      return notAllowed(outcome.status);
  }
};

/** Readers of the things that policies of orders are about. */
export const orderLoaders = (orders: Orders) => ({
  async order(id: string) {
    const entity = await orders.get(id);
    return entity && { entity, organizationId: entity.organizationId };
  },
});
type OrderLoaders = ReturnType<typeof orderLoaders>;

const stampOf =
  (request: ApiRequest<RouteDefinition>): Stamp =>
  (what) =>
    stamp(what, request);

export const orderCommands = (
  ports: NewOrderPorts & PayPorts,
): Handlers<typeof orderCommandRoutes, OrderLoaders> => {
  /** The order with its refunds, which only one that was captured can have. */
  const viewOf = async (order: Order) =>
    orderView(
      order.captured === 0
        ? { order, refunds: [] }
        : ((await ports.orders.read(order.orderId)) ?? { order, refunds: [] }),
    );

  /** How an order ended, to whoever asked for it; that it had ended so before is no refusal. */
  const ended = async (outcome: CancelOutcome, asked: CancelReason) => {
    switch (outcome.kind) {
      case 'cancelled':
        return ok(202, await viewOf(outcome.order));
      case 'over_already':
        return outcome.order.cancelReason === asked
          ? ok(202, await viewOf(outcome.order))
          : problem('TRANSITION_NOT_ALLOWED', {
              detail: `It was cancelled before: ${outcome.order.cancelReason}.`,
              members: { currentStatus: 'cancelled', allowed: [] },
            });
      case 'not_allowed':
        return notAllowed(outcome.status);
      case 'missing':
        return problem('NOT_FOUND');
    }
  };

  return {
    async createOrder(request) {
      const { body, idempotency } = request;
      const outcome = await createOrder(
        ports,
        {
          orderId: request.newId('ord'),
          requestHash: idempotency.requestHash,
          holdIds: body.holdIds,
          customer: body.customer,
          attendees: body.attendees,
          provider: body.payment?.provider,
          promoCode: body.promoCode,
        },
        stampOf(request as never),
      );
      return outcome.kind === 'created' || outcome.kind === 'replayed'
        ? ok(201, await viewOf(outcome.order), { replayed: outcome.kind === 'replayed' })
        : refusal(outcome);
    },

    async payOrder(request) {
      if (!ports.providerNames.includes('test')) return problem('TEST_PAYMENTS_ONLY');
      const { orderId } = request.params;
      const outcome = await payOrder(ports, orderId, request.body.method, stampOf(request as never));
      switch (outcome.kind) {
        case 'accepted':
          return ok(202, await viewOf(outcome.order));
        case 'missing':
          return problem('NOT_FOUND');
        case 'other_provider':
          return problem('TEST_PAYMENTS_ONLY');
        case 'not_allowed':
          return notAllowed(outcome.status);
      }
    },

    async createRefund(request) {
      // An organizer comes for it, seldom: customers do not wait for its code.
      const { createRefund } = await import('./create-refund.ts');
      const { body, idempotency } = request;
      const outcome = await createRefund(
        ports,
        request.params.orderId,
        {
          refundId: request.newId('rfd'),
          requestHash: idempotency.requestHash,
          reason: body.reason,
          wanted:
            'amount' in body
              ? { kind: 'amount', ...body.amount }
              : { kind: 'tickets', ticketIds: body.ticketIds, restock: body.restock },
        },
        stampOf(request as never),
      );
      return outcome.kind === 'requested' || outcome.kind === 'replayed'
        ? ok(201, refundView(outcome.refund), { replayed: outcome.kind === 'replayed' })
        : refundRefusal(outcome);
    },

    async resendOrderMail(request) {
      // As for refunds.
      const { maxMailRequests, requestMail } = await import('./request-mail.ts');
      const id = request.newId('mrq');
      const stamp = stampOf(request as never);
      const outcome = await requestMail(ports, request.params.orderId, { id, at: request.now }, stamp);
      switch (outcome.kind) {
        case 'requested':
          return ok(202, { id, requestedAt: outcome.at });
        case 'replayed':
          return ok(202, { id, requestedAt: outcome.at }, { replayed: true });
        case 'missing':
          return problem('NOT_FOUND');
        case 'nothing_to_send':
          return problem('NO_MAIL_TO_SEND', { members: { currentStatus: outcome.status } });
        case 'limit_reached':
          return problem('MAIL_LIMIT_REACHED', { members: { limit: maxMailRequests } });
        case 'too_soon':
          return problem('TOO_MANY_REQUESTS', {
            detail: 'The mail of this order was asked for a moment ago.',
            headers: { 'Retry-After': String(outcome.retryAfterSeconds) },
          });
      }
    },

    async cancelOrder(request) {
      const { orderId } = request.params;
      return ended(await cancelOrder(ports, orderId, 'customer', stampOf(request as never)), 'customer');
    },

    async undoOrder(request) {
      // As for refunds.
      const { undoConfirmedOrder } = await import('./undo-confirmed-order.ts');
      const { params, body } = request;
      const stamp = stampOf(request as never);
      return ended(await undoConfirmedOrder(ports, params.orderId, body.restock, stamp), 'organizer');
    },
  };
};

export const orderQueries = (orders: Orders): Handlers<typeof orderQueryRoutes> => ({
  async getOrder(request) {
    const record = await orders.read(request.params.orderId);
    return record === undefined ? problem('NOT_FOUND') : ok(200, orderView(record));
  },
});
