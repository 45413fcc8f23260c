import type { Step } from './history.ts';
import type { Outcome, Violation } from './run.ts';
import { type createScheduler, settled } from './scheduler.ts';

/** Milliseconds between two steps. */
const stepMs = 5;
/**
 * What does not come to rest in so many is a violation. A hold of three days is looked at every fifteen minutes, once
 * for each time that its timer was delivered: that alone may be some thousands.
 */
const mostDrainSteps = 20_000;

interface Referee {
  readonly violation: Violation | undefined;
  check(): void;
  report(invariant: 'noSurprise', text: string): void;
}

interface World<Activity extends string> {
  readonly schedule: Pick<
    ReturnType<typeof createScheduler>,
    'begin' | 'beQuiet' | 'drain' | 'note' | 'tick' | 'timeline'
  >;
  readonly referee: Referee;
  /** What may be done in a step, and how often; each tells whether it could be done. */
  readonly actions: Readonly<Record<Activity, () => boolean>>;
  readonly weights: Readonly<Record<Activity, number>>;
  /** Hands on what the table has told; false when that is nothing. */
  readonly relay: () => boolean;
  /** What comes when nothing else does; false when there is nothing. */
  readonly otherwise: () => boolean;
  /** Where a schedule begins. */
  readonly begin: () => Promise<void>;
  /** Looks at what everything has come to. */
  readonly atRest: () => void;
}

/** Takes the steps of a history in a world, then goes on with what is under way, without further faults, to rest. */
export const play = async <Activity extends string>(
  steps: readonly Step[],
  { schedule, referee, actions, weights, relay, otherwise, begin, atRest }: World<Activity>,
): Promise<Outcome> => {
  const dice = (Object.keys(actions) as Activity[]).flatMap((activity) =>
    Array.from({ length: weights[activity] }, () => actions[activity]),
  );
  const take = (step: Step): void => {
    schedule.begin(step, stepMs);
    const first = step.action % dice.length;
    // What cannot be done now is passed over.
    for (let index = 0; index < dice.length; index += 1) if (dice[(first + index) % dice.length]?.()) return;
  };

  await begin();
  let taken = 0;
  for (const step of steps) {
    taken += 1;
    take(step);
    await settled();
    referee.check();
    if (referee.violation !== undefined) break;
  }
  schedule.beQuiet(true);
  if (referee.violation === undefined) schedule.note('', () => '— no more faults; what is under way goes on');
  for (let left = mostDrainSteps; referee.violation === undefined; left -= 1) {
    schedule.tick(stepMs);
    if (!schedule.drain(relay, otherwise)) break;
    await settled();
    referee.check();
    if (left === 0) referee.report('noSurprise', 'it never comes to rest');
  }
  if (referee.violation === undefined) atRest();
  const { violation } = referee;
  if (violation !== undefined) schedule.note('REFEREE', () => violation.text);
  return { violation, steps: taken, timeline: schedule.timeline };
};
