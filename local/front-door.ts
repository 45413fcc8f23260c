import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Answer = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export interface FrontDoor {
  /** E.g. `http://127.0.0.1:3000`. */
  readonly origin: string;
  /** What answers from now on; until then every request is told to come back. */
  open(answer: Answer): void;
  close(): Promise<void>;
}

/** Longer than clients keep idle connections: none of them meets one that is just being closed. */
const keepAliveTimeout = 65_000;

const notYet: Answer = async (_request, response) => {
  response.writeHead(503, { 'retry-after': '5' }).end('Starting');
};

/**
 * Listens before anything else starts, so that a taken port is known at once.
 * @throws Error with code `EADDRINUSE`.
 */
export const openFrontDoor = async (port: number, log: (line: string) => void): Promise<FrontDoor> => {
  let current = notYet;
  const server = createServer({ keepAliveTimeout }, (request, response) => {
    current(request, response).catch((error: Error) => {
      if (!request.destroyed) log(`${request.method} ${request.url}: ${error.stack ?? error.message}`);
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    open(answer) {
      current = answer;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
