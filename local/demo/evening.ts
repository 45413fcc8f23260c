import type { Chance } from './chance.ts';
import type { Shown } from './proof-door.ts';

/** A ticket that was bought, with the code that its buyer printed. */
export interface BoughtTicket {
  readonly id: string;
  readonly serial: string;
  readonly orderId: string;
  readonly code: string;
}

/** What becomes of tickets before and at the door. No ticket is in two of these. */
export interface Evening {
  readonly undoneOrders: readonly string[];
  readonly undone: readonly BoughtTicket[];
  readonly refunded: readonly BoughtTicket[];
  readonly givenAway: readonly BoughtTicket[];
  /** After the gate that has no connection took its last page of the manifest. */
  readonly givenAwayLate: readonly BoughtTicket[];
  readonly copied: readonly BoughtTicket[];
  readonly others: readonly BoughtTicket[];
}

/** So many percent of a number, at least one. */
const atLeastOne = (count: number, percent: number): number =>
  Math.max(1, Math.round((count * percent) / 100));

/** Decides what becomes of which ticket. */
export const planEvening = (tickets: readonly BoughtTicket[], chance: Chance): Evening => {
  const orders = chance.shuffled([...new Set(tickets.map(({ orderId }) => orderId))]);
  const undoneOrders = orders.slice(0, atLeastOne(orders.length, 2));
  const isUndone = ({ orderId }: BoughtTicket) => undoneOrders.includes(orderId);
  const rest = [...chance.shuffled(tickets.filter((ticket) => !isUndone(ticket)))];
  const take = (percent: number) => rest.splice(0, atLeastOne(tickets.length, percent));
  return {
    undoneOrders,
    undone: tickets.filter(isUndone),
    refunded: take(3),
    givenAway: take(4),
    givenAwayLate: take(1),
    copied: take(2),
    others: rest,
  };
};

export const onlineGates = ['north', 'east', 'south'] as const;
export const offlineGate = 'west';
const gates = [...onlineGates, offlineGate];

/** Somebody who comes to a gate with a code. */
export interface Guest {
  readonly shows: Shown;
  readonly serial: string;
  readonly code: string;
  readonly gate: string;
}

/** Codes that came into the world beside those that were bought first. */
export interface NewCodes {
  /** Current code of each ticket that was given away, by serial. */
  readonly givenAway: ReadonlyMap<string, string>;
  readonly soldLate: readonly BoughtTicket[];
  readonly otherSession: readonly BoughtTicket[];
  readonly forged: readonly string[];
}

const noShowPercent = 6;

/**
 * Who comes to which gate, in which order. The gate without a connection is shown one of each kind, and the first
 * copy of a ticket goes to it while its owner goes to another.
 */
export const guestsOf = (evening: Evening, codes: NewCodes, chance: Chance): readonly Guest[] => {
  const guests: Guest[] = [];
  const comes = (shows: Shown, { serial, code }: Pick<BoughtTicket, 'serial' | 'code'>, gate: string) =>
    guests.push({ shows, serial, code, gate });
  const anywhere = () => chance.pick(gates);
  const online = () => chance.pick(onlineGates);
  /** The first of them at the gate without a connection, the others anywhere. */
  const all = (shows: Shown, tickets: readonly BoughtTicket[]) => {
    for (const [index, ticket] of tickets.entries())
      comes(shows, ticket, index === 0 ? offlineGate : index === 1 ? online() : anywhere());
  };

  for (const ticket of evening.others)
    if (!chance.percent(noShowPercent)) comes('own ticket', ticket, anywhere());
  for (const ticket of [...evening.givenAway, ...evening.givenAwayLate]) {
    const code = codes.givenAway.get(ticket.serial);
    if (code === undefined) throw new Error(`${ticket.serial} was given away to nobody`);
    // The new code of a late transfer has a secret that no manifest of before knows.
    const isLate = evening.givenAwayLate.includes(ticket);
    comes('own ticket', { serial: ticket.serial, code }, isLate ? online() : anywhere());
  }
  for (const [index, ticket] of evening.copied.entries()) {
    comes('own ticket', ticket, index % 3 === 2 ? offlineGate : online());
    comes('copied ticket', ticket, index % 3 === 1 ? online() : offlineGate);
  }
  all('ticket given away', evening.givenAway);
  all('ticket given away after the manifest', evening.givenAwayLate);
  all('refunded ticket', evening.refunded);
  all('ticket of an undone order', evening.undone);
  all('ticket of another session', codes.otherSession);
  all('ticket sold after the manifest', codes.soldLate);
  for (const [index, code] of codes.forged.entries())
    comes('forged ticket', { serial: 'forged', code }, index === 0 ? offlineGate : online());
  return chance.shuffled(guests);
};
