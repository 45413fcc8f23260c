/** One thing that was claimed of the sale, and whether it holds. */
export interface Check {
  readonly claim: string;
  readonly holds: boolean;
  /** Numbers behind it, or the first thing that contradicts it. */
  readonly detail: string;
}

/** A claim holds when nothing contradicts it. */
export const check = (claim: string, numbers: string, contradictions: readonly string[]): Check => ({
  claim,
  holds: contradictions.length === 0,
  detail:
    contradictions.length === 0 ? numbers : `${contradictions.length} against it, e.g. ${contradictions[0]}`,
});

/** `3 revoked, 1 unknown`, most first. */
export const counted = (counts: readonly (readonly [string, number])[]): string =>
  counts.map(([what, count]) => `${count} ${what}`).join(', ');
