import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { type FetchRules, fetchCalendar } from '../../../functions/marketplace/feeds/fetch-calendar.ts';
import { isPublicAddress } from '../../../functions/marketplace/feeds/public-address.ts';

let server: Server | undefined;
afterEach(async () => {
  if (server === undefined) return;
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
  server = undefined;
});

const serve = async (listener: RequestListener): Promise<string> => {
  server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

/** A server of the test is on this machine and has no certificate: what the strict rules refuse. */
const relaxed: FetchRules = { protocol: 'http:', isAllowed: () => true, timeoutMs: 2_000 };

describe('a calendar is fetched', () => {
  test('as text, with what its server is asked for', async () => {
    const asked: unknown[] = [];
    const origin = await serve((request, response) => {
      asked.push([
        request.method,
        request.url,
        request.headers['accept-encoding'],
        request.headers.authorization,
      ]);
      response.end('BEGIN:VCALENDAR');
    });
    expect(await fetchCalendar(`${origin}/a.ics?key=1`, relaxed)).toEqual({
      kind: 'fetched',
      text: 'BEGIN:VCALENDAR',
    });
    expect(asked).toEqual([['GET', '/a.ics?key=1', 'identity', undefined]]);
  });

  test('after three redirects, and no more', async () => {
    const origin = await serve((request, response) => {
      const left = Number(request.url?.slice(1));
      if (left === 0) response.end('here');
      else response.writeHead(302, { location: `/${left - 1}` }).end();
    });
    expect(await fetchCalendar(`${origin}/3`, relaxed)).toEqual({ kind: 'fetched', text: 'here' });
    expect(await fetchCalendar(`${origin}/4`, relaxed)).toEqual({
      kind: 'refused',
      reason: 'It redirects more than 3 times',
    });
  });

  test.each([
    ['another status', 404, 'Its server answers 404'],
    ['a redirect without an address', 302, 'Its server answers 302'],
  ])('not with %s', async (_, status, reason) => {
    const origin = await serve((_request, response) => response.writeHead(status).end('no'));
    expect(await fetchCalendar(origin, relaxed)).toEqual({ kind: 'refused', reason });
  });

  test('not when it is larger than a megabyte, however it says so', async () => {
    let sent = 0;
    const origin = await serve((request, response) => {
      const chunk = 'x'.repeat(100_000);
      const send = (): void => {
        while (!response.destroyed && sent < 50_000_000) {
          sent += chunk.length;
          if (!response.write(chunk)) return void response.once('drain', send);
        }
      };
      request.on('close', () => response.destroy());
      send();
    });
    expect(await fetchCalendar(origin, relaxed)).toEqual({
      kind: 'refused',
      reason: 'It is larger than 1000000 bytes',
    });
    expect(sent).toBeLessThan(50_000_000);
  });

  test.each([
    ['before it answers', () => {}],
    ['in the middle', (response: { write(text: string): void }) => response.write('BEGIN:')],
  ])('not when its server stops %s', async (_, answer) => {
    const origin = await serve((_request, response) => void answer(response));
    expect(await fetchCalendar(origin, { ...relaxed, timeoutMs: 200 })).toEqual({
      kind: 'refused',
      reason: 'It takes longer than 0.2 seconds',
    });
  });

  test('not when nobody is there', async () => {
    expect(await fetchCalendar('http://127.0.0.1:1/', relaxed)).toEqual({
      kind: 'refused',
      reason: 'Its server cannot be reached',
    });
  });
});

describe('the strict rules', () => {
  const noPublicAddress = { kind: 'refused', reason: 'Its server has no public address' };
  test.each([
    ['https://127.0.0.1/', noPublicAddress],
    ['https://[::1]/', noPublicAddress],
    ['https://[::ffff:169.254.169.254]/', noPublicAddress],
    // As browsers read it, this is 127.0.0.1.
    ['https://2130706433/', noPublicAddress],
    ['https://169.254.169.254/latest/meta-data/', noPublicAddress],
    ['https://localhost/', noPublicAddress],
    ['http://example.com/', { kind: 'refused', reason: 'It is not an https address' }],
    ['file:///etc/passwd', { kind: 'refused', reason: 'It is not an https address' }],
    ['https://ann:secret@example.com/', { kind: 'refused', reason: 'Its address holds a password' }],
  ])('refuse %s', async (address, refusal) => {
    expect(await fetchCalendar(address)).toEqual(refusal);
  });

  test('hold for what is redirected to, by address and by name, before anything is asked there', async () => {
    let asked = 0;
    const origin = await serve((request, response) => {
      asked += 1;
      response.writeHead(302, { location: decodeURIComponent(request.url?.slice(1) ?? '') }).end();
    });
    // The server of the test counts as public, and nothing else on this machine does.
    const { port } = new URL(origin);
    const rules = (allowed: string): FetchRules => ({
      ...relaxed,
      isAllowed: (address) => address === allowed || isPublicAddress(address),
    });
    const via = (target: string) =>
      fetchCalendar(`${origin}/${encodeURIComponent(target)}`, rules('127.0.0.1'));
    expect(await via(`http://127.0.0.2:${port}/x`)).toEqual(noPublicAddress);
    expect(await via(`http://[::1]:${port}/x`)).toEqual(noPublicAddress);
    expect(await via('https://example.com/')).toEqual({
      kind: 'refused',
      reason: 'It is not an https address',
    });
    expect(await via('http://[')).toEqual({ kind: 'refused', reason: 'It redirects to no address' });
    expect(asked).toBe(4);
    // A name is judged by all addresses that it has.
    expect(await fetchCalendar(`http://localhost:${port}/x`, rules('192.0.2.1'))).toEqual(noPublicAddress);
    expect(asked).toBe(4);
  });
});

test.each([
  ...['8.8.8.8', '172.15.255.255', '172.32.0.1', '100.63.0.1', '2a00:1450:4001:81b::200e'].map((a) => [
    a,
    true,
  ]),
  ...[
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '127.0.0.53',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
  ].map((a) => [a, false]),
  ...['192.168.1.1', '198.18.0.1', '224.0.0.1', '255.255.255.255', '::', '::1', '::ffff:8.8.8.8'].map((a) => [
    a,
    false,
  ]),
  ...['fc00::1', 'fd00:ec2::254', 'fe80::1', 'ff02::1', '64:ff9b::a00:1', '2002:a00:1::', '2001:db8::1'].map(
    (a) => [a, false],
  ),
] as const)('%s is public: %s', (address, expected) => {
  expect(isPublicAddress(String(address))).toBe(expected);
});
