import { type Check, check, counted } from './check.ts';
import type { AnsweredHold, Repeat } from './ledger.ts';
import { countBy } from './statistics.ts';

export interface Counts {
  readonly available: number;
  readonly held: number;
  readonly sold: number;
}

/** An order as it is read after everything, as far as the proof needs it. Amounts in minor units. */
export interface SoldOrder {
  readonly id: string;
  readonly status: string;
  readonly holdIds: readonly string[];
  readonly items: readonly { readonly place: string; readonly price: number; readonly status: string }[];
}

export interface PlacesEvidence {
  readonly holds: readonly AnsweredHold[];
  readonly repeats: readonly Repeat[];
  /** Holds as they were read again afterwards, by id. */
  readonly reread: ReadonlyMap<string, { readonly status: string; readonly places: readonly string[] }>;
  readonly orders: readonly SoldOrder[];
  /** The seats document afterwards: every place that the session sells, and its counts. */
  readonly seats: {
    readonly places: Readonly<Record<string, string>>;
    readonly summary: Counts;
    readonly ticketTypes: readonly Counts[];
  };
}

/** Ids of the orders that have a valid ticket for each place. */
export const ownersOf = (orders: readonly SoldOrder[]): ReadonlyMap<string, readonly string[]> => {
  const owners = new Map<string, string[]>();
  for (const { id, items } of orders) {
    for (const { place, status } of items)
      if (status === 'valid') owners.set(place, [...(owners.get(place) ?? []), id]);
  }
  return owners;
};

/** An order that was confirmed, whatever became of it later: its items have been tickets. */
const wasConfirmed = ({ items }: SoldOrder): boolean => items.some(({ status }) => status !== 'open');

/** What is claimed of the places. */
export const provePlaces = ({ holds, repeats, reread, orders, seats }: PlacesEvidence): readonly Check[] => {
  const owners = ownersOf(orders);
  const confirmedHolds = new Set(orders.filter(wasConfirmed).flatMap(({ holdIds }) => holdIds));
  const marked = (state: string): readonly string[] =>
    Object.entries(seats.places).flatMap(([place, now]) => (now === state ? [place] : []));
  const sold = new Set(marked('sold'));
  const total = Object.keys(seats.places).length;
  const { summary } = seats;
  const states = ['available', 'held', 'sold'] as const;
  return [
    check(
      'each place is sold at most once',
      `${owners.size} places, ${orders.filter(({ status }) => status === 'confirmed').length} orders`,
      [...owners].flatMap(([place, ids]) => (ids.length > 1 ? [`${place}: ${ids.join(' and ')}`] : [])),
    ),
    check(
      'each hold reads back with its places, and confirmed exactly when an order of it was',
      counted(countBy([...reread.values()].map(({ status }) => status))),
      holds.flatMap((hold) => {
        const now = reread.get(hold.id);
        if (now === undefined) return [`${hold.id} was not read again`];
        const contradictions = samePlaces(now.places, hold.places) ? [] : [`${hold.id} has other places now`];
        if ((now.status === 'confirmed') !== confirmedHolds.has(hold.id))
          contradictions.push(
            `${hold.id} is ${now.status}, and ${confirmedHolds.has(hold.id) ? 'an' : 'no'} order of it was confirmed`,
          );
        // It may have lapsed before its customer gave it back.
        if (hold.isGivenBack && now.status === 'active')
          contradictions.push(`${hold.id} was given back and is active`);
        return contradictions;
      }),
    ),
    check(
      'the same key got the same hold or order, however often it was sent',
      `${repeats.length} repeats`,
      repeats.flatMap(({ first, second }) =>
        first.id === second.id && samePlaces(first.places, second.places)
          ? []
          : [`${first.id} and ${second.id}`],
      ),
    ),
    check('the seats document shows exactly the places of valid tickets as sold', `${sold.size} sold`, [
      ...[...owners.keys()].flatMap((place) =>
        sold.has(place) ? [] : [`${place} has a valid ticket, but is not sold`],
      ),
      ...[...sold].flatMap((place) => (owners.has(place) ? [] : [`${place} is sold to nobody`])),
    ]),
    check(
      'no place is lost: its counts add up',
      `${summary.available} available + ${summary.held} held + ${summary.sold} sold = ${total}`,
      states.flatMap((state) => {
        const places = marked(state).length;
        const ofTypes = seats.ticketTypes.reduce((sum, counts) => sum + counts[state], 0);
        return [
          ...(summary[state] === places
            ? []
            : [`the summary says ${summary[state]} ${state}, the places say ${places}`]),
          ...(ofTypes === summary[state] ? [] : [`ticket types have ${ofTypes} ${state}`]),
        ];
      }),
    ),
  ];
};

const samePlaces = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.toSorted().join('\n') === b.toSorted().join('\n');
