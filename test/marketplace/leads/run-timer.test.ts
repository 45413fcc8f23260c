import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readCalendar } from '../../../functions/marketplace/calendar/calendar-store.ts';
import type { Lead, LeadTimer } from '../../../functions/marketplace/leads/lead.ts';
import { noteWrite, openLeads, stepWrites } from '../../../functions/marketplace/leads/lead-store.ts';
import { runTimer, type TimerPorts } from '../../../functions/marketplace/leads/run-timer.ts';
import type { TruckItem } from '../../../functions/marketplace/truck.ts';
import {
  changeAt,
  type LeadTable,
  leadWith,
  quoteWith,
  seconds,
  startLeadTable,
} from '../../support/lead.ts';

let world: LeadTable;
let truck: TruckItem;
beforeAll(async () => {
  world = await startLeadTable();
  truck = await world.truck({ units: 20 });
});
afterAll(() => world.stop());

const stamp = (at: string) => (what: string) => ({ ...changeAt(at), what, by: 'system:leads-machine' });

/** Has a timer of the lead’s stage done at an instant. */
const run = (lead: Lead, timer: LeadTimer, at: string, ports: Partial<TimerPorts> = {}) => {
  const { table } = world;
  const all = {
    table,
    leads: openLeads(table),
    clock: () => seconds(at),
    askForDeposit: async () => undefined,
    ...ports,
  };
  return runTimer(all, { leadId: lead.leadId, stage: lead.stage, timer }, stamp(at));
};
const now = async ({ leadId }: Lead): Promise<Lead> => (await openLeads(world.table).get(leadId)) as Lead;
const historyOf = async ({ leadId }: Lead) =>
  (await openLeads(world.table).history(leadId)).map(({ command, to, actor, at }) => [
    command,
    to,
    actor,
    at,
  ]);
const createdAs = (status: string) => ['create', status, 'test', '2027-03-03T10:00:00.500Z'];
const entriesOf = async ({ leadId, window }: Lead) => {
  const { months } = await readCalendar(world.table, truck.truckId, window, { consistent: true });
  return months.map(({ version, entries }) => [version, entries.some(({ id }) => id === leadId)]);
};

describe('a reminder', () => {
  test('is noted once a stage, and is no step', async () => {
    const lead = await world.lead();
    expect(await run(lead, 'remind', '2027-03-04T09:59:59Z')).toEqual({
      kind: 'not_due',
      at: seconds('2027-03-04T10:00:00Z'),
    });
    expect(await run(lead, 'remind', '2027-03-04T10:00:00Z')).toEqual({ kind: 'done' });
    expect(await now(lead)).toEqual({
      ...lead,
      remindedAt: '2027-03-04T10:00:00Z',
      updatedAt: '2027-03-04T10:00:00Z',
      revision: 2,
    });
    expect(await run(lead, 'remind', '2027-03-04T10:00:01Z')).toEqual({ kind: 'over' });
    expect((await now(lead)).revision).toBe(2);
    expect(await historyOf(lead)).toEqual([createdAs('new')]);
  });

  test('comes again in the next stage', async () => {
    const lead = await world.lead();
    await run(lead, 'remind', '2027-03-04T10:00:00Z');
    await world.table.transact(
      stepWrites(
        await now(lead),
        [{ command: 'contact', fields: {} }],
        'truck',
        changeAt('2027-03-04T11:00:00.000Z'),
      ),
    );
    const contacted = await now(lead);
    expect(await run(lead, 'remind', '2027-03-05T11:00:00Z')).toEqual({ kind: 'over' });
    expect(await run(contacted, 'remind', '2027-03-05T11:00:00Z')).toEqual({ kind: 'done' });
    expect((await now(lead)).remindedAt).toBe('2027-03-05T11:00:00Z');
  });

  test('of a lead whose event begins is of no use', async () => {
    const lead = await world.lead({ since: '2027-03-06T07:00:00.000Z' });
    expect(await run(lead, 'remind', '2027-03-06T10:00:00Z')).toEqual({ kind: 'over' });
    // The clock is a second behind that of the machine.
    expect(await run(lead, 'remind', '2027-03-06T09:59:59Z')).toEqual({
      kind: 'not_due',
      at: seconds('2027-03-07T07:00:00Z'),
    });
  });
});

describe('an offer', () => {
  test('ends at its instant, and the time that is still held is free', async () => {
    const lead = await world.lead(
      { status: 'quoted', stage: 3, quote: quoteWith() },
      { truck, as: { kind: 'soft', until: seconds('2027-03-05T13:00:00Z') } },
    );
    const held = await entriesOf(lead);
    expect(held).toEqual([[expect.any(Number), true]]);
    expect(await run(lead, 'expire', '2027-03-05T11:59:59Z')).toMatchObject({ kind: 'not_due' });
    expect(await run(lead, 'expire', '2027-03-05T12:00:00Z')).toEqual({ kind: 'done' });
    expect(await now(lead)).toMatchObject({ status: 'expired', stage: 4, since: '2027-03-05T12:00:00Z' });
    expect(await now(lead)).not.toHaveProperty('hold');
    expect(await historyOf(lead)).toEqual([
      createdAs('quoted'),
      ['expire', 'expired', 'system:leads-machine', '2027-03-05T12:00:00Z'],
    ]);
    expect(await entriesOf(lead)).toEqual([[Number(held[0]?.[0]) + 1, false]]);
    expect(await world.table.get({ pk: `LEAD#${lead.leadId}`, sk: 'HOLD' })).toMatchObject({
      status: 'released',
      revision: 2,
    });
    expect(await run(lead, 'expire', '2027-03-05T12:00:01Z')).toEqual({ kind: 'over' });
    expect(await historyOf(lead)).toHaveLength(2);
  });

  test('that another one replaced does not end the lead', async () => {
    const lead = await world.lead({ status: 'quoted', stage: 4, quote: quoteWith({ version: 2 }) });
    expect(await run({ ...lead, stage: 3 }, 'expire', '2027-03-05T12:00:00Z')).toEqual({ kind: 'over' });
    expect((await now(lead)).status).toBe('quoted');
  });

  test('ends although somebody notes something between reading and writing', async () => {
    const lead = await world.lead({ status: 'quoted', stage: 3, quote: quoteWith() });
    const leads = openLeads(world.table);
    const change = changeAt('2027-03-05T11:59:59.000Z');
    let reads = 0;
    const get: TimerPorts['leads']['get'] = async (leadId) => {
      const read = (await leads.get(leadId)) as Lead;
      reads += 1;
      if (reads === 1) await world.table.transact([noteWrite(read, { takenAt: change.at }, change)]);
      return read;
    };
    expect(await run(lead, 'expire', '2027-03-05T12:00:00Z', { leads: { ...leads, get } })).toEqual({
      kind: 'done',
    });
    expect(reads).toBe(1);
    expect(await now(lead)).toMatchObject({ status: 'expired', takenAt: change.at });
  });

  test('ends once when many come to it at once', async () => {
    const lead = await world.lead(
      { status: 'quoted', stage: 3, quote: quoteWith() },
      { truck, as: { kind: 'soft', until: seconds('2027-03-05T13:00:00Z') } },
    );
    const outcomes = await Promise.all(
      Array.from({ length: 5 }, () => run(lead, 'expire', '2027-03-05T12:00:00Z')),
    );
    expect(outcomes.map(({ kind }) => kind).sort()).toEqual(['done', 'over', 'over', 'over', 'over']);
    expect(await historyOf(lead)).toHaveLength(2);
  });
});

describe('a lead lapses', () => {
  test.each(['new', 'contacted'] as const)(
    '%s when its event begins; a hold that is over is left',
    async (status) => {
      const lead = await world.lead(
        { status, window: { from: seconds('2027-04-06T10:00:00Z'), to: seconds('2027-04-06T14:00:00Z') } },
        { truck, as: { kind: 'soft', until: seconds('2027-03-03T11:00:00Z') } },
      );
      const held = await entriesOf(lead);
      expect(await run(lead, 'lapse', '2027-04-06T10:00:00Z')).toEqual({ kind: 'done' });
      expect((await now(lead)).status).toBe('expired');
      expect(await entriesOf(lead)).toEqual(held);
    },
  );

  const accepted = {
    status: 'accepted',
    stage: 4,
    quote: quoteWith(),
    depositBy: seconds('2027-03-04T08:00:00Z'),
  } as const;
  const deposit = {
    paymentId: 'pay_1',
    provider: 'test',
    status: 'created',
    amount: 200_000,
  } as const;

  test('accepted, when nobody has paid and nobody can ask', async () => {
    const lead = await world.lead(accepted);
    expect(await run(lead, 'lapse', '2027-03-04T08:00:00Z')).toMatchObject({ kind: 'not_due' });
    expect(await run(lead, 'lapse', '2027-03-04T08:00:01Z')).toEqual({ kind: 'done' });
    expect((await now(lead)).status).toBe('expired');
  });

  test('accepted, when the provider knows of no money: it is asked once', async () => {
    const lead = await world.lead({ ...accepted, deposit });
    const asked: string[] = [];
    const askForDeposit = async ({ leadId }: Lead) => {
      asked.push(leadId);
    };
    expect(await run(lead, 'lapse', '2027-03-04T08:00:01Z', { askForDeposit })).toEqual({ kind: 'done' });
    expect(asked).toEqual([lead.leadId]);
    expect((await now(lead)).status).toBe('expired');
  });

  test('not when the provider has the money: it is booked', async () => {
    const lead = await world.lead({ ...accepted, deposit });
    const askForDeposit: TimerPorts['askForDeposit'] = async (read, by) => {
      await world.table.transact(
        stepWrites(
          read,
          [{ command: 'book', fields: { deposit: { ...deposit, status: 'authorized' } } }],
          undefined,
          by('lead.booked'),
        ),
      );
    };
    expect(await run(lead, 'lapse', '2027-03-04T08:00:01Z', { askForDeposit })).toEqual({ kind: 'over' });
    expect(await now(lead)).toMatchObject({ status: 'booked', deposit: { status: 'authorized' } });
  });
});

test('a booking is completed when its event is over', async () => {
  const lead = await world.lead({ status: 'booked', stage: 5 });
  expect(await run(lead, 'complete', '2027-03-06T13:59:59Z')).toMatchObject({ kind: 'not_due' });
  expect(await run(lead, 'complete', '2027-03-06T14:00:00Z')).toEqual({ kind: 'done' });
  expect((await now(lead)).status).toBe('completed');
});

test('a timer that the stage does not have, and a lead that does not exist, are broken promises', async () => {
  const lead = await world.lead();
  await expect(run(lead, 'complete', '2027-03-06T14:00:00Z')).rejects.toThrow(
    'Nothing is to complete of a lead that is new',
  );
  await expect(run(leadWith(), 'remind', '2027-03-06T14:00:00Z')).rejects.toThrow('There is no lead lead_');
});
