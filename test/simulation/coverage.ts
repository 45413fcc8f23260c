/** Calls of the use cases to what is outside of them; before, in and after each of them a fault may strike. */
export const callNames = [
  'read sale',
  'claim',
  'extend claim',
  'release claim',
  'claim with hold',
  'put hold',
  'get hold',
  'extend hold',
  'cancel hold',
  'expire hold',
  'take slot',
  'free slot',
  'read blocks',
  'create sale',
  'create block',
  'advance sale',
  'sync sale',
  'put events',
  'send timers',
  'send timer again',
  'send sweep',
] as const;
export type CallName = (typeof callNames)[number];

/** What may happen to a call besides going through. */
export const faultNames = [
  'slow',
  'not sent',
  'answer lost',
  'sent twice',
  'crash before',
  'crash after',
] as const;
export type FaultName = (typeof faultNames)[number];

export const queueNames = ['build', 'sync', 'sweep', 'expiry', 'release'] as const;
export type QueueName = (typeof queueNames)[number];

/** What may happen to a message besides being delivered in its turn. */
export const deliveryNames = ['duplicated', 'late', 'overtaken'] as const;
export type DeliveryName = (typeof deliveryNames)[number];

/** Things that happen beside requests and messages. */
export const happenings = [
  'partly refused events',
  'TTL of an active hold',
  'TTL of an ended hold',
  'same id anew after TTL',
  'timed out',
] as const;
export type Happening = (typeof happenings)[number];

/** How often each thing was reached, by its index; coverages of many runs are added up. */
export type Coverage = Float64Array;

/** Adds `more` to `coverage`. */
export const addCoverage = (coverage: Coverage, more: Coverage): void => {
  for (const [index, count] of more.entries()) coverage[index] = (coverage[index] ?? 0) + count;
};

/** Counts how often each of these was reached. */
export const coverageOf = (names: readonly string[]) => {
  const indexes = new Map(names.map((name, index) => [name, index]));
  const count = (coverage: Coverage, name: string): number => coverage[indexes.get(name) ?? -1] ?? 0;
  return {
    noCoverage: (): Coverage => new Float64Array(names.length),

    reach(coverage: Coverage, name: string): void {
      const index = indexes.get(name);
      if (index === undefined) throw new Error(`Nothing to reach is called ${name}`);
      coverage[index] = (coverage[index] ?? 0) + 1;
    },

    count,

    /** What was never reached. */
    unreached: (coverage: Coverage): readonly string[] => names.filter((name) => count(coverage, name) === 0),

    /** Counts, one line each. */
    coverageReport: (coverage: Coverage): string =>
      names.map((name) => `${name}: ${count(coverage, name)}`).join('\n'),
  };
};

const pairsOf = (rows: readonly string[], columns: readonly string[]): readonly string[] =>
  rows.flatMap((row) => columns.map((column) => `${row} × ${column}`));

/** Each call with each fault, each queue with each way to deliver, and what happens beside. */
export const reachable = (
  calls: readonly string[],
  queues: readonly string[],
  others: readonly string[],
): readonly string[] => [...pairsOf(calls, faultNames), ...pairsOf(queues, deliveryNames), ...others];

const counted = coverageOf(reachable(callNames, queueNames, happenings));
export const { noCoverage, reach, unreached } = counted;

/** Counts by pair, as Markdown tables. */
export const coverageReport = (coverage: Coverage): string => {
  const count = (name: string): number => counted.count(coverage, name);
  const table = (corner: string, rows: readonly string[], columns: readonly string[]): string =>
    [
      `| ${corner} | ${columns.join(' | ')} |`,
      `|---|${columns.map(() => '---:|').join('')}`,
      ...rows.map(
        (row) => `| ${row} | ${columns.map((column) => count(`${row} × ${column}`)).join(' | ')} |`,
      ),
    ].join('\n');
  return [
    table('call', callNames, faultNames),
    table('queue', queueNames, deliveryNames),
    ['| besides | |', '|---|---:|', ...happenings.map((name) => `| ${name} | ${count(name)} |`)].join('\n'),
  ].join('\n\n');
};
