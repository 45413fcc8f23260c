import { createRemoteJWKSet, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createIssuer, openIssuer } from '../../local/issuer.ts';

let server: Awaited<ReturnType<typeof createIssuer>>;
beforeAll(async () => {
  server = await createIssuer({ listenOn: '127.0.0.1', host: '127.0.0.1' });
});
afterAll(() => server.stop());

const ask = async (body: unknown) => {
  const response = await fetch(server.tokenUrl, { method: 'POST', body: JSON.stringify(body) });
  return { status: response.status, body: (await response.json()) as { token: string; error: string } };
};

describe('the issuer for development', () => {
  test('gives tokens that its published keys verify', async () => {
    const { body } = await ask({ sub: 'alice', roles: ['admin'] });
    const keys = createRemoteJWKSet(new URL(server.jwksUri));
    const { payload, protectedHeader } = await jwtVerify(body.token, keys, { issuer: server.issuer });
    expect(protectedHeader.alg).toBe('RS256');
    expect(payload).toMatchObject({ sub: 'alice', roles: ['admin'] });
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(3_600);
  });

  test('publishes no private part of its key', async () => {
    const { keys } = (await (await fetch(server.jwksUri)).json()) as { keys: Record<string, string>[] };
    expect(Object.keys(keys[0] ?? {}).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);
  });

  test('gives expired tokens when asked to', async () => {
    const { body } = await ask({ sub: 'alice', expiresInSeconds: -60 });
    const keys = createRemoteJWKSet(new URL(server.jwksUri));
    await expect(jwtVerify(body.token, keys)).rejects.toThrow('"exp" claim timestamp check failed');
  });

  test('says what is wrong with a request', async () => {
    expect(await ask({ subject: 'alice' })).toMatchObject({
      status: 422,
      body: { error: expect.stringContaining('sub') },
    });
    expect((await ask([])).status).toBe(422);
  });

  test('is the same issuer after a restart', async () => {
    const before = await openIssuer('http://127.0.0.1:1/issuer');
    const after = await openIssuer('http://127.0.0.1:1/issuer', before.signingKey);
    expect(await after.answer('/.well-known/jwks.json', '')).toEqual(
      await before.answer('/.well-known/jwks.json', ''),
    );
  });
});
