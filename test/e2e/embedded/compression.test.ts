import http from 'node:http';
import { gunzipSync } from 'node:zlib';
import { expect, inject, test } from 'vitest';
import { euros, putOnSale } from '../scenario.ts';

/** An answer as it came over the wire: `fetch` would unpack it. */
const getRaw = (url: string, headers: Readonly<Record<string, string>>) =>
  new Promise<{ readonly headers: http.IncomingHttpHeaders; readonly bytes: Buffer }>((resolve, reject) => {
    const request = http.get(url, { headers }, async (response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk as Buffer);
      resolve({ headers: response.headers, bytes: Buffer.concat(chunks) });
    });
    request.once('error', reject);
  });

/**
 * API Gateway packs answers for clients that take gzip (minimumCompressionSize). The embedded gateway does
 * the same; LocalStack-compatible servers do not.
 */
test('the seats of a large session come compressed', async () => {
  const { sessionId } = await putOnSale({
    ticketTypes: [{ name: 'Standing', price: euros(20), quantity: 20_000 }],
  });
  const url = `${inject('target').url}/sessions/${sessionId}/seats`;
  const packed = await getRaw(url, { 'accept-encoding': 'gzip' });
  expect(packed.headers['content-encoding']).toBe('gzip');
  expect(packed.bytes.length).toBeLessThan(2_000);
  const plain = await getRaw(url, { 'accept-encoding': 'identity' });
  expect(plain.headers['content-encoding']).toBeUndefined();
  const states = (bytes: Buffer) => (JSON.parse(bytes.toString()) as { states: string }).states;
  // The small hall’s seats, which this session does not sell, and the standing places.
  const expected = `${'-'.repeat(25)}${'a'.repeat(20_000)}`;
  expect(states(gunzipSync(packed.bytes)) === expected).toBe(true);
  expect(states(plain.bytes) === expected).toBe(true);
});
