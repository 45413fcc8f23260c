import { randomInt } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { routes } from '../../functions/routes.ts';
import type { Api } from './api.ts';
import type { AnsweredHold, Repeat } from './proof.ts';

/** What the crowd wants to buy. */
export interface Offer {
  readonly sessionId: string;
  /** Best first. */
  readonly ticketTypeIds: readonly string[];
  /** Seats of each row, side by side. */
  readonly rows: readonly (readonly string[])[];
}

/** One request for a hold and how it ended: `held`, or the code of its refusal. */
export interface Attempt {
  readonly wish: 'seats' | 'best';
  readonly outcome: string;
  readonly ms: number;
}

/** What all buyers together did and were told. */
export interface Ledger {
  readonly attempts: Attempt[];
  readonly holds: AnsweredHold[];
  readonly repeats: Repeat[];
  /** Buyers who are through. */
  done: number;
}

/** A wish: given seats, or so many of a ticket type. */
type Wish = { readonly seats: string[] } | { readonly ticketTypeId: string; readonly quantity: number };

interface Held {
  readonly id: string;
  readonly places: readonly string[];
}

type Answer = { readonly held: Held } | { readonly refused: string };

/** Times that a buyer whose seats were taken chooses others, before taking what is offered. */
const maxChoices = 3;
/** Times that a request is sent again, with the same key, when the platform was too busy for it. */
const maxRetries = 8;

const chance = (percent: number): boolean => randomInt(100) < percent;
const pick = <T>(items: readonly T[]): T => {
  const item = items[randomInt(items.length)];
  if (item === undefined) throw new Error('Nothing to pick from');
  return item;
};

/**
 * One customer, from the rush to a hold or to giving up. They want one to four places; a third of them
 * choose seats from the plan, the others take the best available. One in ten sends everything twice (the
 * impatient), one in twelve gives the hold back.
 */
export const buyer = async (
  api: Api,
  offer: Offer,
  ledger: Ledger,
  through: <T>(work: () => Promise<T>) => Promise<T>,
): Promise<void> => {
  const customer = crypto.randomUUID();
  const isImpatient = chance(10);
  const takesAnything = chance(50);
  const quantity = 1 + randomInt(4);

  /** Sends a wish under one key until it is answered. */
  const send = async (wish: Wish, idempotencyKey: string): Promise<Answer> => {
    for (let tries = 0; ; tries += 1) {
      const answer = await through(async (): Promise<Answer> => {
        const startedAt = performance.now();
        const answered = await api.call(routes.createHold, {
          params: { sessionId: offer.sessionId },
          idempotencyKey,
          headers: { 'fairground-client': customer },
          body: wish,
        });
        const ms = performance.now() - startedAt;
        const isHeld = answered.ok && answered.status === 201;
        const outcome = isHeld ? 'held' : answered.ok ? String(answered.status) : answered.problem.code;
        ledger.attempts.push({ wish: 'seats' in wish ? 'seats' : 'best', outcome, ms });
        return isHeld
          ? { held: { id: answered.body.id, places: answered.body.places.map(({ place }) => place) } }
          : { refused: outcome };
      });
      const isBusy =
        'refused' in answer && ['SERVICE_UNAVAILABLE', 'TOO_MANY_REQUESTS'].includes(answer.refused);
      if (!isBusy || tries === maxRetries) return answer;
      await setTimeout(200 + randomInt(400));
    }
  };

  const ask = async (wish: Wish): Promise<Answer> => {
    const key = crypto.randomUUID();
    if (!isImpatient) return send(wish, key);
    const [first, second] = await Promise.all([send(wish, key), send(wish, key)]);
    if ('held' in first && 'held' in second) ledger.repeats.push({ first: first.held, second: second.held });
    // One of the two may come too early or too late; what was held once counts.
    return 'held' in first ? first : second;
  };

  const chooseSeats = (): Wish => {
    const row = pick(offer.rows);
    const size = Math.min(quantity, row.length);
    const start = randomInt(row.length - size + 1);
    return { seats: row.slice(start, start + size) };
  };

  const shop = async (): Promise<Held | undefined> => {
    const choices = offer.rows.length > 0 && chance(35) ? maxChoices : 0;
    for (let choice = 0; choice < choices; choice += 1) {
      const answer = await ask(chooseSeats());
      if ('held' in answer) return answer.held;
      if (answer.refused !== 'PLACES_TAKEN') return undefined;
    }
    const favourite = pick(offer.ticketTypeIds);
    const others = offer.ticketTypeIds.filter((id) => id !== favourite);
    const wishes = [
      { ticketTypeId: favourite, quantity },
      ...(takesAnything ? others.map((ticketTypeId) => ({ ticketTypeId, quantity: 1 })) : []),
    ];
    for (const wish of wishes) {
      const answer = await ask(wish);
      if ('held' in answer) return answer.held;
      if (answer.refused !== 'SOLD_OUT') return undefined;
    }
    return undefined;
  };

  const held = await shop();
  if (held !== undefined) {
    const isCancelled = chance(8);
    if (isCancelled) {
      const params = { holdId: held.id };
      await through(() => api.must(204, routes.cancelHold, { params }));
    }
    ledger.holds.push({ ...held, isCancelled });
  }
  ledger.done += 1;
};
