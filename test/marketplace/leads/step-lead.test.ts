import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { defaultCancellationPolicy } from '../../../functions/marketplace/leads/cancellation-policy.ts';
import type { Lead } from '../../../functions/marketplace/leads/lead.ts';
import {
  type Asked,
  type Circumstances,
  decideAsked,
  type LeadDecision,
} from '../../../functions/marketplace/leads/lead-decisions.ts';
import { historyPartition, noteWrite, openLeads } from '../../../functions/marketplace/leads/lead-store.ts';
import type { Party } from '../../../functions/marketplace/leads/quote.ts';
import { type LeadStepped, stepLead } from '../../../functions/marketplace/leads/step-lead.ts';
import type { TruckItem } from '../../../functions/marketplace/truck.ts';
import type { Table } from '../../../functions/platform/table.ts';
import { epochSeconds } from '../../../functions/platform/time.ts';
import { changeBy, type LeadWorld, startLeads } from './lead-table.ts';
import { seconds, terms } from './lead-world.ts';

let world: LeadWorld;
let table: Table;
beforeAll(async () => {
  world = await startLeads();
  table = world.table;
});
afterAll(() => world.stop());

type Decided = Exclude<LeadDecision, { kind: 'steps' }>;
type Outcome = Decided | LeadStepped;

/** When leads are asked for, and a second when their soft holds have lapsed. */
const askedAt = new Date('2027-03-01T10:00:00Z');
const later = new Date('2027-03-01T12:00:00Z');

const newTruck = (): Promise<TruckItem> => world.newTruck();

/** A lead for the 20th of March with its soft hold, which lapses an hour after it was asked for. */
const newLead = async (truck: TruckItem, now = askedAt): Promise<Lead> => {
  const brief = await world.newBrief('2027-03-20T12:00:00Z', '2027-03-20T16:00:00Z');
  const asked = await world.ask(brief, truck, { at: epochSeconds(now) });
  if (asked.kind !== 'created') throw new Error(`No lead: ${asked.kind}`);
  return asked.lead;
};

const read = async (leadId: string): Promise<Lead> => {
  const lead = await openLeads(table).get(leadId);
  if (lead === undefined) throw new Error(`No lead ${leadId}`);
  return lead;
};
const historyOf = async (leadId: string) =>
  (await openLeads(table).history(leadId)).map(({ revision, command, from, to, party }) =>
    [revision, command, from ?? '-', to, party ?? '-'].join(' '),
  );
const entriesOf = async ({ truckId }: TruckItem): Promise<readonly string[]> => {
  const month = await table.get<{ entries?: Record<string, { kind: string; until?: number }> }>({
    pk: `TRUCK#${truckId}`,
    sk: 'CALENDAR#2027-03',
  });
  return Object.entries(month?.entries ?? {}).map(([id, { kind }]) => `${id} ${kind}`);
};

const quote = (version: number, percent = 20): Asked => ({
  command: 'quote',
  terms: { ...terms, deposit: { percent, withinMinutes: 120 } },
  quoteId: `quo_${version}`,
  requestHash: 'hash',
});
const accept = (quoteVersion: number): Asked => ({
  command: 'accept',
  quoteVersion,
  cancellationPolicy: defaultCancellationPolicy,
});

const ask = async (
  lead: Lead,
  party: Party,
  asked: Asked,
  now: Date,
  more: Partial<Circumstances> & { readonly on?: Table; readonly dryRun?: boolean } = {},
): Promise<Outcome> =>
  stepLead<Decided>(
    more.on ?? table,
    lead,
    (current) => decideAsked(current, party, asked, { now, completesEarly: more.completesEarly ?? false }),
    { party, now, stamp: (what) => ({ ...changeBy(party, epochSeconds(now)), what }), dryRun: more.dryRun },
  );
const asked = async (...given: Parameters<typeof ask>): Promise<Lead> => {
  const outcome = await ask(...given);
  if (outcome.kind !== 'stepped') throw new Error(`Refused: ${JSON.stringify(outcome)}`);
  return outcome.lead;
};
const quoted = async (truck: TruckItem, percent = 20, at = askedAt): Promise<Lead> => {
  const contacted = await asked(await newLead(truck, at), 'truck', { command: 'contact' }, at);
  return asked(contacted, 'truck', quote(1, percent), at);
};
const booked = async (truck: TruckItem): Promise<Lead> =>
  asked(await quoted(truck, 0), 'organizer', accept(1), askedAt);

/** The table, on which others are faster: they run right before each of the first transactions. */
const overtaken = (times: number, others: (round: number) => Promise<unknown>): Table => {
  let round = 0;
  return {
    ...table,
    async transact(writes) {
      round += 1;
      if (round <= times) await others(round);
      return table.transact(writes);
    },
  };
};
/** A table that nothing is written to. */
const sealed = (): Table => {
  const refuse = () => Promise.reject(new Error('A dry run writes'));
  return { ...table, transact: refuse, put: refuse, update: refuse, delete: refuse };
};

describe('a step', () => {
  test('is the lead, its history and its quote at once', async () => {
    const lead = await quoted(await newTruck());
    expect(await read(lead.leadId)).toEqual(lead);
    expect(lead).toMatchObject({ status: 'quoted', revision: 3, stage: 3, quote: { version: 1 } });
    expect(await historyOf(lead.leadId)).toEqual([
      '1 create - new organizer',
      '2 contact new contacted truck',
      '3 quote contacted quoted truck',
    ]);
    expect((await openLeads(table).quotes(lead.leadId)).map(({ version, by }) => [version, by])).toEqual([
      [1, 'truck'],
    ]);
  });

  test('that accepts keeps the time hard: calendar, hold and lead agree', async () => {
    const truck = await newTruck();
    const lead = await asked(await quoted(truck), 'organizer', accept(1), askedAt);
    const until = seconds('2027-03-01T12:00:00Z');
    expect(lead).toMatchObject({ status: 'accepted', depositBy: until, hold: { kind: 'hard', until } });
    expect(await read(lead.leadId)).toEqual(lead);
    expect(await entriesOf(truck)).toEqual([`${lead.leadId} hold`]);
    expect(await table.get({ pk: `LEAD#${lead.leadId}`, sk: 'HOLD' })).toMatchObject({
      kind: 'hard',
      status: 'active',
      until,
    });
  });

  test('that accepts with nothing due books in the same transaction', async () => {
    const truck = await newTruck();
    const free = await quoted(truck, 0);
    let transactions = 0;
    const on = overtaken(9, async () => {
      transactions += 1;
    });
    const lead = await asked(free, 'organizer', accept(1), askedAt, { on });
    expect(transactions).toBe(1);
    expect(lead).toMatchObject({ status: 'booked', revision: 5, hold: { kind: 'booking' } });
    expect(await read(lead.leadId)).toEqual(lead);
    expect((await historyOf(lead.leadId)).slice(3)).toEqual([
      '4 accept quoted accepted organizer',
      '5 book accepted booked organizer',
    ]);
    expect(await entriesOf(truck)).toEqual([`${lead.leadId} booking`]);
  });

  test.for<[string, Party, Asked, (truck: TruckItem) => Promise<Lead>]>([
    ['declines', 'organizer', { command: 'decline', reason: 'Too dear' }, (truck) => quoted(truck)],
    ['cancels', 'truck', { command: 'cancel', reason: 'Broken' }, booked],
  ])('that %s frees the time', async ([, party, word, make]) => {
    const truck = await newTruck();
    const before = await make(truck);
    expect(await entriesOf(truck)).toHaveLength(1);
    const lead = await asked(before, party, word, askedAt);
    expect(await entriesOf(truck)).toEqual([]);
    expect(lead.hold).toBeUndefined();
    expect(await read(lead.leadId)).toEqual(
      Object.fromEntries(Object.entries(lead).filter(([, value]) => value !== undefined)),
    );
    expect(await table.get({ pk: `LEAD#${lead.leadId}`, sk: 'HOLD' })).toMatchObject({ status: 'released' });
    // Somebody else can have it.
    await newLead(truck);
  });

  test('that declines after the hold has lapsed leaves the calendar alone', async () => {
    const truck = await newTruck();
    const first = await quoted(truck);
    const second = await newLead(truck, later);
    await asked(first, 'organizer', { command: 'decline' }, later);
    expect(await entriesOf(truck)).toEqual([`${second.leadId} hold`]);
  });

  test('that accepts after the hold has lapsed takes the time anew', async () => {
    const truck = await newTruck();
    const lead = await asked(await quoted(truck), 'organizer', accept(1), later);
    expect(lead.hold).toMatchObject({ kind: 'hard', since: seconds('2027-03-01T12:00:00Z') });
    expect(await entriesOf(truck)).toEqual([`${lead.leadId} hold`]);
  });

  test('that accepts a time which somebody else has is refused, with what takes it and when it would go', async () => {
    const truck = await newTruck();
    const first = await quoted(truck);
    await newLead(truck, later);
    const { from, to } = first.window;
    expect(await ask(first, 'organizer', accept(1), later)).toEqual({
      kind: 'unavailable',
      placement: { kind: 'taken', conflict: { from, to, kind: 'hold' } },
      // Half an hour of teardown, an hour of setup.
      earliestStart: seconds('2027-03-20T17:30:00Z'),
    });
    expect((await read(first.leadId)).status).toBe('quoted');
  });

  test('cannot rewrite history', async () => {
    const lead = await newLead(await newTruck());
    const row = { pk: historyPartition(lead.leadId), sk: '00000002', note: 'made up' };
    await table.put(row, {});
    await expect(ask(lead, 'truck', { command: 'contact' }, askedAt)).rejects.toThrow(
      `A step was refused by ${row.pk} 00000002`,
    );
    expect(await table.get(row)).toEqual(row);
    expect((await read(lead.leadId)).status).toBe('new');
  });
});

describe('a dry run', () => {
  test.for<[string, Party, Asked, (truck: TruckItem) => Promise<Lead>, object]>([
    ['contact', 'truck', { command: 'contact' }, newLead, { status: 'contacted', revision: 2 }],
    ['quote', 'organizer', quote(2), (truck) => quoted(truck), { status: 'quoted', quote: { version: 2 } }],
    [
      'accept',
      'organizer',
      accept(1),
      (truck) => quoted(truck),
      { status: 'accepted', hold: { kind: 'hard' } },
    ],
    [
      'accept with nothing due',
      'organizer',
      accept(1),
      (truck) => quoted(truck, 0),
      { status: 'booked', hold: { kind: 'booking' } },
    ],
    ['decline', 'truck', { command: 'decline' }, (truck) => quoted(truck), { status: 'declined' }],
    ['cancel', 'truck', { command: 'cancel', reason: 'Broken' }, booked, { status: 'cancelled' }],
    ['complete', 'truck', { command: 'complete' }, booked, { status: 'completed' }],
  ])('of %s says what would be, and writes nothing', async ([, party, word, make, expected]) => {
    const lead = await make(await newTruck());
    const options = { on: sealed(), dryRun: true, completesEarly: true };
    expect(await asked(lead, party, word, askedAt, options)).toMatchObject(expected);
  });

  test('looks at the calendar as the step does', async () => {
    const truck = await newTruck();
    const first = await quoted(truck);
    await newLead(truck, later);
    const dry = await ask(first, 'organizer', accept(1), later, { on: sealed(), dryRun: true });
    expect(dry).toEqual(await ask(first, 'organizer', accept(1), later));
    expect(dry.kind).toBe('unavailable');
  });

  test('refuses what the step would refuse', async () => {
    const lead = await newLead(await newTruck());
    const dry = await ask(lead, 'truck', quote(1), askedAt, { on: sealed(), dryRun: true });
    expect(dry).toEqual({ kind: 'not_allowed', currentStatus: 'new', allowed: ['contacted'] });
  });
});

describe('who loses decides anew', () => {
  test('on what the lead is then', async () => {
    const lead = await newLead(await newTruck());
    const note = async () =>
      table.transact([
        noteWrite(
          await read(lead.leadId),
          { takenAt: '2027-03-01T10:30:00.000Z' },
          changeBy('x', epochSeconds(askedAt)),
        ),
      ]);
    const after = await asked(lead, 'truck', { command: 'contact' }, askedAt, { on: overtaken(2, note) });
    expect(after).toMatchObject({ status: 'contacted', revision: 4, takenAt: '2027-03-01T10:30:00.000Z' });
    expect(await historyOf(lead.leadId)).toEqual([
      '1 create - new organizer',
      '4 contact new contacted truck',
    ]);
  });

  test('eight times at most', async () => {
    const lead = await newLead(await newTruck());
    let notes = 0;
    const note = async () => {
      notes += 1;
      const current = await read(lead.leadId);
      await table.transact([noteWrite(current, {}, changeBy('x', epochSeconds(askedAt)))]);
    };
    const on = overtaken(99, note);
    expect(await ask(lead, 'truck', { command: 'contact' }, askedAt, { on })).toEqual({ kind: 'busy' });
    expect(notes).toBe(8);
  });

  test('by the truck as it is then', async () => {
    const truck = await newTruck();
    const lead = await quoted(truck);
    const moved = async () => table.put({ ...truck, setupMinutes: 120, revision: 2 }, {});
    // Its hold has lapsed: it is placed anew, by the setup of now.
    const after = await asked(lead, 'organizer', accept(1), later, { on: overtaken(1, moved) });
    expect(after.hold?.blocked.from).toBe(seconds('2027-03-20T10:00:00Z'));
  });
});

describe('a quote whose request is repeated', () => {
  test('is refused by itself, and makes no version', async () => {
    const lead = await quoted(await newTruck());
    const again = await ask(lead, 'truck', quote(1), askedAt);
    expect(again).toMatchObject({ kind: 'quote_exists', quote: { version: 1, quoteId: 'quo_1' } });
    expect(await openLeads(table).quotes(lead.leadId)).toHaveLength(1);
  });

  test('at the same instant too', async () => {
    const lead = await asked(await newLead(await newTruck()), 'truck', { command: 'contact' }, askedAt);
    const both = await Promise.all([1, 2].map(() => ask(lead, 'truck', quote(1), askedAt)));
    expect(both.map(({ kind }) => kind).sort()).toEqual(['quote_exists', 'stepped']);
    expect((await read(lead.leadId)).quote).toMatchObject({ version: 1 });
  });
});

/** One before the other, one within the other, and both at once. */
type Order = 'first' | 'second' | 'second within first' | 'first within second' | 'at once';
const orders: readonly Order[] = [
  'first',
  'second',
  'second within first',
  'first within second',
  ...Array.from({ length: 6 }, () => 'at once' as const),
];
const both = async <T>(
  order: Order,
  first: (on: Table) => Promise<T>,
  second: (on: Table) => Promise<T>,
): Promise<readonly [T, T]> => {
  let inner: T | undefined;
  const within = (run: (on: Table) => Promise<T>): Table =>
    overtaken(1, async () => {
      inner = await run(table);
    });
  switch (order) {
    case 'first': {
      const one = await first(table);
      return [one, await second(table)];
    }
    case 'second': {
      const other = await second(table);
      return [await first(table), other];
    }
    case 'second within first': {
      const one = await first(within(second));
      return [one, inner as T];
    }
    case 'first within second': {
      const other = await second(within(first));
      return [inner as T, other];
    }
    case 'at once':
      return Promise.all([first(table), second(table)]);
  }
};

describe.each(orders.map((order, round) => [order, round] as const))('%s (round %i)', (order) => {
  test('accepted while the truck offers anew: what was read is booked, or refused as outdated', async () => {
    const lead = await quoted(await newTruck());
    const [accepted, offered] = await both(
      order,
      (on) => ask(lead, 'organizer', accept(1), askedAt, { on }),
      (on) => ask(lead, 'truck', quote(2), askedAt, { on }),
    );
    const { status, quote: latest } = await read(lead.leadId);
    if (accepted.kind === 'stepped') {
      expect(offered).toEqual({ kind: 'not_allowed', currentStatus: 'accepted', allowed: ['booked'] });
      expect([status, latest?.version]).toEqual(['accepted', 1]);
    } else {
      expect(accepted).toEqual({ kind: 'outdated_quote', latestVersion: 2 });
      expect(offered.kind).toBe('stepped');
      expect([status, latest?.version]).toEqual(['quoted', 2]);
    }
    expect(await historyOf(lead.leadId)).toHaveLength(4);
  });

  test('two leads accepted for one time: one has it, the other is told by what it is taken', async () => {
    const truck = await newTruck();
    const one = await quoted(truck);
    const other = await quoted(truck, 20, new Date('2027-03-01T11:30:00Z'));
    const when = new Date('2027-03-01T13:00:00Z');
    const outcomes = await both(
      order,
      (on) => ask(one, 'organizer', accept(1), when, { on }),
      (on) => ask(other, 'organizer', accept(1), when, { on }),
    );
    const won = outcomes.findIndex(({ kind }) => kind === 'stepped');
    expect(outcomes[1 - won]).toEqual({
      kind: 'unavailable',
      placement: { kind: 'taken', conflict: { ...one.window, kind: 'hold' } },
      earliestStart: seconds('2027-03-20T17:30:00Z'),
    });
    const [winner, loser] = won === 0 ? [one, other] : [other, one];
    expect(await entriesOf(truck)).toEqual([`${winner.leadId} hold`]);
    expect([(await read(winner.leadId)).status, (await read(loser.leadId)).status]).toEqual([
      'accepted',
      'quoted',
    ]);
  });

  test('called off while it is completed: one of both, and the calendar says which', async () => {
    const truck = await newTruck();
    const lead = await booked(truck);
    // By a clock that is a second behind the other.
    const [cancelled, completed] = await both(
      order,
      (on) =>
        ask(lead, 'organizer', { command: 'cancel', reason: 'Rain' }, new Date('2027-03-20T15:59:59Z'), {
          on,
        }),
      (on) => ask(lead, 'truck', { command: 'complete' }, new Date('2027-03-20T16:00:00Z'), { on }),
    );
    const { status } = await read(lead.leadId);
    const refused = { kind: 'not_allowed', currentStatus: status, allowed: [] };
    if (cancelled.kind === 'stepped') {
      expect([status, completed, await entriesOf(truck)]).toEqual(['cancelled', refused, []]);
    } else {
      expect([status, cancelled]).toEqual(['completed', refused]);
      expect(completed.kind).toBe('stepped');
      expect(await entriesOf(truck)).toEqual([`${lead.leadId} booking`]);
    }
    expect(await historyOf(lead.leadId)).toHaveLength(6);
  });
});
