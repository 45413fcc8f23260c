import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

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

/** What is no HTTP never becomes a request: it is answered here, as the API answers, and the client hung up on. */
const refuse = (socket: Socket, detail: string): void => {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const requestId = randomUUID();
  const body = JSON.stringify({
    type: 'urn:fairground:problem:INVALID_REQUEST',
    title: 'The request cannot be read',
    status: 400,
    code: 'INVALID_REQUEST',
    detail,
    instance: '/',
    requestId,
  });
  socket.end(
    [
      'HTTP/1.1 400 Bad Request',
      'Content-Type: application/problem+json',
      `Content-Length: ${Buffer.byteLength(body)}`,
      `X-Request-Id: ${requestId}`,
      'Connection: close',
      '',
      body,
    ].join('\r\n'),
  );
};

/** The absolute form (RFC 9112 §3.2.2), as clients send it to proxies, asks for the same as its path. */
const originForm = (url: string): string => url.replace(/^https?:\/\/[^/?]*\/?/i, '/');

/**
 * Listens before anything else starts, so that a taken port is known at once.
 * @throws Error with code `EADDRINUSE`.
 */
export const openFrontDoor = async (port: number, log: (line: string) => void): Promise<FrontDoor> => {
  let current = notYet;
  const server = createServer({ keepAliveTimeout, requireHostHeader: false }, (request, response) => {
    if (request.headers.host === undefined && request.httpVersion === '1.1')
      return refuse(request.socket, 'There is no Host header.');
    request.url = originForm(request.url ?? '/');
    current(request, response).catch((error: Error) => {
      if (!request.destroyed) log(`${request.method} ${request.url}: ${error.stack ?? error.message}`);
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    refuse(
      socket,
      error.code === 'HPE_HEADER_OVERFLOW' ? 'The headers are longer than 16 KiB.' : 'This is not HTTP/1.1.',
    );
  });
  // Who has closed its half after the request waits for the answer.
  Object.assign(server, { httpAllowHalfOpen: true });
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
