import { randomId } from '../../functions/platform/ids.ts';

/**
 * Ids, subjects and addresses: by them what belongs together is found again. Not by those of imported times, which
 * follow from the calendar that has them and are the same for each truck.
 */
const named = /\b(?!imt_)[a-z]{2,4}_[0-9a-hjkmnp-tv-z]{26}\b|owner-[0-9a-f-]{36}|[0-9a-f-]{36}@example\.com/g;

const namesIn = (thing: unknown): ReadonlySet<string> => new Set(JSON.stringify(thing).match(named));

/** Finds those of many things that name an id. */
export const byName = <T>(things: readonly T[]): ((name: string) => readonly T[]) => {
  const index = new Map<string, T[]>();
  for (const thing of things) {
    for (const name of namesIn(thing)) {
      const found = index.get(name);
      if (found === undefined) index.set(name, [thing]);
      else found.push(thing);
    }
  }
  return (name) => index.get(name) ?? [];
};

/** Finds all of many things that hang together by the names in them, from some names on. */
export const connected = <T>(things: readonly T[]) => {
  const find = byName(things);
  return (marks: readonly string[]): { readonly things: readonly T[]; readonly names: readonly string[] } => {
    const found = new Set<T>();
    const names = new Set(marks);
    // A Set is walked on to what is added meanwhile.
    for (const name of names) {
      for (const thing of find(name)) {
        if (found.has(thing)) continue;
        found.add(thing);
        for (const other of namesIn(thing)) names.add(other);
      }
    }
    return { things: [...found], names: [...names] };
  };
};

const another = (name: string): string => {
  if (name.includes('@')) return `${crypto.randomUUID()}@example.com`;
  return name.startsWith('owner-') ? `owner-${crypto.randomUUID()}` : randomId(name.split('_')[0] as never);
};

/** Copies of things in which each name is another one, the same throughout. */
export const underOtherNames = <T>(things: readonly T[]) => {
  const names = new Map<string, string>();
  const renamed = (name: string): string => {
    const other = names.get(name) ?? another(name);
    names.set(name, other);
    return other;
  };
  return { renamed, things: JSON.parse(JSON.stringify(things).replaceAll(named, renamed)) as readonly T[] };
};
