import type { Place } from '../calendar/travel.ts';

/** What papers are of: a business under this name, in this place. */
export interface Subject {
  readonly name: string;
  readonly home: Place & { readonly city: string };
}

/** That an admin found a truck’s papers right, on the truck itself. */
export interface Verified {
  readonly at: string;
  readonly subject: Subject;
}

/**
 * Whether papers of `subject` are those of a truck as it is now. Name and home are what they vouch for: a truck that
 * takes another is as if never verified, until it has its own back or its new papers are seen.
 */
export const isOf = (subject: Subject, { name, home }: Subject): boolean =>
  subject.name === name &&
  subject.home.city === home.city &&
  subject.home.lat === home.lat &&
  subject.home.lon === home.lon;

/** What everybody sees of it: since when, not by whom. */
export const publicVerified = ({
  verified,
  ...truck
}: Subject & { readonly verified?: Verified | undefined }) =>
  verified !== undefined && isOf(verified.subject, truck) ? { verified: { at: verified.at } } : {};
