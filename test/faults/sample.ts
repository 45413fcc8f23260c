import type { Scenario } from './matrix.ts';

const sumOf = (text: string): number => [...text].reduce((sum, letter) => sum + letter.charCodeAt(0), 0);

/** Scenarios in which each call of each use case fails once, now in this way, now in that: for a run of a minute. */
export const sampleOf = (scenarios: readonly Scenario[]): readonly Scenario[] =>
  [
    ...Map.groupBy(
      scenarios,
      ({ useCase, plan }) => `${useCase.context} ${useCase.name} ${plan?.call} ${plan?.occurrence}`,
    ),
  ].flatMap(([call, ofCall]) =>
    // Stripe keeps what it answered under the key of a request: there each fault is another.
    ofCall[0]?.plan?.call.startsWith('POST ') ? ofCall : (ofCall[sumOf(call) % ofCall.length] ?? []),
  );
