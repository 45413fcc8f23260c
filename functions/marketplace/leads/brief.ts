import * as z from 'zod';
import { idOf } from '../../platform/id-schema.ts';
import { money } from '../../platform/money.ts';
import type { OwnedItem } from '../../platform/owned-item.ts';
import { instant, timeZone } from '../../platform/time.ts';
import { maxWindowSeconds } from '../calendar-month.ts';
import { contact } from '../contact.ts';
import { place } from '../travel.ts';

export const briefId = idOf('brf');

/**
 * How far ahead food is looked for. A machine waits until the event is over, and Step Functions ends a standard
 * execution after a year.
 */
export const maxDaysAhead = 350;

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

interface Span {
  readonly startsAt: string;
  readonly endsAt: string;
}
/** Why nobody can be asked for such a time; undefined when one can. */
export const spanFault = ({ startsAt, endsAt }: Span): string | undefined => {
  const seconds = (Date.parse(endsAt) - Date.parse(startsAt)) / 1_000;
  if (seconds <= 0) return 'endsAt is after startsAt';
  return seconds > maxWindowSeconds ? 'At most 31 days' : undefined;
};

export const newBrief = z.strictObject(briefFields).check(({ value, issues }) => {
  const message = spanFault(value);
  if (message !== undefined) issues.push({ code: 'custom', message, path: ['endsAt'], input: value.endsAt });
});

/** What may change when trucks were asked: they were asked for the rest. */
export const alwaysChangeable = [
  'budget',
  'notes',
  'contact',
] as const satisfies readonly (keyof typeof briefFields)[];

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
