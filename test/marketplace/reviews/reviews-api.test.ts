import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { noteFact } from '../../../functions/marketplace/truck-facts/truck-facts-store.ts';
import { stamp } from '../../../functions/platform/lifecycle-event.ts';
import { freshKey } from '../../support/api-call.ts';
import { type Marketplace, newLead, newTruck, setStatus, startMarketplace } from '../harness.ts';

let world: Marketplace;
beforeAll(async () => {
  world = await startMarketplace();
});
afterAll(() => world.stop());

// `dan` is the organizer’s, `ann` the truck’s.
const review = (as: string | null, leadId: string, body: object, key?: string) =>
  world.call('createReview', { as, params: { leadId }, body, ...(key !== undefined && { key }) });
const completedLead = async (truckId?: string) => {
  const leadId = await newLead(world, truckId === undefined ? {} : { truckId });
  await setStatus(world, leadId, 'completed');
  return leadId;
};
const getTruck = (truckId: string, options: { ifNoneMatch?: string } = {}) =>
  world.call('getTruck', { as: null, params: { truckId }, ...options });

describe('a review', () => {
  test('is written by each side of a completed lead, once', async () => {
    const leadId = await newLead(world);
    const early = await review('dan', leadId, { rating: 5 });
    expect([early.status, early.body.code, early.body.currentStatus]).toEqual([
      409,
      'LEAD_NOT_COMPLETED',
      'new',
    ]);
    await setStatus(world, leadId, 'completed');
    const both = await Promise.all([
      review('dan', leadId, { rating: 5, body: 'On time' }),
      review('dan', leadId, { rating: 1 }),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual([201, 409]);
    const refused = both.find(({ status }) => status === 409);
    expect(refused?.body.code).toBe('REVIEW_EXISTS');
    expect((await review('ann', leadId, { rating: 4 })).body).toMatchObject({ by: 'truck', rating: 4 });
    const statuses = ['cat', 'bob', 'admin', null].map(
      async (as) => (await review(as, leadId, { rating: 5 })).status,
    );
    expect(await Promise.all(statuses)).toEqual([403, 404, 404, 401]);
  });

  test('sent again is the same; another under its key is refused', async () => {
    const leadId = await completedLead();
    const key = freshKey();
    const first = await review('dan', leadId, { rating: 3, body: 'Cold' }, key);
    const again = await review('dan', leadId, { rating: 3, body: 'Cold' }, key);
    expect([again.status, again.body, again.headers['Idempotent-Replayed']]).toEqual([
      201,
      first.body,
      'true',
    ]);
    expect((await review('dan', leadId, { rating: 4 }, key)).body.code).toBe('IDEMPOTENCY_KEY_REUSED');
    // The same words by another request are a second review.
    expect((await review('dan', leadId, { rating: 3, body: 'Cold' })).body.code).toBe('REVIEW_EXISTS');
  });

  test.each([
    ['no rating', {}, '/rating'],
    ['no star', { rating: 0 }, '/rating'],
    ['six stars', { rating: 6 }, '/rating'],
    ['half a star', { rating: 4.5 }, '/rating'],
    ['an empty text', { rating: 5, body: ' ' }, '/body'],
    ['a long text', { rating: 5, body: 'x'.repeat(2_001) }, '/body'],
  ])('with %s is refused', async (_, body, pointer) => {
    const refused = await review('dan', await completedLead(), body);
    expect([refused.status, refused.body.errors[0].pointer]).toEqual([422, pointer]);
  });
});

describe('what everybody reads of a truck', () => {
  test('is the average, and what organizers wrote, newest first, without who they are', async () => {
    const truckId = await newTruck(world, { units: 20 });
    const before = await getTruck(truckId);
    expect(before.body).not.toHaveProperty('rating');
    const ratings = [5, 4, 2];
    for (const rating of ratings) {
      const leadId = await completedLead(truckId);
      await review('dan', leadId, { rating, body: `${rating} of 5, dan@example.com` });
      await review('ann', leadId, { rating: 1, body: 'Of the organizer' });
    }
    const after = await getTruck(truckId, { ifNoneMatch: before.etag });
    expect([after.status, after.body.rating]).toEqual([200, { average: 3.67, count: 3 }]);
    expect((await getTruck(truckId, { ifNoneMatch: after.etag })).status).toBe(304);
    const page = async (query: Record<string, string>) =>
      (await world.call('listTruckReviews', { as: null, params: { truckId }, query })).body;
    const first = await page({ limit: '2' });
    expect(first.items).toEqual(
      [2, 4].map((rating) => ({
        id: expect.stringMatching(/^rev_/),
        by: 'organizer',
        rating,
        body: `${rating} of 5, •••`,
        at: expect.any(String),
      })),
    );
    const second = await page({ limit: '2', cursor: first.nextCursor });
    expect(second.items.map(({ rating }: { rating: number }) => rating)).toEqual([5]);
    const elsewhere = await world.call('listTruckReviews', {
      as: null,
      params: { truckId: await newTruck(world) },
      query: { cursor: first.nextCursor },
    });
    expect([elsewhere.status, elsewhere.body.errors[0].pointer]).toEqual([422, '/cursor']);
  });

  test('a change of the truck is made by the tag of its page, whatever was rated meanwhile', async () => {
    const truckId = await newTruck(world);
    await review('dan', await completedLead(truckId), { rating: 5 });
    const { etag } = await getTruck(truckId);
    expect(etag).toMatch(/^"r2\..+"$/);
    const changed = await world.call('updateTruck', {
      params: { truckId },
      ifMatch: etag,
      body: { units: 2 },
    });
    expect(changed.status).toBe(200);
  });

  test('are its facts, from three leads on', async () => {
    const truckId = await newTruck(world);
    const note = (lead: number, fact: object) =>
      noteFact(
        world.table,
        truckId,
        `lead_${lead}`,
        { createdAt: lead, ...fact },
        stamp('truck.fact_noted', { requestId: 'r', now: new Date() }),
      );
    await note(100, { answeredAt: 100 + 600, end: 'booked' });
    await note(200, { answeredAt: 200 + 1_800, end: 'unbooked' });
    expect((await getTruck(truckId)).body).not.toHaveProperty('facts');
    await note(300, {});
    expect((await getTruck(truckId)).body.facts).toEqual({
      medianResponseMinutes: 20,
      bookingRate: 0.5,
      leads: 3,
    });
  });
});

test('a truck reads how other trucks rated who asks; the sides read what they said of each other', async () => {
  const leadId = await completedLead();
  await review('ann', leadId, { rating: 2, body: 'Paid late, call dan@example.com' });
  const next = await newLead(world);
  const get = async (as: string, of: string) =>
    (await world.call('getLead', { as, params: { leadId: of } })).body;
  const { organizerRating } = await get('ann', next);
  expect(organizerRating.count).toBeGreaterThanOrEqual(1);
  expect(await get('dan', next)).not.toHaveProperty('organizerRating');
  expect((await get('dan', leadId)).reviews).toMatchObject([
    { by: 'truck', rating: 2, body: 'Paid late, call dan@example.com' },
  ]);
  expect((await get('ann', next)).reviews).toEqual([]);
});
