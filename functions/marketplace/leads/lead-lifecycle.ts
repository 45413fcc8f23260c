import * as z from 'zod';
import {
  type Change,
  defineLifecycleEvent,
  type LifecycleEvent,
  lifecycleEvent,
} from '../../platform/lifecycle-event.ts';
import type { StreamChange } from '../../platform/relay.ts';
import type { Item } from '../../platform/table.ts';
import { depositLifecycle, depositLifecycleEvents } from '../deposits/deposit-lifecycle.ts';
import { type TruckHold, toTruckHold, truckHoldStatus } from '../truck-holds/hold-item.ts';
import { intervalView } from '../views.ts';
import { type Lead, type LeadStatus, leadHoldKind, leadStatus } from './lead.ts';
import { leadKey, quotePrefix, toLead } from './lead-store.ts';
import { expiresAt } from './lead-views.ts';
import { currencyOf, party, type Quote, totalOf } from './quote.ts';

const id = (prefix: string) => `${prefix}_5zr1v9n6q0w8c4t2m7k3x1y9ab`;
const window = z.object({ from: z.iso.datetime(), to: z.iso.datetime() });
const windowExample = { from: '2027-06-12T10:00:00.000Z', to: '2027-06-12T14:00:00.000Z' };

const leadData = z.object({
  leadId: z.string(),
  briefId: z.string(),
  eventId: z.string().optional().meta({ description: 'The event that the food is for.' }),
  sessionId: z.string().optional(),
  truckId: z.string(),
  truckOrganizationId: z
    .string()
    .meta({ description: 'The envelope’s `organizationId` is the organizer’s.' }),
  status: leadStatus,
  from: leadStatus.optional(),
  stage: z.int().min(1).meta({ description: 'Counts entries into statuses, and quotes.' }),
  window,
  leadCreatedAt: z.iso.datetime(),
  quoteVersion: z.int().optional(),
  endedBy: party.optional(),
});
const leadEventExample: z.input<typeof leadData> = {
  leadId: id('lead'),
  briefId: id('brf'),
  truckId: id('trk'),
  truckOrganizationId: id('org'),
  status: 'contacted',
  from: 'new',
  stage: 2,
  window: windowExample,
  leadCreatedAt: '2026-11-20T18:00:00.000Z',
};
// @__NO_SIDE_EFFECTS__
const leadEvent = <const Type extends string>(type: Type, description: string) =>
  defineLifecycleEvent({
    type,
    version: 1,
    description,
    aggregate: 'lead',
    data: leadData,
    example: leadEventExample,
  });

export const leadCreated = leadEvent('LEAD-CREATED', 'A truck was asked about a brief; its time is held.');
export const leadContacted = leadEvent('LEAD-CONTACTED', 'The truck answered.');
export const leadQuoted = leadEvent('LEAD-QUOTED', 'One side offered a price; `quoteVersion` says which.');
export const leadAccepted = leadEvent('LEAD-ACCEPTED', 'One side took the other’s offer.');
export const leadExpired = leadEvent('LEAD-EXPIRED', 'Its time, or that of its quote or deposit, is over.');
export const leadDeclined = leadEvent('LEAD-DECLINED', 'One side does not want it.');
export const leadBooked = leadEvent('LEAD-BOOKED', 'The truck’s time is the organizer’s.');
export const leadCompleted = leadEvent('LEAD-COMPLETED', 'The event is over.');
export const leadCancelled = leadEvent('LEAD-CANCELLED', 'One side called the booking off.');
export const leadReminded = leadEvent('LEAD-REMINDED', 'The truck was silent for long.');
export const leadTimeTaken = leadEvent('LEAD-TIME-TAKEN', 'Another booking of the truck took its time.');

/** What the entry into each status is told as; the first is told as the creation. */
const leadEvents = {
  new: leadCreated,
  contacted: leadContacted,
  quoted: leadQuoted,
  accepted: leadAccepted,
  booked: leadBooked,
  completed: leadCompleted,
  expired: leadExpired,
  declined: leadDeclined,
  cancelled: leadCancelled,
} as const satisfies Record<LeadStatus, unknown>;

export const quoteCreated = defineLifecycleEvent({
  type: 'QUOTE-CREATED',
  version: 1,
  description: 'A version of a quote, or a counter-offer.',
  aggregate: 'quote',
  data: z.object({
    leadId: z.string(),
    version: z.int().min(1),
    by: party,
    total: z.object({ amount: z.int(), currency: z.string() }),
    expiresAt: z.iso.datetime(),
  }),
  example: {
    leadId: id('lead'),
    version: 1,
    by: 'truck',
    total: { amount: 640_000, currency: 'RON' },
    expiresAt: '2026-11-27T18:00:00.000Z',
  },
});

const truckHoldData = z.object({
  leadId: z.string(),
  truckId: z.string(),
  kind: leadHoldKind,
  status: truckHoldStatus,
  window,
  expiresAt: z.iso.datetime().meta({ description: 'When it lapses, or would have; of a booking its end.' }),
});
// @__NO_SIDE_EFFECTS__
const truckHoldEvent = <const Type extends string>(type: Type, description: string) =>
  defineLifecycleEvent({
    type,
    version: 1,
    description,
    aggregate: 'truck-hold',
    data: truckHoldData,
    example: {
      leadId: id('lead'),
      truckId: id('trk'),
      kind: 'soft',
      status: 'active',
      window: windowExample,
      expiresAt: '2026-11-20T19:00:01.000Z',
    },
  });

export const truckHoldCreated = truckHoldEvent('TRUCK-HOLD-CREATED', 'A lead holds a truck’s time.');
export const truckHoldExtended = truckHoldEvent('TRUCK-HOLD-EXTENDED', 'A lead holds it longer, or harder.');
export const truckHoldConfirmed = truckHoldEvent('TRUCK-HOLD-CONFIRMED', 'The time is booked.');
export const truckHoldCancelled = truckHoldEvent('TRUCK-HOLD-CANCELLED', 'The time was given back.');
export const truckHoldExpired = truckHoldEvent(
  'TRUCK-HOLD-EXPIRED',
  'The hold’s time is over; the truck’s was free from that instant.',
);

export const leadLifecycleEvents = [
  ...Object.values(leadEvents),
  leadReminded,
  leadTimeTaken,
  quoteCreated,
  truckHoldCreated,
  truckHoldExtended,
  truckHoldConfirmed,
  truckHoldCancelled,
  truckHoldExpired,
  ...depositLifecycleEvents,
] as const;

type Changed = Item & { readonly change: Change };

/** The statuses that a change went through: what is due nothing is accepted and booked at once. */
const enteredBy = (before: Lead | undefined, after: Lead): readonly LeadStatus[] => {
  if (before !== undefined && before.stage === after.stage) return [];
  return before?.status === 'quoted' && after.status === 'booked' ? ['accepted', 'booked'] : [after.status];
};

const ofLead = (before: Item | undefined, item: Changed): readonly LifecycleEvent[] => {
  const after = toLead(item);
  const earlier = before && toLead(before);
  const { leadId, briefId, truckId, truckOrganizationId, organizationId, stage, endedBy, quote } = after;
  const { eventId, sessionId } = after;
  const entered = enteredBy(earlier, after);
  const definitions = [
    ...entered.map((status) => ({ definition: leadEvents[status], status })),
    ...(after.remindedAt !== undefined && earlier?.remindedAt === undefined
      ? [{ definition: leadReminded, status: after.status }]
      : []),
    ...(after.takenAt !== undefined && earlier?.takenAt === undefined
      ? [{ definition: leadTimeTaken, status: after.status }]
      : []),
  ];
  const told = definitions.map(({ definition, status }, index) => {
    const from = index === 0 ? earlier?.status : entered[index - 1];
    // Of two steps in one write, the first has the revision and the stage before the last.
    const behind = Math.max(0, entered.length - 1 - index);
    return lifecycleEvent(definition, {
      aggregateId: leadId,
      sequence: after.revision - behind,
      change: item.change,
      organizationId,
      data: {
        leadId,
        briefId,
        ...(eventId !== undefined && { eventId }),
        ...(sessionId !== undefined && { sessionId }),
        truckId,
        truckOrganizationId,
        status,
        ...(from !== undefined && { from }),
        stage: stage - behind,
        window: intervalView(after.window),
        leadCreatedAt: after.createdAt,
        ...(quote !== undefined && { quoteVersion: quote.version }),
        ...(endedBy !== undefined && { endedBy }),
      },
    });
  });
  return [...told, ...depositLifecycle(earlier, after, item.change)];
};

const truckHoldFact = (hold: TruckHold, change: Change, sequence = hold.revision) => ({
  aggregateId: hold.leadId,
  sequence,
  change,
  data: {
    leadId: hold.leadId,
    truckId: hold.truckId,
    kind: hold.kind,
    status: hold.status,
    window: intervalView(hold),
    expiresAt: expiresAt(hold.until),
  },
});

const truckHoldDefinition = (before: TruckHold | undefined, after: TruckHold) => {
  switch (after.status) {
    case 'active':
      if (before?.status !== 'active') return truckHoldCreated;
      return before.until === after.until && before.kind === after.kind ? undefined : truckHoldExtended;
    case 'confirmed':
      return before?.status === 'confirmed' ? undefined : truckHoldConfirmed;
    case 'released':
      return before?.status === 'released' || before?.status === 'expired' ? undefined : truckHoldCancelled;
    case 'expired':
      return before?.status === 'active' ? truckHoldExpired : undefined;
  }
};

const ofTruckHold = ({ before, after, expired, seenAt }: StreamChange): readonly LifecycleEvent[] => {
  const earlier = before && toTruckHold(before);
  if (after !== undefined) {
    const hold = toTruckHold(after);
    const definition = truckHoldDefinition(earlier, hold);
    return definition === undefined ? [] : [lifecycleEvent(definition, truckHoldFact(hold, hold.change))];
  }
  if (!expired || earlier?.status !== 'active') return [];
  // TTL found a hold that every timer missed: its end is told late rather than never.
  const change = { ...earlier.change, what: 'hold.expired', by: 'system:ttl', at: seenAt.toISOString() };
  const ended = { ...earlier, status: 'expired' } as const;
  return [lifecycleEvent(truckHoldExpired, truckHoldFact(ended, change, earlier.revision + 1))];
};

const ofQuote = (item: Changed): readonly LifecycleEvent[] => {
  const quote = item as unknown as Quote;
  const leadId = item.pk.slice('LEAD#'.length);
  const { version, by, expiresAt: until } = quote;
  return [
    lifecycleEvent(quoteCreated, {
      aggregateId: `${leadId}/${version}`,
      sequence: 1,
      change: item.change,
      data: {
        leadId,
        version,
        by,
        total: { amount: totalOf(quote), currency: currencyOf(quote) },
        expiresAt: until,
      },
    }),
  ];
};

/** The lifecycle events that a change of a lead, its hold or its quotes means. */
export const leadLifecycle = (change: StreamChange): readonly LifecycleEvent[] => {
  const { before, after } = change;
  const item = after ?? before;
  if (item?.sk === leadKey('').sk) return after === undefined ? [] : ofLead(before, after as Changed);
  if (item?.sk === 'HOLD') return ofTruckHold(change);
  if (item?.sk.startsWith(quotePrefix) && change.kind === 'INSERT') return ofQuote(item as Changed);
  return [];
};
