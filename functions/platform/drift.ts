import { logger } from './logger.ts';

/** Word of the log lines that metrics of drift are counted from (lib/drift-metrics.ts). */
export const driftMessage = 'drift';

/** What became of a drift that a reconciliation found. */
export type DriftOutcome = 'repaired' | 'not_repaired';

/** Tells of a drift: its kind and the id of what it was found on, nothing about persons. */
export const tellDrift = (
  kind: string,
  outcome: DriftOutcome,
  ids: Readonly<Record<string, string>>,
  error?: unknown,
): void => {
  const line = { drift: kind, outcome, ...ids };
  if (outcome === 'repaired') logger.warn(driftMessage, line);
  else logger.error(driftMessage, { ...line, ...(error !== undefined && { error: error as Error }) });
};

/** What one run of a reconciliation did. */
export interface ReconciliationRun {
  /** Things that were looked at. */
  readonly looked: number;
  /** Repairs by kind of drift. */
  readonly repaired: Readonly<Record<string, number>>;
  /** Drifts that could not be repaired, by kind. */
  readonly notRepaired: Readonly<Record<string, number>>;
}

/** Counts and tells what a run finds. */
export const driftCounts = () => {
  const repaired: Record<string, number> = {};
  const notRepaired: Record<string, number> = {};
  return {
    repaired,
    notRepaired,
    note(kind: string, outcome: DriftOutcome, ids: Readonly<Record<string, string>>, error?: unknown): void {
      const counts = outcome === 'repaired' ? repaired : notRepaired;
      counts[kind] = (counts[kind] ?? 0) + 1;
      tellDrift(kind, outcome, ids, error);
    },
  };
};

export type DriftCounts = ReturnType<typeof driftCounts>;

/**
 * Has what repairs some drifts of one thing done, each repair once, and counts them.
 * @param perform what the repair came to; undefined when there was nothing to repair.
 * @returns whether none of them threw.
 */
export const repairDrifts = async <Kind extends string, Repair>(
  drifts: readonly Kind[],
  repairOf: (kind: Kind) => Repair,
  perform: (repair: Repair) => Promise<DriftOutcome | undefined>,
  counts: DriftCounts,
  ids: Readonly<Record<string, string>>,
): Promise<boolean> => {
  let isSound = true;
  for (const [repair, kinds] of Map.groupBy(drifts, repairOf)) {
    try {
      const outcome = await perform(repair);
      if (outcome !== undefined) for (const kind of kinds) counts.note(kind, outcome, ids);
    } catch (error) {
      isSound = false;
      for (const kind of kinds) counts.note(kind, 'not_repaired', ids, error);
    }
  }
  return isSound;
};
