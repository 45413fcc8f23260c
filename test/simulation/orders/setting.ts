import type { PromoCode } from '../../../functions/orders/promo-code.ts';
import type { SaleTicketType } from '../../../functions/ticketing/block-plan.ts';
import { hall, seated } from '../../ticketing/hall.ts';
import { type FaultName, faultNames } from '../coverage.ts';
import { numbersFrom } from '../random.ts';

/** What the scheduler does next. */
const activities = [
  'goOn',
  'takeMessage',
  'relay',
  'order',
  'askAgain',
  'pay',
  'giveUp',
  'refund',
  'undo',
  'scan',
  'transfer',
  'hold',
  'wait',
  'happen',
] as const;
export type Activity = (typeof activities)[number];

const usualWeights: Readonly<Record<Activity, number>> = {
  goOn: 20,
  takeMessage: 6,
  relay: 6,
  order: 4,
  askAgain: 2,
  pay: 4,
  giveUp: 1,
  refund: 2,
  undo: 1,
  scan: 2,
  transfer: 1,
  hold: 2,
  wait: 2,
  happen: 1,
};

/** Where a schedule begins. */
export const openings = [
  /** Two customers hold places. */
  'holds',
  /** An order is confirmed and captured. */
  'paid',
  /** An order waits for its payment, and somebody else holds what it lost. */
  'lapsed',
  /** The same, and that is sold. */
  'sold',
] as const;
export type Opening = (typeof openings)[number];

export interface SimulatedSession {
  readonly sessionId: string;
  readonly eventId: string;
  readonly name: string;
  readonly ticketTypes: readonly SaleTicketType[];
}

/** What a schedule happens in; all of it follows from the seed. */
export interface Setting {
  readonly opening: Opening;
  readonly layout: ReturnType<typeof hall>;
  /** One or two, in halls of that layout. */
  readonly sessions: readonly [SimulatedSession, ...SimulatedSession[]];
  /** A code of the first session’s event. */
  readonly promo: Pick<PromoCode, 'discount' | 'maxUses'>;
  readonly holdSeconds: number;
  readonly graceSeconds: number;
  /** Milliseconds that the clock of each process is ahead, −2,000 to 2,000. */
  readonly skewsMs: readonly number[];
  /** In percent of the calls. */
  readonly faultRate: number;
  readonly faults: readonly FaultName[];
  /** In percent of the refunds: those that the bank sends back. */
  readonly failingRefunds: number;
  readonly weights: Readonly<Record<Activity, number>>;
}

export const processNames = ['shop-1', 'shop-2', 'worker-1', 'worker-2'] as const;
export const maxSkewMs = 2_000;

const priced = (category: string): SaleTicketType => ({
  ...seated(category),
  fee: { amount: 150, isRefundable: false },
  tax: { name: 'VAT', basisPoints: 700, included: false, isFeeTaxed: true },
});
const halls = [
  { layout: hall(['a', 'a', 'a', 'a']), ticketTypes: [seated('a')] },
  { layout: hall(['aa']), ticketTypes: [seated('a')] },
  { layout: hall(['aaa', 'aa']), ticketTypes: [seated('a')] },
  { layout: hall(['aa', 'aa']), ticketTypes: [priced('a')] },
  {
    layout: hall(['aab', 'b']),
    ticketTypes: [priced('a'), { ...seated('b'), price: { amount: 0, currency: 'EUR' } }],
  },
] as const;
type Hall = (typeof halls)[number];

const sessionsIn = ({ ticketTypes }: Hall, eventIds: readonly [string, ...string[]]): Setting['sessions'] => {
  const session = (eventId: string, index: number): SimulatedSession => ({
    sessionId: `ses_${String(index).padStart(26, '0')}`,
    eventId,
    name: `session-${index + 1}`,
    // Ids of ticket types are unique.
    ticketTypes: ticketTypes.map((type) => ({ ...type, id: `${type.id}${index === 0 ? '' : index}` })),
  });
  const [first, ...others] = eventIds;
  return [session(first, 0), ...others.map((eventId, index) => session(eventId, index + 1))];
};

export const settingOf = (seed: number): Setting => {
  const next = numbersFrom(Math.imul(seed, 0x9e3779b1) ^ 0x1f83d9ab);
  const oneOf = <T>(values: readonly T[]): T => values[next() % values.length] as T;
  const isSkewed = next() % 2 === 0;
  const hallOfAll = oneOf<Hall>(halls);
  const opening = oneOf<Opening>(['holds', 'holds', 'paid', 'lapsed', 'sold']);
  const isLate = opening === 'lapsed' || opening === 'sold';
  return {
    opening,
    layout: hallOfAll.layout,
    sessions: sessionsIn(hallOfAll, oneOf([['evt_1'], ['evt_1', 'evt_1'], ['evt_1', 'evt_2']] as const)),
    promo: {
      maxUses: oneOf([1, 1, 2]),
      discount: oneOf([
        { basisPoints: 2_500 },
        { amount: 1_000, currency: 'EUR' },
        // All of the price: what is left are fees, or nothing.
        ...(isLate ? [] : [{ basisPoints: 10_000 }]),
      ]),
    },
    holdSeconds: oneOf([3, 5, 10, 20]),
    // What lapsed may still be paid for.
    graceSeconds: isLate ? oneOf([30, 60]) : oneOf([0, 5, 30, 60]),
    skewsMs: processNames.map(() => (isSkewed ? (next() % (2 * maxSkewMs + 1)) - maxSkewMs : 0)),
    faultRate: oneOf([0, 5, 10, 20, 30]),
    faults: next() % 2 === 0 ? faultNames : [oneOf(faultNames), oneOf(faultNames)],
    failingRefunds: oneOf([0, 0, 30]),
    weights: Object.fromEntries(
      activities.map((activity) => [
        activity,
        Math.max(activity === 'goOn' ? 1 : 0, Math.round(usualWeights[activity] * oneOf([0.5, 1, 1, 2, 3]))),
      ]),
    ) as Record<Activity, number>,
  };
};
