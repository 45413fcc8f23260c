import type { CancellationPolicy } from '../../../functions/marketplace/leads/cancellation-policy.ts';
import { type FaultName, faultNames } from '../coverage.ts';
import { numbersFrom } from '../random.ts';

/** What the scheduler does next. */
const activities = [
  'goOn',
  'takeMessage',
  'relay',
  'askTruck',
  'say',
  'askAgain',
  'pay',
  'own',
  'wait',
  'happen',
] as const;
export type Activity = (typeof activities)[number];

const usualWeights: Readonly<Record<Activity, number>> = {
  goOn: 28,
  takeMessage: 5,
  relay: 6,
  askTruck: 2,
  say: 8,
  askAgain: 2,
  pay: 4,
  own: 1,
  wait: 1,
  happen: 1,
};

/** Where a schedule begins. */
export type Opening =
  /** Nobody has asked. */
  | 'nothing'
  /** A first lead has come so far; it has a deposit to pay. */
  | 'quoted'
  | 'accepted'
  | 'booked'
  /** Two leads have offers for the same time of one truck. */
  | 'rivals'
  /** A deposit is overdue, and another lead has taken the time; somebody pays all the same. */
  | 'overdue';

export interface SimulatedTruck {
  readonly truckId: string;
  readonly organizationId: string;
  readonly units: number;
  readonly setupMinutes: number;
  readonly teardownMinutes: number;
  readonly policy: CancellationPolicy;
}

export interface SimulatedBrief {
  readonly briefId: string;
  readonly organizationId: string;
  /** Who asks. */
  readonly organizer: string;
  /** Index of `places`. */
  readonly place: number;
  /** Epoch seconds. */
  readonly from: number;
  readonly to: number;
}

/** What a schedule happens in; all of it follows from the seed. */
export interface Setting {
  readonly opening: Opening;
  readonly trucks: readonly SimulatedTruck[];
  readonly briefs: readonly SimulatedBrief[];
  /** Milliseconds that the clock of each process is ahead, −2,000 to 2,000. */
  readonly skewsMs: readonly number[];
  /** In percent of the calls. */
  readonly faultRate: number;
  readonly faults: readonly FaultName[];
  /** In percent of the refunds: those that the bank sends back. */
  readonly failingRefunds: number;
  readonly weights: Readonly<Record<Activity, number>>;
}

export const processNames = ['api-1', 'api-2', 'worker-1', 'worker-2'] as const;
export const maxSkewMs = 2_000;
/** A Friday morning: two weeks before a month ends. */
export const startMs = Date.UTC(2027, 0, 15, 8);

export const places = [
  { city: 'Cluj-Napoca', lat: 46.7712, lon: 23.6236 },
  { city: 'Turda', lat: 46.5667, lon: 23.7833 },
  { city: 'București', lat: 44.4268, lon: 26.1025 },
] as const;
/** Minutes that a truck drives from one of the places to another, by the rules of one that says nothing else. */
export const drives = [
  [0, 75, 422],
  [75, 0, 389],
  [422, 389, 0],
] as const;

const policies: readonly CancellationPolicy[] = [
  [
    { daysBefore: 14, refundPercent: 100 },
    { daysBefore: 1, refundPercent: 50 },
  ],
  [{ daysBefore: 1, refundPercent: 33 }],
  [{ daysBefore: 0, refundPercent: 100 }],
  [],
];
const hour = 3_600;

export const settingOf = (seed: number): Setting => {
  const next = numbersFrom(Math.imul(seed, 0x9e3779b1) ^ 0x2c1b3c6d);
  const oneOf = <T>(values: readonly T[]): T => values[next() % values.length] as T;
  const isSkewed = next() % 2 === 0;
  // Soon, in two days, over the end of a month.
  const begins = startMs / 1_000 + oneOf([2, 48, 16 * 24 + 13]) * hour;
  const oneTruck = next() % 3 === 0;
  const truck = (index: number, units: number): SimulatedTruck => ({
    truckId: `trk_${String(index).padStart(26, '0')}`,
    organizationId: `org_truck${index}`,
    units,
    setupMinutes: oneOf([0, 60]),
    teardownMinutes: oneOf([0, 30]),
    policy: oneOf(policies),
  });
  const opening = oneOf<Opening>(['nothing', 'quoted', 'accepted', 'booked', 'booked', 'rivals', 'overdue']);
  const areRivals = opening === 'rivals' || opening === 'overdue';
  const brief = (index: number): SimulatedBrief => {
    const isFixed = areRivals && index < 2;
    const from = begins + (isFixed ? 0 : oneOf([0, 0, 1, 3, 5, 12])) * hour;
    return {
      briefId: `brf_${String(index).padStart(26, '0')}`,
      organizationId: `org_organizer${index % 2}`,
      organizer: index % 2 === 0 ? 'ana' : 'ben',
      place: isFixed ? 0 : oneOf([0, 0, 1, 2]),
      from,
      to: from + oneOf([1, 2, 4]) * hour,
    };
  };
  return {
    opening,
    trucks: oneTruck || areRivals ? [truck(0, 1)] : [truck(0, 1), truck(1, 2)],
    briefs: Array.from({ length: oneOf([2, 3, 4]) }, (_, index) => brief(index)),
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
