import type { Order, OrderStatus } from './order.ts';
import type { OrderPorts, Stamp } from './ports.ts';

/** Times that the mail of one order may be asked for again: who asks more often has another trouble than a lost mail. */
export const maxMailRequests = 10;
/** Between two of them, so that a click too many sends no second mail. */
export const mailPauseSeconds = 60;

export type MailDecision =
  | { readonly kind: 'request' }
  | { readonly kind: 'replayed'; readonly at: string }
  /** It has no tickets that could be sent. */
  | { readonly kind: 'nothing_to_send'; readonly status: OrderStatus }
  | { readonly kind: 'too_soon'; readonly retryAfterSeconds: number }
  | { readonly kind: 'limit_reached' };

/** What asking for the mail of an order once more comes to, at an instant. */
export const decideMailRequest = (
  { status, items, mailRequests = [] }: Pick<Order, 'status' | 'items' | 'mailRequests'>,
  { id, at }: { readonly id: string; readonly at: Date },
): MailDecision => {
  const known = mailRequests.find((request) => request.id === id);
  if (known !== undefined) return { kind: 'replayed', at: known.at };
  if (status !== 'confirmed' || !items.some((item) => item.status === 'valid'))
    return { kind: 'nothing_to_send', status };
  if (mailRequests.length >= maxMailRequests) return { kind: 'limit_reached' };
  const last = mailRequests.at(-1);
  const waitMs = last === undefined ? 0 : Date.parse(last.at) + mailPauseSeconds * 1_000 - at.getTime();
  return waitMs > 0
    ? // By another clock the last one may be ahead of us.
      { kind: 'too_soon', retryAfterSeconds: Math.min(mailPauseSeconds, Math.ceil(waitMs / 1_000)) }
    : { kind: 'request' };
};

export type MailRequested =
  | { readonly kind: 'requested'; readonly at: string }
  | Exclude<MailDecision, { readonly kind: 'request' }>
  | { readonly kind: 'missing' };

/**
 * Notes on an order that its mail is wanted again; the consumer of ORDER-MAIL-REQUESTED sends it. Of several at
 * once each is decided on what those before it have noted.
 */
export const requestMail = async (
  { orders }: Pick<OrderPorts, 'orders'>,
  orderId: string,
  request: { readonly id: string; readonly at: Date },
  stamp: Stamp,
): Promise<MailRequested> => {
  let order = await orders.get(orderId);
  if (order === undefined) return { kind: 'missing' };
  // Each turn is lost to a change of somebody else, and an order has few.
  for (;;) {
    const decision = decideMailRequest(order, request);
    if (decision.kind !== 'request') return decision;
    const at = request.at.toISOString();
    const mailRequests = [...(order.mailRequests ?? []), { id: request.id, at }];
    const result = await orders.change(order, undefined, { mailRequests }, stamp('order.mail_requested'));
    if (result.kind === 'changed') return { kind: 'requested', at };
    order = result.order;
  }
};
