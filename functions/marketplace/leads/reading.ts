import { type Lead, wasBooked } from './lead.ts';
import { type Party, party } from './quote.ts';

/** Who reads what the sides of a lead wrote, and whether contacts are masked at all in this stage. */
export interface Reader {
  /** Sides that the reader belongs to. */
  readonly sides: readonly Party[];
  readonly masksContacts: boolean;
}

/** A text of a side as its reader may see it. */
export type Shown = (by: Party, text: string) => string;

export const asWritten: Shown = (_, text) => text;

/**
 * The one rule of who reads what of the texts of a lead: one’s own side’s as written; the other’s without contacts
 * until the truck is booked, where the stage masks them. Who belongs to both sides reads all, and so do operators.
 */
export const shownTo = async (
  { sides, masksContacts }: Reader,
  { status }: Pick<Lead, 'status'>,
): Promise<Shown> => {
  if (!masksContacts || wasBooked(status) || party.options.every((side) => sides.includes(side)))
    return asWritten;
  // Many never read what needs it: not at a cold start.
  const { maskContacts } = await import('./contact-mask.ts');
  return (by, text) => (sides.includes(by) ? text : maskContacts(text));
};
