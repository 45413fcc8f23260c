import type { Lead } from '../../functions/marketplace/leads/lead.ts';
import type { Quote } from '../../functions/marketplace/leads/quote.ts';

export const seconds = (iso: string): number => Date.parse(iso) / 1_000;

/** A lead of Cluj on a Saturday afternoon, asked three days before; new unless the fields say otherwise. */
export const leadWith = (fields: Partial<Lead> = {}): Lead => ({
  leadId: 'lead_5zr1v9n6q0w8c4t2m7k3x1y9ab',
  briefId: 'brf_5zr1v9n6q0w8c4t2m7k3x1y9ab',
  truckId: 'trk_5zr1v9n6q0w8c4t2m7k3x1y9ab',
  organizationId: 'org_oooooooooooooooooooooooooo',
  truckOrganizationId: 'org_tttttttttttttttttttttttttt',
  status: 'new',
  since: '2027-03-03T10:00:00.500Z',
  stage: 1,
  window: { from: seconds('2027-03-06T10:00:00Z'), to: seconds('2027-03-06T14:00:00Z') },
  place: { city: 'Cluj-Napoca', lat: 46.77, lon: 23.59 },
  guests: 120,
  name: 'Spring party',
  timeZone: 'Europe/Bucharest',
  captured: 0,
  createdAt: '2027-03-03T10:00:00.500Z',
  updatedAt: '2027-03-03T10:00:00.500Z',
  requestHash: 'hash',
  revision: 1,
  ...fields,
});

/** 4,000 lei and half of it as deposit, by the truck; the offer stands for two days. */
export const quoteWith = (fields: Partial<Quote> = {}): Quote => ({
  version: 1,
  by: 'truck',
  at: '2027-03-03T12:00:00.000Z',
  items: [{ name: 'Tacos', quantity: 100, unitPrice: { amount: 4_000, currency: 'RON' } }],
  deposit: { percent: 50, withinMinutes: 60 },
  expiresAt: '2027-03-05T12:00:00Z',
  ...fields,
});
