import type { Interval } from '../functions/marketplace/calendar/interval.ts';
import type { LoadRequest } from './load.ts';

const post = (token: string, path: string, body: object): LoadRequest => ({
  method: 'POST',
  path: `/v1${path}`,
  headers: {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    'idempotency-key': crypto.randomUUID(),
  },
  body: JSON.stringify(body),
});

export const leadRequest = (token: string, briefId: string, truckId: string): LoadRequest =>
  post(token, '/leads', { briefId, truckId });

export const contactRequest = (token: string, leadId: string): LoadRequest =>
  post(token, `/leads/${leadId}/contact`, {});

/** 6,650.00 in all, a quarter of it in advance. */
export const quoteRequest = (token: string, leadId: string, expiresAt: string): LoadRequest =>
  post(token, `/leads/${leadId}/quotes`, {
    items: [{ name: 'Tacos', quantity: 200, unitPrice: { amount: 3_200, currency: 'RON' } }],
    travel: { amount: 25_000, currency: 'RON' },
    deposit: { percent: 25 },
    terms: 'Power of 16 A.',
    expiresAt,
  });

/** Takes the first offer. */
export const acceptRequest = (token: string, leadId: string): LoadRequest =>
  post(token, `/leads/${leadId}/accept`, { quoteVersion: 1 });

export const depositRequest = (token: string, leadId: string): LoadRequest =>
  post(token, `/leads/${leadId}/deposit`, { payment: { provider: 'test' } });

/** When a truck is free in that time, for food in Cluj. */
export const availabilityRequest = (truckId: string, { from, to }: Interval): LoadRequest => {
  const at = (seconds: number): string => new Date(seconds * 1_000).toISOString();
  return {
    method: 'GET',
    path: `/v1/trucks/${truckId}/availability?from=${at(from)}&to=${at(to)}&lat=46.7699&lon=23.5791`,
  };
};
