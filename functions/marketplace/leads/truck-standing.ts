import { shortHash } from '../../platform/ids.ts';
import type { Item, Table } from '../../platform/table.ts';
import { type RatingSum, rating, ratingOf } from '../reviews/rating.ts';
import { truckRatingKey } from '../reviews/review-store.ts';
import { truckFacts, truckFactsOf } from '../truck-facts/truck-facts.ts';
import { type FactsItem, factsKey } from '../truck-facts/truck-facts-store.ts';

/** What others made of a truck: how organizers rate it, and what its leads came to. */
export const standingFields = { rating: rating.optional(), facts: truckFacts.optional() };

/**
 * The standing of a truck as its page shows it, a moment old.
 * @returns with `tag` for the page’s ETag, since it changes without the truck; undefined while there is nothing.
 */
export const readStanding = async (table: Table, truckId: string) => {
  const items = await table.batchGet([truckRatingKey(truckId), factsKey(truckId)]);
  const itemOf = <T>(sk: string): T | undefined => items.find((item) => item.sk === sk) as T | undefined;
  const shownRating = ratingOf(itemOf<Item & RatingSum>(truckRatingKey(truckId).sk));
  const shownFacts = truckFactsOf(itemOf<FactsItem>(factsKey(truckId).sk)?.leads ?? {});
  const standing = {
    ...(shownRating !== undefined && { rating: shownRating }),
    ...(shownFacts !== undefined && { facts: shownFacts }),
  };
  return {
    standing,
    tag: Object.keys(standing).length === 0 ? undefined : shortHash(JSON.stringify(standing)),
  };
};
