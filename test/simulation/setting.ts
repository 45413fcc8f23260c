import type { SaleTicketType } from '../../functions/ticketing/block-plan.ts';
import { hall, seated, standing } from '../ticketing/hall.ts';
import { type FaultName, faultNames } from './coverage.ts';
import { numbersFrom } from './random.ts';

/** A hall small enough that customers get into each other’s way. */
export interface SmallHall {
  readonly layout: ReturnType<typeof hall> | undefined;
  readonly ticketTypes: readonly SaleTicketType[];
}

const halls: readonly SmallHall[] = [
  { layout: hall(['aaaa']), ticketTypes: [seated('a')] },
  { layout: hall(['aa', 'aaa']), ticketTypes: [seated('a')] },
  { layout: hall(['aab', 'bb']), ticketTypes: [seated('a'), seated('b')] },
  { layout: undefined, ticketTypes: [standing('pit', 3)] },
  { layout: hall(['aA']), ticketTypes: [seated('a'), standing('pit', 2)] },
];

/** What a schedule happens in; all of it follows from the seed. */
export interface Setting {
  readonly hall: SmallHall;
  readonly holdSeconds: number;
  readonly maxHoldsPerCustomer: number | undefined;
  readonly customers: number;
  /** Milliseconds that the clock of each process is ahead (or behind, when negative), −2,000 to 2,000. */
  readonly skewsMs: readonly number[];
  /** The sale stands from the beginning; otherwise it is built in the schedule, beside everything else. */
  readonly isBuilt: boolean;
  /** Whether ann holds a place from the beginning: such schedules get deeper into what becomes of holds. */
  readonly isHeld: boolean;
  /** In percent of the calls. */
  readonly faultRate: number;
  /** The faults of this schedule: of all kinds in some, of a few in others. */
  readonly faults: readonly FaultName[];
  /** How often each thing is done: a schedule that does much of one thing gets deeper into it. */
  readonly weights: Readonly<Record<Activity, number>>;
}

/** What the scheduler does next. */
export const activities = [
  'goOn',
  'takeMessage',
  'relay',
  'askAnew',
  'askAgain',
  'extendOrCancel',
  'wait',
  'happen',
] as const;
export type Activity = (typeof activities)[number];

const usualWeights: Readonly<Record<Activity, number>> = {
  goOn: 14,
  takeMessage: 4,
  relay: 3,
  askAnew: 3,
  askAgain: 2,
  extendOrCancel: 3,
  wait: 3,
  happen: 1,
};

export const maxSkewMs = 2_000;
export const processNames = ['shop-1', 'shop-2', 'worker-1', 'worker-2', 'relay'] as const;

export const settingOf = (seed: number): Setting => {
  const next = numbersFrom(Math.imul(seed, 0x9e3779b1) ^ 0x5f356495);
  const oneOf = <T>(values: readonly T[]): T => values[next() % values.length] as T;
  const isSkewed = next() % 2 === 0;
  const isBuilt = next() % 4 !== 0;
  const maxHoldsPerCustomer = oneOf([undefined, undefined, 1, 2]);
  return {
    hall: oneOf(halls),
    holdSeconds: oneOf([5, 10, 20, 20]),
    maxHoldsPerCustomer,
    customers: 2 + (next() % 3),
    skewsMs: processNames.map(() => (isSkewed ? (next() % (2 * maxSkewMs + 1)) - maxSkewMs : 0)),
    isBuilt,
    isHeld: isBuilt && maxHoldsPerCustomer === undefined && next() % 3 !== 0,
    faultRate: oneOf([0, 5, 10, 20, 30]),
    faults: next() % 2 === 0 ? faultNames : [oneOf(faultNames), oneOf(faultNames)],
    weights: Object.fromEntries(
      activities.map((activity) => [
        activity,
        Math.max(activity === 'goOn' ? 1 : 0, Math.round(usualWeights[activity] * oneOf([0.5, 1, 1, 2, 3]))),
      ]),
    ) as Record<Activity, number>,
  };
};
