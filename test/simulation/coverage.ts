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

const names: readonly string[] = [
  ...callNames.flatMap((call) => faultNames.map((fault) => `${call} × ${fault}`)),
  ...queueNames.flatMap((queue) => deliveryNames.map((delivery) => `${queue} × ${delivery}`)),
  ...happenings,
];
const indexes = new Map(names.map((name, index) => [name, index]));

/** How often each pair was reached, by its index; coverages of many runs are added up. */
export type Coverage = Float64Array;

export const noCoverage = (): Coverage => new Float64Array(names.length);

export const reach = (coverage: Coverage, name: string): void => {
  const index = indexes.get(name);
  if (index === undefined) throw new Error(`Nothing to reach is called ${name}`);
  coverage[index] = (coverage[index] ?? 0) + 1;
};

/** Adds `more` to `coverage`. */
export const addCoverage = (coverage: Coverage, more: Coverage): void => {
  for (const [index, count] of more.entries()) coverage[index] = (coverage[index] ?? 0) + count;
};

/** Pairs that were never reached. */
export const unreached = (coverage: Coverage): readonly string[] =>
  names.filter((_, index) => (coverage[index] ?? 0) === 0);

/** Counts by pair, as Markdown tables. */
export const coverageReport = (coverage: Coverage): string => {
  const count = (name: string): string => String(coverage[indexes.get(name) ?? -1] ?? 0);
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
