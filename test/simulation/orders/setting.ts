import type { SaleTicketType } from '../../../functions/ticketing/block-plan.ts';
import { hall, seated } from '../../ticketing/hall.ts';
import { type FaultName, faultNames } from '../coverage.ts';
import { numbersFrom } from '../random.ts';

/** What the scheduler does next. */
export const activities = [
  'goOn',
  'takeMessage',
  'relay',
  'order',
  'askAgain',
  'pay',
  'giveUp',
  'refund',
  'scan',
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
  scan: 2,
  hold: 2,
  wait: 2,
  happen: 1,
};

/** What a schedule happens in; all of it follows from the seed. */
export interface Setting {
  readonly layout: ReturnType<typeof hall>;
  readonly ticketTypes: readonly SaleTicketType[];
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
const maxSkewMs = 2_000;

const priced = (category: string): SaleTicketType => ({
  ...seated(category),
  fee: { amount: 150, isRefundable: false },
  tax: { name: 'VAT', basisPoints: 700, included: false, isFeeTaxed: true },
});
const halls = [
  { layout: hall(['aa']), ticketTypes: [seated('a')] },
  { layout: hall(['aaa']), ticketTypes: [seated('a')] },
  { layout: hall(['aa', 'aa']), ticketTypes: [priced('a')] },
  {
    layout: hall(['aab', 'b']),
    ticketTypes: [priced('a'), { ...seated('b'), price: { amount: 0, currency: 'EUR' } }],
  },
] as const;

export const settingOf = (seed: number): Setting => {
  const next = numbersFrom(Math.imul(seed, 0x9e3779b1) ^ 0x1f83d9ab);
  const oneOf = <T>(values: readonly T[]): T => values[next() % values.length] as T;
  const isSkewed = next() % 2 === 0;
  return {
    ...oneOf(halls),
    holdSeconds: oneOf([3, 5, 10, 20]),
    graceSeconds: oneOf([0, 5, 30, 60]),
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
