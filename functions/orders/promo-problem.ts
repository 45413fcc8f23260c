import { type Problem, problem } from '../platform/answer.ts';
import type { PromoRefusal } from './promo-code.ts';

/** Why an order does not get what its code promises. */
export const promoProblem = (reason: PromoRefusal): Problem =>
  problem('PROMO_CODE_REFUSED', { members: { reason } });
