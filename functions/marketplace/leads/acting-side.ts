import type { Fault } from '../../platform/answer.ts';
import type { Party } from './quote.ts';

export type NotActing =
  /** The caller does not belong to the side that was named. */
  | { readonly kind: 'not_of_side' }
  /** The caller belongs to both sides, and says neither. */
  | { readonly kind: 'faults'; readonly faults: readonly Fault[] };

export type ActingSide = { readonly kind: 'side'; readonly side: Party } | NotActing;

/**
 * The side that a caller speaks for.
 * @param sides those that the policy lets the caller act for; at least one.
 * @param role as the request names it.
 */
export const actingSide = (sides: readonly Party[], role: Party | undefined): ActingSide => {
  const [side, other] = sides;
  if (role !== undefined)
    return sides.includes(role) ? { kind: 'side', side: role } : { kind: 'not_of_side' };
  if (side !== undefined && other === undefined) return { kind: 'side', side };
  const detail = 'You belong to both sides: say for which you speak.';
  return { kind: 'faults', faults: [{ in: 'query', pointer: '/role', code: 'REQUIRED', detail }] };
};
