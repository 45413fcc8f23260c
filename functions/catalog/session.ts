import * as z from 'zod';
import type { Fault } from '../platform/answer.ts';
import { idOf } from '../platform/id-schema.ts';
import { money } from '../platform/money.ts';
import { instant } from '../platform/time.ts';
import type { CategoryPlaces } from './layout.ts';
import { rsvpTerms } from './rsvp-terms.ts';
import { salesWindowFaults, saleTerms, saleTermsPatch } from './sale-terms.ts';
import { maxPlaces } from './seating-plan.ts';

export const sessionStatus = z.enum(['draft', 'publishing', 'published', 'postponed', 'cancelled']);
export type SessionStatus = z.output<typeof sessionStatus>;

export type SessionCommand =
  | 'publish'
  | 'inventoryBuilt'
  | 'update'
  | 'postpone'
  | 'reschedule'
  | 'cancel'
  | 'delete';

/** What each status allows, and where it leads. What is not here is refused. */
export const sessionTransitions: Readonly<
  Record<SessionStatus, Partial<Record<SessionCommand, SessionStatus>>>
> = {
  draft: { publish: 'publishing', update: 'draft', delete: 'draft', cancel: 'cancelled' },
  publishing: { inventoryBuilt: 'published', cancel: 'cancelled' },
  published: { update: 'published', postpone: 'postponed', cancel: 'cancelled', inventoryBuilt: 'published' },
  postponed: { update: 'postponed', reschedule: 'published', cancel: 'cancelled' },
  cancelled: {},
};

const name = z.string().trim().min(1).max(120);

export const ticketTypeId = idOf('tt');

/** A priced category of reserved seats, or a quantity of general admission. */
export const newTicketType = z.union([
  z.strictObject({
    name,
    price: money,
    planCategory: name.meta({ description: 'Category of the seating plan.' }),
    ...saleTerms,
  }),
  z.strictObject({ name, price: money, quantity: z.int().min(1).max(maxPlaces), ...saleTerms }),
]);

export type NewTicketType = z.output<typeof newTicketType>;

export const ticketType = z.strictObject({
  id: ticketTypeId,
  name: z.string(),
  price: money,
  planCategory: z.string().optional(),
  quantity: z.int().optional(),
  ...saleTerms,
});
export type TicketType = z.output<typeof ticketType>;

/** Sale settings of a session and their limits; the stage narrows `holdSeconds` further. */
export const saleSettings = {
  holdSeconds: z
    .int()
    .min(1)
    .max(7_200)
    .meta({ description: 'How long a hold lasts. 60–7200; from 1 in dev stages.' }),
  maxPlacesPerHold: z.int().min(1).max(20),
  maxHoldsPerCustomer: z
    .int()
    .min(1)
    .max(10)
    .meta({ description: 'Live holds a customer may have at once.' }),
};

/** How long before the start people are let in, in minutes: up to two days, for camps before a festival. */
const doorsOpenMinutes = z
  .int()
  .min(0)
  .max(2_880)
  .meta({ description: 'Minutes before the start from which tickets are admitted; 240 when left out.' });
const defaultDoorsOpenMinutes = 240;

/** The instant from which tickets of a session are admitted; until its end they are. */
export const doorsOpenAt = (session: {
  readonly startsAt: string;
  readonly doorsOpenMinutes?: number | undefined;
}): string =>
  new Date(
    Date.parse(session.startsAt) - (session.doorsOpenMinutes ?? defaultDoorsOpenMinutes) * 60_000,
  ).toISOString();

export const defaultHoldSeconds = 600;
export const defaultMaxPlacesPerHold = 20;

export interface SaleTimes {
  readonly startsAt: string;
  readonly endsAt: string;
  readonly holdSeconds: number;
}

/** Faults of a session’s times and hold duration, given the stage’s bounds in seconds. */
export const timeFaults = (
  times: SaleTimes,
  bounds: { minHoldSeconds: number; maxHoldSeconds: number },
): readonly Fault[] => {
  const faults: Fault[] = [];
  if (Date.parse(times.endsAt) <= Date.parse(times.startsAt)) {
    faults.push({
      in: 'body',
      pointer: '/endsAt',
      code: 'ENDS_BEFORE_START',
      detail: 'It must end after it starts.',
    });
  }
  if (times.holdSeconds < bounds.minHoldSeconds || times.holdSeconds > bounds.maxHoldSeconds) {
    faults.push({
      in: 'body',
      pointer: '/holdSeconds',
      code: 'OUT_OF_RANGE',
      detail: `This stage takes ${bounds.minHoldSeconds} to ${bounds.maxHoldSeconds} seconds; got ${times.holdSeconds}.`,
    });
  }
  return faults;
};

/** What a ticket type sells, and in which currency. */
interface PricedPlaces {
  readonly price: { readonly currency: string };
  readonly planCategory?: string | undefined;
  readonly quantity?: number | undefined;
  readonly salesFrom?: string | undefined;
  readonly salesUntil?: string | undefined;
}

/**
 * Faults of ticket types against the places the venue has: one currency, each category once and known,
 * no more than 40,000 places in all, sales windows that end after they begin.
 */
export const ticketTypeFaults = (
  types: readonly PricedPlaces[],
  categories: readonly CategoryPlaces[] | undefined,
): readonly Fault[] => {
  const faults: Fault[] = [...salesWindowFaults(types, 'ticketTypes')];
  const fault = (index: number, field: string, code: string, detail: string): void => {
    faults.push({ in: 'body', pointer: `/ticketTypes/${index}/${field}`, code, detail });
  };
  const used = new Map<string, number>();
  let places = 0;
  for (const [index, type] of types.entries()) {
    const currency = types[0]?.price.currency;
    if (type.price.currency !== currency) {
      fault(
        index,
        'price/currency',
        'MIXED_CURRENCY',
        `A session sells in one currency; the first is ${currency}.`,
      );
    }
    const { planCategory } = type;
    if (planCategory === undefined) {
      places += type.quantity ?? 0;
      continue;
    }
    const category = categories?.find(({ name }) => name === planCategory);
    if (category === undefined) {
      const known = categories?.map(({ name }) => name).join(', ') ?? 'none: the venue has no seating plan';
      fault(index, 'planCategory', 'UNKNOWN_CATEGORY', `The plan’s categories: ${known}.`);
      continue;
    }
    if (category.seats + category.capacity === 0) {
      fault(index, 'planCategory', 'EMPTY_CATEGORY', 'No place of the plan has this category.');
    }
    const first = used.get(planCategory);
    if (first !== undefined) {
      fault(index, 'planCategory', 'DUPLICATE_CATEGORY', `Already priced by ticket type ${first}.`);
    }
    used.set(planCategory, index);
    places += category.seats + category.capacity;
  }
  if (places > maxPlaces) {
    faults.push({
      in: 'body',
      pointer: '/ticketTypes',
      code: 'TOO_MANY_PLACES',
      detail: `${places} places; at most ${maxPlaces}.`,
    });
  }
  return faults;
};

export const newSession = z.strictObject({
  startsAt: instant,
  endsAt: instant,
  holdSeconds: saleSettings.holdSeconds.default(defaultHoldSeconds),
  maxPlacesPerHold: saleSettings.maxPlacesPerHold.default(defaultMaxPlacesPerHold),
  maxHoldsPerCustomer: saleSettings.maxHoldsPerCustomer.optional(),
  doorsOpenMinutes: doorsOpenMinutes.optional(),
  ticketTypes: z.array(newTicketType).min(1).max(50),
  rsvp: rsvpTerms.optional(),
});

export const sessionPatch = z
  .strictObject({
    startsAt: instant,
    endsAt: instant,
    holdSeconds: saleSettings.holdSeconds,
    maxPlacesPerHold: saleSettings.maxPlacesPerHold,
    maxHoldsPerCustomer: saleSettings.maxHoldsPerCustomer.nullable(),
    doorsOpenMinutes,
    ticketTypes: z
      .array(newTicketType)
      .min(1)
      .max(50)
      .meta({ description: 'Only while the session is a draft.' }),
    saleTerms: z
      .array(z.strictObject({ id: ticketTypeId, ...saleTermsPatch }))
      .min(1)
      .max(50)
      .meta({
        description:
          'Terms of ticket types to change, also while they are on sale; null ends one. Orders that exist keep theirs.',
      }),
    rsvp: rsvpTerms.nullable().meta({ description: 'null: no more answers are taken.' }),
    status: z
      .enum(['postponed', 'published'])
      .meta({ description: 'postponed, and published again with new dates.' }),
  })
  .partial();
