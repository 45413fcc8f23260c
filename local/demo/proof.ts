/** A hold as its buyer was answered it, and what the buyer did with it. */
export interface AnsweredHold {
  readonly id: string;
  readonly places: readonly string[];
  readonly isCancelled: boolean;
}

/** Two answers to one Idempotency-Key: they must be the same hold. */
export interface Repeat {
  readonly first: Pick<AnsweredHold, 'id' | 'places'>;
  readonly second: Pick<AnsweredHold, 'id' | 'places'>;
}

export interface Counts {
  readonly available: number;
  readonly held: number;
  readonly sold: number;
}

export interface Evidence {
  readonly holds: readonly AnsweredHold[];
  readonly repeats: readonly Repeat[];
  /** Holds as they were read again afterwards, by id. */
  readonly reread: ReadonlyMap<string, { readonly status: string; readonly places: readonly string[] }>;
  /** The seats document afterwards: every place that the session sells, and its counts. */
  readonly seats: {
    readonly places: Readonly<Record<string, string>>;
    readonly summary: Counts;
    readonly ticketTypes: readonly Counts[];
  };
}

export interface Check {
  readonly claim: string;
  readonly holds: boolean;
  /** Numbers behind it, or the first thing that contradicts it. */
  readonly detail: string;
}

/** Judges a sale by what its buyers were answered and what the platform says afterwards. */
export const prove = ({ holds, repeats, reread, seats }: Evidence): readonly Check[] => {
  const standing = holds.filter(({ isCancelled }) => !isCancelled);
  const owners = ownersOf(standing);
  const held = new Set(
    Object.entries(seats.places).flatMap(([place, state]) => (state === 'held' ? [place] : [])),
  );
  const total = Object.keys(seats.places).length;
  const { available, held: heldCount, sold } = seats.summary;
  return [
    check(
      'each place has at most one owner',
      `${owners.size} places, ${standing.length} holds`,
      [...owners].flatMap(([place, ids]) => (ids.length > 1 ? [`${place}: ${ids.join(' and ')}`] : [])),
    ),
    check(
      'each hold reads back as it was answered',
      `${standing.length} active, ${holds.length - standing.length} cancelled`,
      holds.flatMap((hold) => {
        const now = reread.get(hold.id);
        const expected = hold.isCancelled ? 'cancelled' : 'active';
        if (now?.status !== expected) return [`${hold.id} is ${now?.status ?? 'gone'}, not ${expected}`];
        return samePlaces(now.places, hold.places) ? [] : [`${hold.id} has other places now`];
      }),
    ),
    check(
      'the same key got the same hold, however often it was sent',
      `${repeats.length} repeats`,
      repeats.flatMap(({ first, second }) =>
        first.id === second.id && samePlaces(first.places, second.places)
          ? []
          : [`${first.id} and ${second.id}`],
      ),
    ),
    check('the seats document shows exactly these places as held', `${held.size} held`, [
      ...[...owners.keys()].flatMap((place) => (held.has(place) ? [] : [`${place} is owned, but not held`])),
      ...[...held].flatMap((place) => (owners.has(place) ? [] : [`${place} is held by nobody`])),
    ]),
    check(
      'no place is lost: its counts add up',
      `${available} available + ${heldCount} held + ${sold} sold = ${total}`,
      [
        ...(available + heldCount + sold === total
          ? []
          : [`the summary adds up to ${available + heldCount + sold}`]),
        ...(heldCount === held.size
          ? []
          : [`the summary says ${heldCount} held, the places say ${held.size}`]),
        ...(['available', 'held', 'sold'] as const).flatMap((name) => {
          const sum = seats.ticketTypes.reduce((all, counts) => all + counts[name], 0);
          return sum === seats.summary[name] ? [] : [`ticket types have ${sum} ${name}`];
        }),
      ],
    ),
  ];
};

const check = (claim: string, numbers: string, contradictions: readonly string[]): Check => ({
  claim,
  holds: contradictions.length === 0,
  detail:
    contradictions.length === 0 ? numbers : `${contradictions.length} against it, e.g. ${contradictions[0]}`,
});

/** Ids of the holds that have each place. */
export const ownersOf = (holds: readonly AnsweredHold[]): ReadonlyMap<string, readonly string[]> => {
  const owners = new Map<string, string[]>();
  for (const { id, places } of holds) {
    for (const place of places) owners.set(place, [...(owners.get(place) ?? []), id]);
  }
  return owners;
};

const samePlaces = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.toSorted().join('\n') === b.toSorted().join('\n');
