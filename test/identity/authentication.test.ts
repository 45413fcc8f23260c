import { createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, exportSPKI, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createAuthenticator } from '../../functions/identity/authentication.ts';

type Pair = Awaited<ReturnType<typeof generateKeyPair>>;

const issuer = 'https://issuer.example.com';
let server: Server;
let jwksUri: string;
/** What the issuer’s key document holds, how often it was fetched, and how it answers. */
let keys: JWK[];
let fetches: number;
let answerStatus: number;
let pair: Pair;
let otherPair: Pair;

const publicJwk = async ({ publicKey }: Pair, kid: string, more: object = {}): Promise<JWK> => ({
  ...(await exportJWK(publicKey)),
  kid,
  alg: 'RS256',
  use: 'sig',
  ...more,
});

beforeAll(async () => {
  server = createServer((_, response) => {
    fetches += 1;
    response.writeHead(answerStatus, { 'Content-Type': 'application/json' }).end(JSON.stringify({ keys }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  jwksUri = `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`;
  pair = await generateKeyPair('RS256', { extractable: true });
  otherPair = await generateKeyPair('RS256', { extractable: true });
});
afterAll(() => new Promise<void>((resolve) => server.close(() => resolve())));
beforeEach(async () => {
  keys = [await publicJwk(pair, 'k1')];
  fetches = 0;
  answerStatus = 200;
});

const seconds = () => Math.floor(Date.now() / 1_000);
interface TokenOptions {
  readonly by?: Pair;
  readonly kid?: string;
  readonly alg?: string;
  readonly claims?: JWTPayload;
}
const token = ({ by = pair, kid = 'k1', alg = 'RS256', claims = {} }: TokenOptions = {}): Promise<string> =>
  new SignJWT({ sub: 'ann', iss: issuer, iat: seconds(), exp: seconds() + 300, ...claims })
    .setProtectedHeader({ alg, kid })
    .sign(by.privateKey);

const authenticator = (audience = '', clockMs?: () => number) =>
  createAuthenticator({ issuer, jwksUri, audience }, clockMs);
const check = async (text: string | Promise<string>, audience = '') =>
  authenticator(audience)(`Bearer ${await text}`);
const invalid = { authenticated: false, reason: 'invalid' };
const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('a good token', () => {
  test('gives subject and roles', async () => {
    expect(await check(token({ claims: { roles: ['admin', 7, null] } }))).toEqual({
      authenticated: true,
      caller: { subject: 'ann', roles: ['admin'] },
    });
  });
  test.each<[string, JWTPayload, string[]]>([
    ['no roles', {}, []],
    ['Cognito’s groups', { 'cognito:groups': ['admin'] }, ['admin']],
    ['own roles before groups', { roles: [], 'cognito:groups': ['admin'] }, []],
    ['roles that are not a list', { roles: 'admin' }, []],
    ['roles that are an object', { roles: { admin: true } }, []],
  ])('%s', async (_, claims, roles) => {
    expect(await check(token({ claims }))).toMatchObject({ caller: { roles } });
  });
  test('the scheme is case-insensitive (RFC 9110 §11.1)', async () => {
    expect(await authenticator()(`bearer ${await token()}`)).toMatchObject({ authenticated: true });
  });
});

describe('no token, or none that can be read', () => {
  test.each([
    [undefined, 'missing'],
    ['', 'missing'],
    ['Bearer', 'malformed'],
    ['Bearer a.b', 'malformed'],
    ['Bearer a.b.c.d', 'malformed'],
    ['Basic YW5uOnNlY3JldA==', 'malformed'],
    ['Bearer a.b.c, Bearer d.e.f', 'malformed'],
    [`Bearer ${'a'.repeat(8_193)}.b.c`, 'malformed'],
    ['Bearer a.b.c', 'invalid'],
    [`Bearer ${base64url({ alg: 'RS256', kid: 'k1' })}.${base64url('text')}.c`, 'invalid'],
    [`Bearer ${base64url([])}.${base64url({})}.c`, 'invalid'],
  ])('%s', async (authorization, reason) => {
    expect(await authenticator()(authorization)).toEqual({ authenticated: false, reason });
    expect(fetches).toBeLessThan(2);
  });
});

describe('a token that is not good here', () => {
  const cases: Record<string, () => string | Promise<string>> = {
    'signed by somebody else under the issuer’s key id': () => token({ by: otherPair }),
    'claims changed after signing': async () => {
      const [header, , signature] = (await token()).split('.');
      return `${header}.${base64url({ sub: 'bob', iss: issuer, exp: seconds() + 300 })}.${signature}`;
    },
    'signature cut off': async () => (await token()).replace(/[^.]+$/, 'AAAA'),
    'another issuer': () => token({ claims: { iss: 'https://issuer.example.com.evil.example' } }),
    'no issuer': () => token({ claims: { iss: undefined as never } }),
    'no subject': () => token({ claims: { sub: undefined as never } }),
    'an empty subject': () => token({ claims: { sub: '' } }),
    'never expires': () => token({ claims: { exp: undefined as never } }),
    'not valid yet': () => token({ claims: { nbf: seconds() + 60 } }),
    'no key id': async () =>
      new SignJWT({ sub: 'ann', iss: issuer, exp: seconds() + 300 })
        .setProtectedHeader({ alg: 'RS256' })
        .sign(pair.privateKey),
    'alg none': () =>
      `${base64url({ alg: 'none', kid: 'k1' })}.${base64url({ sub: 'ann', iss: issuer, exp: seconds() + 300 })}.AA`,
    'HS256 with the public key as secret': async () => {
      const body = `${base64url({ alg: 'HS256', kid: 'k1' })}.${base64url({ sub: 'ann', iss: issuer, exp: seconds() + 300 })}`;
      const secret = await exportSPKI(pair.publicKey);
      return `${body}.${createHmac('sha256', secret).update(body).digest('base64url')}`;
    },
  };
  test.each(Object.entries(cases))('%s', async (_, make) => {
    expect(await check(make())).toEqual(invalid);
  });

  test('another algorithm of the same family, even when the issuer’s key would verify it', async () => {
    const rs512 = await generateKeyPair('RS512', { extractable: true });
    keys = [await publicJwk(rs512, 'k1', { alg: 'RS512' })];
    expect(await check(token({ by: rs512, alg: 'RS512' }))).toEqual(invalid);
  });

  test('a key for encryption does not verify signatures', async () => {
    keys = [await publicJwk(pair, 'k1', { use: 'enc' })];
    expect(await check(token())).toEqual(invalid);
  });

  test('expired, beyond the five seconds that clocks may differ', async () => {
    expect(await check(token({ claims: { exp: seconds() - 60 } }))).toEqual({
      authenticated: false,
      reason: 'expired',
    });
    expect(await check(token({ claims: { exp: seconds() - 2 } }))).toMatchObject({ authenticated: true });
    expect(await check(token({ claims: { nbf: seconds() + 2 } }))).toMatchObject({ authenticated: true });
  });

  test.each<[string, string, JWTPayload, boolean]>([
    ['as aud', 'shop', { aud: 'shop' }, true],
    ['among several', 'shop', { aud: ['other', 'shop'] }, true],
    ['as Cognito’s client_id', 'shop', { client_id: 'shop' }, true],
    ['another one', 'shop', { aud: 'other' }, false],
    ['none', 'shop', {}, false],
    ['a prefix of it', 'shop', { aud: 'shop-admin' }, false],
    ['any, where none is set', '', { aud: 'other' }, true],
  ])('audience: %s', async (_, audience, claims, expected) => {
    expect((await check(token({ claims }), audience)).authenticated).toBe(expected);
  });
});

describe('the issuer’s keys', () => {
  test('are fetched once, even by many at once', async () => {
    const authenticate = authenticator();
    const bearer = `Bearer ${await token()}`;
    const answers = await Promise.all(Array.from({ length: 20 }, () => authenticate(bearer)));
    expect(answers.every(({ authenticated }) => authenticated)).toBe(true);
    await authenticate(bearer);
    expect(fetches).toBe(1);
  });

  test('are fetched anew for a key id not seen before: a rotated key works at once', async () => {
    const authenticate = authenticator();
    await authenticate(`Bearer ${await token()}`);
    keys = [await publicJwk(otherPair, 'k2'), ...keys];
    const rotated = `Bearer ${await token({ by: otherPair, kid: 'k2' })}`;
    expect(await authenticate(rotated)).toMatchObject({ authenticated: true });
    expect(await authenticate(`Bearer ${await token()}`)).toMatchObject({ authenticated: true });
    expect(fetches).toBe(2);
  });

  test('made-up key ids do not hammer the issuer', async () => {
    const authenticate = authenticator();
    for (let n = 0; n < 5; n += 1) {
      expect(await authenticate(`Bearer ${await token({ kid: `made-up-${n}` })}`)).toEqual(invalid);
    }
    expect(fetches).toBe(1);
    expect(await authenticate(`Bearer ${await token()}`)).toMatchObject({ authenticated: true });
  });

  test('a key that the issuer withdrew is trusted for ten minutes more, and no longer', async () => {
    let nowMs = 0;
    const authenticate = authenticator('', () => nowMs);
    const bearer = `Bearer ${await token()}`;
    expect(await authenticate(bearer)).toMatchObject({ authenticated: true });
    keys = [await publicJwk(otherPair, 'k2')];
    nowMs = 599_999;
    expect(await authenticate(bearer)).toMatchObject({ authenticated: true });
    expect(fetches).toBe(1);
    nowMs = 600_000;
    expect(await authenticate(bearer)).toEqual(invalid);
  });

  test('an issuer that is down does not shut out those whose key is known; it is asked once a minute', async () => {
    let nowMs = 0;
    const authenticate = authenticator('', () => nowMs);
    const bearer = `Bearer ${await token()}`;
    await authenticate(bearer);
    answerStatus = 503;
    nowMs = 600_000;
    expect(await authenticate(bearer)).toMatchObject({ authenticated: true });
    expect(await authenticate(bearer)).toMatchObject({ authenticated: true });
    expect(fetches).toBe(2);
    nowMs = 660_000;
    answerStatus = 200;
    expect(await authenticate(bearer)).toMatchObject({ authenticated: true });
    expect(fetches).toBe(3);
  });

  test('that cannot be had at all are our trouble, not the caller’s: it throws, and works when they come', async () => {
    const authenticate = authenticator();
    const bearer = `Bearer ${await token()}`;
    answerStatus = 500;
    await expect(authenticate(bearer)).rejects.toMatchObject({ name: 'UpstreamUnavailable' });
    answerStatus = 200;
    expect(await authenticate(bearer)).toMatchObject({ authenticated: true });
    const unreachable = createAuthenticator({ issuer, jwksUri: 'http://127.0.0.1:1/keys', audience: '' });
    await expect(unreachable(bearer)).rejects.toMatchObject({ name: 'UpstreamUnavailable' });
  });

  test('that are no keys are our trouble too', async () => {
    keys = 'nonsense' as never;
    await expect(check(token())).rejects.toMatchObject({ name: 'UpstreamUnavailable' });
  });
});
