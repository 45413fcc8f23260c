import { ok, problem } from '../../platform/answer.ts';
import { decodeCursor, encodeCursor } from '../../platform/cursor.ts';
import { stamp } from '../../platform/lifecycle-event.ts';
import { invalidCursor } from '../../platform/request.ts';
import type { Handlers } from '../../platform/route.ts';
import { isReplay } from '../../platform/serve.ts';
import type { Table } from '../../platform/table.ts';
import { actingSide } from '../leads/acting-side.ts';
import { maskContacts } from '../leads/contact-mask.ts';
import { notActing } from '../leads/refusals.ts';
import type { leadMessageRoutes } from '../leads/routes.ts';
import type { MarketplaceLoaders } from '../loaders.ts';
import type { marketplaceQueryRoutes } from '../routes.ts';
import { openReviews, type Review, reviewPartition, reviewPrefix } from './review-store.ts';

/** A review as its two sides read it. */
export const reviewView = ({ reviewId, by, rating, body, at }: Review) => ({
  id: reviewId,
  by,
  rating,
  ...(body !== undefined && { body }),
  at,
});

/** As everybody reads it: contacts are no part of a review. */
const publicReviewView = (review: Review) =>
  reviewView({ ...review, ...(review.body !== undefined && { body: maskContacts(review.body) }) });

export const reviewCommands = (
  table: Table,
): Pick<Handlers<typeof leadMessageRoutes, MarketplaceLoaders>, 'createReview'> => {
  const reviews = openReviews(table);

  return {
    async createReview(request) {
      const { leadId, truckId, organizationId } = request.resource.entity;
      const acting = actingSide(request.sides, request.query.role);
      if (acting.kind !== 'side') return notActing(acting);
      const review: Review = {
        reviewId: request.newId('rev'),
        leadId,
        truckId,
        organizationId,
        by: acting.side,
        ...request.body,
        at: request.now.toISOString(),
      };
      const { requestHash } = request.idempotency;
      const created = await reviews.create(review, requestHash, stamp('review.created', request));
      switch (created.kind) {
        case 'reviewed':
          return ok(201, reviewView(review));
        case 'not_completed':
          return problem('LEAD_NOT_COMPLETED', { members: { currentStatus: created.status } });
        case 'exists':
          if (created.review.reviewId !== review.reviewId) return problem('REVIEW_EXISTS');
          return isReplay(created.review, request)
            ? ok(201, reviewView(created.review), { replayed: true })
            : problem('IDEMPOTENCY_KEY_REUSED');
      }
    },
  };
};

export const reviewQueries = (
  table: Table,
): Pick<Handlers<typeof marketplaceQueryRoutes, MarketplaceLoaders>, 'listTruckReviews'> => {
  const reviews = openReviews(table);

  return {
    async listTruckReviews({ params: { truckId }, query: { limit, cursor } }) {
      const from = decodeCursor(cursor, { pk: reviewPartition(truckId) }, { sk: reviewPrefix });
      if (!from.ok) return invalidCursor();
      const page = await reviews.ofTruck(truckId, limit, from.from);
      const nextCursor = encodeCursor(page.next);
      return ok(200, {
        items: page.items.map(publicReviewView),
        ...(nextCursor !== undefined && { nextCursor }),
      });
    },
  };
};
