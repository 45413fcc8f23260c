import { type Problem, problem } from '../platform/answer.ts';
import { stamp } from '../platform/lifecycle-event.ts';
import type { ApiRequest, RouteDefinition } from '../platform/route.ts';
import { type OrderStatus, orderTransitions } from './order.ts';
import type { Orders } from './order-store.ts';
import type { Stamp } from './ports.ts';

/** Readers of the things that policies of orders are about. */
export const orderLoaders = (orders: Orders) => ({
  async order(id: string) {
    const entity = await orders.get(id);
    return entity && { entity, organizationId: entity.organizationId };
  },
});
export type OrderLoaders = ReturnType<typeof orderLoaders>;

export const stampOf =
  (request: ApiRequest<RouteDefinition>): Stamp =>
  (what) =>
    stamp(what, request);

/** An order’s status forbids what was asked for. */
export const notAllowed = (status: OrderStatus): Problem =>
  problem('TRANSITION_NOT_ALLOWED', {
    members: { currentStatus: status, allowed: Object.keys(orderTransitions[status]) },
  });
