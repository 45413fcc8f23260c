import { Agent, request } from 'node:http';
import { currentEtag, type WireRequest } from './request-arbitrary.ts';
import type { Scenery } from './scenery.ts';

export interface WireAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
  readonly ms: number;
}

const asReader = { authorization: 'Bearer of owner' };

/** Sends requests as they are over kept connections, with the last ETag seen of a path where that is asked. */
export const openExchange = (url: string, tokens: Scenery['tokens']) => {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const { hostname, port, pathname } = new URL(url);
  const etags = new Map<string, string>();

  const send = async (asked: WireRequest): Promise<WireAnswer> => {
    const [thing = ''] = asked.path.split('?');
    if (Object.values(asked.headers).includes(currentEtag) && !etags.has(thing)) await look(thing);
    const answer = await transmit(asked);
    // Somebody else has changed it: the next one looks again.
    if (answer.status === 412)
      for (const path of [thing, thing.slice(0, thing.lastIndexOf('/'))]) etags.delete(path);
    return answer;
  };

  /** Reads a thing for its ETag; of a part that is not read alone, the whole that it belongs to. */
  const look = async (thing: string): Promise<void> => {
    const whole = thing.slice(0, thing.lastIndexOf('/'));
    for (const path of [thing, whole]) {
      await transmit({ method: 'GET', path, headers: asReader, body: undefined });
      const etag = etags.get(path);
      if (etag !== undefined) return void etags.set(thing, etag);
    }
  };

  const transmit = ({ method, path, headers, body }: WireRequest): Promise<WireAnswer> =>
    new Promise((resolve, reject) => {
      const [thing = ''] = path.split('?');
      const startedAt = performance.now();
      const sent = request(
        {
          agent,
          hostname,
          port,
          method,
          path: `${pathname}${path}`,
          headers: {
            ...Object.fromEntries(
              Object.entries(headers).map(([name, value]) => [
                name,
                value === currentEtag
                  ? (etags.get(thing) ?? '"r1"')
                  : value.replace(/^Bearer of (\w+)$/, (_, who) => `Bearer ${tokens[who]}`),
              ]),
            ),
            ...(body !== undefined && { 'content-length': body.length }),
          },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.once('error', reject);
          response.once('end', () => {
            const { etag } = response.headers;
            if (etag !== undefined) etags.set(thing, etag);
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              body: Buffer.concat(chunks),
              ms: performance.now() - startedAt,
            });
          });
        },
      );
      sent.once('error', reject);
      sent.end(body);
    });
  return { send, close: () => agent.destroy() };
};
