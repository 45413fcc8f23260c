import type * as z from 'zod';
import { routes } from '../../functions/routes.ts';
import type { AnsweredHold, Purchase } from './ledger.ts';
import { until } from './parallel.ts';
import { type Customer, whileBusy } from './shop.ts';

export type Order = z.output<(typeof routes.getOrder.responses)[200]['schema']>;
export type Method = z.output<typeof routes.payOrder.body>['method'];

/** How often somebody who waits for their payment looks. */
const lookEveryMs = 1_000;
/** How long after its last instant to be paid an order may take to end: minutes, where a crowd keeps all busy. */
const endsWithinMs = 300_000;

const timed = <T>(customer: Customer, what: string, work: () => Promise<T | string>): Promise<T | string> =>
  customer.paying(async () => {
    const startedAt = performance.now();
    const result = await work();
    const ms = performance.now() - startedAt;
    customer.ledger.attempts.push({ what: typeof result === 'string' ? result : what, ms });
    return result;
  });

/** Sends something under one key: twice at once if its customer is impatient. */
const once = async <T>(
  customer: Customer,
  send: () => Promise<T | string>,
  both: (first: T, second: T) => void = () => undefined,
): Promise<T | string> => {
  const ask = () => whileBusy(customer.chance, send);
  if (!customer.isImpatient) return ask();
  const [first, second] = await Promise.all([ask(), ask()]);
  if (typeof first !== 'string' && typeof second !== 'string') both(first, second);
  return typeof first === 'string' ? second : first;
};

const placesOf = ({ items }: Order): readonly string[] => items.map(({ place }) => place);

const order = (customer: Customer, holdIds: readonly string[]): Promise<Order | string> => {
  const idempotencyKey = crypto.randomUUID();
  const { api, secret, name, email, ledger } = customer;
  return once<Order>(
    customer,
    () =>
      timed(customer, 'ordered', async () => {
        const answer = await api.call(routes.createOrder, {
          idempotencyKey,
          headers: { 'fairground-client': secret },
          body: { holdIds: [...holdIds], customer: { name, email }, payment: { provider: 'test' } },
        });
        return !answer.ok ? answer.problem.code : answer.status === 201 ? answer.body : String(answer.status);
      }),
    (first, second) =>
      ledger.repeats.push({
        first: { id: first.id, places: placesOf(first) },
        second: { id: second.id, places: placesOf(second) },
      }),
  );
};

const pay = (customer: Customer, orderId: string, method: Method): Promise<Order | string> =>
  once<Order>(customer, () =>
    timed(customer, `paid, ${method}`, async () => {
      const answer = await customer.api.call(routes.payOrder, { params: { orderId }, body: { method } });
      return !answer.ok ? answer.problem.code : answer.status === 202 ? answer.body : String(answer.status);
    }),
  );

const look = (customer: Customer, orderId: string): Promise<Order> =>
  customer.paying(() => customer.api.must(200, routes.getOrder, { params: { orderId } }));

const ended = (customer: Customer, { id, payBy }: Order): Promise<Order> =>
  until(
    `order ${id} to end`,
    Math.max(0, Date.parse(payBy ?? '') - Date.now()) + endsWithinMs,
    async () => {
      const now = await look(customer, id);
      return now.status === 'confirmed' || now.status === 'cancelled' ? now : undefined;
    },
    lookEveryMs,
  );

/** The holds that an order was offered for its lost places. */
const offered = async (customer: Customer, { id }: Order): Promise<readonly AnsweredHold[]> => {
  const holdIds = await until(
    `the offer of order ${id}`,
    endsWithinMs,
    async () => (await look(customer, id)).offeredHoldIds,
    lookEveryMs,
  );
  return Promise.all(
    holdIds.map(async (holdId) => {
      const hold = await customer.paying(() =>
        customer.api.must(200, routes.getHold, { params: { holdId } }),
      );
      return {
        id: holdId,
        places: hold.places.map(({ place }) => place),
        price: hold.total.amount,
        isGivenBack: false,
      };
    }),
  );
};

/**
 * From holds to the end of an order: ordered, paid in one way, waited for. After a declined card half of the
 * customers order again and pay by another; who paid too late and lost their places takes what they are offered.
 */
export const buy = async (
  customer: Customer,
  holds: readonly AnsweredHold[],
  method: Method,
): Promise<void> => {
  const { ledger, chance } = customer;
  const made = await order(
    customer,
    holds.map(({ id }) => id),
  );
  if (typeof made === 'string') return;
  const at = () => performance.now() - ledger.startedAt;
  const purchase: Purchase = {
    orderId: made.id,
    holdIds: holds.map(({ id }) => id),
    method,
    price: holds.reduce((sum, { price }) => sum + price, 0),
    orderedAt: at(),
  };
  ledger.purchases.push(purchase);
  const paid = await pay(customer, made.id, method);
  const isOver = typeof paid !== 'string' && ['confirmed', 'cancelled'].includes(paid.status);
  const end = isOver ? paid : await ended(customer, made);
  purchase.ended = { how: end.cancelReason ?? end.status, places: end.items.length, at: at() };

  if (end.cancelReason === 'payment_failed' && chance.percent(50)) await buy(customer, holds, 'card_ok');
  if (end.cancelReason === 'places_lost') {
    const offer = await offered(customer, end);
    ledger.holds.push(...offer);
    if (offer.length > 0) await buy(customer, offer, 'card_ok');
  }
};
