import type { Fault } from './injection.ts';
import type { Scenario } from './matrix.ts';

const isRead = (call: string): boolean => /^(Get|BatchGet|Head|Query|GET |Sign$)/.test(call);

/** Of each of these lists one fault is played in the place of all: whoever called sees the same of them. */
const alike = {
  // There is no answer; nothing was written.
  read: ['not sent', 'throttled', 'crash after'],
  write: ['not sent', 'throttled'],
} as const satisfies Readonly<Record<string, readonly Fault[]>>;
/** Faults that the next try mends before a function notices. One read and one write of each use case has one of them. */
const unnoticed = {
  read: ['answer lost', 'sent twice', 'too slow', 'internal error'],
  write: ['conflict', 'internal error'],
} as const satisfies Readonly<Record<string, readonly Fault[]>>;

const sumOf = (text: string): number => [...text].reduce((sum, letter) => sum + letter.charCodeAt(0), 0);
const oneOf = <T>(things: readonly T[], of: string): T | undefined => things[sumOf(of) % things.length];

/** The scenarios of one use case that are played when not all are: other faults for each call. */
const sampleOfCase = (scenarios: readonly Scenario[]): readonly Scenario[] => {
  const calls = Map.groupBy(scenarios, ({ plan }) => `${plan?.call} ${plan?.occurrence}`);
  const name = scenarios[0]?.useCase.name ?? '';
  const kindOf = (call: string) => (isRead(call) ? 'read' : 'write');
  return [...calls].flatMap(([call, ofCall]) => {
    // Stripe keeps what it answered under the key of a request: there each fault is another.
    if (call.startsWith('POST ')) return ofCall;
    const kind = kindOf(call);
    const ofKind = [...calls.keys()].filter((other) => kindOf(other) === kind);
    const isOne = (group: readonly Fault[], fault: Fault): boolean => {
      const possible = group.filter((other) => ofCall.some(({ plan }) => plan?.fault === other));
      return oneOf(possible, `${name}${call}`) === fault;
    };
    return ofCall.filter(({ plan }) => {
      const fault = plan?.fault;
      if (fault === undefined) return true;
      const isIn = (group: readonly Fault[]): boolean => group.includes(fault);
      if (isIn(unnoticed[kind])) return call === oneOf(ofKind, name) && isOne(unnoticed[kind], fault);
      return !isIn(alike[kind]) || isOne(alike[kind], fault);
    });
  });
};

/** Scenarios in which each call of each use case fails in each way that differs: for a run that is not to take long. */
export const sampleOf = (scenarios: readonly Scenario[]): readonly Scenario[] =>
  [...Map.groupBy(scenarios, ({ useCase }) => useCase).values()].flatMap(sampleOfCase);
