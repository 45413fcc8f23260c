import type { LoadRequest } from './load.ts';

const json = { 'content-type': 'application/json' };

/** An order of one hold at the test provider; of a free hold, without a payment. */
export const orderRequest = (holdId: string, isPaid = true): LoadRequest => ({
  method: 'POST',
  path: '/v1/orders',
  headers: { ...json, 'idempotency-key': crypto.randomUUID() },
  body: JSON.stringify({
    holdIds: [holdId],
    customer: { name: 'Ana Pop', email: 'ana@example.com' },
    ...(isPaid && { payment: { provider: 'test' } }),
  }),
});

export const payRequest = (orderId: string): LoadRequest => ({
  method: 'POST',
  path: `/v1/orders/${orderId}/pay`,
  headers: json,
  body: JSON.stringify({ method: 'card_ok' }),
});

export const readOrderRequest = (orderId: string): LoadRequest => ({
  method: 'GET',
  path: `/v1/orders/${orderId}`,
});

export const readTicketRequest = (ticketId: string): LoadRequest => ({
  method: 'GET',
  path: `/v1/tickets/${ticketId}`,
});

export interface Scan {
  readonly code: string;
  readonly device: string;
  readonly gate: string;
}

/** A scan at a door of the session. @param token of somebody who may scan. */
export const scanRequest = (sessionId: string, token: string, scan: Scan): LoadRequest => ({
  method: 'POST',
  path: `/v1/sessions/${sessionId}/check-ins`,
  headers: { ...json, authorization: `Bearer ${token}` },
  body: JSON.stringify({ ...scan, nonce: crypto.randomUUID() }),
});
