/** Time from an instant to another, without the last: epoch seconds. */
export interface Interval {
  readonly from: number;
  readonly to: number;
}

export const overlaps = (one: Interval, other: Interval): boolean =>
  one.from < other.to && other.from < one.to;

export const contains = (outer: Interval, inner: Interval): boolean =>
  outer.from <= inner.from && inner.to <= outer.to;

/** In order, those that touch or overlap made one; empty ones are left out. */
export const merged = (intervals: readonly Interval[]): readonly Interval[] => {
  const result: { from: number; to: number }[] = [];
  for (const { from, to } of [...intervals].sort((a, b) => a.from - b.from)) {
    if (from >= to) continue;
    const last = result.at(-1);
    if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to);
    else result.push({ from, to });
  }
  return result;
};

/** What lies in both; each list in order and without overlaps. */
export const intersection = (ones: readonly Interval[], others: readonly Interval[]): readonly Interval[] =>
  ones.flatMap((one) =>
    others
      .map((other) => ({ from: Math.max(one.from, other.from), to: Math.min(one.to, other.to) }))
      .filter(({ from, to }) => from < to),
  );

/** What of the window none of the intervals takes. */
export const gaps = (window: Interval, taken: readonly Interval[]): readonly Interval[] => {
  const result: Interval[] = [];
  let from = window.from;
  for (const interval of merged(taken)) {
    if (interval.from > from) result.push({ from, to: Math.min(interval.from, window.to) });
    from = Math.max(from, interval.to);
    if (from >= window.to) return result;
  }
  return [...result, { from, to: window.to }];
};
