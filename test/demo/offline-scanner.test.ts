import { createHash } from 'node:crypto';
import { CompactSign, exportJWK, generateKeyPair } from 'jose';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { forgeLike } from '../../local/demo/door.ts';
import { type OfflineScanner, openOfflineScanner } from '../../local/demo/offline-scanner.ts';

const tonight = '5zr1v9n6q0w8c4t2m7k3x1y9ab';
const sessionId = `ses_${tonight}`;
const at = new Date('2027-03-01T19:00:00Z');

let sign: (payload: object, typ?: string) => Promise<string>;
let keySet: { keys: object[] };
beforeAll(async () => {
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  keySet = { keys: [{ ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256', use: 'sig' }] };
  sign = (payload, typ) =>
    new CompactSign(new TextEncoder().encode(JSON.stringify(payload)))
      .setProtectedHeader({ alg: 'ES256', kid: 'k1', ...(typ !== undefined && { typ }) })
      .sign(privateKey);
});

const digest = (text: string) => createHash('sha256').update(text).digest('base64url');
const entry = (serial: string, more: object = {}) => ({
  serial: serial.padEnd(13, '0'),
  secretHash: digest('s'.repeat(13)).slice(0, 16),
  status: 'valid',
  admitted: false,
  ...more,
});
const code = (serial: string, { secret = 's', session = tonight } = {}): Promise<string> =>
  sign({ t: serial.padEnd(13, '0') + secret.repeat(13), s: session });

const pageOf = (tickets: object[], more: object = {}) =>
  JSON.stringify({
    sessionId,
    sessionStatus: 'published',
    doorsOpenAt: '2027-03-01T16:00:00Z',
    endsAt: '2027-03-01T22:00:00Z',
    tickets,
    isComplete: true,
    cursor: 'c1',
    ...more,
  });
const signed = async (page: string) => ({
  page,
  signature: await sign({ sha256: digest(page) }, 'fairground-manifest'),
});

let scanner: OfflineScanner;
beforeEach(async () => {
  scanner = openOfflineScanner(sessionId, keySet as never);
  const page = pageOf([
    entry('a'),
    entry('b', { status: 'refunded' }),
    entry('c', { status: 'cancelled' }),
    entry('d', { admitted: true }),
  ]);
  expect(await scanner.learn(await signed(page))).toBe(true);
});

const scan = async (text: string, when = at) => scanner.scan(text, 'nonce-1', when);

test('lets a good ticket in once, and logs it', async () => {
  const good = await code('a');
  expect(await scan(good)).toEqual({ result: 'admitted', serial: 'a000000000000', isNoted: false });
  expect(await scan(good)).toEqual({ result: 'refused', reason: 'already_used' });
  expect(scanner.log()).toEqual([{ code: good, nonce: 'nonce-1', at: '2027-03-01T19:00:00.000Z' }]);
});

test('lets in what was sold after its last page, and notes it', async () => {
  expect(await scan(await code('e'))).toEqual({ result: 'admitted', serial: 'e000000000000', isNoted: true });
});

const refusals: readonly (readonly [what: string, reason: string, make: () => Promise<string>])[] = [
  ['an ended ticket', 'refunded', () => code('b')],
  ['a ticket of a cancelled order', 'cancelled', () => code('c')],
  ['a ticket that is in', 'already_used', () => code('d')],
  ['the code of before a transfer', 'revoked', () => code('a', { secret: 'r' })],
  ['a ticket of another session', 'wrong_session', () => code('a', { session: 'x'.repeat(26) })],
  ['a forged ticket', 'unknown', async () => (await forgeLike(await code('a'), 1))[0] ?? ''],
  ['the signature of a manifest', 'unknown', () => sign({ t: 'a', s: tonight }, 'fairground-manifest')],
  ['any text', 'unknown', async () => 'hello'],
];
test.for(refusals)('refuses %s as %s', async ([, reason, make]) => {
  expect(await scan(await make())).toEqual({ result: 'refused', reason });
  expect(scanner.log()).toEqual([]);
});

test('refuses all before the doors open, after the end, and when the session is cancelled', async () => {
  const good = await code('a');
  expect(await scan(good, new Date('2027-03-01T15:59:59Z'))).toMatchObject({ reason: 'not_yet_valid' });
  expect(await scan(good, new Date('2027-03-01T22:00:00Z'))).toMatchObject({ reason: 'session_over' });
  await scanner.learn(await signed(pageOf([], { sessionStatus: 'cancelled' })));
  expect(await scan(good)).toMatchObject({ reason: 'cancelled' });
});

test('a later page replaces what an earlier one said, and leads on', async () => {
  const delta = pageOf([entry('a', { status: 'refunded' })], { isComplete: false, cursor: 'c2' });
  expect(await scanner.learn(await signed(delta))).toBe(false);
  expect([scanner.cursor(), scanner.ticketCount()]).toEqual(['c2', 4]);
  expect(await scan(await code('a'))).toMatchObject({ reason: 'refunded' });
});

test('learns no page that was changed, is of another session, or is signed as a ticket or by others', async () => {
  const { page, signature } = await signed(pageOf([entry('b')]));
  const changed = page.replace('"admitted":false', '"admitted":true ');
  await expect(scanner.learn({ page: changed, signature })).rejects.toThrow('not that of this page');
  const ticket = await sign({ sha256: digest(page) });
  await expect(scanner.learn({ page, signature: ticket })).rejects.toThrow('not that of this page');
  const other = await signed(pageOf([], { sessionId: 'ses_other' }));
  await expect(scanner.learn(other)).rejects.toThrow('A page of ses_other');
  const [forged = ''] = await forgeLike(signature, 1);
  await expect(scanner.learn({ page, signature: forged })).rejects.toThrow('signature verification failed');
  expect(await scan(await code('b'))).toMatchObject({ reason: 'refunded' });
});
