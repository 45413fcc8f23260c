import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Pool, PoolClient } from 'pg';

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** Does work in a transaction, which is undone when it throws. */
export const transactionsOf =
  (pool: Pool) =>
  async <T>(work: (client: PoolClient) => Promise<T>): Promise<T> => {
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

export const bodyOf = async (request: IncomingMessage): Promise<string> => {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) body += chunk;
  return body;
};

/** Answers in JSON until Ctrl-C; whoever started the program reads `ready`. */
export const serveJson = (
  port: number,
  pool: Pool,
  answer: (request: IncomingMessage) => Promise<Answer>,
): void => {
  const reply = (response: ServerResponse, { status, body }: Answer): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  const server = createServer((request, response) => {
    answer(request).then(
      (answered) => reply(response, answered),
      (error: Error) => {
        console.error(error);
        response.writeHead(500).end();
      },
    );
  });
  server.listen(port, '127.0.0.1', () => console.log('ready'));
  process.once('SIGINT', () => {
    server.close();
    server.closeAllConnections();
    void pool.end();
  });
};
