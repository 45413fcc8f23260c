import type { Ticket } from '../../functions/admission/ticket.ts';
import type { Item } from '../../functions/platform/table.ts';
import { inParallel } from '../../local/demo/parallel.ts';
import { type Fault, faultsOf, newRun, type Run, within } from './injection.ts';
import { byName, connected } from './names.ts';
import type { Platform } from './platform.ts';
import type { Ending, Ready, UseCase } from './use-cases.ts';

/** One use case with one fault at one of its calls; without a fault it is what the others are compared with. */
export interface Scenario {
  readonly useCase: UseCase;
  readonly plan: Run['plan'];
}

export interface Result extends Scenario {
  readonly run: Run;
  readonly ready: Ready;
  /** How each attempt ended, the repeat after the first success included. */
  readonly endings: readonly Ending[];
}

/** Attempts that a caller, a queue or a stream makes until one does not fail. */
const maxAttempts = 4;
/** Fewer than the sessions whose plans a process keeps: nothing is read anew because it was dropped. */
const atOnce = 14;

const play = async (platform: Platform, { useCase, plan }: Scenario): Promise<Result> => {
  const ready = await useCase.prepare(platform);
  const run = newRun(plan);
  const endings = [await within(run, () => ready.run())];
  while (endings.at(-1)?.isFailure) {
    if (endings.length === maxAttempts)
      throw new Error(
        `${useCase.name} (${JSON.stringify(plan)}) never succeeds again: ${endings.at(-1)?.text}`,
      );
    await ready.wait?.();
    endings.push(await ready.run());
  }
  // What was still on its way arrives, and then everything comes once more.
  for (const send of run.late) await send();
  endings.push(await ready.run());
  return { useCase, plan, run, ready, endings };
};

/** Runs every use case without a fault, to see its calls. */
export const baselines = (platform: Platform, useCases: readonly UseCase[]): Promise<readonly Result[]> =>
  playAll(
    platform,
    useCases.map((useCase) => ({ useCase, plan: undefined })),
  );

/** Every fault at every call that the use cases declare. */
export const scenariosOf = (useCases: readonly UseCase[]): readonly Scenario[] =>
  useCases.flatMap((useCase) => {
    const seen = new Map<string, number>();
    return useCase.calls.flatMap((call) => {
      const occurrence = (seen.get(call) ?? 0) + 1;
      seen.set(call, occurrence);
      if (useCase.failing?.test(call) === false) return [];
      return faultsOf(call).map((fault): Scenario => ({ useCase, plan: { call, occurrence, fault } }));
    });
  });

/** Plays many at once, and then one by one those whose work others would take part in. */
export const playAll = async (
  platform: Platform,
  scenarios: readonly Scenario[],
): Promise<readonly Result[]> => {
  const { true: alone = [], false: others = [] } = Object.groupBy(scenarios, ({ useCase }) =>
    useCase.isAlone === true ? 'true' : 'false',
  );
  return [
    ...(await inParallel(atOnce, others, (scenario) => play(platform, scenario))),
    ...(await inParallel(1, alone, (scenario) => play(platform, scenario))),
  ];
};

/** What is in the tables and what was told, by the marks of a world. */
export const openFacts = async (platform: Platform) => {
  const ticketing = byName(await platform.scan('ticketing'));
  const owned = byName([...(await platform.scan('catalog')), ...(await platform.scan('identity'))]);
  const orders = byName(await platform.scan('orders'));
  const tickets = byName(await platform.scan('admission'));
  const marketplace = connected(await platform.scan('marketplace'));
  const objects = byName(await platform.objects());
  const told = byName([...new Map(platform.outbox.map((event) => [event.id, event])).values()]);

  /** The mark, and the orders and payments that belong to it. */
  const withOrders = (mark: string): readonly string[] => [
    mark,
    ...orders(mark).flatMap(({ orderId, payment }) =>
      [orderId, (payment as { paymentId?: string } | undefined)?.paymentId].filter(
        (id) => typeof id === 'string',
      ),
    ),
  ];

  /** Of trucks and leads: all that hangs together, its objects, and what was told of it. */
  const marketFacts = (marks: readonly string[]): readonly string[] => {
    const { things, names } = marketplace(marks);
    return [
      ...things.map((item) => `item ${plain(item)}`),
      ...new Set(names.flatMap(objects).map((key) => `object ${withoutIds(key)}`)),
      ...[...new Set(names.flatMap(told))].map(({ type, aggregate }) => `told ${type} ${aggregate.sequence}`),
    ];
  };

  const factsOf = ({ useCase, ready }: Result): readonly string[] => {
    if (useCase.context === 'marketplace') return marketFacts(ready.marks);
    return ready.marks.flatMap((mark) => {
      const names = withOrders(mark);
      return [
        ...saleFacts(ticketing(mark), mark),
        ...owned(mark).map((item) => `item ${plain(item)}`),
        ...[...new Set(names.flatMap(orders))].map((item) => `order item ${plain(item)}`),
        ...tickets(mark).map(ticketFact),
        ...[...new Set(names.flatMap(told))].map(
          ({ type, aggregate }) => `told ${type} ${aggregate.sequence}`,
        ),
      ];
    });
  };

  return (result: Result): readonly string[] => {
    const { useCase, ready } = result;
    const { timeless = (fact: string) => fact } = useCase;
    const all = [...factsOf(result), ...(ready.facts?.() ?? [])].map(timeless);
    return useCase.timeless === undefined ? all.sort() : [...new Set(all)].sort();
  };
};

const ticketFact = (item: Item): string => {
  const { place, status, holders, admission, conflicts = [], revision } = item as unknown as Ticket;
  return `ticket ${place} ${status}, holders ${holders.length}, admissions ${admission === undefined ? 0 : 1 + conflicts.length}, revision ${revision}`;
};

/** The same value with the members of its objects in the order of their names. */
const inOrder = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, member]) => [name, inOrder(member)]),
  );
};

/** An item without what differs from run to run: ids, instants, hashes, subjects. Its revision stays. */
const plain = (item: Item): string => {
  const { change, ttl: _, payBy: __, pace: ___, due, ...rest } = item;
  // The mark is a letter of the id: that it is there is the same each time.
  const mark = due === undefined ? {} : { due: true };
  return withoutIds(
    JSON.stringify(inOrder({ ...rest, ...mark, change: (change as { what?: string } | undefined)?.what })),
  )
    .replaceAll(/"(until|since|authorizedFrom|depositBy|dueAt)":\d+/g, '"$1":"T"')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'T')
    .replaceAll(/"(requestHash|tokenHash)":"[^"]+"/g, '"$1":"H"')
    .replaceAll(/owner-[0-9a-f-]{36}/g, 'owner')
    .replaceAll(/[0-9a-f-]{36}@example/g, 'customer@example')
    .replaceAll(/_3Fake\d+/g, '');
};

const withoutIds = (text: string): string =>
  text.replaceAll(/\b([a-z]{2,4})_[0-9a-hjkmnp-tv-z]{26}\b/g, '$1');

/**
 * The sale, its holds with what they own, and claims that belong to nobody.
 * @param items those that name the session.
 */
const saleFacts = (items: readonly Item[], sessionId: string): readonly string[] => {
  if (!sessionId.startsWith('ses_')) return [];
  const now = Date.now() / 1_000;
  const blocks = items.filter(
    ({ pk, sk }) => pk.startsWith(`SESSION#${sessionId}#`) && sk.startsWith('BLOCK#'),
  );
  const sold = blocks.reduce((sum, { sold }) => sum + ((sold as Set<string> | undefined)?.size ?? 0), 0);
  const claims = blocks.flatMap((item) =>
    Object.values(item['held'] as Record<string, { h: string; u: number }>).filter(({ u }) => u >= now),
  );
  const holds = items.filter((item) => item.sk === 'HOLD' && item['sessionId'] === sessionId);
  const ids = new Set(
    holds.filter(({ status }) => status === 'active').map(({ pk }) => pk.slice('HOLD#hld_'.length)),
  );
  const sale = items.find(({ pk, sk }) => pk === `SESSION#${sessionId}` && sk === 'SESSION');
  const slots = items.filter(({ pk, sk }) => pk === `SESSION#${sessionId}` && sk.startsWith('CUSTOMER#'));
  return [
    `sale ${sale?.['status']} ${sale?.['blocksBuilt']}/${sale?.['blocksTotal']} holdSeconds ${sale?.['holdSeconds']}`,
    `slots ${slots.length}`,
    `sold ${sold}`,
    `claims of nobody ${claims.filter(({ h }) => !ids.has(h)).length}`,
    ...holds.map((item) => {
      const places = (item['places'] as [number, string][]).reduce((sum, [, keys]) => sum + keys.length, 0);
      const id = item.pk.slice('HOLD#hld_'.length);
      const own = claims.filter(({ h, u }) => h === id && u >= Number(item['until']));
      return `hold ${item['status']} of ${places}, owns ${own.length}, revision ${item['revision']}`;
    }),
  ];
};

/** How a use case came through a fault, in a few words. */
export const outcomeOf = ({ endings }: Result): string => {
  // The last one is the repeat for its own sake.
  const attempts = endings.slice(0, -1).map(({ text }) => text);
  return [...new Set(attempts)].join(', then ');
};

/** Which call of a use case, as the table of the docs names it. */
const callOf = ({ useCase, plan }: Scenario): string => {
  if (plan === undefined) throw new Error('Nothing fails');
  const isRepeated = useCase.calls.filter((other) => other === plan.call).length > 1;
  return isRepeated ? `${plan.call} (${plan.occurrence})` : plan.call;
};

const headingOf = ({ context, name }: UseCase): string => `${context}: ${name}`;

/** The cell of a scenario in the table of the docs. */
export const cellOf = (scenario: Scenario): string =>
  `${headingOf(scenario.useCase)} | ${callOf(scenario)} | ${scenario.plan?.fault}`;

const noCell = '–';

/** The table of the docs. */
export const faultTable = (results: readonly Result[], columns: readonly Fault[]): string => {
  const byUseCase = Map.groupBy(results, ({ useCase }) => useCase);
  const lines = [...byUseCase].map(([useCase, ofCase]) => {
    const text = [...Map.groupBy(ofCase, callOf)].map(([call, row]) => {
      const cells = columns.map((fault) => {
        const result = row.find((one) => one.plan?.fault === fault);
        return result === undefined ? noCell : outcomeOf(result);
      });
      return `| ${[call, ...cells].join(' | ')} |`;
    });
    return [
      `### ${headingOf(useCase)}`,
      '',
      `| call | ${columns.join(' | ')} |`,
      `|${'---|'.repeat(columns.length + 1)}`,
      ...text,
      '',
    ].join('\n');
  });
  return lines.join('\n');
};

/** Reads the table of the docs: what each cell says. */
export const readFaultTable = (text: string): ReadonlyMap<string, string> => {
  const cells = new Map<string, string>();
  let heading = '';
  let columns: readonly string[] = [];
  for (const line of text.split('\n')) {
    if (line.startsWith('### ')) heading = line.slice('### '.length);
    if (!line.startsWith('| ')) continue;
    const [call = '', ...row] = line.slice('| '.length, -' |'.length).split(' | ');
    if (call === 'call') columns = row;
    else
      for (const [index, cell] of row.entries())
        if (cell !== noCell) cells.set(`${heading} | ${call} | ${columns[index]}`, cell);
  }
  return cells;
};
