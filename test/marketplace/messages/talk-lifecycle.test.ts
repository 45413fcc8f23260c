import { describe, expect, test } from 'vitest';
import {
  messageSent,
  reviewCreated,
  talkLifecycle,
} from '../../../functions/marketplace/messages/talk-lifecycle.ts';
import { envelopeOf } from '../../../functions/platform/lifecycle-event.ts';
import type { StreamChange } from '../../../functions/platform/relay.ts';
import type { Item } from '../../../functions/platform/table.ts';

const at = '2026-11-20T18:30:00.000Z';
const change = { what: 'made', by: 'ann', requestId: 'r', at };
const told = (after: Item, kind: StreamChange['kind'] = 'INSERT') =>
  talkLifecycle({ kind, before: undefined, after, expired: false, seenAt: new Date(at) });

const message = {
  pk: 'LEAD-MESSAGES#lead_1',
  sk: 'MESSAGE#00000007',
  messageId: 'msg_1',
  leadId: 'lead_1',
  truckId: 'trk_1',
  organizationId: 'org_truck',
  sequence: 7,
  by: 'truck',
  body: 'Call 0722 123 456',
  attachments: [],
  sent: { organizer: 3, truck: 4 },
  at,
  leadCreatedAt: '2026-11-20T18:00:00.000Z',
  requestHash: 'hash',
  change,
};
const review = {
  pk: 'LEAD#lead_1',
  sk: 'REVIEW#organizer',
  reviewId: 'rev_1',
  leadId: 'lead_1',
  truckId: 'trk_1',
  organizationId: 'org_organizer',
  by: 'organizer',
  rating: 4,
  body: 'Ana was kind',
  at,
  change,
};

describe('what is told of', () => {
  test('a message: who wrote to whom, in its order, not what', () => {
    const [event, ...more] = told(message);
    expect(more).toEqual([]);
    expect(envelopeOf(messageSent).parse(event)).toMatchObject({
      type: 'MESSAGE-SENT',
      occurredAt: at,
      aggregate: { kind: 'thread', id: 'lead_1', sequence: 7 },
      organizationId: 'org_truck',
      data: {
        messageId: 'msg_1',
        leadId: 'lead_1',
        truckId: 'trk_1',
        by: 'truck',
        attachments: 0,
        ofSide: 4,
        leadCreatedAt: '2026-11-20T18:00:00.000Z',
      },
    });
    expect(JSON.stringify(event)).not.toContain('0722');
  });

  test('a review: the rating, not the text', () => {
    const [event, ...more] = told(review);
    expect(more).toEqual([]);
    expect(envelopeOf(reviewCreated).parse(event)).toMatchObject({
      type: 'REVIEW-CREATED',
      aggregate: { kind: 'review', id: 'rev_1', sequence: 1 },
      data: { truckId: 'trk_1', organizerId: 'org_organizer', by: 'organizer', rating: 4 },
    });
    expect(JSON.stringify(event)).not.toContain('Ana');
  });

  test.each([
    ['the id of a message', { ...message, sk: 'ID#msg_1' }, 'INSERT'],
    [
      'a review in the list of its truck',
      { ...review, pk: 'TRUCK-REVIEWS#trk_1', sk: `REVIEW#${at}` },
      'INSERT',
    ],
    ['the count of a thread', { pk: 'LEAD#lead_1', sk: 'THREAD', sequence: 7 }, 'MODIFY'],
    ['something that was there', message, 'MODIFY'],
  ] as const)('%s: nothing', (_, item, kind) => {
    expect(told(item, kind)).toEqual([]);
  });
});
