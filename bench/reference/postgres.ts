/**
 * The yardstick: hold and confirm on PostgreSQL, as a shop of one Node process would write it by hand.
 *
 *   node bench/reference/postgres.ts --port N --database URL --seats N
 *
 * Rows are locked in the order of their numbers, so that two buyers never wait for each other in a circle.
 */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import { parseArgs } from 'node:util';
import { Pool, type PoolClient } from 'pg';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    database: { type: 'string', default: '' },
    seats: { type: 'string', default: '40000' },
  },
});
const pool = new Pool({ connectionString: values.database, max: 32 });

const schema = `
  DROP TABLE IF EXISTS seats; DROP TABLE IF EXISTS holds;
  CREATE TABLE holds (id uuid PRIMARY KEY, request_key text UNIQUE, until timestamptz NOT NULL, confirmed boolean NOT NULL DEFAULT false);
  CREATE TABLE seats (number int PRIMARY KEY, hold_id uuid, until timestamptz, sold boolean NOT NULL DEFAULT false);
  INSERT INTO seats (number) SELECT generate_series(0, ${Number(values.seats) - 1});
  ANALYZE seats;`;

const inTransaction = async <T>(work: (client: PoolClient) => Promise<T>): Promise<T> => {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
};

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

const confirm = async (id: string): Promise<boolean> =>
  inTransaction(async (client) => {
    const { rowCount } = await client.query({
      name: 'confirm',
      text: 'UPDATE holds SET confirmed = true WHERE id = $1 AND NOT confirmed AND until >= now()',
      values: [id],
    });
    if (rowCount !== 1) return false;
    await client.query({
      name: 'sell',
      text: 'UPDATE seats SET sold = true WHERE hold_id = $1',
      values: [id],
    });
    return true;
  });

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) body += chunk;
  return body;
};

const answer = async (
  request: IncomingMessage,
): Promise<{ readonly status: number; readonly body: unknown }> => {
  if (request.method !== 'POST') return { status: 404, body: {} };
  if (request.url === '/holds') {
    const { seats } = JSON.parse(await bodyOf(request)) as { seats: number[] };
    try {
      return { status: 201, body: await hold(String(request.headers['idempotency-key']), seats) };
    } catch (error) {
      if (error instanceof Taken) return { status: 409, body: {} };
      throw error;
    }
  }
  const id = /^\/holds\/([0-9a-f-]{36})\/confirm$/.exec(request.url ?? '')?.[1];
  if (id === undefined) return { status: 404, body: {} };
  return (await confirm(id)) ? { status: 200, body: { id } } : { status: 409, body: {} };
};

await pool.query(schema);
const server = createServer((request, response) => {
  answer(request).then(
    ({ status, body }) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    },
    (error: Error) => {
      console.error(error);
      response.writeHead(500).end();
    },
  );
});
server.listen(Number(values.port), '127.0.0.1', () => console.log('ready'));
process.once('SIGINT', () => {
  server.close();
  server.closeAllConnections();
  void pool.end();
});
