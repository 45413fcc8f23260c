import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { applyDepositNews } from '../../../functions/marketplace/leads/apply-deposit-news.ts';
import { askForDeposit } from '../../../functions/marketplace/leads/ask-for-deposit.ts';
import { defaultCancellationPolicy } from '../../../functions/marketplace/leads/cancellation-policy.ts';
import type { Lead } from '../../../functions/marketplace/leads/lead.ts';
import { decideAsked, type LeadDecision } from '../../../functions/marketplace/leads/lead-decisions.ts';
import { leadIndexes } from '../../../functions/marketplace/leads/lead-indexes.ts';
import { newLeadWrites, openLeads } from '../../../functions/marketplace/leads/lead-store.ts';
import { type DepositTry, payDeposit } from '../../../functions/marketplace/leads/pay-deposit.ts';
import { retryRefund } from '../../../functions/marketplace/leads/retry-refund.ts';
import { settleDeposit } from '../../../functions/marketplace/leads/settle-deposit.ts';
import { stepLead } from '../../../functions/marketplace/leads/step-lead.ts';
import { takeTime } from '../../../functions/marketplace/leads/truck-hold.ts';
import { type TruckItem, truckDefaults } from '../../../functions/marketplace/truck.ts';
import type { PaymentQuestion, PaymentStatus, TestMethod } from '../../../functions/payments/contracts.ts';
import type { PaymentProvider } from '../../../functions/payments/payment-port.ts';
import { openTestProvider } from '../../../functions/payments/test-provider-contracts.ts';
import type { Change } from '../../../functions/platform/lifecycle-event.ts';
import { keyOf } from '../../../functions/platform/owned-item.ts';
import type { Table } from '../../../functions/platform/table.ts';
import { type Engine, startEngine } from '../../support/dynoxide.ts';
import { truckBody } from '../../support/truck-body.ts';
import { leadOf, quoteOf, seconds } from './lead-world.ts';

let engine: Engine;
let table: Table;
beforeAll(async () => {
  engine = await startEngine();
  table = await engine.createTable('marketplace', leadIndexes.organizer, leadIndexes.truck);
});
afterAll(() => engine.stop());

const acceptedAt = new Date('2027-03-01T10:00:00Z');
/** The deposit of 22.00 is due until noon; the event is on the 20th. */
const depositBy = seconds('2027-03-01T12:00:00Z');
const inTime = new Date('2027-03-01T11:00:00Z');
const tooLate = new Date('2027-03-01T12:00:01Z');

let now = inTime;
const provider = () => openTestProvider(table, () => seconds(now.toISOString()));

const changing = (at = now) => ({
  now: at,
  stamp: (what: string): Change => ({ what, by: 'dan', requestId: 'request', at: at.toISOString() }),
});

let numbers = 0;
const newTruck = async (): Promise<TruckItem> => {
  numbers += 1;
  const truckId = `trk_${numbers}`;
  const truck = {
    ...keyOf('TRUCK', truckId),
    ...truckDefaults,
    ...truckBody,
    truckId,
    status: 'listed',
    organizationId: 'org_truck',
    revision: 1,
    createdAt: acceptedAt.toISOString(),
    updatedAt: acceptedAt.toISOString(),
    requestHash: 'hash',
  } as TruckItem;
  await table.put(truck, {});
  return truck;
};

/** A lead whose offer was accepted: its time is kept until the deposit is due. */
const newAccepted = async (truck?: TruckItem, at = acceptedAt, until = depositBy): Promise<Lead> => {
  const of = truck ?? (await newTruck());
  numbers += 1;
  const lead = leadOf({
    leadId: `lead_${numbers}`,
    truckId: of.truckId,
    status: 'accepted',
    stage: 4,
    quote: quoteOf(),
    depositBy: until,
    cancellationPolicy: defaultCancellationPolicy,
  });
  const { stamp } = changing(at);
  const taken = await takeTime(
    table,
    of,
    lead,
    { kind: 'hard', until },
    (hold) => newLeadWrites({ ...lead, hold }, stamp('test')),
    stamp('test'),
    seconds(at.toISOString()),
  );
  if (taken.kind !== 'written') throw new Error(`No lead: ${taken.kind}`);
  return { ...lead, hold: taken.hold };
};

const read = async ({ leadId }: Lead): Promise<Lead> => {
  const lead = await openLeads(table).get(leadId);
  if (lead === undefined) throw new Error(`No lead ${leadId}`);
  return lead;
};
const commandsOf = async ({ leadId }: Lead) =>
  (await openLeads(table).history(leadId)).map(({ command }) => command);
const entriesOf = async ({ truckId }: Lead) => {
  const month = await table.get<{ entries?: Record<string, { kind: string }> }>({
    pk: `TRUCK#${truckId}`,
    sk: 'CALENDAR#2027-03',
  });
  return Object.entries(month?.entries ?? {}).map(([id, { kind }]) => `${id} ${kind}`);
};

const questions: PaymentQuestion[] = [];
const ports = (on: Table = table, at: PaymentProvider = provider()) => ({
  table: on,
  providers: async () => at,
  testProvider: async () => provider(),
  slowSeconds: 3,
  askLater: async (question: PaymentQuestion) => {
    questions.push(question);
  },
});
const byCard = (method: TestMethod, tryId = `try_${method}`): DepositTry => ({
  tryId,
  requestHash: `hash of ${method}`,
  payment: { provider: 'test', method },
});
const pay = (lead: Lead, method: TestMethod, tryId?: string) =>
  payDeposit(ports(), lead, byCard(method, tryId), changing());
const newBooked = async (): Promise<Lead> => {
  const lead = await newAccepted();
  await pay(lead, 'card_ok');
  return read(lead);
};
const settle = (lead: Lead, given = ports()) => settleDeposit(given, lead.leadId, changing());
const cancel = async (lead: Lead, party: 'organizer' | 'truck', at = now): Promise<Lead> => {
  const outcome = await stepLead<Exclude<LeadDecision, { kind: 'steps' }>>(
    table,
    lead,
    (current) =>
      decideAsked(current, party, { command: 'cancel', reason: 'Rain' }, { now: at, completesEarly: false }),
    { party, ...changing(at) },
  );
  if (outcome.kind !== 'stepped') throw new Error(outcome.kind);
  return outcome.lead;
};
const lapse = async (lead: Lead): Promise<void> => {
  const outcome = await stepLead<{ kind: 'never' }>(
    table,
    lead,
    () => ({ kind: 'steps', steps: [{ command: 'lapse', fields: {} }], time: { kind: 'release' } }),
    changing(),
  );
  if (outcome.kind !== 'stepped') throw new Error(outcome.kind);
};
const paymentId = async (lead: Lead): Promise<string> => (await read(lead)).deposit?.paymentId ?? '';
const booksOf = async (lead: Lead) => {
  const books = await provider().booksOf(await paymentId(lead));
  return books && [books.status, books.captured, books.refunded];
};
const newsOf = async (lead: Lead, status: PaymentStatus) => ({
  provider: 'test' as const,
  paymentId: await paymentId(lead),
  payableId: lead.leadId,
  status,
});
/** The table, on which others are faster: they run right before the first transaction. */
const overtaken = (others: () => Promise<unknown>): Table => {
  let isFirst = true;
  return {
    ...table,
    async transact(writes) {
      if (isFirst) {
        isFirst = false;
        await others();
      }
      return table.transact(writes);
    },
  };
};
const unavailable = async () => ({ ok: false, reason: 'unavailable', retryAfterSeconds: 7 }) as const;
const refused = async () => ({ ok: false, reason: 'refused', code: 'no' }) as const;

describe('a deposit', () => {
  test('that is paid books the time, the money being set aside: lead, calendar and hold at once', async () => {
    now = inTime;
    const lead = await newAccepted();
    const paid = await pay(lead, 'card_ok');
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
    expect(paid.kind === 'accepted' && paid.lead).toEqual(await read(lead));
    expect(await commandsOf(lead)).toEqual(['create', 'book']);
    expect(await entriesOf(lead)).toEqual([`${lead.leadId} booking`]);
    expect(await table.get({ pk: `LEAD#${lead.leadId}`, sk: 'HOLD' })).toMatchObject({ status: 'confirmed' });

    expect(await booksOf(lead)).toEqual(['authorized', 0, 0]);
    await settle(lead);
    await settle(lead);
    expect(await booksOf(lead)).toEqual(['captured', 2_200, 0]);
    expect(await read(lead)).toMatchObject({
      status: 'booked',
      captured: 2_200,
      deposit: { status: 'captured' },
    });

    const { revision } = await read(lead);
    expect(await pay(lead, 'card_ok')).toMatchObject({
      kind: 'accepted',
      isRepeat: true,
      lead: { revision },
    });
    expect(
      await payDeposit(ports(), lead, { ...byCard('card_ok'), requestHash: 'other' }, changing()),
    ).toEqual({
      kind: 'key_reused',
    });
    expect(await pay(await read(lead), 'card_ok', 'try_again')).toMatchObject({
      kind: 'not_allowed',
      currentStatus: 'booked',
    });
  });

  test('that is declined leaves the lead as it is: another card pays it, on the same payment', async () => {
    now = inTime;
    const lead = await newAccepted();
    const declined = await pay(lead, 'card_declined');
    expect(declined).toMatchObject({ lead: { status: 'accepted', deposit: { status: 'declined' } } });
    const first = await paymentId(lead);
    // Again without an answer having come: nothing new.
    expect(await pay(await read(lead), 'card_declined')).toMatchObject({
      isRepeat: true,
      lead: { status: 'accepted' },
    });
    const paid = await pay(await read(lead), 'card_ok');
    expect(paid).toMatchObject({
      lead: { status: 'booked', deposit: { status: 'authorized', paymentId: first } },
    });
  });

  test('that takes long is asked about when its time has come', async () => {
    now = inTime;
    const lead = await newAccepted();
    questions.length = 0;
    expect(await pay(lead, 'card_slow')).toMatchObject({
      lead: { status: 'accepted', deposit: { status: 'created' } },
    });
    expect(questions).toEqual([
      {
        kind: 'payment',
        provider: 'test',
        paymentId: await paymentId(lead),
        payableId: lead.leadId,
        at: seconds('2027-03-01T11:00:03Z'),
      },
    ]);
    questions.length = 0;
    await pay(await newAccepted(), 'card_late');
    expect(questions.map(({ at }) => at)).toEqual([depositBy + 1]);
  });

  test('is tried first: nothing is written', async () => {
    now = inTime;
    const lead = await newAccepted();
    const refuse = () => Promise.reject(new Error('A dry run writes'));
    const sealed: Table = { ...table, transact: refuse, put: refuse, update: refuse };
    const tried = { ...changing(), dryRun: true };
    expect(await payDeposit(ports(sealed), lead, byCard('card_ok'), tried)).toEqual({
      kind: 'payable',
      lead,
    });
    now = tooLate;
    expect(await payDeposit(ports(sealed), lead, byCard('card_ok'), { ...changing(), dryRun: true })).toEqual(
      {
        kind: 'overdue',
        depositBy,
      },
    );
  });

  test('waits while its provider is down, the time being kept; and is refused when the provider refuses it', async () => {
    now = inTime;
    const lead = await newAccepted();
    const down = ports(table, { ...provider(), create: unavailable });
    expect(await payDeposit(down, lead, byCard('card_ok'), changing())).toEqual({
      kind: 'provider_unavailable',
      retryAfterSeconds: 7,
      depositBy,
    });
    expect(await read(lead)).toEqual(lead);
    const no = ports(table, { ...provider(), create: refused });
    expect(await payDeposit(no, lead, byCard('card_ok'), changing())).toEqual({ kind: 'payment_refused' });
    expect(await pay(lead, 'card_ok')).toMatchObject({ isRepeat: false, lead: { status: 'booked' } });
  });

  test('whose request ended after the note goes on with its repeat', async () => {
    now = inTime;
    const lead = await newAccepted();
    const dies = { ...ports(), testProvider: () => Promise.reject(new Error('gone')) };
    await expect(payDeposit(dies, lead, byCard('card_ok'), changing())).rejects.toThrow('gone');
    expect(await read(lead)).toMatchObject({ status: 'accepted', deposit: { status: 'created' } });
    expect(await pay(await read(lead), 'card_ok')).toMatchObject({
      isRepeat: true,
      lead: { status: 'booked' },
    });
  });

  test('that several pay at once is one payment and one booking', async () => {
    now = inTime;
    const lead = await newAccepted();
    const outcomes = await Promise.all(
      ['try_1', 'try_2', 'try_1', 'try_3'].map((tryId) => pay(lead, 'card_ok', tryId)),
    );
    expect(outcomes.filter(({ kind }) => kind !== 'accepted' && kind !== 'not_allowed')).toEqual([]);
    expect(await commandsOf(lead)).toEqual(['create', 'book']);
    expect(await booksOf(lead)).toEqual(['authorized', 0, 0]);
  });
});

describe('news of a deposit', () => {
  test('that come twice at once book once', async () => {
    now = inTime;
    const lead = await newAccepted();
    await pay(lead, 'card_never');
    const noted = await read(lead);
    const news = await newsOf(lead, 'authorized');
    const both = await Promise.all([1, 2].map(() => applyDepositNews(table, noted, news, changing())));
    expect(both.map(({ status }) => status)).toEqual(['booked', 'booked']);
    expect(await commandsOf(lead)).toEqual(['create', 'book']);
  });

  test('that come before our own note book as well', async () => {
    now = inTime;
    const lead = await newAccepted();
    const news = {
      provider: 'test',
      paymentId: 'pay_x',
      payableId: lead.leadId,
      status: 'authorized',
    } as const;
    expect(await applyDepositNews(table, lead, news, changing())).toMatchObject({
      status: 'booked',
      deposit: { paymentId: 'pay_x', amount: 2_200 },
    });
  });

  test('that a lapse overtakes are noted, and the money is set free', async () => {
    now = inTime;
    const lead = await newAccepted();
    await pay(lead, 'card_slow');
    now = tooLate;
    const noted = await read(lead);
    const on = overtaken(() => lapse(noted));
    const after = await applyDepositNews(on, noted, await newsOf(lead, 'authorized'), changing());
    expect(after).toMatchObject({ status: 'expired', deposit: { status: 'authorized' } });
    expect(await commandsOf(lead)).toEqual(['create', 'lapse']);
    await settle(lead);
    expect(await booksOf(lead)).toEqual(['voided', 0, 0]);
    expect(await read(lead)).toMatchObject({ status: 'expired', captured: 0, deposit: { status: 'voided' } });
  });

  test('of money that was taken at once for a lead that has ended: all of it goes back', async () => {
    now = inTime;
    const lead = await newAccepted();
    await pay(lead, 'card_slow');
    now = tooLate;
    await lapse(await read(lead));
    await provider().capture(await paymentId(lead));
    await applyDepositNews(table, await read(lead), await newsOf(lead, 'captured'), changing());
    await settle(lead);
    expect(await booksOf(lead)).toEqual(['captured', 2_200, 2_200]);
    expect(await read(lead)).toMatchObject({
      status: 'expired',
      captured: 2_200,
      refund: { amount: 2_200, status: 'succeeded' },
    });
  });

  test('that nobody told: asked for before the lapse, money that is there books the free time', async () => {
    now = inTime;
    const lead = await newAccepted();
    await pay(lead, 'card_slow');
    now = tooLate;
    await askForDeposit(ports(), await read(lead), changing());
    expect(await read(lead)).toMatchObject({ status: 'booked', hold: { kind: 'booking' } });
    expect(await entriesOf(lead)).toEqual([`${lead.leadId} booking`]);
  });

  test('of money for a time that another has taken: the lead ends, the other keeps it', async () => {
    now = inTime;
    const truck = await newTruck();
    const lead = await newAccepted(truck);
    await pay(lead, 'card_slow');
    now = tooLate;
    const other = await newAccepted(truck, tooLate, seconds('2027-03-01T14:00:00Z'));
    await askForDeposit(ports(), await read(lead), changing());
    expect(await read(lead)).toMatchObject({ status: 'expired', deposit: { status: 'authorized' } });
    expect(await entriesOf(other)).toContain(`${other.leadId} hold`);
    await settle(lead);
    expect(await booksOf(lead)).toEqual(['voided', 0, 0]);
  });

  test('that cannot be had leave the lead to its lapse', async () => {
    now = inTime;
    const lead = await newAccepted();
    await askForDeposit(ports(), lead, changing());
    await pay(lead, 'card_never');
    const noted = await read(lead);
    await askForDeposit(ports(table, { ...provider(), read: unavailable }), noted, changing());
    expect(await read(lead)).toEqual(noted);
  });
});

describe('a booking that is called off', () => {
  test('gives back by its policy: the organizer eleven days before gets half, from the truck comes all', async () => {
    now = new Date('2027-03-09T12:00:00Z');
    const half = await bookedInTime();
    await settle(half);
    await cancel(await read(half), 'organizer');
    await settle(half);
    expect(await booksOf(half)).toEqual(['captured', 2_200, 1_100]);
    expect(await read(half)).toMatchObject({
      status: 'cancelled',
      refund: { amount: 1_100, status: 'succeeded', providerRefundId: expect.stringMatching(/^test-rfd_/) },
    });

    const all = await bookedInTime();
    await settle(all);
    await cancel(await read(all), 'truck');
    await Promise.all([settle(all), settle(all)]);
    expect(await booksOf(all)).toEqual(['captured', 2_200, 2_200]);
  });

  test('while its deposit is captured: captured, and given back all the same', async () => {
    now = inTime;
    const lead = await newBooked();
    const on = overtaken(() => cancel(lead, 'truck'));
    await settle(lead, ports(on));
    await settle(lead);
    expect(await read(lead)).toMatchObject({
      status: 'cancelled',
      captured: 2_200,
      refund: { amount: 2_200, status: 'succeeded' },
    });
    expect(await booksOf(lead)).toEqual(['captured', 2_200, 2_200]);
  });

  test('whose refund failed: asked for again under another id, as often as it fails', async () => {
    now = inTime;
    const lead = await newBooked();
    await settle(lead);
    await cancel(await read(lead), 'truck');
    await settle(lead, ports(table, { ...provider(), refund: refused }));
    const failed = await read(lead);
    expect(failed.refund).toMatchObject({ status: 'failed', amount: 2_200 });
    await settle(lead);
    expect(await read(lead)).toEqual(failed);

    const [one, other] = await Promise.all([1, 2].map(() => retryRefund(table, failed, changing())));
    expect(one?.refund).toEqual(other?.refund);
    expect(one?.refund?.refundId).not.toBe(failed.refund?.refundId);
    await settle(lead);
    expect(await booksOf(lead)).toEqual(['captured', 2_200, 2_200]);
    const made = await read(lead);
    expect(made.refund?.status).toBe('succeeded');
    expect(await retryRefund(table, made, changing())).toEqual(made);
  });

  test('waits for a provider that is down; nothing is noted', async () => {
    now = inTime;
    const lead = await newBooked();
    for (const down of [
      { ...provider(), capture: unavailable },
      { ...provider(), refund: unavailable },
    ]) {
      const before = await read(lead);
      await expect(settle(lead, ports(table, down))).rejects.toThrow('out of reach');
      expect(await read(lead)).toEqual(before);
      if (before.status === 'booked') {
        await settle(lead);
        await cancel(await read(lead), 'truck');
      }
    }
  });

  test('whose money was lost before it was taken: nothing is given back', async () => {
    now = inTime;
    const lead = await newBooked();
    await provider().void(await paymentId(lead));
    await settle(lead);
    expect(await read(lead)).toMatchObject({ status: 'booked', captured: 0, deposit: { status: 'voided' } });
    const cancelled = await cancel(await read(lead), 'truck');
    expect(cancelled.refund).toBeUndefined();
  });
});

/** Booked while it could be paid, whatever the time of the test. */
const bookedInTime = async (): Promise<Lead> => {
  const at = now;
  now = inTime;
  const lead = await newBooked();
  now = at;
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
      ...table,
      get: strike(table.get) as Table['get'],
      put: strike(table.put),
      update: strike(table.update) as Table['update'],
      transact: strike(table.transact),
    };
    const at = openTestProvider(struck, () => seconds(now.toISOString()));
    return {
      ports: { ...ports(struck, at), testProvider: async () => at },
      hasDied: () => calls >= call,
    };
  };

  /** Has a use case die at each of its calls, each time with a lead of its own, and has it done once more. */
  const dieEverywhere = async (
    prepare: () => Promise<Lead>,
    run: (lead: Lead, given: ReturnType<typeof ports>) => Promise<unknown>,
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
        await run(await read(lead), ports());
        await check(lead);
      }
    }
    throw new Error('It never came to an end');
  };

  test('while a deposit is paid: the repeat books it once, and sets its money aside once', async () => {
    now = inTime;
    const calls = await dieEverywhere(
      () => newAccepted(),
      (lead, given) => payDeposit(given, lead, byCard('card_ok'), changing()),
      async (lead) => {
        expect(await read(lead)).toMatchObject({ status: 'booked', deposit: { status: 'authorized' } });
        expect(await commandsOf(lead)).toEqual(['create', 'book']);
        expect(await booksOf(lead)).toEqual(['authorized', 0, 0]);
        expect(await entriesOf(lead)).toEqual([`${lead.leadId} booking`]);
      },
    );
    expect(calls).toBeGreaterThanOrEqual(6);
  });

  test('while a deposit is settled: taken once, given back once', async () => {
    now = inTime;
    const calls = await dieEverywhere(
      async () => cancel(await newBooked(), 'truck'),
      (lead, given) => settle(lead, given),
      async (lead) => {
        expect(await booksOf(lead)).toEqual(['captured', 2_200, 2_200]);
        expect(await read(lead)).toMatchObject({
          status: 'cancelled',
          captured: 2_200,
          refund: { amount: 2_200, status: 'succeeded' },
        });
      },
    );
    expect(calls).toBeGreaterThanOrEqual(6);
  });
});
