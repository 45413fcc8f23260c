import type { Api, Platform } from './api.ts';
import { giveAway, readBought, refundTickets, settled, undoOrders } from './box-office.ts';
import type { Chance } from './chance.ts';
import { buy } from './checkout.ts';
import { forgeLike, prepareOfflineScanner, readDoor, runDoor, staffGates, untilManifestHas } from './door.ts';
import { type BoughtTicket, guestsOf, offlineGate, planEvening } from './evening.ts';
import type { Reader } from './gather.ts';
import { type Ledger, openLedger } from './ledger.ts';
import { inParallel } from './parallel.ts';
import type { OnSale } from './put-on-sale.ts';
import { reportDoor } from './report.ts';
import { askForReturns, type Customer, type Offer } from './shop.ts';

export interface Doors {
  readonly platform: Platform;
  readonly offer: OnSale;
  readonly reader: Reader;
  /** Of the sale; the last customer is added to it. */
  readonly ledger: Ledger;
  readonly customerOf: (name: string, offer: Offer, ledger: Ledger) => Customer;
  readonly chance: Chance;
  readonly say: (line: string) => void;
  readonly progress: (line: string) => void;
}

/** The tickets of a ledger’s confirmed orders, once their money is where it belongs. */
const ticketsOf = async ({ visitor, connections }: Reader, { purchases }: Ledger) => {
  const orders = await inParallel(connections, purchases, ({ orderId }) => settled(visitor, orderId));
  const confirmed = orders.filter(({ status }) => status === 'confirmed');
  return readBought(visitor, confirmed, connections);
};

/** One more customer, who takes a single place and pays it at once: the ledger of that. */
const buyOne = async (customerOf: Doors['customerOf'], name: string, offer: Offer): Promise<Ledger> => {
  const ledger = openLedger();
  for (const ticketTypeId of offer.ticketTypeIds) {
    const customer = customerOf(name, { ...offer, ticketTypeIds: [ticketTypeId] }, ledger);
    const held = await askForReturns(customer);
    if (typeof held === 'string') continue;
    ledger.holds.push(held);
    await buy(customer, [held], 'card_ok');
    break;
  }
  return ledger;
};

const apiOf = (gates: ReadonlyMap<string, Api>, gate: string): Api => {
  const api = gates.get(gate);
  if (api === undefined) throw new Error(`Nobody is at the gate ${gate}`);
  return api;
};

/**
 * The evening: what becomes of tickets before the doors open, what happens once one gate has lost its connection, all
 * gates at work, and the log of that one.
 */
export const openDoors = async ({
  platform,
  offer,
  reader,
  ledger,
  customerOf,
  chance,
  say,
  progress,
}: Doors) => {
  const { sessionId, organizationId, otherSession } = offer;
  const { visitor, organizer, connections } = reader;

  progress('before the doors: refunds, transfers');
  const bought = await ticketsOf(reader, ledger);
  const evening = planEvening(bought, chance);
  await undoOrders(organizer, evening.undoneOrders, connections);
  await refundTickets(organizer, evening.refunded, connections);
  const moved = await giveAway(visitor, evening.givenAway, connections);
  const rehearsals = await inParallel(2, ['one', 'two'], (name) =>
    buyOne(customerOf, `rehearsal ${name}`, otherSession),
  );

  const gates = await staffGates(platform, organizer, organizationId, sessionId);
  const offlineApi = apiOf(gates, offlineGate);
  const scanner = await prepareOfflineScanner(offlineApi, sessionId);
  const { others, copied, givenAway, givenAwayLate, refunded, undone } = evening;
  const codesOf = (tickets: Iterable<{ readonly code: string }>) => [...tickets].map(({ code }) => code);
  await untilManifestHas(offlineApi, sessionId, scanner, {
    good: codesOf([...others, ...copied, ...givenAwayLate, ...moved.values()]),
    bad: codesOf([...givenAway, ...refunded, ...undone]),
  });
  say(`${offlineGate} has its manifest of ${scanner.ticketCount()} tickets, and no connection from now on`);

  const movedLate = await giveAway(visitor, givenAwayLate, connections);
  const late = await buyOne(customerOf, 'late customer', offer);
  ledger.holds.push(...late.holds);
  ledger.purchases.push(...late.purchases);
  const soldLate = await ticketsOf(reader, late);

  const current = new Map([...moved, ...movedLate]);
  const [anyTicket] = bought;
  const guests = guestsOf(
    evening,
    {
      givenAway: new Map([...current].map(([serial, { code }]) => [serial, code])),
      soldLate,
      otherSession: (await Promise.all(rehearsals.map((one) => ticketsOf(reader, one)))).flat(),
      forged: anyTicket === undefined ? [] : await forgeLike(anyTicket.code, 2),
    },
    chance,
  );
  const { scans, startedAt, seconds } = await runDoor({
    apiOf: (gate) => apiOf(gates, gate),
    sessionId,
    scanner,
    guests,
    chance,
    progress,
  });
  reportDoor(scans, seconds, say);
  const idOf = ({ id, serial }: BoughtTicket) => current.get(serial)?.id ?? id;
  return {
    startedAt,
    ticketIds: [...bought, ...soldLate].map(idOf),
    evidence: { scans, ...(await readDoor(organizer, sessionId, scans)) },
  };
};
