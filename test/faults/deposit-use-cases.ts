import type { Lead } from '../../functions/marketplace/leads/lead.ts';
import { leadKey } from '../../functions/marketplace/leads/lead-store.ts';
import type { FakeRequest } from '../payments/fake-stripe.ts';
import {
  accepted,
  authorizeFrom,
  booked,
  built,
  byCard,
  type LeadWorld,
  leadNews,
  past,
  payingSlowly,
  paymentOf,
  set,
  setLead,
  stored,
  told,
} from './market-world.ts';
import { atStripe, stripeCalls } from './order-use-cases.ts';
import type { Platform } from './platform.ts';
import { byApi, byQueue, freshKey, must, type Ready, type UseCase } from './use-cases.ts';

const settle = async (platform: Platform, leadId: string, type: string): Promise<void> => {
  if (!(await platform.deliver('leads-settlement', told(type, await stored(platform, leadKey(leadId))))))
    throw new Error('Not settled');
};
const cancel = async (platform: Platform, { truckOwner: as, leadId }: LeadWorld): Promise<void> => {
  const call = { as, params: { leadId }, body: { reason: 'The engine broke' } };
  await must(platform, 200, 'cancelLead', call);
};

/** Its deposit is taken. */
const captured = built(async (platform) => {
  const world = await booked(platform);
  await settle(platform, world.leadId, 'LEAD-BOOKED');
  return world;
});
/** Called off by the truck: all is to be given back. */
const refundable = built(async (platform) => {
  const world = await captured(platform);
  await cancel(platform, world);
  return world;
});
const calledOffEarly = built(async (platform) => {
  const world = await booked(platform);
  await cancel(platform, world);
  return world;
});
/** It lapsed while its payment took its time. */
const lapsed = built(async (platform) => {
  const world = await payingSlowly(platform);
  const { leadId } = world;
  await authorizeFrom(platform, leadId, 4_000_000_000);
  await setLead(platform, leadId, set('depositBy', past));
  await platform.leadTask({ leadId, stage: 4, timer: 'lapse' });
  await authorizeFrom(platform, leadId, past);
  return world;
});
/** The money that came for it after it had lapsed is set aside. */
const late = built(async (platform) => {
  const world = await lapsed(platform);
  if (!(await platform.deliver('deposit-news', await question(platform, world)))) throw new Error('No news');
  return world;
});
/** Its deposit was taken, though it has lapsed. */
const takenInVain = built(async (platform) => {
  const world = await captured(platform);
  await setLead(platform, world.leadId, set('status', 'expired'));
  return world;
});
/** The bank took the money that was given back for it no more. */
const returned = built(async (platform) => {
  const world = await refundable(platform);
  await settle(platform, world.leadId, 'LEAD-CANCELLED');
  if (!(await platform.deliver('deposit-news', await refundNews(platform, world))))
    throw new Error('No news');
  return world;
});

const question = async (platform: Platform, { leadId }: LeadWorld, at = past) => ({
  kind: 'payment',
  provider: 'test',
  paymentId: await paymentOf(platform, leadId),
  payableId: leadId,
  at,
});
const refundNews = async (platform: Platform, { leadId }: LeadWorld) => {
  const { deposit, refund } = (await stored(platform, leadKey(leadId))) as Partial<Lead>;
  return {
    kind: 'refund',
    provider: 'test',
    paymentId: deposit?.paymentId,
    payableId: leadId,
    refundId: refund?.refundId,
    providerRefundId: 're_1',
    status: 'failed',
  };
};

const paying =
  (method: string) =>
  async (platform: Platform): Promise<Ready> => {
    const { organizer: as, leadId } = await accepted(platform);
    const call = { as, params: { leadId }, key: freshKey(), body: byCard(method) };
    return {
      marks: [leadId],
      run: byApi(platform, 'payDeposit', call),
      facts: () => [
        `question ${platform.waiting('marketplace-payment-news').some((body) => body.includes(leadId))}`,
      ],
    };
  };

const payAtStripe = ({ organizer: as, leadId }: LeadWorld) => ({
  as,
  params: { leadId },
  key: freshKey(),
  body: { payment: { provider: 'stripe' } },
});
/** The functions’ process has read the keys of Stripe. */
const acceptedForStripe = async (platform: Platform): Promise<LeadWorld> => {
  await atStripe(platform);
  return accepted(platform);
};
/** Its payment is begun at Stripe. */
const begun = async (platform: Platform): Promise<LeadWorld> => {
  const world = await acceptedForStripe(platform);
  await must(platform, 201, 'payDeposit', payAtStripe(world));
  return world;
};
/** What Stripe tells of its payment, as the queue brings it. */
const stripeNews = async (platform: Platform, world: LeadWorld) => ({
  ...(await question(platform, world)),
  provider: 'stripe',
});
/** Its payer has paid at Stripe, and it is booked. */
const paidAtStripe = async (platform: Platform): Promise<LeadWorld> => {
  const world = await begun(platform);
  platform.stripe.pay(await paymentOf(platform, world.leadId));
  if (!(await platform.deliver('deposit-news', await stripeNews(platform, world))))
    throw new Error('Not booked');
  return world;
};
/** What Stripe’s books say of the payments of a lead, and what was asked for. */
const atBooks = ({ stripe }: Platform, leadId: string) => {
  const ids = (): readonly string[] => [
    ...new Set(
      stripe.events.flatMap(({ data }) => {
        const { id, metadata } = data.object as { id: string; metadata?: { payableId?: string } };
        return metadata?.payableId === leadId && id.startsWith('pi_') ? [id] : [];
      }),
    ),
  ];
  return {
    facts: (): readonly string[] =>
      ids().map((id) => {
        const { status, captured: taken, refunded, refunds } = stripe.books(id);
        return `at Stripe ${status}, captured ${taken}, refunded ${refunded} by ${refunds}`;
      }),
    stripeRequests: (): readonly FakeRequest[] =>
      stripe.requests.filter(
        ({ path, params }) =>
          JSON.stringify(params['metadata'] ?? '').includes(leadId) ||
          ids().some((id) => path.includes(id) || params['payment_intent'] === id),
      ),
  };
};

/** A consumer that goes on with a deposit at Stripe. */
const settlingAtStripe =
  (type: string, change: (platform: Platform, world: LeadWorld) => Promise<unknown>) =>
  async (platform: Platform): Promise<Ready> => {
    const world = await paidAtStripe(platform);
    const { leadId } = world;
    await change(platform, world);
    const event = told(type, await stored(platform, leadKey(leadId)));
    const { refund } = (await stored(platform, leadKey(leadId))) as Partial<Lead>;
    return {
      marks: [leadId],
      run: byQueue(platform, 'leads-settlement', event),
      // A 500 that Stripe keeps under the key of a refund is waited for: it is free again after a day.
      ...(refund && { wait: async () => platform.stripe.forgetKeys(`refund/${refund.refundId}`) }),
      ...atBooks(platform, leadId),
    };
  };

export const depositUseCases: readonly UseCase[] = [
  {
    name: 'deposit by card: booking',
    context: 'marketplace',
    calls: [
      'GetItem lead',
      'Query memberships',
      'GetItem deposit try',
      'PutItem payment',
      'TransactWriteItems deposit try, lead',
      'UpdateItem payment',
      'GetItem truck',
      'BatchGetItem calendar',
      'TransactWriteItems calendar, lead, lead history, hold',
    ],
    prepare: paying('card_ok'),
  },
  {
    name: 'deposit whose card is declined',
    context: 'marketplace',
    calls: [
      'GetItem lead',
      'Query memberships',
      'GetItem deposit try',
      'PutItem payment',
      'TransactWriteItems deposit try, lead',
      'UpdateItem payment',
      'TransactWriteItems lead',
    ],
    prepare: paying('card_declined'),
  },
  {
    name: 'deposit that comes later',
    context: 'marketplace',
    calls: [
      'GetItem lead',
      'Query memberships',
      'GetItem deposit try',
      'PutItem payment',
      'TransactWriteItems deposit try, lead',
      'UpdateItem payment',
      'SendMessageBatch',
    ],
    prepare: paying('card_slow'),
  },
  {
    name: 'news of a deposit: booking',
    context: 'marketplace',
    calls: [
      'GetItem payment',
      'GetItem lead',
      'GetItem truck',
      'BatchGetItem calendar',
      'TransactWriteItems calendar, lead, lead history, hold',
    ],
    async prepare(platform) {
      const world = await payingSlowly(platform);
      await authorizeFrom(platform, world.leadId, past);
      const news = await question(platform, world);
      return { marks: [world.leadId], run: byQueue(platform, 'deposit-news', news) };
    },
  },
  {
    name: 'news of a deposit that come too early',
    context: 'marketplace',
    calls: ['SendMessageBatch'],
    async prepare(platform) {
      const world = await payingSlowly(platform);
      const { leadId } = world;
      return {
        marks: [leadId],
        run: byQueue(platform, 'deposit-news', await question(platform, world, 4_000_000_000)),
        facts: () => {
          const waiting = platform.waiting('marketplace-payment-news');
          return [`question ${waiting.some((body) => body.includes(leadId) && body.includes('4000000000'))}`];
        },
      };
    },
  },
  {
    name: 'news of a deposit when the time of the truck is lost',
    context: 'marketplace',
    calls: [
      'GetItem payment',
      'GetItem lead',
      'BatchGetItem calendar',
      'TransactWriteItems calendar, lead, lead history, hold',
    ],
    async prepare(platform) {
      const world = await payingSlowly(platform);
      const { leadId } = world;
      await authorizeFrom(platform, leadId, past);
      await setLead(platform, leadId, set('window.from', past));
      return {
        marks: [leadId],
        run: byQueue(platform, 'deposit-news', await question(platform, world)),
      };
    },
  },
  {
    name: 'news of a deposit that comes too late',
    context: 'marketplace',
    calls: ['GetItem payment', 'GetItem lead', 'TransactWriteItems lead'],
    async prepare(platform) {
      const world = await lapsed(platform);
      const news = await question(platform, world);
      return { marks: [world.leadId], run: byQueue(platform, 'deposit-news', news) };
    },
  },
  {
    name: 'news of a refund that the bank returned',
    context: 'marketplace',
    calls: ['GetItem lead', 'TransactWriteItems lead'],
    async prepare(platform) {
      const world = await refundable(platform);
      await settle(platform, world.leadId, 'LEAD-CANCELLED');
      const news = await refundNews(platform, world);
      return { marks: [world.leadId], run: byQueue(platform, 'deposit-news', news) };
    },
  },
  {
    name: 'refund of a deposit is asked for once more',
    context: 'marketplace',
    calls: ['GetItem lead', 'Query memberships', 'TransactWriteItems lead'],
    async prepare(platform) {
      const { organizer: as, leadId } = await returned(platform);
      return {
        marks: [leadId],
        run: byApi(platform, 'retryDepositRefund', { as, params: { leadId } }),
      };
    },
  },
  {
    name: 'settlement of a booking: capture',
    context: 'marketplace',
    calls: ['GetItem lead', 'GetItem payment', 'UpdateItem payment', 'TransactWriteItems lead'],
    prepare: leadNews(booked, 'leads-settlement', 'LEAD-BOOKED'),
  },
  {
    name: 'settlement of a deposit that came too late: void',
    context: 'marketplace',
    calls: ['GetItem lead', 'GetItem payment', 'UpdateItem payment', 'TransactWriteItems lead'],
    prepare: leadNews(late, 'leads-settlement', 'DEPOSIT-LATE'),
  },
  {
    name: 'settlement of a cancellation: refund',
    context: 'marketplace',
    calls: ['GetItem lead', 'TransactWriteItems refund, payment', 'TransactWriteItems lead'],
    prepare: leadNews(refundable, 'leads-settlement', 'LEAD-CANCELLED'),
  },
  {
    name: 'settlement of a cancellation before the capture: capture, refund',
    context: 'marketplace',
    calls: [
      'GetItem lead',
      'GetItem payment',
      'UpdateItem payment',
      'TransactWriteItems lead',
      'TransactWriteItems refund, payment',
      'TransactWriteItems lead',
    ],
    prepare: leadNews(calledOffEarly, 'leads-settlement', 'LEAD-CANCELLED'),
  },
  {
    name: 'settlement of a deposit that was taken in vain: promise, refund',
    context: 'marketplace',
    calls: [
      'GetItem lead',
      'TransactWriteItems lead',
      'TransactWriteItems refund, payment',
      'TransactWriteItems lead',
    ],
    prepare: leadNews(takenInVain, 'leads-settlement', 'LEAD-EXPIRED'),
  },
  {
    name: 'deposit at Stripe',
    context: 'marketplace',
    failing: stripeCalls,
    calls: [
      'GetItem lead',
      'Query memberships',
      'GetItem deposit try',
      'POST /v1/payment_intents',
      'TransactWriteItems deposit try, lead',
    ],
    async prepare(platform) {
      const world = await acceptedForStripe(platform);
      const { leadId } = world;
      return {
        marks: [leadId],
        run: byApi(platform, 'payDeposit', payAtStripe(world)),
        ...atBooks(platform, leadId),
      };
    },
  },
  {
    name: 'news of a deposit from Stripe',
    context: 'marketplace',
    failing: stripeCalls,
    calls: [
      'GET /v1/payment_intents/{id}',
      'GetItem lead',
      'GetItem truck',
      'BatchGetItem calendar',
      'TransactWriteItems calendar, lead, lead history, hold',
    ],
    async prepare(platform) {
      const world = await begun(platform);
      const { leadId } = world;
      platform.stripe.pay(await paymentOf(platform, leadId));
      const news = await stripeNews(platform, world);
      return { marks: [leadId], run: byQueue(platform, 'deposit-news', news), ...atBooks(platform, leadId) };
    },
  },
  {
    name: 'settlement of a booking: capture at Stripe',
    context: 'marketplace',
    failing: stripeCalls,
    calls: ['GetItem lead', 'POST /v1/payment_intents/{id}/capture', 'TransactWriteItems lead'],
    prepare: settlingAtStripe('LEAD-BOOKED', async () => undefined),
  },
  {
    name: 'settlement of a lead that lapsed: void at Stripe',
    context: 'marketplace',
    failing: stripeCalls,
    calls: ['GetItem lead', 'POST /v1/payment_intents/{id}/cancel', 'TransactWriteItems lead'],
    prepare: settlingAtStripe('LEAD-EXPIRED', (platform, { leadId }) =>
      setLead(platform, leadId, set('status', 'expired')),
    ),
  },
  {
    name: 'settlement of a cancellation: refund at Stripe',
    context: 'marketplace',
    failing: stripeCalls,
    calls: [
      'GetItem lead',
      'GET /v1/payment_intents/{id}',
      'GET /v1/refunds',
      'POST /v1/refunds',
      'TransactWriteItems lead',
    ],
    prepare: settlingAtStripe('LEAD-CANCELLED', async (platform, world) => {
      await settle(platform, world.leadId, 'LEAD-BOOKED');
      await cancel(platform, world);
    }),
  },
];
