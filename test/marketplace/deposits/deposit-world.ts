import type { LeadChanging } from '../../../functions/marketplace/deposits/apply-deposit-news.ts';
import { type DepositTry, payDeposit } from '../../../functions/marketplace/deposits/pay-deposit.ts';
import { settleDeposit } from '../../../functions/marketplace/deposits/settle-deposit.ts';
import { defaultCancellationPolicy } from '../../../functions/marketplace/leads/cancellation-policy.ts';
import type { Lead } from '../../../functions/marketplace/leads/lead.ts';
import { decideAsked, type LeadDecision } from '../../../functions/marketplace/leads/lead-decisions.ts';
import { leadIndexes, outstandingIndex } from '../../../functions/marketplace/leads/lead-indexes.ts';
import { newLeadWrites, openLeads } from '../../../functions/marketplace/leads/lead-store.ts';
import { stepLead } from '../../../functions/marketplace/leads/step-lead.ts';
import { type TruckItem, truckDefaults } from '../../../functions/marketplace/truck.ts';
import { takeTime } from '../../../functions/marketplace/truck-holds/truck-hold.ts';
import type { PaymentQuestion, PaymentStatus, TestMethod } from '../../../functions/payments/contracts.ts';
import type { PaymentProvider } from '../../../functions/payments/payment-port.ts';
import { openTestProvider } from '../../../functions/payments/test-provider-contracts.ts';
import { randomId } from '../../../functions/platform/ids.ts';
import type { Change } from '../../../functions/platform/lifecycle-event.ts';
import { keyOf } from '../../../functions/platform/owned-item.ts';
import type { Table } from '../../../functions/platform/table.ts';
import { startEngine } from '../../support/dynoxide.ts';
import { truckBody } from '../../support/truck-body.ts';
import { leadOf, quoteOf, seconds } from '../leads/lead-world.ts';

const acceptedAt = new Date('2027-03-01T10:00:00Z');
/** The deposit of 22.00 is due until noon; the event is on the 20th. */
export const depositBy = seconds('2027-03-01T12:00:00Z');
export const inTime = new Date('2027-03-01T11:00:00Z');
export const tooLate = new Date('2027-03-01T12:00:01Z');

export const byCard = (method: TestMethod, tryId = `try_${method}`): DepositTry => ({
  tryId,
  requestHash: `hash of ${method}`,
  payment: { provider: 'test', method },
});

export const unavailable = async () => ({ ok: false, reason: 'unavailable', retryAfterSeconds: 7 }) as const;
export const refused = async () => ({ ok: false, reason: 'refused', code: 'no' }) as const;

export type DepositWorld = Awaited<ReturnType<typeof startDeposits>>;

/** Leads with deposits on the engine, below the API: at the test provider, with a clock of the test’s own. */
export const startDeposits = async () => {
  const engine = await startEngine();
  const table = await engine.createTable('marketplace', leadIndexes.organizer, leadIndexes.truck, {
    ...outstandingIndex,
    attributes: [],
  });
  let now = inTime;
  const clock = () => seconds(now.toISOString());
  const provider = () => openTestProvider(table, clock);
  const questions: PaymentQuestion[] = [];
  const changing = (at: Date = now): LeadChanging => ({
    now: at,
    stamp: (what: string): Change => ({ what, by: 'dan', requestId: 'request', at: at.toISOString() }),
  });
  const ports = (on: Table = table, at: PaymentProvider = provider()) => ({
    table: on,
    providers: async () => at,
    testProvider: async () => provider(),
    slowSeconds: 3,
    askLater: async (question: PaymentQuestion) => {
      questions.push(question);
    },
  });
  const read = async ({ leadId }: Pick<Lead, 'leadId'>): Promise<Lead> => {
    const lead = await openLeads(table).get(leadId);
    if (lead === undefined) throw new Error(`No lead ${leadId}`);
    return lead;
  };
  const paymentId = async (lead: Lead): Promise<string> => (await read(lead)).deposit?.paymentId ?? '';

  const newTruck = async (): Promise<TruckItem> => {
    const truckId = randomId('trk');
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
    const { stamp } = changing(at);
    const change = stamp('test');
    const lead = leadOf({
      leadId: randomId('lead'),
      truckId: of.truckId,
      status: 'accepted',
      stage: 4,
      since: change.at,
      updatedAt: change.at,
      quote: quoteOf(),
      depositBy: until,
      cancellationPolicy: defaultCancellationPolicy,
    });
    const taken = await takeTime(
      table,
      of,
      lead,
      { kind: 'hard', until },
      (hold) => newLeadWrites({ ...lead, hold }, change),
      change,
      seconds(at.toISOString()),
    );
    if (taken.kind !== 'written') throw new Error(`No lead: ${taken.kind}`);
    return { ...lead, hold: taken.hold };
  };
  const pay = (lead: Lead, method: TestMethod, tryId?: string) =>
    payDeposit(ports(), lead, byCard(method, tryId), changing());

  return {
    get now(): Date {
      return now;
    },
    set now(at: Date) {
      now = at;
    },
    endpoint: engine.endpoint,
    table,
    clock,
    provider,
    questions,
    changing,
    ports,
    newTruck,
    newAccepted,
    read,
    paymentId,
    pay,

    async newBooked(): Promise<Lead> {
      const lead = await newAccepted();
      await pay(lead, 'card_ok');
      return read(lead);
    },

    settle: (lead: Lead, given: ReturnType<typeof ports> = ports()) =>
      settleDeposit(given, lead.leadId, changing()),

    async cancel(lead: Lead, party: 'organizer' | 'truck', at = now): Promise<Lead> {
      const outcome = await stepLead<Exclude<LeadDecision, { kind: 'steps' }>>(
        table,
        lead,
        (current) =>
          decideAsked(
            current,
            party,
            { command: 'cancel', reason: 'Rain' },
            { now: at, completesEarly: false },
          ),
        { party, ...changing(at) },
      );
      if (outcome.kind !== 'stepped') throw new Error(outcome.kind);
      return outcome.lead;
    },

    async lapse(lead: Lead): Promise<void> {
      const outcome = await stepLead<{ kind: 'never' }>(
        table,
        lead,
        () => ({ kind: 'steps', steps: [{ command: 'lapse', fields: {} }], time: { kind: 'release' } }),
        changing(),
      );
      if (outcome.kind !== 'stepped') throw new Error(outcome.kind);
    },

    commandsOf: async ({ leadId }: Lead) =>
      (await openLeads(table).history(leadId)).map(({ command }) => command),

    async entriesOf({ truckId }: Lead): Promise<readonly string[]> {
      const month = await table.get<{ entries?: Record<string, { kind: string }> }>({
        pk: `TRUCK#${truckId}`,
        sk: 'CALENDAR#2027-03',
      });
      return Object.entries(month?.entries ?? {}).map(([id, { kind }]) => `${id} ${kind}`);
    },

    /** What the provider’s books say: status, captured, refunded. */
    async booksOf(lead: Lead) {
      const books = await provider().booksOf(await paymentId(lead));
      return books && [books.status, books.captured, books.refunded];
    },

    newsOf: async (lead: Lead, status: PaymentStatus) => ({
      provider: 'test' as const,
      paymentId: await paymentId(lead),
      payableId: lead.leadId,
      status,
    }),

    stop: () => engine.stop(),
  };
};
