import * as z from 'zod';
import { defineLifecycleEvent, type LifecycleEvent, lifecycleEvent } from '../../platform/lifecycle-event.ts';
import type { StreamChange } from '../../platform/relay.ts';
import { instant } from '../../platform/time.ts';
import { party } from '../leads/quote.ts';
import { type ReviewItem, reviewPrefix } from '../reviews/review-store.ts';
import { type MessageItem, messagePartition, messagePrefix } from './thread-store.ts';

const id = (prefix: string) => `${prefix}_5zr1v9n6q0w8c4t2m7k3x1y9ab`;

export const messageSent = defineLifecycleEvent({
  type: 'MESSAGE-SENT',
  version: 1,
  description: 'One side of a lead wrote to the other. What it wrote is not told.',
  aggregate: 'thread',
  data: z.object({
    messageId: z.string(),
    leadId: z.string(),
    truckId: z.string(),
    by: party,
    attachments: z.int().min(0).meta({ description: 'How many.' }),
    ofSide: z.int().min(1).meta({ description: 'Which message of its side it is: 1, 2, 3 …' }),
    leadCreatedAt: instant,
  }),
  example: {
    messageId: id('msg'),
    leadId: id('lead'),
    truckId: id('trk'),
    by: 'truck',
    attachments: 0,
    ofSide: 1,
    leadCreatedAt: '2026-11-20T18:00:00.000Z',
  },
});

export const reviewCreated = defineLifecycleEvent({
  type: 'REVIEW-CREATED',
  version: 1,
  description: 'One side of a completed lead rated the other.',
  aggregate: 'review',
  data: z.object({
    reviewId: z.string(),
    leadId: z.string(),
    truckId: z.string(),
    organizerId: z.string().meta({ description: 'Organization of the organizer.' }),
    by: party,
    rating: z.int().min(1).max(5),
  }),
  example: {
    reviewId: id('rev'),
    leadId: id('lead'),
    truckId: id('trk'),
    organizerId: id('org'),
    by: 'organizer',
    rating: 5,
  },
});

export const talkLifecycleEvents = [messageSent, reviewCreated] as const;

/** The lifecycle events that a new message or review means. */
export const talkLifecycle = ({ kind, after }: StreamChange): readonly LifecycleEvent[] => {
  if (kind !== 'INSERT' || after === undefined) return [];
  if (after.pk.startsWith(messagePartition('')) && after.sk.startsWith(messagePrefix)) {
    const { leadId, messageId, truckId, organizationId, by, sequence, sent, leadCreatedAt, change, ...rest } =
      after as MessageItem;
    const attachments = rest.attachments.length;
    const data = { messageId, leadId, truckId, by, attachments, ofSide: sent[by], leadCreatedAt };
    return [lifecycleEvent(messageSent, { aggregateId: leadId, sequence, change, organizationId, data })];
  }
  if (after.pk.startsWith('LEAD#') && after.sk.startsWith(reviewPrefix)) {
    const {
      reviewId,
      leadId,
      truckId,
      organizationId: organizerId,
      by,
      rating,
      change,
    } = after as ReviewItem;
    const data = { reviewId, leadId, truckId, organizerId, by, rating };
    return [lifecycleEvent(reviewCreated, { aggregateId: reviewId, sequence: 1, change, data })];
  }
  return [];
};
