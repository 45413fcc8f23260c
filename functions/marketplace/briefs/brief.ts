import * as z from 'zod';
import { idOf } from '../../platform/id-schema.ts';
import { money } from '../../platform/money.ts';
import type { OwnedItem } from '../../platform/owned-item.ts';
import { instant, timeZone } from '../../platform/time.ts';
import { maxWindowSeconds } from '../calendar/calendar-month.ts';
import { place } from '../calendar/travel.ts';
import { contact } from '../contact.ts';

export const briefId = idOf('brf');

/**
 * How far ahead trucks are asked. A machine waits until the event is over, and Step Functions ends a standard
 * execution after a year. A brief may be of a later day: it waits until they can be.
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
  eventId: idOf('evt')
    .optional()
    .meta({ description: 'An event of the same organization that the food is for.' }),
  sessionId: idOf('ses')
    .optional()
    .meta({ description: 'The session of the event; all of them unless said.' }),
  warnAtPercent: z.int().min(0).max(1_000).optional().meta({
    description:
      'By how much tickets sold may exceed the guests that food is booked for before BRIEF-OUTGROWN; 10 unless said.',
  }),
};

export const defaultWarnAtPercent = 10;

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

/** What an event that is named gives when it is not said. */
const givenByEvent = ['venue', 'startsAt', 'endsAt'] as const;

export const newBrief = z
  .strictObject({
    ...briefFields,
    venue: briefFields.venue.optional(),
    startsAt: briefFields.startsAt.optional(),
    endsAt: briefFields.endsAt.optional(),
  })
  .check(({ value, issues }) => {
    const fault = (path: string, message: string): void => {
      issues.push({ code: 'custom', message, path: [path], input: value });
    };
    const { eventId, startsAt, endsAt } = value;
    if (eventId === undefined) {
      if (value.sessionId !== undefined) fault('sessionId', 'It is a session of an event: name eventId too');
      for (const name of givenByEvent) {
        if (value[name] === undefined) fault(name, 'Needed where no eventId is named');
      }
    }
    const message = startsAt && endsAt && spanFault({ startsAt, endsAt });
    if (message !== undefined) fault('endsAt', message);
  })
  .meta({ description: '`venue`, `startsAt` and `endsAt` may be left out where an event gives them.' });

/** Changes of a brief; null takes it away from its event. */
export const briefPatch = z
  .strictObject({
    ...briefFields,
    eventId: idOf('evt').nullable().meta({ description: 'null: the food is for no event of the platform.' }),
    sessionId: idOf('ses').nullable().meta({ description: 'null: it is for all sessions of the event.' }),
  })
  .partial();

/** What may change when trucks were asked: they were asked for the rest. */
export const alwaysChangeable = [
  'budget',
  'notes',
  'contact',
  'warnAtPercent',
] as const satisfies readonly (keyof typeof briefFields)[];

const briefShape = z.strictObject(briefFields);

export interface BriefItem extends OwnedItem, z.output<typeof briefShape> {
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
