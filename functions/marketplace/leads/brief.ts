import * as z from 'zod';
import { idOf } from '../../platform/id-schema.ts';
import { money } from '../../platform/money.ts';
import type { OwnedItem } from '../../platform/owned-item.ts';
import { instant, timeZone } from '../../platform/time.ts';
import { maxWindowSeconds } from '../calendar-month.ts';
import { place } from '../travel.ts';

export const briefId = idOf('brf');

/**
 * How far ahead food is looked for. A machine waits until the event is over, and Step Functions ends a standard
 * execution after a year.
 */
export const maxDaysAhead = 350;

/** How an organizer is reached; the other side reads it once the truck is booked. */
export const contact = z
  .strictObject({
    name: z.string().trim().min(1).max(120),
    email: z.email().max(254).optional(),
    phone: z
      .string()
      .trim()
      .regex(/^\+?[\d ()/.-]{5,30}$/)
      .optional(),
  })
  .meta({ id: 'Contact' });
export type Contact = z.output<typeof contact>;

/** What an organizer needs. */
export const briefFields = {
  name: z.string().trim().min(1).max(120),
  venue: place.extend({ city: z.string().trim().min(1).max(120) }),
  startsAt: instant,
  endsAt: instant,
  guests: z.int().min(1).max(100_000),
  budget: money.optional(),
  notes: z.string().trim().max(4_000).optional(),
  timeZone: timeZone.optional().meta({ description: 'Of the venue; `Europe/Bucharest` unless said.' }),
  contact: contact.optional(),
};

export const newBrief = z
  .strictObject(briefFields)
  .refine(({ startsAt, endsAt }) => Date.parse(startsAt) < Date.parse(endsAt), {
    error: 'endsAt is after startsAt',
    path: ['endsAt'],
  })
  .refine(({ startsAt, endsAt }) => Date.parse(endsAt) - Date.parse(startsAt) <= maxWindowSeconds * 1_000, {
    error: 'At most 31 days',
    path: ['endsAt'],
  });

export interface BriefItem extends OwnedItem, z.output<typeof newBrief> {
  readonly briefId: string;
  readonly timeZone: string;
  /** How many leads it has led to. */
  readonly leads: number;
}

/** Most leads of one brief: what one comparison of quotes reads. */
export const maxLeadsPerBrief = 50;

/** A brief’s latest lead with a truck. */
export interface BriefLead {
  readonly leadId: string;
  readonly truckId: string;
}

export const briefLeadPrefix = 'LEAD#';
export const briefLeadKey = (ofBriefId: string, truckId: string) => ({
  pk: `BRIEF#${ofBriefId}`,
  sk: `${briefLeadPrefix}${truckId}`,
});
