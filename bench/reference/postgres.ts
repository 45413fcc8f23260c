/**
 * The yardstick: hold, order and pay on PostgreSQL, as a shop of one Node process would write it by hand. Money is
 * captured after the answer, as the platform does; its provider is a row, as the platform’s test provider is. It keeps no
 * events, mails nothing and times nothing out.
 *
 *   node bench/reference/postgres.ts --port N --database URL --seats N
 *
 * Rows are locked in the order of their numbers, so that two buyers never wait for each other in a circle.
 */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { parseArgs } from 'node:util';
import { Pool } from 'pg';
import { type Answer, bodyOf, serveJson, transactionsOf } from './service.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    database: { type: 'string', default: '' },
    seats: { type: 'string', default: '40000' },
  },
});
const pool = new Pool({ connectionString: values.database, max: 32 });

const schema = `
  DROP TABLE IF EXISTS tickets, payments, order_items, orders, seats, holds;
  CREATE TABLE holds (id uuid PRIMARY KEY, request_key text UNIQUE, until timestamptz NOT NULL, confirmed boolean NOT NULL DEFAULT false);
  CREATE TABLE seats (number int PRIMARY KEY, hold_id uuid, until timestamptz, sold boolean NOT NULL DEFAULT false);
  CREATE TABLE orders (id uuid PRIMARY KEY, request_key text UNIQUE, hold_id uuid UNIQUE NOT NULL REFERENCES holds, name text NOT NULL, email text NOT NULL,
    status text NOT NULL, total int NOT NULL, currency text NOT NULL, created_at timestamptz NOT NULL DEFAULT now());
  CREATE TABLE order_items (order_id uuid REFERENCES orders, seat int, price int NOT NULL, PRIMARY KEY (order_id, seat));
  CREATE TABLE payments (id uuid PRIMARY KEY, order_id uuid UNIQUE NOT NULL REFERENCES orders, status text NOT NULL, amount int NOT NULL, currency text NOT NULL);
  CREATE TABLE tickets (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), order_id uuid NOT NULL REFERENCES orders, seat int NOT NULL UNIQUE, status text NOT NULL);
  INSERT INTO seats (number) SELECT generate_series(0, ${Number(values.seats) - 1});
  ANALYZE seats;`;

const inTransaction = transactionsOf(pool);

class Taken extends Error {}

const hold = async (key: string, seats: readonly number[]): Promise<{ readonly id: string }> =>
  inTransaction(async (client) => {
    const { rows } = await client.query<{ number: number; free: boolean }>({
      name: 'lock',
      text: 'SELECT number, NOT sold AND (hold_id IS NULL OR until < now()) AS free FROM seats WHERE number = ANY($1) ORDER BY number FOR UPDATE',
      values: [seats],
    });
    if (rows.length < seats.length || rows.some(({ free }) => !free)) throw new Taken();
    const id = randomUUID();
    await client.query({
      name: 'claim',
      text: "UPDATE seats SET hold_id = $1, until = now() + interval '10 minutes' WHERE number = ANY($2)",
      values: [id, seats],
    });
    await client.query({
      name: 'hold',
      text: "INSERT INTO holds (id, request_key, until) VALUES ($1, $2, now() + interval '10 minutes')",
      values: [id, key],
    });
    return { id };
  });

const price = 4_500;

interface NewOrder {
  readonly holdId: string;
  readonly customer: { readonly name: string; readonly email: string };
}

/** Orders a live hold, once: its order with a line for each seat, and a payment to be authorized. */
const order = async (key: string, { holdId, customer }: NewOrder): Promise<string | undefined> =>
  inTransaction(async (client) => {
    const { rows } = await client.query<{ number: number }>({
      name: 'held',
      text: 'SELECT number FROM seats JOIN holds ON holds.id = seats.hold_id WHERE holds.id = $1 AND NOT confirmed AND holds.until >= now()',
      values: [holdId],
    });
    if (rows.length === 0) return undefined;
    const id = randomUUID();
    const total = rows.length * price;
    await client.query({
      name: 'order',
      text: "INSERT INTO orders (id, request_key, hold_id, name, email, status, total, currency) VALUES ($1, $2, $3, $4, $5, 'awaiting_payment', $6, 'EUR')",
      values: [id, key, holdId, customer.name, customer.email, total],
    });
    await client.query({
      name: 'items',
      text: 'INSERT INTO order_items (order_id, seat, price) SELECT $1, unnest($2::int[]), $3',
      values: [id, rows.map(({ number }) => number), price],
    });
    await client.query({
      name: 'payment',
      text: "INSERT INTO payments (id, order_id, status, amount, currency) VALUES ($1, $2, 'created', $3, 'EUR')",
      values: [randomUUID(), id, total],
    });
    return id;
  });

/** Authorizes the payment, then confirms in one transaction: places sold, hold and order confirmed, tickets issued. */
const pay = async (id: string): Promise<boolean> => {
  await pool.query({
    name: 'authorize',
    text: "UPDATE payments SET status = 'authorized' WHERE order_id = $1 AND status = 'created'",
    values: [id],
  });
  return inTransaction(async (client) => {
    const { rows } = await client.query<{ hold_id: string; total: number }>({
      name: 'confirm',
      text: "UPDATE orders SET status = 'confirmed' FROM payments WHERE orders.id = $1 AND orders.status = 'awaiting_payment' AND payments.order_id = orders.id AND payments.status = 'authorized' RETURNING hold_id, total",
      values: [id],
    });
    const [confirmed] = rows;
    if (confirmed === undefined) return false;
    const sold = await client.query<{ number: number }>({
      name: 'sell',
      text: 'UPDATE seats SET sold = true WHERE hold_id = $1 AND NOT sold RETURNING number',
      values: [confirmed.hold_id],
    });
    // The hold lapsed and somebody else has a place of it.
    if (sold.rows.length * price !== confirmed.total) throw new Taken();
    await client.query({
      name: 'end hold',
      text: 'UPDATE holds SET confirmed = true WHERE id = $1',
      values: [confirmed.hold_id],
    });
    await client.query({
      name: 'tickets',
      text: "INSERT INTO tickets (order_id, seat, status) SELECT $1, unnest($2::int[]), 'valid'",
      values: [id, sold.rows.map(({ number }) => number)],
    });
    return true;
  });
};

/** Captures after the answer; what is left out by a crash would be found by its status. */
const capture = (id: string): Promise<unknown> =>
  pool.query({
    name: 'capture',
    text: "UPDATE payments SET status = 'captured' WHERE order_id = $1 AND status = 'authorized'",
    values: [id],
  });

const answer = async (request: IncomingMessage): Promise<Answer> => {
  const key = String(request.headers['idempotency-key']);
  if (request.method !== 'POST') return { status: 404, body: {} };
  if (request.url === '/holds') {
    const { seats } = JSON.parse(await bodyOf(request)) as { seats: number[] };
    return { status: 201, body: await hold(key, seats) };
  }
  if (request.url === '/orders') {
    const id = await order(key, JSON.parse(await bodyOf(request)) as NewOrder);
    return id === undefined
      ? { status: 409, body: {} }
      : { status: 201, body: { id, status: 'awaiting_payment' } };
  }
  const id = /^\/orders\/([0-9a-f-]{36})\/pay$/.exec(request.url ?? '')?.[1];
  if (id === undefined) return { status: 404, body: {} };
  if (!(await pay(id))) return { status: 409, body: {} };
  void capture(id).catch(console.error);
  return { status: 202, body: { id, status: 'confirmed' } };
};

await pool.query(schema);
serveJson(Number(values.port), pool, (request) =>
  answer(request).catch((error: Error) => {
    if (error instanceof Taken) return { status: 409, body: {} };
    throw error;
  }),
);
