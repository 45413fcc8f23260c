import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BriefItem } from '../../../functions/marketplace/briefs/brief.ts';
import { monthsOf } from '../../../functions/marketplace/calendar/calendar-month.ts';
import { readCalendar } from '../../../functions/marketplace/calendar/calendar-store.ts';
import { askTrucks } from '../../../functions/marketplace/leads/ask-trucks.ts';
import type { LeadCreation } from '../../../functions/marketplace/leads/create-lead.ts';
import type { Lead } from '../../../functions/marketplace/leads/lead.ts';
import { leadKey, noteWrite, openLeads } from '../../../functions/marketplace/leads/lead-store.ts';
import type { TruckItem } from '../../../functions/marketplace/truck.ts';
import { extendLeadHold } from '../../../functions/marketplace/truck-holds/extend-lead-hold.ts';
import { holdKey } from '../../../functions/marketplace/truck-holds/hold-item.ts';
import { releaseTime, takeTime } from '../../../functions/marketplace/truck-holds/truck-hold.ts';
import { expireTruckHold } from '../../../functions/marketplace/truck-holds/truck-hold-expiry.ts';
import { keyOf } from '../../../functions/platform/owned-item.ts';
import { currentScope, inScope } from '../../../functions/platform/request-scope.ts';
import { bucuresti, changeBy, type LeadWorld, now, startLeads } from '../leads/lead-table.ts';
import { seconds } from '../leads/lead-world.ts';

let world: LeadWorld;
beforeAll(async () => {
  world = await startLeads();
});
afterAll(() => world.stop());

const minutes = (count: number) => count * 60;
const created = (outcome: LeadCreation): Lead => {
  if (outcome.kind !== 'created') throw new Error(`${outcome.kind} instead of a lead`);
  return outcome.lead;
};
const withHold = (lead: Lead) => {
  if (lead.hold === undefined) throw new Error('A lead without a hold');
  return { ...lead, hold: lead.hold };
};
const reread = async ({ leadId }: Lead): Promise<Lead> => (await openLeads(world.table).get(leadId)) as Lead;
const truckNow = async ({ truckId }: TruckItem): Promise<TruckItem> =>
  (await world.table.get<TruckItem>(keyOf('TRUCK', truckId), { consistent: true })) as TruckItem;

/** Makes the lead’s time a booking, as its last step does. */
const book = async (lead: Lead, truck: TruckItem, at: number) => {
  const change = changeBy('test', at);
  const current = await reread(lead);
  return takeTime(
    world.table,
    truck,
    current,
    { kind: 'booking' },
    (hold) => [noteWrite(current, { hold }, change)],
    change,
    at,
  );
};
const extend = async (lead: Lead, by: number | undefined, at: number) =>
  extendLeadHold(world.table, await reread(lead), by, changeBy('dan', at), at);

const calendar = async ({ truckId, window }: Lead) => {
  const { months } = await readCalendar(world.table, truckId, window, { consistent: true });
  return months.map(({ month, entries }) => [
    month,
    entries.map(({ id, kind, until }) => ({ id, kind, until })),
  ]);
};
const holdItem = ({ leadId }: Lead) => world.table.get(holdKey(leadId), { consistent: true });

const saturday = { from: seconds('2027-02-06T12:00:00Z'), to: seconds('2027-02-06T16:00:00Z') };
const picnic = () => world.newBrief(saturday.from, saturday.to);

describe('two organizers and one slot', () => {
  /** So many days in a row on each of five trucks, all trucks at once. */
  const onFiveTrucks = (days: number, race: (truck: TruckItem, from: number) => Promise<void>) =>
    Promise.all(
      Array.from({ length: 5 }, async () => {
        const truck = await world.newTruck();
        for (let day = 1; day <= days; day += 1) await race(truck, now + day * 86_400);
      }),
    );

  test('two hundred times at once: one asks, the other is told by whom the time is taken', async () => {
    let rounds = 0;
    await onFiveTrucks(40, async (truck, from) => {
      const shown = { from, to: from + 4 * 3_600 };
      const briefs = await Promise.all([1, 2].map(() => world.newBrief(shown.from, shown.to)));
      const outcomes = await Promise.all(briefs.map((brief) => world.ask(brief, truck)));
      expect(outcomes.map(({ kind }) => kind).sort()).toEqual(['created', 'unavailable']);
      // Teardown of half an hour, then an hour of setup: an hour and a half after the other’s end.
      expect(outcomes.find(({ kind }) => kind === 'unavailable')).toEqual({
        kind: 'unavailable',
        placement: { kind: 'taken', conflict: { ...shown, kind: 'hold' } },
        earliestStart: shown.to + minutes(90),
      });
      rounds += 1;
    });
    expect(rounds).toBe(200);
  }, 120_000);

  test('of a lapsed hold that is booked and a new lead, one gets the time, fifty times at once', async () => {
    const outcomes: string[] = [];
    await onFiveTrucks(10, async (truck, from) => {
      const [one, other] = await Promise.all([
        world.newBrief(from, from + 3_600),
        world.newBrief(from, from + 3_600),
      ]);
      const lead = created(await world.ask(one, truck));
      const later = now + minutes(60) + 1;
      const [booked, asked] = await Promise.all([
        book(lead, truck, later),
        world.ask(other, truck, { at: later }),
      ]);
      outcomes.push(`${booked.kind} ${asked.kind}`);
    });
    expect(outcomes).toHaveLength(50);
    const right = ['written unavailable', 'unavailable created'];
    expect(outcomes.filter((outcome) => !right.includes(outcome))).toEqual([]);
  }, 120_000);

  test('with two units both have room, and a third has not', async () => {
    const truck = await world.newTruck({ units: 2 });
    const outcomes = await Promise.all([1, 2, 3].map(async () => world.ask(await picnic(), truck)));
    expect(outcomes.map(({ kind }) => kind).sort()).toEqual(['created', 'created', 'unavailable']);
    const units = outcomes.flatMap((outcome) =>
      outcome.kind === 'created' ? [outcome.lead.hold?.unit] : [],
    );
    expect(units.sort()).toEqual([0, 1]);
  });
});

describe('a soft hold', () => {
  test('stands through its last second; in the next others may ask, and several talk about one time', async () => {
    const truck = await world.newTruck({ holdMinutes: 30 });
    const lead = created(await world.ask(await picnic(), truck));
    const until = now + minutes(30);
    expect(lead.hold).toEqual({
      kind: 'soft',
      until,
      since: now,
      unit: 0,
      blocked: { from: saturday.from - minutes(60), to: saturday.to + minutes(30) },
    });
    expect(await world.ask(await picnic(), truck, { at: until })).toMatchObject({ kind: 'unavailable' });
    const second = created(await world.ask(await picnic(), truck, { at: until + 1 }));
    // The first finds its time taken; that it lapsed is announced once, and only when it has.
    expect(await book(lead, truck, until + 2)).toEqual({
      kind: 'unavailable',
      placement: { kind: 'taken', conflict: { ...saturday, kind: 'hold' } },
    });
    expect(await book(second, truck, until + 2)).toMatchObject({
      kind: 'written',
      hold: { kind: 'booking' },
    });
    expect(await calendar(lead)).toEqual([['2027-02', [{ id: second.leadId, kind: 'booking' }]]]);
  });

  test('is extended while it lives, at most two hours from its beginning', async () => {
    const truck = await world.newTruck({ holdMinutes: 60 });
    const lead = created(await world.ask(await picnic(), truck));
    const latest = now + minutes(120);
    expect(await extend(lead, 90, now)).toEqual({ kind: 'extended', until: now + minutes(90) });
    expect(await extend(lead, 30, now)).toEqual({ kind: 'extended', until: now + minutes(90) });
    expect(await extend(lead, 91, now + minutes(30))).toEqual({ kind: 'limit', latest });
    // Without minutes: as long as the truck holds, cut at the bound.
    expect(await extend(lead, undefined, now + minutes(90))).toEqual({ kind: 'extended', until: latest });
    expect(await extend(lead, undefined, now + minutes(90))).toEqual({ kind: 'limit', latest });
    expect((await reread(lead)).hold).toMatchObject({ until: latest, since: now });
    expect(await holdItem(lead)).toMatchObject({ status: 'active', until: latest, revision: 3 });
    expect(await calendar(lead)).toEqual([['2027-02', [{ id: lead.leadId, kind: 'hold', until: latest }]]]);
    expect(await extend(lead, 1, latest + 1)).toEqual({ kind: 'expired' });
    expect(await world.ask(await picnic(), truck, { at: latest })).toMatchObject({ kind: 'unavailable' });
  });

  test('that another took since is not extended by a clock that is behind', async () => {
    const truck = await world.newTruck({ holdMinutes: 30 });
    const lead = created(await world.ask(await picnic(), truck));
    created(await world.ask(await picnic(), truck, { at: now + minutes(30) + 1 }));
    expect(await extend(lead, 60, now + minutes(29))).toEqual({ kind: 'expired' });
  });

  test('extended twenty times at once reaches as far as the longest', async () => {
    const truck = await world.newTruck({ holdMinutes: 30 });
    const lead = created(await world.ask(await picnic(), truck));
    const asked = Array.from({ length: 20 }, (_, index) => 31 + index);
    const outcomes = await Promise.all(asked.map((by) => extend(lead, by, now)));
    expect(new Set(outcomes.map(({ kind }) => kind)).difference(new Set(['extended', 'busy']))).toEqual(
      new Set(),
    );
    const reached = outcomes.flatMap((outcome) => (outcome.kind === 'extended' ? [outcome.until] : []));
    expect((await reread(lead)).hold?.until).toBe(Math.max(...reached));
  });

  test('is announced as expired when it has, once, and not while it lives or after it was booked', async () => {
    const truck = await world.newTruck({ holdMinutes: 30 });
    const lead = created(await world.ask(await picnic(), truck));
    const until = now + minutes(30);
    const expire = (at: number) => expireTruckHold(world.table, lead.leadId, changeBy('system', at), at);
    expect(await expire(until)).toEqual({ kind: 'not_due', until });
    expect(await expire(until + 1)).toEqual({ kind: 'expired' });
    expect(await expire(until + 2)).toEqual({ kind: 'over_already' });
    expect(await holdItem(lead)).toMatchObject({ status: 'expired', revision: 2, ttl: until + 30 * 86_400 });

    expect(await book(lead, truck, until + 3)).toMatchObject({ kind: 'written' });
    expect(await expire(saturday.to + 86_400)).toEqual({ kind: 'over_already' });
    expect(await holdItem(lead)).toMatchObject({ status: 'confirmed', kind: 'booking', revision: 3 });
  });
});

describe('a booking', () => {
  test('keeps the place of its hold, whatever the truck has said since', async () => {
    const truck = await world.newTruck();
    const lead = created(await world.ask(await picnic(), truck));
    // Since then it opens on Mondays only, and needs three hours before.
    await world.table.put(
      { ...truck, openingHours: [{ day: 1, from: '10:00', to: '12:00' }], setupMinutes: 180, revision: 2 },
      {},
    );
    expect(await book(lead, await truckNow(truck), now + 1)).toMatchObject({
      kind: 'written',
      hold: { unit: 0, blocked: { from: saturday.from - minutes(60), to: saturday.to + minutes(30) } },
    });
  });

  test('after the hold lapsed goes by what the truck says now, also when that changes at the last moment', async () => {
    const truck = await world.newTruck();
    const lead = created(await world.ask(await picnic(), truck));
    const later = now + minutes(60) + 1;
    await world.table.put({ ...truck, setupMinutes: 180, revision: 2 }, {});
    // Decided on the truck as it was: nothing is written.
    expect(await book(lead, truck, later)).toMatchObject({ kind: 'refused', old: { revision: 2 } });
    expect(await book(lead, await truckNow(truck), later)).toMatchObject({
      kind: 'written',
      hold: { blocked: { from: saturday.from - minutes(180) } },
    });
  });

  test('is not made for a lead that has changed since it was read', async () => {
    const truck = await world.newTruck();
    const stale = created(await world.ask(await picnic(), truck));
    await extend(stale, 90, now);
    const change = changeBy('test');
    const taken = await takeTime(
      world.table,
      truck,
      stale,
      { kind: 'booking' },
      (hold) => [noteWrite(stale, { hold }, change)],
      change,
      now,
    );
    expect(taken).toMatchObject({ kind: 'refused', old: { sk: 'LEAD', revision: 2 } });
    expect(await calendar(stale)).toMatchObject([['2027-02', [{ kind: 'hold' }]]]);
  });

  test('over the border of a month lies in both, and goes from both', async () => {
    const truck = await world.newTruck();
    const brief = await world.newBrief('2027-01-31T20:00:00Z', '2027-02-01T04:00:00Z');
    const lead = created(await world.ask(brief, truck));
    expect(monthsOf(lead.window)).toEqual(['2027-01', '2027-02']);
    await book(lead, truck, now);
    const entry = { id: lead.leadId, kind: 'booking' };
    expect(await calendar(lead)).toEqual([
      ['2027-01', [entry]],
      ['2027-02', [entry]],
    ]);
    const booked = withHold(await reread(lead));
    expect(
      await releaseTime(world.table, booked, [noteWrite(booked, {}, changeBy('dan'))], changeBy('dan'), now),
    ).toEqual({ kind: 'written' });
    expect(await calendar(lead)).toEqual([
      ['2027-01', []],
      ['2027-02', []],
    ]);
    expect(await holdItem(lead)).toMatchObject({ status: 'released' });
  });

  test('the neighbour beyond the border of a month is too near, also at once', async () => {
    const truck = await world.newTruck({ serviceArea: { radiusKm: 600 } });
    const briefs = await Promise.all([
      world.newBrief('2027-01-31T18:00:00Z', '2027-01-31T22:00:00Z'),
      world.newBrief('2027-02-01T04:00:00Z', '2027-02-01T08:00:00Z', { venue: bucuresti }),
    ]);
    const outcomes = await Promise.all(briefs.map((brief) => world.ask(brief, truck)));
    expect(outcomes.map(({ kind }) => kind).sort()).toEqual(['created', 'unavailable']);
    expect(outcomes.find(({ kind }) => kind === 'unavailable')).toMatchObject({
      placement: { kind: 'too_far', travelSeconds: 422 * 60 },
    });
  });

  test('for a month, whose neighbourhood touches three, is one transaction', async () => {
    const truck = await world.newTruck();
    const brief = await world.newBrief('2027-02-01T00:00:00Z', '2027-03-04T00:00:00Z');
    expect(await world.ask(brief, truck)).toMatchObject({ kind: 'created' });
  });
});

describe('what is asked twice', () => {
  test('a repeat is the same lead, though by now its time is another’s and the truck is not listed', async () => {
    const truck = await world.newTruck();
    const brief = await picnic();
    const lead = created(await world.ask(brief, truck));
    const later = now + minutes(60) + 1;
    created(await world.ask(await picnic(), truck, { at: later }));
    const repeat = () => world.ask(brief, truck, { leadId: lead.leadId, at: later });
    expect(await repeat()).toEqual({ kind: 'replayed', lead });
    await world.table.put({ ...truck, status: 'draft' }, {});
    expect(await repeat()).toEqual({ kind: 'replayed', lead });
    expect(await world.ask(brief, truck, { at: later })).toEqual({ kind: 'no_truck' });
  });

  test('ten times at once is one lead, counted once', async () => {
    const truck = await world.newTruck();
    const brief = await picnic();
    const leadId = 'lead_00000000000000000000000001';
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => world.ask(brief, truck, { leadId })));
    expect(outcomes.map(({ kind }) => kind).sort()).toEqual([
      'created',
      ...Array<string>(9).fill('replayed'),
    ]);
    const counted = await world.table.get<BriefItem>(keyOf('BRIEF', brief.briefId), { consistent: true });
    expect(counted?.leads).toBe(1);
  });

  test('a truck is asked about a brief once, until that lead has ended', async () => {
    const truck = await world.newTruck({ units: 2 });
    const brief = await picnic();
    const first = created(await world.ask(brief, truck));
    expect(await world.ask(brief, truck)).toEqual({ kind: 'lead_exists', leadId: first.leadId });
    await world.table.update(leadKey(first.leadId), {
      update: 'SET #status = :declined',
      names: { '#status': 'status' },
      values: { ':declined': 'declined' },
    });
    const second = created(await world.ask(brief, truck));
    expect(await world.ask(brief, truck)).toEqual({ kind: 'lead_exists', leadId: second.leadId });
  });

  test('fifty trucks of a brief are enough', async () => {
    const brief = await world.newBrief(saturday.from, saturday.to, { leads: 49 });
    created(await world.ask(brief, await world.newTruck()));
    expect(await world.ask(brief, await world.newTruck())).toEqual({ kind: 'too_many_leads' });
  });

  test('of several trucks those that time is too short for are left; the same request goes on with them', async () => {
    const brief = await picnic();
    const trucks = await Promise.all([1, 2, 3].map(() => world.newTruck()));
    const askAll = (clock: () => number) =>
      askTrucks(
        world.table,
        { leadId: 'lead_00000000000000000000000002', requestHash: 'hash-1', brief },
        trucks.map(({ truckId }) => truckId),
        changeBy('dan'),
        now,
        clock,
      );
    const kinds = (asked: Awaited<ReturnType<typeof askAll>>) => asked.map(({ outcome }) => outcome.kind);
    // Each takes four seconds: the third would begin in the eighth.
    let seconds = now - 4;
    const slow = () => {
      seconds += 4;
      return seconds;
    };
    expect(kinds(await askAll(slow))).toEqual(['created', 'created', 'busy']);
    expect(kinds(await askAll(() => now))).toEqual(['replayed', 'replayed', 'created']);
  });

  test('a brief that changed since it was read is asked about as it is now', async () => {
    const truck = await world.newTruck();
    const brief = await picnic();
    await world.table.put({ ...brief, guests: 300, revision: 2 }, {});
    expect(created(await world.ask(brief, truck)).guests).toBe(300);
  });
});

test('a lead costs two read units and seventeen write units, a refused one writes nothing', async () => {
  const truck = await world.newTruck();
  const brief = await picnic();
  const costOf = async (run: () => Promise<unknown>) =>
    inScope({ requestId: 'r', traceparent: undefined }, async () => {
      await run();
      return currentScope()?.cost;
    });
  expect(await costOf(() => world.ask(brief, truck))).toEqual({ calls: 3, readUnits: 2, writeUnits: 17 });
  const other = await picnic();
  expect(await costOf(() => world.ask(other, truck))).toEqual({ calls: 5, readUnits: 5, writeUnits: 0 });
});
