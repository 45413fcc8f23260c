/**
 * The yardstick of trucks: leads and availability on PostgreSQL, as a shop of one Node process would write it by hand.
 * An exclusion constraint keeps the calendar free of overlaps. It asks neither who wants it nor how long the way is,
 * keeps no events, mails nothing and times nothing out.
 *
 *   node bench/reference/trucks.ts --port N --database URL --trucks N --bookings N --busy N --month EPOCH_SECONDS
 *
 * Truck 0 has an empty calendar, truck 1 has `busy` bookings in the month, all others have `bookings`.
 */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { parseArgs } from 'node:util';
import { DatabaseError, Pool } from 'pg';
import { type Answer, bodyOf, serveJson, transactionsOf } from './service.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    database: { type: 'string', default: '' },
    trucks: { type: 'string', default: '10000' },
    bookings: { type: 'string', default: '8' },
    busy: { type: 'string', default: '30' },
    month: { type: 'string', default: '0' },
  },
});
const pool = new Pool({ connectionString: values.database, max: 32 });
const [trucks, bookings, busy, month] = [values.trucks, values.bookings, values.busy, values.month].map(
  Number,
);

/** The same times as `bookedMonth` of bench/market.ts has. */
const schema = `
  DROP TABLE IF EXISTS calendar, lead_history, leads, briefs, trucks;
  CREATE EXTENSION IF NOT EXISTS btree_gist;
  CREATE TABLE trucks (id int PRIMARY KEY, status text NOT NULL);
  CREATE TABLE leads (id uuid PRIMARY KEY, request_key text UNIQUE NOT NULL, truck_id int NOT NULL REFERENCES trucks, status text NOT NULL,
    served int8range NOT NULL, guests int NOT NULL, name text NOT NULL, created_at timestamptz NOT NULL DEFAULT now());
  CREATE INDEX ON leads (truck_id, created_at);
  CREATE TABLE lead_history (lead_id uuid NOT NULL REFERENCES leads, revision int NOT NULL, status text NOT NULL, at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (lead_id, revision));
  CREATE TABLE calendar (lead_id uuid PRIMARY KEY, truck_id int NOT NULL REFERENCES trucks, kind text NOT NULL, blocked int8range NOT NULL,
    until timestamptz, EXCLUDE USING gist (truck_id WITH =, blocked WITH &&));
  INSERT INTO trucks SELECT number, 'listed' FROM generate_series(0, ${trucks}) AS number;
  INSERT INTO calendar
    SELECT gen_random_uuid(), number, 'booking', int8range(begins, begins + 1800)
    FROM generate_series(1, ${trucks}) AS number,
      LATERAL generate_series(0, CASE number WHEN 1 THEN ${busy} ELSE ${bookings} END - 1) AS index,
      LATERAL (SELECT ${month} + (2 + index % 25) * 86400 + index / 25 % 22 * 3600 AS begins) AS times;
  ANALYZE trucks; ANALYZE calendar;`;

const inTransaction = transactionsOf(pool);

interface Wanted {
  readonly truck: number;
  readonly from: number;
  readonly to: number;
}

/** SQLSTATE of an exclusion constraint that refuses a row. */
const excluded = '23P01';

/** A lead that holds the truck’s time for an hour, its calendar’s constraint having the last word. */
const ask = async (key: string, { truck, from, to }: Wanted): Promise<Answer> => {
  const id = randomUUID();
  try {
    await inTransaction(async (client) => {
      await client.query({
        name: 'lapsed',
        text: 'DELETE FROM calendar WHERE truck_id = $1 AND blocked && int8range($2, $3) AND until < now()',
        values: [truck, from, to],
      });
      await client.query({
        name: 'take',
        text: "INSERT INTO calendar VALUES ($1, $2, 'hold', int8range($3, $4), now() + interval '1 hour')",
        values: [id, truck, from, to],
      });
      await client.query({
        name: 'lead',
        text: "INSERT INTO leads (id, request_key, truck_id, status, served, guests, name) VALUES ($1, $2, $3, 'new', int8range($4, $5), 200, 'Company picnic')",
        values: [id, key, truck, from, to],
      });
      await client.query({
        name: 'history',
        text: "INSERT INTO lead_history (lead_id, revision, status) VALUES ($1, 1, 'new')",
        values: [id],
      });
    });
    return { status: 201, body: { id, status: 'new' } };
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.code !== excluded) throw error;
    const { rows } = await pool.query({
      name: 'conflict',
      text: 'SELECT kind, lower(blocked)::float8 AS from, upper(blocked)::float8 AS to FROM calendar WHERE truck_id = $1 AND blocked && int8range($2, $3) ORDER BY blocked LIMIT 1',
      values: [truck, from, to],
    });
    return { status: 409, body: { code: 'TRUCK_NOT_AVAILABLE', conflict: rows[0] } };
  }
};

/** What is free and what is not within a window. */
const availability = async (truck: number, from: number, to: number): Promise<Answer> => {
  const { rows } = await pool.query({
    name: 'availability',
    text: `WITH taken AS (
        SELECT kind, blocked FROM calendar
        WHERE truck_id = $1 AND blocked && int8range($2, $3) AND (until IS NULL OR until >= now()) ORDER BY blocked)
      SELECT
        (SELECT coalesce(json_agg(json_build_object('kind', kind, 'from', lower(blocked), 'to', upper(blocked))), '[]') FROM taken) AS busy,
        (SELECT json_agg(json_build_object('from', lower(free), 'to', upper(free)))
          FROM unnest(int8multirange(int8range($2, $3)) - (SELECT coalesce(range_agg(blocked), '{}') FROM taken)) AS free) AS free
      FROM trucks WHERE id = $1 AND status = 'listed'`,
    values: [truck, from, to],
  });
  return rows[0] === undefined ? { status: 404, body: {} } : { status: 200, body: rows[0] };
};

const answer = async (request: IncomingMessage): Promise<Answer> => {
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://reference');
  if (request.method === 'POST' && pathname === '/leads')
    return ask(String(request.headers['idempotency-key']), JSON.parse(await bodyOf(request)) as Wanted);
  const truck = /^\/trucks\/(\d+)\/availability$/.exec(pathname)?.[1];
  if (truck === undefined) return { status: 404, body: {} };
  return availability(Number(truck), Number(searchParams.get('from')), Number(searchParams.get('to')));
};

await pool.query(schema);
serveJson(Number(values.port), pool, answer);
