import { setTimeout } from 'node:timers/promises';
import { routes } from '../../functions/routes.ts';
import { buy, type Method } from './checkout.ts';
import type { AnsweredHold } from './ledger.ts';
import { askForReturns, type Customer, shop } from './shop.ts';

/** How customers pay: percent of each method, a hundred in all. */
export type Methods = Readonly<Record<Method, number>>;

export const usualMethods: Methods = {
  card_ok: 76,
  card_declined: 8,
  card_slow: 8,
  card_never: 5,
  card_late: 3,
};

const givesBackPercent = 8;
const waitsPercent = 5;

/**
 * Asks for a single place every other second, until one has come back, or everybody else is through: then none
 * will.
 */
const waitForReturns = async (customer: Customer, customers: number): Promise<AnsweredHold | string> => {
  const { ledger, chance } = customer;
  ledger.waiting += 1;
  let answer: AnsweredHold | string = 'SOLD_OUT';
  while (answer === 'SOLD_OUT' && ledger.done + ledger.waiting < customers) {
    await setTimeout(1_000 + chance.below(1_000));
    answer = await askForReturns(customer);
  }
  ledger.waiting -= 1;
  return answer;
};

/**
 * One customer, from the rush to the end of their order or to giving up. They want one to four places; a third
 * of them choose seats from the plan, the others take the best available. One in twelve gives the hold back;
 * the others order it and pay. One in twenty of those who came too late waits for places that come back.
 */
export const buyer = async (
  customer: Customer,
  { methods, customers }: { readonly methods: Methods; readonly customers: number },
): Promise<void> => {
  const { api, chance, ledger } = customer;
  const inRush = await shop(customer, 1 + chance.below(4));
  const waits = inRush === 'SOLD_OUT' && chance.percent(waitsPercent);
  const held = waits ? await waitForReturns(customer, customers) : inRush;
  if (typeof held !== 'string') {
    const isGivenBack = chance.percent(givesBackPercent);
    ledger.holds.push({ ...held, isGivenBack });
    if (isGivenBack) {
      const params = { holdId: held.id };
      await customer.paying(() => api.must(204, routes.cancelHold, { params }));
    } else await buy(customer, [held], chance.share(methods));
  }
  ledger.done += 1;
};
