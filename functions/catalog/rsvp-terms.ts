import * as z from 'zod';
import type { Fault } from '../platform/answer.ts';
import { instant } from '../platform/time.ts';

/** Most places one answer takes, whoever answers included: as many as a hold (functions/catalog/session.ts). */
export const maxPlacesPerAnswer = 20;

export const rsvpApproval = z.enum(['automatic', 'organizer']);

/** How a session takes answers to its invitation. */
export const rsvpTerms = z.strictObject({
  ticketType: z.string().trim().min(1).max(120).meta({
    description: 'Name of the free ticket type, of a quantity, whose places are taken by a yes.',
  }),
  guestsMax: z
    .int()
    .min(0)
    .max(maxPlacesPerAnswer - 1)
    .default(0)
    .meta({ description: 'Whom one may bring along at most.' }),
  changeUntil: instant
    .optional()
    .meta({ description: 'Until then people answer, and change their answers; left out: until the start.' }),
  approval: rsvpApproval
    .default('automatic')
    .meta({ description: 'Whether a yes is confirmed at once, or when the organizer says so.' }),
});
export type RsvpTerms = z.output<typeof rsvpTerms>;

interface NamedType {
  readonly name: string;
  readonly price: { readonly amount: number };
  readonly quantity?: number | undefined;
  readonly fee?: object | undefined;
  readonly maxPerOrder?: number | undefined;
}

/** Faults of the terms against the ticket types of the session. */
export const rsvpFaults = (
  terms: Pick<RsvpTerms, 'ticketType' | 'guestsMax'> | undefined,
  types: readonly NamedType[],
): readonly Fault[] => {
  if (terms === undefined) return [];
  const fault = (code: string, detail: string, field = 'ticketType'): readonly Fault[] => [
    { in: 'body', pointer: `/rsvp/${field}`, code, detail },
  ];
  const [type, ...others] = types.filter(({ name }) => name === terms.ticketType);
  if (type === undefined)
    return fault('UNKNOWN_TICKET_TYPE', `The session sells: ${types.map(({ name }) => name).join(', ')}.`);
  if (others.length > 0)
    return fault('AMBIGUOUS_TICKET_TYPE', `${others.length + 1} ticket types have this name.`);
  if (type.quantity === undefined)
    return fault('NOT_A_QUANTITY', 'Answers take any place: it must be a quantity, not seats of the plan.');
  if (type.price.amount > 0 || (type.fee !== undefined && 'amount' in type.fee))
    return fault('NOT_FREE', 'Answers cost nothing: its price must be 0, and no amount its fee.');
  const { maxPerOrder = maxPlacesPerAnswer } = type;
  if (terms.guestsMax + 1 > maxPerOrder)
    return fault('OVER_ORDER_LIMIT', `An order of this ticket type has at most ${maxPerOrder}.`, 'guestsMax');
  return [];
};

/** The instant from which answers are neither taken nor changed; a postponed session has no date yet. */
export const answersEndAt = ({
  status,
  startsAt,
  endsAt,
  changeUntil,
}: {
  readonly status: string;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly changeUntil?: string | undefined;
}): string | undefined => {
  if (status === 'postponed') return undefined;
  const until = changeUntil ?? startsAt;
  return Date.parse(until) < Date.parse(endsAt) ? until : endsAt;
};
