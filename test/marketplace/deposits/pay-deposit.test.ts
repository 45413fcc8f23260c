import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { applyDepositNews } from '../../../functions/marketplace/deposits/apply-deposit-news.ts';
import { askForDeposit } from '../../../functions/marketplace/deposits/ask-for-deposit.ts';
import { payDeposit } from '../../../functions/marketplace/deposits/pay-deposit.ts';
import { retryRefund } from '../../../functions/marketplace/deposits/retry-refund.ts';
import type { Lead } from '../../../functions/marketplace/leads/lead.ts';
import { openTestProvider } from '../../../functions/payments/test-provider-contracts.ts';
import type { Table } from '../../../functions/platform/table.ts';
import { seconds } from '../leads/lead-world.ts';
import {
  byCard,
  type DepositWorld,
  depositBy,
  inTime,
  refused,
  startDeposits,
  tooLate,
  unavailable,
} from './deposit-world.ts';

let world: DepositWorld;
beforeAll(async () => {
  world = await startDeposits();
});
afterAll(() => world.stop());

/** The table, on which others are faster: they run right before the first transaction. */
const overtaken = (others: () => Promise<unknown>): Table => {
  let isFirst = true;
  return {
    ...world.table,
    async transact(writes) {
      if (isFirst) {
        isFirst = false;
        await others();
      }
      return world.table.transact(writes);
    },
  };
};

describe('a deposit', () => {
  test('that is paid books the time, the money being set aside: lead, calendar and hold at once', async () => {
    world.now = inTime;
    const lead = await world.newAccepted();
    const paid = await world.pay(lead, 'card_ok');
    expect(paid).toMatchObject({
      kind: 'accepted',
      isRepeat: false,
      lead: {
        status: 'booked',
        captured: 0,
        deposit: { provider: 'test', status: 'authorized', amount: 2_200 },
        hold: { kind: 'booking' },
      },
    });
    expect(paid.kind === 'accepted' && paid.lead).toEqual(await world.read(lead));
    expect(await world.commandsOf(lead)).toEqual(['create', 'book']);
    expect(await world.entriesOf(lead)).toEqual([`${lead.leadId} booking`]);
    expect(await world.table.get({ pk: `LEAD#${lead.leadId}`, sk: 'HOLD' })).toMatchObject({
      status: 'confirmed',
    });

    expect(await world.booksOf(lead)).toEqual(['authorized', 0, 0]);
    await world.settle(lead);
    await world.settle(lead);
    expect(await world.booksOf(lead)).toEqual(['captured', 2_200, 0]);
    expect(await world.read(lead)).toMatchObject({
      status: 'booked',
      captured: 2_200,
      deposit: { status: 'captured' },
    });

    const { revision } = await world.read(lead);
    expect(await world.pay(lead, 'card_ok')).toMatchObject({
      kind: 'accepted',
      isRepeat: true,
      lead: { revision },
    });
    expect(
      await payDeposit(world.ports(), lead, { ...byCard('card_ok'), requestHash: 'other' }, world.changing()),
    ).toEqual({
      kind: 'key_reused',
    });
    expect(await world.pay(await world.read(lead), 'card_ok', 'try_again')).toMatchObject({
      kind: 'not_allowed',
      currentStatus: 'booked',
    });
  });

  test('that is declined leaves the lead as it is: another card pays it, on the same payment', async () => {
    world.now = inTime;
    const lead = await world.newAccepted();
    const declined = await world.pay(lead, 'card_declined');
    expect(declined).toMatchObject({ lead: { status: 'accepted', deposit: { status: 'declined' } } });
    const first = await world.paymentId(lead);
    // Again without an answer having come: nothing new.
    expect(await world.pay(await world.read(lead), 'card_declined')).toMatchObject({
      isRepeat: true,
      lead: { status: 'accepted' },
    });
    const paid = await world.pay(await world.read(lead), 'card_ok');
    expect(paid).toMatchObject({
      lead: { status: 'booked', deposit: { status: 'authorized', paymentId: first } },
    });
  });

  test('that takes long is asked about when its time has come', async () => {
    world.now = inTime;
    const lead = await world.newAccepted();
    world.questions.length = 0;
    expect(await world.pay(lead, 'card_slow')).toMatchObject({
      lead: { status: 'accepted', deposit: { status: 'created' } },
    });
    expect(world.questions).toEqual([
      {
        kind: 'payment',
        provider: 'test',
        paymentId: await world.paymentId(lead),
        payableId: lead.leadId,
        at: seconds('2027-03-01T11:00:03Z'),
      },
    ]);
    world.questions.length = 0;
    await world.pay(await world.newAccepted(), 'card_late');
    expect(world.questions.map(({ at }) => at)).toEqual([depositBy + 1]);
  });

  test('is tried first: nothing is written', async () => {
    world.now = inTime;
    const lead = await world.newAccepted();
    const refuse = () => Promise.reject(new Error('A dry run writes'));
    const sealed: Table = { ...world.table, transact: refuse, put: refuse, update: refuse };
    const tried = { ...world.changing(), dryRun: true };
    expect(await payDeposit(world.ports(sealed), lead, byCard('card_ok'), tried)).toEqual({
      kind: 'payable',
      lead,
    });
    world.now = tooLate;
    expect(
      await payDeposit(world.ports(sealed), lead, byCard('card_ok'), { ...world.changing(), dryRun: true }),
    ).toEqual({
      kind: 'overdue',
      depositBy,
    });
  });

  test('waits while its provider is down, the time being kept; and is refused when the provider refuses it', async () => {
    world.now = inTime;
    const lead = await world.newAccepted();
    const down = world.ports(world.table, { ...world.provider(), create: unavailable });
    expect(await payDeposit(down, lead, byCard('card_ok'), world.changing())).toEqual({
      kind: 'provider_unavailable',
      retryAfterSeconds: 7,
      depositBy,
    });
    expect(await world.read(lead)).toEqual(lead);
    const no = world.ports(world.table, { ...world.provider(), create: refused });
    expect(await payDeposit(no, lead, byCard('card_ok'), world.changing())).toEqual({
      kind: 'payment_refused',
    });
    expect(await world.pay(lead, 'card_ok')).toMatchObject({ isRepeat: false, lead: { status: 'booked' } });
  });

  test('whose request ended after the note goes on with its repeat', async () => {
    world.now = inTime;
    const lead = await world.newAccepted();
    const dies = { ...world.ports(), testProvider: () => Promise.reject(new Error('gone')) };
    await expect(payDeposit(dies, lead, byCard('card_ok'), world.changing())).rejects.toThrow('gone');
    expect(await world.read(lead)).toMatchObject({ status: 'accepted', deposit: { status: 'created' } });
    expect(await world.pay(await world.read(lead), 'card_ok')).toMatchObject({
      isRepeat: true,
      lead: { status: 'booked' },
    });
  });

  test('that several pay at once is one payment and one booking', async () => {
    world.now = inTime;
    const lead = await world.newAccepted();
    const outcomes = await Promise.all(
      ['try_1', 'try_2', 'try_1', 'try_3'].map((tryId) => world.pay(lead, 'card_ok', tryId)),
    );
    expect(outcomes.filter(({ kind }) => kind !== 'accepted' && kind !== 'not_allowed')).toEqual([]);
    expect(await world.commandsOf(lead)).toEqual(['create', 'book']);
    expect(await world.booksOf(lead)).toEqual(['authorized', 0, 0]);
  });
});

describe('news of a deposit', () => {
  test('that come twice at once book once', async () => {
    world.now = inTime;
    const lead = await world.newAccepted();
    await world.pay(lead, 'card_never');
    const noted = await world.read(lead);
    const news = await world.newsOf(lead, 'authorized');
    const both = await Promise.all(
      [1, 2].map(() => applyDepositNews(world.table, noted, news, world.changing())),
    );
    expect(both.map(({ status }) => status)).toEqual(['booked', 'booked']);
    expect(await world.commandsOf(lead)).toEqual(['create', 'book']);
  });

  test('that come before our own note book as well', async () => {
    world.now = inTime;
    const lead = await world.newAccepted();
    const news = {
      provider: 'test',
      paymentId: 'pay_x',
      payableId: lead.leadId,
      status: 'authorized',
    } as const;
    expect(await applyDepositNews(world.table, lead, news, world.changing())).toMatchObject({
      status: 'booked',
      deposit: { paymentId: 'pay_x', amount: 2_200 },
    });
  });

  test('that a lapse overtakes are noted, and the money is set free', async () => {
    world.now = inTime;
    const lead = await world.newAccepted();
    await world.pay(lead, 'card_slow');
    world.now = tooLate;
    const noted = await world.read(lead);
    const on = overtaken(() => world.lapse(noted));
    const after = await applyDepositNews(on, noted, await world.newsOf(lead, 'authorized'), world.changing());
    expect(after).toMatchObject({ status: 'expired', deposit: { status: 'authorized' } });
    expect(await world.commandsOf(lead)).toEqual(['create', 'lapse']);
    await world.settle(lead);
    expect(await world.booksOf(lead)).toEqual(['voided', 0, 0]);
    expect(await world.read(lead)).toMatchObject({
      status: 'expired',
      captured: 0,
      deposit: { status: 'voided' },
    });
  });

  test('of money that was taken at once for a lead that has ended: all of it goes back', async () => {
    world.now = inTime;
    const lead = await world.newAccepted();
    await world.pay(lead, 'card_slow');
    world.now = tooLate;
    await world.lapse(await world.read(lead));
    await world.provider().capture(await world.paymentId(lead));
    await applyDepositNews(
      world.table,
      await world.read(lead),
      await world.newsOf(lead, 'captured'),
      world.changing(),
    );
    await world.settle(lead);
    expect(await world.booksOf(lead)).toEqual(['captured', 2_200, 2_200]);
    expect(await world.read(lead)).toMatchObject({
      status: 'expired',
      captured: 2_200,
      refund: { amount: 2_200, status: 'succeeded' },
    });
  });

  test('that nobody told: asked for before the lapse, money that is there books the free time', async () => {
    world.now = inTime;
    const lead = await world.newAccepted();
    await world.pay(lead, 'card_slow');
    world.now = tooLate;
    await askForDeposit(world.ports(), await world.read(lead), world.changing());
    expect(await world.read(lead)).toMatchObject({ status: 'booked', hold: { kind: 'booking' } });
    expect(await world.entriesOf(lead)).toEqual([`${lead.leadId} booking`]);
  });

  test('of money for a time that another has taken: the lead ends, the other keeps it', async () => {
    world.now = inTime;
    const truck = await world.newTruck();
    const lead = await world.newAccepted(truck);
    await world.pay(lead, 'card_slow');
    world.now = tooLate;
    const other = await world.newAccepted(truck, tooLate, seconds('2027-03-01T14:00:00Z'));
    await askForDeposit(world.ports(), await world.read(lead), world.changing());
    expect(await world.read(lead)).toMatchObject({ status: 'expired', deposit: { status: 'authorized' } });
    expect(await world.entriesOf(other)).toContain(`${other.leadId} hold`);
    await world.settle(lead);
    expect(await world.booksOf(lead)).toEqual(['voided', 0, 0]);
  });

  test('that cannot be had leave the lead to its lapse', async () => {
    world.now = inTime;
    const lead = await world.newAccepted();
    await askForDeposit(world.ports(), lead, world.changing());
    await world.pay(lead, 'card_never');
    const noted = await world.read(lead);
    await askForDeposit(
      world.ports(world.table, { ...world.provider(), read: unavailable }),
      noted,
      world.changing(),
    );
    expect(await world.read(lead)).toEqual(noted);
  });
});

describe('a booking that is called off', () => {
  test('gives back by its policy: the organizer eleven days before gets half, from the truck comes all', async () => {
    world.now = new Date('2027-03-09T12:00:00Z');
    const half = await bookedInTime();
    await world.settle(half);
    await world.cancel(await world.read(half), 'organizer');
    await world.settle(half);
    expect(await world.booksOf(half)).toEqual(['captured', 2_200, 1_100]);
    expect(await world.read(half)).toMatchObject({
      status: 'cancelled',
      refund: { amount: 1_100, status: 'succeeded', providerRefundId: expect.stringMatching(/^test-rfd_/) },
    });

    const all = await bookedInTime();
    await world.settle(all);
    await world.cancel(await world.read(all), 'truck');
    await Promise.all([world.settle(all), world.settle(all)]);
    expect(await world.booksOf(all)).toEqual(['captured', 2_200, 2_200]);
  });

  test('while its deposit is captured: captured, and given back all the same', async () => {
    world.now = inTime;
    const lead = await world.newBooked();
    const on = overtaken(() => world.cancel(lead, 'truck'));
    await world.settle(lead, world.ports(on));
    await world.settle(lead);
    expect(await world.read(lead)).toMatchObject({
      status: 'cancelled',
      captured: 2_200,
      refund: { amount: 2_200, status: 'succeeded' },
    });
    expect(await world.booksOf(lead)).toEqual(['captured', 2_200, 2_200]);
  });

  test('whose refund failed: asked for again under another id, as often as it fails', async () => {
    world.now = inTime;
    const lead = await world.newBooked();
    await world.settle(lead);
    await world.cancel(await world.read(lead), 'truck');
    await world.settle(lead, world.ports(world.table, { ...world.provider(), refund: refused }));
    const failed = await world.read(lead);
    expect(failed.refund).toMatchObject({ status: 'failed', amount: 2_200 });
    await world.settle(lead);
    expect(await world.read(lead)).toEqual(failed);

    const [one, other] = await Promise.all(
      [1, 2].map(() => retryRefund(world.table, failed, world.changing())),
    );
    expect(one?.refund).toEqual(other?.refund);
    expect(one?.refund?.refundId).not.toBe(failed.refund?.refundId);
    await world.settle(lead);
    expect(await world.booksOf(lead)).toEqual(['captured', 2_200, 2_200]);
    const made = await world.read(lead);
    expect(made.refund?.status).toBe('succeeded');
    expect(await retryRefund(world.table, made, world.changing())).toEqual(made);
  });

  test('waits for a provider that is down; nothing is noted', async () => {
    world.now = inTime;
    const lead = await world.newBooked();
    for (const down of [
      { ...world.provider(), capture: unavailable },
      { ...world.provider(), refund: unavailable },
    ]) {
      const before = await world.read(lead);
      await expect(world.settle(lead, world.ports(world.table, down))).rejects.toThrow('out of reach');
      expect(await world.read(lead)).toEqual(before);
      if (before.status === 'booked') {
        await world.settle(lead);
        await world.cancel(await world.read(lead), 'truck');
      }
    }
  });

  test('whose money was lost before it was taken: nothing is given back', async () => {
    world.now = inTime;
    const lead = await world.newBooked();
    await world.provider().void(await world.paymentId(lead));
    await world.settle(lead);
    expect(await world.read(lead)).toMatchObject({
      status: 'booked',
      captured: 0,
      deposit: { status: 'voided' },
    });
    const cancelled = await world.cancel(await world.read(lead), 'truck');
    expect(cancelled.refund).toBeUndefined();
  });
});

/** Booked while it could be paid, whatever the time of the test. */
const bookedInTime = async (): Promise<Lead> => {
  const at = world.now;
  world.now = inTime;
  const lead = await world.newBooked();
  world.now = at;
  return lead;
};

describe('a process that dies', () => {
  /** Ports whose calls are counted; at one of them the process dies, before the call or after it has taken effect. */
  const dyingAt = (call: number, isDone: boolean) => {
    let calls = 0;
    const strike = <Arguments extends readonly unknown[], Result>(
      work: (...given: Arguments) => Promise<Result>,
    ) => {
      return async (...given: Arguments): Promise<Result> => {
        calls += 1;
        if (calls !== call) return work(...given);
        if (isDone) await work(...given);
        throw new Error('It died');
      };
    };
    const struck: Table = {
      ...world.table,
      get: strike(world.table.get) as Table['get'],
      put: strike(world.table.put),
      update: strike(world.table.update) as Table['update'],
      transact: strike(world.table.transact),
    };
    const at = openTestProvider(struck, () => seconds(world.now.toISOString()));
    return {
      ports: { ...world.ports(struck, at), testProvider: async () => at },
      hasDied: () => calls >= call,
    };
  };

  /** Has a use case die at each of its calls, each time with a lead of its own, and has it done once more. */
  const dieEverywhere = async (
    prepare: () => Promise<Lead>,
    run: (lead: Lead, given: ReturnType<DepositWorld['ports']>) => Promise<unknown>,
    check: (lead: Lead) => Promise<void>,
  ): Promise<number> => {
    for (const isDone of [false, true]) {
      for (let call = 1; ; call += 1) {
        const lead = await prepare();
        const dying = dyingAt(call, isDone);
        const outcome = await run(lead, dying.ports).then(
          () => 'done',
          (error: Error) => error.message,
        );
        if (!dying.hasDied()) {
          expect(outcome).toBe('done');
          if (isDone) return call - 1;
          break;
        }
        expect(outcome).toBe('It died');
        await run(await world.read(lead), world.ports());
        await check(lead);
      }
    }
    throw new Error('It never came to an end');
  };

  test('while a deposit is paid: the repeat books it once, and sets its money aside once', async () => {
    world.now = inTime;
    const calls = await dieEverywhere(
      () => world.newAccepted(),
      (lead, given) => payDeposit(given, lead, byCard('card_ok'), world.changing()),
      async (lead) => {
        expect(await world.read(lead)).toMatchObject({ status: 'booked', deposit: { status: 'authorized' } });
        expect(await world.commandsOf(lead)).toEqual(['create', 'book']);
        expect(await world.booksOf(lead)).toEqual(['authorized', 0, 0]);
        expect(await world.entriesOf(lead)).toEqual([`${lead.leadId} booking`]);
      },
    );
    expect(calls).toBeGreaterThanOrEqual(6);
  });

  test('while a deposit is settled: taken once, given back once', async () => {
    world.now = inTime;
    const calls = await dieEverywhere(
      async () => world.cancel(await world.newBooked(), 'truck'),
      (lead, given) => world.settle(lead, given),
      async (lead) => {
        expect(await world.booksOf(lead)).toEqual(['captured', 2_200, 2_200]);
        expect(await world.read(lead)).toMatchObject({
          status: 'cancelled',
          captured: 2_200,
          refund: { amount: 2_200, status: 'succeeded' },
        });
      },
    );
    expect(calls).toBeGreaterThanOrEqual(6);
  });
});
