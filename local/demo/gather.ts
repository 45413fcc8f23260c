import { compactVerify, createLocalJWKSet, type JSONWebKeySet } from 'jose';
import { routes } from '../../functions/routes.ts';
import type { Api } from './api.ts';
import { settled } from './box-office.ts';
import type { Ledger } from './ledger.ts';
import { inParallel, until } from './parallel.ts';
import type { ReadTicket } from './proof-door.ts';
import type { MoneyEvidence, PaidOrder } from './proof-money.ts';
import { ownersOf, type PlacesEvidence } from './proof-places.ts';

/** Who reads what for the proof, and of which session. */
export interface Reader {
  readonly visitor: Api;
  readonly organizer: Api;
  readonly sessionId: string;
  readonly connections: number;
}

/** Reads each order that a customer made, at both sides of the money. */
const readOrders = async (
  { visitor, connections }: Reader,
  { purchases }: Ledger,
): Promise<Pick<MoneyEvidence, 'orders' | 'books'>> => {
  const read = await inParallel(connections, purchases, async ({ orderId, holdIds, price }) => {
    const now = await settled(visitor, orderId);
    const book = await visitor.must(200, routes.getTestPayment, { params: { orderId } });
    const order: PaidOrder = {
      id: orderId,
      status: now.status,
      holdIds,
      shown: price,
      total: now.total.amount,
      refunded: now.refunded.amount,
      payment: now.payment?.status ?? 'none',
      items: now.items.map(({ place, total, status }) => ({ place, price: total.amount, status })),
    };
    return { order, book: { captured: book.captured.amount, refunded: book.refunded.amount } };
  });
  return {
    orders: read.map(({ order }) => order),
    books: new Map(read.map(({ order, book }) => [order.id, book])),
  };
};

/** All orders of the session as its organizer lists them. */
const listOrders = async ({ organizer, sessionId }: Reader): Promise<MoneyEvidence['listed']> => {
  const listed: { id: string; status: string; refunded: number }[] = [];
  let cursor: string | undefined;
  do {
    const page = await organizer.must(200, routes.listOrders, {
      params: { sessionId },
      query: { limit: 100, ...(cursor !== undefined && { cursor }) },
    });
    for (const { id, status, refunded } of page.items) listed.push({ id, status, refunded: refunded.amount });
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return listed;
};

const readHolds = async (
  { visitor, connections }: Reader,
  { holds }: Ledger,
): Promise<PlacesEvidence['reread']> =>
  new Map(
    await inParallel(connections, holds, async ({ id }) => {
      const { status, places } = await visitor.must(200, routes.getHold, { params: { holdId: id } });
      return [id, { status, places: places.map(({ place }) => place) }] as const;
    }),
  );

/** The seats document once it has caught up and the last hold that nobody paid for has lapsed. */
const readSeats = (
  { visitor, sessionId }: Reader,
  sold: number,
  holdSeconds: number,
): Promise<PlacesEvidence['seats']> => {
  // If it never agrees, the last one is the evidence.
  const patienceMs = holdSeconds * 1_000 + 10_000;
  const deadline = Date.now() + patienceMs;
  return until(
    'the seats document',
    patienceMs + 10_000,
    async () => {
      const seats = await visitor.must(200, routes.getSeats, {
        params: { sessionId },
        query: { format: 'full' },
      });
      const hasCaughtUp = seats.summary.sold === sold && seats.summary.held === 0;
      return hasCaughtUp || Date.now() > deadline ? { ...seats, places: seats.places ?? {} } : undefined;
    },
    200,
  );
};

/** Reads everything of places and money again. */
export const gatherSale = async (
  reader: Reader,
  ledger: Ledger,
  holdSeconds: number,
): Promise<PlacesEvidence & MoneyEvidence> => {
  const { orders, books } = await readOrders(reader, ledger);
  return {
    holds: ledger.holds,
    repeats: ledger.repeats,
    orders,
    books,
    listed: await listOrders(reader),
    seats: await readSeats(reader, ownersOf(orders).size, holdSeconds),
    reread: await readHolds(reader, ledger),
  };
};

/** Reads each ticket by its current id, and what the published keys say of its code. */
export const readTickets = async (
  { visitor, connections }: Reader,
  ticketIds: readonly string[],
): Promise<readonly ReadTicket[]> => {
  const keyFor = createLocalJWKSet((await visitor.must(200, routes.getTicketKeys, {})) as JSONWebKeySet);
  const codeSays = async (code: string): Promise<ReadTicket['codeSays']> => {
    const verified = await compactVerify(code, keyFor, { algorithms: ['ES256'] }).catch(() => undefined);
    if (verified === undefined) return undefined;
    const { t, s } = JSON.parse(new TextDecoder().decode(verified.payload)) as { t: string; s: string };
    return { serial: t.slice(0, 13), sessionId: `ses_${s}` };
  };
  return inParallel(connections, ticketIds, async (ticketId) => {
    const { serial, place, status, code } = await visitor.must(200, routes.getTicket, {
      params: { ticketId },
    });
    return { serial, place, status, codeSays: await codeSays(code) };
  });
};
