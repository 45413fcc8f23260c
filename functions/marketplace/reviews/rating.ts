import * as z from 'zod';

/** Of how many reviews which sum of ratings: both only grow, so that an average needs no list. */
export interface RatingSum {
  readonly count: number;
  readonly sum: number;
}

export const rating = z
  .strictObject({
    average: z.number().min(1).max(5).meta({ description: 'With two decimals.' }),
    count: z.int().min(1),
  })
  .meta({ id: 'Rating' });

/** The average as it is shown; undefined while there is no review. */
export const ratingOf = (given: RatingSum | undefined): z.output<typeof rating> | undefined =>
  given === undefined || given.count === 0
    ? undefined
    : { average: Math.round((given.sum / given.count) * 100) / 100, count: given.count };
