import { seededRandom } from '../../functions/ticketing/best-available.ts';

/** Choices that follow from a seed: the same seed, the same choices in the same order. */
export const openChance = (seed: string) => {
  const random = seededRandom(seed);
  const below = (count: number): number => Math.floor(random() * count);
  const pick = <T>(items: readonly T[]): T => {
    const item = items[below(items.length)];
    if (item === undefined) throw new Error('Nothing to pick from');
    return item;
  };
  return {
    /** A whole number from 0 to `count` − 1. */
    below,
    pick,
    /** True so many times in a hundred. */
    percent: (percent: number): boolean => random() * 100 < percent,
    /** Key of one of some shares, which are percent and add up to a hundred. */
    share<T extends string>(shares: Readonly<Record<T, number>>): T {
      const entries = Object.entries(shares) as [T, number][];
      let rest = random() * 100;
      for (const [key, percent] of entries) {
        rest -= percent;
        if (rest < 0) return key;
      }
      throw new Error(`Shares do not add up to 100: ${JSON.stringify(shares)}`);
    },
    /** The same items in another order (Fisher–Yates). */
    shuffled<T>(items: readonly T[]): readonly T[] {
      const all = [...items];
      for (let last = all.length - 1; last > 0; last -= 1) {
        const other = below(last + 1);
        [all[last], all[other]] = [all[other] as T, all[last] as T];
      }
      return all;
    },
  };
};

export type Chance = ReturnType<typeof openChance>;
