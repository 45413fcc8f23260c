import type { Lead } from '../../../functions/marketplace/leads/lead.ts';
import type { Quote, QuoteTerms } from '../../../functions/marketplace/leads/quote.ts';

export const seconds = (iso: string): number => Date.parse(iso) / 1_000;

/** Ten tacos, a way of a hundred lei, a fifth in advance within two hours: 110.00 in all, 22.00 before. */
export const terms: QuoteTerms = {
  items: [{ name: 'Tacos', quantity: 10, unitPrice: { amount: 100, currency: 'RON' } }],
  travel: { amount: 10_000, currency: 'RON' },
  deposit: { percent: 20, withinMinutes: 120 },
  expiresAt: '2027-03-10T12:00:00.000Z',
};

export const quoteOf = (fields: Partial<Quote> = {}): Quote => ({
  ...terms,
  quoteId: 'quo_1',
  version: 2,
  by: 'truck',
  at: '2027-03-01T11:00:00.000Z',
  requestHash: 'hash',
  ...fields,
});

/** A lead in Cluj for the 20th of March 2027, noon to four. */
export const leadOf = (fields: Partial<Lead> = {}): Lead => ({
  leadId: 'lead_1',
  briefId: 'brf_1',
  truckId: 'trk_1',
  organizationId: 'org_organizer',
  truckOrganizationId: 'org_truck',
  status: 'new',
  since: '2027-03-01T10:00:00.000Z',
  stage: 1,
  window: { from: seconds('2027-03-20T12:00:00Z'), to: seconds('2027-03-20T16:00:00Z') },
  place: { city: 'Cluj-Napoca', lat: 46.77, lon: 23.62 },
  guests: 100,
  name: 'A wedding',
  timeZone: 'Europe/Bucharest',
  captured: 0,
  createdAt: '2027-03-01T10:00:00.000Z',
  updatedAt: '2027-03-01T10:00:00.000Z',
  requestHash: 'hash',
  revision: 1,
  ...fields,
});
