import { setTimeout } from 'node:timers/promises';
import { routes } from '../../functions/routes.ts';
import type { Api } from './api.ts';
import type { Chance } from './chance.ts';
import type { AnsweredHold, Ledger } from './ledger.ts';
import type { Gate } from './parallel.ts';

/** What the crowd wants to buy. */
export interface Offer {
  readonly sessionId: string;
  /** Best first. */
  readonly ticketTypeIds: readonly string[];
  /** Seats of each row, side by side. */
  readonly rows: readonly (readonly string[])[];
}

/** A customer of the sale, with all that they need to buy. */
export interface Customer {
  readonly api: Api;
  readonly offer: Offer;
  readonly ledger: Ledger;
  readonly chance: Chance;
  /** Their secret: nobody else’s requests are taken for theirs. */
  readonly secret: string;
  readonly name: string;
  readonly email: string;
  /** Sends everything twice at the same moment, with the same key. */
  readonly isImpatient: boolean;
  /** Lets requests through that ask for places. */
  readonly shopping: Gate;
  /** Lets requests through of those who have places. */
  readonly paying: Gate;
}

/** A wish: given seats, or so many of a ticket type. */
type Wish = { readonly seats: string[] } | { readonly ticketTypeId: string; readonly quantity: number };

type Answer = { readonly held: AnsweredHold } | { readonly refused: string };

/** Times that a buyer whose seats were taken chooses others, before taking what is offered. */
const maxChoices = 3;
/** Times that a request is sent again, with the same key, when the platform was too busy for it. */
const maxRetries = 8;
const busy = ['SERVICE_UNAVAILABLE', 'TOO_MANY_REQUESTS'];

/** Sends again while the platform is too busy: `send` answers the code of its refusal, or something else. */
export const whileBusy = async <T>(chance: Chance, send: () => Promise<T | string>): Promise<T | string> => {
  for (let tries = 0; ; tries += 1) {
    const answer = await send();
    const isBusy = typeof answer === 'string' && busy.includes(answer);
    if (!isBusy || tries === maxRetries) return answer;
    await setTimeout(200 + chance.below(400));
  }
};

const requestHold = async (
  { api, offer, ledger, chance, secret, shopping }: Customer,
  wish: Wish,
  idempotencyKey: string,
): Promise<Answer> => {
  const answer = await whileBusy<AnsweredHold>(chance, () =>
    shopping(async () => {
      const startedAt = performance.now();
      const answered = await api.call(routes.createHold, {
        params: { sessionId: offer.sessionId },
        idempotencyKey,
        headers: { 'fairground-client': secret },
        body: wish,
      });
      const isHeld = answered.ok && answered.status === 201;
      const outcome = isHeld ? 'held' : answered.ok ? String(answered.status) : answered.problem.code;
      const what = 'seats' in wish ? 'held, given seats' : 'held, best available';
      ledger.attempts.push({ what: isHeld ? what : outcome, ms: performance.now() - startedAt });
      if (!isHeld) return outcome;
      const { id, places, total } = answered.body;
      return { id, places: places.map(({ place }) => place), price: total.amount, isGivenBack: false };
    }),
  );
  return typeof answer === 'string' ? { refused: answer } : { held: answer };
};

const ask = async (customer: Customer, wish: Wish): Promise<Answer> => {
  const key = crypto.randomUUID();
  if (!customer.isImpatient) return requestHold(customer, wish, key);
  const [first, second] = await Promise.all([
    requestHold(customer, wish, key),
    requestHold(customer, wish, key),
  ]);
  if ('held' in first && 'held' in second)
    customer.ledger.repeats.push({ first: first.held, second: second.held });
  // One of the two may come too early or too late; what was held once counts.
  return 'held' in first ? first : second;
};

/** Wants places until it has some or is refused for good: the hold, or the code of the last refusal. */
export const shop = async (customer: Customer, quantity: number): Promise<AnsweredHold | string> => {
  const { chance, offer } = customer;
  const chooseSeats = (): Wish => {
    const row = chance.pick(offer.rows);
    const size = Math.min(quantity, row.length);
    const start = chance.below(row.length - size + 1);
    return { seats: row.slice(start, start + size) };
  };
  const choices = offer.rows.length > 0 && chance.percent(35) ? maxChoices : 0;
  for (let choice = 0; choice < choices; choice += 1) {
    const answer = await ask(customer, chooseSeats());
    if ('held' in answer) return answer.held;
    if (answer.refused !== 'PLACES_TAKEN') return answer.refused;
  }
  const favourite = chance.pick(offer.ticketTypeIds);
  const others = offer.ticketTypeIds.filter((id) => id !== favourite);
  const takesAnything = chance.percent(50);
  const wishes = [
    { ticketTypeId: favourite, quantity },
    ...(takesAnything ? others.map((ticketTypeId) => ({ ticketTypeId, quantity: 1 })) : []),
  ];
  for (const wish of wishes) {
    const answer = await ask(customer, wish);
    if ('held' in answer) return answer.held;
    if (answer.refused !== 'SOLD_OUT') return answer.refused;
  }
  return 'SOLD_OUT';
};

/** Asks for a single place of any kind, once. */
export const askForReturns = async (customer: Customer): Promise<AnsweredHold | string> => {
  const answer = await ask(customer, {
    ticketTypeId: customer.chance.pick(customer.offer.ticketTypeIds),
    quantity: 1,
  });
  return 'held' in answer ? answer.held : answer.refused;
};
