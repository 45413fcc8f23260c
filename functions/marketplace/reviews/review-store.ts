import type { Change } from '../../platform/lifecycle-event.ts';
import {
  absent,
  type Item,
  type Key,
  type Page,
  type Table,
  type TransactionWrite,
} from '../../platform/table.ts';
import type { Lead, LeadStatus } from '../leads/lead.ts';
import { leadKey } from '../leads/lead-store.ts';
import type { Party } from '../leads/quote.ts';
import type { RatingSum } from './rating.ts';

/** What one side of a completed lead says of the other. It never changes. */
export interface Review {
  readonly reviewId: string;
  readonly leadId: string;
  readonly truckId: string;
  /** The organizer’s. */
  readonly organizationId: string;
  readonly by: Party;
  /** 1 to 5 */
  readonly rating: number;
  readonly body?: string | undefined;
  /** ISO 8601. */
  readonly at: string;
}

export interface ReviewItem extends Item, Review {
  readonly requestHash: string;
  readonly change: Change;
}

export const reviewPrefix = 'REVIEW#';

/** One for each side of a lead. */
const ofLead = (leadId: string, by: Party): Key => ({ pk: `LEAD#${leadId}`, sk: `${reviewPrefix}${by}` });

/** Reviews of a truck have a partition of their own, by time. */
export const reviewPartition = (truckId: string): string => `TRUCK-REVIEWS#${truckId}`;
const ofTruck = ({ truckId, at, leadId }: Review): Key => ({
  pk: reviewPartition(truckId),
  sk: `${reviewPrefix}${at}#${leadId}`,
});

/** Who is rated: the truck by organizers, an organization by trucks. */
export const truckRatingKey = (truckId: string): Key => ({ pk: `TRUCK#${truckId}`, sk: 'RATING' });
const organizerRatingKey = (organizationId: string): Key => ({
  pk: `ORGANIZER#${organizationId}`,
  sk: 'RATING',
});

const addRating = (review: Review, change: Change): TransactionWrite => ({
  update:
    review.by === 'organizer' ? truckRatingKey(review.truckId) : organizerRatingKey(review.organizationId),
  by: {
    update: 'SET #change = :change ADD #count :one, #sum :rating',
    names: { '#change': 'change', '#count': 'count', '#sum': 'sum' },
    values: { ':change': change, ':one': 1, ':rating': review.rating },
  },
});

export type Reviewed =
  | { readonly kind: 'reviewed' }
  /** That side has said what it had to say. */
  | { readonly kind: 'exists'; readonly review: ReviewItem }
  | { readonly kind: 'not_completed'; readonly status: LeadStatus };

/** Reviews with their leads and in the lists of trucks, and the ratings that they come to. */
export const openReviews = (table: Table) => ({
  /** Keeps a review and adds its rating, in one transaction, if the lead is completed and its side has written none. */
  async create(review: Review, requestHash: string, change: Change): Promise<Reviewed> {
    const own: ReviewItem = { ...ofLead(review.leadId, review.by), ...review, requestHash, change };
    const written = await table.transact([
      { put: own, when: absent },
      {
        check: leadKey(review.leadId),
        when: {
          condition: '#status = :completed',
          names: { '#status': 'status' },
          values: { ':completed': 'completed' satisfies LeadStatus },
        },
      },
      addRating(review, change),
      ...(review.by === 'organizer' ? [{ put: { ...ofTruck(review), ...review }, when: absent }] : []),
    ]);
    if (written.written) return { kind: 'reviewed' };
    const [first] = written.refusals;
    const old = first?.old;
    if (old === undefined)
      throw new Error(`The review of ${review.leadId} was refused by nothing that is there`);
    return first?.index === 0
      ? { kind: 'exists', review: old as ReviewItem }
      : { kind: 'not_completed', status: (old as unknown as Lead).status };
  },

  /** What both sides of a lead have said. */
  ofLead: async (leadId: string): Promise<readonly Review[]> =>
    table.batchGet<ReviewItem>([ofLead(leadId, 'organizer'), ofLead(leadId, 'truck')]),

  /** What organizers said of a truck, newest first. */
  ofTruck: (
    truckId: string,
    limit: number,
    from?: Readonly<Record<string, unknown>>,
  ): Promise<Page<Item & Review>> =>
    table.query<Item & Review>({
      pk: reviewPartition(truckId),
      skPrefix: reviewPrefix,
      limit,
      descending: true,
      ...(from !== undefined && { from }),
    }),

  /** What trucks said of an organizer; undefined before the first review. */
  ratingOfOrganizer: (organizationId: string): Promise<RatingSum | undefined> =>
    table.get<Item & RatingSum>(organizerRatingKey(organizationId)),
});

export type Reviews = ReturnType<typeof openReviews>;
