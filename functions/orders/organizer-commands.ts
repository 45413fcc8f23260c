import { ok, type Problem, problem } from '../platform/answer.ts';
import { validationProblem } from '../platform/request.ts';
import type { Handlers } from '../platform/route.ts';
import { createRefund, type NewRefundOutcome } from './create-refund.ts';
import type { OrderPorts } from './ports.ts';
import { maxMailRequests, requestMail } from './request-mail.ts';
import { notAllowed, type OrderLoaders, stampOf } from './request-of-order.ts';
import type { orderCommandRoutes } from './routes.ts';
import { refundView } from './views.ts';

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

/** What organizers do with single orders. */
export const organizerCommands = (
  ports: Pick<OrderPorts, 'orders' | 'tables'>,
): Pick<Handlers<typeof orderCommandRoutes, OrderLoaders>, 'createRefund' | 'resendOrderMail'> => ({
  async createRefund(request) {
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
});
