import type {
  PaymentQuestion,
  ProviderName,
  Providers,
  TestMethod,
  TestProvider,
} from '../../payments/contracts.ts';
import { absent, type Table } from '../../platform/table.ts';
import { epochSeconds } from '../../platform/time.ts';
import type { Lead, LeadDeposit } from '../leads/lead.ts';
import { leadKey, noteWrite, toLead, withNote } from '../leads/lead-store.ts';
import { currencyOf, depositOf } from '../leads/quote.ts';
import { applyDepositNews, type LeadChanging } from './apply-deposit-news.ts';
import { type DepositRefusal, refusePaying } from './deposit.ts';

export interface PayDepositPorts {
  readonly table: Table;
  readonly providers: Providers;
  readonly testProvider: () => Promise<TestProvider>;
  /** Seconds that a `card_slow` takes. */
  readonly slowSeconds: number;
  askLater(question: PaymentQuestion): Promise<void>;
}

/** A try to pay a deposit: by which provider, and at the test provider how. */
export interface DepositTry {
  /** Follows from the Idempotency-Key. */
  readonly tryId: string;
  readonly requestHash: string;
  readonly payment:
    | { readonly provider: 'stripe' }
    | { readonly provider: 'test'; readonly method: TestMethod };
}

export type DepositOutcome =
  | { readonly kind: 'accepted'; readonly lead: Lead; readonly isRepeat: boolean }
  /** Of a dry run: it could be paid. */
  | { readonly kind: 'payable'; readonly lead: Lead }
  | DepositRefusal
  | { readonly kind: 'key_reused' }
  /** The lead waits, its time with it: the same request goes on. */
  | { readonly kind: 'provider_unavailable'; readonly retryAfterSeconds: number; readonly depositBy: number }
  /** The provider takes no such payment: too small, or of a currency that it does not have. */
  | { readonly kind: 'payment_refused' }
  /** Others were faster each time. */
  | { readonly kind: 'busy' };

type Begun =
  | { readonly kind: 'begun'; readonly lead: Lead; readonly deposit: LeadDeposit; readonly isRepeat: boolean }
  | Exclude<DepositOutcome, { kind: 'payable' }>;

/** What is remembered of a try, so that its repeat is known. */
interface TryItem {
  readonly requestHash: string;
}
const tryKey = (leadId: string, tryId: string) => ({ pk: leadKey(leadId).pk, sk: `DEPOSIT-TRY#${tryId}` });
/** Longer than anybody repeats a request whose answer was lost. */
const rememberSeconds = 7 * 24 * 60 * 60;

/** Decisions anew after somebody else had changed the lead. */
const maxTries = 8;

/**
 * Pays the deposit of an accepted lead, or begins to. There is one payment for a lead, under its id: whoever asks again
 * gets the same, and tries another card on it. At the test provider it is paid in this request, as a browser would pay
 * at a real one; its news are applied at once, so that money that is there has booked the lead when this answers.
 * A repeat, its answer having been lost, is accepted with the lead as it is, also when it has moved on.
 */
export const payDeposit = async (
  ports: PayDepositPorts,
  lead: Lead,
  wanted: DepositTry,
  changing: LeadChanging & { readonly dryRun?: boolean | undefined },
): Promise<DepositOutcome> => {
  if (changing.dryRun === true) {
    const refusal = refusePaying(lead, wanted.payment.provider, epochSeconds(changing.now));
    return refusal ?? { kind: 'payable', lead };
  }
  const begun = await begin(ports, lead, wanted, changing);
  if (begun.kind !== 'begun') return begun;
  const { isRepeat, deposit } = begun;
  if (wanted.payment.provider !== 'test') return { kind: 'accepted', lead: begun.lead, isRepeat };
  const paid = await payAtTest(ports, begun.lead, deposit, wanted.payment.method, changing);
  return { kind: 'accepted', lead: paid, isRepeat };
};

/** Has the provider make the payment, and notes it with the try. A repeat goes on from what it finds. */
const begin = async (
  ports: PayDepositPorts,
  lead: Lead,
  { tryId, requestHash, payment: { provider } }: DepositTry,
  { now, stamp }: LeadChanging,
): Promise<Begun> => {
  const { table } = ports;
  const key = tryKey(lead.leadId, tryId);
  let known = await table.get<TryItem>(key, { consistent: true });
  let current = lead;
  for (let attempt = 0; attempt < maxTries; attempt += 1) {
    if (known !== undefined && known.requestHash !== requestHash) return { kind: 'key_reused' };
    const isRepeat = known !== undefined;
    const refusal = refusePaying(current, provider, epochSeconds(now));
    if (refusal !== undefined) return isRepeat ? { kind: 'accepted', lead: current, isRepeat } : refusal;
    if (isRepeat && current.deposit !== undefined)
      return { kind: 'begun', lead: current, deposit: current.deposit, isRepeat };

    const made = current.deposit ?? (await makePayment(ports, current, provider));
    if ('kind' in made) return made;
    const change = stamp('deposit.created');
    const written = await table.transact([
      { put: { ...key, requestHash, ttl: epochSeconds(now) + rememberSeconds }, when: absent },
      ...(current.deposit === undefined ? [noteWrite(current, { deposit: made }, change)] : []),
    ]);
    if (written.written) {
      const noted = current.deposit === undefined ? withNote(current, { deposit: made }, change.at) : current;
      return { kind: 'begun', lead: noted, deposit: made, isRepeat: false };
    }
    for (const { old } of written.refusals) {
      if (old?.sk === leadKey('').sk) current = toLead(old);
      else if (old !== undefined) known = old as unknown as TryItem;
    }
  }
  return { kind: 'busy' };
};

/** The payment of a lead at a provider: the same, however often it is asked for. */
const makePayment = async (
  { providers }: PayDepositPorts,
  { leadId, quote, depositBy }: Lead,
  name: ProviderName,
): Promise<LeadDeposit | Extract<DepositOutcome, { kind: 'provider_unavailable' | 'payment_refused' }>> => {
  if (quote === undefined || depositBy === undefined) throw new Error(`Lead ${leadId} has no deposit`);
  const amount = depositOf(quote);
  const provider = await providers(name);
  const created = await provider.create({
    payableId: leadId,
    amount: { amount, currency: currencyOf(quote) },
    description: `Deposit ${leadId}`,
  });
  if (!created.ok) {
    return created.reason === 'unavailable'
      ? { kind: 'provider_unavailable', retryAfterSeconds: created.retryAfterSeconds, depositBy }
      : { kind: 'payment_refused' };
  }
  const { paymentId, clientSecret } = created.value;
  // Whatever it has become already is news, and comes as such.
  return {
    paymentId,
    provider: name,
    status: 'created',
    amount,
    ...(clientSecret !== undefined && { clientSecret }),
  };
};

const payAtTest = async (
  { table, testProvider, slowSeconds, askLater }: PayDepositPorts,
  lead: Lead,
  { paymentId }: LeadDeposit,
  method: TestMethod,
  changing: LeadChanging,
): Promise<Lead> => {
  const { leadId, depositBy = 0 } = lead;
  const now = epochSeconds(changing.now);
  const provider = await testProvider();
  const from = method === 'card_late' ? Math.max(now, depositBy + 1) : now + slowSeconds;
  const paid = await provider.pay(paymentId, method, from, { triesAgain: true });
  if (paid.kind === 'missing')
    throw new Error(`Lead ${leadId} has a payment that its provider does not know`);
  if (paid.authorizedFrom !== undefined)
    await askLater({
      kind: 'payment',
      provider: 'test',
      paymentId,
      payableId: leadId,
      at: paid.authorizedFrom,
    });
  return applyDepositNews(table, lead, paid.news, changing);
};
