import * as z from 'zod';
import {
  type Change,
  defineLifecycleEvent,
  type LifecycleEvent,
  lifecycleEvent,
} from '../../platform/lifecycle-event.ts';
import type { StreamChange } from '../../platform/relay.ts';
import {
  type EventCancelledItem,
  eventCancelledSk,
  type OutgrownItem,
  outgrownSk,
} from '../event-food/booked-food.ts';

const id = (prefix: string) => `${prefix}_5zr1v9n6q0w8c4t2m7k3x1y9ab`;

export const briefOutgrown = defineLifecycleEvent({
  type: 'BRIEF-OUTGROWN',
  version: 1,
  description: 'More tickets are sold than food is booked for; told again only when more was booked since.',
  aggregate: 'brief',
  data: z.object({
    briefId: z.string(),
    eventId: z.string(),
    sessionId: z.string().optional(),
    guests: z.int().meta({ description: 'That food is booked for.' }),
    sold: z.int(),
  }),
  example: { briefId: id('brf'), eventId: id('evt'), sessionId: id('ses'), guests: 200, sold: 231 },
});

export const briefEventCancelled = defineLifecycleEvent({
  type: 'BRIEF-EVENT-CANCELLED',
  version: 1,
  description:
    'What trucks are booked for does not take place; their bookings stand. Told again only when more were booked since.',
  // Beside the warnings of its sales, which count apart.
  aggregate: 'brief-event',
  data: z.object({
    briefId: z.string(),
    eventId: z.string(),
    sessionId: z.string().optional(),
    leadIds: z.array(z.string()).meta({ description: 'The bookings that stood.' }),
  }),
  example: { briefId: id('brf'), eventId: id('evt'), sessionId: id('ses'), leadIds: [id('lead')] },
});

export const briefLifecycleEvents = [briefOutgrown, briefEventCancelled] as const;

/** The lifecycle events that a change of what a brief’s organizer was told of means. */
export const briefLifecycle = ({ before, after }: StreamChange): readonly LifecycleEvent[] => {
  if (after === undefined || before?.['version'] === after['version']) return [];
  if (after.sk === eventCancelledSk) {
    const item = after as EventCancelledItem & { readonly change: Change };
    const { briefId, eventId, sessionId, leadIds, version, organizationId, change } = item;
    return [
      lifecycleEvent(briefEventCancelled, {
        aggregateId: briefId,
        sequence: version,
        change,
        organizationId,
        data: {
          briefId,
          eventId,
          ...(sessionId !== undefined && { sessionId }),
          leadIds: [...leadIds],
        },
      }),
    ];
  }
  if (after.sk !== outgrownSk) return [];
  const item = after as OutgrownItem & { readonly change: Change };
  const { briefId, eventId, sessionId, guests, sold, version, organizationId, change } = item;
  return [
    lifecycleEvent(briefOutgrown, {
      aggregateId: briefId,
      sequence: version,
      change,
      organizationId,
      data: { briefId, eventId, ...(sessionId !== undefined && { sessionId }), guests, sold },
    }),
  ];
};
