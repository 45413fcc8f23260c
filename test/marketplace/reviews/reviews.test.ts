import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LeadStatus } from '../../../functions/marketplace/leads/lead.ts';
import type { Party } from '../../../functions/marketplace/leads/quote.ts';
import { ratingOf } from '../../../functions/marketplace/reviews/rating.ts';
import {
  openReviews,
  type Reviews,
  truckRatingKey,
} from '../../../functions/marketplace/reviews/review-store.ts';
import { type Change, stamp } from '../../../functions/platform/lifecycle-event.ts';
import type { Table } from '../../../functions/platform/table.ts';
import { type Engine, startEngine } from '../../support/dynoxide.ts';

test.each([
  [undefined, undefined],
  [
    { count: 1, sum: 5 },
    { average: 5, count: 1 },
  ],
  [
    { count: 3, sum: 14 },
    { average: 4.67, count: 3 },
  ],
  [
    { count: 8, sum: 9 },
    { average: 1.13, count: 8 },
  ],
])('a rating of %j is shown as %j', (sum, shown) => {
  expect(ratingOf(sum)).toEqual(shown);
});

describe('reviews', () => {
  let engine: Engine;
  let table: Table;
  let reviews: Reviews;
  beforeAll(async () => {
    engine = await startEngine();
    table = await engine.createTable('marketplace');
    reviews = openReviews(table);
  });
  afterAll(() => engine.stop());

  const change: Change = stamp('review.created', {
    requestId: 'r',
    now: new Date('2026-11-21T10:00:00.000Z'),
  });
  let made = 0;
  const newLead = async (truckId: string, status: LeadStatus = 'completed') => {
    made += 1;
    const leadId = `lead_${made}`;
    await table.put({ pk: `LEAD#${leadId}`, sk: 'LEAD', leadId, status }, {});
    return { leadId, truckId };
  };
  const review = (
    { leadId, truckId }: { leadId: string; truckId: string },
    by: Party,
    rating: number,
    at = '2026-11-21T10:00:00.000Z',
  ) => ({
    reviewId: `rev_${leadId}_${by}`,
    leadId,
    truckId,
    organizationId: `org_of_${truckId}`,
    by,
    rating,
    at,
  });
  const truckRating = async (truckId: string) => {
    const item = await table.get<{ count: number; sum: number }>(truckRatingKey(truckId));
    return item && { count: item.count, sum: item.sum };
  };
  const create = async (...given: Parameters<typeof review>) =>
    (await reviews.create(review(...given), 'hash', change)).kind;

  test('one of each side: the organizer’s counts for the truck, the truck’s for the organizer', async () => {
    const lead = await newLead('trk_1');
    expect(await create(lead, 'organizer', 5)).toBe('reviewed');
    expect(await create(lead, 'truck', 3)).toBe('reviewed');
    expect(await truckRating('trk_1')).toEqual({ count: 1, sum: 5 });
    expect(await reviews.ratingOfOrganizer('org_of_trk_1')).toMatchObject({ count: 1, sum: 3 });
    expect((await reviews.ofLead(lead.leadId)).map(({ by, rating }) => [by, rating]).sort()).toEqual([
      ['organizer', 5],
      ['truck', 3],
    ]);
    expect((await reviews.ofTruck('trk_1', 10)).items.map(({ by }) => by)).toEqual(['organizer']);
  });

  test('two of one side at once: one is kept and counted', async () => {
    const lead = await newLead('trk_2');
    const both = await Promise.all([create(lead, 'organizer', 5), create(lead, 'organizer', 1)]);
    expect([...both].sort()).toEqual(['exists', 'reviewed']);
    const kept = both[0] === 'reviewed' ? 5 : 1;
    expect(await truckRating('trk_2')).toEqual({ count: 1, sum: kept });
    expect((await reviews.ofTruck('trk_2', 10)).items.map(({ rating }) => rating)).toEqual([kept]);
  });

  test('of many leads at once are all counted, and listed newest first', async () => {
    const leads = await Promise.all([1, 2, 3, 4, 5].map(() => newLead('trk_3')));
    await Promise.all(
      leads.map((lead, index) => create(lead, 'organizer', index + 1, `2026-11-2${index + 1}T10:00:00.000Z`)),
    );
    expect(await truckRating('trk_3')).toEqual({ count: 5, sum: 15 });
    const first = await reviews.ofTruck('trk_3', 3);
    expect(first.items.map(({ rating }) => rating)).toEqual([5, 4, 3]);
    const second = await reviews.ofTruck('trk_3', 3, first.next);
    expect(second.items.map(({ rating }) => rating)).toEqual([2, 1]);
  });

  test.each([
    'new',
    'contacted',
    'quoted',
    'accepted',
    'booked',
    'expired',
    'declined',
    'cancelled',
  ] as const)('of a lead that is %s are refused, and nothing is counted', async (status) => {
    const lead = await newLead('trk_4', status);
    expect(await reviews.create(review(lead, 'organizer', 5), 'hash', change)).toEqual({
      kind: 'not_completed',
      status,
    });
    expect(await truckRating('trk_4')).toBeUndefined();
  });
});
