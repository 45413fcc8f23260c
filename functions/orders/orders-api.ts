import { ok, type Problem, problem } from '../platform/answer.ts';
import { validationProblem } from '../platform/request.ts';
import type { Handlers } from '../platform/route.ts';
import type { CancelOutcome } from './cancel-order.ts';
import { createOrder, type NewOrderPorts, type OrderOutcome } from './create-order.ts';
import type { CancelReason, Order } from './order.ts';
import type { Orders } from './order-store.ts';
import type { PayPorts } from './pay-order.ts';
import { promoProblem } from './promo-problem.ts';
import { notAllowed, type OrderLoaders, stampOf } from './request-of-order.ts';
import type { orderCommandRoutes, orderQueryRoutes } from './routes.ts';
import { orderView } from './views.ts';

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
          'The payment provider does not answer; the order stands, its holds with it, and the same request goes on with it.',
        members: { holdsExpireAt: outcome.holdsExpireAt },
        headers: { 'Retry-After': String(outcome.retryAfterSeconds) },
      });
  }
};

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

  /** What only organizers come for, seldom: customers do not wait for its code. */
  const organizer = async () => (await import('./organizer-commands.ts')).organizerCommands(ports);

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
      // Only payments of tests come here.
      const { payOrder } = await import('./pay-order.ts');
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

    createRefund: async (request) => (await organizer()).createRefund(request),
    resendOrderMail: async (request) => (await organizer()).resendOrderMail(request),

    async cancelOrder(request) {
      // Few do.
      const { cancelOrder } = await import('./cancel-order.ts');
      const { orderId } = request.params;
      return ended(await cancelOrder(ports, orderId, 'customer', stampOf(request as never)), 'customer');
    },

    async undoOrder(request) {
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
